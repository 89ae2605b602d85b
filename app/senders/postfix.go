package senders

// postfixCodes are those of every Postfix (PF smtp_tls_policy.c, smtp_proto.c).
var postfixCodes = []code{
	{"cert-expired", "4.7.5", "PF"},
	{"cert-name", "4.7.5", "PF"},
	{"cert-pattern", "4.7.5", "PF"},
	{"cert-untrusted", "4.7.5", "PF"},
	{"dane-chain", "4.7.5", "PF"},
	{"dane-expired", "4.7.5", "PF"},
	{"dane-handshake", "4.7.5", "PF"},
	{"dane-mismatch", "4.7.5", "PF"},
	{"dane-name", "4.7.5", "PF"},
	{"dane-no-starttls", "4.7.4", "PF"},
	{"handshake", "", "PF"},
	{"sts-handshake", "4.7.5", "PF"},
	{"sts-mx", "", "PF"},
	{"sts-no-starttls", "4.7.4", "PF"},
	{"tlsa-failed", "4.7.5", "PF"},
	{"tlsa-unusable", "", "PF"},
}

// postfixRetry is the default of minimal_backoff_time (300 s), which doubles up
// to maximal_backoff_time (4000 s), and of maximal_queue_lifetime (5 d).
var postfixRetry = schedule{after: []int{5, 5, 10, 20, 40}, every: 66, giveUp: 120, source: "PFCONF"}
