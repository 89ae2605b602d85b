package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// shown renders the fixture as a finished check.
func shown(change func(*Machine)) string {
	b := newBench()
	b.Navigate("example.com")
	b.State, b.Report, b.Facts = Done, fixture(), facts("example.com", true)
	if change != nil {
		change(b.Machine)
	}
	return app.HTMLString(&Page{M: b.Machine, Lang: locale.English()})
}

func TestReportCarriesItsState(t *testing.T) {
	page := shown(nil)
	for _, want := range []string{
		`data-state="done"`, `data-domain="example.com"`, `data-code="dane.mismatch"`, `data-level="error"`,
		`data-subject="mx1.example.com"`, `data-not-checked="not-checked.revocation"`, `data-key="headline.dane-broken"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if got, want := strings.Count(page, "data-code="), len(fixture().Findings); got != want {
		t.Errorf("%d findings shown of %d", got, want)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	page := shown(nil)
	tokens := html.NewTokenizer(strings.NewReader(page))
	for tokens.Next() != html.ErrorToken {
		switch tag, _ := tokens.TagName(); string(tag) {
		case "script", "img", "b", "i", "style", "iframe":
			t.Errorf("an element from outside: %s", tag)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x", "&lt;b&gt;not a host&lt;/b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s isn't shown", want)
		}
	}
}

// A policy that nobody could fetch isn't called unusable.
func TestPolicyNotLookedAt(t *testing.T) {
	words := locale.English().UI
	for state, want := range map[check.LookupState]string{
		check.Blind: words.Details.States.Of("blind"), check.Failed: words.Policy.NotUsable,
	} {
		r := check.Report{}
		r.Record.State, r.Record.Valid, r.Policy.State = check.Found, true, state
		if got := (view{report: &r, w: words}).stsBrief(); got != want {
			t.Errorf("%v: %s, want %s", state, got, want)
		}
	}
}

func TestNoStyleAttributes(t *testing.T) {
	if strings.Contains(shown(nil), " style=") {
		t.Error("a style attribute, which the content security policy forbids")
	}
}

// Every level, lookup state, DNSSEC status, failure class and stage has a word.
func TestTermsAreComplete(t *testing.T) {
	w := locale.English().UI
	missing := func(terms locale.Terms, keys ...string) {
		t.Helper()
		for _, k := range keys {
			if terms.Of(k) == k && k != "found" && k != "secure" {
				t.Errorf("no word for %q", k)
			}
		}
	}
	for l := check.Unknown; l <= check.Error; l++ {
		missing(w.Verdict.Levels, level(l))
		if len(shapes[level(l)]) == 0 {
			t.Errorf("no mark for %s", level(l))
		}
	}
	for s := check.Pending; s <= check.Blind; s++ {
		missing(w.Details.States, lookupState(s))
	}
	for _, c := range []probe.Class{
		probe.NoProxy, probe.Unavailable, probe.Blocked, probe.Limited, probe.Canceled, probe.BadRequest, probe.NoResolver, probe.BadResponse, probe.OptedOut,
		probe.DNSNotFound, probe.DNSNoAddress, probe.DNSFailed, probe.DNSTimeout, probe.AddressReserved, probe.ConnectRefused,
		probe.ConnectTimeout, probe.Unreachable, probe.TLSAlert, probe.TLSVersion, probe.TLSTimeout, probe.TLSFailed,
		probe.ReplyMalformed, probe.ReplyTooLong, probe.ReplyTimeout, probe.ConnectionLost, probe.ReplyNegative,
	} {
		missing(w.Mail.Failures, string(c))
	}
	for _, s := range []probe.Stage{probe.StageConnect, probe.StageBanner, probe.StageEHLO, probe.StageSTARTTLS,
		probe.StageHandshake, probe.StageEHLOTLS, probe.StageDone} {
		missing(w.Mail.Stages, string(s))
	}
	for _, f := range []dnsname.Fault{dnsname.FaultEmpty, dnsname.FaultTooLong, dnsname.FaultLabelTooLong, dnsname.FaultEmptyLabel,
		dnsname.FaultCharacter, dnsname.FaultHyphen, dnsname.FaultIPAddress, dnsname.FaultPublicSuffix, dnsname.FaultSingleLabel,
		dnsname.FaultMixedScripts, dnsname.FaultIDNA, dnsname.FaultEmoji, dnsname.FaultSeveral, dnsname.FaultOther} {
		missing(w.Ask.Wrong, string(f))
	}
	for _, f := range []dnsname.Form{dnsname.FormAddress, dnsname.FormURL, dnsname.FormUnicode, dnsname.FormService, dnsname.FormTrimmed} {
		missing(w.Ask.ReadAs, string(f))
	}
}

// Every fold has a key of its own, or opening one would open another.
func TestKeysAreUnique(t *testing.T) {
	m := newBench().Machine
	m.State, m.Report = Done, fixture()
	m.Report.Findings = append(m.Report.Findings, m.Report.Findings...)
	v := view{m, &m.Report, locale.English(), locale.English().UI}
	seen := map[string]bool{}
	for i := range m.Report.Findings {
		if key := v.findingKey(i); seen[key] {
			t.Errorf("two findings have the key %q", key)
		} else {
			seen[key] = true
		}
	}
}

// A report of nothing must show as well: it is what every check begins with.
func TestEmptyReportShows(t *testing.T) {
	for _, state := range []State{Running, Done} {
		page := shown(func(m *Machine) { m.Report, m.State = check.Report{}, state })
		if got := strings.Count(page, "data-stop="); got != 5 {
			t.Errorf("%s: %d stops, want 5", state, got)
		}
	}
}

func TestSourceMarksTheExactCharacters(t *testing.T) {
	v := view{lang: locale.English(), w: locale.English().UI, m: newBench().Machine}
	text := "mode: enforce\r\n모드: 테스트\r\n"
	at := len("mode: enforce\r\n")
	page := app.HTMLString(v.source(text, []syntax.Diagnostic{{Kind: "some-kind", Span: syntax.Span{Start: at, End: at + len("모드")}, Fatal: true}}, "sts-policy", true))
	if !strings.Contains(page, `class="squiggle">모드</span>`) {
		t.Errorf("the characters aren't marked:\n%s", page)
	}
	if !strings.Contains(page, `data-diagnostic="sts-policy.some-kind"`) {
		t.Error("the diagnostic isn't shown")
	}
	if strings.Count(page, `class="line"`) != 2 {
		t.Errorf("%d lines", strings.Count(page, `class="line"`))
	}
}

// Under an oddity stand what to write instead, and who reads it how.
func TestSourceSaysHowItIsRead(t *testing.T) {
	m := newBench().Machine
	v := view{m, &m.Report, locale.English(), locale.English().UI}
	text := "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 604800;\n"
	_, diagnostics := mtasts.ParsePolicy([]byte(text))
	page := app.HTMLString(v.source(text, diagnostics, "sts-policy", true))
	for _, want := range []string{
		"→ mode: enforce", "→ max_age: 604800",
		`data-readers="sts-policy.mode-case"`, "Refuses: mox, Postfix + mta-sts-resolver, Postfix + tlspol, KumoMTA, Stalwart · Not documented: checkdmarc, Exchange Online, Gmail",
		"How senders read this is not documented.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s:\n%s", want, page)
		}
	}
	if page := app.HTMLString(el("div").body(v.txt([]check.TXTView{{Owner: "_mta-sts.example.com", Text: "v=STSv1; id=a-b",
		Diagnostics: []syntax.Diagnostic{{Kind: "id-invalid-chars", Fatal: true, Mend: "v=STSv1; id=ab;"}}}}, "", "sts-record")...)); !strings.Contains(page, "v=STSv1; id=ab;") {
		t.Error("the mended record isn't shown")
	}
}

// Spans that lie anywhere must not panic, and no diagnostic may be lost.
func TestSourceTakesAnySpan(t *testing.T) {
	v := view{lang: locale.English(), w: locale.English().UI, m: newBench().Machine}
	text := "a\n\nä\x00\xff\r\nlast"
	for start := 0; start <= len(text); start++ {
		for end := start; end <= len(text)+2; end++ {
			d := []syntax.Diagnostic{{Kind: "k", Span: syntax.Span{Start: start, End: end}}}
			if page := app.HTMLString(v.source(text, d, "sts-policy", true)); strings.Count(page, "data-diagnostic") != 1 {
				t.Fatalf("span %d to %d: shown %d times", start, end, strings.Count(page, "data-diagnostic"))
			}
		}
	}
}

func TestVisibleWritesOutWhatHides(t *testing.T) {
	for in, want := range map[string]string{
		"plain 한글 å":   "plain 한글 å",
		"a\u202eb":     "a⟨U+202E⟩b",
		"a\x00b\x1b[m": "a⟨U+0000⟩b⟨U+001B⟩[m",
		"zero\u200bw":  "zero⟨U+200B⟩w",
		"bad\xff":      "bad⟨U+FFFD⟩",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRichTakesCodeFromTheTextOnly(t *testing.T) {
	page := app.HTMLString(el("p").body(rich("Set `mode` of {name}.", map[string]string{"name": "`x`<i>"})...))
	if strings.Count(page, "<code>") != 1 || !strings.Contains(page, "`x`&lt;i&gt;") {
		t.Error(page)
	}
}

func TestShortenCutsBetweenCharacters(t *testing.T) {
	if got := shorten("åäö", 3); got != "å…" {
		t.Errorf("%q", got)
	}
}
