package senders

// resolverReader is how postfix-mta-sts-resolver reads (findings §3.4,
// rules.md §5 and §6, from PMSR resolver.py).
func resolverReader() *reader {
	return &reader{
		plainOnly: true, millis: 4000, large: No,
		takes:         []string{"blank-line", "comment-line"},
		refuses:       append(refusedByAll(), "leading-whitespace", "space-before-colon", "max-age-too-large", "max-age-missing", "version-missing", "version-wrong"),
		recordTakes:   []string{"id-invalid-chars", "id-empty"},
		recordRefuses: []string{"multiple", "id-missing"},
	}
}

// refusedByAll are the oddities that every parser read refuses (findings §3.4).
func refusedByAll() []string { return []string{"mode-invalid", "mode-case"} }

// postfixResolver is Postfix with postfix-mta-sts-resolver: an enforced policy
// sets the level "secure", which replaces DANE (PMSR issue 67), and holds the
// certificate, not the host's name, against the patterns, at any depth.
// smtp_tls_security_level is taken to be dane, as its guide has it; with may
// there is no DANE to replace.
func postfixResolver() sender {
	r := resolverReader()
	return postfix("postfix-mta-sts-resolver", []string{"PMSR"},
		rules{dane: true, insecureMX: true, reader: r, order: stsAlone, deep: true, certificates: true})
}
