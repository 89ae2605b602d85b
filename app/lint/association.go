package lint

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/syntax"
)

// Kinds of diagnostics of a TLSA record, beside those of dane; each is the tail of a
// code tlsa.*.
const (
	DigestOfEmpty   syntax.Kind = "digest-of-empty"
	PlaceholderData syntax.Kind = "placeholder-data"
	SelectorCertEE  syntax.Kind = "selector-cert-ee"
	MatchingFull    syntax.Kind = "matching-full"
)

// association is a TLSA record's data in a text, word by word.
type association struct {
	text    string
	words   []syntax.Span
	generic bool // the form of RFC 3597 §5: \# and a length, then digits
	// digits are the places of the hexadecimal digits.
	digits []int
	// bad is the first piece between the digits that is none.
	bad   syntax.Span
	found found
}

// association judges a TLSA record's data.
func (s *scanner) association(owner, span syntax.Span, words []syntax.Span) {
	a := &association{text: s.text, words: words, found: found{Part: Part{Kind: TLSARecord, Span: span, Owner: owner}, origin: s.origin}}
	a.generic = len(words) > 0 && words[0].Cut(s.text) == `\#`
	a.read()
	s.found = append(s.found, a.found)
}

// read tells what can't be read, else what can't be used, else what is unwise.
func (a *association) read() {
	head := 3
	if a.generic {
		head = 2
	}
	if len(a.words) <= head {
		end := a.found.Span.End
		a.tell(dane.Malformed, syntax.Span{Start: end, End: end})
		return
	}
	for _, w := range a.words[head:] {
		a.hex(w)
	}
	written := a.joined(head)
	record, err := dane.ParseText(written)
	if err == nil && a.bad.Start == a.bad.End {
		a.judge(record)
		return
	}
	a.tell(dane.Malformed, a.culprit(head))
	a.mend(head)
}

// hex finds the digits of a word.
func (a *association) hex(w syntax.Span) {
	for i := w.Start; i < w.End; i++ {
		c := a.text[i]
		if '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' {
			a.digits = append(a.digits, i)
			continue
		}
		if a.bad.Start == a.bad.End || a.bad.End == i {
			if a.bad.Start == a.bad.End {
				a.bad.Start = i
			}
			a.bad.End = i + 1
		}
	}
}

// joined is the record's data as one line, with digits only behind the head.
func (a *association) joined(head int) string {
	var b strings.Builder
	for _, w := range a.words[:head] {
		b.WriteString(w.Cut(a.text) + " ")
	}
	for _, i := range a.digits {
		b.WriteByte(a.text[i])
	}
	return b.String()
}

// culprit is what can't be read.
func (a *association) culprit(head int) syntax.Span {
	for _, w := range a.words[3-head : head] {
		if n, err := strconv.ParseUint(w.Cut(a.text), 10, 16); err != nil || n > 255 && !a.generic {
			return w
		}
	}
	switch {
	case a.bad.Start < a.bad.End:
		return a.bad
	case a.generic && len(a.digits)%2 == 0:
		return a.words[1] // the length is another
	}
	return a.whole(head)
}

// whole is the span of the digits, or of what should be them.
func (a *association) whole(head int) syntax.Span {
	return syntax.Span{Start: a.words[head].Start, End: a.words[len(a.words)-1].End}
}

func (a *association) tell(kind dane.Kind, span syntax.Span) {
	a.found.tell(a.text, syntax.Kind(kind), span, true, "")
	a.found.lost = true
}

// judge says what is wrong with a record that can be read.
func (a *association) judge(r dane.TLSA) {
	kind := r.Unusable()
	switch kind {
	case dane.UsagePKIX, dane.UsageUnknown:
		a.tell(kind, a.field(0))
	case dane.SelectorUnknown:
		a.tell(kind, a.field(1))
	case dane.MatchingUnknown:
		a.tell(kind, a.field(2))
	case dane.DigestWrongLength, dane.Malformed:
		a.tell(kind, a.field(3))
	case "":
		a.advise(r)
		return
	}
	a.suggest(r)
}

// field is the place of usage, selector, matching type or data.
func (a *association) field(n int) syntax.Span {
	switch {
	case !a.generic && n < 3:
		return a.words[n]
	case !a.generic:
		return a.whole(3)
	case n < 3:
		return syntax.Span{Start: a.digits[2*n], End: a.digits[2*n+1] + 1}
	case len(a.digits) == 6:
		return syntax.Span{Start: a.found.Span.End, End: a.found.Span.End}
	}
	return syntax.Span{Start: a.digits[6], End: a.digits[len(a.digits)-1] + 1}
}

// advise tells what can be used and shouldn't be (RFC 7671 §5.1, §10.1), or never
// matches anything.
func (a *association) advise(r dane.TLSA) {
	switch {
	case r.DigestsNothing():
		a.tell(dane.Kind(DigestOfEmpty), a.field(3))
		return
	case r.Placeholder():
		a.tell(dane.Kind(PlaceholderData), a.field(3))
		return
	}
	if r.Usage == dane.DANEEE && r.Selector == dane.CertSelector {
		a.found.tell(a.text, SelectorCertEE, a.field(1), false, "")
	}
	if r.Matching == dane.Full {
		a.found.tell(a.text, MatchingFull, a.field(2), false, "")
	}
}

// suggest mends what leaves no doubt: a usage that checks the server's own certificate
// in the WebPKI, of which DANE has its own (RFC 7672 §3.1.3), and a matching type that
// the length of the digest gives the lie.
func (a *association) suggest(was dane.TLSA) {
	r := was
	if r.Usage == dane.PKIXEE {
		r.Usage = dane.DANEEE
	}
	switch len(r.Data) {
	case 32:
		r.Matching = dane.SHA256
	case 64:
		r.Matching = dane.SHA512
	}
	if r.Unusable() != "" || r.DigestsNothing() || r.Placeholder() {
		return
	}
	for n, v := range [...][2]uint8{{was.Usage, r.Usage}, {was.Selector, r.Selector}, {was.Matching, r.Matching}} {
		if v[0] == v[1] {
			continue
		}
		digits := strconv.Itoa(int(v[1]))
		if a.generic {
			digits = hex.EncodeToString(v[1:])
		}
		a.found.edits = append(a.found.edits, edit{a.field(n), digits})
	}
	a.mended(r)
}

// mended says what to write instead.
func (a *association) mended(r dane.TLSA) {
	a.found.lost = false
	for i := range a.found.Diagnostics {
		a.found.Diagnostics[i].Mend = r.String()
	}
}

// mend takes out what stands between octets, and counts them anew.
func (a *association) mend(head int) {
	joined := a.joined(head)
	if a.generic {
		joined = `\# ` + strconv.Itoa(len(a.digits)/2) + " " + joined[strings.LastIndexByte(joined, ' ')+1:]
	}
	r, err := dane.ParseText(joined)
	if err != nil || r.Unusable() != "" {
		return
	}
	if a.generic {
		a.found.edits = append(a.found.edits, edit{a.words[1], strconv.Itoa(len(a.digits) / 2)})
	}
	for _, w := range a.words[head:] {
		var b strings.Builder
		for _, i := range a.digits {
			if w.Start <= i && i < w.End {
				b.WriteByte(a.text[i])
			}
		}
		if b.String() != w.Cut(a.text) {
			a.found.edits = append(a.found.edits, edit{w, b.String()})
		}
	}
	a.mended(r)
}
