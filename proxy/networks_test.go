package main

import (
	"io"
	"slices"
	"testing"

	"github.com/sealane/sealane/app/locale"
)

// TestPortsOfTheInternet: 465 and 80 are the operator's choice.
func TestPortsOfTheInternet(t *testing.T) {
	for _, c := range []struct {
		flags worldFlags
		want  []uint16
	}{
		{worldFlags{smtpPort: 25, httpsPort: 443}, []uint16{25, 443, 53}},
		{worldFlags{smtpPort: 25, httpsPort: 443, morePorts: true}, []uint16{25, 443, 465, 80, 53}},
		{worldFlags{smtpPort: 2525, httpsPort: 443}, []uint16{2525, 443, 53}},
	} {
		p := &program{err: io.Discard, cli: locale.EnglishCLI()}
		n, err := p.networks(&c.flags, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := n.internet.Ports(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: ports %v", c.flags, got)
		}
	}
}
