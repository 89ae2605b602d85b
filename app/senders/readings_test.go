package senders

import (
	"slices"
	"strings"
	"testing"
)

// divergence is the matrix of rules.md §6: an input, and what the page says of
// each implementation beside what that is here.
var divergence = []struct{ code, mox, tlspol, resolver, stalwart, checkdmarc string }{
	{"sts-record.id-duplicate", "error=refuses", "first=first-wins", "last=last-wins", "?=unknown", "error=refuses"},
	{"sts-policy.duplicate-key", "first=first-wins", "first=first-wins", "last=last-wins", "last=last-wins", "error=refuses"},
	{"sts-policy.blank-line", "reject=refuses", "reject=refuses", "accept=takes", "accept=takes", "accept=takes"},
	{"sts-policy.comment-line", "reject=refuses", "reject=refuses", "accept=takes", "accept=takes", "reject=refuses"},
	{"sts-policy.version-missing", "reject=refuses", "reject=refuses", "FETCH_ERROR=refuses", "accept=takes", "accept=takes"},
	{"sts-policy.max-age-missing", "reject=refuses", "reject=refuses", "FETCH_ERROR=refuses", "86400=default-86400", "0=default-0"},
	{"sts-policy.none-without-mx", "ok=takes", "ok=takes", "VALID=takes", "error=refuses", "ok=takes"},
	{"sts-policy.unknown-extension-field", "ignore=ignores-line", "ignore=ignores-line", "ignore=ignores-line", "ignore=ignores-line", "error=refuses"},
	{"sts-policy.max-age-too-large", "accept=takes", "cap=caps", "FETCH_ERROR=refuses", "86400=default-86400", "error=refuses"},
	{"sts-policy-fetch.content-type-html", "accept=takes", "ignore policy=refuses", "FETCH_ERROR=refuses", "accept=takes", "warning=warns"},
	{"sts-policy-fetch.http-redirect", "error=refuses", "no policy=refuses", "FETCH_ERROR=refuses", "[U] client setting=no-status-check", "follows=follows"},
	{"sts-policy-fetch.body-too-large", "error=refuses", "no policy=refuses", "FETCH_ERROR=refuses", "1 MiB limit=limit-1-mib", "none=no-limit"},
	{"sts-mx.wildcard-too-shallow", "no=one-label", "Postfix any depth=any-depth", "Postfix any depth=any-depth", "no=one-label", "yes=any-depth"},
	{"sts-policy.mx-u-label", "error=refuses", "reject=refuses", "pass through=passes-through", "converted=converts", "pass=passes-through"},
	{"dane.sts-conflict", "both checked=both-checked", "DANE first=dane-first", "overrides DANE=overrides-dane", "?=unknown", "-=unknown"},
}

