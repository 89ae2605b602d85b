package dnssec

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/doh"
)

// absent validates a denial and notes the hop: of the name where the response
// code says so, else of the type. The code itself isn't signed, so the other
// proof will do as well, and tells the right one.
func (l *lookup) absent(a *doh.Answer, n name, typ doh.Type) {
	h := Hop{Name: n.String(), Type: typ, Reason: NSECMissing}
	l.rcode = a.Rcode
	within := n
	if typ == doh.TypeDS && n != "\x00" {
		within = n.parent()
	}
	var signatures []doh.Record
	for _, r := range a.Authority {
		if sig, ok := readSignature(r); ok && (sig.covered == doh.TypeNSEC || sig.covered == doh.TypeNSEC3 || sig.covered == doh.TypeSOA) {
			signatures = append(signatures, r)
		}
	}
	held := false
	for _, signer := range l.signersOf(signatures, within) {
		z := l.zoneOf(signer)
		h.Zone = z.Name
		switch {
		case z.Status != Secure:
			h.Status, h.Reason = z.Status, z.Reason
			l.hop(h)
			return
		case z.name != signer:
			h.Reason = RRSIGWrongSigner
			continue
		}
		held = true
		var d *denials
		why := l.charged(signer, func() (why Reason) {
			d, why = l.proof(a, z, &h)
			h.ProofBy, h.NSEC3 = d.by(), d.hashing()
			if why == NoReason {
				h.Proof, why = l.denied(d, n, typ, a.Rcode)
			}
			return why
		})
		if h.Reason = why; why == NoReason || why.Status() == Insecure {
			l.ttl = min(l.ttl, z.ttl, shortest(a))
			h.Status = why.Status()
			if why == NoReason {
				h.Status = h.Proof.Status()
			}
			if at, _ := d.noDataFor(n, typ); h.Proof == UnsignedDelegation && at != h.Proof {
				h.Status = Insecure // the answer is of the zone above, not of the name's own
			}
			if why == NoReason && l.rcode == rcodeYXDomain {
				l.rcode = rcodeNoError // of a DNAME, and there is none
			}
			if l.island(d, signer, within) {
				h.Status, h.Reason = Bogus, DNSKEYMissing
			}
			l.hop(h)
			return
		}
	}
	l.unless(&h, within, held)
	l.hop(h)
}

// island tells whether a trust anchor lies between a zone that denies something
// and the name, and the zone doesn't deny that too. Then the anchor counts, and
// its zone's keys are missing.
func (l *lookup) island(d *denials, signer, n name) bool {
	nearest, ok := l.anchored(n)
	if !ok || nearest == signer || !nearest.within(signer) {
		return false
	}
	p, _ := d.noNameFor(nearest)
	return p != NameAbsent
}

// proof reads the denial of a zone, and notes the signature of its first record,
// or the one that doesn't hold.
func (l *lookup) proof(a *doh.Answer, z *cut, h *Hop) (*denials, Reason) {
	d, sig, why := deny(a.Authority, z.name, z.keys, l.now, l.budget)
	if sig.Signer != "" {
		h.Signature = &sig
	}
	if why != NoReason {
		return nil, why
	}
	soa, why := l.soaOf(a, z)
	if why != NoReason {
		h.Signature = soa
	}
	return d, why
}

// soaOf holds the SOA record that a denial brings to its signature, and gives
// that when it doesn't hold. No proof needs the record, but a response is secure
// only when all its signatures are (RFC 4033 §5, RFC 4035 §3.2.3).
func (l *lookup) soaOf(a *doh.Answer, z *cut) (*Signature, Reason) {
	soa, found := setAt(a.Authority, z.name, doh.TypeSOA)
	if !found {
		return nil, NoReason
	}
	signed, why := soa.verifyBy(z.name, z.keys, l.now, l.budget)
	if signed.Signer == "" {
		return nil, why
	}
	return &signed.Signature, why
}

// denied looks for the proof that a response code asks for, then for the other.
func (l *lookup) denied(d *denials, n name, typ doh.Type, rcode int) (Proof, Reason) {
	byName, noName := d.noNameFor(n)
	byType, noData := d.noDataFor(n, typ)
	switch {
	case rcode == rcodeNXDomain && noName == NoReason:
		return byName, NoReason
	case rcode == rcodeNXDomain && byType.Status() == Secure:
		l.rcode = rcodeNoError
		return byType, NoReason
	case rcode == rcodeNXDomain:
		return NoProof, noName
	case noData != NoReason && byName.Status() == Secure:
		l.rcode = rcodeNXDomain
		return byName, NoReason
	case noData != NoReason && d.cutAbove(n):
		return UnsignedDelegation, NoReason
	}
	return byType, noData
}

// deny reads the NSEC and NSEC3 records of a section that a zone vouches for.
// Where there are some and none of them is signed well, that is the reason.
func deny(section []doh.Record, zone name, keys []doh.DNSKEY, now time.Time, b *Budget) (*denials, Signature, Reason) {
	var good []Signed
	var first Signature
	fault := NSECMissing
	for _, s := range RRsets(section) {
		if s.Type != doh.TypeNSEC && s.Type != doh.TypeNSEC3 {
			continue
		}
		signed, why := s.verifyBy(zone, keys, now, b)
		switch {
		case why == OverBudget:
			return nil, first, OverBudget
		case why == NoReason:
			good = append(good, signed)
			if len(good) == 1 {
				first = signed.Signature
			}
		case len(good) == 0:
			fault, first = why, signed.Signature
		}
	}
	if len(good) == 0 {
		return nil, first, fault
	}
	return newDenial(zone, good, b), first, NoReason
}

// speaksOf tells whether a response denies something of a name: it has an SOA of
// a zone that the name lies in (RFC 2308 §2), or a signed proof of one, unless
// that is there for an alias expanded from a wildcard.
func (l *lookup) speaksOf(a *doh.Answer, n name) bool {
	expanded := slices.ContainsFunc(l.hops, func(h Hop) bool { return h.Wildcard != "" })
	return slices.ContainsFunc(a.Authority, func(r doh.Record) bool {
		if sig, ok := readSignature(r); ok && (sig.covered == doh.TypeNSEC || sig.covered == doh.TypeNSEC3) {
			return n.within(sig.signer) && !expanded
		}
		return r.Type == doh.TypeSOA && n.within(ownerOf(r))
	})
}
