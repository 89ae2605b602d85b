package lint

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// content is a record's text with the place of each byte in what was pasted: quotes
// and escapes stand between them.
type content struct {
	text     []byte
	from, to []int // bytes of what was pasted, for each byte of the text
	place    int   // of a text without a byte
}

func (c *content) add(b byte, from, to int) {
	c.text, c.from, c.to = append(c.text, b), append(c.from, from), append(c.to, to)
}

// span gives the place of a span of the text in what was pasted.
func (c *content) span(s syntax.Span) syntax.Span {
	switch {
	case s.Start < s.End:
		return syntax.Span{Start: c.from[s.Start], End: c.to[s.End-1]}
	case s.Start < len(c.text):
		return syntax.Span{Start: c.from[s.Start], End: c.from[s.Start]}
	case len(c.text) > 0:
		return syntax.Span{Start: c.to[len(c.text)-1], End: c.to[len(c.text)-1]}
	}
	return syntax.Span{Start: c.place, End: c.place}
}

// plain adds what stands in a span, as it stands.
func (c *content) plain(text string, s syntax.Span) {
	c.place = s.Start
	for i := s.Start; i < s.End; i++ {
		c.add(text[i], i, i+1)
	}
}

// escaped adds what stands in a span with the escapes of a zone file: a backslash
// before a character, or before three digits of an octet (RFC 1035 §5.1).
func (c *content) escaped(text string, s syntax.Span) {
	c.place = s.Start
	for i := s.Start; i < s.End; {
		next, b := i+1, text[i]
		if b == '\\' && next < s.End {
			b, next = text[i+1], i+2
			if n, ok := octet(text[i+1 : min(i+4, s.End)]); ok {
				b, next = n, i+4
			}
		}
		c.add(b, i, next)
		i = next
	}
}

// octet reads three digits.
func octet(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return byte(n), n < 256
}

// peel takes the quotes of a zone file off a content that has them itself, as where
// an API's JSON holds a record in presentation form; false where there are none.
func (c *content) peel() (content, bool) {
	inner := content{place: c.place}
	items, _, end := (&scanner{text: string(c.text)}).items(0)
	for _, i := range items {
		if !i.quoted || i.open {
			return inner, false
		}
		var one content
		one.escaped(string(c.text), i.inside())
		for k, b := range one.text {
			inner.add(b, c.from[one.from[k]], c.to[one.to[k]-1])
		}
	}
	return inner, len(items) > 0 && end == len(c.text)
}

// inQuotes writes text between double quotes, as zone files and JSON take it.
func inQuotes(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// maxString is how long a character-string can be, in octets (RFC 1035 §3.3).
const maxString = 255

// inStrings writes text as the quoted strings of a zone file.
func inStrings(text string) string {
	var all []string
	for len(text) > maxString {
		all, text = append(all, inQuotes(text[:maxString])), text[maxString:]
	}
	return strings.Join(append(all, inQuotes(text)), " ")
}
