package senders

// postfixPatterns is Postfix from 3.10.5 on, with a plugin that forwards the
// policy: smtp_tls_enforce_sts_mx_patterns skips hosts that no pattern matches,
// and wants the host's name in the certificate. Which plugin, and so how the
// policy is read, whether DANE comes first, and how deep a wildcard reaches,
// is open.
func postfixPatterns() sender {
	var ways []rules
	for _, deep := range []bool{false, true} {
		ways = append(ways,
			rules{dane: true, insecureMX: true, reader: resolverReader(), order: stsAlone, deep: deep},
			rules{dane: true, reader: tlspolReader(), order: daneAlone, deep: deep})
	}
	return postfix("postfix-sts-patterns", []string{"PFCONF", "PF"}, ways...)
}
