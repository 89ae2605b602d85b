package check

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// TestHeadlines holds the headline to what is known, and to being filled.
func TestHeadlines(t *testing.T) {
	for name, c := range map[string]struct {
		make func(testing.TB) *scenario
		key  string
		args map[string]string
	}{
		"testing, one host not listed": {func(t testing.TB) *scenario {
			return stsPolicy("version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmax_age: 86400\r\n")(t).
				mx(20, "mx2.example.com").address("mx2.example.com", "192.0.2.2")
		}, "headline.sts-testing-broken", map[string]string{"count": "1", "total": "2"}},
		"policy host turns us away":         {answered(429), "headline.sts-unknown", nil},
		"a server that wants a certificate": {enforcing(wantsCertificate(probe.StageEHLOTLS, probe.TLSAlert, 116)), "headline.sts-enforce-broken", nil},
		"a server that is out of date":      {enforcing(params(0x0301, 0xc013, 23)), "headline.sts-unknown", nil},
		"policy missing":                    {answered(404), "headline.sts-void", nil},
		"record can't be looked up":         {func(t testing.TB) *scenario { return noPolicy(stsBase(t)).servfail(stsName, doh.TypeTXT) }, "headline.sts-unknown", nil},
		"addresses can't be looked up": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).
				fail("example.com", doh.TypeA, probe.NoResolver).fail("example.com", doh.TypeAAAA, probe.NoResolver)
		}, "headline.blind", nil},
		"addresses fail": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).
				servfail("example.com", doh.TypeA).servfail("example.com", doh.TypeAAAA)
		}, "headline.mx-failed", nil},
		"no address": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).address("example.com")
		}, "headline.no-mail-host", nil},
		"MX can't be looked up": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").servfail("example.com", doh.TypeMX, 22)
		}, "headline.mx-failed", nil},
		"no host's addresses can be validated": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1").
				status("mx.example.com", doh.TypeA, dnssec.Bogus).status("mx.example.com", doh.TypeAAAA, dnssec.Bogus)
		}, "headline.hosts-bogus", nil},
		"MX can't be validated": {func(t testing.TB) *scenario {
			return newScenario(t, "example.com").status("example.com", doh.TypeMX, dnssec.Bogus).none("example.com", doh.TypeMX)
		}, "headline.mx-bogus", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.make(t).report()
			i := slices.IndexFunc(r.Headline, func(p Phrase) bool { return p.Key == c.key })
			if i < 0 {
				t.Fatalf("%v, want %s", r.Headline, c.key)
			}
			for k, want := range c.args {
				if got := r.Headline[i].Args[k]; got != want {
					t.Errorf("%s: %q, want %q", k, got, want)
				}
			}
		})
	}
}

// TestPolicyStop lays the fault where it is: at the policy that names other
// servers, or at the server whose certificate fails.
func TestPolicyStop(t *testing.T) {
	policy := func(r Report) Level { return r.Lane[2].Level }
	s := sound(t)
	s.facts.Hosts = nil
	for _, host := range []string{"mx1.example.com", "mx2.example.com"} {
		chain, trust := scenarioChain(t, certificate{names: []string{"other.example.com"}})
		s.probe(host, spoken("192.0.2.1", chain, trust))
		s.records[scenarioKey("_25._tcp."+host, doh.TypeTLSA)] = nil
	}
	if r := s.report(); policy(r) != OK || !slices.ContainsFunc(r.Headline, func(p Phrase) bool { return p.Key == "headline.sts-enforce-broken" }) {
		t.Errorf("certificates that fail: policy stop %s, headline %v", policy(r), r.Headline)
	}
	s.policy("version: STSv1\r\nmode: enforce\r\nmx: elsewhere.example.net\r\nmax_age: 2592000\r\n")
	if r := s.report(); policy(r) != Error {
		t.Errorf("a policy that names other servers: policy stop %s, headline %v", policy(r), r.Headline)
	}
}

// TestBogusHostStop: nobody has asked a server whose address nobody believes.
func TestBogusHostStop(t *testing.T) {
	for status, want := range map[dnssec.Status]string{dnssec.Bogus: "lane.dns-bogus", dnssec.Secure: "lane.mx-dead"} {
		s := newScenario(t, "example.com").mx(10, "mx.example.com").none("mx.example.com", doh.TypeA, doh.TypeAAAA)
		s.status("mx.example.com", doh.TypeA, status).status("mx.example.com", doh.TypeAAAA, status)
		if stop := s.report().Lane[3]; stop.Key != want || stop.Level != Error {
			t.Errorf("addresses %s: %s %s", status, stop.Level, stop.Key)
		}
	}
}

// enforcing makes a domain with an enforced policy and no DANE, and a change.
func enforcing(change func(l *layout)) func(t testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		l := newLayout(t.(*testing.T))
		both(noTLSA, enforce, change)(l)
		return l.scenario()
	}
}
