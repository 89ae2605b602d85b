package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// How long one question may take before it counts as unanswered. A World may
// give up earlier.
const (
	dnsTimeout    = 15 * time.Second
	policyTimeout = probe.PolicyTimeout + 5*time.Second
	probeTimeout  = 2*probe.ProbeTimeout + 10*time.Second
)

// maxHosts is how many mail hosts are looked at.
const maxHosts = 20

// Gather asks the world about the mail domain d, at the moment now. Questions
// that don't depend on each other go out together, and every question as soon as
// the answers it depends on are there, so that the whole takes as long as the
// longest chain of dependent questions. Each DNS answer is validated from the
// trust anchors down, the root's when none are given (RFC 4035 §5). After each
// answer it calls learned, one call at a time, with the facts so far; they are the
// callee's to keep. It gives the complete facts, or what there was when ctx ended.
//
// Where the trust anchor's own zone can't be validated the fault is the
// resolver's: all is asked anew of the next one that the world has and that gives
// signatures.
func Gather(ctx context.Context, world World, d dnsname.Name, now time.Time, learned func(Facts), anchors ...dnssec.Anchor) Facts {
	if len(anchors) == 0 {
		anchors = dnssec.RootAnchors()
	}
	trusted, _ := dnssec.Closest(anchors, d)
	for resolver := 0; ; {
		g := newGatherer(ctx, world, d, now, learned)
		g.facts.Trusted, g.facts.Resolver = trusted, resolver
		g.validate = g.validator(anchors)
		if g.gather(); g.next == 0 {
			return g.finish()
		}
		resolver = g.next
	}
}

// newGatherer prepares a gathering that asks the first resolver and believes it.
func newGatherer(ctx context.Context, world World, d dnsname.Name, now time.Time, learned func(Facts)) *gatherer {
	g := &gatherer{world: world, learned: learned, asked: map[key]*question{}, sent: map[key]*exchange{}}
	g.ctx, g.cancel = context.WithCancel(ctx)
	g.facts = Facts{Version: FactsVersion, Domain: d, At: now}
	return g
}

// gather asks everything.
func (g *gatherer) gather() {
	g.domain(g.facts.Domain)
	g.running.Wait()
	g.cache.Wait()
}

func (g *gatherer) finish() Facts {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.Done = g.ctx.Err() == nil
	g.cancel()
	f := g.snapshot()
	if g.learned != nil {
		g.learned(f)
	}
	return f
}

// gatherer is one gathering under way, from one resolver.
type gatherer struct {
	ctx     context.Context
	cancel  context.CancelFunc
	world   World
	learned func(Facts)
	running sync.WaitGroup
	// validate gives the verdict on the answer to a question, with the links of
	// trust that it stands on.
	validate func(key, *question) (dnssec.Verdict, []dnssec.Zone)
	cache    dnssec.Cache

	mu    sync.Mutex // guards what follows, and orders calls of learned
	facts Facts
	asked map[key]*question
	sent  map[key]*exchange
	// judged is closed once it is known whether another resolver takes the place
	// of this one, which was found unfit; nil before that. next is that one.
	judged chan struct{}
	next   int
	// claimed are the zones of mail hosts whose servers are asked.
	claimed []dnsname.Name
}

// question is one DNS question of the check: answer may be read once back is
// closed, proven, which has the status too, once done is.
type question struct {
	back, done     chan struct{}
	answer, proven answer
}

// exchange is one DNS message sent; lookup may be read once done is closed.
type exchange struct {
	done   chan struct{}
	lookup Lookup
}

// together runs the branches at once; the gathering waits for them.
func (g *gatherer) together(branches ...func()) {
	for _, branch := range branches {
		g.running.Go(branch)
	}
}

// ask puts a question, once however often it is asked for, and waits for the
// answer. Its status isn't known yet.
func (g *gatherer) ask(name dnsname.Name, typ doh.Type) answer {
	q := g.put(name, typ)
	<-q.back
	return q.answer
}

// prove is ask that waits for the validation too.
func (g *gatherer) prove(name dnsname.Name, typ doh.Type) answer {
	q := g.put(name, typ)
	<-q.done
	return q.proven
}

// later puts a question whose answer nothing else depends on.
func (g *gatherer) later(name dnsname.Name, types ...doh.Type) {
	for _, typ := range types {
		g.put(name, typ)
	}
}

func (g *gatherer) put(name dnsname.Name, typ doh.Type) *question {
	k := key{name: name, typ: typ}
	g.mu.Lock()
	defer g.mu.Unlock()
	q, known := g.asked[k]
	if !known {
		q = &question{back: make(chan struct{}), done: make(chan struct{}), answer: answer{state: Blind}, proven: answer{state: Blind}}
		g.asked[k] = q
		if name.IsZero() {
			close(q.back)
			close(q.done)
			return q
		}
		g.running.Go(func() { g.pursue(k, q) })
	}
	return q
}

