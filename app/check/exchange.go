package check

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// evidence gets what the resolver says to a question: its answer, and where that
// is SERVFAIL, the answer with checking disabled beside it (RFC 4035 §3.2.2). It
// is asked with checking first because the AD bit of the answer is evidence too.
func (g *gatherer) evidence(k key) []Lookup {
	all := []Lookup{g.exchange(k)}
	if readLookup(&all[0]).state == Failed && all[0].Failure == nil {
		all = append(all, g.exchange(key{k.name, k.typ, true}))
	}
	return all
}

// readAll reads what evidence got.
func readAll(all []Lookup) answer {
	if len(all) == 1 {
		return readLookup(&all[0]).settled(answer{})
	}
	return readLookup(&all[0]).settled(readLookup(&all[1]))
}

// maxMessages is how many DNS messages one check may take. An honest domain takes
// 50 to 300; one with many long names is made to cost.
const maxMessages = 1500

// exchange sends a message, once however often it is sent for, and waits.
func (g *gatherer) exchange(k key) Lookup {
	g.mu.Lock()
	e, known := g.sent[k]
	sent := len(g.sent) + 1
	if !known {
		e = &exchange{done: make(chan struct{})}
		g.sent[k] = e
		g.facts.Asked++
	}
	g.mu.Unlock()
	if known {
		<-e.done
		return e.lookup
	}
	ctx, cancel := context.WithTimeout(g.ctx, dnsTimeout)
	defer cancel()
	e.lookup = Lookup{Name: k.name, Type: k.typ, CD: k.cd}
	var wire []byte
	err := error(&probe.Failure{Class: probe.Limited})
	if sent <= maxMessages {
		wire, err = g.world.Exchange(ctx, doh.Query(k.name, k.typ, k.cd), g.facts.Resolver)
	}
	if err != nil {
		e.lookup.Failure = failure(g.ctx, err, probe.NoResolver, probe.DNSTimeout)
	} else {
		e.lookup.Wire = wire
	}
	e.lookup.parse()
	close(e.done)
	return e.lookup
}

// validator gives the validation of answers from the anchors down (RFC 4035 §5).
func (g *gatherer) validator(anchors []dnssec.Anchor) func(key, *question) (dnssec.Verdict, []dnssec.Zone) {
	resolver := dnssec.Resolver{Exchange: g.chain, Anchors: anchors, Cache: &g.cache,
		Now: func() time.Time { return g.facts.At }}
	return func(k key, _ *question) (dnssec.Verdict, []dnssec.Zone) {
		r := resolver.Lookup(g.ctx, k.name.String(), k.typ)
		broken := slices.ContainsFunc(r.Zones, func(z dnssec.Zone) bool { return z.Parent == "" && z.Status != dnssec.Secure })
		silent := k.name == g.facts.Trusted && r.Reason == dnssec.ResolverUnfit
		if (broken || silent) && g.ctx.Err() == nil {
			// The zone that all trust begins with isn't broken: the way to it is.
			g.replace()
			return dnssec.Verdict{Source: dnssec.Validated, Reason: dnssec.ResolverUnfit}, r.Zones
		}
		return r.Verdict(), r.Zones
	}
}

// chain is the validator's way to ask: what the check has asked it needn't ask
// again. The answer with checking disabled comes where the other is SERVFAIL.
func (g *gatherer) chain(_ context.Context, query []byte) ([]byte, error) {
	name, typ, ok := doh.Question(query)
	if !ok {
		return nil, &probe.Failure{Class: probe.BadRequest}
	}
	k := key{name: name, typ: typ}
	all := g.evidence(k)
	g.mu.Lock()
	_, asked := g.asked[k]
	g.mu.Unlock()
	if !asked {
		g.learn(func(f *Facts) {
			for _, l := range all {
				l.Chain = true
				f.keep(l)
			}
		})
	}
	last := all[len(all)-1]
	if last.Failure != nil {
		return nil, last.Failure
	}
	return last.Wire, nil
}

// replace gives this resolver up when a later one gives signatures of the trust
// anchor's zone. It is decided once.
func (g *gatherer) replace() {
	g.mu.Lock()
	first := g.judged == nil
	if first {
		g.judged = make(chan struct{})
	}
	g.mu.Unlock()
	if !first {
		<-g.judged
		return
	}
	defer close(g.judged)
	for next := g.facts.Resolver + 1; ; next++ {
		ctx, cancel := context.WithTimeout(g.ctx, dnsTimeout)
		wire, err := g.world.Exchange(ctx, doh.Query(g.facts.Trusted, doh.TypeDNSKEY, true), next)
		cancel()
		if errors.Is(err, ErrNoResolver) || g.ctx.Err() != nil {
			return
		}
		msg, _ := doh.Parse(wire)
		if err != nil || msg == nil || msg.ID != 0 || len(signatures(answer{msg: msg}, doh.TypeDNSKEY)) == 0 {
			continue
		}
		g.mu.Lock()
		g.next = next
		g.mu.Unlock()
		g.cancel()
		return
	}
}
