package check

import (
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// dnsCase is one scenario that fires a code and one that is close and silent.
type dnsCase struct {
	code    Code
	fires   func(testing.TB) *scenario
	silent  func(testing.TB) *scenario
	subject string // of the finding; "" for any
}

func runDNSCases(t *testing.T, cases []dnsCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(string(c.code), func(t *testing.T) {
			fires := c.fires(t)
			if got := fires.codes(); !slices.Contains(got, c.code) {
				t.Errorf("silent where it should fire: %v", got)
			}
			if c.subject != "" && !slices.ContainsFunc(fires.report().Findings, func(f Finding) bool {
				return f.Code == c.code && f.Subject == c.subject
			}) {
				t.Errorf("not about %s: %+v", c.subject, fires.report().Findings)
			}
			if got := c.silent(t).codes(); slices.Contains(got, c.code) {
				t.Errorf("fires where it should be silent: %v", got)
			}
		})
	}
}

// oneHost is a domain with one mail host that has addresses.
func oneHost(t testing.TB, host string) *scenario {
	return newScenario(t, "example.com").mx(10, host).address(host, "192.0.2.1", "2001:db8::1")
}

// later adds to a signature another, of an algorithm, that ends a month after it.
func later(algorithm uint8) func(*dns.Msg) {
	return func(m *dns.Msg) {
		for _, rr := range m.Answer {
			if sig, ok := dns.Copy(rr).(*dns.RRSIG); ok {
				sig.Algorithm, sig.Expiration = algorithm, sig.Expiration+30*24*3600
				m.Answer = append(m.Answer, sig)
			}
		}
	}
}

