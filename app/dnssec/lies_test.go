package dnssec_test

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// How much of chance to look at: the default takes two seconds.
var (
	moreWorlds = flag.Int("worlds", 12, "how many worlds of chance to look at")
	moreLies   = flag.Int("lies", 100, "how many lies to tell in each")
)

// liar is a resolver that knows what is true and says something else to some of
// a lookup's questions.
type liar struct {
	*world
	mu    sync.Mutex
	known map[string][]byte // true responses, by query
	heard []*dns.Msg        // those of them that lies are made of
	pool  []dns.RR          // all records in these
}

// truly gives the true response.
func (l *liar) truly(ctx context.Context, query []byte) ([]byte, error) {
	l.mu.Lock()
	wire := l.known[string(query)]
	l.mu.Unlock()
	if wire != nil {
		return wire, nil
	}
	wire, err := l.Exchange(ctx, query)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known[string(query)] = wire
	return wire, err
}

// hear takes what is known for lies to be made of, in an order that is the same
// each time.
func (l *liar) hear() {
	l.heard, l.pool = nil, nil
	for _, query := range slices.Sorted(maps.Keys(l.known)) {
		if m := new(dns.Msg); m.Unpack(l.known[query]) == nil {
			l.heard, l.pool = append(l.heard, m), append(append(l.pool, m.Answer...), m.Ns...)
		}
	}
}

// look asks, with lies instead of the responses to some queries; queries are
// those that were put.
func (l *liar) look(question string, lies map[string][]byte) (r dnssec.Result, queries []string) {
	var mu sync.Mutex
	resolver := l.resolver()
	resolver.Cache = new(dnssec.Cache)
	resolver.Exchange = func(ctx context.Context, q []byte) ([]byte, error) {
		mu.Lock()
		queries = append(queries, string(q))
		mu.Unlock()
		if lie := lies[string(q)]; lie != nil {
			return lie, nil
		}
		return l.truly(ctx, q)
	}
	name, typ := asked(question)
	r = resolver.Lookup(context.Background(), name, typ)
	resolver.Cache.Wait()
	slices.Sort(queries)
	return r, queries
}

// flipped gives a message with other bits in one octet.
func flipped(wire []byte, random *rand.Rand) []byte {
	wire = bytes.Clone(wire)
	wire[random.IntN(len(wire))] ^= byte(1 + random.IntN(255))
	return wire
}

// recomposed gives a response of other true records: some are left out, some
// added that belong elsewhere or to nobody, under their name or the one asked
// for, and the response code may be another.
func (l *liar) recomposed(wire []byte, random *rand.Rand) []byte {
	m := new(dns.Msg)
	if m.Unpack(wire) != nil {
		return wire
	}
	for range 1 + random.IntN(3) {
		section := &m.Answer
		if random.IntN(2) == 0 {
			section = &m.Ns
		}
		rr := dns.Copy(l.pool[random.IntN(len(l.pool))])
		switch random.IntN(6) {
		case 0:
			m.Rcode = []int{0, 3}[random.IntN(2)]
		case 1:
			*section = nil
		case 2:
			if len(*section) > 0 {
				i := random.IntN(len(*section))
				*section = slices.Delete(slices.Clone(*section), i, i+1)
			}
		case 3:
			rr.Header().Name = m.Question[0].Name
			*section = append(*section, rr, l.signatureOf(rr, random))
		case 4:
			*section = append(*section, rr, l.signatureOf(rr, random))
		case 5: // another response whole
			other := l.heard[random.IntN(len(l.heard))]
			m.Answer, m.Ns, m.Rcode = slices.Clone(other.Answer), slices.Clone(other.Ns), other.Rcode
		}
	}
	m.Compress = true
	lie, err := m.Pack()
	if err != nil {
		return wire
	}
	return lie
}

