package tlsrpt

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// ParseRecord reads a TXT record, its strings joined, by RFC 8460 §3. The
// Record is as far as it could be read; it is valid when syntax.Valid holds of
// the diagnostics. A URI that is well-formed and of no use to a reporter (an
// unsupported scheme, a mailto without a domain) invalidates the record only
// when no usable one is there.
func ParseRecord(txt string) (Record, []syntax.Diagnostic) {
	read, diagnostics := parseRecord(txt)
	if len(diagnostics) > 0 {
		if mended, ok := mendRecord(txt, read); ok && mended != txt {
			for i := range diagnostics {
				diagnostics[i].Mend = mended
			}
		}
	}
	return read, diagnostics
}

// parseRecord is ParseRecord without what to write instead.
func parseRecord(txt string) (Record, []syntax.Diagnostic) {
	p := parser{text: txt, out: syntax.NewDiagnostics(txt)}
	tokens, ok := syntax.Fields(txt, recordVersion, []string{"rua", "v", "p", "ruf", "fo", "sp"}, p.out)
	for _, t := range tokens {
		p.field(t)
	}
	switch {
	case ok && !p.rua:
		p.out.Add(RUAMissing, syntax.Span{Start: len(txt), End: len(txt)}, true, "")
	case len(p.record.RUA) > 0 && p.usable == 0:
		p.tellUseless(true)
	default:
		p.tellUseless(false)
	}
	return p.record, translate(p.out.Sorted())
}

type parser struct {
	text   string
	out    *syntax.Diagnostics
	record Record
	rua    bool // a field that is, or was meant as, rua was there
	usable int  // URIs that a reporter can use
	// useless are URIs that are well-formed and of no use.
	useless []syntax.Diagnostic
	before  syntax.Token // the field before, when it was rua
	tags    bool         // dmarc-tags was told
}

// translate renames the shared kinds for which this record has no code.
func translate(all []syntax.Diagnostic) []syntax.Diagnostic {
	for i := range all {
		switch all[i].Kind {
		case syntax.LiteralQuotes:
			all[i].Kind = syntax.VersionLeadingJunk
		case syntax.TrailingGarbage:
			all[i].Kind = syntax.ExtensionInvalid
		}
	}
	return all
}

func (p *parser) field(t syntax.Token) {
	name, value := t.Name.Cut(p.text), t.Value.Cut(p.text)
	previous := p.before
	p.before = syntax.Token{}
	switch {
	case name == "rua" && (t.Equal || t.Colon || value == "" && t.Whole == t.Name):
		p.before = t
		p.ruaField(t)
	case previous.Equal && !t.Equal && scheme(t.Whole.Cut(p.text)) != "":
		p.before = previous
		p.out.Fatal(RUAWrongSeparator, syntax.Span{Start: previous.Whole.End, End: t.Whole.Start})
		p.uris(t.Whole)
	case name == "v" && t.Equal && p.out.Has(syntax.VersionNotFirst):
	case t.Equal && syntax.ExtensionName(name) && syntax.ExtensionValue(value):
		p.record.Extensions = append(p.record.Extensions, syntax.Field{Name: name, Value: value})
		if dmarcTag(name) && !p.tags {
			p.tags = true
			p.out.Note(DMARCTags, t.Whole)
		}
	case !ascii(t.Whole.Cut(p.text)):
		p.rua = p.rua || strings.Contains(name, "rua")
	case t.Colon && syntax.ExtensionName(name):
		p.out.Fatal(syntax.WrongSeparator, syntax.Span{Start: t.Name.End, End: t.Name.End + 1})
	default:
		p.rua = p.rua || t.Equal && strings.HasSuffix(name, "rua")
		p.out.Fatal(syntax.ExtensionInvalid, t.Whole)
	}
}

func dmarcTag(name string) bool {
	switch name {
	case "p", "sp", "np", "ruf", "fo", "pct", "adkim", "aspf", "rf", "ri":
		return true
	}
	return false
}

// ruaField reads one rua field. The ABNF allows several; the prose speaks of
// one list.
func (p *parser) ruaField(t syntax.Token) {
	if p.rua {
		p.out.Note(RUARepeated, t.Whole)
	}
	p.rua = true
	switch {
	case t.Colon || !t.Equal:
		p.out.Fatal(syntax.WrongSeparator, syntax.Span{Start: t.Name.End, End: t.Value.Start})
	case t.Value.Start == t.Value.End:
		p.out.Add(RUAEmpty, t.Value, true, "")
		return
	}
	p.uris(t.Value)
}

// uris reads a comma-separated list of URIs.
func (p *parser) uris(list syntax.Span) {
	https := false // the URI before is one in which a comma can stand
	for start := list.Start; start <= list.End; {
		end := list.End
		if i := strings.IndexByte(p.text[start:list.End], ','); i >= 0 {
			end = start + i
		}
		one := p.trim(syntax.Span{Start: start, End: end})
		if one.Start > start && start > list.Start || one.End < end && end < list.End {
			p.spaceNote(start, end, one)
		}
		text := one.Cut(p.text)
		if https && scheme(text) == "" && !strings.Contains(text, "@") && text != "" {
			p.out.Fatal(RUAUnencodedReserved, syntax.Span{Start: start - 1, End: start})
		} else {
			p.uri(one)
			https = scheme(text) == "https"
		}
		start = end + 1
	}
}

// spaceNote notes white space around a comma, once: the ABNF allows it.
func (p *parser) spaceNote(start, end int, one syntax.Span) {
	switch {
	case one.Start == one.End || p.out.Has(RUASpaceAroundComma):
	case one.End < end:
		p.out.Note(RUASpaceAroundComma, syntax.Span{Start: one.End, End: end})
	default:
		p.out.Note(RUASpaceAroundComma, syntax.Span{Start: start, End: one.Start})
	}
}

func (p *parser) trim(s syntax.Span) syntax.Span {
	for s.Start < s.End && (p.text[s.Start] == ' ' || p.text[s.Start] == '\t') {
		s.Start++
	}
	for s.End > s.Start && (p.text[s.End-1] == ' ' || p.text[s.End-1] == '\t') {
		s.End--
	}
	return s
}

// tellUseless reports the URIs that no reporter can use.
func (p *parser) tellUseless(fatal bool) {
	for _, d := range p.useless {
		p.out.Add(d.Kind, d.Span, fatal, d.Value)
	}
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
