package lab

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// zone gives a zone's key; another purpose, another key.
func (k *keyring) zone(origin dnsname.Name, purpose string, spec keySpec) (*zone.Key, error) {
	return k.kept(origin.String()+" "+purpose, func() (*zone.Key, error) {
		return zone.NewKey(origin, spec.algorithm, spec.flags, rand.Reader)
	})
}

// colliding gives n further keys with the tag of a zone's key.
func (k *keyring) colliding(key *zone.Key, n int) ([]*zone.Key, error) {
	var all []*zone.Key
	for i := range n {
		more, err := k.kept(fmt.Sprint(key.DNSKEY().Hdr.Name, " collides ", i), func() (*zone.Key, error) {
			return key.Colliding(rand.Reader)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, more)
	}
	return all, nil
}

// kept gives the key that is kept under a name, or makes it.
func (k *keyring) kept(at string, produce func() (*zone.Key, error)) (*zone.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.zones[at] == nil {
		key, err := produce()
		if err != nil {
			return nil, err
		}
		k.zones[at] = key
	}
	return k.zones[at], nil
}

// anchor gives the trust anchor of test.
func (k *keyring) anchor() dnssec.Anchor {
	return dnssec.Anchor{Zone: top, Record: k.top.DS().String()}
}

// sign signs a zone as the file says, and breaks it then.
func (b *builder) sign(z *zone.Zone, s *zoneSpec) error {
	if s.mode != modeUnsigned {
		signing, err := b.signing(s)
		if err != nil {
			return err
		}
		if err := z.SignWith(signing); err != nil {
			return err
		}
	}
	for _, fault := range s.faults {
		if err := fault(z, b.now); err != nil {
			return err
		}
	}
	return nil
}

// signing gives the keys of a zone and how they sign.
func (b *builder) signing(s *zoneSpec) (zone.Signing, error) {
	out := zone.Signing{Inception: b.now.Add(s.inception), Expiration: b.now.Add(s.expiration), NSEC3: s.nsec3}
	keys := s.keys
	if len(keys) == 0 {
		keys = []keySpec{{algorithm: dns.ECDSAP256SHA256, flags: dns.ZONE | dns.SEP}}
	}
	for i, k := range keys {
		key, err := b.keys.zone(s.origin, fmt.Sprint("key ", i, k), k)
		if err != nil {
			return out, err
		}
		if k.standby {
			out.Standby = append(out.Standby, key)
			continue
		}
		out.Keys = append(out.Keys, key)
		more, err := b.keys.colliding(key, k.colliding)
		if err != nil {
			return out, err
		}
		out.Standby = append(out.Standby, more...)
	}
	return out, nil
}

// delegate notes what leads to a zone from the one above: NS and DS records.
func (b *builder) delegate(z *zone.Zone, s *zoneSpec) error {
	above := s.origin.Parent()
	for b.file.name != s.origin && !b.isZone(above) {
		above = above.Parent()
	}
	lead := func(rr dns.RR) { b.delegations[above] = append(b.delegations[above], rr.String()) }
	for _, ns := range z.Records(s.origin, dns.TypeNS) {
		lead(ns)
	}
	if s.mode == modeUnsigned || s.mode == modeNoDS {
		return nil
	}
	signing, err := b.signing(s)
	if err != nil {
		return err
	}
	other, err := b.keys.zone(s.origin, modeOtherKey, keySpec{algorithm: dns.ECDSAP256SHA256, flags: dns.ZONE | dns.SEP})
	if err != nil {
		return err
	}
	entries := signing.Keys
	if s.mode == modeOtherKey {
		entries = []*zone.Key{other}
	}
	specs := s.ds
	if len(specs) == 0 {
		specs = []dsSpec{{digestType: dns.SHA256}}
	}
	for _, key := range entries {
		if key.DNSKEY().Flags&dns.SEP == 0 && len(entries) > 1 {
			continue
		}
		for _, spec := range specs {
			lead(spec.record(key, other))
		}
	}
	return nil
}

// isZone tells whether the file has a zone of the origin.
func (b *builder) isZone(origin dnsname.Name) bool {
	return slices.ContainsFunc(b.file.zones, func(s *zoneSpec) bool { return s.origin == origin })
}

// record makes the DS record of a key; that of a revoked one was made before it
// was revoked (RFC 5011 §2.1).
func (d dsSpec) record(key, other *zone.Key) *dns.DS {
	ds := key.WithFlags(key.DNSKEY().Flags &^ dns.REVOKE).DSOf(d.digestType)
	if d.wrong {
		ds.Digest = other.DSOf(d.digestType).Digest
	}
	if d.algorithm != 0 {
		ds.Algorithm = d.algorithm
	}
	return ds
}
