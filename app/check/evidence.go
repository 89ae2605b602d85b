package check

import (
	"net/netip"
	"slices"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

type dnsType = doh.Type

type key struct {
	name dnsname.Name
	typ  dnsType
	cd   bool
}

// answer is one lookup, read. The zero answer is pending: not asked or not
// back.
type answer struct {
	state LookupState
	// status is the verdict's, or Indeterminate while it isn't known whether
	// the resolver validates at all.
	status  dnssec.Status
	verdict dnssec.Verdict
	rcode   int
	// records are those of the type asked, at the end of the CNAME chain.
	records []doh.Record
	end     dnsname.Name // of the CNAME chain; the name asked without one
	hops    int
	loop    bool
	msg     *doh.Answer // nil when no response could be read
	failure *probe.Failure
}

// host is one mail host of the domain, as far as it is known.
type host struct {
	name       dnsname.Name // zero when the MX target is no host name
	raw        string       // the MX target as published
	preference uint16
	implicit   bool
	a, aaaa    answer
	ips        []netip.Addr
	// tlsa is the lookup that counts: at the expanded name when that is secure
	// and has records, else at the name (RFC 7672 §2.2.3).
	tlsa     answer
	tlsaBase dnsname.Name // TLSA base domain of tlsa
	// addresses tells how far A and AAAA together are authentic.
	addresses dnssec.Status
	probed    *Probed // nil: not back, or never asked
	deeper    *Probed // the asides, likewise
	view      *HostView
	// What readHosts adds: every address as probed, the records of tlsa, and the
	// same host in an earlier check (nil without one).
	endpoints []*endpoint
	records   []dane.TLSA
	before    *host
}

// evidence is the facts, read once for all rules.
type evidence struct {
	facts   Facts
	lookups map[key]answer
	// validates: OK the resolver validates, Error it doesn't, Unknown not known yet.
	validates Level
	// blind: the resolver answers nothing, so that no failure means anything.
	blind bool
	// selfOpen: it isn't known yet whether the resolver works. Until then what
	// it fails or denies says nothing.
	selfOpen bool
	mx       answer
	mxs      []doh.MX
	hosts    []*host // by preference, then as answered; a host listed twice stands once
}

func newEvidence(f Facts) evidence {
	e := evidence{facts: f, lookups: make(map[key]answer, len(f.Lookups))}
	for i := range f.Lookups {
		l := &f.Lookups[i]
		e.lookups[key{l.Name, l.Type, l.CD}] = readLookup(l)
	}
	e.readResolver()
	for k, a := range e.lookups {
		e.lookups[k] = e.settle(k, a)
	}
	e.mx = e.look(f.Domain, doh.TypeMX)
	return e
}

// look gives the lookup of a name and type, without CD.
func (e *evidence) look(name dnsname.Name, typ dnsType) answer {
	return e.lookups[key{name, typ, false}]
}

// readLookup reads one exchange for itself.
func readLookup(l *Lookup) answer {
	a := answer{end: l.Name, verdict: l.Verdict, failure: l.Failure, state: Blind}
	if l.Failure != nil {
		if !l.Failure.Class.Own() {
			a.state = Failed
		}
		return a
	}
	msg := l.parsed
	if msg == nil {
		msg, _ = doh.Parse(l.Wire)
	}
	if msg == nil {
		a.failure = &probe.Failure{Class: probe.BadResponse}
		return a
	}
	if name, typ := msg.Question(); name != l.Name || typ != l.Type {
		a.failure = &probe.Failure{Class: probe.BadResponse}
		return a
	}
	a.msg, a.rcode, a.status = msg, msg.Rcode, l.Verdict.Status
	end, hops, ok := msg.Chain(l.Name)
	a.end, a.hops, a.loop = end, hops, !ok
	switch msg.Rcode {
	case doh.RcodeNoError:
		a.records = msg.RecordsOf(l.Name, l.Type)
		a.state = NoData
		if len(a.records) > 0 {
			a.state = Found
		}
	case doh.RcodeNXDomain:
		a.state = NXDomain
	case doh.RcodeServFail:
		a.state = Failed
	}
	if filtered(msg.EDE) {
		a.state, a.records, a.status = Blind, nil, dnssec.Indeterminate
	}
	return a
}

// filtered tells whether the resolver says that it withholds the answer, or gives
// another in its place (RFC 8914 §4.5, §4.16 to §4.19): then nothing is known of
// the domain.
func filtered(ede []doh.EDE) bool {
	for _, e := range ede {
		if e.Code == 4 || e.Code >= 15 && e.Code <= 18 {
			return true
		}
	}
	return false
}

// readResolver finds out from the trust anchor's own zone whether the resolver
// works, and whether it validates.
func (e *evidence) readResolver() {
	answered := false
	for _, a := range e.lookups {
		answered = answered || a.msg != nil
	}
	self, asked := e.lookups[key{e.facts.Trusted, doh.TypeSOA, false}]
	if e.facts.Trusted.IsZero() {
		asked = false
	}
	e.selfOpen = !asked && !e.facts.Trusted.IsZero() && !e.facts.Done
	switch {
	case !asked:
	case self.state == Found && self.verdict.Status == dnssec.Secure:
		e.validates = OK
	case self.state == Found:
		e.validates = Error
	case self.state == Failed || self.state == NXDomain || self.state == NoData:
		// It can't even resolve the zone it trusts, or denies that it exists.
		e.blind = true
	}
	e.blind = e.blind || !answered
}

// settle reads an answer in the light of the others.
func (e *evidence) settle(k key, a answer) answer {
	if e.blind && (a.state == Failed || a.state == NXDomain || a.state == NoData) {
		a.state = Blind
	}
	if e.selfOpen && (a.state == Failed || a.state == NXDomain || a.state == NoData) {
		a.state, a.status = Pending, dnssec.Indeterminate
	}
	if k.cd {
		return a
	}
	cd, back := e.lookups[key{k.name, k.typ, true}]
	if a.state == Failed && a.msg != nil && !back && !e.facts.Done {
		a.state, a.status = Pending, dnssec.Indeterminate
		return a
	}
	a = a.settled(cd)
	if a.status == dnssec.Insecure && a.verdict.Source != dnssec.Validated && e.validates != OK || e.validates == Error {
		a.status = dnssec.Indeterminate
	}
	return a
}

// settled reads an answer by its verdict, beside the one with checking disabled.
// Bogus is no answer: who validates sees SERVFAIL. Where the resolver alone
// refuses, the other answer counts; and where only its word is there, it counts.
func (a answer) settled(cd answer) answer {
	has := cd.state == Found || cd.state == NoData || cd.state == NXDomain
	switch {
	case a.msg == nil:
	case a.verdict.Source == dnssec.Validated && a.status == dnssec.Bogus:
		a.state, a.records = Failed, nil
	case a.state != Failed || !has:
	case a.status == dnssec.Secure || a.status == dnssec.Insecure:
		cd.verdict, cd.status = a.verdict, a.status
		return cd.proven()
	case a.verdict.Reason == dnssec.Stale || a.outOfDate(cd):
		cd.verdict = a.verdict
		cd.verdict.Status, cd.verdict.Reason = dnssec.Indeterminate, dnssec.Stale
		return cd
	case a.status == dnssec.Indeterminate && a.noServer():
		return cd
	case a.status == dnssec.Indeterminate:
		said := a.said()
		a.status, a.verdict.Status, a.verdict.Source, a.verdict.Reason = dnssec.Bogus, dnssec.Bogus, said.Source, said.Reason
	}
	return a.proven()
}

// noServer tells whether the resolver says that it failed because it reached no
// server (RFC 8914 §4.23, §4.24), and nothing of validation.
func (a answer) noServer() bool {
	said := a.said()
	return a.msg != nil && said.Status == dnssec.Indeterminate && said.Reason == dnssec.NoReason && slices.ContainsFunc(a.msg.EDE, func(e doh.EDE) bool { return e.Code == 22 || e.Code == 23 })
}

// outOfDate tells whether the resolver has nothing newer, by its own word, than what
// it refuses as no longer signed, or without a reason.
func (a answer) outOfDate(cd answer) bool {
	why := a.said().Reason
	return cd.msg.Stale() && (why == dnssec.NoReason || why == dnssec.RRSIGExpired)
}

// said is what the resolver itself says of an answer, by the AD bit and extended
// errors.
func (a answer) said() dnssec.Verdict {
	if a.msg == nil {
		return dnssec.Verdict{}
	}
	codes := make([]uint16, len(a.msg.EDE))
	for i, e := range a.msg.EDE {
		codes[i] = e.Code
	}
	return dnssec.AsResolverSays(a.rcode, a.msg.AD, codes)
}
