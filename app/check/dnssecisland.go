package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// island gives the zone that signs an answer below where trust ends, zero for none:
// an island of security (RFC 4033 §2), with keys of its own and no DS record that
// leads to it. Nobody vouches for that, but a resolver that made it up would have
// to make up a zone.
func (j *judge) island(a answer, end dnsname.Name) dnsname.Name {
	if !a.validated() {
		if hasSignatures(a) && j.look(end, doh.TypeDS).state == NoData {
			return end
		}
		return dnsname.Name{}
	}
	type signer struct {
		zone      dnsname.Name
		tag       uint16
		algorithm uint8
	}
	all, signs, asked := j.loose(a, end), map[signer]bool{}, map[dnsname.Name]bool{}
	for _, s := range all {
		signs[signer{s.Signer, s.KeyTag, s.Algorithm}] = true
	}
	for _, s := range all {
		if asked[s.Signer] {
			continue // not each signature with each key
		}
		asked[s.Signer] = true
		for _, k := range dnssec.Keys(j.look(s.Signer, doh.TypeDNSKEY).records) {
			if signs[signer{s.Signer, k.KeyTag, k.Algorithm}] {
				return s.Signer
			}
		}
	}
	return dnsname.Name{}
}

// unsigned tells whether trust ends at an unsigned zone: no DS record leads there,
// and nothing of the answer is signed by keys that are there.
func (j *judge) unsigned(a answer, end dnsname.Name) bool {
	if !a.validated() {
		return !hasSignatures(a)
	}
	return j.withoutDS(end) && j.island(a, end).IsZero() && !slices.ContainsFunc(j.loose(a, end), func(s doh.RRSIG) bool {
		return !readable(j.look(s.Signer, doh.TypeDNSKEY))
	})
}

// islandOpen tells whether what an island is known by may still come.
func (j *judge) islandOpen(a answer, name dnsname.Name) bool {
	end := zoneOf(a, name)
	if !a.validated() {
		return hasSignatures(a) && j.open(end, doh.TypeDS)
	}
	return slices.ContainsFunc(j.loose(a, end), func(s doh.RRSIG) bool { return j.open(s.Signer, doh.TypeDNSKEY) })
}

// inSignedZone tells whether an insecure answer comes from no unsigned zone.
func (j *judge) inSignedZone(a answer, name dnsname.Name) bool {
	return (a.status == dnssec.Insecure || !a.validated()) && !j.unsigned(a, zoneOf(a, name))
}

// withoutDS tells whether the zone above proves that it has no DS record of a zone.
// Opt-out leaves open whether there is such a delegation, but not that it has no
// DS record (RFC 5155 §6).
func (j *judge) withoutDS(zone dnsname.Name) bool {
	link := j.link(zone.String())
	return link != nil && (link.Proof == dnssec.UnsignedDelegation || link.Proof == dnssec.OptedOut)
}

// loose are the signatures of an answer that no DS record leads to: by a zone at or
// below where trust ends, over names of its own.
func (j *judge) loose(a answer, end dnsname.Name) []doh.RRSIG {
	var all []doh.RRSIG
	if a.msg == nil || !j.withoutDS(end) {
		return nil
	}
	for _, r := range a.msg.Answer {
		s, ok := r.RRSIG()
		if owner, err := dnsname.Parse(r.Owner); ok && err == nil && owner.Within(s.Signer) && s.Signer.Within(end) {
			all = append(all, s)
		}
	}
	return all
}
