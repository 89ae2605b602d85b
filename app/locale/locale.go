// Package locale holds every sentence that a person reads, in each language.
// Protocol tokens (RFC 8461, RFC 7672, …) are never translated.
//
// A text may hold {placeholders}, filled from a finding's or headline's Args.
package locale

import "strings"

// Words are the texts of one finding.
type Words struct {
	Code        string
	Title       string // a few words
	Consequence string // what happens to mail, first
	Cause       string // how it comes about
	Fix         string // what to do
}

// Fill puts args in the place of their {placeholders}; one without an argument
// stays as it is, so that a test finds it.
func Fill(text string, args map[string]string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := args[name]
		if closed && known {
			out.WriteString(value)
			text = after
			continue
		}
		out.WriteString("{")
		text = rest
	}
}
