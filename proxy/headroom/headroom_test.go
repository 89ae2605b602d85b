package headroom

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for inUse, want := range map[uint64]int{0: 400, 1: 400, 5 << 20: 400, 8 << 20: 300, 20 << 20: 100, 24 << 20: 100, 25 << 20: 50, 1 << 30: 50, 1 << 60: 50} {
		if got := percent(inUse); got != want {
			t.Errorf("%d octets: %d %%, want %d", inUse, got, want)
		}
	}
}

// current is the per cent that is set.
func current() int {
	p := debug.SetGCPercent(100)
	debug.SetGCPercent(p)
	return p
}

// TestKeep follows what is in use from one collection to the next.
func TestKeep(t *testing.T) {
	before := current()
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "77")
	if Keep(); current() != before {
		t.Error("somebody's decision doesn't count")
	}
	t.Setenv("GOGC", "")
	Keep()
	for _, held := range []int{0, 40 << 20, 0} {
		big := make([]byte, held)
		want := percent(uint64(held) + 2<<20)
		for end := time.Now().Add(10 * time.Second); current() != want && time.Now().Before(end); time.Sleep(time.Millisecond) {
			runtime.GC()
		}
		if got := current(); got != want {
			t.Errorf("%d octets are held: %d %%, want %d", held, got, want)
		}
		runtime.KeepAlive(big)
	}
}
