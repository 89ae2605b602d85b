// Package syntax holds what the text formats of RFC 8461 and RFC 8460 share:
// byte spans, diagnostics, and the field list of their two TXT records
// (`v=NAME; field=value; …`, RFC 8461 §3.1 and RFC 8460 §3).
package syntax

// Span is a half-open range of bytes, [Start, End), in the text that was
// parsed. Start == End marks a place between two bytes, where something lacks.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Kind is the part of a finding's code behind the dot, such as "id-empty".
type Kind string

// Diagnostic is one oddity in a text.
type Diagnostic struct {
	Kind Kind `json:"kind"`
	Span Span `json:"span"`
	// Fatal marks what makes the text invalid by the RFC's grammar and prose.
	Fatal bool `json:"fatal,omitempty"`
	// Value is the offending piece of text, at most 200 bytes of it.
	Value string `json:"value,omitempty"`
	// Mend is what to write instead: for a TXT record the whole record, for a
	// policy the lines, apart by LF, in place of the one where the span begins;
	// for a policy in another format, or with damage all over, the whole file.
	// It is empty where what was meant can't be known, or the line is to go.
	Mend string `json:"mend,omitempty"`
}

// Valid tells whether no diagnostic is fatal.
func Valid(diagnostics []Diagnostic) bool {
	for _, d := range diagnostics {
		if d.Fatal {
			return false
		}
	}
	return true
}

// Field is one extension field, kept in order.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
