package e2e

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// spoil is something done to a zone after it was signed.
type spoil func(z *signedZone)

// is tells whether a record is of a name in the zone and a type.
func (z *signedZone) is(rr dns.RR, label string, typ uint16) bool {
	return rr.Header().Rrtype == typ && strings.EqualFold(rr.Header().Name, under(label, z.origin))
}

// signs tells whether a record is a signature over a set.
func (z *signedZone) signs(rr dns.RR, label string, typ uint16) bool {
	sig, ok := rr.(*dns.RRSIG)
	return ok && sig.TypeCovered == typ && z.is(rr, label, dns.TypeRRSIG)
}

// hashed gives the label that a name's NSEC3 record has.
func (z *signedZone) hashed(label string) string {
	for _, rr := range z.records {
		if p, ok := rr.(*dns.NSEC3PARAM); ok {
			return strings.ToLower(dns.HashName(under(label, z.origin), p.Hash, p.Iterations, p.Salt))
		}
	}
	return ""
}

// drop takes records away. Where nothing is taken away the table of breakages
// is wrong.
func (z *signedZone) drop(match func(dns.RR) bool) {
	z.t.Helper()
	left := slices.DeleteFunc(slices.Clone(z.records), match)
	if len(left) == len(z.records) {
		z.t.Fatal("nothing to drop in " + z.origin)
	}
	z.records = left
}

// change changes records.
func (z *signedZone) change(match func(dns.RR) bool, how func(dns.RR)) {
	z.t.Helper()
	found := false
	for i, rr := range z.records {
		if match(rr) {
			found = true
			z.records[i] = dns.Copy(rr)
			how(z.records[i])
		}
	}
	if !found {
		z.t.Fatal("nothing to change in " + z.origin)
	}
}

// dropSet drops a set and its signatures.
func dropSet(label string, typ uint16) spoil {
	return func(z *signedZone) {
		z.drop(func(rr dns.RR) bool { return z.is(rr, label, typ) || z.signs(rr, label, typ) })
	}
}

// dropName drops all that a name has, and its NSEC record.
func dropName(label string) spoil {
	return func(z *signedZone) {
		z.drop(func(rr dns.RR) bool { return strings.EqualFold(rr.Header().Name, under(label, z.origin)) })
	}
}

// dropSignature drops the signatures over one set.
func dropSignature(label string, typ uint16) spoil {
	return func(z *signedZone) { z.drop(func(rr dns.RR) bool { return z.signs(rr, label, typ) }) }
}

// dropEverywhere drops all records of some types, and with them the signatures
// over these.
func dropEverywhere(types ...uint16) spoil {
	return func(z *signedZone) {
		z.drop(func(rr dns.RR) bool {
			sig, ok := rr.(*dns.RRSIG)
			return slices.Contains(types, rr.Header().Rrtype) || ok && slices.Contains(types, sig.TypeCovered)
		})
	}
}

// dropSignaturesOver drops all signatures over sets of a type.
func dropSignaturesOver(typ uint16) spoil {
	return func(z *signedZone) {
		z.drop(func(rr dns.RR) bool {
			sig, ok := rr.(*dns.RRSIG)
			return ok && sig.TypeCovered == typ
		})
	}
}

// dropSignaturesBy drops all signatures of an algorithm.
func dropSignaturesBy(algorithm uint8) spoil {
	return func(z *signedZone) {
		z.drop(func(rr dns.RR) bool {
			sig, ok := rr.(*dns.RRSIG)
			return ok && sig.Algorithm == algorithm
		})
	}
}

// dropHashed drops the NSEC3 record of a name.
func dropHashed(label string) spoil {
	return func(z *signedZone) { dropName(z.hashed(label))(z) }
}

// changeSet changes the records of a set.
func changeSet[T dns.RR](label string, how func(T)) spoil {
	return func(z *signedZone) {
		z.change(func(rr dns.RR) bool {
			_, ok := rr.(T)
			return ok && z.is(rr, label, rr.Header().Rrtype)
		}, func(rr dns.RR) { how(rr.(T)) })
	}
}

// changeSignature changes the signatures over a set.
func changeSignature(label string, typ uint16, how func(*dns.RRSIG)) spoil {
	return func(z *signedZone) {
		z.change(func(rr dns.RR) bool { return z.signs(rr, label, typ) }, func(rr dns.RR) { how(rr.(*dns.RRSIG)) })
	}
}

// flip changes one bit of a signature. Its text is in base 64.
func flip(sig *dns.RRSIG) {
	text := []byte(sig.Signature)
	text[8] = map[bool]byte{true: 'B', false: 'A'}[text[8] == 'A']
	sig.Signature = string(text)
}

// addLines adds records, lines whose names are relative to the zone.
func addLines(lines string) spoil {
	return func(z *signedZone) {
		parser := dns.NewZoneParser(strings.NewReader("$TTL 300\n"+lines), z.origin, "")
		for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
			z.records = append(z.records, rr)
		}
		if parser.Err() != nil {
			z.t.Fatal(parser.Err())
		}
	}
}
