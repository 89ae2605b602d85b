package check

// Stubs, replaced group by group.
var stsFetchEntries, stsPolicyEntries, stsMXEntries []Entry

func (j *judge) readPolicy()  {}
func (j *judge) judgeFetch()  {}
func (j *judge) judgePolicy() {}
func (j *judge) judgeMatch()  {}
