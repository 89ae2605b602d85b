// Package lint reads what somebody pastes of MTA-STS (RFC 8461), TLS reporting (RFC
// 8460) and DANE (RFC 6698): a policy file, the text of a TXT record, lines of a
// zone file, what dig, nslookup or PowerShell print, a DNS host's page. It says what
// is wrong at which bytes, and writes the whole as it was meant, in the same form.
package lint

import (
	"slices"

	"github.com/sealane/sealane/app/syntax"
)

// Kind is what a part of a text was taken for.
type Kind uint8

// The kinds.
const (
	Unknown      Kind = iota
	Policy            // a policy file (RFC 8461 §3.2)
	STSRecord         // a TXT record of MTA-STS (RFC 8461 §3.1)
	TLSRPTRecord      // a TXT record of TLS reporting (RFC 8460 §3)
	TLSARecord        // RFC 6698 §2
)

// Group is the part before the dot of the codes that a kind's diagnostics have.
func (k Kind) Group() string {
	return [...]string{"", "sts-policy", "sts-record", "tlsrpt-record", "tlsa"}[k]
}

// Kinds of diagnostics that are about the form of a text, and that no parser of its
// content knows.
const (
	// WrongName: the owner name hasn't the labels that senders ask for (RFC 8461 §3.1,
	// RFC 8460 §3, RFC 7672 §2.2.3).
	WrongName syntax.Kind = "wrong-name"
	// DoubledOrigin: the owner name ends in the zone twice, mostly for want of its
	// final dot (RFC 1035 §5.1).
	DoubledOrigin syntax.Kind = "doubled-origin"
	// WrongPort and WrongProtocolLabel: the labels of a TLSA record are those of
	// another port, or of none (RFC 6698 §3).
	WrongPort          syntax.Kind = "wrong-port"
	WrongProtocolLabel syntax.Kind = "wrong-protocol-label"
	// Multiple: another record of the same kind is at the same name.
	Multiple syntax.Kind = "multiple"
	// SplitStrings: the text is in several strings, which is allowed.
	SplitStrings syntax.Kind = "split-strings"
	// Unquoted: without quotes, a semicolon begins a comment and a blank another
	// string (RFC 1035 §5.1).
	Unquoted syntax.Kind = "unquoted"
	// UnclosedQuote: the closing quote lacks.
	UnclosedQuote syntax.Kind = "unclosed-quote"
	// StringTooLong: a string is over 255 octets (RFC 1035 §3.3).
	StringTooLong syntax.Kind = "string-too-long"
)

// Part is one policy or record in a text.
type Part struct {
	Kind Kind
	// Span is what was read: the policy file, a TXT record's strings with their
	// quotes, a TLSA record's data.
	Span syntax.Span
	// Owner is the owner name; empty where there is none.
	Owner syntax.Span
	// Diagnostics are in the order of the text, and so are their spans. Their Mend is
	// what the parser of the kind gives: a TXT record's text is without quotes.
	Diagnostics []syntax.Diagnostic
}

// Lint is what was read of a text.
type Lint struct {
	Text string
	// Parts are in the order of the text; there are none in one that is nothing of all
	// this.
	Parts []Part
	// Mended is the whole text as it was meant: Text itself where there is nothing to
	// mend, or nothing was read, "" where not all that is fatal can be mended.
	Mended string
	// Diff leads from Text to Mended; nil where they are the same, or there is no
	// Mended.
	Diff []Piece
}

// Kind is the first part's kind.
func (l Lint) Kind() Kind {
	if len(l.Parts) == 0 {
		return Unknown
	}
	return l.Parts[0].Kind
}

// Valid tells whether anything was read, and all of it is valid.
func (l Lint) Valid() bool {
	return len(l.Parts) > 0 && !slices.ContainsFunc(l.Parts, func(p Part) bool { return !syntax.Valid(p.Diagnostics) })
}

// found is a part and how to mend it.
type found struct {
	Part
	edits []edit
	// origin is that of the zone file, as its $ORIGIN was last.
	origin string
	// lost tells that something fatal can't be mended.
	lost bool
}

// Read reads a text.
func Read(text string) Lint {
	l := Lint{Text: text, Mended: text}
	var edits []edit
	lost := false
	for _, f := range read(text) {
		l.Parts = append(l.Parts, f.Part)
		edits = append(edits, f.edits...)
		lost = lost || f.lost
	}
	mended := apply(text, edits)
	switch {
	case mended == text && l.Valid(), len(l.Parts) == 0:
	case !lost && sound(mended, len(l.Parts)):
		l.Mended, l.Diff = mended, difference(text, edits)
	case !l.Valid():
		l.Mended = ""
	}
	return l
}

// sound tells whether a mended text has as many parts as before, all of them valid.
func sound(text string, parts int) bool {
	all := read(text)
	return len(all) == parts && !slices.ContainsFunc(all, func(f found) bool { return !syntax.Valid(f.Diagnostics) })
}

// read finds the parts of a text. What has keys of a policy outside of records is
// one policy, whatever else is in it.
func read(text string) []found {
	s := scanner{text: text}
	s.scan()
	if p, ok := s.policy(); ok {
		return []found{p}
	}
	s.multiple()
	for i := range s.found {
		s.judgeOwner(&s.found[i])
		order(s.found[i].Diagnostics)
	}
	return s.found
}

// order sorts diagnostics by place; those of one place stay as they are.
func order(all []syntax.Diagnostic) {
	for i := 1; i < len(all); i++ {
		for k := i; k > 0 && all[k].Span.Start < all[k-1].Span.Start; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
}

// tell adds a diagnostic about the form of the text.
func (f *found) tell(text string, kind syntax.Kind, span syntax.Span, fatal bool, mend string) {
	out := syntax.NewDiagnostics(text)
	out.Add(kind, span, fatal, span.Cut(text))
	d := out.Sorted()[0]
	d.Mend = mend
	f.Diagnostics = append(f.Diagnostics, d)
}

// multiple marks every record of MTA-STS or TLS reporting whose name has one already:
// senders that find two take none (RFC 8461 §3.1, RFC 8460 §3).
func (s *scanner) multiple() {
	seen := map[string]bool{}
	for i := range s.found {
		f := &s.found[i]
		if f.Kind == TLSARecord || f.Owner.Start == f.Owner.End {
			continue
		}
		key := f.Kind.Group() + " " + whole(f.Owner.Cut(s.text), f.origin)
		if seen[key] {
			f.tell(s.text, Multiple, f.Span, true, "")
			f.lost = true
		}
		seen[key] = true
	}
}
