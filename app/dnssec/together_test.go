package dnssec_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnssec"
)

// TestLookupsTogether: lookups that share a cache say what each says alone, though
// some of their callers give up.
func TestLookupsTogether(t *testing.T) {
	grown := sound().grow(t)
	r := grown.resolver()
	r.Cache = new(dnssec.Cache)
	r.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
		select {
		case <-time.After(rand.N(2 * time.Millisecond)):
			return grown.Exchange(ctx, query)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var wait sync.WaitGroup
	for i, c := range append(truths, insecureTruths...) {
		for _, label := range []string{"z", "h", "o"} {
			question := strings.ReplaceAll(c.question, "%", label)
			wait.Go(func() {
				ctx := t.Context()
				if i%3 == 0 {
					within, cancel := context.WithTimeout(ctx, rand.N(5*time.Millisecond))
					defer cancel()
					ctx = within
				}
				name, typ := asked(question)
				got, want := r.Lookup(ctx, name, typ), grown.lookup(question, nil)
				if got.Status != want.Status && (ctx.Err() == nil || got.Status != dnssec.Indeterminate) {
					t.Errorf("%s: %s, alone %s | %s | %s", question, verdictOf(got), verdictOf(want), hopsOf(got), zonesOf(got))
				}
			})
		}
	}
	wait.Wait()
	r.Cache.Wait()
}
