package senders

// gmail validates MTA-STS (A25 §6). Whether it looks at TLSA records is not
// documented, nor are its codes, its retries, and how it reads policies that
// the RFC refuses.
var gmail = sender{
	id:      "gmail",
	ways:    []rules{{reader: &reader{"gmail"}}, {dane: true, reader: &reader{"gmail"}}, {dane: true, reader: &reader{"gmail"}, order: daneAlone}},
	sources: []string{"A25"},
}
