package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/miekg/dns"

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

// resolve answers a query: AD is set when the answer is secure and the query has
// DO or AD (RFC 6840 §5.8), and what is bogus is SERVFAIL with an extended error
// (RFC 8914), unless the query has CD (RFC 4035 §3.2.2).
func (w *world) resolve(query *dns.Msg, now time.Time) *dns.Msg {
	m := w.zones.Resolve(query)
	switch m.Rcode {
	case dns.RcodeNotImplemented:
		return m
	case dns.RcodeRefused:
		return refuse(m, m.Rcode, dns.ExtendedErrorCodeNotAuthoritative, "the lab knows names under test. only")
	case dns.RcodeServerFailure:
		return refuse(m, m.Rcode, dns.ExtendedErrorCodeNoReachableAuthority, "no name server of the lab answers")
	}
	r := w.validate(query.Question[0], now)
	if r.Status != dnssec.Secure && r.Status != dnssec.Insecure && !query.CheckingDisabled {
		return refuse(m, dns.RcodeServerFailure, r.Reason.EDE(), why(r))
	}
	opt := query.IsEdns0()
	m.AuthenticatedData = r.Status == dnssec.Secure && (query.AuthenticatedData || opt != nil && opt.Do())
	return m
}

// maxCached bounds how many answers are validated before what is known of the
// way to them is forgotten: anybody may ask for any name.
const maxCached = 500

// validate looks a question up from the lab's trust anchor.
func (w *world) validate(q dns.Question, now time.Time) dnssec.Result {
	w.mu.Lock()
	if w.validated++; w.validated%maxCached == 1 {
		w.cache = new(dnssec.Cache)
	}
	r := dnssec.Resolver{
		Exchange: w.zones.Exchange, Anchors: []dnssec.Anchor{w.anchor},
		Now: func() time.Time { return now }, Cache: w.cache,
	}
	w.mu.Unlock()
	return r.Lookup(context.Background(), q.Name, doh.Type(q.Qtype))
}

// why says at which name an answer is broken, and how.
func why(r dnssec.Result) string {
	for _, h := range r.Hops {
		if h.Status == r.Status {
			return fmt.Sprintf("%s: %s %s", r.Reason, h.Name, h.Type)
		}
	}
	return string(r.Reason)
}

// refuse makes a response one of an error, with an extended one when it has EDNS.
func refuse(m *dns.Msg, rcode int, code uint16, text string) *dns.Msg {
	m.Rcode, m.Answer, m.Ns = rcode, nil, nil
	if opt := m.IsEdns0(); opt != nil {
		opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: text})
	}
	return m
}
