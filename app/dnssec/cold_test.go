package dnssec_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnssec"
)

// BenchmarkColdLookup validates from the root down, with nothing known: three
// zones of algorithm 13. At most 3 ms, natively.
func BenchmarkColdLookup(b *testing.B) {
	grown := sound().grow(b)
	for name, question := range map[string]string{"Answer": "mx.z.test A", "NSEC": "none.z.test A", "NSEC3": "none.h.test A"} {
		b.Run(name, func(b *testing.B) {
			look := grown.recorded(question)
			for b.Loop() {
				if r := look(); r.Status != dnssec.Secure {
					b.Fatal(verdictOf(r))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/lookup")
		})
	}
}

// TestRoundTrips: over a network where every exchange takes 50 ms, a cold secure
// lookup takes as long as one of them, and as two when an alias leads to another
// zone; a second lookup asks only what is new.
func TestRoundTrips(t *testing.T) {
	const exchange = 50 * time.Millisecond
	f := sound()
	f["_tcp.z.test"] = &plot{lines: lines("_25 TXT any")}
	grown := f.grow(t)
	for _, c := range []struct {
		question string
		trips    int
	}{
		{"mx.z.test A", 1}, {"z.test MX", 1}, {"none.z.test A", 1}, {"none.h.test A", 1}, {"x.wild.h.test TXT", 1},
		{"host.sub.z.test A", 1}, {"host.bare.o.test A", 1}, {"a.b.empty.z.test A", 1}, {"www.z.test A", 1}, {"z.test DS", 1},
		// A label with an underscore may be a zone, and seldom is.
		{"_25._tcp.mx.z.test TLSA", 1}, {"_25._tcp.z.test TXT", 2},
		{"away.z.test A", 2}, {"host.tree.h.test A", 2}, {"plain.z.test A", 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := grown.resolver()
			r.Cache = new(dnssec.Cache)
			r.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
				time.Sleep(exchange)
				return grown.Exchange(ctx, query)
			}
			name, typ := asked(c.question)
			began := time.Now()
			got := r.Lookup(t.Context(), name, typ)
			took := time.Since(began).Round(time.Millisecond)
			if got.Status < dnssec.Insecure || took != time.Duration(c.trips)*exchange {
				t.Errorf("%s: %s in %v, want %d round trips | %s | %s", c.question, verdictOf(got), took, c.trips, hopsOf(got), zonesOf(got))
			}
			began = time.Now()
			if again := r.Lookup(t.Context(), name, typ); again.Status != got.Status || time.Since(began) >= time.Millisecond {
				t.Errorf("%s again: %s in %v", c.question, verdictOf(again), time.Since(began))
			}
			r.Cache.Wait()
		})
	}
}

// TestQuestionsShared: many lookups at once ask each question once, and again
// only when the answer's TTL is over.
func TestQuestionsShared(t *testing.T) {
	grown := sound().grow(t)
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := map[string]int{}
		now := moment
		r := grown.resolver()
		r.Cache, r.Now = new(dnssec.Cache), func() time.Time { return now }
		r.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
			mu.Lock()
			asked[string(query)]++
			mu.Unlock()
			time.Sleep(time.Second)
			return grown.Exchange(ctx, query)
		}
		all := func() (secure int) {
			var looking sync.WaitGroup
			for i := range 40 {
				name := []string{"mx.z.test", "www.z.test", "none.z.test", "none.h.test"}[i%4]
				looking.Go(func() {
					if got := r.Lookup(t.Context(), name, 1); got.Status == dnssec.Secure {
						mu.Lock()
						secure++
						mu.Unlock()
					}
				})
			}
			looking.Wait()
			r.Cache.Wait()
			return secure
		}
		for _, c := range []struct {
			after time.Duration
			times int
		}{{0, 1}, {4 * time.Second, 1}, {2 * time.Hour, 2}} {
			now = now.Add(c.after)
			if secure := all(); secure != 40 {
				t.Errorf("%d of 40 are secure after %v", secure, c.after)
			}
			for query, times := range asked {
				if times != c.times {
					t.Errorf("after %v %q was asked %d times, want %d", c.after, query[12:30], times, c.times)
				}
			}
		}
	})
}
