package senders

// resolverReader is how postfix-mta-sts-resolver reads.
var resolverReader = reader{"postfix-mta-sts-resolver"}

// postfixResolver is Postfix with postfix-mta-sts-resolver: an enforced policy
// sets the level "secure", which replaces DANE (PMSR issue 67), and holds the
// certificate, not the host's name, against the patterns, at any depth.
// smtp_tls_security_level is taken to be dane, as its guide has it; with may
// there is no DANE to replace.
var postfixResolver = sender{
	id: "postfix-mta-sts-resolver", sources: []string{"PMSR"},
	ways:  []rules{{dane: true, insecureMX: true, reader: &resolverReader, order: stsAlone, deep: true, certificates: true, clear: true}},
	codes: postfixCodes, retry: &postfixRetry,
}
