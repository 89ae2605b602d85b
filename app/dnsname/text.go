package dnsname

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text is input with full-width characters folded to ASCII. at[i] is the
// offset in the input of byte i of s; it has one entry more than s.
type text struct {
	s  string
	at []int
}

// fault is an InputError before its value is cut from the input.
type fault struct {
	kind       Fault
	start, end int
}

func (f *fault) in(input string) *InputError {
	return &InputError{f.kind, f.start, f.end, clip(input[f.start:f.end])}
}

// fold writes the full-width forms of ASCII (U+FF01 to U+FF5E), the ideographic
// and half-width full stops (UTS #46 §2.3) and the wider spaces as ASCII.
func fold(input string) text {
	t := text{at: make([]int, 0, len(input)+1)}
	var b strings.Builder
	for i, r := range input {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r == 0x3002 || r == 0xFF61:
			r = '.'
		case r == 0x3000 || r == 0xA0 || r == '\t' || r == '\v' || r == '\f':
			r = ' '
		}
		n, _ := b.WriteRune(r)
		for range n {
			t.at = append(t.at, i)
		}
	}
	t.at = append(t.at, len(input))
	t.s = b.String()
	return t
}

func (t text) cut(from, to int) text { return text{t.s[from:to], t.at[from : to+1]} }

// of gives the input's bytes that t stands for.
func (t text) of(input string) string { return input[t.at[0]:t.at[len(t.s)]] }

func (t text) fault(kind Fault) *fault { return &fault{kind, t.at[0], t.at[len(t.s)]} }

// trim cuts characters off both ends.
func (t text) trim(set string) text {
	left := len(t.s) - len(strings.TrimLeft(t.s, set))
	right := len(strings.TrimRight(t.s, set))
	return t.cut(left, max(left, right))
}

// blank are spaces, line breaks, and invisible characters that come along with
// copied text: zero-width ones, direction marks, the byte order mark.
const blank = " \r\n\u0085\u2002\u2003\u2009\u200a\u2028\u2029\u202f" +
	"\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

// pairs are quotes and brackets that may stand around a name.
var pairs = [...]struct{ open, close string }{
	{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"},
	{"「", "」"}, {"(", ")"}, {"[", "]"}, {"{", "}"}, {"<", ">"},
}

// unwrap takes quotes, brackets and final punctuation off, and the address out
// of a mailbox with a display name (RFC 5322 §3.4).
func unwrap(t text) (text, *fault) {
	for {
		before := len(t.s)
		t = t.trim(blank + ",;")
		for _, p := range pairs {
			inner := len(t.s) - len(p.open) - len(p.close)
			if inner < 0 || !strings.HasPrefix(t.s, p.open) || !strings.HasSuffix(t.s, p.close) {
				continue
			}
			if body := t.cut(len(p.open), len(p.open)+inner); !strings.Contains(body.s, p.open) {
				t = body
			}
		}
		if len(t.s) == before {
			break
		}
	}
	if t.s == "" {
		return t, t.fault(FaultEmpty)
	}
	return angle(t)
}

// angle takes the address of `Name <address>`.
func angle(t text) (text, *fault) {
	if !strings.ContainsAny(t.s, "<>") {
		return t, nil
	}
	var found text
	count, end := 0, 0
	for from := 0; ; from = end {
		open := strings.IndexByte(t.s[from:], '<')
		if open < 0 {
			break
		}
		length := strings.IndexByte(t.s[from+open:], '>')
		if length < 0 {
			break
		}
		open, end = from+open+1, from+open+length
		if inner := t.cut(open, end); looksLikeName(inner.s) {
			found, count = inner.trim(blank), count+1
		}
		end++
	}
	switch rest := strings.Trim(t.s[end:], blank+",;"); {
	case count > 1, count == 1 && looksLikeName(rest):
		return t, t.fault(FaultSeveral)
	case count == 0, rest != "":
		return t, t.fault(FaultOther)
	}
	return found, nil
}

// looksLikeName tells whether a word is meant as a domain or an address.
func looksLikeName(word string) bool {
	return strings.Contains(word, "@") || strings.Contains(strings.Trim(word, "."), ".")
}

// severalIn refuses more than one name, and one among other words. Of a URL
// only spaces separate, and a second scheme.
func severalIn(t text, url bool) *fault {
	names, words, quoted, first, begin := 0, 0, false, -1, 0
	for i, r := range t.s + " " {
		end := i == len(t.s)
		if r == '"' {
			quoted = !quoted
		}
		space := strings.ContainsRune(blank, r) || !url && strings.ContainsRune(",;|", r)
		if !end && (quoted || !space) {
			continue
		}
		if begin < i {
			words++
			if looksLikeName(t.s[begin:i]) {
				names++
			}
		}
		if first < 0 && !end {
			first = i
		}
		begin = i + utf8.RuneLen(r)
	}
	path, _, _ := strings.Cut(t.s, "?")
	switch {
	case words > 1 && names > 1, url && strings.Count(path, "://") > 1:
		return t.fault(FaultSeveral)
	case first >= 0:
		_, size := utf8.DecodeRuneInString(t.s[first:])
		return t.cut(first, first+size).fault(FaultCharacter)
	}
	return nil
}

// clip cuts a text to 200 bytes of UTF-8.
func clip(s string) string {
	const limit = 200
	s = strings.ToValidUTF8(s[:min(len(s), limit+utf8.UTFMax)], string(unicode.ReplacementChar))
	if len(s) > limit {
		end := limit
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
