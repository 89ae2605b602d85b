package ui

import (
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
)

// TestFeed keeps the newest facts for a painting, asks for one at a time, and leaves a
// slow machine time for the check.
func TestFeed(t *testing.T) {
	f := &feed{}
	f.put(check.Facts{Asked: 1})
	var waits []time.Duration
	f.wake(func(wait time.Duration) { waits = append(waits, wait) })
	if facts, fresh, ended := f.take(); len(waits) != 1 || waits[0] != 0 || facts.Asked != 1 || !fresh || ended {
		t.Fatalf("what came before anybody looked: %v, %d, %v, %v", waits, facts.Asked, fresh, ended)
	}
	f.put(check.Facts{Asked: 2})
	f.put(check.Facts{Asked: 3})
	if facts, _, _ := f.take(); len(waits) != 2 || waits[1] != pace || facts.Asked != 3 {
		t.Errorf("two at once: %v, %d", waits, facts.Asked)
	}
	if _, fresh, _ := f.take(); fresh {
		t.Error("taken twice")
	}
	f.took(200 * time.Millisecond)
	f.put(check.Facts{})
	f.took(time.Hour)
	f.take()
	f.put(check.Facts{})
	f.end(check.Facts{Asked: 4})
	want := []time.Duration{0, pace, share * 200 * time.Millisecond, time.Second, 0}
	if len(waits) != len(want) {
		t.Fatalf("%v, want %v", waits, want)
	}
	for i := range want {
		if waits[i] != want[i] {
			t.Errorf("painting %d after %s, want %s", i, waits[i], want[i])
		}
	}
	if facts, fresh, ended := f.take(); facts.Asked != 4 || !fresh || !ended {
		t.Errorf("the end: %d, %v, %v", facts.Asked, fresh, ended)
	}
}
