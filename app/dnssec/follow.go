package dnssec

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/doh"
)

// Types that stand for no record set of their own.
const (
	typeRRSIG = doh.TypeRRSIG
	typeANY   = doh.Type(255)
)

// follow validates the answer to a question hop by hop, from the name asked
// along its aliases (RFC 1034 §3.6.2).
func (l *lookup) follow(n name, typ doh.Type) {
	l.ttl = 1<<31 - 1
	l.prefetch(n)
	r := l.ask(n, typ)
	seen := map[name]bool{}
	for from := n; ; {
		if r.fault != NoReason {
			l.hop(Hop{Name: n.String(), Type: typ, Status: r.fault.Status(), Reason: r.fault})
			l.rcode = rcodeOf(r)
			return
		}
		l.rcode = rcodeNoError
		l.prefetchSigners(r.Answer)
		next, done := l.step(r.Answer, n, typ)
		switch {
		case done:
			return
		case next == "" && n != from && !speaksOf(r.Answer, n):
			// The resolver leaves the rest of the chain to us.
			from = n
			l.prefetch(n)
			r = l.ask(n, typ)
			continue
		case next == "":
			l.absent(r.Answer, n, typ)
			return
		}
		if seen[n] = true; seen[next] { // a loop: all that there is has been said
			return
		}
		if n = next; len(l.hops) >= maxHops {
			l.hop(Hop{Name: n.String(), Type: typ, Reason: OverBudget})
			return
		}
	}
}

func rcodeOf(r response) int {
	if r.Answer == nil {
		return rcodeServFail
	}
	return r.Rcode
}

// prefetch asks for the delegations and keys on the way to a name, but for
// those of labels that begin with an underscore: they are seldom zones.
func (l *lookup) prefetch(n name) {
	top, ok := l.anchored(n)
	for ok && strings.HasPrefix(string(n[1:]), "_") && len(n) > 1 && n != top {
		n = n.parent()
	}
	l.prefetchZone(n)
}

// prefetchZone asks for the delegations and keys on the way to what may be a
// zone.
func (l *lookup) prefetchZone(n name) {
	top, ok := l.anchored(n)
	if !ok {
		return
	}
	l.early(top, doh.TypeDNSKEY)
	for depth := top.depth() + 1; depth <= min(n.depth(), top.depth()+maxEager); depth++ {
		l.early(n.last(depth), doh.TypeDS, doh.TypeDNSKEY)
	}
}

// prefetchSigners does so for the zones that a response's signatures name.
func (l *lookup) prefetchSigners(a *doh.Answer) {
	var seen []name
	for _, section := range [][]doh.Record{a.Answer, a.Authority} {
		for _, r := range section {
			sig, ok := readSignature(r)
			if ok && !slices.Contains(seen, sig.signer) && len(seen) < 2*maxSigners {
				seen = append(seen, sig.signer)
				l.prefetchZone(sig.signer)
			}
		}
	}
}

// hop notes a hop. Anything but a proven one says so of the whole.
func (l *lookup) hop(h Hop) { l.hops = append(l.hops, h) }

// step validates what a response has for one name: the records asked for, which
// ends the way, or an alias, whose target it gives.
func (l *lookup) step(a *doh.Answer, n name, typ doh.Type) (next name, done bool) {
	if typ == typeANY || typ == typeRRSIG {
		return "", l.everything(a, n, typ)
	}
	dname, below := dnameOf(a.Answer, n)
	cname, found := setAt(a.Answer, n, doh.TypeCNAME)
	if set, there := setAt(a.Answer, n, typ); there {
		l.records = set.Records
		if typ == doh.TypeCNAME && below && len(set.Signatures) == 0 {
			l.rename(a, dname, cname, n)
		} else {
			l.present(a, set, n)
		}
		return "", true
	}
	switch {
	case typ == doh.TypeCNAME:
	case found && (len(cname.Signatures) > 0 || !below):
		l.present(a, cname, n)
		return targetOf(cname), false
	case below:
		if next = l.rename(a, dname, cname, n); next == "" {
			// Too long. Nobody says how to prove that: no more is claimed than is signed.
			l.rcode = rcodeYXDomain
			l.hop(Hop{Name: n.String(), Type: typ, Status: Insecure})
		}
		return next, next == ""
	}
	return "", false
}

// rename goes from a name below a DNAME to where it leads (RFC 6672 §2.2). The
// CNAME made of it has no signature of its own and must say the same.
func (l *lookup) rename(a *doh.Answer, dname, cname RRset, n name) name {
	owner, to := nameOf(dname.Owner), targetOf(dname)
	target := name("")
	if prefix := n[:len(n)-len(owner)]; to != "" && len(prefix)+len(to) <= 255 {
		target = prefix + to
	}
	l.present(a, dname, n)
	h := &l.hops[len(l.hops)-1]
	switch {
	case h.Status != Secure:
	case h.Wildcard != "": // which nobody defines (RFC 4592 §4.4)
		h.Status, h.Reason = Bogus, NSECBadProof
	case len(cname.Records) > 0 && targetOf(cname) != target:
		h.Status, h.Reason = Bogus, RRSIGInvalid
	}
	return target
}

