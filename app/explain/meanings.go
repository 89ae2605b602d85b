package explain

// meaning is what a text says, with the causes, the likeliest first.
type meaning struct {
	id     string
	causes string // apart by blanks; none where nothing is wrong
}

var meanings = []meaning{
	{"box-none", "box-certificate record-absent record-several record-invalid"},
	{"box-settings", "policy-edited"},
	{"cached-policy", "policy-cert policy-http policy-unreachable policy-invalid"},
	{"cert-expired", "cert-expired clock"},
	{"cert-future", "cert-future clock"},
	{"cert-mismatch", "cert-name mx-moved"},
	{"cert-names", "cert-name"},
	{"cert-not-verified", "tlsa-mismatch cert-name cert-untrusted cert-expired policy-pinned"},
	{"cert-purpose", "cert-weak"},
	{"cert-self-signed", "cert-untrusted path"},
	{"cert-untrusted", "cert-untrusted roots-old path"},
	{"cert-weak", "cert-weak"},
	{"code-475", ""},
	{"connect-failed", "unreachable connector"},
	{"daemon-cache", "daemon-down"},
	{"dane-cert-expired", "cert-expired"},
	{"dane-failed", "tlsa-mismatch tls-handshake dane-name"},
	{"dane-mismatch", "tlsa-mismatch tlsa-unusable cert-future path"},
	{"dane-name", "dane-name"},
	{"dane-ok", ""},
	{"dane-required", "tlsa-absent dnssec-unsigned resolver-plain"},
	{"dane-starttls", "tls-missing tls-handshake path"},
	{"dane-unsigned", "policy-pinned dnssec-unsigned resolver-plain"},
	{"deferred-475", "tlsa-mismatch tlsa-servfail cert-name cert-untrusted tls-handshake policy-pinned"},
	{"dns-deferred", "dns-broken dnssec-broken tlsa-servfail resolver-broken"},
	{"dns-failed", "dns-broken dnssec-broken tlsa-servfail"},
	{"dnssec-broken", "dnssec-broken tlsa-denial tlsa-servfail resolver-broken"},
	{"ede-blocked", "resolver-filter"},
	{"ede-denial", "tlsa-denial dnssec-broken"},
	{"ede-other", "resolver-broken dns-broken"},
	{"ede-signature", "signature-date dnssec-broken clock"},
	{"ede-stale", "dns-broken resolver-broken"},
	{"ede-unreachable", "dns-broken resolver-broken"},
	{"ede-unsupported", "algorithm-old resolver-broken"},
	{"hybrid-certificate", "own-certificate"},
	{"hybrid-validation", "connector roots-old"},
	{"local-interface", "own-address"},
	{"match-empty", "policy-invalid daemon-old"},
	{"own-cert", "own-certificate"},
	{"own-tls", "own-certificate"},
	{"policy-cert", "policy-cert"},
	{"policy-daemon", "daemon-down dns-broken"},
	{"report-failure", "mx-not-listed tls-handshake tlsa-mismatch cert-untrusted"},
	{"report-unread", "reporter-omits"},
	{"reporting-absent", "reporting-absent tool-old"},
	{"reporting-draft", "tool-old"},
	{"requiretls", "no-requiretls"},
	{"send-as", "submission-name"},
	{"servername-unknown", "postfix-old"},
	{"starttls-missing", "tls-missing path"},
	{"starttls-refused", "tls-missing path"},
	{"sts-absent", "record-absent record-several record-invalid"},
	{"sts-cert", "cert-name cert-untrusted cert-expired"},
	{"sts-fetch", "policy-cert policy-http policy-unreachable policy-invalid record-lookup"},
	{"sts-found", ""},
	{"sts-invalid", "policy-invalid"},
	{"sts-mx", "mx-not-listed policy-cached"},
	{"sts-none", "record-absent record-several record-invalid"},
	{"sts-ok", ""},
	{"sts-record-invalid", "record-invalid"},
	{"sts-record-lookup", "record-lookup resolver-broken"},
	{"sts-several", "record-several"},
	{"sts-tls", "tls-missing tls-handshake path"},
	{"sts-unchanged", ""},
	{"sts-unheld", "record-absent policy-mild policy-unreachable"},
	{"tls-demanded", "sender-plain"},
	{"tls-handshake", "tls-handshake tls-old sender-old"},
	{"tls-unverified", ""},
	{"tls-verified", ""},
	{"tlsa-absent", ""},
	{"tlsa-lookup", "tlsa-servfail tlsa-denial dnssec-broken resolver-broken"},
	{"tlsa-none", "resolver-plain tlsa-absent policy-pinned"},
	{"tlsa-unusable", "tlsa-unusable"},
	{"wrong-region", "old-mx"},
}

// question is what decides an ambiguous meaning.
type question struct {
	meaning string
	answers []answer
}

type answer struct{ id, form string }

// questions: 4.7.5 is "cryptographic failure" (RFC 3463 §3.8), which says nothing of whose.
var questions = []question{
	{"code-475", []answer{
		{"exchange", "exchange.sts-cert"}, {"hybrid", "exchange.hybrid-validation"}, {"postfix", "postfix.deferred-475"},
	}},
}
