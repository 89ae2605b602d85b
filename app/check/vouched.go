package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// validated tells whether an answer's signatures were looked at. Then only what
// they hold for says anything of a zone: a response has whatever the resolver puts
// into it. Else the resolver's word is all that there is.
func (a answer) validated() bool { return a.verdict.Source == dnssec.Validated }

// proves tells whether an answer was validated to a status, or better, or is taken
// by the resolver's word. What came for the chain of trust alone is neither.
func (a answer) proves(least dnssec.Status) bool {
	return a.validated() && a.status >= least || a.verdict.Source == dnssec.ResolverSays
}

// vouched gives a lookup of what a zone says of itself, none where nobody vouches
// for it.
func (j *judge) vouched(zone dnsname.Name, typ doh.Type) answer {
	if a := j.look(zone, typ); a.proves(dnssec.Secure) {
		return a
	}
	return answer{}
}

// decisive is the hop that a verdict hangs on: the first of its status, and the
// last, which has what was asked for, where all are secure.
func decisive(v dnssec.Verdict) dnssec.Hop {
	for i, h := range v.Hops {
		if h.Status == v.Status && (h.Status != dnssec.Secure || i == len(v.Hops)-1) {
			return h
		}
	}
	return dnssec.Hop{}
}

// zoneOf gives the zone that vouches for an answer, or where trust ends; by the
// resolver's word the one that it says signed it. Where none shows it is the name
// asked.
func zoneOf(a answer, name dnsname.Name) dnsname.Name {
	if a.validated() {
		if zone, err := dnsname.Parse(decisive(a.verdict).Zone); err == nil {
			return zone
		}
		return name
	}
	if a.msg != nil {
		for _, records := range [][]doh.Record{a.msg.Answer, a.msg.Authority} {
			for _, r := range records {
				if s, ok := r.RRSIG(); ok && !s.Signer.IsZero() {
					return s.Signer
				}
			}
		}
	}
	return name
}

// signatures are those over the records of a type that an answer leads through:
// the one of each hop that holds, and by the resolver's word all.
func signatures(a answer, typ doh.Type) []doh.RRSIG {
	var all []doh.RRSIG
	switch {
	case a.validated():
		for _, h := range a.verdict.Hops {
			if h.Type == typ && presents(h) && h.Signature != nil {
				all = append(all, recordOf(h.Signature, typ))
			}
		}
	case a.msg != nil:
		for _, r := range a.msg.Answer {
			if s, ok := r.RRSIG(); ok && s.Covered == typ {
				all = append(all, s)
			}
		}
	}
	return all
}

// presents tells whether a zone vouches for records at a hop, and not for their
// absence.
func presents(h dnssec.Hop) bool {
	return h.Status == dnssec.Secure && (h.Proof == dnssec.NoProof || h.Proof == dnssec.NoCloserName)
}

// recordOf gives a signature as the record that it was read from, but for what a
// hop doesn't note.
func recordOf(s *dnssec.Signature, covered doh.Type) doh.RRSIG {
	signer, _ := dnsname.Parse(s.Signer)
	return doh.RRSIG{Covered: covered, Algorithm: s.Algorithm, OriginalTTL: s.OriginalTTL, KeyTag: s.KeyTag,
		Signer: signer, Inception: s.Inception, Expiration: s.Expiration}
}

// signaturesBy are all those over the records of the type asked by a zone that
// vouches for them; by the resolver's word also beside those of others.
func signaturesBy(a answer, zone dnsname.Name, typ doh.Type) []doh.RRSIG {
	last := decisive(a.verdict)
	if a.msg == nil || a.validated() && (!presents(last) || last.Type != typ || last.Zone != zone.String()) {
		return nil
	}
	var all []doh.RRSIG
	for _, r := range a.msg.Answer {
		if s, ok := r.RRSIG(); ok && s.Covered == typ && s.Signer == zone && (!a.validated() || r.Owner == last.Name) {
			all = append(all, s)
		}
	}
	return all
}

// signedAtFirst tells whether the alias that an answer begins with is signed.
func signedAtFirst(a answer) bool {
	if hops := a.verdict.Hops; a.validated() {
		return len(hops) > 0 && hops[0].Status == dnssec.Secure
	}
	return len(signatures(a, doh.TypeCNAME)) > 0
}

// denial is how a zone hashes the names of a proof.
type denial struct {
	zone dnsname.Name
	doh.NSEC3PARAM
}

// denials are those with hashed names that an answer leads through. A zone that no
// DS record leads to is none: what it says of itself is inert.
func (j *judge) denials(a answer, zone dnsname.Name) []denial {
	var all []denial
	if a.validated() {
		for _, h := range a.verdict.Hops {
			if h.NSEC3 != nil && (h.Status == dnssec.Secure || h.Status == dnssec.Insecure && h.Proof == dnssec.OptedOut) {
				signer, _ := dnsname.Parse(h.Zone)
				all = append(all, denial{signer, *h.NSEC3})
			}
		}
		return all
	}
	if a.msg == nil || a.status == dnssec.Insecure && j.look(zone, doh.TypeDS).state != Found {
		return nil
	}
	for _, r := range a.msg.Authority {
		n, ok := r.NSEC3()
		if owner, err := dnsname.Parse(r.Owner); ok && err == nil && owner.Parent() == zone {
			all = append(all, denial{zone, n.NSEC3PARAM})
		}
	}
	return all
}

// hasSignatures tells whether an answer shows any signature at all.
func hasSignatures(a answer) bool {
	return a.msg != nil && slices.ContainsFunc(a.msg.Answer, func(r doh.Record) bool { return r.Type == doh.TypeRRSIG })
}
