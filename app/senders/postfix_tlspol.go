package senders

// tlspolReader is how postfix-tlspol reads (findings §3.4, rules.md §6, from
// TLSPOL mta-sts.go).
func tlspolReader() *reader {
	return &reader{
		plainOnly: true, millis: 2000, large: No,
		takes: []string{"max-age-too-large"},
		refuses: append(refusedByAll(), "blank-line", "bom", "comment-line", "leading-whitespace",
			"space-before-colon", "max-age-missing", "version-missing", "version-wrong", "mx-u-label"),
		recordRefuses: []string{"multiple", "id-invalid-chars", "id-missing", "id-empty"},
	}
}

// postfixTLSPol is Postfix with postfix-tlspol: DANE first, and a failing
// lookup doesn't lead to MTA-STS (TLSPOL dane.go). Whether TLSA records of one
// host keep MTA-STS from the others is not documented, nor whether it goes by
// them behind MX records that aren't signed.
func postfixTLSPol() sender {
	r := tlspolReader()
	var ways []rules
	for _, insecure := range []bool{false, true} {
		for _, order := range []order{daneDomain, daneAlone} {
			ways = append(ways, rules{dane: true, insecureMX: insecure, reader: r, order: order, deep: true, certificates: true})
		}
	}
	return postfix("postfix-tlspol", []string{"TLSPOL"}, ways...)
}
