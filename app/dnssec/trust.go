package dnssec

import (
	"time"

	"github.com/sealane/sealane/app/doh"
)

// cut is a zone on the way down from a trust anchor, with the keys that vouch
// for its data when it is Secure.
type cut struct {
	Zone
	name  name
	keys  []doh.DNSKEY
	above *cut
	// last tells that no zone lies between this one and the name asked about.
	last bool
	gone bool // an anchor's zone that is denied to exist
	ttl  uint32
}

// maxLabels bounds how deep below the trust anchor delegations are followed.
const maxLabels = 40

// zoneOf follows the chain of trust down to the zone that a name belongs to, or
// to where trust ends on the way.
func (l *lookup) zoneOf(n name) *cut {
	top, ok := l.anchorOf(n)
	if !ok {
		return &cut{Zone: Zone{Status: Insecure, Reason: NoAnchor}}
	}
	at := l.stand(top)
	for depth := at.name.depth() + 1; depth <= n.depth() && at.Status == Secure; depth++ {
		if depth > at.name.depth()+maxLabels {
			return &cut{Zone: Zone{Reason: OverBudget}}
		}
		next := l.below(at, n.last(depth))
		if next.last {
			break
		}
		if next.name != "" {
			at = l.stand(next)
		}
	}
	return at
}

// stand remembers a link that the lookup stands on.
func (l *lookup) stand(z *cut) *cut {
	if z.name != "" {
		l.zones[z.name] = z
	}
	return z
}

// top gives the zone of a trust anchor. Without its keys nothing can be
// validated; a resolver that has given no signature for anything is at fault
// then, and not the zone.
func (l *lookup) top(n name) *cut {
	return l.cut("", n, func() *cut {
		z := &cut{name: n, ttl: forever, Zone: Zone{Name: n.String()}}
		r := l.ask(n, doh.TypeDNSKEY)
		var keys RRset
		found := false
		if r.Answer != nil {
			keys, found = setAt(r.Answer.Answer, n, doh.TypeDNSKEY)
		}
		switch {
		case r.fault == CouldNotTell && l.Cache.signed.Load(), r.fault == NoReason && !found:
			z.gone = r.fault == NoReason
			return z.end(DNSKEYMissing)
		case r.fault != NoReason, len(keys.Signatures) == 0 && !l.Cache.signed.Load():
			return z.end(ResolverUnfit)
		}
		for _, a := range l.Anchors {
			if record, ok := a.record(); ok && nameFrom(a.Zone) == n {
				z.show(record)
			}
		}
		b := l.whole.part()
		entry, why := entryOf(n, l.Anchors, keys.Records, b)
		return z.unlock(keys, entry, why, l.now, b)
	})
}

const forever = 1<<31 - 1 // seconds; more is no TTL (RFC 2181 §8)

// show adds a DS record to what the link shows.
func (z *cut) show(r doh.Record) {
	if ds, ok := r.DS(); ok {
		z.DS = append(z.DS, DS{ds.KeyTag, ds.Algorithm, ds.DigestType})
	}
}

// end is where trust ends.
func (z *cut) end(why Reason) *cut {
	z.Status, z.Reason = why.Status(), why
	return z
}

// unlock takes a zone's keys when one of those that the delegation names signs
// them (RFC 4035 §5.2), or one of each list.
func (z *cut) unlock(keys RRset, entries [][]doh.DNSKEY, why Reason, now time.Time, b *Budget) *cut {
	named := map[string]bool{}
	for _, entry := range entries {
		for _, k := range entry {
			named[string(keyData(k))] = true
		}
	}
	for _, k := range Keys(keys.Records) {
		z.Keys = append(z.Keys, Key{k.KeyTag, k.Algorithm, k.Flags, RSABits(k.Algorithm, k.Public), named[string(keyData(k))]})
		z.keys = append(z.keys, k) // also those that may sign nothing: a signature by one has a reason
	}
	if why != NoReason {
		return z.end(why)
	}
	for _, entry := range entries {
		signed, why := keys.verifyBy(z.name, entry, now, b)
		if signed.KeyTag != 0 || why == NoReason {
			z.KeySignature = &signed.Signature
		}
		if why != NoReason {
			return z.end(why)
		}
		z.ttl = min(z.ttl, signed.TTL)
	}
	z.Status = Secure
	return z
}

