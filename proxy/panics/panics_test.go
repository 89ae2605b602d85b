package panics

import (
	"bytes"
	"sync/atomic"
	"testing"
)

// caught gives what a function panics with.
func caught(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func broken() { panic("broken") }

// TestGroup: all end before the panic of one is raised, which is told with its own
// stack however often it is raised again.
func TestGroup(t *testing.T) {
	var ended atomic.Int32
	value := caught(func() {
		var outer Group
		outer.Go(func() {
			var inner Group
			release := make(chan struct{})
			inner.Go(func() { <-release; ended.Add(1) })
			inner.Go(func() { defer close(release); broken() })
			inner.Wait()
			t.Error("not raised")
		})
		outer.Wait()
		t.Error("not raised again")
	})
	r, is := value.(*Recovered)
	if !is || r.Value != "broken" || !bytes.Contains(r.Stack, []byte("panics.broken(")) || ended.Load() != 1 {
		t.Errorf("%v, %d ended", value, ended.Load())
	}
}

func TestGroupWithoutPanic(t *testing.T) {
	var g Group
	var ended atomic.Int32
	for range 3 {
		g.Go(func() { ended.Add(1) })
	}
	if value := caught(g.Wait); value != nil || ended.Load() != 3 || From(nil) != nil {
		t.Errorf("%v, %d ended", value, ended.Load())
	}
}
