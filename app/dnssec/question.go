package dnssec

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sealane/sealane/app/doh"
)

// Cache keeps answers and links of trust for as long as their TTLs allow. The
// zero Cache is empty and ready; it is safe for concurrent use. What has run out
// goes when it is asked for again, so that a Cache is for a check, not for a server.
type Cache struct {
	running sync.WaitGroup // questions whose answer nobody may want
	signed  atomic.Bool    // some answer has had a signature
	pace    pace

	mu      sync.Mutex
	answers map[question]*entry[response]
	cuts    map[name]*entry[*cut]
	wasted  map[name]int // cost of signatures that failed, by zone
}

// Wait waits for questions that lookups put early and did not need. It must not
// be called while a Lookup runs.
func (c *Cache) Wait() { c.running.Wait() }

// minTTL is how long anything is kept at least, so that one check sees one
// answer.
const minTTL = 5 * time.Second

type question struct {
	name name
	typ  doh.Type
}

// response is an answer, or why there is none to validate by.
type response struct {
	*doh.Answer
	fault Reason
}

// entry is something that one asker makes and others wait for.
type entry[T any] struct {
	done  chan struct{}
	value T
	until time.Time
	gone  bool // its maker gave up
}

// gaveUp instead of a TTL tells that what was made is of no use to others.
const gaveUp = time.Duration(-1)

// keep gives what is kept under a key, or makes it. Whoever comes while it is
// being made waits for it.
func keep[K comparable, T any](ctx context.Context, c *Cache, all map[K]*entry[T], k K, now time.Time, produce func() (T, time.Duration)) (T, bool) {
	for {
		c.mu.Lock()
		e := all[k]
		if e != nil && !e.until.IsZero() && !now.Before(e.until) {
			e = nil
		}
		if e == nil {
			e = &entry[T]{done: make(chan struct{})}
			all[k] = e
			c.mu.Unlock()
			value, ttl := produce()
			c.mu.Lock()
			e.value, e.until, e.gone = value, now.Add(max(ttl, minTTL)), ctx.Err() != nil || ttl == gaveUp
			if e.gone {
				delete(all, k)
			}
			c.mu.Unlock()
			close(e.done)
			return value, true
		}
		c.mu.Unlock()
		select {
		case <-e.done:
			if !e.gone {
				return e.value, true
			}
		case <-ctx.Done():
			var none T
			return none, false
		}
	}
}

// ask puts a question, once however often it is asked, and waits.
func (l *lookup) ask(n name, typ doh.Type) response {
	if l.asked++; l.asked > maxQuestions {
		return response{fault: OverBudget}
	}
	return l.answer(n, typ)
}

func (l *lookup) answer(n name, typ doh.Type) response {
	l.Cache.mu.Lock()
	if l.Cache.answers == nil {
		l.Cache.answers = map[question]*entry[response]{}
	}
	l.Cache.mu.Unlock()
	r, ok := keep(l.ctx, l.Cache, l.Cache.answers, question{n, typ}, l.now, func() (response, time.Duration) {
		r := l.exchange(n, typ)
		ttl := uint32(0)
		if r.Answer != nil {
			ttl = shortest(r.Answer)
		}
		return r, time.Duration(ttl) * time.Second
	})
	if !ok { // the caller gave up: that is not SERVFAIL, and says nothing of a zone
		return response{fault: ResolverUnfit}
	}
	return r
}

// early puts questions without waiting for the answers.
func (l *lookup) early(n name, types ...doh.Type) {
	for _, typ := range types {
		if l.eager++; l.eager > maxQuestions {
			return
		}
		l.Cache.running.Go(func() { l.answer(n, typ) })
	}
}

// exchange asks the resolver. What isn't an answer to the question, is cut
// short, or doesn't come is the resolver's fault, and so is that it gives what it
// has kept for longer than the signatures hold.
func (l *lookup) exchange(n name, typ doh.Type) response {
	wire, err := l.Exchange(l.ctx, doh.QueryFor([]byte(n), typ, true))
	if err != nil {
		return response{fault: ResolverUnfit}
	}
	a, err := doh.Parse(wire)
	if err != nil {
		return response{fault: ResolverUnfit}
	}
	isSignature := func(r doh.Record) bool { return r.Type == doh.TypeRRSIG }
	if slices.ContainsFunc(a.Answer, isSignature) || slices.ContainsFunc(a.Authority, isSignature) {
		l.Cache.signed.Store(true)
	}
	asked, of := a.Asked()
	switch {
	case nameOf(asked) != n || of != typ || a.ID != 0 || a.Truncated:
		return response{Answer: a, fault: ResolverUnfit}
	case a.Rcode == rcodeServFail:
		return response{Answer: a, fault: CouldNotTell}
	case a.Rcode != rcodeNoError && a.Rcode != rcodeNXDomain && a.Rcode != rcodeYXDomain:
		return response{Answer: a, fault: ResolverUnfit}
	case a.Stale() && outlived(a, l.now):
		return response{Answer: a, fault: Stale}
	}
	return response{Answer: a}
}

// outlived tells whether the signatures of a set have all ended, of those sets of
// a response that are validated.
func outlived(a *doh.Answer, now time.Time) bool {
	sets := RRsets(a.Answer)
	for _, s := range RRsets(a.Authority) {
		if s.Type == doh.TypeSOA || s.Type == doh.TypeNSEC || s.Type == doh.TypeNSEC3 {
			sets = append(sets, s)
		}
	}
	return slices.ContainsFunc(sets, func(s RRset) bool {
		all := s.candidates()
		return len(all) > 0 && before(all[0].expiration+skew, uint32(now.Unix())) // none ends later
	})
}

// shortest is the lowest TTL of a response, 0 without records.
func shortest(a *doh.Answer) uint32 {
	lowest, any := uint32(1<<31-1), false
	for _, section := range [][]doh.Record{a.Answer, a.Authority} {
		for _, r := range section {
			lowest, any = min(lowest, r.TTL), true
		}
	}
	if !any {
		return 0
	}
	return lowest
}
