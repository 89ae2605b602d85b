package share

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"github.com/sealane/sealane/proxy/panics"
)

// Made is one answer for all who asked for the same.
type Made struct {
	Value []byte // not to be changed: others have it too
	At    time.Time
	// Shared: it was kept, or made for somebody who asked before.
	Shared bool
}

// Flights makes one answer for all who ask for the same thing at the same time.
// Keep, which may be nil, has it for who asks later. The zero Flights is ready; it
// is safe for concurrent use.
type Flights struct {
	Keep   Keeper
	mu     sync.Mutex
	flying map[string]*flight
}

// flight is one answer in the making. What stands below done is set once it is closed.
type flight struct {
	askers int
	cancel context.CancelFunc
	done   chan struct{}
	made   Made
	err    error
}

// Do gives the answer for key: the one that is kept, the one that is being made, or
// what create makes. What it gives is kept for ttl from then on, if that isn't zero,
// unless it says that it is passing (a fault of our own). Its context ends when the
// last asker has gone; that of an asker ends only that asker's waiting. When create
// panics, each asker's error is the *panics.Recovered.
func (f *Flights) Do(ctx context.Context, key string, ttl time.Duration, create func(context.Context) (value []byte, passing bool, err error)) (Made, error) {
	mine, joined := f.join(key, ttl, create)
	select {
	case <-mine.done:
		made := mine.made
		made.Shared = made.Shared || joined
		return made, mine.err
	case <-ctx.Done():
		f.leave(key, mine)
		return Made{}, ctx.Err()
	}
}

// join boards the flight of a key, or begins one.
func (f *Flights) join(key string, ttl time.Duration, create func(context.Context) ([]byte, bool, error)) (mine *flight, joined bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if mine = f.flying[key]; mine != nil {
		mine.askers++
		return mine, true
	}
	ctx, cancel := context.WithCancel(context.Background())
	mine = &flight{askers: 1, cancel: cancel, done: make(chan struct{})}
	if f.flying == nil {
		f.flying = map[string]*flight{}
	}
	f.flying[key] = mine
	go func() {
		defer close(mine.done)
		defer f.land(key, mine)
		defer func() {
			if fault := panics.From(recover()); fault != nil {
				mine.err = fault
			}
		}()
		mine.made, mine.err = f.fly(ctx, key, ttl, create)
	}()
	return mine, false
}

// fly takes what is kept, or makes it.
func (f *Flights) fly(ctx context.Context, key string, ttl time.Duration, create func(context.Context) ([]byte, bool, error)) (Made, error) {
	keeps := f.Keep != nil && ttl > 0
	if keeps {
		if text, ok := f.Keep.Get(ctx, key); ok && len(text) >= stamp {
			at := time.UnixMilli(int64(binary.BigEndian.Uint64(text)))
			return Made{Value: text[stamp:], At: at, Shared: true}, nil
		}
	}
	value, passing, err := create(ctx)
	if err != nil {
		return Made{}, err
	}
	m := Made{Value: value, At: time.Now()}
	if keeps && !passing && ctx.Err() == nil {
		f.Keep.Put(ctx, key, append(binary.BigEndian.AppendUint64(nil, uint64(m.At.UnixMilli())), value...), ttl)
	}
	return m, nil
}

// stamp is the length of the time that stands before a kept value: milliseconds
// since 1970. Replicas may read it.
const stamp = 8

// land ends a flight. What it made is kept by then: who comes now finds that.
func (f *Flights) land(key string, of *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.flying[key] == of {
		delete(f.flying, key)
	}
	of.cancel()
}

// leave takes an asker off; the last ends the flight, and nobody boards it any more.
func (f *Flights) leave(key string, mine *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if mine.askers--; mine.askers > 0 {
		return
	}
	if f.flying[key] == mine {
		delete(f.flying, key)
	}
	mine.cancel()
}
