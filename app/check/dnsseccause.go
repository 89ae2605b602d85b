package check

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// fault is why an answer failed validation, as the records show that the
// resolver gives with checking disabled.
type fault struct {
	reason dnssec.Reason
	zone   dnsname.Name // whose records are at fault
	typ    doh.Type     // of the set at fault
	sigs   []doh.RRSIG  // over that set
	signer string       // for RRSIGWrongSigner: the zone named instead
}

// maxZonesUp is how many zones upwards a fault is looked for.
const maxZonesUp = 4

// addBogus names the cause of a failed validation: what the records show, else
// what the resolver gave as its reason. It tells whether it named one.
func (j *judge) addBogus(k key, a, evidence answer, about dnsname.Name) bool {
	said := a.verdict.Reason
	f := fault{reason: said, zone: signerOf(evidence, k.name), typ: k.typ, sigs: signatures(evidence, k.typ)}
	if said != dnssec.RRSIGExpired && said != dnssec.RRSIGNotYetValid {
		seen, open := j.cause(k, 0)
		switch {
		case open:
			if k.typ != doh.TypeTLSA {
				j.hold(f.code(), j.aboutZone(f.zone, about))
			}
			return k.typ != doh.TypeTLSA
		case seen.reason != dnssec.NoReason:
			f = seen
		case said == dnssec.NoReason:
			f.reason = f.outOfTime(j.now)
		}
	}
	subject := j.aboutZone(f.zone, about)
	switch {
	case k.typ == doh.TypeTLSA && f.reason != dnssec.NSECBadProof:
		// A TLSA lookup that fails alone has a finding of its own.
		return false
	case !j.hasFor(f.code(), subject):
		args := []string{"name", f.zone.String(), "type", f.typ.String(), "date", f.date()}
		if f.signer != "" {
			args = append(args, "value", f.signer)
		}
		j.add(f.code(), subject, args...)
	}
	return true
}

func (f fault) code() Code {
	if f.reason == dnssec.NoReason {
		return "dnssec.bogus"
	}
	return Code("dnssec." + f.reason)
}

// last is the signature that ends last.
func (f fault) last() (doh.RRSIG, bool) {
	if len(f.sigs) == 0 {
		return doh.RRSIG{}, false
	}
	return slices.MaxFunc(f.sigs, func(a, b doh.RRSIG) int { return a.Expiration.Compare(b.Expiration) }), true
}

// outOfTime says what the dates alone of the signatures explain.
func (f fault) outOfTime(now time.Time) dnssec.Reason {
	switch s, ok := f.last(); {
	case ok && s.Expiration.Before(now):
		return dnssec.RRSIGExpired
	case ok && s.Inception.After(now):
		return dnssec.RRSIGNotYetValid
	}
	return dnssec.NoReason
}

// date is the moment that the fault is about.
func (f fault) date() string {
	switch s, ok := f.last(); {
	case ok && f.reason == dnssec.RRSIGExpired:
		return day(s.Expiration)
	case ok && f.reason == dnssec.RRSIGNotYetValid:
		return day(s.Inception)
	}
	return unknownArg
}

// cause looks in the records for why a lookup failed validation, from the
// delegation to the records asked for (RFC 4035 §5). open means that a lookup
// isn't back that it takes; no reason, that the records don't tell.
func (j *judge) cause(k key, depth int) (f fault, open bool) {
	cd, back := j.lookups[key{k.name, k.typ, true}]
	if !back || cd.msg == nil {
		return fault{}, !back && !j.facts.Done
	}
	if j.open(j.facts.Domain, doh.TypeSOA) ||
		slices.ContainsFunc(signers(cd), func(z dnsname.Name) bool { return j.open(z, doh.TypeDS, doh.TypeDNSKEY) }) {
		return fault{}, true
	}
	within := k.name
	if k.typ == doh.TypeDS {
		within = within.Parent() // a DS is the parent's
	}
	zone, wrong := j.signingZone(cd, within)
	switch {
	case wrong != "":
		return fault{dnssec.RRSIGWrongSigner, zone, k.typ, nil, wrong}, false
	case zone.IsZero():
		return fault{}, false
	case j.open(zone, doh.TypeDS, doh.TypeDNSKEY):
		return fault{}, true
	}
	ds, keys := j.look(zone, doh.TypeDS), j.withData(zone, doh.TypeDNSKEY)
	switch {
	case ds.status == dnssec.Bogus && depth < maxZonesUp:
		return j.cause(key{name: zone, typ: doh.TypeDS}, depth+1)
	case ds.state != Found || keys.msg == nil:
		return fault{}, false
	}
	return j.causeIn(zone, ds, keys, cd, k), false
}

// signingZone gives the zone that is to have signed an answer. Where the records
// show that no signature names it, wrong is the name that stands there instead.
func (j *judge) signingZone(cd answer, name dnsname.Name) (zone dnsname.Name, wrong string) {
	all, apex := signers(cd), j.apex(name)
	for _, z := range all {
		if name.Within(z) && (apex.IsZero() || z.Within(apex)) && j.mayBeZone(z) {
			return z, ""
		}
	}
	if apex.IsZero() {
		apex = apexOf(cd, name)
	}
	switch {
	case len(all) == 0:
		return apex, ""
	case apex.IsZero():
		apex = name
	}
	return apex, all[0].String()
}

