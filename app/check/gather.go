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

// Gather asks the world about the mail domain d. Questions that don't depend
// on each other go out together, and every question as soon as the answers it
// depends on are there, so that the whole takes as long as the longest chain
// of dependent questions. After each answer it calls learned, one call at a
// time, with the facts so far; they are the callee's to keep. It gives the
// complete facts, or what there was when ctx ended. The anchors are the trust
// anchors that the resolver is expected to use, the root's when none are given.
func Gather(ctx context.Context, world World, d dnsname.Name, learned func(Facts), anchors ...dnssec.Anchor) Facts {
	g := &gatherer{ctx: ctx, world: world, learned: learned, asked: map[key]*question{}}
	g.facts = Facts{Version: FactsVersion, Domain: d}
	if len(anchors) == 0 {
		anchors = dnssec.RootAnchors()
	}
	g.facts.Trusted, _ = dnssec.Closest(anchors, d)
	g.domain(d)
	g.running.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.Done = ctx.Err() == nil
	f := g.snapshot()
	if learned != nil {
		learned(f)
	}
	return f
}

// gatherer is one gathering under way.
type gatherer struct {
	ctx     context.Context
	world   World
	learned func(Facts)
	running sync.WaitGroup

	mu    sync.Mutex // guards what follows, and orders calls of learned
	facts Facts
	asked map[key]*question
	// claimed are the zones of mail hosts whose servers are asked.
	claimed []dnsname.Name
}

// question is one DNS question; answer may be read once done is closed.
type question struct {
	done   chan struct{}
	answer answer
}

// together runs the branches at once; the gathering waits for them.
func (g *gatherer) together(branches ...func()) {
	for _, branch := range branches {
		g.running.Go(branch)
	}
}

// ask puts a question, once however often it is asked for, and waits.
func (g *gatherer) ask(name dnsname.Name, typ doh.Type) answer {
	return g.await(key{name, typ, false})
}

// later puts a question whose answer nothing else depends on.
func (g *gatherer) later(name dnsname.Name, types ...doh.Type) {
	for _, typ := range types {
		g.together(func() { g.ask(name, typ) })
	}
}

func (g *gatherer) await(k key) answer {
	if k.name.IsZero() {
		return answer{state: Blind}
	}
	g.mu.Lock()
	q, known := g.asked[k]
	if !known {
		q = &question{done: make(chan struct{})}
		g.asked[k] = q
		g.facts.Asked++
	}
	g.mu.Unlock()
	if known {
		<-q.done
		return q.answer
	}
	lookup := g.exchange(k)
	q.answer = readLookup(&lookup)
	close(q.done)
	g.learn(func(f *Facts) {
		at, _ := slices.BinarySearchFunc(f.Lookups, lookup, compareLookups)
		f.Lookups = slices.Insert(slices.Clip(f.Lookups), at, lookup)
	})
	if q.answer.rcode == doh.RcodeServFail && !k.cd {
		// Was it the validation that failed? With checking disabled the data
		// shows, and tells why.
		g.together(func() { g.signer(g.await(key{k.name, k.typ, true})) })
	}
	return q.answer
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

func (g *gatherer) exchange(k key) Lookup {
	ctx, cancel := context.WithTimeout(g.ctx, dnsTimeout)
	defer cancel()
	lookup := Lookup{Name: k.name, Type: k.typ, CD: k.cd}
	wire, err := g.world.Exchange(ctx, doh.Query(k.name, k.typ, k.cd))
	if err != nil {
		lookup.Failure = failure(g.ctx, err, probe.NoResolver, probe.DNSTimeout)
		return lookup
	}
	lookup.Wire = wire
	if msg, err := doh.Parse(wire); err == nil && !k.cd {
		codes := make([]uint16, len(msg.EDE))
		for i, e := range msg.EDE {
			codes[i] = e.Code
		}
		lookup.Verdict = dnssec.AsResolverSays(msg.Rcode, msg.AD, codes)
	}
	return lookup
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
	f.Lookups = slices.Clone(f.Lookups)
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
