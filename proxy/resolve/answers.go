package resolve

import (
	"bytes"
	"encoding/binary"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Answers are kept for as long as their TTLs allow and answerAge at most: for the
// same question of visitors who come together, not to be a cache like the resolver
// behind, whose answers somebody who mends a domain sees change.
const (
	answerAge    = 5 * time.Second
	mostAnswers  = 1024 // of one generation
	answerOctets = 4096
)

// answers keeps responses by their queries, in two generations: when the newer is
// full it becomes the older, and that is forgotten. A nil answers keeps none.
type answers struct {
	mu           sync.Mutex
	newer, older map[string]keptAnswer
}

// keptAnswer is a response and its time.
type keptAnswer struct {
	wire     []byte
	came, to time.Time
}

// get gives the response to a query, with the query's ID and what is left of the
// TTLs (RFC 1035 §3.2.1); nil when there is none. All but the ID is the key: flags
// and options count, and letters' case too, which the answer repeats.
func (a *answers) get(query []byte, now time.Time) []byte {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	kept, ok := a.newer[string(query[2:])]
	if !ok {
		kept, ok = a.older[string(query[2:])]
	}
	a.mu.Unlock()
	if !ok || !now.Before(kept.to) {
		return nil
	}
	wire := bytes.Clone(kept.wire)
	copy(wire, query[:2])
	passed := uint32(now.Sub(kept.came) / time.Second)
	records(wire, func(r record) {
		if r.kind != dns.TypeOPT { // which has flags there (RFC 6891 §6.1.3)
			binary.BigEndian.PutUint32(wire[r.data-6:], r.ttl-min(r.ttl, passed))
		}
	})
	return wire
}

// put keeps a copy of a response for its lifetime.
func (a *answers) put(query, response []byte, now time.Time) {
	if a == nil || len(response) > answerOctets || len(query) > answerOctets {
		return
	}
	lifetime := min(time.Duration(Lifetime(response))*time.Second, answerAge)
	if lifetime <= 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.newer == nil || len(a.newer) >= mostAnswers {
		a.newer, a.older = make(map[string]keptAnswer), a.newer
	}
	a.newer[string(query[2:])] = keptAnswer{bytes.Clone(response), now, now.Add(lifetime)}
}
