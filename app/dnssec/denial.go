package dnssec

import (
	"slices"

	"github.com/sealane/sealane/app/doh"
)

// Proof is what the NSEC or NSEC3 records of a response prove.
type Proof uint8

// The proofs there are; the zero Proof proves nothing.
const (
	NoProof Proof = iota
	// NameAbsent: neither the name nor a wildcard for it exists (RFC 4035
	// §3.1.3.2, RFC 5155 §8.4).
	NameAbsent
	// TypeAbsent: the name exists without the type (RFC 4035 §3.1.3.1, RFC 5155 §8.5).
	TypeAbsent
	// EmptyNonTerminal: the name exists only because of names below it.
	EmptyNonTerminal
	// WildcardTypeAbsent: a wildcard stands for the name, without the type
	// (RFC 4035 §3.1.3.4, RFC 5155 §8.7).
	WildcardTypeAbsent
	// NoCloserName: nothing is nearer to the name than the wildcard that the
	// answer was expanded from (RFC 4035 §5.3.4, RFC 5155 §8.8).
	NoCloserName
	// UnsignedDelegation: the name is a delegation without DS, so that what lies
	// below is insecure (RFC 4035 §5.2, RFC 6840 §4.4).
	UnsignedDelegation
	// OptedOut: the name may be an unsigned delegation, and nobody vouches that
	// it isn't (RFC 5155 §6, §9.2).
	OptedOut
)

// Status is what the proof makes of the answer: Secure, or Insecure for
// OptedOut. NoProof leaves Indeterminate.
func (p Proof) Status() Status {
	switch p {
	case NoProof:
		return Indeterminate
	case OptedOut:
		return Insecure
	}
	return Secure
}

// denials are the NSEC or NSEC3 records of one response that a zone vouches for.
type denials struct {
	zone   name
	links  []link
	hashed hashed
	budget *Budget
}

// newDenial takes the signed sets of a response's authority section, verified
// for the zone; other types are left aside. Records that were expanded from a
// wildcard prove nothing: their owner doesn't exist as such.
func newDenial(zone name, sets []Signed, b *Budget) *denials {
	d := &denials{zone: zone, budget: b, hashed: hashed{known: map[name]string{}}}
	for _, s := range sets {
		if s.Wildcard != "" {
			continue
		}
		for _, r := range s.Records {
			if n, ok := r.NSEC(); ok {
				d.addLink(ownerOf(r), n)
			}
			if n, ok := r.NSEC3(); ok {
				d.addHashed(ownerOf(r), n)
			}
		}
	}
	return d
}

// by gives the type of the records that are looked at, 0 without any.
func (d *denials) by() doh.Type {
	switch {
	case d == nil:
		return 0
	case len(d.links) > 0:
		return doh.TypeNSEC
	case len(d.hashed.links) > 0 || d.hashed.excessive:
		return doh.TypeNSEC3
	}
	return 0
}

// fault is the reason when there is nothing to look for a proof in.
func (d *denials) fault() Reason {
	switch {
	case d.hashed.excessive:
		return NSEC3IterationsExcessive
	case len(d.links)+len(d.hashed.links) == 0:
		return NSECMissing
	}
	return NoReason
}

// noNameFor looks for a proof that the name doesn't exist: NameAbsent or OptedOut.
func (d *denials) noNameFor(n name) (Proof, Reason) { return d.look(n, d.noName, d.noHashedName) }

// noDataFor looks for a proof that the name, existing or not, has no records of
// the type, nor a CNAME: TypeAbsent, EmptyNonTerminal, WildcardTypeAbsent or
// OptedOut; for DS also UnsignedDelegation. Of the proofs for DS only that and
// OptedOut say that there is a delegation.
func (d *denials) noDataFor(n name, typ doh.Type) (Proof, Reason) {
	return d.look(n,
		func(n name) (Proof, Reason) { return d.noData(n, typ) },
		func(n name) (Proof, Reason) { return d.noHashedData(n, typ) })
}

// cutAbove tells whether there is a proof that a name is or lies below a
// delegation without DS.
func (d *denials) cutAbove(n name) bool {
	for ; n.depth() > d.zone.depth(); n = n.parent() {
		if p, _ := d.noDataFor(n, doh.TypeDS); p == UnsignedDelegation {
			return true
		}
	}
	return false
}

// noCloserFor looks for a proof that nothing is nearer to the name than the
// wildcard, as Signed has it: NoCloserName or OptedOut.
func (d *denials) noCloserFor(n, encloser name) (Proof, Reason) {
	return d.look(n,
		func(n name) (Proof, Reason) { return d.noCloser(n, encloser) },
		func(n name) (Proof, Reason) { return d.noCloserHashed(n, encloser) })
}

func (d *denials) look(n name, plain, hashed func(name) (Proof, Reason)) (Proof, Reason) {
	if why := d.fault(); why != NoReason {
		return NoProof, why
	}
	if !n.within(d.zone) {
		return NoProof, NSECBadProof
	}
	if len(d.links) > 0 {
		return plain(n)
	}
	return hashed(n)
}

// lacks judges the bitmap of a name that exists: NoProof when it has the type or
// CNAME (RFC 6840 §4.3), or is from the wrong side of a zone cut for what is
// asked (RFC 6840 §4.1, §4.4). top tells whether the name is the root.
func lacks(types doh.TypeBitmap, typ doh.Type, top bool) Proof {
	cut := types.Has(doh.TypeNS) && !types.Has(doh.TypeSOA)
	switch {
	case types.Has(typ) || types.Has(doh.TypeCNAME), typ == typeANY && holds(types),
		typ != doh.TypeDS && cut,
		typ == doh.TypeDS && types.Has(doh.TypeSOA) && !top:
		return NoProof
	case typ == doh.TypeDS && cut:
		return UnsignedDelegation
	}
	return TypeAbsent
}

// holds tells whether a bitmap names a type that an answer to ANY could have: all
// but what denies, and NXNAME (RFC 9824 §3.1).
func holds(types doh.TypeBitmap) bool {
	return slices.ContainsFunc(types.Types(), func(t doh.Type) bool {
		return t != doh.TypeRRSIG && t != doh.TypeNSEC && t != typeNXNAME
	})
}

// foreign tells whether a name's bitmap says that what lies below is another
// zone's, or renamed (RFC 6840 §4.1).
func foreign(types doh.TypeBitmap) bool {
	return types.Has(doh.TypeDNAME) || types.Has(doh.TypeNS) && !types.Has(doh.TypeSOA)
}

// proven gives NSECBadProof for NoProof.
func proven(p Proof) (Proof, Reason) {
	if p == NoProof {
		return NoProof, NSECBadProof
	}
	return p, NoReason
}
