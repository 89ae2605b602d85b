package check

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// server makes what one name server of example.com answers to the questions for
// its MX, its keys and the TLSA records of mx.example.com.
type server func(t testing.TB, q probe.Question) probe.DirectAnswer

// The zone as every server should have it.
const (
	rightMX  = "example.com. 60 MX 10 mx.example.com."
	rightKey = "example.com. 60 DNSKEY 257 3 13 AAAA"
	signedAs = " 60 RRSIG %TYPE 13 2 60 20300101000000 20200101000000 1 example.com. AAAA"
)

// direct makes an authoritative answer of records in presentation form.
func direct(t testing.TB, q probe.Question, rcode int, records ...string) probe.DirectAnswer {
	t.Helper()
	var m dns.Msg
	m.SetQuestion(q.Name.FQDN(), q.Type)
	m.Response, m.Authoritative, m.Rcode = true, true, rcode
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return probe.DirectAnswer{Question: q, Wire: wire}
}

// answering is a server with the right zone, signed, and these TLSA records.
func answering(tlsa ...string) server {
	return zoned([]string{rightMX}, []string{rightKey}, tlsa, true)
}

func zoned(mx, keys, tlsa []string, signs bool) server {
	return func(t testing.TB, q probe.Question) probe.DirectAnswer {
		var records []string
		switch doh.Type(q.Type) {
		case doh.TypeMX:
			records = slices.Clone(mx)
		case doh.TypeDNSKEY:
			records = slices.Clone(keys)
		default:
			for _, one := range tlsa {
				records = append(records, q.Name.FQDN()+" 60 TLSA "+one)
			}
		}
		if signs && len(records) > 0 {
			records = append(records, q.Name.FQDN()+strings.Replace(signedAs, "%TYPE", doh.Type(q.Type).String(), 1))
		}
		return direct(t, q, dns.RcodeSuccess, records...)
	}
}

// refusing answers all but TLSA.
func refusing(rcode int) server {
	return func(t testing.TB, q probe.Question) probe.DirectAnswer {
		if doh.Type(q.Type) == doh.TypeTLSA {
			return direct(t, q, rcode)
		}
		return answering()(t, q)
	}
}

// quiet gives no answer to TLSA, dead to nothing.
func quiet(t testing.TB, q probe.Question) probe.DirectAnswer {
	if doh.Type(q.Type) == doh.TypeTLSA {
		return dead(t, q)
	}
	return answering()(t, q)
}

func dead(_ testing.TB, q probe.Question) probe.DirectAnswer {
	return probe.DirectAnswer{Question: q, Failure: &probe.Failure{Class: probe.DNSTimeout}}
}

// referring serves the zone and refers to others for mx.example.com.
func referring(t testing.TB, q probe.Question) probe.DirectAnswer {
	if doh.Type(q.Type) != doh.TypeTLSA {
		return answering()(t, q)
	}
	return edited(t, direct(t, q, dns.RcodeSuccess), func(m *dns.Msg) {
		ns, _ := dns.NewRR("mx.example.com. 60 NS ns.example.net.")
		m.Authoritative, m.Ns = false, []dns.RR{ns}
	})
}

func edited(t testing.TB, a probe.DirectAnswer, edit func(m *dns.Msg)) probe.DirectAnswer {
	var m dns.Msg
	if err := m.Unpack(a.Wire); err != nil {
		t.Fatal(err)
	}
	edit(&m)
	a.Wire, _ = m.Pack()
	return a
}

// notItsOwn answers as all, without authority.
func notItsOwn(s server) server {
	return func(t testing.TB, q probe.Question) probe.DirectAnswer {
		return edited(t, s(t, q), func(m *dns.Msg) { m.Authoritative = false })
	}
}

// servers puts the questions to these servers of example.com.
func servers(all ...server) func(s *scenario) {
	return func(s *scenario) {
		zone := dnsname.MustParse("example.com")
		a := Authority{Zone: zone, Nameservers: probe.Nameservers{Zone: zone}}
		for i, one := range all {
			n := probe.Nameserver{Host: dnsname.MustParse("ns" + string(rune('1'+i)) + ".example.net"), IP: netip.AddrFrom4([4]byte{192, 0, 2, byte(100 + i)})}
			for _, q := range []probe.Question{
				{Name: zone, Type: uint16(doh.TypeMX)}, {Name: zone, Type: uint16(doh.TypeDNSKEY)},
				{Name: tlsaOwner(dnsname.MustParse("mx.example.com")), Type: uint16(doh.TypeTLSA)},
			} {
				n.Answers = append(n.Answers, one(s.t, q))
			}
			a.Nameservers.Servers = append(a.Nameservers.Servers, n)
		}
		s.facts.Authorities = []Authority{a}
		// So that a gathering asks them too.
		s.add("example.com", doh.TypeDNSKEY, strings.TrimPrefix(rightKey, "example.com. 60 DNSKEY "))
	}
}