func TestDNSRules(t *testing.T) {
	t.Parallel()
	plain := func(t testing.TB) *scenario { return oneHost(t, "mx.example.com") }
	runDNSCases(t, []dnsCase{
		{"dns.domain-nxdomain", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").nxdomain("example.com", doh.TypeMX)
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX)
		}, "example.com"},
		{"dns.no-mail-host", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).address("example.com")
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).address("example.com", "192.0.2.1")
		}, "example.com"},
		{"dns.mx-absent-implicit", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").none("example.com", doh.TypeMX).address("example.com", "192.0.2.1")
		}, plain, "example.com"},
		{"dns.null-mx", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .")
		}, plain, "example.com"},
		{"dns.null-mx-mixed", func(t testing.TB) *scenario { return plain(t).add("example.com", doh.TypeMX, "0 .") },
			func(t testing.TB) *scenario {
				return newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .")
			}, "example.com"},
		{"dns.mx-lookup-failed", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").servfail("example.com", doh.TypeMX, 22)
		}, func(t testing.TB) *scenario {
			// The resolver says that it withholds the answer: nothing is known.
			return newScenario(t, "example.com").servfail("example.com", doh.TypeMX, 15)
		}, "example.com"},
		{"dns.mx-target-nxdomain", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "gone.example.com").nxdomain("gone.example.com", doh.TypeA, doh.TypeAAAA)
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "gone.example.com").fail("gone.example.com", doh.TypeA, probe.NoResolver).
				fail("gone.example.com", doh.TypeAAAA, probe.NoResolver)
		}, "gone.example.com"},
		{"dns.mx-target-no-address", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com")
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com", "2001:db8::1")
		}, "mx.example.com"},
		{"dns.mx-target-lookup-failed", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").servfail("mx.example.com", doh.TypeA, 22).
				servfail("mx.example.com", doh.TypeAAAA, 22)
		}, func(t testing.TB) *scenario {
			// One family suffices.
			return newScenario(t, "example.com").mx(10, "mx.example.com").add("mx.example.com", doh.TypeA, "192.0.2.1").
				servfail("mx.example.com", doh.TypeAAAA, 22)
		}, "mx.example.com"},
		{"dns.mx-target-cname", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").
				add("mx.example.com", doh.TypeA, "CNAME real.example.net.", "192.0.2.1").none("mx.example.com", doh.TypeAAAA)
		}, plain, "mx.example.com"},
		{"dns.mx-target-cname-loop", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").
				add("mx.example.com", doh.TypeA, "CNAME a.example.com.", "CNAME mx.example.com.").none("mx.example.com", doh.TypeAAAA)
		}, plain, "mx.example.com"},
		{"dns.mx-target-is-ip", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "192.0.2.1").nxdomain("192.0.2.1", doh.TypeA, doh.TypeAAAA)
		}, plain, "192.0.2.1"},
		{"dns.mx-target-invalid-hostname", func(t testing.TB) *scenario { return oneHost(t, "my_mx.example.com") },
			plain, "my_mx.example.com"},
		{"dns.mx-target-u-label", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").add("example.com", doh.TypeMX, `10 m\195\188ller.example.com.`)
		}, func(t testing.TB) *scenario { return oneHost(t, "xn--mller-kva.example.com") }, ""},
		{"dns.mx-relative-name", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com.example.com").
				nxdomain("mx.example.com.example.com", doh.TypeA, doh.TypeAAAA)
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").nxdomain("mx.example.com", doh.TypeA, doh.TypeAAAA)
		}, "mx.example.com.example.com"},
		{"dns.mx-target-private-address", func(t testing.TB) *scenario {
			return plain(t).probe("mx.example.com", probe.Address{IP: scenarioIP("10.0.0.1"), Stage: probe.StageConnect,
				Failure: &probe.Failure{Class: probe.AddressReserved}})
		}, func(t testing.TB) *scenario {
			return plain(t).probe("mx.example.com", probe.Address{IP: scenarioIP("10.0.0.1"), Stage: probe.StageConnect,
				Failure: &probe.Failure{Class: probe.ConnectTimeout}})
		}, "mx.example.com 10.0.0.1"},
		{"dns.mx-target-is-policy-host", func(t testing.TB) *scenario { return oneHost(t, "mta-sts.example.com") },
			func(t testing.TB) *scenario { return oneHost(t, "mta-sts.example.net") }, "mta-sts.example.com"},
		{"dns.mx-ipv6-only", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com", "2001:db8::1")
		}, plain, "example.com"},
		{"dns.mx-ipv4-only", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1")
		}, func(t testing.TB) *scenario {
			// The lookup of the other family failed: it isn't known.
			return newScenario(t, "example.com").mx(10, "mx.example.com").add("mx.example.com", doh.TypeA, "192.0.2.1").
				servfail("mx.example.com", doh.TypeAAAA, 22)
		}, "example.com"},
		{"dns.mx-legacy-provider-name", func(t testing.TB) *scenario { return oneHost(t, "example-com.mail.eo.outlook.com") },
			func(t testing.TB) *scenario { return oneHost(t, "example-com.mail.protection.outlook.com") }, ""},
		{"dns.mx-mixed-operators", func(t testing.TB) *scenario {
			return plain(t).mx(20, "backup.provider.net").address("backup.provider.net", "192.0.2.9", "2001:db8::9")
		}, func(t testing.TB) *scenario {
			// One operator, under two endings, and one provider under two names.
			return plain(t).mx(20, "mx.example.net").address("mx.example.net", "192.0.2.9", "2001:db8::9")
		}, "example.com"},
		{"dns.mx-mixed-operators", func(t testing.TB) *scenario {
			return oneHost(t, "smtp.google.com").mx(20, "mail.protonmail.ch").address("mail.protonmail.ch", "192.0.2.9")
		}, func(t testing.TB) *scenario {
			return oneHost(t, "aspmx.l.google.com").mx(20, "aspmx2.googlemail.com").address("aspmx2.googlemail.com", "192.0.2.9")
		}, "example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario {
			return plain(t).probe("mx.example.com", probe.Address{IP: scenarioIP("198.51.100.7")})
		},
			func(t testing.TB) *scenario {
				// Another address of the same host beside it.
				return plain(t).probe("mx.example.com", probe.Address{IP: scenarioIP("198.51.100.7")}, probe.Address{IP: scenarioIP("2001:db8::1")})
			}, "mx.example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario { return unfound(plain(t), probe.DNSNotFound) },
			func(t testing.TB) *scenario { return unfound(plain(t), probe.DNSTimeout) }, "mx.example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario { return unfound(plain(t), probe.DNSNoAddress) },
			func(t testing.TB) *scenario {
				return unfound(newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com"), probe.DNSNoAddress)
			}, "mx.example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario {
			return plain(t).probe("mx.example.com", probe.Address{IP: scenarioIP("198.51.100.7")})
		},
			func(t testing.TB) *scenario {
				// Addresses that are given out by load.
				return plain(t).ttl("mx.example.com", doh.TypeA, 60).ttl("mx.example.com", doh.TypeAAAA, 60).
					probe("mx.example.com", probe.Address{IP: scenarioIP("198.51.100.7")})
			}, "mx.example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario {
			return noPolicy(stsBase(t).txt(stsName, goodRecord))
		}, func(t testing.TB) *scenario {
			return noPolicy(oneHost(t, "mx.example.com").txt(stsName, goodRecord).nxdomain("mta-sts.example.com", doh.TypeA, doh.TypeAAAA))
		}, "mta-sts.example.com"},
		{"dns.resolver-disagreement", func(t testing.TB) *scenario { return plain(t).withheld("example.com", doh.TypeTXT, 16) },
			func(t testing.TB) *scenario { return plain(t).withheld("example.com", doh.TypeTXT, 18) }, "example.com"},
		{"dns.mx-duplicate", func(t testing.TB) *scenario { return plain(t).mx(20, "mx.example.com") }, plain, "mx.example.com"},
		{"dns.domain-is-cname", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").add("example.com", doh.TypeMX, "CNAME example.net.", "10 mx.example.net.").
				address("mx.example.net", "192.0.2.1")
		}, plain, "example.com"},
		{"dns.wildcard-mx", func(t testing.TB) *scenario {
			return plain(t).add("sealane-wildcard-check.example.com", doh.TypeMX, "10 mx.example.com.")
		}, func(t testing.TB) *scenario {
			return plain(t).nxdomain("sealane-wildcard-check.example.com", doh.TypeMX)
		}, "example.com"},
		{"dns.ok", plain, func(t testing.TB) *scenario { return plain(t).mx(20, "b.example.com").address("b.example.com") }, "example.com"},
	})
}

