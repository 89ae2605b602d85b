package senders

// postfixDANE is smtp_tls_security_level = dane. By default it goes by TLSA
// records behind unsigned MX records too (smtp_tls_dane_insecure_mx_policy).
var postfixDANE = sender{
	id: "postfix-dane", ways: []rules{{dane: true, insecureMX: true, clear: true}}, sources: []string{"PF", "PFCONF"},
	codes: postfixCodes, retry: &postfixRetry,
}
