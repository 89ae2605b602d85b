package lint

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// fields are the parts of a TLSA record that stand apart, each behind its label: on a
// DNS host's page, in Terraform, in an API's JSON.
type fields struct {
	values [4]syntax.Span // usage, selector, matching type, data
	label  int            // of the value that follows, by index and one more; 0 for none
}

// fieldOf tells which part a label is of, by index and one more; -1 for a word that
// doesn't change what a label before it says.
func fieldOf(label string) int {
	label = strings.ToLower(label)
	for _, f := range [...]struct {
		word  string
		field int
	}{{"usage", 1}, {"selector", 2}, {"matching", 3}, {"certificate", 4}, {"association", 4}, {"hash", 4}, {"digest", 4}} {
		if strings.Contains(label, f.word) {
			return f.field
		}
	}
	if isLabel(label) && label != "type" && label != "data" && label != "value" {
		return 0
	}
	return -1
}

// collect takes a word for a label or the value behind one, and reads the record once
// it has all four.
func (s *scanner) collect(w syntax.Span) {
	text := w.Cut(s.text)
	fits := s.label > 0 && s.label < 4 && isNumber(text) || s.label == 4 && isHex(text) && len(text) >= minDigits
	if !fits {
		if f := fieldOf(text); f >= 0 {
			s.label = f
		}
		return
	}
	s.values[s.label-1], s.label = w, 0
	for _, v := range s.values {
		if v.End == 0 {
			return
		}
	}
	s.hinted(s.values[:])
}