func TestAuthorityRules(t *testing.T) {
	t.Parallel()
	plain := func(all ...server) func(testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			s := oneHost(t, "mx.example.com").tlsa("mx.example.com")
			servers(all...)(s)
			return s
		}
	}
	insecure := func(build func(testing.TB) *scenario) func(testing.TB) *scenario {
		return func(t testing.TB) *scenario { return build(t).status("example.com", doh.TypeMX, dnssec.Insecure) }
	}
	mx := func(records ...string) server { return zoned(records, []string{rightKey}, nil, true) }
	keys := func(records ...string) server { return zoned([]string{rightMX}, records, nil, true) }
	unsigned := zoned([]string{rightMX}, []string{rightKey}, nil, false)
	const second, upper = "example.com. 60 MX 20 mx2.example.com.", "EXAMPLE.com. 60 MX 10 MX.example.COM."
	const otherKey = "example.com. 60 DNSKEY 257 3 13 BBBB"
	runDNSCases(t, []dnsCase{
		{"dns.mx-inconsistent-nameservers", plain(mx(rightMX), mx(rightMX, second)), plain(mx(second, rightMX), mx(upper, second)), "example.com"},
		{"dns.mx-inconsistent-nameservers", plain(mx(rightMX), mx()), plain(mx(rightMX), dead), "example.com"},
		{"dns.mx-inconsistent-nameservers", insecure(plain(mx(rightMX), mx(second))), plain(mx(rightMX), notItsOwn(mx(second))), "example.com"},
		{"dnssec.dnskey-inconsistent-servers", plain(keys(rightKey), keys(otherKey)), plain(keys(rightKey), keys(rightKey)), "example.com"},
		{"dnssec.dnskey-inconsistent-servers", plain(keys(rightKey, otherKey), keys(otherKey)),
			insecure(plain(keys(rightKey, otherKey), keys(otherKey))), "example.com"},
		{"dnssec.nameserver-ignores-do", plain(answering(), unsigned), plain(unsigned, unsigned), "example.com"},
		{"dnssec.nameserver-ignores-do", plain(answering(), answering(), unsigned), insecure(plain(answering(), unsigned)), "example.com"},
	})
}

// TestOddServerIsNamed holds that those are named that differ from most.
func TestOddServerIsNamed(t *testing.T) {
	s := oneHost(t, "mx.example.com")
	servers(zoned(nil, nil, nil, true), answering(), answering())(s)
	for _, f := range s.report().Findings {
		if f.Code == "dns.mx-inconsistent-nameservers" && f.Args["name"] == "ns1.example.net (192.0.2.100)" {
			return
		}
	}
	t.Errorf("%+v", s.report().Findings)
}

// TestFirstServerWinsATie: among two the second is named, though it is the one
// that has no record.
func TestFirstServerWinsATie(t *testing.T) {
	s := oneHost(t, "mx.example.com")
	servers(zoned([]string{"example.com. 60 MX 10 mx.example.com."}, nil, nil, true), zoned(nil, nil, nil, true))(s)
	for _, f := range s.report().Findings {
		if f.Code == "dns.mx-inconsistent-nameservers" && f.Args["name"] == "ns2.example.net (192.0.2.101)" {
			return
		}
	}
	t.Errorf("%+v", s.report().Findings)
}

// TestDroppedTLSAIsTheCause holds that a lookup that fails because the servers
// don't answer for the type is told as that (and not twice).
func TestDroppedTLSAIsTheCause(t *testing.T) {
	for _, broken := range []func(s *scenario) *scenario{
		func(s *scenario) *scenario { return s.fail("_25._tcp.mx.example.com", tlsaType, probe.DNSTimeout) },
		func(s *scenario) *scenario { return s.servfail("_25._tcp.mx.example.com", tlsaType) },
	} {
		s := broken(oneHost(t, "mx.example.com"))
		before := group("tlsa", s.codes())
		servers(quiet, refusing(dns.RcodeRefused))(s)
		if got := group("tlsa", s.codes()); len(before) != 1 || !slices.Equal(got, []Code{"tlsa.nameserver-drops-tlsa"}) {
			t.Errorf("%v, without its servers %v", got, before)
		}
	}
}

// TestAuthoritiesNotAsked holds that servers that could not be asked are told as
// that, and no hole in the check.
func TestAuthoritiesNotAsked(t *testing.T) {
	zone := dnsname.MustParse("example.com")
	for name, all := range map[string][]Authority{
		"none":    nil,
		"ours":    {{Zone: zone, Failure: &probe.Failure{Class: probe.Unavailable}}},
		"no one":  {{Zone: zone, Nameservers: probe.Nameservers{Zone: zone, Failure: &probe.Failure{Class: probe.DNSFailed}}}},
		"nothing": {{Zone: zone}},
	} {
		s := oneHost(t, "mx.example.com")
		s.facts.Authorities = all
		r := Judge(s.factsNow(), scenarioNow)
		if !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.nameservers" && n.Args["name"] == "example.com" }) {
			t.Errorf("%s: %+v", name, r.NotChecked)
		}
	}
	s := oneHost(t, "mx.example.com")
	servers(answering(), answering())(s)
	if r := s.report(); slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.nameservers" }) {
		t.Errorf("asked: %+v", r.NotChecked)
	}
}