func TestDNSSECRules(t *testing.T) {
	t.Parallel()
	from, until := scenarioNow.AddDate(0, 0, -10), scenarioNow.AddDate(0, 0, 20)
	past := scenarioNow.AddDate(0, 0, -2)
	plain := func(t testing.TB) *scenario { return oneHost(t, "mx.example.com").tlsa("mx.example.com") }
	bogus := func(t testing.TB, until time.Time, ede ...uint16) *scenario {
		s := plain(t).signed("example.com", doh.TypeMX, from.AddDate(0, -1, 0), until).status("example.com", doh.TypeMX, dnssec.Bogus)
		s.ede[scenarioKey("example.com", doh.TypeMX)] = ede
		return s
	}
	insecure := func(s *scenario) *scenario {
		for _, k := range []key{scenarioKey("example.com", doh.TypeMX), scenarioKey("mx.example.com", doh.TypeA),
			scenarioKey("mx.example.com", doh.TypeAAAA), scenarioKey("_25._tcp.mx.example.com", doh.TypeTLSA)} {
			s.states[k] = dnssec.Insecure
		}
		return s
	}
	withEDE := func(t testing.TB, code uint16) *scenario {
		s := insecure(plain(t))
		s.ede[scenarioKey("example.com", doh.TypeMX)] = []uint16{code}
		return s
	}
	runDNSCases(t, []dnsCase{
		{"dnssec.unsigned", func(t testing.TB) *scenario { return insecure(plain(t)) }, func(t testing.TB) *scenario {
			// Without mail there is nothing that DANE could protect.
			return newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .").status("example.com", doh.TypeMX, dnssec.Insecure)
		}, "example.com"},
		{"dnssec.unsigned", func(t testing.TB) *scenario { return insecure(plain(t)) }, func(t testing.TB) *scenario {
			// Without a resolver that validates, nothing is known.
			s := insecure(plain(t))
			s.states[scenarioKey(".", doh.TypeSOA)] = dnssec.Insecure
			return s
		}, "example.com"},
		{"dnssec.mx-zone-unsigned", func(t testing.TB) *scenario {
			return oneHost(t, "mx.example.net").status("mx.example.net", doh.TypeA, dnssec.Insecure).
				status("mx.example.net", doh.TypeAAAA, dnssec.Insecure)
		}, plain, "mx.example.net"},
		{"dnssec.signed-no-ds", func(t testing.TB) *scenario {
			return insecure(plain(t)).signed("example.com", doh.TypeMX, from, until).none("example.com", doh.TypeDS)
		}, func(t testing.TB) *scenario {
			return insecure(plain(t)).none("example.com", doh.TypeDS)
		}, "example.com"},
		{"dnssec.bogus", func(t testing.TB) *scenario { return bogus(t, until, 6) }, plain, "example.com"},
		{"dnssec.rrsig-expired", func(t testing.TB) *scenario { return bogus(t, past, 6) },
			func(t testing.TB) *scenario { return bogus(t, until, 6) }, "example.com"},
		{"dnssec.rrsig-not-yet-valid", func(t testing.TB) *scenario { return bogus(t, until, 8) },
			func(t testing.TB) *scenario { return bogus(t, past, 7) }, "example.com"},
		{"dnssec.rrsig-missing", func(t testing.TB) *scenario { return bogus(t, until, 10) }, plain, "example.com"},
		{"dnssec.dnskey-missing", func(t testing.TB) *scenario {
			return bogus(t, until, 6).seen().add("example.com", doh.TypeDS, "1 13 2 "+hex32).
				add("example.com", doh.TypeDNSKEY, "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==")
		}, func(t testing.TB) *scenario {
			return bogus(t, until, 6).seen().add("example.com", doh.TypeDS, "2371 13 2 "+hex32).
				add("example.com", doh.TypeDNSKEY, "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==")
		}, "example.com"},
		{"dnssec.zone-key-bit-missing", func(t testing.TB) *scenario { return bogus(t, until, 11) }, plain, "example.com"},
		{"dnssec.nsec-missing", func(t testing.TB) *scenario { return bogus(t, until, 12) }, plain, "example.com"},
		{"dnssec.rrsig-expiring-soon", func(t testing.TB) *scenario {
			return plain(t).signed("example.com", doh.TypeMX, from, scenarioNow.Add(time.Hour))
		}, func(t testing.TB) *scenario {
			// Two TTLs are two hours here: a signer that renews often is fine.
			return plain(t).signed("example.com", doh.TypeMX, from, scenarioNow.Add(3*time.Hour))
		}, "example.com"},
		{"dnssec.rrsig-expiring-soon", func(t testing.TB) *scenario { // the other is of another algorithm
			return plain(t).signed("example.com", doh.TypeMX, from, scenarioNow.Add(time.Hour)).edit("example.com", doh.TypeMX, later(8))
		}, func(t testing.TB) *scenario {
			return plain(t).signed("example.com", doh.TypeMX, from, scenarioNow.Add(time.Hour)).edit("example.com", doh.TypeMX, later(13))
		}, "example.com"},
		{"dnssec.rrsig-ends-before-policy", func(t testing.TB) *scenario {
			return sound(t).signed("example.com", doh.TypeMX, scenarioNow.AddDate(0, 0, -30), scenarioNow.AddDate(0, 0, 5))
		}, func(t testing.TB) *scenario {
			return sound(t).signed("example.com", doh.TypeMX, scenarioNow.AddDate(0, 0, -5), scenarioNow.AddDate(0, 0, 5))
		}, "example.com"},
		{"dnssec.algorithm-unsupported", func(t testing.TB) *scenario { return withEDE(t, 1) },
			func(t testing.TB) *scenario { return withEDE(t, 2) }, "example.com"},
		{"dnssec.ds-digest-unsupported", func(t testing.TB) *scenario { return withEDE(t, 2) },
			func(t testing.TB) *scenario { return withEDE(t, 1) }, "example.com"},
		{"dnssec.nsec3-iterations-excessive", func(t testing.TB) *scenario { return withEDE(t, 27) },
			func(t testing.TB) *scenario { return withEDE(t, 1) }, "example.com"},
		{"dnssec.algorithm-deprecated", func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDNSKEY, "257 3 5 AwEAAcnM2pU1")
		}, func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDNSKEY, "257 3 8 AwEAAcnM2pU1")
		}, "example.com"},
		{"dnssec.algorithm-deprecated", func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDNSKEY, "257 3 10 AwEAAcnM2pU1")
		}, func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDNSKEY, "257 3 13 AwEAAcnM2pU1")
		}, "example.com"},
		{"dnssec.ds-digest-sha1", func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDS, "1 13 1 "+hex32[:40])
		}, func(t testing.TB) *scenario {
			return plain(t).add("example.com", doh.TypeDS, "1 13 1 "+hex32[:40], "1 13 2 "+hex32)
		}, "example.com"},
		{"dnssec.address-insecure", func(t testing.TB) *scenario {
			return plain(t).status("mx.example.com", doh.TypeA, dnssec.Insecure).status("mx.example.com", doh.TypeAAAA, dnssec.Insecure)
		}, plain, "mx.example.com"},
		{"dnssec.cname-target-insecure", func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").tlsa("mx.example.com").
				add("mx.example.com", doh.TypeA, "CNAME a.example.net.", "192.0.2.1").none("mx.example.com", doh.TypeAAAA).
				status("mx.example.com", doh.TypeA, dnssec.Insecure)
		}, func(t testing.TB) *scenario {
			return newScenario(t, "example.com").mx(10, "mx.example.com").tlsa("mx.example.com").
				add("mx.example.com", doh.TypeA, "CNAME a.example.net.", "192.0.2.1").none("mx.example.com", doh.TypeAAAA)
		}, "mx.example.com"},
		{"dnssec.not-validated-by-tool", func(t testing.TB) *scenario {
			return plain(t).status(".", doh.TypeSOA, dnssec.Insecure)
		}, plain, "example.com"},
		{"dnssec.secure", plain, func(t testing.TB) *scenario {
			return plain(t).status("mx.example.com", doh.TypeA, dnssec.Insecure).status("mx.example.com", doh.TypeAAAA, dnssec.Insecure)
		}, "example.com"},
	})
}

