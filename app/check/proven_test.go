package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/zone"
)

// provenWorld answers from one signed zone, edited.
type provenWorld struct {
	World
	zones zone.Internet
	edit  func(*dns.Msg)
}

func (w provenWorld) Exchange(_ context.Context, query []byte, _ int) ([]byte, error) {
	return altered(w.zones, w.edit)(query)
}

// TestSecureIsWhatWasProven puts around proven records what isn't: whatever is
// Secure still says what the zone says.
func TestSecureIsWhatWasProven(t *testing.T) {
	at := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	z := zone.New(dnsname.Root)
	for _, line := range []string{
		". SOA a. b. 1 7200 3600 1209600 60", "example. MX 10 mx.example.", "mx.example. A 192.0.2.1",
		"_25._tcp.mx.example. CNAME tlsa.example.", "tlsa.example. TLSA 3 1 1 " + fmt.Sprintf("%064x", 1),
		"tree.example. DNAME far.example.", "host.far.example. A 192.0.2.2",
		"alias.example. CNAME none.example.", "loop.example. CNAME pool.example.", "pool.example. CNAME loop.example.",
	} {
		add(t, z, line)
	}
	key, err := zone.GenerateKey(dnsname.Root, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Sign(key, at.AddDate(0, 0, -1), at.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	anchor := dnssec.Anchor{Zone: dnsname.Root, Record: key.DS().String()}
	look := func(name string, typ uint16, edit func(*dns.Msg)) string {
		g := newGatherer(t.Context(), provenWorld{zones: zone.NewInternet(z), edit: edit}, dnsname.MustParse("example"), at, nil)
		defer g.cancel()
		g.facts.Trusted, g.validate = dnsname.Root, g.validator([]dnssec.Anchor{anchor})
		a := g.prove(dnsname.MustParse(name), doh.Type(typ))
		g.running.Wait()
		g.cache.Wait()
		judged := newEvidence(g.finish())
		if replayed := judged.look(dnsname.MustParse(name), doh.Type(typ)); replayed.state != a.state && replayed.state != Pending {
			t.Errorf("%s %d: state %v when asked, %v when judged", name, typ, a.state, replayed.state)
		}
		if a.status != dnssec.Secure {
			return "not secure"
		}
		return fmt.Sprint(a.state, a.records, a.end, a.hops, a.loop)
	}
	for _, lie := range []struct {
		name string
		edit func(*dns.Msg)
	}{
		{"an alias beside the records", func(m *dns.Msg) { aliased(m, m.Question[0].Name) }},
		{"an alias at the end", func(m *dns.Msg) { aliased(m, "tlsa.example."); aliased(m, "host.far.example.") }},
		{"an alias and no more", func(m *dns.Msg) { only(m, dns.TypeCNAME, dns.TypeDNAME) }},
		{"no alias beside a DNAME", func(m *dns.Msg) { only(m, dns.TypeDNAME, dns.TypeA) }},
		{"no such name", func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }},
		{"such a name", func(m *dns.Msg) { m.Rcode = dns.RcodeSuccess }},
		{"too long a name", func(m *dns.Msg) { m.Rcode = dns.RcodeYXDomain }},
	} {
		for name, typ := range map[string]uint16{
			"example": dns.TypeMX, "mx.example": dns.TypeA, "_25._tcp.mx.example": dns.TypeTLSA, "host.tree.example": dns.TypeA,
			"tlsa.example": dns.TypeA, "none.example": dns.TypeA, "alias.example": dns.TypeA, "loop.example": dns.TypeA,
			"_tcp.mx.example": dns.TypeA,
		} {
			honest := look(name, typ, func(*dns.Msg) {})
			if got := look(name, typ, lie.edit); honest == "not secure" || got != honest && got != "not secure" {
				t.Errorf("%s: %s %s: %s, where it is %s", lie.name, name, dns.TypeToString[typ], got, honest)
			}
		}
	}
}

// TestAliasOfNobody holds that a bogus answer to one of the address questions
// doesn't say where the host's TLSA records are.
func TestAliasOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		z := zone.New(dnsname.Root)
		for _, line := range []string{
			". SOA a. b. 1 7200 3600 1209600 60", "example. MX 10 mx.example.", "mx.example. A 192.0.2.1", "mx.example. AAAA 2001:db8::1",
			"_25._tcp.mx.example. TLSA 3 1 1 " + fmt.Sprintf("%064x", 1),
			"evil. A 192.0.2.66", "_25._tcp.evil. TLSA 3 1 1 " + fmt.Sprintf("%064x", 66),
		} {
			add(t, z, line)
		}
		key, err := zone.GenerateKey(dnsname.Root, rand.NewChaCha8([32]byte{1}))
		if err != nil {
			t.Fatal(err)
		}
		if err := z.Sign(key, now.AddDate(0, 0, -1), now.AddDate(0, 1, 0)); err != nil {
			t.Fatal(err)
		}
		for _, truncated := range []bool{false, true} {
			w := signedWorld{paced(), []func([]byte) ([]byte, error){altered(zone.NewInternet(z), func(m *dns.Msg) {
				if q := m.Question[0]; q.Name == "mx.example." && q.Qtype == dns.TypeA {
					m.Truncated = truncated
					m.Answer = []dns.RR{
						&dns.CNAME{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}, Target: "evil."},
						&dns.A{Hdr: dns.RR_Header{Name: "evil.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: []byte{192, 0, 2, 66}},
					}
				}
			})}}
			f := Gather(t.Context(), w, dnsname.MustParse("example"), now, nil, dnssec.Anchor{Zone: dnsname.Root, Record: key.DS().String()})
			r := Judge(f, now)
			if len(r.Hosts) != 1 || r.Hosts[0].TLSAName != dnsname.MustParse("_25._tcp.mx.example") {
				t.Errorf("truncated %v: %+v", truncated, r.Hosts)
			}
		}
	})
}

