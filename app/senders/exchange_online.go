package senders

// exchangeOnline validates DANE (XDANE) and MTA-STS (XSTS). How it reads
// policies that the RFC refuses is not documented, nor what it does when DANE
// holds and MTA-STS doesn't. That a passing policy doesn't help where DANE
// fails is RFC 8461 §2. It stops mail only if every MX with TLSA records fails,
// or DNSSEC does (XDANE). Its codes 5.7.322 and 5.7.323 for a certificate out
// of its dates name no usage (NDR), so with DANE-EE that isn't known.
var exchangeOnline = sender{
	id:      "exchange-online",
	ways:    []rules{{dane: true, dates: true, reader: &reader{"exchange-online"}}, {dane: true, dates: true, reader: &reader{"exchange-online"}, order: daneAlone}},
	sources: []string{"XDANE", "XSTS"},
	codes: []code{
		{"cert-expired", "4.7.5", "NDR"},
		{"cert-name", "4.7.5", "NDR"},
		{"cert-untrusted", "4.7.5", "NDR"},
		{"dane-chain", "4.7.323", "XDANE"},
		{"dane-expired", "4.7.322", "XDANE"},
		{"dane-handshake", "4.7.321", "XDANE"},
		{"dane-mismatch", "4.7.323", "XDANE"},
		{"dane-name", "4.7.325", "XDANE"},
		{"dane-no-starttls", "4.7.321", "XDANE"},
		{"dnssec-bogus", "4.7.324 4.4.312", "XDANE"},
		{"sts-mx", "4.4.8", "NDR"},
		{"tlsa-failed", "4.7.324 4.4.312", "XDANE"},
		{"tlsa-unusable", "", "XDANE"},
	},
	retry: &schedule{after: []int{15, 15, 60, 60}, every: 60, giveUp: 24, source: "XDANE", permanent: true},
}
