package explain

// What other mail servers say as senders.
var (
	exim = program{"exim", "Exim", Sending, sure, []form{
		{"tlsa-lookup", "dane error: tlsa lookup defer|dane error: tlsa lookup fail"},
		{"dane-unsigned", "dane error: *lookup not dnssec|dane error: tlsa lookup *not dnssec"},
		{"tlsa-unusable", "dane error: no usable tlsa records"},
		{"dane-failed", "dane attempt failed; tls connection to"},
		{"starttls-missing", "a tls session is required*the server did not offer tls support"},
		{"tls-handshake", "a tls session is required*an attempt to start tls failed|tls session: (ssl_connect)|tls session: (gnutls_handshake)"},
	}}
	mox = program{"mox", "mox", Sending, sure, []form{
		{"sts-none", "mtasts: no mta-sts dns txt record"},
		{"sts-several", "mtasts: multiple mta-sts records"},
		{"sts-record-lookup", "mtasts: dns lookup"},
		{"sts-record-invalid", "mtasts: record syntax error"},
		{"sts-fetch", "mtasts: no policy served|mtasts: cannot fetch policy"},
		{"sts-invalid", "mtasts: policy syntax error"},
		{"tlsa-absent", "dane: no tlsa records"},
		{"dane-unsigned", "dane: dns lookups insecure"},
		{"dane-mismatch", "dane: no match between certificate and tlsa records"},
	}}
	stalwart = program{"stalwart", "Stalwart", Sending, sure, []form{
		{"sts-mx", "mta-sts.not-authorized|host not authorized by mta-sts policy"},
		{"sts-ok", "mta-sts.authorized|mta-sts.policy-fetch)"},
		{"sts-fetch", "mta-sts.policy-fetch-error|error fetching mta-sts policy"},
		{"sts-absent", "mta-sts.policy-not-found|mta-sts policy not found"},
		{"sts-invalid", "mta-sts.invalid-policy|invalid mta-sts policy"},
		{"dane-mismatch", "dane.authentication-failure|dane.tlsa-record-invalid"},
		{"dane-ok", "dane.authentication-success|dane.tlsa-record-match"},
		{"tlsa-lookup", "dane.tlsa-record-fetch-error|dane.bogus-dnssec-record"},
		{"tlsa-absent", "dane.tlsa-record-not-found"},
		{"dane-unsigned", "dane.tlsa-record-not-dnssec-signed"},
		{"own-cert", "no tls certificates available|tls.no-certificates-available"},
		{"tls-handshake", "tls error from '"},
	}}
	kumo = program{"kumomta", "KumoMTA", Sending, sure, []form{
		{"sts-mx", "mta-sts enforce policy for *permits none of its mx hosts"},
	}}
	halon = program{"halon", "Halon", Sending, sure, []form{
		{"tlsa-absent", "smtp_lookup_rcpt: dane: no tlsa rr for"},
		{"dane-ok", "smtp_lookup_rcpt: connection is now using *(dane)"},
	}}
	maddy = program{"maddy", "maddy", Sending, sure, []form{
		{"tlsa-lookup", "cannot use mx*rcode servfail when looking up _25._tcp"},
		{"sts-mx", "failed to estabilish the mx record authenticity (mta-sts)|mx does not match published non-enforced mta-sts policy"},
		{"sts-tls", "tls is required but unavailable or failed (mta-sts)"},
		{"sts-cert", "recipient server tls certificate is not trusted but authentication is required by mta-sts"},
	}}
	sendmail = program{"sendmail", "Sendmail", Sending, sure, []form{
		{"sts-unheld", "map_lookup: sts*no match"},
	}}
)
