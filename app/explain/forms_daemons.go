package explain

// What policy daemons say, and tools that look at a domain.
var (
	resolver = program{"mta-sts-resolver", "postfix-mta-sts-resolver", Sending, sure, []form{
		{"sts-none", "stsfetchresult.none"},
		{"sts-fetch", "stsfetchresult.fetch_error"},
		{"sts-ok", "stsfetchresult.valid"},
		{"sts-unchanged", "stsfetchresult.not_changed"},
		{"sts-found", "data=b'*ok secure match=|wrote: b'*ok secure match="},
		{"sts-unheld", "data=b'*:notfound"},
		{"daemon-cache", "cache get failed:|cache set failed:"},
	}}
	tlspol = program{"tlspol", "postfix-tlspol", Sending, sure, []form{
		{"dns-deferred", "evaluating policy for *failed temporarily"},
		{"sts-record-lookup", "dns error during mta-sts lookup"},
		{"dns-deferred", "dns error during mx lookup"},
		{"tlsa-lookup", "dns error during tlsa lookup"},
	}}
	// Mail-in-a-Box prints what postfix-mta-sts-resolver gave it.
	mailInABox = program{"mail-in-a-box", "Mail-in-a-Box", Checking, sure, []form{
		{"box-none", "mta-sts policy is missing: stsfetchresult.none"},
		{"sts-fetch", "mta-sts policy is missing: stsfetchresult.fetch_error"},
		{"box-settings", "mta-sts policy is present but has unexpected settings"},
		{"sts-ok", "mta-sts policy is present."},
	}}
	cipp = program{"cipp", "CIPP", Checking, sure, []form{
		{"reporting-absent", "tlsrpt record does not exist"},
	}}
	aykevl = program{"aykevl", "aykevl mta-sts", Checking, sure, []form{
		{"reporting-draft", "cannot resolve dns: domain _smtp-tlsrpt"},
	}}
	reportViewer = program{"dmarc-report-viewer", "dmarc-report-viewer", Checking, sure, []form{
		{"report-unread", "failed to parse json as smtp tls report"},
	}}
	unboundHost = program{"unbound", "Unbound", Checking, sure, []form{
		{"dnssec-broken", "(bogus (security failure))|validation failure <"},
	}}
)
