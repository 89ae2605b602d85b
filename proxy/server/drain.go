package server

import (
	"net/http"
	"sync"
)

// drain counts the requests that run. Once it has begun, no more are let in.
type drain struct {
	mu      sync.Mutex
	begun   bool
	running int
	empty   chan struct{} // closed when it has begun and nothing runs any more
}

func newDrain() *drain { return &drain{empty: make(chan struct{})} }

// enter counts a request, and tells whether it may run; then leave ends it.
func (d *drain) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begun {
		return false
	}
	d.running++
	return true
}

func (d *drain) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running--
	d.settle()
}

// begin lets no more in and gives how many still run.
func (d *drain) begin() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.begun {
		d.begun = true
		d.settle()
	}
	return d.running
}

func (d *drain) settle() {
	if d.begun && d.running == 0 {
		close(d.empty)
	}
}

// Draining tells whether the server is about to end: it lets the requests that
// run end, and takes no more.
func (s *Server) Draining() bool {
	s.drain.mu.Lock()
	defer s.drain.mu.Unlock()
	return s.drain.begun
}

// aboutItself are the paths that answer until the last moment.
func aboutItself(path string) bool { return path == "/healthz" || path == "/readyz" }

// admit lets a request run until it leaves, or answers that the server is about to
// end. The client's next request then opens a connection of its own, to who takes
// our place.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) bool {
	if s.drain.enter() {
		return true
	}
	w.Header().Set("Retry-After", "5")
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
	problem(w, http.StatusServiceUnavailable, faultEnding, "")
	return false
}

// Running gives how many probes and how many DNS queries run now.
func (s *Server) Running() (probes, queries int) { return s.probes.taken(), s.queries.taken() }
