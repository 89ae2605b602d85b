package mtasts

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

const recordVersion = "v=STSv1"

// SelectRecord gives the indices of the TXT records that senders don't
// discard: those that begin with "v=STSv1;" (RFC 8461 §3.1). Senders need
// exactly one. "v=STSv1 ;" counts: the ABNF allows it though the prose doesn't
// (erratum 6285), and every implementation read for this takes it.
func SelectRecord(txts []string) (candidates []int) {
	for i, txt := range txts {
		if syntax.Candidate(txt, recordVersion) {
			candidates = append(candidates, i)
		}
	}
	return candidates
}

// ParseRecord reads a TXT record, its strings joined, by RFC 8461 §3.1. The
// Record is as far as it could be read; it is valid when syntax.Valid holds of
// the diagnostics.
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
	p := recordParser{text: txt, out: syntax.NewDiagnostics(txt), inTXT: syntax.Span{Start: -1}}
	tokens, ok := syntax.Fields(txt, recordVersion, []string{"id", "v", "mode", "mx", "max_age"}, p.out)
	for _, t := range tokens {
		p.field(t)
	}
	if p.inTXT.Start >= 0 {
		p.out.Add(PolicyInTXT, p.inTXT, p.inTXTFatal, p.inTXT.Cut(txt))
	}
	if ok && !p.id {
		p.missing()
	}
	return p.record, p.out.Sorted()
}

// String gives the record in the form of the example of RFC 8461 §3.1.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString(recordVersion + "; id=" + r.ID + ";")
	for _, e := range r.Extensions {
		b.WriteString(" " + e.Name + "=" + e.Value + ";")
	}
	return b.String()
}

type recordParser struct {
	text   string
	out    *syntax.Diagnostics
	record Record
	id     bool // a field that is, or was meant as, the id was there
	// inTXT covers the policy's fields found in the record, from the first to
	// the last; Start is -1 without.
	inTXT      syntax.Span
	inTXTFatal bool
	upperID    syntax.Span // a field "ID" or "Id", which is none
}

func (p *recordParser) field(t syntax.Token) {
	name, value := t.Name.Cut(p.text), t.Value.Cut(p.text)
	switch {
	case name == "id" && (t.Equal || t.Colon || t.Whole.End == t.Name.End):
		p.idField(t)
		return
	case isPolicyKey(name) && (t.Equal || t.Colon):
		p.policyField(t)
		return
	case name == "v" && t.Equal && p.out.Has(syntax.VersionNotFirst):
		return
	case strings.EqualFold(name, "id") && p.upperID == syntax.Span{}:
		p.upperID = t.Name
	}
	switch {
	case t.Equal && syntax.ExtensionName(name) && syntax.ExtensionValue(value):
		p.record.Extensions = append(p.record.Extensions, syntax.Field{Name: name, Value: value})
	case p.out.Has(syntax.NonASCII) && hasNonASCII(t.Whole.Cut(p.text)):
		// Told already, at the bytes.
		p.id = p.id || strings.Contains(name, "id")
	case t.Colon && syntax.ExtensionName(name):
		p.out.Fatal(syntax.WrongSeparator, syntax.Span{Start: t.Name.End, End: t.Name.End + 1})
	case strings.HasSuffix(name, `"id`) || strings.HasSuffix(name, `'id`):
		p.id = true
		p.out.Fatal(syntax.LiteralQuotes, syntax.Span{Start: t.Name.Start, End: t.Name.End - 2})
	case !t.Equal && p.id:
		p.out.Fatal(syntax.TrailingGarbage, t.Whole)
	default:
		p.out.Fatal(syntax.ExtensionInvalid, t.Whole)
	}
}

