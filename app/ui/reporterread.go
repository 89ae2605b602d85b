package ui

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/sealane/sealane/app/tlsrpt"
)

const (
	// stretch is how long the program works before the browser has its turn: less
	// than there is between two frames.
	stretch = 12 * time.Millisecond
	// atOnce is how many files are read together, while as many are worked on.
	atOnce = 32
)

// errStopped ends the reading of a file.
var errStopped = errors.New("ui: stopped")

// Read reads all files that were added, and tells the watcher now and then. It blocks, and
// is for a goroutine of its own: but for the waiting, it and Look take turns.
func (r *Reporter) Read() {
	r.mu.Lock()
	defer r.mu.Unlock()
	began, shown, halts := r.Door.Now(), r.Door.Now(), r.halts
	show := func() {
		if r.watch != nil {
			r.watch()
		}
	}
	step := func(read int64) error {
		if r.halts != halts {
			return errStopped
		}
		r.progress.Octets = r.progress.before + read
		if now := r.Door.Now(); now.Sub(began) >= stretch {
			if now.Sub(shown) >= r.rest {
				show()
				shown = now
			}
			r.mu.Unlock()
			r.Door.Breathe()
			r.mu.Lock()
			began = r.Door.Now()
		}
		if r.halts != halts {
			return errStopped
		}
		return nil
	}
	for len(r.queue)+len(r.come) > 0 || r.coming != nil {
		halts = r.halts
		r.reading = true
		r.next(step)
		r.reading = false
	}
	r.progress.Running = false
	show()
}

// next reads the next file, unless step wants it given up.
func (r *Reporter) next(step func(int64) error) {
	if len(r.come) == 0 {
		r.wait()
	}
	if len(r.come) == 0 {
		return
	}
	file, set := r.come[0], r.set
	r.come = r.come[1:]
	defer file.Close()
	in := &released{mu: &r.mu, in: file}
	if set.Read(file.Name, in, tlsrpt.DefaultLimits(), step) != nil || set != r.set {
		return
	}
	r.progress.Files++
	r.progress.before += in.read
	r.reading = false
	_ = step(0) // what it says ends nothing more
}

// wait waits for the next files, and asks for those behind them.
func (r *Reporter) wait() {
	if r.coming == nil {
		r.coming = r.ask()
	}
	come, halts := r.coming, r.halts
	if r.coming = r.ask(); come == nil {
		return
	}
	r.mu.Unlock()
	files := come()
	r.mu.Lock()
	if r.halts == halts {
		r.come = files
		return
	}
	for _, file := range files {
		file.Close()
	}
}

// ask begins to read more files of the queue; nil when there are none.
func (r *Reporter) ask() (come func() []File) {
	for len(r.queue) > 0 {
		files := &r.queue[0]
		n := min(atOnce, files.Len-files.next)
		if n == 0 {
			r.queue = r.queue[1:]
			continue
		}
		if r.halt == nil {
			r.ctx, r.halt = context.WithCancel(context.Background())
		}
		come = files.Read(r.ctx, files.next, n)
		files.next += n
		return come
	}
	return nil
}

// released is a file for whose octets nobody else has to wait.
type released struct {
	mu   *sync.Mutex
	in   io.Reader
	read int64 // octets
}

// Read waits without the lock. The Set is whole then: it is only changed when a
// report was read.
func (f *released) Read(b []byte) (int, error) {
	f.mu.Unlock()
	defer f.mu.Lock()
	n, err := f.in.Read(b)
	f.read += int64(n)
	return n, err
}
