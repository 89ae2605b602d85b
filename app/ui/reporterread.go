package ui

import (
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
	// foresight is how many files are opened before it is their turn: to reach one takes
	// longer than to read it.
	foresight = 16
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
	for len(r.queue)+len(r.ahead) > 0 {
		if r.next(step) != nil {
			r.progress.Stopped, r.stop = true, false
		}
	}
	r.progress.Running = false
	show()
}

// next reads the first file of the queue.
func (r *Reporter) next(step func(int64) error) error {
	for len(r.ahead) < foresight && len(r.queue) > 0 {
		files := &r.queue[0]
		if files.next == files.Len {
			r.queue = r.queue[1:]
			continue
		}
		file := files.At(files.next)
		files.next++
		r.ahead = append(r.ahead, opened{file.Name, file.Open()})
	}
	if len(r.ahead) == 0 {
		return nil
	}
	file, set := r.ahead[0], r.set
	r.ahead = r.ahead[1:]
	r.current = file.in
	in := &released{mu: &r.mu, in: file.in}
	err := set.Read(file.name, in, tlsrpt.DefaultLimits(), step)
	if r.close(); err != nil || set != r.set {
		return err
	}
	r.progress.Files++
	r.progress.before += in.read
	return step(0)
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