// pursue gets the answer to a question and its verdict, both at once: what the
// validation needs is asked beside the question.
func (g *gatherer) pursue(k key, q *question) {
	var all []Lookup
	g.running.Go(func() {
		all = g.evidence(k)
		q.answer = readAll(all)
		close(q.back)
	})
	verdict, zones := g.validate(k, q)
	<-q.back
	if q.answer.msg != nil {
		all[0].Verdict = verdict
	}
	q.proven = readAll(all)
	close(q.done)
	g.learn(func(f *Facts) {
		for _, l := range all {
			f.keep(l)
		}
		f.Zones = joined(f.Zones, zones)
	})
}

// keep puts a lookup in its place without touching the list that others hold. One
// that was made for the chain of trust alone gives way to the check's own.
func (f *Facts) keep(l Lookup) {
	at, there := slices.BinarySearchFunc(f.Lookups, l, compareLookups)
	switch {
	case !there:
		f.Lookups = slices.Insert(slices.Clip(f.Lookups), at, l)
	case !l.Chain:
		f.Lookups = slices.Clone(f.Lookups)
		f.Lookups[at] = l
	}
}

// joined adds links of trust to those known, in a new list, zones above first.
func joined(all, more []dnssec.Zone) []dnssec.Zone {
	all = slices.Clone(all)
	for _, z := range more {
		at := slices.IndexFunc(all, func(have dnssec.Zone) bool { return have.Name == z.Name })
		switch {
		case at < 0:
			all = append(all, z)
		case all[at].Status == dnssec.Indeterminate: // another lookup may have come further
			all[at] = z
		}
	}
	return all
}

func compareLookups(a, b Lookup) int {
	cd := func(l Lookup) int {
		if l.CD {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Name.String(), b.Name.String()), cmp.Compare(a.Type, b.Type), cmp.Compare(cd(a), cd(b)))
}

// failure classes an error of the World: its own class, ours when the whole
// check was given up, late when only this question took too long.
func failure(whole context.Context, err error, other, late probe.Class) *probe.Failure {
	var f *probe.Failure
	switch {
	case errors.As(err, &f):
		return f
	case whole.Err() != nil:
		return &probe.Failure{Class: probe.Canceled, Detail: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return &probe.Failure{Class: late, Detail: err.Error()}
	}
	return &probe.Failure{Class: other, Detail: err.Error()}
}

// learn adds to the facts and passes them on.
func (g *gatherer) learn(add func(*Facts)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	add(&g.facts)
	g.facts.Answered++
	if g.learned != nil {
		g.learned(g.snapshot())
	}
}

// snapshot copies the facts; the answers themselves are never changed.
func (g *gatherer) snapshot() Facts {
	f := g.facts
	f.Hosts = slices.Clone(f.Hosts)
	f.Deeper = slices.Clone(f.Deeper)
	f.Authorities = slices.Clone(f.Authorities)
	return f
}

func (g *gatherer) policy(d dnsname.Name) *Fetched {
	g.begin()
	ctx, cancel := context.WithTimeout(g.ctx, policyTimeout)
	defer cancel()
	p, err := g.world.Policy(ctx, d)
	fetched := &Fetched{Policy: p}
	if err != nil {
		fetched.Failure = failure(g.ctx, err, probe.Unavailable, probe.Unavailable)
	}
	g.learn(func(f *Facts) { f.Policy = fetched })
	return fetched
}

// probe makes the first visit to a host, or the asides.
func (g *gatherer) probe(h dnsname.Name, asides ...probe.AsideKind) Probed {
	g.begin()
	ctx, cancel := context.WithTimeout(g.ctx, probeTimeout)
	defer cancel()
	s, err := g.world.STARTTLS(ctx, h, asides...)
	probed := Probed{Host: h, STARTTLS: s}
	if err != nil {
		probed.Failure = failure(g.ctx, err, probe.Unavailable, probe.Unavailable)
	}
	g.learn(func(f *Facts) {
		list := &f.Hosts
		if len(asides) > 0 {
			list = &f.Deeper
		}
		*list = insert(*list, probed, func(p Probed) string { return p.Host.String() })
	})
	return probed
}

// authority puts questions to each authoritative server of a zone.
func (g *gatherer) authority(zone dnsname.Name, questions []probe.Question) {
	g.begin()
	ctx, cancel := context.WithTimeout(g.ctx, probeTimeout)
	defer cancel()
	n, err := g.world.Nameservers(ctx, zone, questions)
	a := Authority{Zone: zone, Nameservers: n}
	if err != nil {
		a.Failure = failure(g.ctx, err, probe.Unavailable, probe.Unavailable)
	}
	g.learn(func(f *Facts) {
		f.Authorities = insert(f.Authorities, a, func(a Authority) string { return a.Zone.String() })
	})
}

// insert puts one into a sorted list without touching the list that others hold.
func insert[T any](list []T, one T, name func(T) string) []T {
	at, _ := slices.BinarySearchFunc(list, one, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	return slices.Insert(slices.Clip(list), at, one)
}

func (g *gatherer) begin() {
	g.mu.Lock()
	g.facts.Asked++
	g.mu.Unlock()
}
