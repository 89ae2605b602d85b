package ui

import (
	"errors"

	"github.com/sealane/sealane/app/dnsname"
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