// differential is the table of findings §3.4, likewise.
var differential = []struct{ code, mox, resolver, tlspol, kumo, stalwart string }{
	{"sts-policy.blank-line", "reject=refuses", "accept=takes", "reject=refuses", "accept=takes", "accept=takes"},
	{"sts-policy.bom", "reject=refuses", "reject (version missing)=refuses", "reject=refuses", "reject=refuses", "accept (line ignored)=ignores-line"},
	{"sts-policy.leading-whitespace", "reject=refuses", "reject (key ≠)=refuses", "reject=refuses", "accept (trim)=trims", "accept (trim)=trims"},
	{"sts-policy.space-before-colon", "reject=refuses", "reject=refuses", "reject=refuses", "accept=takes", "accept=takes"},
	{"sts-policy.lf-line-endings", "ok=takes", "ok=takes", "ok=takes", "ok=takes", "ok=takes"},
	{"sts-policy-fetch.content-type-html", "not checked=takes", "reject=refuses", "reject=refuses", "reject=refuses", "not checked=takes"},
	{"sts-policy-fetch.content-type-other", "not checked=takes", "reject=refuses", "reject=refuses", "reject (absent header too)=refuses", "not checked=takes"},
	{"sts-policy-fetch.charset-missing", "ok=takes", "reject (ascii decode)=refuses", "ok=takes", "ok=takes", "ok=takes"},
	{"sts-policy.max-age-too-large", "accept (10 digits, int32)=takes", "reject=refuses", "cap=caps", "accept=takes", "cached as 86400=default-86400"},
	{"sts-policy.max-age-missing", "reject=refuses", "reject=refuses", "reject=refuses", "reject=refuses", "default 86400=default-86400"},
	{"sts-policy.duplicate-key", "first wins=first-wins", "last wins=last-wins", "first wins=first-wins", "reject=refuses", "last wins=last-wins"},
	{"sts-policy.mode-case", "reject=refuses", "reject=refuses", "reject=refuses", "reject=refuses", "reject=refuses"},
	{"sts-policy.version-wrong", "reject=refuses", "reject=refuses", "reject=refuses", "reject=refuses", "accept=takes"},
	{"sts-policy.mx-trailing-dot", "reject=refuses", "accepted, handed to Postfix with the dot=keeps-dot", "accepted, ditto=keeps-dot", "accepted, never matches=never-matches", "–=unknown"},
	{"sts-policy.mx-u-label", "reject=refuses", "accept string=passes-through", "reject=refuses", "accept, lower-cased=passes-through", "converted to A-label=converts"},
	{"sts-policy.none-without-mx", "ok=takes", "ok=takes", "ok=takes", "ok=takes", "error=refuses"},
	{"sts-record.multiple", "ErrMultipleRecords=refuses", "NONE=refuses", "none=refuses", "strings joined=joins", "–=unknown"},
	{"sts-record.id-invalid-chars", "reject=refuses", "accept=takes", "reject=refuses", "accept=takes", "–=unknown"},
	{"sts-record.space-before-semicolon", "accept=takes", "accept=takes", "accept=takes", "accept=takes", "–=unknown"},
	{"sts-policy-fetch.http-redirect", "error=refuses", "error=refuses", "none=refuses", "not followed, error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.http-404", "error=refuses", "error=refuses", "none=refuses", "error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.http-403", "error=refuses", "error=refuses", "none=refuses", "error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.http-429", "error=refuses", "error=refuses", "none=refuses", "error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.http-5xx", "error=refuses", "error=refuses", "none=refuses", "error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.http-status-other", "error=refuses", "error=refuses", "none=refuses", "error=refuses", "no status check visible=no-status-check"},
	{"sts-policy-fetch.body-too-large", "syntax error=refuses", "reject=refuses", "reject=refuses", "–=unknown", "limit 1 MiB=limit-1-mib"},
	{"sts-policy-fetch.slow", "60 s=waits-60", "4 s default=waits-4", "2 s=waits-2", "20 s=waits-20", "configurable=configurable"},
}

// elsewhere is what other parts of the pages say: rules.md §1 and §3 of mox and
// tlspol, rules.md §2 of checkdmarc's media types, rules.md §5 of
// postfix-mta-sts-resolver; code, reader, manner. An unknown mode is refused by
// those that findings §3.4 says to refuse one in the wrong case.
var elsewhere = [][3]string{
	{"sts-record.id-empty", "mox", "refuses"}, {"sts-record.id-empty", "postfix-mta-sts-resolver", "takes"}, {"sts-record.id-empty", "postfix-tlspol", "refuses"},
	{"sts-record.id-missing", "mox", "refuses"}, {"sts-record.id-missing", "postfix-mta-sts-resolver", "refuses"}, {"sts-record.id-missing", "postfix-tlspol", "refuses"},
	{"sts-record.id-too-long", "mox", "refuses"},
	{"sts-record.version-case", "mox", "refuses"}, {"sts-record.version-case", "postfix-mta-sts-resolver", "refuses"},
	{"sts-record.version-leading-junk", "mox", "refuses"}, {"sts-record.version-leading-junk", "postfix-mta-sts-resolver", "refuses"},
	{"sts-record.version-not-first", "mox", "refuses"}, {"sts-record.version-not-first", "postfix-mta-sts-resolver", "refuses"},
	{"sts-record.version-unknown", "mox", "refuses"}, {"sts-record.version-unknown", "postfix-mta-sts-resolver", "refuses"},
	{"sts-policy.max-age-invalid", "mox", "refuses"}, {"sts-policy.max-age-invalid", "postfix-mta-sts-resolver", "refuses"},
	{"sts-policy.mode-missing", "mox", "refuses"}, {"sts-policy.mode-missing", "postfix-mta-sts-resolver", "refuses"},
	{"sts-policy.mx-missing", "mox", "refuses"}, {"sts-policy.mx-missing", "postfix-mta-sts-resolver", "refuses"},
	{"sts-policy.mode-invalid", "mox", "refuses"}, {"sts-policy.mode-invalid", "postfix-mta-sts-resolver", "refuses"},
	{"sts-policy.mode-invalid", "postfix-tlspol", "refuses"}, {"sts-policy.mode-invalid", "kumomta", "refuses"}, {"sts-policy.mode-invalid", "stalwart", "refuses"},
	{"sts-policy.mx-bare-wildcard", "mox", "refuses"}, {"sts-policy.mx-empty", "mox", "refuses"}, {"sts-policy.mx-invalid-hostname", "mox", "refuses"},
	{"sts-policy.mx-leading-dot", "mox", "refuses"}, {"sts-policy.mx-list-on-one-line", "mox", "refuses"}, {"sts-policy.mx-wildcard-inside", "mox", "refuses"},
	{"sts-policy-fetch.content-type-other", "checkdmarc", "warns"},
}

