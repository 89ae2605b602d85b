package senders

// postfixPatterns is Postfix from 3.10.5 on, with a plugin that forwards the
// policy: smtp_tls_enforce_sts_mx_patterns skips hosts that no pattern matches,
// and wants the host's name in the certificate. Which plugin, and so how the
// policy is read, whether DANE comes first, and how deep a wildcard reaches,
// is open.
var postfixPatterns = sender{
	id: "postfix-sts-patterns", sources: []string{"PFCONF", "PF"},
	ways: []rules{
		{dane: true, insecureMX: true, reader: &resolverReader, order: stsAlone, deep: false, clear: true},
		{dane: true, reader: &tlspolReader, order: daneAlone, deep: false, clear: true},
		{dane: true, insecureMX: true, reader: &resolverReader, order: stsAlone, deep: true, clear: true},
		{dane: true, reader: &tlspolReader, order: daneAlone, deep: true, clear: true},
	},
	codes: postfixCodes, retry: &postfixRetry,
}
