package locale

// BadgeWords stand on the badge that a README shows.
type BadgeWords struct {
	Label      string // the left part
	NotChecked string // nothing is known, by no fault of the domain
	// About is what a pointer or a screen reader is told: {domain} {state}, and
	// {time} of the check.
	About, AboutUnknown string
	// Parts are by the key of a headline without its group.
	Parts Terms
}

// EnglishBadge gives the words of the badge; apart from Language, so that the
// browser program does not carry them.
func EnglishBadge() BadgeWords {
	return BadgeWords{
		Label:        "mail in transit",
		NotChecked:   "not checked",
		About:        "Mail to {domain}: {state}. Checked by Sealane at {time}.",
		AboutUnknown: "Mail to {domain}: not checked.",
		Parts: Terms{
			{"dane-absent", "no DANE"},
			{"dane-blocked", "DANE lookups fail"},
			{"dane-broken", "DANE broken"},
			{"dane-broken-some", "DANE broken on some servers"},
			{"dane-ok", "DANE ok"},
			{"dane-one-key", "DANE for one key of two"},
			{"dane-some", "DANE on some servers"},
			{"dane-unauthenticated", "DANE unusable"},
			{"dane-unknown", "DANE not known"},
			{"dane-void", "DANE without DNSSEC"},
			{"hosts-bogus", "DNSSEC of mail servers broken"},
			{"hosts-dead", "no mail server answers"},
			{"mx-bogus", "DNSSEC broken"},
			{"mx-failed", "MX lookup fails"},
			{"no-domain", "no such domain"},
			{"no-mail-host", "no mail server"},
			{"null-mx", "takes no mail"},
			{"senders-clear-all", "sent in the clear"},
			{"sts-absent", "no MTA-STS"},
			{"sts-enforce", "MTA-STS enforce"},
			{"sts-enforce-broken", "MTA-STS enforce, no server passes"},
			{"sts-enforce-partly", "MTA-STS enforce, some servers fail"},
			{"sts-none", "MTA-STS off"},
			{"sts-testing", "MTA-STS testing"},
			{"sts-testing-broken", "MTA-STS testing, some servers fail"},
			{"sts-unknown", "MTA-STS not known"},
			{"sts-void", "MTA-STS unusable"},
			{"tls-some", "no TLS on some servers"},
		},
	}
}
