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
func (l *limiter) enter(w http.ResponseWriter, r *http.Request) (leave func()) {
	leave, status := l.take(client(r))
	switch status {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "2")
		problem(w, status, faultTooMany, "")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
		problem(w, status, faultBusy, "")
	}
	return leave
}

// take takes a place and gives what leaves it, or nil and the status that says
// why there is none.
func (l *limiter) take(who netip.Prefix) (leave func(), status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case who.IsValid() && l.clients[who] >= l.each:
		return nil, http.StatusTooManyRequests
	case l.running >= l.most:
		return nil, http.StatusServiceUnavailable
	}
	l.running++
	if who.IsValid() {
		l.clients[who]++
	}
	return func() { l.leave(who) }, http.StatusOK
}

func (l *limiter) leave(who netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	if l.clients[who]--; l.clients[who] <= 0 {
		delete(l.clients, who)
	}
}

// client is who asks: an IPv4 address, or the /56 of an IPv6 address, which is
// one customer's. It is no valid prefix on loopback: that is the machine's
// owner, or a reverse proxy that stands for everybody.
func client(r *http.Request) netip.Prefix {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || at.Addr().IsLoopback() {
		return netip.Prefix{}
	}
	ip, bits := at.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 56
	}
	p, _ := ip.Prefix(bits)
	return p
}