// signatureOf gives a signature that was heard over such a record, under its name.
func (l *liar) signatureOf(rr dns.RR, random *rand.Rand) dns.RR {
	from := random.IntN(len(l.pool))
	for i := range l.pool {
		sig, ok := l.pool[(from+i)%len(l.pool)].(*dns.RRSIG)
		if ok && sig.TypeCovered == rr.Header().Rrtype {
			sig = dns.Copy(sig).(*dns.RRSIG)
			sig.Hdr.Name = rr.Header().Name
			return sig
		}
	}
	return rr
}

// lies are told instead of the response to one of the queries, or to half of them.
func (l *liar) lies(queries []string, random *rand.Rand) map[string][]byte {
	all, one := map[string][]byte{}, queries[random.IntN(len(queries))]
	many := random.IntN(3) == 0
	for _, query := range queries {
		switch honest := l.known[query]; {
		case query != one && !(many && random.IntN(2) == 0):
		case random.IntN(2) == 0:
			all[query] = flipped(honest, random)
		default:
			all[query] = l.recomposed(honest, random)
		}
	}
	return all
}

// TestLies: whatever responses say instead of the truth, an octet of it
// changed or put together of other true records, nothing is ever secure but what
// is true.
func TestLies(t *testing.T) {
	told, believed := 0, map[string]int{}
	for seed := range uint64(*moreWorlds) {
		random := rand.New(rand.NewPCG(seed, 5))
		l := &liar{world: newWorld(t, seed), known: map[string][]byte{}}
		all, put := questions(), map[string][]string{}
		lies := *moreLies
		if runtime.GOOS == "js" { // ten times slower
			lies /= 10
		}
		for range lies {
			question := all[random.IntN(len(all))]
			queries := put[question]
			if queries == nil {
				_, queries = l.look(question, nil)
				put[question] = queries
				l.hear()
			}
			made := l.lies(queries, random)
			r, _ := l.look(question, made)
			told++
			believed[r.Status.String()]++
			if h, want := heard(r), l.truth(question); r.Status == dnssec.Secure && !h.same(want) {
				t.Errorf("seed %d: %s:\n got %s\nwant %s\n%s | %s", seed, question, h, want, hopsOf(r), zonesOf(r))
				for query, lie := range made {
					m, o := new(dns.Msg), new(dns.Msg)
					_, _ = m.Unpack(lie), o.Unpack(l.known[query])
					t.Logf("%v\ninstead of\n%v", m, o)
				}
			}
		}
	}
	t.Logf("%d lies: %v", told, believed)
	if believed["secure"] == 0 || believed["bogus"] == 0 {
		t.Errorf("%v", believed)
	}
}

// TestEveryOctet flips octets of every response to the questions of FuzzLookup,
// one in stride of them; with -lies 1000 all, which takes a minute.
func TestEveryOctet(t *testing.T) {
	stride := 40
	switch {
	case *moreLies >= 1000:
		stride = 1
	case runtime.GOOS == "js":
		stride = 400
	}
	w := &world{tree: sound().grow(t)}
	w.read()
	l := &liar{world: w, known: map[string][]byte{}}
	random := rand.New(rand.NewPCG(1, 6))
	at, flips, believed := 0, 0, map[string]int{}
	for _, question := range fuzzQuestions {
		_, queries := l.look(question, nil)
		want := w.truth(question)
		for _, query := range queries {
			honest, err := l.truly(t.Context(), []byte(query))
			must(t, err)
			for ; at < len(honest); at += stride {
				lie := bytes.Clone(honest)
				lie[at] ^= byte(1 + random.IntN(255))
				r, _ := l.look(question, map[string][]byte{query: lie})
				flips++
				believed[r.Status.String()]++
				if h := heard(r); r.Status == dnssec.Secure && !h.same(want) {
					t.Errorf("%s: octet %d: %s, want %s | %s | %s", question, at, h, want, hopsOf(r), zonesOf(r))
				}
			}
			at -= len(honest)
		}
	}
	t.Logf("%d octets: %v", flips, believed)
	if believed["secure"] == 0 || believed["bogus"] == 0 {
		t.Errorf("%v", believed)
	}
}
