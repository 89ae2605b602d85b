package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
)

// level gives the name of a level, as in data-level and in locale's keys.
func level(l check.Level) string {
	return [...]string{"unknown", "ok", "notice", "warning", "error"}[min(l, check.Error)]
}

// shapes are the marks of the levels: each has an outline of its own, so that
// nothing hangs on colour.
var shapes = map[string][]string{
	"error":   {"M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"},
	"warning": {"M8 1.8 15 14H1z", "M8 6.2v3.6M8 11.9v.2"},
	"notice":  {"M2 2h12v12H2z", "M8 7.4v3.8M8 4.8v.2"},
	"ok":      {"M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z", "M5 8.2l2.2 2.2L11.2 6"},
	"unknown": {"M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z", "M6.2 6.2a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.4v.2"},
	"pending": {"M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z"},
}

// mark draws a level's mark. It is decoration: the word stands beside it, or is
// put there for those who can't see it.
func mark(name string) app.UI {
	return icon("mark mark-"+name, shapes[name]...)
}

func logo() app.UI {
	return icon("logo", "M2 11.5c2 0 2-1.6 4-1.6s2 1.6 4 1.6 2-1.6 4-1.6", "M2 14.2c2 0 2-1.6 4-1.6s2 1.6 4 1.6 2-1.6 4-1.6",
		"M3 2.2h10v5.6H3z", "M3.2 2.6 8 6l4.8-3.4")
}

func halfMoon() app.UI {
	return icon("half", "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z", "M8 1.8v12.4a6.2 6.2 0 0 0 0-12.4z")
}

// visible makes text from outside safe to look at: control, bidirectional and
// zero-width characters are written out, since they hide or reorder what stands
// around them.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			out.WriteString("    ")
		case hidden(r):
			out.WriteString("⟨U+" + strings.ToUpper(leftPad(strconv.FormatInt(int64(r), 16))) + "⟩")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func hidden(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xad || r == 0x61c || r == 0x180e || r == 0xfeff ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f ||
		r == utf8.RuneError || r >= 0xe0000 && r <= 0xe007f
}

func leftPad(hex string) string { return strings.Repeat("0", max(0, 4-len(hex))) + hex }

// shorten cuts a text to n bytes at most, between two characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

func itoa(n int) string { return strconv.Itoa(n) }
