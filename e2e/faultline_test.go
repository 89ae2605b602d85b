package e2e

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// episode is one fault of one component, from before it began to after its end.
type episode struct {
	what, kind string
	from, to   time.Time // to is zero while it goes on
}

// timeline keeps when what was at fault.
type timeline struct {
	mu       sync.Mutex
	episodes []*episode
}

// begin notes the beginning of a fault, before it is made; the function given notes
// its end, once it is mended.
func (l *timeline) begin(what, kind string) (mended func()) {
	e := &episode{what: what, kind: kind, from: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.episodes = append(l.episodes, e)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		e.to = time.Now()
	}
}

// of gives the kinds of faults that a component had within a time, each once.
func (l *timeline) of(what string, from, to time.Time) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var kinds []string
	for _, e := range l.episodes {
		if e.what == what && e.from.Before(to) && (e.to.IsZero() || e.to.After(from)) && !slices.Contains(kinds, e.kind) {
			kinds = append(kinds, e.kind)
		}
	}
	return kinds
}

// counts counts the faults by sort of component and kind.
func (l *timeline) counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]int{}
	for _, e := range l.episodes {
		sort, _, _ := strings.Cut(e.what, " ")
		all[sort+" "+e.kind]++
	}
	return all
}
