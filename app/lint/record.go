package lint

import (
	"strings"

	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// record is a TXT record in a text.
type record struct {
	kind        Kind
	owner, data syntax.Span
	content     content
	// write writes a record's text in the form that data has.
	write func(string) string
}

func asIs(text string) string { return text }

// parse reads a record's text.
func (r *record) parse() []syntax.Diagnostic {
	if r.kind == TLSRPTRecord {
		_, diagnostics := tlsrpt.ParseRecord(string(r.content.text))
		return diagnostics
	}
	_, diagnostics := mtasts.ParseRecord(string(r.content.text))
	return diagnostics
}

// add keeps a TXT record. It is written anew where its parser knows what was meant,
// or where rewrite says that its form is wrong.
func (s *scanner) add(r record, rewrite bool) *found {
	f := found{Part: Part{Kind: r.kind, Span: r.data, Owner: r.owner}, origin: s.origin}
	text := string(r.content.text)
	mended := text
	for _, d := range r.parse() {
		if d.Mend != "" {
			mended = d.Mend
		}
		f.lost = f.lost || d.Fatal && d.Mend == ""
		d.Span = r.content.span(d.Span)
		f.Diagnostics = append(f.Diagnostics, d)
	}
	if mended != text || rewrite {
		f.edits = append(f.edits, edit{r.data, r.write(mended)})
	}
	s.found = append(s.found, f)
	s.hints = hints{}
	return &s.found[len(s.found)-1]
}

// zoneText reads the data of a TXT record in a zone file.
func (s *scanner) zoneText(owner syntax.Span, strict bool, at int) (next int, ok bool) {
	items, comment, next := s.items(at)
	if len(items) == 0 || !items[0].quoted && !strict {
		return 0, false
	}
	s.strings(owner, items, comment)
	return next, true
}

// strings reads a record's strings, with the comment behind them; false where they are
// of another record.
func (s *scanner) strings(owner syntax.Span, items []item, comment syntax.Span) bool {
	r := record{owner: owner, data: syntax.Span{Start: items[0].span.Start, End: items[len(items)-1].span.End}, write: inStrings}
	for _, i := range items {
		r.content.escaped(s.text, i.inside())
	}
	if r.kind = kindOf(string(r.content.text), s.whole(owner)); r.kind == Unknown {
		return false
	}
	unquoted := !items[0].quoted && (len(items) > 1 || comment.End > 0) && !syntax.Valid(r.parse())
	if unquoted {
		if comment.End > 0 {
			r.data.End = max(r.data.End, comment.End)
		}
		r.data = trimmed(s.text, r.data)
		r.content = content{}
		r.content.escaped(s.text, r.data)
	}
	long, open := formFaults(s.text, items)
	f := s.add(r, unquoted || len(long)+len(open) > 0)
	if unquoted {
		f.tell(s.text, Unquoted, r.data, true, "")
	}
	for _, i := range long {
		f.tell(s.text, StringTooLong, i.span, true, "")
	}
	for _, i := range open {
		f.tell(s.text, UnclosedQuote, syntax.Span{Start: i.span.Start, End: i.span.Start + 1}, true, "")
	}
	if len(items) > 1 && !unquoted {
		f.tell(s.text, SplitStrings, r.data, false, "")
	}
	return true
}

// formFaults finds the strings that are too long, and those without their end.
func formFaults(text string, items []item) (long, open []item) {
	for _, i := range items {
		var one content
		if one.escaped(text, i.inside()); len(one.text) > maxString {
			long = append(long, i)
		}
		if i.open {
			open = append(open, i)
		}
	}
	return long, open
}

// trimmed is a span without blanks at its end.
func trimmed(text string, s syntax.Span) syntax.Span {
	for s.End > s.Start && isBlank(text[s.End-1]) {
		s.End--
	}
	return s
}

// kindOf tells which record a text was to be: by its version, else by its owner name.
// Records of others, such as SPF and DMARC, are Unknown.
func kindOf(text, owner string) Kind {
	lower := strings.ToLower(syntax.Fold(text[:min(len(text), 400)]))
	version := lower
	if i := strings.Index(lower, "v="); i >= 0 {
		version = lower[i+len("v="):]
	}
	if i := strings.IndexAny(version, ";|,"); i >= 0 {
		version = version[:i]
	}
	switch {
	case strings.Contains(version, "tlsrpt"), strings.Contains(version, "tls-rpt"):
		return TLSRPTRecord
	case strings.Contains(version, "stsv"), strings.Contains(version, "sts1"), strings.Contains(version, "mta-sts"), strings.Contains(version, "mtasts"):
		return STSRecord
	case !strings.Contains(lower, "="), strings.HasPrefix(version, "spf"), strings.HasPrefix(version, "dmarc"), strings.HasPrefix(version, "dkim"):
		return Unknown
	}
	owner = strings.ToLower(owner)
	switch {
	case !begins(text): // such as a site verification
	case strings.HasPrefix(owner, "_mta-sts"):
		return STSRecord
	case strings.HasPrefix(owner, "_smtp._tls"):
		return TLSRPTRecord
	}
	return Unknown
}
