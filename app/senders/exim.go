package senders

// exim tries DANE everywhere (hosts_try_dane = *, EXIM smtp.c) and knows no
// MTA-STS. A failed handshake is followed by cleartext (tls_tempfail_tryclear).
var exim = sender{
	id: "exim", ways: []rules{{dane: true, clear: true}}, sources: []string{"EXIM"},
	codes: []code{
		{"dane-chain", "", "EXIM"}, {"dane-mismatch", "", "EXIM"}, {"dane-name", "", "EXIM"},
		{"dane-handshake", "", "EXIM"}, {"tlsa-failed", "", "EXIM"}, {"handshake", "", "EXIM"},
	},
}
