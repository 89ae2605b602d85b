package share

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"
)

// overhead is about what an entry weighs beside its octets.
const overhead = 128

// Local keeps in this process's memory. Who gets a value must not change it.
type Local struct {
	values *otter.Cache[string, kept]
}

// kept is a value and how long it is kept.
type kept struct {
	value []byte
	ttl   time.Duration
}

// NewLocal makes a keeper of at most so many octets. Beyond that it forgets what
// was asked for least.
func NewLocal(octets int) *Local {
	return &Local{otter.Must(&otter.Options[string, kept]{
		MaximumWeight: uint64(octets),
		Weigher:       func(key string, k kept) uint32 { return uint32(len(key) + len(k.value) + overhead) },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, kept]) time.Duration {
			return e.Value.ttl
		}),
		Clock: clock{time.Now()},
	})}
}

// Get gives what is kept under key.
func (l *Local) Get(_ context.Context, key string) ([]byte, bool) {
	k, ok := l.values.GetIfPresent(key)
	return k.value, ok
}

// Put keeps value, which must not change afterwards.
func (l *Local) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	if ttl > 0 {
		l.values.Set(key, kept{value, ttl})
	}
}

// clock is otter's time without its ticks, which would keep a goroutine: what is
// old goes when something new comes, and the size is bounded anyway.
type clock struct{ start time.Time }

// NowNano is the time since the clock's start.
func (c clock) NowNano() int64 { return int64(time.Since(c.start)) }

// Tick never ticks.
func (c clock) Tick(time.Duration) <-chan time.Time { return nil }
