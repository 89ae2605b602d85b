package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
)

// kept gives a bench whose door keeps what it is given.
func kept() *bench {
	b, texts := newBench(), map[dnsname.Name]string{}
	b.Door.Kept = func(d dnsname.Name) string { return texts[d] }
	b.Door.Keep = func(d dnsname.Name, text string) { texts[d] = text }
	return b
}

// TestEarlierIsShownUntilSomethingIsFound keeps a report and comes back.
func TestEarlierIsShownUntilSomethingIsFound(t *testing.T) {
	b, lang := kept(), locale.English()
	b.Navigate("example.com")
	b.Report, b.Facts = fixture(), facts("example.com", false)
	if b.keep(lang); b.Door.Kept(b.Domain) != "" {
		t.Error("a check that was stopped is kept")
	}
	b.Facts = facts("example.com", true)
	b.keep(lang)
	page := func() string { return app.HTMLString(&Page{M: b.Machine, Lang: lang}) }
	if b.State = Done; strings.Contains(page(), "data-earlier") {
		t.Error("shown beside its own report")
	}
	b.Again()
	known := 0
	for _, f := range fixture().Findings[:min(mostEarlier, len(fixture().Findings))] {
		if _, ok := lang.Finding(string(f.Code)); ok {
			known++
		}
	}
	if text := page(); known == 0 || !strings.Contains(text, moment(began)) || strings.Count(text, "data-earlier=") != known {
		t.Errorf("what was found before isn't shown, or not of when: %d", strings.Count(text, "data-earlier="))
	}
	if b.Report.Findings = []check.Finding{{Code: "dns.null-mx"}}; strings.Contains(page(), "data-earlier") {
		t.Error("shown beside what is found now")
	}
	if b.Navigate("example.org"); strings.Contains(page(), "data-earlier") {
		t.Error("shown for another domain")
	}
}

// TestRetellSaysNothingTwice has one finding for each of many servers before another.
func TestRetellSaysNothingTwice(t *testing.T) {
	r := check.Report{Domain: dnsname.MustParse("example.com")}
	for i := range 2 * mostEarlier {
		r.Findings = append(r.Findings, check.Finding{Code: "cert.caa-missing", Level: check.Notice, Subject: "mx" + itoa(i)})
	}
	r.Findings = append(r.Findings, check.Finding{Code: "dns.null-mx", Level: check.Notice})
	if e := Retell(&r, "", locale.English()); len(e.Findings) != 2 || e.Findings[0] == e.Findings[1] {
		t.Errorf("%+v", e.Findings)
	}
}

func TestEarlierDistrustsTheShelf(t *testing.T) {
	for _, text := range []string{"", "null", "no json", `{"findings":7}`} {
		b := newBench()
		b.Door.Kept = func(dnsname.Name) string { return text }
		if b.Navigate("example.com"); b.Earlier != nil {
			t.Errorf("%q is shown", text)
		}
	}
}

// TestOpenIsOneCheck paints the first page with the check that its URL asks for.
func TestOpenIsOneCheck(t *testing.T) {
	b := newBench()
	b.Open("example.com")
	if b.State != Running {
		t.Fatalf("state %s", b.State)
	}
	run := b.Navigate("example.com")
	if run == nil || run.Domain != b.Domain || run.Context.Err() != nil {
		t.Fatalf("run %+v", run)
	}
	if b.Navigate("example.com") != nil {
		t.Error("the check is made twice")
	}
	b.Open("example.org")
	if other := b.Navigate("example.net"); other == nil || other.Domain.String() != "example.net" {
		t.Errorf("another page: %+v", other)
	}
	if b.Open(""); b.State != Idle || b.Navigate("") != nil {
		t.Error("the empty page has a check")
	}
}
