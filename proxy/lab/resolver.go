package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// maxZones bounds how many zones one CNAME chain may lead through.
const maxZones = 8

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

// resolution is one answer being made.
type resolution struct {
	*dns.Msg
	world  *world
	now    time.Time
	secure bool
}

// resolve answers a query: CNAME chains are followed from zone to zone, AD is
// set when every step validates and the query has DO or AD (RFC 6840 §5.8),
// and what is bogus is SERVFAIL with an extended error (RFC 8914), unless the
// query has CD (RFC 4035 §3.2.2).
func (w *world) resolve(query *dns.Msg, now time.Time) *dns.Msg {
	r := &resolution{Msg: new(dns.Msg).SetReply(query), world: w, now: now, secure: true}
	r.RecursionAvailable, r.CheckingDisabled = true, query.CheckingDisabled
	opt := query.IsEdns0()
	do := opt != nil && opt.Do()
	if opt != nil {
		r.SetEdns0(1232, do)
	}
	if len(query.Question) != 1 || query.Opcode != dns.OpcodeQuery {
		r.Rcode = dns.RcodeNotImplemented
		return r.Msg
	}
	q := query.Question[0]
	name, err := dnsname.Parse(dns.CanonicalName(q.Name))
	if err != nil || q.Qclass != dns.ClassINET || !name.Within(top) {
		r.refuse(dns.RcodeRefused, dns.ExtendedErrorCodeNotAuthoritative, "the lab knows names under test. only")
		return r.Msg
	}
	for range maxZones {
		next := r.step(name, q.Qtype)
		if next.IsZero() {
			break
		}
		name = next
	}
	r.AuthenticatedData = r.secure && r.Rcode != dns.RcodeServerFailure && (do || query.AuthenticatedData)
	if !do {
		r.strip(q.Qtype)
	}
	return r.Msg
}

// step asks the zone of the name, and gives the name to go on with when an
// alias leads into another zone.
func (r *resolution) step(name dnsname.Name, typ uint16) dnsname.Name {
	if r.world.failing[set{name, typ}] {
		r.refuse(dns.RcodeServerFailure, dns.ExtendedErrorCodeNoReachableAuthority, "the name server answers SERVFAIL")
		return dnsname.Name{}
	}
	z := r.world.zoneOf(name, typ)
	q := new(dns.Msg).SetQuestion(name.FQDN(), typ)
	q.SetEdns0(4096, true)
	part := z.Answer(q)
	status, cause := r.world.validate(z, part, r.now)
	r.secure = r.secure && status == dnssec.Secure
	if status == dnssec.Bogus && !r.CheckingDisabled {
		r.refuse(dns.RcodeServerFailure, cause.code, cause.text)
		return dnsname.Name{}
	}
	r.Rcode = part.Rcode
	r.Answer, r.Ns = append(r.Answer, part.Answer...), append(r.Ns, part.Ns...)
	end := follow(part.Answer, name, typ)
	if end == name || r.world.zoneOf(end, typ) == z {
		return dnsname.Name{}
	}
	if !end.Within(top) {
		r.refuse(dns.RcodeServerFailure, dns.ExtendedErrorCodeNoReachableAuthority, "an alias leads out of the lab")
		return dnsname.Name{}
	}
	return end
}

// follow gives where the CNAME records of an answer lead from a name.
func follow(answer []dns.RR, name dnsname.Name, typ uint16) dnsname.Name {
	if typ == dns.TypeCNAME {
		return name
	}
	for range answer {
		for _, rr := range answer {
			if cname, ok := rr.(*dns.CNAME); ok && cname.Hdr.Name == name.FQDN() {
				name, _ = dnsname.Parse(dns.CanonicalName(cname.Target))
			}
		}
	}
	return name
}

// refuse makes the reply one of an error, with an extended one when the query
// has EDNS.
func (r *resolution) refuse(rcode int, code uint16, text string) {
	r.Rcode, r.secure = rcode, false
	r.Answer, r.Ns = nil, nil
	if opt := r.IsEdns0(); opt != nil {
		opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: text})
	}
}

// strip takes out what only a query with DO is given (RFC 3225 §3).
func (r *resolution) strip(asked uint16) {
	for _, section := range []*[]dns.RR{&r.Answer, &r.Ns} {
		kept := (*section)[:0]
		for _, rr := range *section {
			if t := rr.Header().Rrtype; t == asked || t != dns.TypeRRSIG && t != dns.TypeNSEC {
				kept = append(kept, rr)
			}
		}
		*section = kept
	}
}
