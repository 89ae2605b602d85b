package share

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/proxy/panics"
)

func TestLocal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, ctx := NewLocal(1<<20), t.Context()
		l.Put(ctx, "short", []byte("a"), time.Second)
		l.Put(ctx, "long", []byte("b"), time.Minute)
		l.Put(ctx, "none", []byte("c"), 0)
		for _, step := range []struct {
			then time.Duration
			want []string
		}{{0, []string{"short", "long"}}, {900 * time.Millisecond, []string{"short", "long"}}, {200 * time.Millisecond, []string{"long"}}, {time.Minute, nil}} {
			time.Sleep(step.then)
			var got []string
			for _, key := range []string{"short", "long", "none", "other"} {
				if _, ok := l.Get(ctx, key); ok {
					got = append(got, key)
				}
			}
			if !slices.Equal(got, step.want) {
				t.Errorf("after %v: %v, want %v", step.then, got, step.want)
			}
		}
	})
}

// However much is put in, no more than its octets are kept.
func TestLocalIsBounded(t *testing.T) {
	l, ctx := NewLocal(100_000), t.Context()
	for i := range 1000 {
		l.Put(ctx, strconv.Itoa(i), make([]byte, 1000), time.Hour)
	}
	l.Put(ctx, "huge", make([]byte, 200_000), time.Hour)
	l.values.CleanUp()
	if w := l.values.WeightedSize(); w == 0 || w > 100_000 {
		t.Errorf("%d octets kept", w)
	}
	if _, ok := l.Get(ctx, "huge"); ok {
		t.Error("one that is larger than all is kept")
	}
}

// maker counts how often it is asked, and takes a second.
func maker(count *atomic.Int32, passing bool) func(context.Context) ([]byte, bool, error) {
	return func(ctx context.Context) ([]byte, bool, error) {
		count.Add(1)
		select {
		case <-time.After(time.Second):
			return []byte("made"), passing, nil
		case <-ctx.Done():
			return nil, true, ctx.Err()
		}
	}
}

func TestOneFlightForAll(t *testing.T) {
	for _, c := range []struct {
		passing bool
		ttl     time.Duration
		keep    Keeper
		want    int32 // times made: for all at once, a while later, after a minute
	}{{false, time.Minute, NewLocal(1000), 2}, {true, time.Minute, NewLocal(1000), 3}, {false, 0, NewLocal(1000), 3}, {false, time.Minute, nil, 3}} {
		synctest.Test(t, func(t *testing.T) {
			if c.keep != nil {
				c.keep = NewLocal(1000)
			}
			var count, shared atomic.Int32
			f := &Flights{Keep: c.keep}
			ask := func() {
				m, err := f.Do(t.Context(), "key", c.ttl, maker(&count, c.passing))
				if err != nil || !bytes.Equal(m.Value, []byte("made")) {
					t.Errorf("%q %v", m.Value, err)
				}
				if m.Shared {
					shared.Add(1)
				}
				if age := time.Since(m.At); age < 0 || age > time.Minute {
					t.Errorf("made %v ago", age)
				}
			}
			var all sync.WaitGroup
			for range 10 {
				all.Go(ask)
			}
			all.Wait()
			if count.Load() != 1 || shared.Load() != 9 {
				t.Errorf("made %d times, shared %d times", count.Load(), shared.Load())
			}
			time.Sleep(50 * time.Second)
			ask()
			time.Sleep(11 * time.Second)
			ask()
			if count.Load() != c.want {
				t.Errorf("%+v: made %d times", c, count.Load())
			}
			if len(f.flying) != 0 {
				t.Error("one still flies")
			}
		})
	}
}

// The last asker who goes ends the flight, and no earlier one does. Who comes then
// gets a flight of their own.
func TestAskersLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f Flights
		var begun, ended atomic.Int32
		create := func(ctx context.Context) ([]byte, bool, error) {
			begun.Add(1)
			<-ctx.Done()
			ended.Add(1)
			return nil, false, ctx.Err()
		}
		var leave []context.CancelFunc
		var all sync.WaitGroup
		ask := func() {
			ctx, cancel := context.WithCancel(t.Context())
			leave = append(leave, cancel)
			all.Go(func() {
				if _, err := f.Do(ctx, "key", 0, create); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			})
			synctest.Wait()
		}
		check := func(what string, b, e int32) {
			synctest.Wait()
			if begun.Load() != b || ended.Load() != e {
				t.Errorf("%s: %d begun, %d ended", what, begun.Load(), ended.Load())
			}
		}
		ask()
		ask()
		leave[0]()
		check("the first has gone", 1, 0)
		ask()
		leave[1]()
		check("the second has gone", 1, 0)
		leave[2]()
		check("all have gone", 1, 1)
		ask()
		check("one comes back", 2, 1)
		leave[3]()
		all.Wait()
		check("and goes", 2, 2)
	})
}

func TestPanicIsEachAskersError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := Flights{Keep: NewLocal(1000)}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, err := f.Do(t.Context(), "key", time.Minute, func(context.Context) ([]byte, bool, error) {
					time.Sleep(time.Second)
					panic("broken")
				})
				var p *panics.Recovered
				if !errors.As(err, &p) || p.Value != "broken" || len(p.Stack) == 0 {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		var count atomic.Int32
		if m, err := f.Do(t.Context(), "key", time.Minute, maker(&count, false)); err != nil || m.Shared || count.Load() != 1 {
			t.Errorf("afterwards: %+v, %v", m, err)
		}
	})
}
