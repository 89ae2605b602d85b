package zone

import (
	"slices"

	"github.com/miekg/dns"
)

// maxHops bounds the aliases followed for one answer.
const maxHops = 16

// reply is one answer being made.
type reply struct {
	*dns.Msg
	do bool
}

// Answer answers a query with authority (RFC 1034 §4.3.2, RFC 6604): CNAME and
// DNAME chains are followed inside the zone, wildcards are expanded (RFC 4592),
// a denial carries the SOA (RFC 2308), and when the query has DO, signatures and
// NSEC or NSEC3 proofs (RFC 4035 §3.1, RFC 5155 §7.2). A name outside the zone is
// REFUSED; a name below a delegation gets a referral.
func (z *Zone) Answer(query *dns.Msg) *dns.Msg {
	m := reply{Msg: new(dns.Msg).SetReply(query)}
	if opt := query.IsEdns0(); opt != nil {
		m.do = opt.Do()
		m.SetEdns0(opt.UDPSize(), m.do)
	}
	if len(query.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m.Msg
	}
	q := query.Question[0]
	name := dns.CanonicalName(q.Name)
	if q.Qclass != dns.ClassINET || !dns.IsSubDomain(z.origin, name) {
		m.Rcode = dns.RcodeRefused
		return m.Msg
	}
	m.Authoritative = true
	seen := map[string]bool{}
	for hops := 0; hops < maxHops && dns.IsSubDomain(z.origin, name) && !seen[name]; hops++ {
		seen[name] = true
		next := z.step(m, name, q.Qtype)
		if next == "" {
			break
		}
		name = next
	}
	return m.Msg
}

// step answers for one name and gives the target when that is an alias.
func (z *Zone) step(m reply, name string, typ uint16) string {
	if z.failing[set{name, typ}] {
		m.Rcode, m.Authoritative, m.Answer, m.Ns = dns.RcodeServerFailure, false, nil, nil
		return ""
	}
	if cut := z.cutFor(name, typ); cut != "" {
		z.refer(m, cut)
		return ""
	}
	if above := z.renamed(name); above != "" {
		return z.rename(m, name, above, typ)
	}
	owner := name
	if !z.names[name] {
		owner = child("*", z.encloser(name))
		if !z.names[owner] {
			m.Rcode = dns.RcodeNameError
			z.deny(m, name)
			return ""
		}
	}
	if cname := z.sets[owner][dns.TypeCNAME]; len(cname) > 0 && typ != dns.TypeCNAME && typ != dns.TypeANY {
		z.give(m, name, owner, dns.TypeCNAME)
		return dns.CanonicalName(cname[0].(*dns.CNAME).Target)
	}
	switch {
	case typ == dns.TypeANY:
		for _, t := range z.types(owner) {
			z.give(m, name, owner, t)
		}
	case len(z.sets[owner][typ]) > 0:
		z.give(m, name, owner, typ)
	case typ == dns.TypeRRSIG && len(z.made[owner]) > 0:
		for _, t := range z.types(owner) {
			m.Answer = append(m.Answer, named(z.made[owner][t], name)...)
		}
	default:
		z.deny(m, name)
	}
	return ""
}

// cutFor gives the delegation that a question is to be referred to, "" when the
// zone answers itself: a DS is the parent's (RFC 4035 §3.1.4.1).
func (z *Zone) cutFor(name string, typ uint16) string {
	if cut := z.cut(name); cut != name || typ != dns.TypeDS {
		return cut
	}
	return ""
}

func (z *Zone) types(owner string) []uint16 {
	var types []uint16
	for t := range z.sets[owner] {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// give puts a set, its signatures, and for an expanded wildcard the proof that
// the name itself doesn't exist (RFC 4035 §3.1.3.3).
func (z *Zone) give(m reply, name, owner string, typ uint16) {
	m.Answer = append(m.Answer, named(z.sets[owner][typ], name)...)
	if !m.do {
		return
	}
	m.Answer = append(m.Answer, named(z.made[owner][typ], name)...)
	if name != owner {
		z.prove(m, name, true)
	}
}

// named gives copies of the records with another owner, for wildcards.
func named(records []dns.RR, owner string) []dns.RR {
	all := make([]dns.RR, len(records))
	for i, rr := range records {
		all[i] = dns.Copy(rr)
		all[i].Header().Name = owner
	}
	return all
}

// deny puts the SOA and the records that show what isn't there (RFC 2308 §3,
// RFC 4035 §3.1.3, RFC 5155 §7.2).
func (z *Zone) deny(m reply, name string) {
	m.Ns = append(m.Ns, z.sets[z.origin][dns.TypeSOA]...)
	if m.do {
		m.Ns = append(m.Ns, z.made[z.origin][dns.TypeSOA]...)
		z.prove(m, name, false)
	}
}

// prove puts the records of shown, each once.
func (z *Zone) prove(m reply, name string, found bool) {
	for _, rr := range z.shown(name, found) {
		if !slices.Contains(m.Ns, rr) {
			m.Ns = append(m.Ns, rr)
		}
	}
}

// refer puts a delegation: its NS, its DS or the proof that there is none
// (RFC 4035 §3.1.4), and glue.
func (z *Zone) refer(m reply, cut string) {
	m.Authoritative = false
	m.Ns = append(m.Ns, z.sets[cut][dns.TypeNS]...)
	if m.do && z.denial != nil {
		if ds := z.sets[cut][dns.TypeDS]; len(ds) > 0 {
			m.Ns = append(append(m.Ns, ds...), z.made[cut][dns.TypeDS]...)
		} else {
			z.prove(m, cut, false)
		}
	}
	for _, ns := range z.sets[cut][dns.TypeNS] {
		host := dns.CanonicalName(ns.(*dns.NS).Ns)
		m.Extra = append(m.Extra, z.sets[host][dns.TypeA]...)
		m.Extra = append(m.Extra, z.sets[host][dns.TypeAAAA]...)
	}
}
