package senders

// postfixMay is smtp_tls_security_level = may: TLS when offered, to whoever
// answers.
func postfixMay() sender { return postfix("postfix-may", []string{"PFCONF"}, rules{}) }
