package syntax

import "slices"

// Kinds that the two TXT records share. Each is the tail of the codes
// sts-record.* and tlsrpt-record.*.
const (
	VersionNotFirst      Kind = "version-not-first"
	VersionCase          Kind = "version-case"
	VersionUnknown       Kind = "version-unknown"
	VersionLeadingJunk   Kind = "version-leading-junk"
	LiteralQuotes        Kind = "literal-quotes"
	EscapedSemicolon     Kind = "escaped-semicolon"
	SpaceBeforeSemicolon Kind = "space-before-semicolon"
	WrongSeparator       Kind = "wrong-separator"
	ExtensionInvalid     Kind = "extension-invalid"
	TrailingGarbage      Kind = "trailing-garbage"
	NonASCII             Kind = "non-ascii"
	LineBreak            Kind = "line-break"
)

// MaxDiagnostics is how many diagnostics one text can get: more help nobody.
const MaxDiagnostics = 64

// Diagnostics collects the diagnostics of one text.
type Diagnostics struct {
	text string
	all  []Diagnostic
}

// NewDiagnostics starts a collection for a text.
func NewDiagnostics(text string) *Diagnostics { return &Diagnostics{text: text} }

// Fatal adds a diagnostic that makes the text invalid; its Value is the text
// of the span.
func (d *Diagnostics) Fatal(kind Kind, span Span) { d.Add(kind, span, true, d.cut(span)) }

// Note adds a diagnostic that leaves the text valid; its Value is the text of
// the span.
func (d *Diagnostics) Note(kind Kind, span Span) { d.Add(kind, span, false, d.cut(span)) }

// Add adds a diagnostic; value is shortened to 200 bytes.
func (d *Diagnostics) Add(kind Kind, span Span, fatal bool, value string) {
	if len(d.all) >= MaxDiagnostics {
		if fatal && Valid(d.all) {
			d.all[len(d.all)-1] = Diagnostic{Kind: kind, Span: span, Fatal: true, Value: shorten(value)}
		}
		return
	}
	d.all = append(d.all, Diagnostic{Kind: kind, Span: span, Fatal: fatal, Value: shorten(value)})
}

// Has tells whether a diagnostic of the kind was added.
func (d *Diagnostics) Has(kind Kind) bool {
	for _, one := range d.all {
		if one.Kind == kind {
			return true
		}
	}
	return false
}

// Fatals tells whether a fatal diagnostic was added.
func (d *Diagnostics) Fatals() bool { return !Valid(d.all) }

// Drop takes the diagnostics of the kinds out again.
func (d *Diagnostics) Drop(kinds ...Kind) {
	d.all = slices.DeleteFunc(d.all, func(one Diagnostic) bool { return slices.Contains(kinds, one.Kind) })
}

// Sorted gives the diagnostics in the order of the text.
func (d *Diagnostics) Sorted() []Diagnostic {
	// Insertion keeps those of one place in the order they were found.
	for i := 1; i < len(d.all); i++ {
		for k := i; k > 0 && d.all[k].Span.Start < d.all[k-1].Span.Start; k-- {
			d.all[k], d.all[k-1] = d.all[k-1], d.all[k]
		}
	}
	return d.all
}

func (d *Diagnostics) cut(span Span) string { return d.text[span.Start:span.End] }

// shorten cuts a value to 200 bytes, not in the middle of a UTF-8 sequence.
func shorten(value string) string {
	if len(value) <= 200 {
		return value
	}
	end := 200
	for end > 196 && value[end]&0xC0 == 0x80 {
		end--
	}
	return value[:end]
}
