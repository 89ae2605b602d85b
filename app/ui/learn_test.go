package ui

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
)

// learned gives the page at a path as HTML, with the names of a query.
func learned(path string, names map[string]string) string {
	l := &Learn{M: newBench().Machine, Lang: locale.English(), Path: path}
	l.names = learn.ReadNames(func(key string) string { return names[key] })
	l.M.Config = probe.Config{Lab: []probe.LabDomain{
		{Domain: "one.test", Wrong: "<b>It</b> is broken.", Codes: []string{"dane.mismatch-all", "dns.ok"}},
		{Domain: "two.test", Wrong: "Nothing.", Codes: []string{"dns.ok"}},
	}}
	return app.HTMLString(l)
}

// text is what a page says, without its tags.
func text(t *testing.T, page string) string {
	t.Helper()
	var said strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(said.String()), " ")
		case html.TextToken:
			said.Write(tokens.Text())
		}
	}
}

func TestLearnPageSaysAllThatIsKnown(t *testing.T) {
	page := learned("/learn/dane.mismatch-all", nil)
	for _, want := range []string{
		`data-learn="dane.mismatch-all"`, `href="https://www.rfc-editor.org/rfc/rfc7672#section-3.2"`, `href="/learn#dane"`, `href="/"`, `href="/learn"`,
		`href="/?d=one.test"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	said := text(t, page)
	for _, want := range []string{
		"No TLSA record matches", "Exchange Online retries for 24 hours", "The certificate that mx.example.com shows", "whoever runs the mail server",
		"Level Error", "RFC 7672 §3.2", "tlsa-invalid", "5.7.323", "posttls-finger -c -l dane -L summary example.com", "Look for:", "Put your own names",
		"one.test <b>It</b> is broken.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it doesn't say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "two.test") {
		t.Error("a lab domain without the finding is shown")
	}
	if strings.Count(page, "data-copy=") != len(learn.Commands("dane.mismatch-all")) {
		t.Error("not every command can be copied")
	}
}

func TestLearnPageIsFilledWithNames(t *testing.T) {
	names := map[string]string{"domain": "foo.example", "host": "mx7.foo.example", "ip": "192.0.2.7"}
	page := learned("/learn/cert.expired", names)
	said := text(t, page)
	if !strings.Contains(said, "-connect 192.0.2.7:25 -servername mx7.foo.example") || strings.Contains(said, "Put your own names") {
		t.Error(said)
	}
	if !strings.Contains(page, `href="/?d=foo.example"`) || !strings.Contains(said, "Check foo.example") {
		t.Error("the domain can't be checked from here")
	}
	// Root causes take the names along.
	page = learned("/learn/tls.cbc-only", names)
	if !strings.Contains(page, `href="/learn/tls.weak-cipher?domain=foo.example&host=mx7.foo.example&ip=192.0.2.7"`) {
		t.Errorf("no link to the root cause with the names:\n%s", page)
	}
	said = text(t, learned("/learn/cert.expired", map[string]string{"domain": "x;rm -rf ~", "host": "$(id)"}))
	if strings.Contains(said, "rm -rf") || strings.Contains(said, "$(id)") || !strings.Contains(said, "mx.example.com:25") {
		t.Errorf("what is no name is shown: %s", said)
	}
}

// Every code has a page on which nothing is left open.
func TestEveryCodeHasAPage(t *testing.T) {
	left := regexp.MustCompile(`[^%]\{[a-z]+\}`)
	lang := locale.English()
	for _, e := range check.Catalogue() {
		path := "/learn/" + string(e.Code)
		page := learned(path, nil)
		said := text(t, page)
		if m := left.FindString(said); m != "" {
			t.Errorf("%s: %s is left open", e.Code, m)
		}
		if strings.Contains(page, " style=") || strings.Contains(said, "`") {
			t.Errorf("%s: a style, or a backtick that sets nothing", e.Code)
		}
		l := &Learn{M: NewMachine(Closed()), Lang: lang, Path: path}
		if l.Title() == lang.UI.Learn.Title || strings.ContainsAny(l.Title()+l.Summary(), "{}`") || len(l.Summary()) < 10 {
			t.Errorf("%s: title %q, summary %q", e.Code, l.Title(), l.Summary())
		}
	}
}

func TestListHasEveryCode(t *testing.T) {
	page := learned("/learn", nil)
	for _, e := range check.Catalogue() {
		if n := strings.Count(page, `href="/learn/`+string(e.Code)+`"`); n != 1 {
			t.Errorf("%s is linked to %d times", e.Code, n)
		}
		if !strings.Contains(page, `id="`+e.Code.Group()+`"`) {
			t.Errorf("no part for %s", e.Code.Group())
		}
	}
}

func TestUnknownCodeIsSaidToBe(t *testing.T) {
	page := learned("/learn/dns.nul-mx", nil)
	if said := text(t, page); !strings.Contains(said, "There is no finding dns.nul-mx") || !strings.Contains(said, "Did you mean") {
		t.Error(said)
	}
	if !strings.Contains(page, `href="/learn/dns.null-mx"`) {
		t.Error("the near code isn't among those offered")
	}
	hostile := learned("/learn/<script>alert(1)</script>\u202e"+strings.Repeat("x", 10_000), nil)
	if strings.Contains(hostile, "<script") || strings.Contains(hostile, "\u202e") || len(text(t, hostile)) > 1000 {
		t.Error("a code from outside is not cut, or not shown as text")
	}
	if waits := learned("", nil); strings.Contains(waits, "<li") {
		t.Error("something is shown before the browser has told the path")
	}
}

// The code of every finding in a report leads to its page, with its names.
func TestFindingsLeadToTheirPages(t *testing.T) {
	page := shown(nil)
	for _, f := range fixture().Findings {
		if !strings.Contains(page, `href="/learn/`+string(f.Code)+`?domain=example.com&host=`) {
			t.Errorf("no link to the page of %s", f.Code)
		}
	}
	if !strings.Contains(page, `href="/learn/starttls.ok?domain=example.com&host=mx2.example.com"`) {
		t.Error("a finding about a host leads to another's commands")
	}
}

func TestLevelsOfAnEntry(t *testing.T) {
	for code, want := range map[check.Code]string{"dns.null-mx": "notice", "starttls.not-offered": "error warning", "cert.self-signed": "error warning notice"} {
		e, _ := code.Lookup()
		var got []string
		for _, l := range e.Levels() {
			got = append(got, level(l))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", code, got, want)
		}
	}
	for _, e := range check.Catalogue() {
		if len(e.Levels()) == 0 {
			t.Errorf("%s has no level", e.Code)
		}
	}
}
