package ui

import (
	"sync"
	"time"

	"github.com/sealane/sealane/app/check"
)

// How long a report stands before the next facts may replace it: pace, and on a
// slow machine a share of the time that is left to the check.
const (
	pace  = 60 * time.Millisecond
	share = 3 // times what painting took
)

// feed holds the newest facts of a check between two paintings.
type feed struct {
	begin        sync.Once
	mu           sync.Mutex
	facts        check.Facts
	fresh, ended bool
	rest         time.Duration
	paint        func(wait time.Duration) // nil while nobody looks
}

// put keeps facts, and asks for a painting if none is asked for yet.
func (f *feed) put(facts check.Facts) { f.keep(facts, false) }

// end keeps the last facts and has them painted at once.
func (f *feed) end(facts check.Facts) { f.keep(facts, true) }

func (f *feed) keep(facts check.Facts, ended bool) {
	f.mu.Lock()
	first := !f.fresh
	f.facts, f.fresh, f.ended = facts, true, ended
	paint, wait := f.paint, max(pace, f.rest)
	f.mu.Unlock()
	switch {
	case paint == nil:
	case ended:
		paint(0)
	case first:
		paint(wait)
	}
}

// wake sets who paints, and has painted what is there.
func (f *feed) wake(paint func(wait time.Duration)) {
	f.mu.Lock()
	fresh := f.fresh
	f.paint = paint
	f.mu.Unlock()
	if fresh {
		paint(0)
	}
}

// took is told what the last painting took.
func (f *feed) took(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest = min(share*d, time.Second)
}

// take gives the newest facts, whether they are new, and whether they are the last.
func (f *feed) take() (facts check.Facts, fresh, ended bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fresh, f.fresh = f.fresh, false
	return f.facts, fresh, f.ended
}
