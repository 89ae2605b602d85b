package lab

import (
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

func moment(words []string) (time.Duration, error) {
	if len(words) != 2 {
		return 0, ErrValue
	}
	return duration(words[1])
}

// The ways in which a server is dead; "" is alive.
const (
	deadRefuse  = "refuse"  // RST
	deadTimeout = "timeout" // no answer to SYN
	deadSilent  = "silent"  // connected, and then nothing
)

// certificateSpec says which certificate a server shows.
type certificateSpec struct {
	kind  string         // one of certificateKinds, "" is ok
	names []dnsname.Name // instead of the server's own
	age   time.Duration  // since notBefore, 0 for the default
}

var certificateKinds = []string{"ok", "expired", "not-yet-valid", "self-signed", "untrusted", "no-intermediate"}

// certificateDirective reads "certificate KIND", "certificate names NAME…" and
// "certificate issued AGE"; they combine.
func (f *domainFile) certificateDirective(c *certificateSpec, words []string) (err error) {
	switch {
	case len(words) > 2 && words[1] == "names":
		for _, w := range words[2:] {
			name, err := f.relative(w)
			if err != nil {
				return err
			}
			c.names = append(c.names, name)
		}
	case len(words) == 3 && words[1] == "issued":
		c.age, err = duration(words[2])
	default:
		c.kind, err = oneOf(words, certificateKinds...)
	}
	return err
}
