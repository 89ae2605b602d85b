package ui

import (
	"errors"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/explain"
)

// Reading is what was made of the input.
type Reading = dnsname.Reading

// read makes a domain of what a person typed; wrong is a key of AskWords.Wrong,
// and at the piece of the input that is wrong.
func (m *Machine) read(text string) (r Reading, wrong, at string) {
	r, err := dnsname.Read(text, m.Door.ToASCII)
	if err == nil {
		return r, "", ""
	}
	var fault *dnsname.InputError
	if errors.As(err, &fault) {
		return Reading{}, string(fault.Kind), fault.Value
	}
	return Reading{}, string(dnsname.FaultOther), ""
}

// worthSaying gives the reading when the name isn't what was typed.
func worthSaying(r Reading) *Reading {
	if r.Form == dnsname.FormDomain || r.Form == "" {
		return nil
	}
	return &r
}

// longest is the most characters of a domain name (RFC 1035 §3.1, without the root).
const longest = 253

// isError tells whether a text is rather an error to explain than a domain: it says
// something known, or is several words and longer than any name. What reads as a
// domain is one, unless it is known from end to end, as STSFetchResult.NONE is.
func isError(text string, readable bool) bool {
	text = strings.TrimSpace(text)
	said := explain.Read(text).Matches
	if readable {
		return len(said) == 1 && said[0].Span.Start == 0 && said[0].Span.End == len(text)
	}
	return len(said) > 0 || len(text) > longest && strings.ContainsAny(text, " \t\n")
}
