package dnssec

import "github.com/sealane/sealane/app/doh"

// Types that stand for no record set of their own.
const (
	typeRRSIG  = doh.TypeRRSIG
	typeNXNAME = doh.Type(128)
	typeANY    = doh.Type(255)
)

// follow validates the answer to a question hop by hop, from the name asked
// along its aliases (RFC 1034 §3.6.2).
func (l *lookup) follow(n name, typ doh.Type) {
	l.ttl = 1<<31 - 1
	l.prefetch(n)
	r := l.ask(n, typ)
	seen := map[name]bool{}
	for from := n; ; {
		l.stale = r.fault == Stale
		if r.fault != NoReason && !l.stale { // what is stale may be insecure all the same
			l.hop(Hop{Name: n.String(), Type: typ, Status: r.fault.Status(), Reason: r.fault})
			l.rcode = rcodeOf(r)
			return
		}
		l.rcode, l.ttl = rcodeNoError, min(l.ttl, shortest(r.Answer))
		l.prefetchSigners(r.Answer)
		next, done := l.step(r.Answer, n, typ)
		switch {
		case done:
			return
		case next == "" && n != from && !l.speaksOf(r.Answer, n):
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

// hop notes a hop. Anything but a proven one says so of the whole.
func (l *lookup) hop(h Hop) {
	if l.stale && h.Reason == RRSIGExpired && h.Signature != nil { // the answer's own, not one of its zone's keys
		h.Status, h.Reason = Stale.Status(), Stale
	}
	l.hops = append(l.hops, h)
}

// step validates what a response has for one name: the records asked for, which
// ends the way, or an alias, whose target it gives.
func (l *lookup) step(a *doh.Answer, n name, typ doh.Type) (next name, done bool) {
	if (typ == typeANY || typ == typeRRSIG) && l.everything(a, n, typ) {
		return "", true
	}
	dname, below := dnameOf(a.Answer, n)
	cname, found := setAt(a.Answer, n, doh.TypeCNAME)
	if set, there := setAt(a.Answer, n, typ); there {
		l.records = set.Records
		l.found(a, set, n)
		return "", true
	}
	switch {
	case typ == typeRRSIG:
	case found && (len(cname.Signatures) > 0 || !below):
		l.present(a, cname, n)
		return targetOf(cname), false
	case below:
		if next = l.rename(a, dname, cname, n); next == "" {
			// Too long. Nobody says how to prove that: no more is claimed than is signed.
			l.rcode = rcodeYXDomain
			l.hop(Hop{Name: n.String(), Type: typ, Status: Insecure})
			return "", true
		}
		if typ == doh.TypeCNAME || typ == typeANY { // the CNAME may be left out (RFC 6672 §5.3.1)
			l.records = []doh.Record{{Owner: n.String(), Type: doh.TypeCNAME, TTL: dname.Records[0].TTL, RData: []byte(next)}}
			return "", true
		}
		return next, false
	}
	return "", false
}

// found validates a set that was asked for. Below a DNAME a CNAME without
// signature is made of that (RFC 6672 §5.3.1).
func (l *lookup) found(a *doh.Answer, set RRset, n name) {
	dname, below := dnameOf(a.Answer, n)
	if below && set.Type == doh.TypeCNAME && len(set.Signatures) == 0 {
		l.rename(a, dname, set, n)
	} else {
		l.present(a, set, n)
	}
}

// rename goes from a name below a DNAME to where it leads (RFC 6672 §2.2). The
// CNAME made of it has no signature of its own and must say the same, alone.
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
	case len(cname.Records) > 0 && (target == "" || targetOf(cname) != target || len(distinct(cname.Records)) > 1):
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
			l.found(a, set, n)
		}
	}
	return len(l.records) > 0
}
