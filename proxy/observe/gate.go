package observe

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// gate lets one visitor at a time to each address, in the order in which they
// came. It remembers an address only as long as somebody waits for it, is there,
// or left less than a pause ago. The zero gate is ready.
type gate struct {
	mu    sync.Mutex
	doors map[netip.Addr]*door
}

// door is the way to one address.
type door struct {
	turn chan struct{} // full while somebody has the turn
	used int           // by how many: waiting, there, or just left
}

// enter waits for the turn until ctx ends. leave gives it on after a pause, and
// is nil when the turn didn't come.
func (g *gate) enter(ctx context.Context, ip netip.Addr, pause time.Duration) (leave func(), waited bool) {
	ip = ip.Unmap()
	d := g.door(ip)
	select {
	case d.turn <- struct{}{}:
	default:
		waited = true
		select {
		case d.turn <- struct{}{}:
		case <-ctx.Done():
			g.forget(ip, d)
			return nil, waited
		}
	}
	free := func() {
		<-d.turn
		g.forget(ip, d)
	}
	return sync.OnceFunc(func() {
		if pause > 0 {
			time.AfterFunc(pause, free)
			return
		}
		free()
	}), waited
}

// door gives an address's door to one more user.
func (g *gate) door(ip netip.Addr) *door {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.doors[ip]
	if d == nil {
		d = &door{turn: make(chan struct{}, 1)}
		if g.doors == nil {
			g.doors = make(map[netip.Addr]*door)
		}
		g.doors[ip] = d
	}
	d.used++
	return d
}

// forget takes a user from a door, and the door that has none left.
func (g *gate) forget(ip netip.Addr, d *door) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d.used--; d.used == 0 {
		delete(g.doors, ip)
	}
}