// aliased adds an unsigned alias at a name, and at its end records of the type
// asked.
func aliased(m *dns.Msg, name string) {
	const evil = "evil.attacker.example."
	for _, rr := range slices.Clone(m.Answer) {
		if rr.Header().Name == name && rr.Header().Rrtype == m.Question[0].Qtype {
			forged := dns.Copy(rr)
			forged.Header().Name = evil
			if a, ok := forged.(*dns.A); ok {
				a.A[3]++
			}
			alias := &dns.CNAME{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}, Target: evil}
			m.Answer = append(m.Answer, alias, forged)
			return
		}
	}
}

// only leaves the sets of some types, and their signatures, in an answer to a
// question for another type than those of names that are aliases.
func only(m *dns.Msg, types ...uint16) {
	if !slices.Contains([]string{"_25._tcp.mx.example.", "host.tree.example."}, m.Question[0].Name) {
		return
	}
	m.Answer = slices.DeleteFunc(m.Answer, func(rr dns.RR) bool {
		typ := rr.Header().Rrtype
		if sig, ok := rr.(*dns.RRSIG); ok {
			typ = sig.TypeCovered
		}
		return !slices.Contains(types, typ)
	})
}

// TestUnprovenAbsence holds that TLSA records are absent where that is known only.
func TestUnprovenAbsence(t *testing.T) {
	const owner = "_25._tcp.mx.example.com"
	for _, unknown := range []bool{false, true} {
		s := oneHost(t, "mx.example.com")
		delete(s.records, scenarioKey(owner, doh.TypeTLSA))
		f := s.none(owner, doh.TypeTLSA).factsNow()
		for i := range f.Lookups {
			if l := &f.Lookups[i]; l.Type == doh.TypeTLSA && unknown {
				l.Verdict = dnssec.Verdict{Source: dnssec.Validated, Reason: dnssec.OverBudget}
			}
		}
		if r := Judge(f, scenarioNow); hasCode(r, "tlsa.absent") == unknown {
			t.Errorf("unknown %v: %v", unknown, codesOf(r))
		}
	}
}

// TestValidationGivenUp: a report says so where an answer came and what validates it
// didn't, and for what reason.
func TestValidationGivenUp(t *testing.T) {
	for reason, key := range map[dnssec.Reason]string{
		dnssec.NoReason: "", dnssec.OverBudget: "not-checked.dnssec-over-budget", dnssec.CouldNotTell: "not-checked.dnssec-unavailable",
	} {
		f := oneHost(t, "mx.example.com").factsNow()
		for i := range f.Lookups {
			if l := &f.Lookups[i]; l.Type == doh.TypeMX && reason != dnssec.NoReason {
				l.Verdict = dnssec.Verdict{Source: dnssec.Validated, Reason: reason}
			}
		}
		r := Judge(f, scenarioNow)
		var keys []string
		for _, n := range r.NotChecked {
			if strings.HasPrefix(n.Key, "not-checked.dnssec") && n.Key != "not-checked.dnssec-as-resolver-says" && n.Subject == "example.com" {
				keys = append(keys, n.Key)
			}
		}
		if key == "" && len(keys) > 0 || key != "" && !slices.Equal(keys, []string{key}) || (key == "") != r.Complete() {
			t.Errorf("%q: %q, complete %v", reason, keys, r.Complete())
		}
	}
}

// TestAnchorUnanswered: nor is anything known of DNSSEC where the trust anchor's zone
// got no answer.
func TestAnchorUnanswered(t *testing.T) {
	f := oneHost(t, "mx.example.com").factsNow()
	for i := range f.Lookups {
		if l := &f.Lookups[i]; l.Name == f.Trusted {
			l.Wire, l.parsed, l.Failure = nil, nil, &probe.Failure{Class: probe.NoResolver}
		}
	}
	r := Judge(f, scenarioNow)
	said := slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.dnssec-unavailable" })
	if !said || r.Complete() || hasCode(r, "dnssec.secure") {
		t.Errorf("%v, not checked: %v", codesOf(r), r.NotChecked)
	}
}
