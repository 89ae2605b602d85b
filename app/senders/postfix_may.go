package senders

// postfixMay is smtp_tls_security_level = may: TLS when offered, to whoever
// answers.
var postfixMay = sender{
	id: "postfix-may", ways: []rules{{clear: true}}, sources: []string{"PFCONF"},
	codes: postfixCodes, retry: &postfixRetry,
}