// everything validates each set at a name, for a question of type ANY. Records
// that can have no signature are insecure (RFC 4035 §2.2).
func (l *lookup) everything(a *doh.Answer, n name, typ doh.Type) bool {
	for _, r := range a.Answer {
		if ownerOf(r) != n {
			continue
		}
		if typ == typeRRSIG {
			l.records = append(l.records, r)
		}
	}
	if typ == typeRRSIG {
		if len(l.records) > 0 {
			l.hop(Hop{Name: n.String(), Type: typ, Status: Insecure})
		}
		return len(l.records) > 0
	}
	for _, set := range RRsets(a.Answer) {
		if nameOf(set.Owner) == n {
			l.records = append(l.records, set.Records...)
			l.present(a, set, n)
		}
	}
	return len(l.records) > 0
}

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
		signed, why := set.verifyBy(signer, z.keys, l.now, l.budget)
		if signed.Signer != "" {
			h.Signature = &signed.Signature
		}
		if why == NoReason && signed.Wildcard != "" {
			h.Wildcard = signed.Wildcard
			h.Proof, why = l.noCloser(a, z, owner, signed.Wildcard)
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

// noCloser looks for the proof that goes with records expanded from a wildcard.
func (l *lookup) noCloser(a *doh.Answer, z *cut, n name, wildcard string) (Proof, Reason) {
	d, _, why := deny(a.Authority, z.name, z.keys, l.now, l.budget)
	if why != NoReason {
		return NoProof, why
	}
	return d.noCloserFor(n, nameOf(wildcard).parent())
}

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
	var denials []doh.Record
	for _, r := range a.Authority {
		if sig, ok := readSignature(r); ok && (sig.covered == doh.TypeNSEC || sig.covered == doh.TypeNSEC3 || sig.covered == doh.TypeSOA) {
			denials = append(denials, r)
		}
	}
	held := false
	for _, signer := range l.signersOf(denials, within) {
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
		d, sig, why := deny(a.Authority, signer, z.keys, l.now, l.budget)
		if sig.Signer != "" {
			h.Signature = &sig
		}
		if why == NoReason {
			var soa *Signature
			if soa, why = l.soaOf(a, z); why != NoReason {
				h.Signature = soa
			}
		}
		if why == NoReason {
			h.Proof, why = l.denied(d, n, typ, a.Rcode)
		}
		if h.Reason = why; why == NoReason || why.Status() == Insecure {
			l.ttl = min(l.ttl, z.ttl, shortest(a))
			h.Status = why.Status()
			if why == NoReason {
				h.Status = h.Proof.Status()
			}
			if h.Proof == UnsignedDelegation && typ != doh.TypeDS {
				h.Status = Insecure // the answer is of the zone above, not of the name's own
			}
			l.hop(h)
			return
		}
	}
	l.unless(&h, within, held)
	l.hop(h)
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
func (l *lookup) denied(d *Denial, n name, typ doh.Type, rcode int) (Proof, Reason) {
	byName, noName := d.noNameFor(n)
	byType, noData := d.noDataFor(n, typ)
	if typ == typeANY && byType != EmptyNonTerminal && noData == NoReason {
		byType, noData = NoProof, NSECBadProof // what a bitmap names is there
	}
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
func deny(section []doh.Record, zone name, keys []doh.DNSKEY, now time.Time, b *Budget) (*Denial, Signature, Reason) {
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

// speaksOf tells whether a response's authority section denies something of a
// name: an SOA or a proof of a zone that it lies in.
func speaksOf(a *doh.Answer, n name) bool {
	return slices.ContainsFunc(a.Authority, func(r doh.Record) bool {
		switch r.Type {
		case doh.TypeSOA, doh.TypeNSEC:
			return n.within(ownerOf(r)) || r.Type == doh.TypeNSEC
		case doh.TypeNSEC3:
			return n.within(ownerOf(r).parent())
		}
		return false
	})
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
			all = append(all, sig.signer)
		}
	}
	slices.SortFunc(all, func(a, b name) int { return b.depth() - a.depth() })
	return all[:min(len(all), maxSigners)]
}

// setAt gives the set of a name and type in a section.
func setAt(section []doh.Record, n name, typ doh.Type) (RRset, bool) {
	for _, s := range RRsets(section) {
		if s.Type == typ && nameOf(s.Owner) == n {
			return s, true
		}
	}
	return RRset{}, false
}

// dnameOf gives the DNAME that a name lies below.
func dnameOf(section []doh.Record, n name) (RRset, bool) {
	for _, s := range RRsets(section) {
		if owner := nameOf(s.Owner); s.Type == doh.TypeDNAME && owner != n && n.within(owner) {
			return s, true
		}
	}
	return RRset{}, false
}

// aliasOf gives the signed CNAME of a name, or the DNAME that it lies below.
func aliasOf(section []doh.Record, n name) (RRset, bool) {
	if s, found := setAt(section, n, doh.TypeCNAME); found && len(s.Signatures) > 0 {
		return s, true
	}
	return dnameOf(section, n)
}

// targetOf gives where a CNAME or DNAME leads, "" for what is no name.
func targetOf(s RRset) name {
	if len(s.Records) == 0 {
		return ""
	}
	n, rest, ok := nameAt(s.Records[0].RData)
	if !ok || len(rest) > 0 {
		return ""
	}
	return n
}
