package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// nameserver is one authoritative server with what it answered, read.
type nameserver struct {
	name    string // host and address, for a sentence
	answers map[key]*doh.Answer
	dropped []key // refused as such, or left unanswered
}

// authority is the servers of one zone, as far as they could be asked, and what
// hangs on it.
type authority struct {
	zone    dnsname.Name
	servers []nameserver
	subject string // the domain, or the first mail host in the zone
	// validated: senders check the signatures of what the zone says of the subject.
	validated bool
}

// judgeAuthorities holds the authoritative servers of each zone against each
// other: they must all say the same (RFC 1034 §4.3.5).
func (j *judge) judgeAuthorities() {
	asked := j.facts.Authorities
	for i := range asked[:min(len(asked), 1+maxFurtherZones)] {
		a := j.readAuthority(&asked[i])
		switch {
		case a.subject == "", j.withoutProxy(asked[i].Failure):
		case len(a.servers) == 0:
			j.notChecked("not-checked.nameservers", a.subject, "name", a.zone.String())
		default:
			j.judgeMXSets(a)
			j.judgeKeySets(a)
			j.judgeTLSASets(a)
		}
	}
	named := slices.ContainsFunc(j.hosts, func(h *host) bool { return !h.name.IsZero() })
	if d := j.facts.Domain.String(); len(asked) == 0 && j.facts.Done && named {
		j.notChecked("not-checked.nameservers", d, "name", d)
	}
}

func (j *judge) readAuthority(seen *Authority) authority {
	a := authority{zone: seen.Zone}
	if j.facts.Domain.Within(a.zone) {
		a.subject, a.validated = j.facts.Domain.String(), validated(j.mx.status)
	} else if i := slices.IndexFunc(j.hosts, func(h *host) bool { return h.name.Within(a.zone) }); i >= 0 {
		a.subject, a.validated = j.hosts[i].name.String(), validated(j.hosts[i].addresses)
	}
	if seen.Failure != nil || seen.Nameservers.Failure != nil {
		return a
	}
	servers := seen.Nameservers.Servers
	for _, s := range servers[:min(len(servers), probe.MaxNameservers)] {
		a.servers = append(a.servers, readNameserver(&s))
	}
	return a
}

func validated(s dnssec.Status) bool { return s == dnssec.Secure || s == dnssec.Bogus }

// readNameserver reads what one server answered. Only what it says with
// authority counts: a referral is another server's business, and what a server
// that doesn't serve the zone has in its cache is nobody's word.
func readNameserver(seen *probe.Nameserver) nameserver {
	s := nameserver{name: seen.Host.String() + " (" + seen.IP.String() + ")", answers: map[key]*doh.Answer{}}
	for _, one := range seen.Answers[:min(len(seen.Answers), probe.MaxQuestions)] {
		k := key{one.Name, doh.Type(one.Type), false}
		if one.Failure != nil {
			// Silence over UDP. That TCP fails after a cut answer is no silence.
			if one.Failure.Class == probe.DNSTimeout {
				s.dropped = append(s.dropped, k)
			}
			continue
		}
		msg, err := doh.Parse(one.Wire)
		if err != nil || msg.Truncated {
			continue
		}
		if name, typ := msg.Question(); name != k.name || typ != k.typ {
			continue
		}
		switch msg.Rcode {
		case doh.RcodeFormErr, doh.RcodeNotImp, doh.RcodeRefused:
			s.dropped = append(s.dropped, k)
		case doh.RcodeNoError, doh.RcodeNXDomain:
			if msg.Authoritative {
				s.answers[k] = msg
			}
		}
	}
	return s
}

