package lab

import (
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// faultArgs are the values of a fault.
type faultArgs struct {
	name, other dnsname.Name
	typ         uint16
	count       int
	record      string
}

// faults are what a signed zone can do wrong. The values that each takes are
// spelled by letters: N a name, T a type, C a count above 0, R a record.
var faults = map[string]struct {
	takes string
	do    func(z *zone.Zone, a faultArgs, now time.Time) error
}{
	"expired-set": {"NT", func(z *zone.Zone, a faultArgs, now time.Time) error {
		return z.SignAgain(a.name, a.typ, now.Add(-30*day), now.Add(-2*day))
	}},
	"unsigned-set": {"NT", func(z *zone.Zone, a faultArgs, _ time.Time) error { return z.DropSignatures(a.name, a.typ) }},
	"spoiled-set":  {"NT", func(z *zone.Zone, a faultArgs, _ time.Time) error { return z.Spoil(a.name.FQDN(), a.typ) }},
	"forged-set":   {"NTC", func(z *zone.Zone, a faultArgs, _ time.Time) error { return z.Forge(a.name.FQDN(), a.typ, a.count) }},
	"signer": {"NTN", func(z *zone.Zone, a faultArgs, _ time.Time) error {
		return z.Resign(a.name.FQDN(), a.typ, func(sig *dns.RRSIG) { sig.SignerName = a.other.FQDN() })
	}},
	"original-ttl": {"NTC", func(z *zone.Zone, a faultArgs, _ time.Time) error {
		return z.Resign(a.name.FQDN(), a.typ, func(sig *dns.RRSIG) { sig.OrigTtl = uint32(a.count) })
	}},
	"replaced": {"R", func(z *zone.Zone, a faultArgs, _ time.Time) error { return z.Replace(a.record) }},
	"no-proof": {"N", func(z *zone.Zone, a faultArgs, _ time.Time) error {
		z.DropProof(a.name)
		return nil
	}},
	"other-proof": {"NN", func(z *zone.Zone, a faultArgs, _ time.Time) error {
		z.ProveInstead(a.name.FQDN(), a.other.FQDN())
		return nil
	}},
	"servfail": {"NT", func(z *zone.Zone, a faultArgs, _ time.Time) error {
		z.Fail(a.name.FQDN(), a.typ)
		return nil
	}},
}

func (s *zoneSpec) faultDirective(words []string) error {
	fault, known := faults[words[0]]
	if !known {
		return ErrDirective
	}
	a, err := s.faultArgs(fault.takes, words[1:])
	s.faults = append(s.faults, func(z *zone.Zone, now time.Time) error { return fault.do(z, a, now) })
	return err
}

func (s *zoneSpec) faultArgs(takes string, words []string) (a faultArgs, err error) {
	if takes == "R" {
		return faultArgs{record: strings.Join(words, " ")}, nil
	}
	if len(words) != len(takes) {
		return a, ErrValue
	}
	for i, word := range words {
		ok := true
		switch name := (dnsname.Name{}); takes[i] {
		case 'N':
			name, err = relative(s.origin, word)
			if i == 0 {
				a.name = name
			} else {
				a.other = name
			}
		case 'T':
			a.typ, ok = dns.StringToType[word]
		case 'C':
			a.count = number(word, 16)
			ok = a.count > 0
		}
		if !ok || err != nil {
			return a, ErrValue
		}
	}
	return a, nil
}
