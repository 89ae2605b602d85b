package lab

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// The ways in which a zone hangs on its parent.
const (
	modeSecure   = "secure"   // signed, with DS
	modeUnsigned = "unsigned" // not signed
	modeNoDS     = "no-ds"    // signed, without DS
	modeOtherKey = "other-ds" // signed, with the DS of another key
)

// zoneSpec is one zone of a file: the domain's own, or one below it.
type zoneSpec struct {
	origin                dnsname.Name
	lines                 []line
	mode                  string
	inception, expiration time.Duration // of signatures, relative to the lab's clock
	keys                  []keySpec
	ds                    []dsSpec
	nsec3                 *zone.NSEC3 // nil: NSEC
	// faults break the signed zone at a moment, in the order of the file.
	faults  []func(z *zone.Zone, now time.Time) error
	vouched bool        // the resolver says AD, whatever is asked
	second  *secondSpec // nil: only ns.test. serves the zone
}

// newZoneSpec gives a zone that is signed well, by one key for keys and data
// alike that its DS record names with SHA-256.
func newZoneSpec(origin dnsname.Name) *zoneSpec {
	return &zoneSpec{origin: origin, mode: modeSecure, inception: -time.Hour, expiration: 21 * day}
}

// keySpec is a key of a zone: it signs what its flags say (RFC 4034 §2.1.1).
type keySpec struct {
	algorithm uint8
	flags     uint16
	standby   bool // signs nothing
	colliding int  // how many more keys of its tag stand by
}

// dsSpec is a DS record for each key that is a secure entry point.
type dsSpec struct {
	digestType uint8
	wrong      bool  // the digest is of another key
	algorithm  uint8 // instead of the key's own, 0 for none
}

// set names one record set.
type set struct {
	name dnsname.Name
	typ  uint16
}

// secondSpec says in what ns2.test. differs from ns.test.
type secondSpec struct {
	lacks   []set    // sets that it doesn't have
	holds   []string // records that it has instead of those sets
	refuses []uint16 // types that it answers with REFUSED
	drops   []uint16 // types that it doesn't answer
	plain   bool     // gives no signatures, asked or not
}

func (s *zoneSpec) directive(words []string) (err error) {
	switch words[0] {
	case modeSecure, modeUnsigned, modeNoDS, modeOtherKey:
		s.mode, err = words[0], none(words[1:])
	case "inception":
		s.inception, err = moment(words)
	case "expiration":
		s.expiration, err = moment(words)
	case "key":
		err = s.keyDirective(words[1:])
	case "ds":
		err = s.dsDirective(words[1:])
	case "nsec3":
		err = s.nsec3Directive(words[1:])
	case "vouched":
		s.vouched, err = true, none(words[1:])
	case "ns2":
		err = s.secondDirective(words[1:])
	default:
		return s.faultDirective(words)
	}
	return err
}

// keyDirective reads "ALGORITHM FLAGS", and "standby" or "colliding N".
func (s *zoneSpec) keyDirective(words []string) error {
	if len(words) < 2 {
		return ErrValue
	}
	k := keySpec{algorithm: uint8(number(words[0], 8)), flags: uint16(number(words[1], 16))}
	switch rest := words[2:]; {
	case len(rest) == 0:
	case len(rest) == 1 && rest[0] == "standby":
		k.standby = true
	case len(rest) == 2 && rest[0] == "colliding":
		k.colliding = number(rest[1], 8)
	default:
		return ErrValue
	}
	if k.algorithm == 0 || k.flags == 0 || len(words) == 4 && k.colliding == 0 {
		return ErrValue
	}
	s.keys = append(s.keys, k)
	return nil
}

// dsDirective reads "DIGESTTYPE", and "wrong" or "algorithm N".
func (s *zoneSpec) dsDirective(words []string) error {
	if len(words) == 0 {
		return ErrValue
	}
	d := dsSpec{digestType: uint8(number(words[0], 8))}
	switch rest := words[1:]; {
	case len(rest) == 0:
	case len(rest) == 1 && rest[0] == "wrong":
		d.wrong = true
	case len(rest) == 2 && rest[0] == "algorithm":
		d.algorithm = uint8(number(rest[1], 8))
	default:
		return ErrValue
	}
	if d.digestType == 0 || len(words) == 3 && d.algorithm == 0 {
		return ErrValue
	}
	s.ds = append(s.ds, d)
	return nil
}

// nsec3Directive reads "ITERATIONS SALT", as NSEC3PARAM has them (RFC 5155
// §4.3), and "opt-out".
func (s *zoneSpec) nsec3Directive(words []string) error {
	if len(words) < 2 || len(words) > 3 || len(words) == 3 && words[2] != "opt-out" {
		return ErrValue
	}
	iterations, err1 := strconv.ParseUint(words[0], 10, 16)
	salt, err2 := hex.DecodeString(strings.TrimPrefix(words[1], "-"))
	if err1 != nil || err2 != nil || len(salt) > 255 {
		return ErrValue
	}
	s.nsec3 = &zone.NSEC3{Iterations: uint16(iterations), Salt: salt, OptOut: len(words) == 3}
	return nil
}

// number reads a number above 0 of at most so many bits; 0 is none.
func number(word string, bits int) int {
	n, err := strconv.ParseUint(word, 10, bits)
	if err != nil {
		return 0
	}
	return int(n)
}

// secondDirective reads what stands behind ns2: the second server of the zone.
func (s *zoneSpec) secondDirective(words []string) (err error) {
	if s.second == nil {
		s.second = new(secondSpec)
	}
	second := s.second
	if len(words) == 0 {
		return ErrValue
	}
	switch words[0] {
	case "same":
	case "lacks":
		var lacks set
		lacks, err = s.set(words[1:])
		second.lacks = append(second.lacks, lacks)
	case "holds":
		second.holds = append(second.holds, strings.Join(words[1:], " "))
	case "refuses":
		second.refuses, err = appendType(second.refuses, words)
	case "drops":
		second.drops, err = appendType(second.drops, words)
	case "no-rrsig":
		second.plain = true
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

// set reads the name and the type of a set.
func (s *zoneSpec) set(words []string) (set, error) {
	if len(words) != 2 {
		return set{}, ErrValue
	}
	name, err := relative(s.origin, words[0])
	typ, ok := dns.StringToType[words[1]]
	if err != nil || !ok {
		return set{}, ErrValue
	}
	return set{name, typ}, nil
}

// none takes no values.
func none(words []string) error {
	if len(words) > 0 {
		return ErrValue
	}
	return nil
}
