package locale_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/locale"
)

// The whole of the English words of findings and phrases, in bytes: the
// browser program carries them.
const maxText = 96 << 10

func TestEveryCodeIsFound(t *testing.T) {
	l := locale.English()
	codes := l.Codes()
	if len(codes) < 100 {
		t.Fatalf("only %d codes have words", len(codes))
	}
	for _, code := range codes {
		w, ok := l.Finding(code)
		if !ok || w.Code != code {
			t.Errorf("%s is in the tables but not found: they are sorted wrongly, or it is in another group's table", code)
		}
	}
	for _, code := range []string{"", ".", "dns", "dns.", "dns.zzz", "zzz.ok", "tls.ok.x", "dns.null-mx "} {
		if w, ok := l.Finding(code); ok {
			t.Errorf("%q has the words of %s", code, w.Code)
		}
	}
	twice := slices.Clone(codes)
	slices.Sort(twice)
	if n := len(slices.Compact(twice)); n != len(codes) {
		t.Errorf("%d codes stand twice", len(codes)-n)
	}
}

func TestEveryPhraseIsFound(t *testing.T) {
	l := locale.English()
	keys := l.Keys()
	if len(keys) < 50 {
		t.Fatalf("only %d phrases", len(keys))
	}
	for i, key := range keys {
		if text, ok := l.Phrase(key); !ok || text == "" {
			t.Errorf("%s is in the table but not found", key)
		}
		if i > 0 && keys[i-1] >= key && !slices.Equal(keys[i-1:i+1], []string{"who.visitor", "outcome.defers"}) { // two tables
			t.Errorf("%s stands behind %s", key, keys[i-1])
		}
	}
	for _, key := range []string{"", "headline", "headline.", "zzz"} {
		if text, ok := l.Phrase(key); ok {
			t.Errorf("%q has the text %q", key, text)
		}
	}
}

// TestWording holds every text to what product.md asks of words.
func TestWording(t *testing.T) {
	l := locale.English()
	size, said := 0, map[string]bool{}
	check := func(where, text string, sentence bool) {
		if !said[text] { // the linker keeps one of each
			size += len(text)
		}
		said[text] = true
		switch {
		case text == "" || strings.TrimSpace(text) != text:
			t.Errorf("%s: empty, or with space around it: %q", where, text)
		case strings.Count(text, "`")%2 != 0:
			t.Errorf("%s: an odd number of backticks: %q", where, text)
		case strings.Contains(text, "  "):
			t.Errorf("%s: two spaces: %q", where, text)
		case sentence && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "…"):
			t.Errorf("%s: not a sentence: %q", where, text)
		case !sentence && strings.HasSuffix(text, "."):
			t.Errorf("%s: a title with a full stop: %q", where, text)
		}
		lower := strings.ToLower(text)
		for _, scare := range []string{"danger", "critical", "severe", "insecure!", "hacker", "grade", " score", "oops", "you forgot", "your fault", "!!"} {
			if strings.Contains(lower, scare) {
				t.Errorf("%s: %q in %q", where, scare, text)
			}
		}
	}
	for _, code := range l.Codes() {
		w, _ := l.Finding(code)
		check(code+" title", w.Title, false)
		if len(w.Title) > 60 {
			t.Errorf("%s: a long title: %q", code, w.Title)
		}
		check(code+" consequence", w.Consequence, true)
		check(code+" cause", w.Cause, true)
		check(code+" fix", w.Fix, true)
	}
	for _, key := range l.Keys() {
		text, _ := l.Phrase(key)
		group, _, _ := strings.Cut(key, ".")
		check(key, text, slices.Contains([]string{"headline", "not-checked", "reason", "senders"}, group) && key != "senders.title" && key != "senders.why")
	}
	t.Logf("English: %d codes, %d phrases, %d bytes of different text", len(l.Codes()), len(l.Keys()), size)
	if size > maxText {
		t.Errorf("%d bytes of text, more than %d", size, maxText)
	}
}

func TestFill(t *testing.T) {
	args := map[string]string{"host": "mx.example", "value": "{host}"}
	for text, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"{host}":                "mx.example",
		"at {host}, {host}.":    "at mx.example, mx.example.",
		"{value}":               "{host}", // what is filled in isn't filled again
		"{unknown} {host}":      "{unknown} mx.example",
		"open { and {host":      "open { and {host",
		"} {host} }":            "} mx.example }",
		"{{host}}":              "{mx.example}",
		"`{\"json\":1}` {host}": "`{\"json\":1}` mx.example",
	} {
		if got := locale.Fill(text, args); got != want {
			t.Errorf("Fill(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWho(t *testing.T) {
	l := locale.English()
	fixer, _ := l.Phrase("who.mail-provider")
	if got := l.Who("mail-provider", ""); got != fixer || got == "" {
		t.Errorf("nobody named: %q", got)
	}
	if got := l.Who("dns-host", "Example Mail"); !strings.Contains(got, "Example Mail") {
		t.Errorf("a provider: %q", got)
	}
}
