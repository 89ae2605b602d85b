package lab

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// exchange answers one query in wire form, as a validating recursive resolver
// does that knows the lab's trust anchor.
func (l *Lab) exchange(ctx context.Context, query []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		return nil, fmt.Errorf("lab: query: %w", err)
	}
	return l.world.Load().resolve(q, l.now()).Pack()
}

// resolve answers a query with what the zones say. Unless the query has CD, it
// validates (RFC 4035 §3.2.2): AD is set when all is secure and the query has DO
// or AD (RFC 6840 §5.8), and what is bogus is SERVFAIL with an extended error
// (RFC 8914).
func (w *world) resolve(query *dns.Msg, now time.Time) *dns.Msg {
	m := w.zones.Resolve(query)
	switch {
	case m.Rcode == dns.RcodeRefused:
		refuse(m, m.Rcode, dns.ExtendedErrorCodeNotAuthoritative, "the lab knows names under test. only")
	case m.Rcode == dns.RcodeServerFailure:
		refuse(m, m.Rcode, dns.ExtendedErrorCodeNoReachableAuthority, "a name server fails, or an alias leads out of the lab")
	case m.Rcode != dns.RcodeNotImplemented && !query.CheckingDisabled:
		w.validate(m, query, now)
	}
	return m
}

// validate makes of an answer what it is worth by its status.
func (w *world) validate(m, query *dns.Msg, now time.Time) {
	q, opt := query.Question[0], query.IsEdns0()
	found := w.status(q, now)
	switch {
	case found.Status == dnssec.Secure || w.vouched(q.Name):
		m.AuthenticatedData = opt != nil && opt.Do() || query.AuthenticatedData
	case found.Status != dnssec.Insecure:
		refuse(m, dns.RcodeServerFailure, found.Reason.EDE(), whyOf(found))
	case found.Reason.EDE() != 0:
		explain(m, found.Reason.EDE(), whyOf(found))
	}
}

// status validates what the zones answer to a question.
func (w *world) status(q dns.Question, now time.Time) dnssec.Result {
	return dnssec.Resolver{
		Exchange: w.zones.Exchange, Anchors: []dnssec.Anchor{w.anchor}, Cache: w.memory.take(),
		Now: func() time.Time { return now },
	}.Lookup(context.Background(), q.Name, doh.Type(q.Qtype))
}

// memory is what the resolver has validated, forgotten now and then: the names
// that strangers ask for mustn't pile up.
type memory struct {
	mu    sync.Mutex
	cache *dnssec.Cache
	left  int // lookups that it may still serve
}

// remembered is how many lookups share a cache.
const remembered = 1000

func (m *memory) take() *dnssec.Cache {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left == 0 {
		m.cache, m.left = new(dnssec.Cache), remembered
	}
	m.left--
	return m.cache
}

// vouched tells whether the resolver believes a name's domain whatever it says.
func (w *world) vouched(name string) bool {
	n, err := dnsname.Parse(dns.CanonicalName(name))
	for ; err == nil && n.Within(top); n = n.Parent() {
		if w.believed[n] {
			return true
		}
	}
	return false
}

// whyOf says what is wrong with the first hop that isn't secure.
func whyOf(r dnssec.Result) string {
	for _, h := range r.Hops {
		if h.Status != dnssec.Secure {
			return fmt.Sprintf("%s %s: %s", h.Name, h.Type, h.Reason)
		}
	}
	return string(r.Reason)
}

// refuse makes an answer one of an error.
func refuse(m *dns.Msg, rcode int, code uint16, text string) {
	m.Rcode, m.Answer, m.Ns = rcode, nil, nil
	explain(m, code, text)
}

// explain adds an extended error when the query had EDNS.
func explain(m *dns.Msg, code uint16, text string) {
	if opt := m.IsEdns0(); opt != nil {
		opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: text})
	}
}
