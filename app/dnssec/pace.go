package dnssec

import (
	"sync"
	"time"
)

// pace lets the page paint while many answers are validated at once: a browser's
// program is one thread, and as long as any goroutine can run the page stands
// still. After some work all wait until the browser has had its turn.
type pace struct {
	mu   sync.Mutex
	work int
	gate chan struct{} // closed when it goes on; nil while nobody waits
}

// What work takes, in runs of a hash function, and how much of it is done at a
// time: some 25 ms in a browser.
const (
	signatureWork = 1200
	turnWork      = 6000
)

// spend waits for the gate and counts work that is about to be done.
func (p *pace) spend(work int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.gate != nil {
		gate := p.gate
		p.mu.Unlock()
		<-gate
		p.mu.Lock()
	}
	if p.work += work; p.work < turnWork {
		return
	}
	gate := make(chan struct{})
	p.work, p.gate = 0, gate
	p.mu.Unlock()
	time.Sleep(time.Nanosecond) // however briefly, it hands the thread back
	p.mu.Lock()
	p.gate = nil
	close(gate)
}
