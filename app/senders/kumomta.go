package senders

// kumoReader is how it reads.
var kumoReader = reader{"kumomta"}

// kumoMTA follows MTA-STS by default, and takes any certificate under a policy in
// testing; with enable_dane it ignores the policy of a host with TLSA records
// (KUMO reference, enable_mta_sts). Whether enable_dane is set, and whether a bad
// certificate is taken where nothing asks for a good one, is configuration.
var kumoMTA = sender{
	id: "kumomta", sources: []string{"KUMO"},
	ways: []rules{
		{reader: &kumoReader, verifies: true}, {dane: true, reader: &kumoReader, order: daneAlone, verifies: true},
	},
	codes: []code{{"sts-mx", "4.4.4", "KUMO"}},
}