// policyField notes a field that belongs in the policy file. As name=value it
// is a well-formed extension, which senders ignore.
func (p *recordParser) policyField(t syntax.Token) {
	if p.inTXT.Start < 0 {
		p.inTXT = t.Whole
	}
	p.inTXT.End = t.Whole.End
	if t.Equal && syntax.ExtensionValue(t.Value.Cut(p.text)) {
		p.record.Extensions = append(p.record.Extensions,
			syntax.Field{Name: t.Name.Cut(p.text), Value: t.Value.Cut(p.text)})
		return
	}
	p.inTXTFatal = true
}

func isPolicyKey(name string) bool {
	return name == "mode" || name == "mx" || name == "max_age" || name == "version"
}

// idField judges an id; of several the first counts (RFC 8461 §3.2, last
// paragraph).
func (p *recordParser) idField(t syntax.Token) {
	if p.id {
		if p.out.Note(IDDuplicate, t.Whole); t.Equal && !syntax.ExtensionValue(t.Value.Cut(p.text)) {
			// Neither an sts-id nor an sts-extension: the record is no sts-text-record.
			p.out.Fatal(syntax.ExtensionInvalid, t.Whole)
		}
		return
	}
	p.id = true
	id := t.Value.Cut(p.text)
	p.record.ID = id
	if t.Colon || !t.Equal {
		p.out.Fatal(syntax.WrongSeparator, syntax.Span{Start: t.Name.End, End: t.Value.Start})
		return
	}
	bad := badID(id)
	switch {
	case id == "":
		p.out.Add(IDEmpty, t.Value, true, "")
	case placeholder(id):
		p.out.Add(IDPlaceholder, t.Value, bad.Start >= 0 || len(id) > 32, id)
	case bad.Start < 0 && len(id) <= 32:
	case bad.Start < 0:
		p.out.Add(IDTooLong, syntax.Span{Start: t.Value.Start + 32, End: t.Value.End}, true, id)
	default:
		p.badID(t.Value, bad, id)
	}
}

// badID says what the characters are that an id can't have.
func (p *recordParser) badID(value, bad syntax.Span, id string) {
	at := syntax.Span{Start: value.Start + bad.Start, End: value.Start + bad.End}
	c := id[bad.Start]
	switch {
	case c >= 0x80 && p.out.Has(syntax.NonASCII):
	case c == '"' || c == '\'':
		p.out.Fatal(syntax.LiteralQuotes, at)
	case (c == ' ' || c == '\t') && bad.Start > 0:
		p.out.Fatal(syntax.TrailingGarbage, syntax.Span{Start: at.Start, End: value.End})
	default:
		p.out.Add(IDInvalidChars, at, true, id)
	}
}

// badID gives the first run of characters that are no letter and no digit;
// Start is -1 without one.
func badID(id string) syntax.Span {
	for i := 0; i < len(id); i++ {
		if alphanumeric(id[i]) {
			continue
		}
		end := i
		for end < len(id) && !alphanumeric(id[end]) {
			end++
		}
		return syntax.Span{Start: i, End: end}
	}
	return syntax.Span{Start: -1}
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// placeholder tells whether an id is the text of a template that nobody filled.
func placeholder(id string) bool {
	if len(id) > 256 {
		return false
	}
	switch id[:min(len(id), 1)] {
	case "<", "{", "[", "$", "%":
		return true
	}
	lower := strings.ToLower(id)
	for _, word := range [...]string{"timestamp", "yyyymm", "changeme", "placeholder", "yourid", "your-id", "your_id", "uniqueid", "unique-id", "unique_id"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return len(id) > 2 && strings.Trim(lower, "x") == ""
}

func hasNonASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return true
		}
	}
	return false
}

// missing reports that no id was there, at a field "ID" when there is one.
func (p *recordParser) missing() {
	switch {
	case p.inTXTFatal:
	case p.upperID.End > 0:
		p.out.Fatal(IDMissing, p.upperID)
	default:
		end := len(p.text)
		p.out.Add(IDMissing, syntax.Span{Start: end, End: end}, true, "")
	}
}