// mayBeZone tells whether nothing speaks against a name's being a zone's apex.
func (j *judge) mayBeZone(z dnsname.Name) bool {
	keys, ds := j.withData(z, doh.TypeDNSKEY), j.look(z, doh.TypeDS)
	none := func(a answer) bool { return a.state == NoData || a.state == NXDomain }
	return z == j.apex(z) || !none(keys) || !none(ds)
}

// causeIn holds a zone's keys to its DS records, and an answer to those keys.
func (j *judge) causeIn(zone dnsname.Name, ds, keys, cd answer, k key) fault {
	var set dnssec.RRset
	for _, s := range dnssec.RRsets(keys.msg.Answer) {
		if s.Type == doh.TypeDNSKEY && s.Owner == zone.String() {
			set = s
		}
	}
	_, trusted, why := dnssec.Delegate(zone, ds.records, set, j.now, j.work)
	if why.Status() == dnssec.Bogus {
		return fault{reason: why, zone: zone, typ: doh.TypeDNSKEY, sigs: readAll(set.Signatures)}
	}
	if why != dnssec.NoReason || k.typ == doh.TypeDNSKEY && k.name == zone {
		return fault{}
	}
	v := &verifying{zone: zone, keys: trusted, now: j.now, work: j.work}
	reason, at := v.answer(cd, k)
	if reason.Status() != dnssec.Bogus {
		return fault{}
	}
	return fault{reason: reason, zone: zone, typ: at.Type, sigs: readAll(at.Signatures)}
}

func readAll(records []doh.Record) []doh.RRSIG {
	var all []doh.RRSIG
	for _, r := range records {
		if s, ok := r.RRSIG(); ok {
			all = append(all, s)
		}
	}
	return all
}

// verifying holds one answer to the keys of the zone that signs it.
type verifying struct {
	zone dnsname.Name
	keys []doh.DNSKEY
	now  time.Time
	work *dnssec.Budget
}

// answer gives the first reason why an answer isn't proven, and the set it is
// about; none when all is well, or can't be told.
func (v *verifying) answer(a answer, k key) (dnssec.Reason, dnssec.RRset) {
	wildcard := ""
	hasDNAME := slices.ContainsFunc(a.msg.Answer, func(r doh.Record) bool { return r.Type == doh.TypeDNAME })
	for _, s := range dnssec.RRsets(a.msg.Answer) {
		switch {
		case !v.concerns(s), s.Type == doh.TypeCNAME && len(s.Signatures) == 0 && hasDNAME:
			continue // another zone's, or made up from a DNAME (RFC 6672 §5.3.1)
		case len(s.Signatures) == 0 && s.Owner != k.name.String():
			continue
		}
		signed, why := s.Verify(v.zone, v.keys, v.now, v.work)
		if why != dnssec.NoReason {
			return why, s
		}
		if s.Owner == k.name.String() {
			wildcard = signed.Wildcard
		}
	}
	asked := dnssec.RRset{Owner: k.name.String(), Type: k.typ}
	switch {
	case len(a.records) == 0 && !a.loop && a.end.Within(v.zone):
		return v.denial(a, asked, func(d *dnssec.Denial) (dnssec.Proof, dnssec.Reason) {
			if a.rcode == doh.RcodeNXDomain {
				return d.NoName(a.end)
			}
			return d.NoData(a.end, k.typ)
		})
	case wildcard != "":
		return v.denial(a, asked, func(d *dnssec.Denial) (dnssec.Proof, dnssec.Reason) {
			return d.NoCloser(k.name, wildcard)
		})
	}
	return dnssec.NoReason, asked
}

// concerns tells whether a set is the zone's: its owner lies there, and no zone
// below signs it.
func (v *verifying) concerns(s dnssec.RRset) bool {
	owner, err := dnsname.Parse(s.Owner)
	if err != nil || !owner.Within(v.zone) {
		return false
	}
	return !slices.ContainsFunc(readAll(s.Signatures), func(sig doh.RRSIG) bool {
		return sig.Signer != v.zone && sig.Signer.Within(v.zone) && owner.Within(sig.Signer)
	})
}

// denial looks for a proof among the authority section's records.
func (v *verifying) denial(a answer, asked dnssec.RRset,
	prove func(*dnssec.Denial) (dnssec.Proof, dnssec.Reason)) (dnssec.Reason, dnssec.RRset) {
	var good []dnssec.Signed
	for _, s := range dnssec.RRsets(a.msg.Authority) {
		if s.Type != doh.TypeNSEC && s.Type != doh.TypeNSEC3 {
			continue
		}
		signed, why := s.Verify(v.zone, v.keys, v.now, v.work)
		if why != dnssec.NoReason {
			return why, s
		}
		good = append(good, signed)
	}
	_, why := prove(dnssec.NewDenial(v.zone, good, v.work))
	return why, asked
}
