package lab

import (
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// The ways in which a zone hangs on its parent.
const (
	modeSecure   = "secure"   // signed, with DS
	modeUnsigned = "unsigned" // not signed
	modeNoDS     = "no-ds"    // signed, without DS
	modeOtherKey = "other-ds" // signed, with the DS of another key
)

// set names one record set.
type set struct {
	name dnsname.Name
	typ  uint16
}

// dnssecSpec says how a zone is signed; dates are relative to the lab's clock.
type dnssecSpec struct {
	mode                  string
	inception, expiration time.Duration
	expired               []set          // signatures of the past
	stripped              []set          // no signatures
	unproven              []dnsname.Name // denied without proof
	failing               []set          // SERVFAIL, whatever is asked for
	replaced              []string       // records changed after signing
	second                *secondSpec    // nil: only ns.test. serves the zone
}

// secondSpec says in what ns2.test. differs from ns.test.
type secondSpec struct {
	lacks   []set    // sets that it doesn't have
	holds   []string // records that it has instead of those sets
	refuses []uint16 // types that it answers with REFUSED
	drops   []uint16 // types that it doesn't answer
	plain   bool     // gives no signatures, asked or not
}

func (f *domainFile) dnssecDirective(words []string) (err error) {
	d := &f.dnssec
	switch words[0] {
	case modeSecure, modeUnsigned, modeNoDS, modeOtherKey:
		if len(words) != 1 {
			return ErrValue
		}
		d.mode = words[0]
	case "inception":
		d.inception, err = moment(words)
	case "expiration":
		d.expiration, err = moment(words)
	case "expired-set":
		d.expired, err = f.appendSet(d.expired, words)
	case "unsigned-set":
		d.stripped, err = f.appendSet(d.stripped, words)
	case "servfail":
		d.failing, err = f.appendSet(d.failing, words)
	case "no-proof":
		var s []set
		s, err = f.appendSet(nil, append(words, "ANY"))
		for _, s := range s {
			d.unproven = append(d.unproven, s.name)
		}
	case "replaced":
		d.replaced = append(d.replaced, strings.Join(words[1:], " "))
	case "ns2":
		err = f.secondDirective(words[1:])
	default:
		return ErrDirective
	}
	return err
}

// secondDirective reads what stands behind ns2: the second server of the zone.
func (f *domainFile) secondDirective(words []string) (err error) {
	if f.dnssec.second == nil {
		f.dnssec.second = new(secondSpec)
	}
	s := f.dnssec.second
	if len(words) == 0 {
		return ErrValue
	}
	switch words[0] {
	case "same":
	case "lacks":
		s.lacks, err = f.appendSet(s.lacks, words)
	case "holds":
		s.holds = append(s.holds, strings.Join(words[1:], " "))
	case "refuses":
		s.refuses, err = appendType(s.refuses, words)
	case "drops":
		s.drops, err = appendType(s.drops, words)
	case "no-rrsig":
		s.plain = true
	default:
		return ErrValue
	}
	return err
}

func appendType(all []uint16, words []string) ([]uint16, error) {
	if len(words) != 2 {
		return nil, ErrValue
	}
	typ, ok := dns.StringToType[words[1]]
	if !ok {
		return nil, ErrValue
	}
	return append(all, typ), nil
}

func moment(words []string) (time.Duration, error) {
	if len(words) != 2 {
		return 0, ErrValue
	}
	return duration(words[1])
}

func (f *domainFile) appendSet(all []set, words []string) ([]set, error) {
	if len(words) != 3 {
		return nil, ErrValue
	}
	name, err := f.relative(words[1])
	typ, ok := dns.StringToType[words[2]]
	if err != nil || !ok {
		return nil, ErrValue
	}
	return append(all, set{name, typ}), nil
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