// cut gives the link from the zone above, "" for none, made once for all lookups.
func (l *lookup) cut(above string, n name, produce func() *cut) *cut {
	l.Cache.mu.Lock()
	if l.Cache.cuts == nil {
		l.Cache.cuts = map[name]*entry[*cut]{}
	}
	l.Cache.mu.Unlock()
	z, ok := keep(l.ctx, l.Cache, l.Cache.cuts, n, l.now, func() (*cut, time.Duration) {
		z := produce()
		ttl := z.ttl
		switch {
		case z.Reason == OverBudget && (l.whole.spent() || l.asked > maxQuestions):
			return z, gaveUp
		case z.Status < Insecure: // what doesn't hold has no TTL, and may soon be mended (RFC 4035 §4.7)
			ttl = 0
		}
		return z, time.Duration(ttl) * time.Second
	})
	if !ok { // the caller gave up: whether the name is a zone isn't known
		return (&cut{name: n, Zone: Zone{Name: n.String(), Parent: above}}).end(ResolverUnfit)
	}
	return z
}

// below tells what a secure zone says of the name, a label longer than what has
// been followed so far: a link to a zone of its own, which may be where trust
// ends, a link without name when it is no zone, or one that is the last.
func (l *lookup) below(above *cut, n name) *cut {
	return l.cut(above.Name, n, func() *cut { return l.delegation(above, n) })
}

func (l *lookup) delegation(above *cut, n name) *cut {
	z := &cut{name: n, above: above, ttl: forever, Zone: Zone{Name: n.String(), Parent: above.Name}}
	r := l.ask(n, doh.TypeDS)
	if r.fault != NoReason {
		return z.end(r.fault)
	}
	b := l.whole.part()
	set, found := setAt(r.Answer.Answer, n, doh.TypeDS)
	if !found {
		return l.noDelegation(z, r, b)
	}
	var signed Signed
	why := l.charged(above.name, func() (why Reason) {
		signed, why = set.verifyBy(above.name, above.keys, l.now, b)
		return why
	})
	if signed.KeyTag != 0 || why == NoReason {
		z.DSSignature = &signed.Signature
	}
	if why == NoReason && signed.Wildcard != "" {
		why = RRSIGInvalid // a wildcard delegates nothing (RFC 4592 §4.3)
	}
	for _, record := range set.Records {
		z.show(record)
	}
	if why != NoReason {
		return z.end(why)
	}
	z.ttl = signed.TTL
	return l.enter(z, set.Records, b)
}

// enter takes the keys of a zone that is delegated to by DS records.
func (l *lookup) enter(z *cut, ds []doh.Record, b *Budget) *cut {
	if _, why := usableDS(ds); why != NoReason {
		return z.end(why) // insecure, whatever its keys
	}
	r := l.ask(z.name, doh.TypeDNSKEY)
	if r.fault == CouldNotTell {
		r.fault = DNSKEYMissing // which the DS says should be there (RFC 4035 §4.3)
	}
	if r.fault != NoReason {
		return z.end(r.fault)
	}
	keys, found := setAt(r.Answer.Answer, z.name, doh.TypeDNSKEY)
	if !found {
		return z.end(DNSKEYMissing)
	}
	entry, why := entryBy(z.name, ds, keys.Records, b)
	if l.charged(z.name, func() Reason { return z.unlock(keys, [][]doh.DNSKEY{entry}, why, l.now, b).Reason }) == OverBudget {
		z.end(OverBudget)
	}
	return z
}

// noDelegation reads why a name has no DS records: it is no zone of its own, or
// an insecure one (RFC 4035 §5.2, RFC 5155 §8.9).
func (l *lookup) noDelegation(z *cut, r response, b *Budget) *cut {
	above := z.above
	z.ttl = shortest(r.Answer)
	if alias, found := aliasOf(r.Answer.Answer, z.name); found {
		why := l.charged(above.name, func() (why Reason) {
			_, why = alias.verifyBy(above.name, above.keys, l.now, b)
			return why
		})
		if why == NoReason {
			// Beside a CNAME there is no delegation, and below a DNAME nothing.
			return &cut{last: alias.Type == doh.TypeDNAME, ttl: z.ttl}
		}
		return z.end(why)
	}
	var denial *denials
	var sig Signature
	why := l.charged(above.name, func() (why Reason) {
		denial, sig, why = deny(r.Answer.Authority, above.name, above.keys, l.now, b)
		return why
	})
	z.ProofBy = denial.by()
	if sig.Signer != "" {
		z.DSSignature = &sig
		z.ttl = min(z.ttl, sig.left(l.now))
	}
	if why != NoReason {
		return z.end(why)
	}
	if p, _ := denial.noNameFor(z.name); p == NameAbsent {
		return &cut{last: true, ttl: z.ttl}
	}
	p, why := denial.noDataFor(z.name, doh.TypeDS)
	switch p {
	case UnsignedDelegation, OptedOut:
		z.Proof = p
		z.Status = Insecure
		return z
	case NoProof:
		return z.end(why)
	}
	return &cut{ttl: z.ttl}
}
