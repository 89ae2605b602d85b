//go:build !js

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
)

// learned gives the page of a code as HTML, or the list.
func learned(code check.Code) string {
	return app.HTMLString(&Learn{Lang: locale.English(), Code: code})
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
	page := learned("dane.mismatch-all")
	for _, want := range []string{
		`data-learn="dane.mismatch-all"`, `href="https://www.rfc-editor.org/rfc/rfc7672#section-3.2"`, `href="/learn#dane"`, `href="/"`, `href="/learn"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	said := text(t, page)
	for _, want := range []string{
		"No TLSA record matches", "Exchange Online retries for 24 hours", "The certificate that mx.example.com shows", "whoever runs the mail server",
		"Level Error", "RFC 7672 §3.2", "tlsa-invalid", "5.7.323", "posttls-finger -c -l dane -L summary example.com", "Look for:", "Put your own names",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it doesn't say %q:\n%s", want, said)
		}
	}
	if strings.Count(page, "data-copy=") != len(learn.Commands("dane.mismatch-all")) {
		t.Error("not every command can be copied")
	}
}

// A page says that it takes an earlier check where the catalogue does.
func TestLearnPageSaysWhatTakesHistory(t *testing.T) {
	found := 0
	for _, e := range check.Catalogue() {
		says := strings.Contains(learned(e.Code), locale.English().Learn().History)
		if says != e.History {
			t.Errorf("%s: it says %v of history", e.Code, says)
		}
		if says {
			found++
		}
	}
	if found == 0 {
		t.Error("no entry takes history, so this proves nothing")
	}
}

// What learn.js needs to put names into commands: where they go, and what else
// stands there.
func TestLearnPageHasPlaces(t *testing.T) {
	page := learned("tlsa.absent") + learned("starttls.not-offered") + learned("dane.mismatch-all")
	for _, want := range []string{
		`data-example-domain="example.com"`, `data-example-host="mx.example.com"`, `data-example-name="_25._tcp.{host}"`,
		`<span>smtp://<var data-place="at">mx.example.com</var>:25</span>`, `The certificate that <code><span data-place="host">mx.example.com</span></code> shows`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	// An example that holds a place is filled too.
	if page := learned("tlsrpt-record.ok"); !strings.Contains(page, `data-place="domain"`) {
		t.Error(page)
	}
}

// The text of a command's element is the line to paste.
func TestCommandsAreWhole(t *testing.T) {
	tag, lang := regexp.MustCompile(`<[^>]*>`), locale.English()
	command := regexp.MustCompile(`(?s)<pre><code>(.*?)</code></pre>`)
	for _, e := range check.Catalogue() {
		code := string(e.Code)
		shown := command.FindAllStringSubmatch(learned(e.Code), -1)
		commands := learn.Commands(code)
		if len(shown) != len(commands) {
			t.Fatalf("%s: %d commands, want %d", code, len(shown), len(commands))
		}
		for i, c := range commands {
			got := html.UnescapeString(tag.ReplaceAllString(shown[i][1], ""))
			if want := locale.Fill(c.Shell, lang.Examples(code)); got != want {
				t.Errorf("%s: %q, want %q", code, got, want)
			}
		}
	}
}

// Every code has a page on which nothing is left open.
func TestEveryCodeHasAPage(t *testing.T) {
	left := regexp.MustCompile(`[^%]\{[a-z]+\}`)
	lang := locale.English()
	for _, e := range check.Catalogue() {
		page := learned(e.Code)
		said := text(t, page)
		if m := left.FindString(said); m != "" {
			t.Errorf("%s: %s is left open", e.Code, m)
		}
		if strings.Contains(page, " style=") || strings.Contains(said, "`") {
			t.Errorf("%s: a style, or a backtick that sets nothing", e.Code)
		}
		w, _ := lang.Finding(string(e.Code))
		for _, words := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
			words = strings.Join(strings.Fields(strings.ReplaceAll(locale.Fill(words, lang.Examples(string(e.Code))), "`", "")), " ")
			if !strings.Contains(said, words) {
				t.Errorf("%s doesn't say %q:\n%s", e.Code, words, said)
			}
		}
		l := &Learn{Lang: lang, Code: e.Code}
		if l.Title() == lang.Learn().Title || strings.ContainsAny(l.Title()+l.Summary(), "{}`") || len(l.Summary()) < 10 {
			t.Errorf("%s: title %q, summary %q", e.Code, l.Title(), l.Summary())
		}
	}
}

func TestListHasEveryCode(t *testing.T) {
	page := learned("")
	for _, e := range check.Catalogue() {
		if n := strings.Count(page, `href="/learn/`+string(e.Code)+`"`); n != 1 {
			t.Errorf("%s is linked to %d times", e.Code, n)
		}
		if !strings.Contains(page, `id="`+e.Code.Group()+`"`) {
			t.Errorf("no part for %s", e.Code.Group())
		}
	}
	if !regexp.MustCompile(`<section[^>]* data-missing="[^"]*\{code\}"[^>]* hidden|<section[^>]* hidden[^>]* data-missing="[^"]*\{code\}"`).MatchString(page) {
		t.Error("there is nothing to say of a code that there isn't, or it is said at once")
	}
}
