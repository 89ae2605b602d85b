//go:build !js

package learn_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
)

var argument = regexp.MustCompile(`\{([a-z]+)\}`)

// place is what must be filled before a line is shown; curl has braces of its own.
var place = regexp.MustCompile(`(?:^|[^%])\{`)

// Every code can be seen by a command, and every command says what to look for.
func TestEveryCodeHasCommands(t *testing.T) {
	lang := locale.English()
	for _, e := range check.Catalogue() {
		code := string(e.Code)
		commands := learn.Commands(code)
		if len(commands) == 0 {
			t.Errorf("%s has no command", code)
		}
		var lines []string
		for _, c := range commands {
			line := locale.Fill(c.Shell, lang.Examples(code))
			if place.MatchString(line) || strings.Contains(line, "…") {
				t.Errorf("%s: a place is left: %s", code, line)
			}
			if slices.Contains(lines, line) && c.Shows != "elsewhere" {
				t.Errorf("%s says twice: %s", code, line)
			}
			lines = append(lines, line)
		}
	}
	if got := learn.Commands("no-group.at-all"); got != nil {
		t.Errorf("a group that there isn't has commands: %v", got)
	}
	if got := learn.Commands("dns.some-new-code"); len(got) == 0 {
		t.Error("a new code has not its group's commands")
	}
}

// Where the words of a code are shown without a check, each argument has an
// example.
func TestEveryArgumentHasAnExample(t *testing.T) {
	lang := locale.English()
	for _, code := range lang.Codes() {
		args := lang.Examples(code)
		w, _ := lang.Finding(code)
		for _, text := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
			if said := locale.Fill(text, args); argument.MatchString(said) {
				t.Errorf("%s: %s", code, said)
			}
			for _, m := range argument.FindAllStringSubmatch(text, -1) {
				if args[m[1]] == "…" {
					t.Errorf("%s: app/locale/examples_en.go has no example of {%s}: %s", code, m[1], text)
				}
			}
		}
	}
}

// Examples of one page hold each other's names.
func TestExamplesGoTogether(t *testing.T) {
	lang := locale.English()
	for code, want := range map[string]string{
		"tlsa.absent":               "example.com mx.example.com mx.example.com 192.0.2.25 _25._tcp.mx.example.com",
		"sts-policy-fetch.http-404": "example.com mta-sts.example.com mx.example.com 192.0.2.25 www.example.com",
	} {
		var got []string
		for _, place := range locale.Places {
			got = append(got, lang.Examples(code)[place])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

func TestNearFindsWhatWasMeant(t *testing.T) {
	var codes []string
	for _, e := range check.Catalogue() {
		codes = append(codes, string(e.Code))
	}
	for asked, want := range map[string]string{
		"dns.nul-mx": "dns.null-mx", "null-mx": "dns.null-mx", "DNS.NULL-MX": "dns.null-mx", "cert.expird": "cert.expired",
		"dane.mismatch": "dane.mismatch-all", "tlsa.lookup-servfial": "tlsa.lookup-servfail", "starttls-not-offered": "starttls.not-offered",
	} {
		if near := learn.Near(asked, codes); !slices.Contains(near, want) || len(near) != 5 {
			t.Errorf("%s: %v", asked, near)
		}
	}
	if near := learn.Near(strings.Repeat("x", 1<<20), codes[:2]); len(near) != 2 {
		t.Errorf("%v", near)
	}
	if near := learn.Near("a", nil); len(near) != 0 {
		t.Errorf("%v", near)
	}
}
