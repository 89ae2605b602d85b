package senders

// tlspolReader is how postfix-tlspol reads.
var tlspolReader = reader{"postfix-tlspol"}

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