// unfound says that the proxy found no address of the mail host, in this way.
func unfound(s *scenario, class probe.Class) *scenario {
	s.probe("mx.example.com")
	s.facts.Hosts[0].STARTTLS.Failure = &probe.Failure{Class: class}
	return s
}

// withheld says that the resolver holds back or replaces an answer.
func (s *scenario) withheld(name string, typ doh.Type, ede uint16) *scenario {
	s.none(name, typ)
	s.ede[scenarioKey(name, typ)] = []uint16{ede}
	return s
}

// TestWithheldIsUnknown holds that what a resolver denies or replaces by its own
// policy, and says so (RFC 8914 §4.5, §4.16 to §4.19), is no fault of the domain.
func TestWithheldIsUnknown(t *testing.T) {
	for _, code := range []uint16{4, 15, 16, 17, 18} {
		denied := newScenario(t, "example.com").nxdomain("example.com", doh.TypeMX).withheld("example.com", doh.TypeMX, code)
		forged := newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .").withheld("example.com", doh.TypeMX, code)
		for name, s := range map[string]*scenario{"denied": denied, "forged": forged} {
			r := s.report()
			for _, f := range r.Findings {
				if f.Code.Group() == "dns" && f.Code != "dns.resolver-disagreement" {
					t.Errorf("EDE %d, %s: %s", code, name, f.Code)
				}
			}
			if !r.Blind {
				t.Errorf("EDE %d, %s: not blind", code, name)
			}
		}
	}
	if r := newScenario(t, "example.com").nxdomain("example.com", doh.TypeMX).withheld("example.com", doh.TypeMX, 22).report(); r.Blind {
		t.Error("a failing authority is no withheld answer")
	}
}

