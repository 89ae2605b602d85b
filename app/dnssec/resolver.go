package dnssec

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sealane/sealane/app/doh"
)

// Resolver looks names up through a recursive resolver that it need not trust,
// and validates what it is told (RFC 4035 §4, §5).
type Resolver struct {
	// Exchange sends one DNS message in wire form, with DO and CD set (RFC 4035
	// §4.9.1 and §4.9.2), and gives the response. It may be called many times at once.
	Exchange func(ctx context.Context, query []byte) ([]byte, error)
	// Anchors are where trust begins; for a name under several the nearest counts.
	Anchors []Anchor
	// Now gives the time that signatures are held to.
	Now func() time.Time
	// Cache, when it isn't nil, is shared by all lookups of this Resolver and of
	// its copies. It must not be given to another one.
	Cache *Cache
}

// Bounds of one lookup.
const (
	maxQuestions = 100 // that one lookup waits for, and as many that it puts early
	maxHops      = 12  // aliases followed
	maxSigners   = 3   // zones that one set's signatures may claim
	maxEager     = 12  // labels below the trust anchor that are asked about at once
)

// Lookup asks for the records of a name, in presentation form with or without
// final dot (RFC 1035 §5.1), and says what can be proven about the answer.
//
// The DS and DNSKEY questions of the name's labels go out with the question
// itself, so that a first lookup takes one round trip, and a second where an
// alias leads elsewhere or the zone's apex is a label that begins with an
// underscore. It gives up, Indeterminate, when ctx ends.
func (r Resolver) Lookup(ctx context.Context, of string, typ doh.Type) Result {
	n := nameOf(of)
	l := &lookup{Resolver: r, ctx: ctx, now: r.Now(), zones: map[name]*cut{}}
	if l.Cache == nil {
		l.Cache = new(Cache)
	}
	l.whole = lookupBudget(&l.Cache.pace)
	l.budget = l.whole.part()
	if n == "" {
		return Result{Reason: CouldNotTell}
	}
	l.follow(n, typ)
	return l.result()
}

// lookup is one lookup under way.
type lookup struct {
	Resolver
	ctx    context.Context
	now    time.Time
	whole  *Budget       // of all responses
	budget *Budget       // of the answers; each link of trust has its own
	asked  int           // questions waited for
	eager  int           // questions put early
	zones  map[name]*cut // stood on

	proofs proofs // read last

	hops    []Hop
	records []doh.Record
	rcode   int
	ttl     uint32
	stale   bool // what is validated is what the resolver had kept for too long
}

// result sums the hops up.
func (l *lookup) result() Result {
	out := Result{Status: Secure, Rcode: l.rcode, Records: distinct(l.records), Hops: l.hops, TTL: l.ttl}
	for _, h := range l.hops {
		if rank(h.Status) < rank(out.Status) {
			out.Status, out.Reason = h.Status, h.Reason
		}
	}
	if len(l.hops) == 0 {
		out.Status, out.Reason = Indeterminate, CouldNotTell
	}
	var links []*cut // zones above first
	for _, z := range l.zones {
		at := 0
		for at < len(links) && links[at].name.compare(z.name) < 0 {
			at++
		}
		links = slices.Insert(links, at, z)
	}
	for _, z := range links {
		out.Zones, out.TTL = append(out.Zones, z.Zone), min(out.TTL, z.ttl)
	}
	return out
}

// rank orders what hops are worth to the whole: one that is bogus makes all
// bogus, and of what is unknown nothing can be said.
func rank(s Status) int {
	return slices.Index([]Status{Bogus, Indeterminate, Insecure, Secure}, s)
}

// anchored gives the zone of the nearest trust anchor above or at a name.
func (l *lookup) anchored(n name) (best name, ok bool) {
	for _, a := range l.Anchors {
		if zone := nameFrom(a.Zone); n.within(zone) && zone.within(cmp.Or(best, zone)) {
			best = zone
		}
	}
	return best, best != ""
}

// anchorOf is anchored, but for anchors of zones that are no longer there: the
// next one above counts then, as its zone can tell (RFC 6840 §5.10).
func (l *lookup) anchorOf(n name) (top *cut, ok bool) {
	for {
		nearest, found := l.anchored(n)
		if !found {
			return top, top != nil
		}
		z := l.top(nearest)
		if top == nil || !z.gone {
			top = z
		}
		if !z.gone || nearest == "\x00" {
			return top, true
		}
		n = nearest.parent()
	}
}
