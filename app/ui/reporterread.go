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

// Read reads all files that were added, and calls show when there is something new
// to look at. It blocks, and is for a goroutine of its own: but for the waiting, it
// and Look take turns.
func (r *Reporter) Read(show func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	began, shown := r.Door.Now(), r.Door.Now()
	step := func(read int64) error {
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
		if r.stop {
			return errStopped
		}
		return nil
	}
	for len(r.queue)+len(r.come) > 0 || r.coming != nil {
		if r.next(step) != nil {
			r.progress.Stopped, r.stop = true, false
		}
	}
	r.progress.Running = false
	show()
}

// next reads the next file.
func (r *Reporter) next(step func(int64) error) error {
	if len(r.come) == 0 {
		if err := r.wait(); err != nil || len(r.come) == 0 {
			return err
		}
	}
	file, set := r.come[0], r.set
	r.come = r.come[1:]
	defer file.Close()
	in := &released{mu: &r.mu, in: file}
	if err := set.Read(file.Name, in, tlsrpt.DefaultLimits(), step); err != nil || set != r.set {
		return err
	}
	r.progress.Files++
	r.progress.before += in.read
	return step(0)
}

// wait waits for the next files, and asks for those behind them.
func (r *Reporter) wait() error {
	if r.coming == nil {
		r.coming = r.ask()
	}
	come := r.coming
	if r.coming = r.ask(); come == nil {
		return nil
	}
	r.mu.Unlock()
	files := come()
	r.mu.Lock()
	if r.stop {
		for _, file := range files {
			file.Close()
		}
		return errStopped
	}
	r.come = files
	return nil
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
