package zone

import (
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// Signing is how a zone is signed.
type Signing struct {
	// Keys sign, and are published: those with the SEP flag sign the keys and the
	// others the data (RFC 4033 §2). Where an algorithm has keys of one kind only,
	// they sign both.
	Keys []*Key
	// Standby keys are published and sign nothing.
	Standby []*Key
	// Inception and Expiration are the dates of all signatures.
	Inception, Expiration time.Time
	// NSEC3 hashes the names of denials; without it they are plain, in NSEC records.
	NSEC3 *NSEC3
}

// signatures is what signing adds to a zone.
type signatures struct {
	signing Signing
	made    map[string]map[uint16][]dns.RR // RRSIG by owner and type covered
	denial  denial                         // nil while the zone is unsigned
}

// Sign adds the key's DNSKEY, an NSEC chain and a signature over every record
// set of which the zone is the authority (RFC 4035 §2), valid from inception to
// expiration. Without SOA it fails with ErrNoSOA. A zone is signed once.
func (z *Zone) Sign(key *Key, inception, expiration time.Time) error {
	return z.SignWith(Signing{Keys: []*Key{key}, Inception: inception, Expiration: expiration})
}

// SignWith is Sign with more to choose.
func (z *Zone) SignWith(s Signing) error {
	if len(z.sets[z.origin][dns.TypeSOA]) == 0 {
		return fmt.Errorf("%w: %s", ErrNoSOA, z.origin)
	}
	z.signing, z.made = s, map[string]map[uint16][]dns.RR{}
	for _, key := range slices.Concat(s.Keys, s.Standby) {
		z.add(key.DNSKEY())
	}
	if s.NSEC3 != nil {
		z.denial = z.hash(*s.NSEC3)
	} else {
		z.denial = z.link()
	}
	for _, owner := range z.authoritative() {
		for typ := range z.sets[owner] {
			if z.cut(owner) != "" && typ != dns.TypeDS && typ != dns.TypeNSEC {
				continue // a delegation's NS and glue are the child's (RFC 4035 §2.2)
			}
			if err := z.sign(owner, typ, nil, z.signers(typ)); err != nil {
				return err
			}
		}
	}
	return nil
}

// authoritative gives the owners of which the zone is the authority, and its
// delegation points, in canonical order: what lies below them is not there.
func (z *Zone) authoritative() []string {
	return slices.DeleteFunc(z.owners(), func(owner string) bool {
		cut := z.cut(owner)
		return cut != "" && cut != owner
	})
}

// signers gives the keys that sign sets of a type.
func (z *Zone) signers(typ uint16) []*Key {
	var all []*Key
	for _, k := range z.signing.Keys {
		divided := slices.ContainsFunc(z.signing.Keys, func(other *Key) bool {
			return other.record.Algorithm == k.record.Algorithm && other.entry() != k.entry()
		})
		if !divided || k.entry() == (typ == dns.TypeDNSKEY) {
			all = append(all, k)
		}
	}
	return all
}

// entry tells whether a key is a secure entry point.
func (k *Key) entry() bool { return k.record.Flags&dns.SEP != 0 }

// sign makes the signatures of a set, one of each key, after edit has changed
// what goes into them.
func (z *Zone) sign(owner string, typ uint16, edit func(*dns.RRSIG), keys []*Key) error {
	if z.made[owner] == nil {
		z.made[owner] = map[uint16][]dns.RR{}
	}
	var all []dns.RR
	for _, key := range keys {
		sig := &dns.RRSIG{
			Hdr:        dns.RR_Header{Class: dns.ClassINET, Ttl: z.sets[owner][typ][0].Header().Ttl},
			Inception:  uint32(z.signing.Inception.Unix()),
			Expiration: uint32(z.signing.Expiration.Unix()),
			KeyTag:     key.record.KeyTag(), SignerName: z.origin, Algorithm: key.record.Algorithm,
		}
		if edit != nil {
			edit(sig)
		}
		if err := sig.Sign(key, z.sets[owner][typ]); err != nil {
			return fmt.Errorf("zone: signing %s %s: %w", owner, dns.TypeToString[typ], err)
		}
		all = append(all, sig)
	}
	z.made[owner][typ] = all
	return nil
}

// SignAgain signs one set anew with other dates.
func (z *Zone) SignAgain(name dnsname.Name, typ uint16, inception, expiration time.Time) error {
	return z.Resign(name.FQDN(), typ, func(sig *dns.RRSIG) {
		sig.Inception, sig.Expiration = uint32(inception.Unix()), uint32(expiration.Unix())
	})
}