// TestResolverDown takes a resolver that can't resolve the zone it trusts:
// nothing that fails is the domain's fault.
func TestResolverDown(t *testing.T) {
	s := newScenario(t, "example.com").servfail("example.com", doh.TypeMX)
	delete(s.records, scenarioKey(".", doh.TypeSOA))
	s.servfail(".", doh.TypeSOA)
	for _, f := range s.report().Findings {
		if f.Level >= Warning {
			t.Errorf("%s at %s though the resolver is down", f.Code, f.Level)
		}
	}
	if !s.report().Blind {
		t.Error("the report doesn't say that it is blind")
	}
	denies := newScenario(t, "example.com").nxdomain("example.com", doh.TypeMX)
	delete(denies.records, scenarioKey(".", doh.TypeSOA))
	if r := denies.nxdomain(".", doh.TypeSOA).report(); !r.Blind || slices.Contains(denies.codes(), "dns.domain-nxdomain") {
		t.Errorf("a resolver that denies the root is believed: %v", denies.codes())
	}
}

// TestLookupTTL takes an answer from a cache, with an hour of two left: the
// signature tells what the zone has, and without one nothing does.
func TestLookupTTL(t *testing.T) {
	for name, c := range map[string]struct {
		build func(*scenario) *scenario
		want  uint32
	}{
		"signed": {func(s *scenario) *scenario {
			return s.signed("example.com", doh.TypeMX, scenarioNow.AddDate(0, 0, -3), scenarioNow.AddDate(0, 0, 9))
		}, 3600},
		"unsigned":     {func(s *scenario) *scenario { return s }, 1200},
		"nothing kept": {func(s *scenario) *scenario { return newScenario(t, "example.com").none("example.com", doh.TypeMX) }, 0},
	} {
		r := c.build(newScenario(t, "example.com").mx(10, "mx.example.com").ttl("example.com", doh.TypeMX, 1200)).report()
		at := slices.IndexFunc(r.DNS, func(l LookupView) bool { return l.Name == r.Domain && l.Type == doh.TypeMX })
		if at < 0 || r.DNS[at].TTL != c.want {
			t.Errorf("%s: %+v", name, r.DNS)
		}
	}
}
