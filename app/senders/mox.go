package senders

// moxReader is how it reads.
var moxReader = reader{"mox"}

// mox checks DANE and MTA-STS, both (rules.md §6, MOX smtpclient, mtasts). What
// it does after a failed handshake without either is not written there.
var mox = sender{id: "mox", ways: []rules{{dane: true, reader: &moxReader}}, sources: []string{"MOX"}}
