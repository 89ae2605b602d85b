package zone

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// faults are what a zone does wrong when it answers. Those of its records and
// signatures are made in place. An owner is given as for Add: relative to the
// origin without final dot, "@" for the origin.
type faults struct {
	unproven map[string]bool   // denials that go out without records
	proves   map[string]string // denials that go out with those of another name
	failing  map[set]bool
}

// set is the name and type of a record set.
type set struct {
	owner string
	typ   uint16
}

// Fail makes the zone answer SERVFAIL to a question, also where an alias leads
// to it.
func (z *Zone) Fail(owner string, typ uint16) {
	if z.failing == nil {
		z.failing = map[set]bool{}
	}
	z.failing[set{z.absolute(owner), typ}] = true
}

// DropSignatures takes the signatures of one set away.
func (z *Zone) DropSignatures(name dnsname.Name, typ uint16) error {
	return z.EditSignatures(name.FQDN(), typ, func([]*dns.RRSIG) []*dns.RRSIG { return nil })
}

// DropProof makes the zone deny the name, or its types, without NSEC and NSEC3
// records, and give what a wildcard has for it so.
func (z *Zone) DropProof(name dnsname.Name) {
	if z.unproven == nil {
		z.unproven = map[string]bool{}
	}
	z.unproven[name.FQDN()] = true
}

// ProveInstead makes the zone show for one name the NSEC or NSEC3 records that
// it would for another: signed well, and no proof.
func (z *Zone) ProveInstead(name, other string) {
	if z.proves == nil {
		z.proves = map[string]string{}
	}
	z.proves[z.absolute(name)] = z.absolute(other)
}

// Replace puts one record, a line as for Add, in the place of its set. Signatures
// stay as they are: after Sign they no longer verify.
func (z *Zone) Replace(line string) error {
	rr, err := z.parse(line)
	if err != nil {
		return err
	}
	if _, ok := z.sets[rr.Header().Name][rr.Header().Rrtype]; !ok {
		return fmt.Errorf("%w: %q", ErrNoSet, line)
	}
	z.sets[rr.Header().Name][rr.Header().Rrtype] = []dns.RR{rr}
	return nil
}

// Resign signs a set anew, by the given keys or else by those that signed it,
// after edit, when it isn't nil, has changed what goes into the signature: its
// dates, its signer's name, an original TTL other than the set's.
func (z *Zone) Resign(owner string, typ uint16, edit func(*dns.RRSIG), keys ...*Key) error {
	name := z.absolute(owner)
	if len(z.sets[name][typ]) == 0 || z.denial == nil {
		return fmt.Errorf("%w: %s %s", ErrNoSet, name, dns.TypeToString[typ])
	}
	if len(keys) == 0 {
		keys = z.signers(typ)
	}
	return z.sign(name, typ, edit, keys)
}

// EditSignatures puts what edit makes of a set's signatures in their place, so
// that they hold no longer, are of another set, fewer or more.
func (z *Zone) EditSignatures(owner string, typ uint16, edit func([]*dns.RRSIG) []*dns.RRSIG) error {
	name := z.absolute(owner)
	if len(z.made[name][typ]) == 0 {
		return fmt.Errorf("%w: %s %s", ErrNoSet, name, dns.TypeToString[typ])
	}
	var old []*dns.RRSIG
	for _, rr := range z.made[name][typ] {
		old = append(old, dns.Copy(rr).(*dns.RRSIG))
	}
	var edited []dns.RR
	for _, sig := range edit(old) {
		edited = append(edited, sig)
	}
	z.made[name][typ] = edited
	return nil
}

// Spoil changes the signatures of a set so that they verify by no key.
func (z *Zone) Spoil(owner string, typ uint16) error {
	return z.EditSignatures(owner, typ, func(old []*dns.RRSIG) []*dns.RRSIG {
		for i, sig := range old {
			old[i] = spoiled(sig, 1)
		}
		return old
	})
}

// Forge puts n signatures before those of a set that are like the first of them
// and verify by no key: with keys of colliding tags, work for a validator
// (CVE-2023-50387).
func (z *Zone) Forge(owner string, typ uint16, n int) error {
	return z.EditSignatures(owner, typ, func(old []*dns.RRSIG) []*dns.RRSIG {
		var forged []*dns.RRSIG
		for i := range n {
			forged = append(forged, spoiled(old[0], i+1))
		}
		return append(forged, old...)
	})
}

// spoiled gives a signature with other octets at its end, for each n from 1 to
// 65 535 others.
func spoiled(sig *dns.RRSIG, n int) *dns.RRSIG {
	other := dns.Copy(sig).(*dns.RRSIG)
	octets, _ := base64.StdEncoding.DecodeString(sig.Signature)
	octets[len(octets)-1] ^= byte(n)
	octets[len(octets)-2] ^= byte(n >> 8)
	other.Signature = base64.StdEncoding.EncodeToString(octets)
	return other
}

// EditDenial lets edit change the NSEC or NSEC3 record of an existing name, and
// signs it anew: a zone that lies about itself.
func (z *Zone) EditDenial(owner string, edit func(dns.RR)) error {
	if z.denial == nil {
		return fmt.Errorf("%w: %s", ErrNoSet, owner)
	}
	name, typ := z.absolute(owner), z.denial.typ()
	if h, ok := z.denial.(*hashed); ok {
		name = h.owner(name)
	}
	for _, rr := range z.sets[name][typ] {
		edit(rr)
	}
	return z.Resign(name, typ, nil)
}

// absolute gives the full name of an owner as Add takes it.
func (z *Zone) absolute(owner string) string {
	switch {
	case owner == "@":
		return z.origin
	case !strings.HasSuffix(owner, "."):
		owner = child(owner, z.origin)
	}
	return dns.CanonicalName(owner)
}

// shown gives the records that go with a denial of the name or of its types, or
// with found with an answer from a wildcard: the true ones, none, or another's.
func (z *Zone) shown(name string, found bool) []dns.RR {
	if z.denial == nil || z.unproven[name] {
		return nil
	}
	owners := z.proof(name, found)
	if other, ok := z.proves[name]; ok {
		owners = z.proof(other, false)
	}
	var all []dns.RR
	for _, owner := range owners {
		all = append(all, z.sets[owner][z.denial.typ()]...)
		all = append(all, z.made[owner][z.denial.typ()]...)
	}
	return all
}
