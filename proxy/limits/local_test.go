package limits

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLocal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, r := NewLocal(100), Rate{Burst: 3, Every: 2 * time.Second}
		take := func(key string) Verdict { return l.Take(context.Background(), key, r) }
		for i, want := range []Verdict{
			{true, r, 2, 2 * time.Second}, {true, r, 1, 2 * time.Second}, {true, r, 0, 2 * time.Second}, {false, r, 0, 2 * time.Second},
		} {
			if got := take("a"); got != want {
				t.Errorf("take %d: %+v, want %+v", i, got, want)
			}
		}
		if !take("b").OK {
			t.Error("another key is refused")
		}
		time.Sleep(500 * time.Millisecond)
		v := take("a")
		if v.OK || v.Reset != 1500*time.Millisecond {
			t.Errorf("after half a second: %+v", v)
		}
		time.Sleep(v.Reset)
		if v = take("a"); !v.OK || v.Remaining != 0 {
			t.Errorf("at the time it named: %+v", v)
		}
		time.Sleep(time.Hour)
		if v = take("a"); !v.OK || v.Remaining != 2 {
			t.Errorf("after an hour: %+v", v)
		}
	})
}

// A rate that changes begins anew, and one that lets nothing pass says so.
func TestOtherRates(t *testing.T) {
	l := NewLocal(100)
	if l.Take(t.Context(), "a", Rate{}).OK {
		t.Error("a burst of none passes")
	}
	if v := l.Take(t.Context(), "a", Rate{2, time.Hour}); !v.OK || v.Remaining != 1 {
		t.Errorf("%+v", v)
	}
}

// However many keys come, few are remembered, and those that are idle go.
func TestLocalForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, r := NewLocal(100), Rate{Burst: 2, Every: time.Second}
		for i := range 10_000 {
			l.Take(t.Context(), strconv.Itoa(i), r)
		}
		l.buckets.CleanUp()
		if n := l.buckets.EstimatedSize(); n > 100 {
			t.Errorf("%d keys remembered", n)
		}
		time.Sleep(3 * time.Second)
		l.buckets.CleanUp()
		if n := l.buckets.EstimatedSize(); n != 0 {
			t.Errorf("%d idle keys remembered", n)
		}
	})
}

func TestLocalConcurrently(t *testing.T) {
	var passed atomic.Int32
	var all sync.WaitGroup
	l := NewLocal(100)
	for range 20 {
		all.Go(func() {
			for range 20 {
				if l.Take(context.Background(), "one", Rate{50, time.Hour}).OK {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 50 {
		t.Errorf("%d passed, want 50", passed.Load())
	}
}
