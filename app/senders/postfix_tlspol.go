package senders

// tlspolReader is how postfix-tlspol reads (findings §3.4, rules.md §6, from
// TLSPOL mta-sts.go).
var tlspolReader = reader{
	plainOnly: true, millis: 2000, large: No,
	takes: []string{"max-age-too-large"},
	refuses: []string{"mode-invalid", "mode-case", "blank-line", "bom", "comment-line", "leading-whitespace",
		"space-before-colon", "max-age-missing", "version-missing", "version-wrong", "mx-u-label"},
	recordRefuses: []string{"multiple", "id-invalid-chars", "id-missing", "id-empty"},
}

// postfixTLSPol is Postfix with postfix-tlspol: DANE first, and a failing
// lookup doesn't lead to MTA-STS (TLSPOL dane.go). Whether TLSA records of one
// host keep MTA-STS from the others is not documented, nor whether it goes by
// them behind MX records that aren't signed.
var postfixTLSPol = sender{
	id: "postfix-tlspol", sources: []string{"TLSPOL"},
	ways: []rules{
		{dane: true, insecureMX: false, reader: &tlspolReader, order: daneDomain, deep: true, certificates: true, clear: true},
		{dane: true, insecureMX: false, reader: &tlspolReader, order: daneAlone, deep: true, certificates: true, clear: true},
		{dane: true, insecureMX: true, reader: &tlspolReader, order: daneDomain, deep: true, certificates: true, clear: true},
		{dane: true, insecureMX: true, reader: &tlspolReader, order: daneAlone, deep: true, certificates: true, clear: true},
	},
	codes: postfixCodes, retry: &postfixRetry,
}
