package limits

import (
	"context"
	"math"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// Local counts in this process's memory, by token buckets: a key has Burst tokens at
// first, one more after each Every, and each Take that passes costs one.
type Local struct {
	buckets *otter.Cache[string, *bucket]
}

// bucket holds the tokens of one key at one rate.
type bucket struct {
	rate   Rate
	tokens *rate.Limiter
}

// NewLocal makes a counter that remembers at most so many keys. Beyond that it
// forgets the keys that it saw least; those have their burst again.
func NewLocal(keys int) *Local {
	return &Local{otter.Must(&otter.Options[string, *bucket]{
		MaximumSize: keys,
		ExpiryCalculator: otter.ExpiryAccessingFunc(func(e otter.Entry[string, *bucket]) time.Duration {
			return max(e.Value.rate.Window(), time.Second)
		}),
		Clock: newClock(),
	})}
}

// Take takes a token of key.
func (l *Local) Take(_ context.Context, key string, r Rate) Verdict {
	b, known := l.buckets.GetIfPresent(key)
	if !known || b.rate != r {
		b, _ = l.buckets.Compute(key, func(old *bucket, found bool) (*bucket, otter.ComputeOp) {
			if found && old.rate == r {
				return old, otter.CancelOp // somebody was quicker
			}
			return &bucket{r, rate.NewLimiter(rate.Every(r.Every), r.Burst)}, otter.WriteOp
		})
	}
	now := time.Now()
	v := Verdict{OK: r.Burst > 0 && b.tokens.AllowN(now, 1), Rate: r}
	tokens := max(0, b.tokens.TokensAt(now))
	v.Remaining = int(tokens)
	if missing := 1 - (tokens - math.Floor(tokens)); v.Remaining < r.Burst {
		v.Reset = time.Duration(math.Ceil(missing*float64(r.Every)/float64(time.Microsecond))) * time.Microsecond
	}
	return v
}

// clock is otter's time without its ticks, which would keep a goroutine: what is
// old goes when something new comes, and the size is bounded anyway.
type clock struct{ start time.Time }

func newClock() clock { return clock{time.Now()} }

// NowNano is the time since the clock's start.
func (c clock) NowNano() int64 { return int64(time.Since(c.start)) }

// Tick never ticks.
func (c clock) Tick(time.Duration) <-chan time.Time { return nil }