// TestReadings holds the table to the pages, cell by cell, and to nothing else.
func TestReadings(t *testing.T) {
	want := map[[2]string]string{}
	cell := func(code, reader, said string) {
		if _, manner, found := strings.Cut(said, "="); found {
			said = manner
		}
		key := [2]string{code, reader}
		if before, twice := want[key]; twice && before != said {
			t.Errorf("%v is %s and %s", key, before, said)
		}
		want[key] = said
	}
	for _, r := range divergence {
		cell(r.code, "mox", r.mox)
		cell(r.code, "postfix-tlspol", r.tlspol)
		cell(r.code, "postfix-mta-sts-resolver", r.resolver)
		cell(r.code, "stalwart", r.stalwart)
		cell(r.code, "checkdmarc", r.checkdmarc)
	}
	for _, r := range differential {
		cell(r.code, "mox", r.mox)
		cell(r.code, "postfix-mta-sts-resolver", r.resolver)
		cell(r.code, "postfix-tlspol", r.tlspol)
		cell(r.code, "kumomta", r.kumo)
		cell(r.code, "stalwart", r.stalwart)
	}
	for _, r := range elsewhere {
		cell(r[0], r[1], r[2])
	}
	if len(divergence) != 15 || len(differential) != 21+6 { // the rows of media types and statuses stand for several codes
		t.Errorf("%d and %d rows", len(divergence), len(differential))
	}
	documented := 0
	for _, code := range ReadCodes() {
		for _, r := range Readers(code) {
			said, known := want[[2]string{code, string(r.Reader)}]
			if !known {
				said = "unknown"
			}
			if string(r.Manner) != said {
				t.Errorf("%s: %s %s, want %s", code, r.Reader, r.Manner, said)
			}
			if (r.Source != "") != (r.Manner != Undocumented) {
				t.Errorf("%s: %s %s, source %q", code, r.Reader, r.Manner, r.Source)
			}
			if r.Source != "" {
				documented++
			}
		}
	}
	for key := range want {
		if Readers(key[0]) == nil {
			t.Errorf("no readings of %s", key[0])
		}
	}
	t.Logf("%d cells hold", documented)
}

func TestReadersOfNothingKnown(t *testing.T) {
	if got := Readers("sts-policy.trailing-semicolon"); got != nil {
		t.Errorf("%v", got)
	}
	for _, m := range Manners() {
		if m == "" {
			t.Error("a manner without a name")
		}
	}
}

// TestLastWins holds that nothing is claimed of a reader that goes by the last
// of several modes.
func TestLastWins(t *testing.T) {
	m := good()
	withoutTLSA(&m)
	m.Policy.Kinds = []string{"duplicate-key"}
	change(&m, nil, func(e *Endpoint) { e.Trusted = No })
	for _, v := range Judge(m, now) {
		switch v.Sender {
		case "mox", "postfix-tlspol":
			if v.Outcome != Defers {
				t.Errorf("%s %v", v.Sender, v.Outcome)
			}
		case "postfix-mta-sts-resolver", "stalwart":
			if v.Outcome != Unknown {
				t.Errorf("%s %v", v.Sender, v.Outcome)
			}
		}
	}
	if slices.Contains(ReadCodes(), "") {
		t.Error("an empty code")
	}
}
