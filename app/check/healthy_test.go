package check

import (
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// healthy is an unsigned domain at a provider as most have it: the mail hosts
// and the names on their certificates, IPv4 only, the policy host an alias.
func healthy(t testing.TB, policy string, hosts map[string][]string) *scenario {
	s := newScenario(t, "example.com")
	pref := 1
	for host, names := range hosts {
		s.mx(pref, host).address(host, "192.0.2.1").nxdomain("_25._tcp."+host, doh.TypeTLSA)
		chain, trust := scenarioChain(t, certificate{names: names})
		s.probe(host, spoken("192.0.2.1", chain, trust))
		pref += 5
	}
	s.address("example.com", "192.0.2.80").none("example.com", doh.TypeDS, doh.TypeDNSKEY).nxdomain("sealane-wildcard-check.example.com", doh.TypeMX)
	s.txt(stsName, "v=STSv1; id=20260601T120000;").txt(rptName, "v=TLSRPTv1;rua=mailto:tls@example.com,https://reports.example.net/v1/abc")
	s.add("mta-sts.example.com", doh.TypeA, "CNAME cust-1.policies.example.net.", "192.0.2.81").
		add("mta-sts.example.com", doh.TypeAAAA, "CNAME cust-1.policies.example.net.")
	s.policy(policy)
	s.facts.Policy.Policy.ContentType = []string{"text/plain"}
	for k := range s.records {
		if k.name.String() != "." {
			s.states[k] = dnssec.Insecure
		}
	}
	return s
}

// TestHealthySetUps holds common and sound set-ups of real providers to no
// warning and no error.
func TestHealthySetUps(t *testing.T) {
	t.Parallel()
	const lf = "version: STSv1\nmode: enforce\nmax_age: 1209600\n"
	for name, s := range map[string]*scenario{
		"Google, old hosts": healthy(t, lf+"mx: aspmx.l.google.com\nmx: *.aspmx.l.google.com\nmx: *.googlemail.com\n", map[string][]string{
			"aspmx.l.google.com": {"aspmx.l.google.com", "mx.google.com"}, "alt1.aspmx.l.google.com": {"alt1.aspmx.l.google.com"},
			"aspmx2.googlemail.com": {"aspmx2.googlemail.com"}}),
		"Google, new host": healthy(t, lf+"mx: smtp.google.com", map[string][]string{"smtp.google.com": {"smtp.google.com", "mx.google.com"}}),
		"Microsoft": healthy(t, "version: STSv1\r\nmode: enforce\r\nmx: *.mail.protection.outlook.com\r\nmax_age: 604800\r\n",
			map[string][]string{"example-com.mail.protection.outlook.com": {"mail.protection.outlook.com", "*.mail.protection.outlook.com"}}),
		"Microsoft, new": healthy(t, lf+"mx: *.r-v1.mx.microsoft\n", map[string][]string{"example-com.r-v1.mx.microsoft": {"*.r-v1.mx.microsoft"}}),
		"Proton": healthy(t, lf+"mx: mail.protonmail.ch\nmx: mailsec.protonmail.ch\n", map[string][]string{
			"mail.protonmail.ch": {"*.protonmail.ch"}, "mailsec.protonmail.ch": {"*.protonmail.ch"}}),
		"Fastmail": healthy(t, lf+"mx: in1-smtp.messagingengine.com\nmx: in2-smtp.messagingengine.com\n", map[string][]string{
			"in1-smtp.messagingengine.com": {"*.messagingengine.com"}, "in2-smtp.messagingengine.com": {"*.messagingengine.com"}}),
		"testing": healthy(t, "mode: testing\nversion: STSv1\nmax_age: 86400\nmx: *.messagingengine.com", map[string][]string{
			"in1-smtp.messagingengine.com": {"*.messagingengine.com"}}),
		"more patterns than hosts": healthy(t, lf+"mx: smtp.google.com\nmx: aspmx.l.google.com\nmx: *.aspmx.l.google.com\n",
			map[string][]string{"smtp.google.com": {"smtp.google.com"}}),
		"a certificate for ten days, six left": func() *scenario {
			s := healthy(t, lf+"mx: smtp.google.com\n", map[string][]string{"smtp.google.com": {"smtp.google.com"}})
			tls := s.facts.Policy.Policy.TLS
			tls.Chain, tls.Trust = scenarioChain(t, certificate{names: []string{"mta-sts.example.com"},
				from: scenarioNow.Add(-4 * 24 * time.Hour), until: scenarioNow.Add(6 * 24 * time.Hour)})
			return s
		}(),
		"the proxy has no IPv6": func() *scenario {
			s := healthy(t, lf+"mx: smtp.google.com\n", map[string][]string{"smtp.google.com": {"smtp.google.com"}})
			s.add("smtp.google.com", doh.TypeAAAA, "2001:db8::1")
			s.facts.Hosts[0].STARTTLS.Addresses = append(s.facts.Hosts[0].STARTTLS.Addresses, probe.Address{IP: scenarioIP("2001:db8::1"),
				Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.Unreachable}})
			return s
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			r := s.report()
			for _, f := range r.Findings {
				if f.Level >= Warning {
					t.Errorf("%v %s about %s %v", f.Level, f.Code, f.Subject, f.Args)
				}
			}
			t.Logf("%v; %v", r.Headline, s.codes())
		})
	}
}
