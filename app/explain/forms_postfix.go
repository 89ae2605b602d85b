package explain

// What Postfix says, by stage: the lookups, the policy, the dialogue, the certificate.
var postfix = program{"postfix", "Postfix", Sending, sure, []form{
	{"tlsa-lookup", "tlsa lookup error for |dane tlsa lookup problem:*type=tlsa"},
	{"tlsa-none", "(no tlsa records found)|tls policy lookup for *: no tlsa records found|x-postfix; no tlsa records found"},
	{"dane-unsigned", "(non dnssec destination)|tls policy lookup for *: non dnssec destination|x-postfix; non dnssec destination|verification not possible, mx rrset is insecure"},
	{"tlsa-unusable", "all tlsa records unusable|tlsa records unusable|unsupported tlsa certificate usage|truncated tlsa rr|reserved private-use matching type"},
	{"policy-daemon", "policy table lookup error|client tls configuration problem|smtp_tls_policy_maps*table lookup problem|socketmap*timeout"},
	{"match-empty", `attribute "match" has empty value`},
	{"servername-unknown", `invalid attribute name: "servername"`},
	{"sts-mx", "does not match sts mx pattern"},
	{"starttls-missing", "tls is required, but was not offered by host"},
	{"starttls-refused", "tls is required, but host *refused to start tls"},
	{"own-tls", "tls is required, but our tls engine is unavailable|tls is required, but unavailable"},
	{"tls-handshake", "cannot start tls: handshake failure|ssl_connect error to"},
	{"cert-not-verified", "server certificate not verified|(server certificate not trusted)|x-postfix; server certificate not trusted"},
	{"cert-self-signed", "certificate verification failed for *: self-signed certificate|certificate verification failed for *: self signed certificate"},
	{"cert-untrusted", "certificate verification failed for *: untrusted issuer"},
	{"cert-expired", "certificate verification failed for *: certificate has expired"},
	{"cert-future", "certificate verification failed for *: certificate not yet valid"},
	{"cert-purpose", "certificate verification failed for *: not designated for use as"},
	{"cert-mismatch", "certificate verification failed for *hostname mismatch"},
	{"cert-not-verified", "certificate verification failed for *"},
	{"requiretls", "sender requested requiretls, but"},
	{"tls-verified", "verified tls connection established to|trusted tls connection established to"},
	{"tls-unverified", "untrusted tls connection established to|anonymous tls connection established to"},
}}

// postfixNumbers are lines whose text is none of these, with the code of most of them.
var postfixNumbers = program{"postfix", "Postfix", Sending, library, []form{
	{"deferred-475", "dsn=4.7.5"},
	{"sts-found", "secure match="},
}}

var posttls = program{"posttls-finger", "posttls-finger", Checking, sure, []form{
	{"cert-names", "posttls-finger: *subjectaltname:"},
	{"tls-verified", "posttls-finger: verified tls connection|posttls-finger: trusted tls connection"},
	{"tls-unverified", "posttls-finger: untrusted tls connection|posttls-finger: anonymous tls connection"},
}}
