package check

// Stubs, replaced group by group.
var stsRecordEntries, stsFetchEntries, stsPolicyEntries, stsMXEntries, tlsrptRecordEntries []Entry
var starttlsEntries, tlsEntries, certEntries, tlsaEntries, daneEntries []Entry

func (j *judge) readRecord()        {}
func (j *judge) readReporting()     {}
func (j *judge) readPolicy()        {}
func (j *judge) readHosts()         {}
func (j *judge) judgeRecord()       {}
func (j *judge) judgeFetch()        {}
func (j *judge) judgePolicy()       {}
func (j *judge) judgeMatch()        {}
func (j *judge) judgeSTARTTLS()     {}
func (j *judge) judgeTLS()          {}
func (j *judge) judgeCertificates() {}
func (j *judge) judgeTLSA()         {}
func (j *judge) judgeDANE()         {}
func (j *judge) judgeReporting()    {}

func (j *judge) context(subject string) Context { return Context{} }
