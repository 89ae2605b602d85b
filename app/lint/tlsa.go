package lint

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// zoneTLSA reads the data of a TLSA record in a zone file.
func (s *scanner) zoneTLSA(owner syntax.Span, strict bool, at int) (next int, ok bool) {
	items, _, next := s.items(at)
	var all []syntax.Span
	for _, i := range items {
		if len(all) > 2 && !strict && !isHex(i.span.Cut(s.text)) {
			break // another column of a table
		}
		all = append(all, i.span)
	}
	if !strict && (len(all) == 0 || !isNumber(all[0].Cut(s.text)) && all[0].Cut(s.text) != `\#`) {
		return 0, false
	}
	if otherService(s.whole(owner)) {
		return next, true
	}
	place := syntax.Span{Start: at, End: at}
	if len(all) > 0 {
		place = syntax.Span{Start: all[0].Start, End: all[len(all)-1].End}
	}
	s.association(owner, place, all)
	return next, true
}

// looseTLSA reads a TLSA record that begins with a token.
func (s *scanner) looseTLSA(t token, end int, first bool) (next int, ok bool) {
	from, to := t.span.Start, end
	if t.quote != 0 {
		from, to = t.inside.Start, t.inside.End
	}
	all := s.data(from, to)
	if len(all) == 0 {
		return 0, false
	}
	if first && t.quote == 0 {
		all = s.wrapped(all, end)
	}
	s.hinted(all)
	if last := all[len(all)-1].End; t.quote != '"' {
		return last, true
	}
	return t.span.End, true
}

// hinted keeps a TLSA record of the name that the hints give, unless that is another
// service's. Others of the name may follow.
func (s *scanner) hinted(words []syntax.Span) {
	span := words[0]
	for _, w := range words {
		span = syntax.Span{Start: min(span.Start, w.Start), End: max(span.End, w.End)}
	}
	if !otherService(s.whole(s.name)) {
		s.association(s.name, span, words)
	}
	s.hints = hints{name: s.name, typed: s.typed, used: true}
}

// minDigits is how many digits a word has to have to be taken for a digest where
// nothing says that a TLSA record is here; words of fewer are one where those of a
// whole digest follow, as with a blank after each octet.
const (
	minDigits   = 16
	wholeDigest = 64
)

// spread tells such words, behind three numbers.
func spread(rest string) bool {
	digits := 0
	for _, c := range []byte(rest[:min(len(rest), 4*wholeDigest)]) {
		switch {
		case strings.IndexByte("0123456789abcdefABCDEF", c) >= 0:
			digits++
		case c != ' ' && c != '\t':
			return digits >= wholeDigest
		}
	}
	return digits >= wholeDigest
}

// data gives the words of a TLSA record's data that begins at a place.
func (s *scanner) data(at, end int) (all []syntax.Span) {
	head := 3
	switch {
	case strings.HasPrefix(s.text[at:end], `\#`):
		head = 2
	case at == end || s.text[at] < '0' || s.text[at] > '9':
		return nil
	}
	for w := word(s.text, at, end); w.Start < w.End; w = word(s.text, w.End, end) {
		text, _, more := strings.Cut(w.Cut(s.text), ",")
		text = strings.TrimRight(text, ";.")
		if quoted := strings.Trim(text, `"')]}`); quoted != "" && len(all) == head {
			w.Start += strings.Index(text, quoted)
			more, text = more || quoted != text, quoted
		}
		switch {
		case len(all) == 0 && head == 2:
		case len(all) < head && !isNumber(text):
			return nil
		case len(all) == head && !isHex(text), len(all) == head && s.typed != TLSARecord && head == 3 && len(text) < minDigits && !spread(s.text[w.Start:end]):
			return nil
		case len(all) > head && !isHex(text):
			return all
		}
		all = append(all, syntax.Span{Start: w.Start, End: w.Start + len(text)})
		if len(all) > head && more {
			return all
		}
	}
	if len(all) <= head {
		return nil
	}
	return all
}

// wrapped adds lines of nothing but digits: where a line was broken.
func (s *scanner) wrapped(all []syntax.Span, end int) []syntax.Span {
	for end < len(s.text) {
		at := end + 1
		if strings.HasPrefix(s.text[end:], "\r\n") {
			at++
		}
		end = lineEnd(s.text, min(at, len(s.text)))
		var more []syntax.Span
		for w := word(s.text, at, end); w.Start < w.End; w = word(s.text, w.End, end) {
			if len(w.Cut(s.text)) < minDigits/2 || !isHex(w.Cut(s.text)) {
				return all
			}
			more = append(more, w)
		}
		if len(more) == 0 {
			return all
		}
		all = append(all, more...)
	}
	return all
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

// isHex tells hexadecimal digits, also with what programs put between octets.
func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdefABCDEF:") == "" }
