package zone

import (
	"context"
	"fmt"

	"github.com/miekg/dns"
)

// Internet is zones by origin, with final dot and in lower case, and answers for
// them as a recursive resolver does that doesn't validate.
type Internet map[string]*Zone

// NewInternet gives the zones as an Internet.
func NewInternet(zones ...*Zone) Internet {
	i := Internet{}
	for _, z := range zones {
		i[z.origin] = z
	}
	return i
}

// Exchange answers one query in wire form. It fails when ctx is done, and for
// what is no query.
func (i Internet) Exchange(ctx context.Context, query []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		return nil, fmt.Errorf("zone: query: %w", err)
	}
	m := i.Resolve(q)
	m.Compress = true
	return m.Pack()
}

// Resolve answers a query: aliases are followed from zone to zone, and with DO
// in the query all that its zones sign and prove is there. What none of the
// zones is the authority for is REFUSED; an alias or a delegation to it, and a
// zone that fails, is SERVFAIL.
func (i Internet) Resolve(query *dns.Msg) *dns.Msg {
	m := reply{Msg: new(dns.Msg).SetReply(query)}
	m.RecursionAvailable, m.CheckingDisabled = true, query.CheckingDisabled
	if opt := query.IsEdns0(); opt != nil {
		m.do = opt.Do()
		m.SetEdns0(opt.UDPSize(), m.do)
	}
	if len(query.Question) != 1 || query.Opcode != dns.OpcodeQuery {
		m.Rcode = dns.RcodeNotImplemented
		return m.Msg
	}
	q := query.Question[0]
	name := dns.CanonicalName(q.Name)
	if q.Qclass != dns.ClassINET || i.ZoneOf(name, q.Qtype) == nil {
		m.Rcode = dns.RcodeRefused
		return m.Msg
	}
	seen := map[string]bool{}
	for hops := 0; hops < maxHops && !seen[name]; hops++ {
		seen[name] = true
		z := i.ZoneOf(name, q.Qtype)
		if z == nil || z.cutFor(name, q.Qtype) != "" {
			m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
			break
		}
		next := z.step(m, name, q.Qtype)
		if next == "" {
			break
		}
		name = next
	}
	return m.Msg
}

// ZoneOf gives the zone that answers a question: the deepest one, but for the DS
// of an apex the one above where it is there (RFC 4035 §3.1.4.1); nil without one.
func (i Internet) ZoneOf(name string, typ uint16) *Zone {
	own := i[name]
	if own != nil && (typ != dns.TypeDS || name == ".") {
		return own
	}
	for name != "." {
		name = parent(name)
		if z := i[name]; z != nil {
			return z
		}
	}
	return own
}
