package explain

// results are the result types of RFC 8460 §4.3.
var results = program{"tlsrpt", "TLS-RPT", Sending, library, []form{
	{"starttls-missing", "starttls-not-supported"},
	{"cert-mismatch", "certificate-host-mismatch"},
	{"cert-expired", "certificate-expired"},
	{"cert-untrusted", "certificate-not-trusted"},
	{"report-failure", "validation-failure"},
	{"dane-mismatch", "tlsa-invalid"},
	{"dnssec-broken", "dnssec-invalid"},
	{"dane-required", "dane-required"},
	{"sts-fetch", "sts-policy-fetch-error"},
	{"sts-invalid", "sts-policy-invalid"},
	{"policy-cert", "sts-webpki-invalid"},
}}

// reasons are failure-reason-codes (RFC 8460 §4.3.3): free text, which says more than
// the result type beside it.
var reasons = program{"tlsrpt", "TLS-RPT", Sending, sure, []form{
	{"sts-mx", "mtasts-policy-mx-mismatch"},
	{"tlsa-unusable", "all-tlsa-records-unusable|all-unusable-records"},
	{"tls-handshake", "tls-handshake-failure|io-timeout-during-handshake|tls-remote-"},
	{"cached-policy", "+fallback-to-cached-policy"},
}}

// extendedErrors are those of RFC 8914 §4 and of IANA's registry, as resolvers and dig print
// them.
var extendedErrors = program{"dns", "DNS", Sending, library, []form{
	{"ede-unsupported", "ede: 1|ede: 2|ede: 27|(unsupported dnskey algorithm)|(unsupported ds digest type)|(unsupported nsec3 iterations value)|dns-extended-error-1-|dns-extended-error-2-|dns-extended-error-27"},
	{"ede-stale", "ede: 3|ede: 13|ede: 14|ede: 19|(stale answer)|(cached error)|(stale nxdomain answer)|dns-extended-error-3-|dns-extended-error-13-|dns-extended-error-14-|dns-extended-error-19-"},
	{"dnssec-broken", "ede: 5|ede: 6|ede: 9|ede: 10|ede: 11|(dnssec indeterminate)|(dnssec bogus)|(dnskey missing)|(rrsigs missing)|(no zone key bit set)|dns-extended-error-5-|dns-extended-error-6-|dns-extended-error-9-|dns-extended-error-10-|dns-extended-error-11-"},
	{"ede-signature", "ede: 7|ede: 8|ede: 25|(signature expired)|(signature not yet valid)|(signature expired before valid)|dns-extended-error-7-|dns-extended-error-8-|dns-extended-error-25-"},
	{"ede-denial", "ede: 12|(nsec missing)|dns-extended-error-12-"},
	{"ede-blocked", "ede: 4|ede: 15|ede: 16|ede: 17|ede: 18|(forged answer)|(blocked)|(censored)|(filtered)|(prohibited)|dns-extended-error-4-|dns-extended-error-15-|dns-extended-error-16-|dns-extended-error-17-|dns-extended-error-18-"},
	{"ede-unreachable", "ede: 20|ede: 22|ede: 23|ede: 24|(not authoritative)|(no reachable authority)|(network error)|(invalid data)|dns-extended-error-20-|dns-extended-error-22-|dns-extended-error-23-|dns-extended-error-24-"},
	{"ede-other", "ede: 0|ede: 21|ede: 26|(other error)|(not supported)|(too early)|dns-extended-error-0-|dns-extended-error-21-|dns-extended-error-26-"},
}}
