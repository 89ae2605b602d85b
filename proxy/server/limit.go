package server

import (
	"net/http"
	"net/netip"
	"sync"
)

// limiter bounds how much runs at once, in all and for one client.
type limiter struct {
	most, each int
	mu         sync.Mutex
	running    int
	clients    map[netip.Prefix]int
}

func newLimiter(most, each int) *limiter {
	return &limiter{most: most, each: each, clients: make(map[netip.Prefix]int)}
}

// taken is how many places are taken.
func (l *limiter) taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// enter takes a place and gives what leaves it, or answers the request with a
// problem and gives nil.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, l *limiter, who netip.Prefix) (leave func()) {
	leave, limit := l.take(who)
	if leave == nil {
		s.crowded(w, r, limit)
	}
	return leave
}

// crowded answers a request for which there is no place within a limit.
func (s *Server) crowded(w http.ResponseWriter, r *http.Request, limit string) {
	if limit == perClient {
		w.Header().Set("Retry-After", "2")
		problem(w, http.StatusTooManyRequests, faultTooMany, "")
	} else {
		w.Header().Set("Retry-After", "5")
		problem(w, http.StatusServiceUnavailable, faultBusy, "")
	}
	s.config.Meter.Refused(endpoint(r.URL.Path), limit)
}

// take takes a place and gives what leaves it, or nil and the limit that there is
// none within.
func (l *limiter) take(who netip.Prefix) (leave func(), limit string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case who.IsValid() && l.clients[who] >= l.each:
		return nil, perClient
	case l.running >= l.most:
		return nil, tooBusy
	}
	l.running++
	if who.IsValid() {
		l.clients[who]++
	}
	return func() { l.leave(who) }, ""
}

func (l *limiter) leave(who netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	if l.clients[who]--; l.clients[who] <= 0 {
		delete(l.clients, who)
	}
}
