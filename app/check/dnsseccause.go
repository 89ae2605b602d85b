package check

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// fault is why an answer failed validation.
type fault struct {
	reason dnssec.Reason
	zone   string   // whose records are at fault
	typ    doh.Type // of the set at fault
	sig    *dnssec.Signature
}

// addBogus names the cause of a failed validation: what the validator found, else
// what the resolver gave as its reason. It tells whether it named one.
func (j *judge) addBogus(k key, a, evidence answer, about dnsname.Name) bool {
	f := j.faultOf(k, a, evidence)
	if k.typ == doh.TypeTLSA && f.typ == doh.TypeTLSA && f.reason != dnssec.NSECBadProof {
		// A TLSA lookup that fails alone has a finding of its own.
		return false
	}
	zone, _ := dnsname.Parse(f.zone)
	if subject := j.aboutZone(zone, about); !j.hasFor(f.code(), subject) {
		args := []string{"name", f.zone, "type", f.typ.String(), "date", f.date()}
		if f.reason == dnssec.RRSIGWrongSigner && f.sig != nil {
			args = append(args, "value", f.sig.Signer)
		}
		j.add(f.code(), subject, args...)
	}
	return true
}

// faultOf reads the first hop of a verdict that is bogus, and the link of trust
// below it where that is what is broken.
func (j *judge) faultOf(k key, a, evidence answer) fault {
	at := slices.IndexFunc(a.verdict.Hops, func(h dnssec.Hop) bool { return h.Status == dnssec.Bogus })
	if at < 0 {
		f := fault{reason: a.verdict.Reason, zone: zoneOf(evidence, k.name).String(), typ: k.typ}
		if s, ok := lastOf(signatures(evidence, k.typ)); ok {
			f.sig = &dnssec.Signature{Inception: s.Inception, Expiration: s.Expiration, Signer: s.Signer.String()}
			if f.reason == dnssec.NoReason {
				f.reason = f.outOfTime(j.now)
			}
		}
		return f
	}
	h := a.verdict.Hops[at]
	link := j.link(h.Zone)
	switch {
	case link == nil || link.Status != dnssec.Bogus:
		return fault{h.Reason, h.Zone, h.Type, h.Signature}
	case len(link.Keys) == 0 && link.Reason != dnssec.DNSKEYMissing && link.Parent != "":
		return fault{link.Reason, link.Parent, doh.TypeDS, link.DSSignature}
	}
	return fault{link.Reason, link.Name, doh.TypeDNSKEY, link.KeySignature}
}

func (f fault) code() Code {
	if f.reason == dnssec.NoReason {
		return "dnssec.bogus"
	}
	return Code("dnssec." + f.reason)
}

// lastOf is the signature that ends last.
func lastOf(sigs []doh.RRSIG) (doh.RRSIG, bool) {
	if len(sigs) == 0 {
		return doh.RRSIG{}, false
	}
	return slices.MaxFunc(sigs, func(a, b doh.RRSIG) int { return a.Expiration.Compare(b.Expiration) }), true
}

// outOfTime says what the dates alone of the signature explain.
func (f fault) outOfTime(now time.Time) dnssec.Reason {
	switch {
	case f.sig.Expiration.Before(now):
		return dnssec.RRSIGExpired
	case f.sig.Inception.After(now):
		return dnssec.RRSIGNotYetValid
	}
	return dnssec.NoReason
}

// date is the moment that the fault is about.
func (f fault) date() string {
	switch {
	case f.sig != nil && f.reason == dnssec.RRSIGExpired:
		return day(f.sig.Expiration)
	case f.sig != nil && f.reason == dnssec.RRSIGNotYetValid:
		return day(f.sig.Inception)
	}
	return unknownArg
}
