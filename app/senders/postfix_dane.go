package senders

// postfixDANE is smtp_tls_security_level = dane. By default it goes by TLSA
// records behind unsigned MX records too (smtp_tls_dane_insecure_mx_policy).
func postfixDANE() sender {
	return postfix("postfix-dane", []string{"PF", "PFCONF"}, rules{dane: true, insecureMX: true})
}
