package dnssec

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sealane/sealane/app/doh"
)

// present validates a set that a response holds and notes the hop.
func (l *lookup) present(a *doh.Answer, set RRset, n name) {
	owner := nameOf(set.Owner)
	h := Hop{Name: n.String(), Type: set.Type, Reason: RRSIGMissing}
	within := owner
	if set.Type == doh.TypeDS && owner != "\x00" {
		within = owner.parent() // a DS is the parent's (RFC 4035 §2.4)
	}
	held := false // against the keys of a zone that could vouch for it
	for _, signer := range l.signersOf(set.Signatures, within) {
		z := l.zoneOf(signer)
		h.Zone = z.Name
		switch {
		case z.Status != Secure:
			h.Status, h.Reason = z.Status, z.Reason
			if z.Reason == CouldNotTell && z.name != "" {
				// A signature is here, and what it takes to hold it to can't be had: it
				// should be there (RFC 4035 §4.3).
				h.Status = Bogus
			}
			l.hop(h)
			return
		case z.name != signer:
			h.Reason = RRSIGWrongSigner
			continue
		}
		held = true
		var signed Signed
		why := l.charged(signer, func() (why Reason) {
			if signed, why = set.verifyBy(signer, z.keys, l.now, l.budget); why == NoReason && signed.Wildcard != "" {
				h.Wildcard = signed.Wildcard
				why = l.noCloser(a, z, owner, &h)
			}
			return why
		})
		if signed.Signer != "" {
			h.Signature = &signed.Signature
		}
		if h.Reason = why; why == NoReason || why.Status() == Insecure { // hashed too often: nobody vouches for it
			l.ttl = min(l.ttl, signed.TTL, z.ttl)
			h.Status = Secure
			if why != NoReason || h.Proof == OptedOut {
				h.Status = Insecure
			}
			l.hop(h)
			return
		}
	}
	if !held {
		l.strange(&h, set.Signatures)
	}
	l.unless(&h, within, held)
	l.hop(h)
}

// strange notes the first signature that could be verified, by a zone that could
// not vouch for the hop.
func (l *lookup) strange(h *Hop, signatures []doh.Record) {
	for _, r := range signatures {
		if sig, ok := readSignature(r); ok && Supported(sig.algorithm) {
			read := sig.public(l.now)
			h.Signature, h.Reason = &read, RRSIGWrongSigner
			return
		}
	}
}

// unless gives a hop that isn't proven its status: insecure when the way down to
// the name is, else that of the reason. Where no zone that could vouch for it
// signed it, the way down may be what is broken, and where that doesn't show
// nothing is known.
func (l *lookup) unless(h *Hop, within name, held bool) {
	if h.Reason == OverBudget {
		return
	}
	stood := maps.Clone(l.zones)
	z := l.zoneOf(within)
	switch {
	case z.Status == Secure:
		h.Zone = cmp.Or(h.Zone, z.Name)
	case z.Status != Insecure && held:
		l.zones = stood // nothing hangs on what lies below the zone that signed
	default:
		h.Zone, h.Status, h.Reason = z.Name, z.Status, z.Reason
		return
	}
	h.Status = h.Reason.Status()
}

// noCloser looks for the proof that goes with records expanded from a wildcard, and
// notes it.
func (l *lookup) noCloser(a *doh.Answer, z *cut, n name, h *Hop) Reason {
	d, why := l.denialsOf(a, z)
	if why == NoReason {
		h.Proof, why = d.noCloserFor(n, nameOf(h.Wildcard).parent())
	}
	h.ProofBy, h.NSEC3 = d.by(), d.hashing()
	return why
}

// denialsOf is deny, once for all wildcards of a zone that a response leads
// through: else a chain of five of them would cost more than there is.
func (l *lookup) denialsOf(a *doh.Answer, z *cut) (*denials, Reason) {
	if m := &l.proofs; m.of != a || m.zone != z {
		d, _, why := deny(a.Authority, z.name, z.keys, l.now, l.budget)
		*m = proofs{a, z, d, why}
	}
	return l.proofs.denials, l.proofs.why
}

// proofs are what deny made of a response and a zone.
type proofs struct {
	of   *doh.Answer
	zone *cut
	*denials
	why Reason
}

// signersOf gives the zones that signatures name and that could vouch for a
// name: above or at it, and not above the trust anchor that counts for it. The
// deepest comes first.
func (l *lookup) signersOf(signatures []doh.Record, n name) []name {
	top := name("")
	if z, ok := l.anchorOf(n); ok {
		top = z.name
	}
	var all []name
	for _, r := range signatures {
		sig, ok := readSignature(r)
		if ok && Supported(sig.algorithm) && n.within(sig.signer) && (top == "" || sig.signer.within(top)) && !slices.Contains(all, sig.signer) {
			at := 0
			for at < len(all) && all[at].depth() >= sig.signer.depth() {
				at++
			}
			all = slices.Insert(all, at, sig.signer)
		}
	}
	return all[:min(len(all), maxSigners)]
}
