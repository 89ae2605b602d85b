// Package panics brings a panic from the goroutine that it happened in to who waits
// for that. Nobody else could recover it: it would end the process, and with it
// everybody else's request.
package panics

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Recovered is a panic that was recovered, with the stack that it happened on.
type Recovered struct {
	Value any
	Stack []byte
}

// Error tells the value.
func (r *Recovered) Error() string { return fmt.Sprint("panic: ", r.Value) }

// From makes one of what recover gave: nil of nil, and one that was raised again
// stays the one that it was. It is called where recover is.
func From(value any) *Recovered {
	if value == nil {
		return nil
	}
	if r, is := value.(*Recovered); is {
		return r
	}
	return &Recovered{value, debug.Stack()}
}

// Group is functions that run at the same time. The zero Group is ready.
type Group struct {
	running sync.WaitGroup
	once    sync.Once
	first   *Recovered
}

// Go runs a function in a goroutine of its own.
func (g *Group) Go(f func()) {
	g.running.Go(func() {
		defer func() {
			if r := From(recover()); r != nil {
				g.once.Do(func() { g.first = r })
			}
		}()
		f()
	})
}

// Wait waits until all have ended, and raises the first panic of one of them, as a
// *Recovered.
func (g *Group) Wait() {
	g.running.Wait()
	if g.first != nil {
		panic(g.first)
	}
}