// set gives what the answer holds at the name itself, in an order of its own: an
// alias, or the records of the type.
func set(msg *doh.Answer, k key) string {
	var all []string
	for _, r := range msg.Answer {
		if r.Owner != k.name.String() || r.Type != k.typ && r.Type != doh.TypeCNAME {
			continue
		}
		text := string(r.RData)
		if m, ok := r.MX(); ok {
			text = strconv.Itoa(int(m.Preference)) + " " + strings.ToLower(m.Raw)
		} else if name, ok := r.Target(); ok {
			text = name.String()
		}
		all = append(all, r.Type.String()+" "+text)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

// odd names the servers that give another set than most do, "" when those that
// answer agree.
func (a *authority) odd(k key) string {
	votes := map[string]int{}
	for _, s := range a.servers {
		if msg := s.answers[k]; msg != nil {
			votes[set(msg, k)]++
		}
	}
	most, found := "", false
	for _, s := range a.servers { // among equals the first server's
		if msg := s.answers[k]; msg != nil && (!found || votes[set(msg, k)] > votes[most]) {
			most, found = set(msg, k), true
		}
	}
	var names []string
	for _, s := range a.servers {
		if msg := s.answers[k]; msg != nil && set(msg, k) != most {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ", ")
}

func (j *judge) judgeMXSets(a authority) {
	d := j.facts.Domain
	if odd := a.odd(key{d, doh.TypeMX, false}); odd != "" {
		j.add("dns.mx-inconsistent-nameservers", d.String(), "domain", d.String(), "name", odd)
	}
}

// judgeKeySets judges keys and signatures, where senders go by them.
func (j *judge) judgeKeySets(a authority) {
	if !a.validated {
		return
	}
	zone := a.zone.String()
	if odd := a.odd(key{a.zone, doh.TypeDNSKEY, false}); odd != "" {
		f := j.add("dnssec.dnskey-inconsistent-servers", a.subject, "name", zone, "value", odd)
		if !a.lacksSigner() {
			f.Level = Notice // a key that signs nothing yet, or no more
		}
	}
	var without []string
	signing := false
	for _, s := range a.servers {
		signs, answers := s.signs()
		signing = signing || signs
		if answers && !signs {
			without = append(without, s.name)
		}
	}
	if signing && len(without) > 0 {
		j.add("dnssec.nameserver-ignores-do", a.subject, "name", zone, "value", strings.Join(without, ", "))
	}
}

// lacksSigner tells whether a key that signs at some server is missing from the
// keys of another, so that validation hangs on which one is asked.
func (a *authority) lacksSigner() bool {
	var sets []map[uint16]bool
	signing := map[uint16]bool{}
	for _, s := range a.servers {
		for k, msg := range s.answers {
			for _, r := range slices.Concat(msg.Answer, msg.Authority) {
				if sig, ok := r.RRSIG(); ok && sig.Signer == a.zone && sig.Covered != doh.TypeDS {
					signing[sig.KeyTag] = true
				}
			}
			if k.typ == doh.TypeDNSKEY && k.name == a.zone {
				tags := map[uint16]bool{}
				for _, r := range msg.Answer {
					if key, ok := r.DNSKEY(); ok {
						tags[key.KeyTag] = true
					}
				}
				sets = append(sets, tags)
			}
		}
	}
	for tag := range signing {
		for _, tags := range sets {
			if !tags[tag] {
				return true
			}
		}
	}
	return false
}

// signs tells whether any answer of the server carries a signature, as DO asks
// for (RFC 4035 §3.1), and whether it has any that should.
func (s *nameserver) signs() (signs, answers bool) {
	signed := func(r doh.Record) bool { return r.Type == doh.TypeRRSIG }
	for _, msg := range s.answers {
		answers = answers || len(msg.Answer)+len(msg.Authority) > 0
		signs = signs || slices.ContainsFunc(msg.Answer, signed) || slices.ContainsFunc(msg.Authority, signed)
	}
	return signs, answers
}

// judgeTLSASets judges the TLSA records of hosts for which senders ask: those
// with secure addresses (RFC 7672 §2.2.2).
func (j *judge) judgeTLSASets(a authority) {
	for _, h := range j.hosts {
		k := key{tlsaOwner(h.name), doh.TypeTLSA, false}
		if h.addresses != dnssec.Secure || k.name.IsZero() {
			continue
		}
		host := h.name.String()
		if odd := a.odd(k); odd != "" {
			f := j.add("tlsa.inconsistent-nameservers", host, "host", host, "name", odd)
			if !j.failsSomewhere(h, a, k) {
				f.Level = Notice // as while the next key's record spreads (RFC 7671 §8.1)
			}
		}
		var drops []string
		for _, s := range a.servers {
			if s.drops(k) {
				drops = append(drops, s.name)
			}
		}
		if len(drops) > 0 {
			f := j.add("tlsa.nameserver-drops-tlsa", host, "host", host, "name", strings.Join(drops, ", "))
			if h.tlsa.state != Failed {
				f.Level = Warning // the resolver had its answer
			}
		}
	}
}

// failsSomewhere tells whether the records of some server authenticate no chain
// that the host shows.
func (j *judge) failsSomewhere(h *host, a authority, k key) bool {
	for _, s := range a.servers {
		msg := s.answers[k]
		if msg == nil {
			continue
		}
		var records []dane.TLSA
		for _, r := range msg.Answer {
			if r.Type == doh.TypeTLSA {
				record, _ := dane.Parse(r.RData)
				records = append(records, record)
			}
		}
		for _, e := range h.endpoints {
			if len(e.chain) > 0 && dane.Verify(records, e.chain, j.identifiers(h), j.now).Outcome != dane.Authenticated {
				return true
			}
		}
	}
	return false
}

// drops tells whether the server gives no answer to a question for TLSA records
// nor to any other of that type, though it answers those of other types.
func (s *nameserver) drops(k key) bool {
	for other := range s.answers {
		if other.typ == k.typ {
			return false
		}
	}
	return slices.Contains(s.dropped, k) && len(s.answers) > 0
}
