package senders

// mox checks DANE and MTA-STS, both (rules.md §6, MOX smtpclient, mtasts). What
// it does after a failed handshake without either is not written there.
func mox() sender {
	r := &reader{
		anyMedia: true, millis: 60000, large: No,
		takes: []string{"max-age-too-large"},
		refuses: append(refusedByAll(), "blank-line", "bom", "comment-line", "leading-whitespace",
			"space-before-colon", "max-age-missing", "version-missing", "version-wrong", "mx-trailing-dot",
			"mx-u-label", "mx-bare-wildcard", "mx-wildcard-inside", "mx-leading-dot", "mx-list-on-one-line",
			"mx-empty", "max-age-invalid"),
		recordRefuses: []string{"multiple", "id-invalid-chars", "id-missing", "id-empty", "id-too-long", "id-duplicate"},
	}
	return sender{id: "mox", ways: []rules{{dane: true, reader: r}}, sources: []string{"MOX"}}
}
