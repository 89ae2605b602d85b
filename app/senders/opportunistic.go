package senders

// opportunistic is the sender of class O: TLS when offered, to whoever answers
// (93.2 % of sending domains in A25). What it does after a failed handshake
// differs.
var opportunistic = sender{id: "opportunistic", ways: []rules{{}}, sources: []string{"A25"}}
