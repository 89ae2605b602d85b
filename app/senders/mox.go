package senders

// moxReader is how it reads (findings §3.4, rules.md §6).
var moxReader = reader{
	anyMedia: true, millis: 60000, large: No,
	takes: []string{"max-age-too-large"},
	refuses: []string{"mode-invalid", "mode-case", "blank-line", "bom", "comment-line", "leading-whitespace",
		"space-before-colon", "max-age-missing", "version-missing", "version-wrong", "mx-trailing-dot",
		"mx-u-label", "mx-bare-wildcard", "mx-wildcard-inside", "mx-leading-dot", "mx-list-on-one-line",
		"mx-empty", "max-age-invalid"},
	recordRefuses: []string{"multiple", "id-invalid-chars", "id-missing", "id-empty", "id-too-long", "id-duplicate"},
}

// mox checks DANE and MTA-STS, both (rules.md §6, MOX smtpclient, mtasts). What
// it does after a failed handshake without either is not written there.
var mox = sender{id: "mox", ways: []rules{{dane: true, reader: &moxReader}}, sources: []string{"MOX"}}
