package lint

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// scanner goes through a text line by line and takes the records out of it.
type scanner struct {
	text   string
	found  []found
	origin string      // of the last $ORIGIN, without its final dot
	owner  syntax.Span // of the zone file's line before
	told   syntax.Span // the owner name whose faults were told last
	led    map[alias]bool
	// flat tells that a parenthesis of the text is never closed: so none counts.
	flat bool
	hints
}

func (s *scanner) scan() {
	for at := 0; at < len(s.text); {
		end := lineEnd(s.text, at)
		next, ok := s.zoneLine(at, end)
		if !ok {
			next = s.looseLine(at, end)
		}
		for at = max(next, end); at < len(s.text) && (s.text[at] == '\n' || s.text[at] == '\r'); at++ {
		}
	}
}

// lineEnd is where the line that holds the index ends.
func lineEnd(text string, at int) int {
	if i := strings.IndexAny(text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(text)
}

// word gives the first run without blanks between two places.
func word(text string, at, end int) syntax.Span {
	for at < end && isBlank(text[at]) {
		at++
	}
	w := syntax.Span{Start: at, End: at}
	for w.End < end && !isBlank(text[w.End]) {
		w.End++
	}
	return w
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// zoneLine reads a line of a zone file (RFC 1035 §5.1), which dig, drill, kdig and
// resolvectl print too: owner, TTL, class, type and data. It gives where the reading
// goes on; false for a line that is none, or none that can be told from other texts.
func (s *scanner) zoneLine(at, end int) (next int, ok bool) {
	first := word(s.text, at, end)
	switch text := first.Cut(s.text); {
	case text == "$ORIGIN":
		s.origin = s.whole(word(s.text, first.End, end))
		return end, true
	case strings.HasPrefix(text, ";"):
		return end, true
	}
	owner, strict := s.owner, false
	if head := first.Cut(s.text); !isTTL(head) && !isClass(head) && typeOf(head) == Unknown {
		if !ownerLike(head) || isLabel(head) {
			return 0, false
		}
		owner, strict = first, strings.HasSuffix(head, ".")
		at = first.End
	}
	w := word(s.text, at, end)
	for ; isTTL(w.Cut(s.text)) || isClass(w.Cut(s.text)); w = word(s.text, w.End, end) {
		strict = strict || isClass(w.Cut(s.text))
	}
	if strict || isOtherType(w.Cut(s.text)) {
		s.owner = owner
	}
	switch typeOf(w.Cut(s.text)) {
	case STSRecord:
		return s.zoneText(owner, strict, w.End)
	case TLSARecord:
		return s.zoneTLSA(owner, strict, w.End)
	}
	if strings.EqualFold(w.Cut(s.text), "CNAME") {
		s.lead(owner.Cut(s.text), word(s.text, w.End, end).Cut(s.text))
	}
	return end, isOtherType(w.Cut(s.text))
}

// isTTL tells seconds, or numbers with units as BIND takes them.
func isTTL(s string) bool {
	return s != "" && '0' <= s[0] && s[0] <= '9' && strings.Trim(s, "0123456789smhdwSMHDW") == ""
}

func isClass(s string) bool {
	return strings.EqualFold(s, "IN") || len(s) > 5 && strings.EqualFold(s[:5], "CLASS")
}

// typeOf tells which records can have a type: STSRecord stands for all of TXT.
func typeOf(s string) Kind {
	switch strings.ToUpper(s) {
	case "TXT", "TYPE16":
		return STSRecord
	case "TLSA", "TYPE52":
		return TLSARecord
	}
	return Unknown
}

// isOtherType tells the types that stand beside these in zones.
func isOtherType(s string) bool {
	switch strings.ToUpper(s) {
	case "A", "AAAA", "NS", "MX", "CNAME", "SOA", "CAA", "SRV", "DS", "PTR", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "HTTPS", "SVCB":
		return true
	}
	return false
}

// ownerLike tells whether s can be an owner name as zone files have it.
func ownerLike(s string) bool {
	for i := range len(s) {
		if c := s[i]; !wordByte(c) && strings.IndexByte("._-*", c) < 0 {
			return s == "@"
		}
	}
	return s != "" && s[0] < 0x80
}

// item is a word or a quoted string of a zone file's line.
type item struct {
	span   syntax.Span // with the quotes
	quoted bool
	open   bool // the closing quote lacks
}

// inside is the span without the quotes.
func (i item) inside() syntax.Span {
	s := i.span
	if i.quoted {
		s.Start++
	}
	if i.quoted && !i.open {
		s.End--
	}
	return s
}

// maxData is how far parentheses are followed, in bytes: the digits of the largest
// record, and blanks between them.
const maxData = 256 << 10

// items gives what stands from an index to the end of the line, or of the
// parentheses, with the first comment.
func (s *scanner) items(at int) (all []item, comment syntax.Span, end int) {
	depth, i := 0, at
	for i < min(len(s.text), at+maxData) {
		switch c := s.text[i]; {
		case c == '\r' || c == '\n':
			if depth == 0 {
				return all, comment, i
			}
			i++
		case isBlank(c):
			i++
		case c == '(' && !s.flat:
			depth++
			i++
		case c == ')' && !s.flat:
			depth = max(depth-1, 0)
			i++
		case c == ';':
			if end = lineEnd(s.text, i); comment.End == 0 {
				comment = syntax.Span{Start: i, End: end}
			}
			i = end
		case depth == 0 && len(all) > 0 && strings.HasPrefix(s.text[i:], "-- "): // of resolvectl
			return all, comment, lineEnd(s.text, i)
		default:
			one := s.item(i)
			all, i = append(all, one), one.span.End
		}
	}
	if depth > 0 {
		s.flat = true
		return s.items(at)
	}
	return all, comment, i
}

// item reads one word or quoted string.
func (s *scanner) item(at int) item {
	i := at
	if s.text[at] == '"' {
		return s.quoted(at, len(s.text))
	}
	for i < len(s.text) && !isBlank(s.text[i]) && strings.IndexByte("\r\n;\"", s.text[i]) < 0 && (s.flat || s.text[i] != '(' && s.text[i] != ')') {
		if s.text[i] == '\\' && i+1 < len(s.text) && s.text[i+1] != '\n' && s.text[i+1] != '\r' {
			i++
		}
		i++
	}
	return item{span: syntax.Span{Start: at, End: max(i, at+1)}}
}

// quoted reads a quoted string, which ends with its line, but where the next one
// goes on with a field of the record.
func (s *scanner) quoted(at, end int) item {
	for i := at + 1; i < end; i++ {
		switch c := s.text[i]; {
		case c == '"':
			return item{span: syntax.Span{Start: at, End: i + 1}, quoted: true}
		case c == '\\' && i+1 < end && s.text[i+1] != '\r' && s.text[i+1] != '\n':
			i++
		case (c == '\r' || c == '\n') && !goesOn(s.text, i):
			return item{span: syntax.Span{Start: at, End: i}, quoted: true, open: true}
		}
	}
	return item{span: syntax.Span{Start: at, End: end}, quoted: true, open: true}
}

// goesOn tells whether the line behind a line end begins with a field of a record,
// such as "rua=".
func goesOn(text string, at int) bool {
	rest := strings.TrimLeft(text[at:min(len(text), at+100)], " \t\r\n")
	name, _, found := strings.Cut(rest, "=")
	return found && syntax.ExtensionName(name) && strings.Count(text[at:len(text)-len(strings.TrimLeft(text[at:], " \t\r\n"))], "\n") < 2
}
