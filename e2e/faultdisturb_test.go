package e2e

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

// between is a random time in seconds, at a pace.
func between(random *rand.Rand, pace, least, most float64) time.Duration {
	return time.Duration(pace * (least + random.Float64()*(most-least)) * float64(time.Second))
}

// rest waits, and tells whether the run goes on.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// pick is one of several.
func pick(random *rand.Rand, kinds ...string) string { return kinds[random.IntN(len(kinds))] }

// disturbResolver has the resolver fail for some seconds now and then.
func (r *faultRun) disturbResolver(t *testing.T, ctx context.Context, random *rand.Rand, pace float64) {
	s := r.world.resolver
	for rest(ctx, between(random, pace, 3, 14)) {
		kind := pick(random, killed, muted, slow, lossy, cutting, cutOff, servfail)
		r.disturb(t, ctx, s.what, kind, between(random, pace, 0.3, 7), s.fail, s.mend)
	}
}

// disturbNames does so to one of the name servers.
func (r *faultRun) disturbNames(t *testing.T, ctx context.Context, random *rand.Rand, pace float64) {
	for rest(ctx, between(random, pace, 3, 14)) {
		s := r.world.names[random.IntN(len(r.world.names))]
		r.disturb(t, ctx, s.what, pick(random, killed, muted, slow, lossy, cutting, cutOff, servfail), between(random, pace, 1, 8), s.fail, s.mend)
	}
}

// disturbStore kills or freezes what the replicas share.
func (r *faultRun) disturbStore(t *testing.T, ctx context.Context, random *rand.Rand, pace float64) {
	for rest(ctx, between(random, pace, 2, 12)) {
		kind := pick(random, killed, stalling)
		r.disturb(t, ctx, "valkey", kind, between(random, pace, 0.1, 5), r.store.fail, func() error { r.store.mend(t, kind); return nil })
	}
}

// disturbTargets has a fifth of the domains' servers fail in the same way. Now and
// then that is for longer than anybody waits for a banner.
func (r *faultRun) disturbTargets(t *testing.T, ctx context.Context, random *rand.Rand, pace float64) {
	for rest(ctx, between(random, pace, 2, 8)) {
		kind, length := pick(random, refusing, killed, reset, closing, stalling, stalling, slow), between(random, pace, 1, 9)
		if kind == stalling && random.IntN(2) == 0 {
			length = between(random, pace, 22, 35)
		}
		var mend []func()
		for _, s := range r.world.targets {
			if random.IntN(5) == 0 {
				mended := r.faults.begin(s.what, kind)
				s.fail(kind)
				mend = append(mend, func() {
					if err := s.mend(); err != nil {
						t.Error(err)
					}
					mended()
				})
			}
		}
		rest(ctx, length)
		for _, f := range mend {
			f()
		}
	}
}

// disturb makes one fault last for a while.
func (r *faultRun) disturb(t *testing.T, ctx context.Context, what, kind string, length time.Duration, fail func(string), mend func() error) {
	mended := r.faults.begin(what, kind)
	fail(kind)
	rest(ctx, length)
	if err := mend(); err != nil {
		t.Error(err)
	}
	mended()
}
