package check

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// TestRootCausesFirst holds that where a cause is told its symptoms aren't, and
// that what isn't a symptom stays.
func TestRootCausesFirst(t *testing.T) {
	from, past := scenarioNow.AddDate(0, -1, 0), scenarioNow.AddDate(0, 0, -2)
	expired := func(s *scenario, name string, typ doh.Type) *scenario {
		return s.status(name, typ, dnssec.Bogus).signed(name, typ, from, past)
	}
	deaf := func(t testing.TB) *scenario {
		s := newScenario(t, "example.com").servfail("example.com", doh.TypeMX)
		return s.servfail(stsName, doh.TypeTXT).servfail(rptName, doh.TypeTXT)
	}
	unresolved := probe.Policy{URL: policyURL, Failure: &probe.Failure{Class: probe.DNSFailed}}
	for name, c := range map[string]struct {
		s         *scenario
		told, not []Code
	}{
		"servers that fail for everything": {deaf(t), []Code{"dns.mx-lookup-failed"}, []Code{"sts-record.lookup-failed", "tlsrpt-record.lookup-failed"}},
		"a record that can't be asked for": {stsBase(t).servfail(stsName, doh.TypeTXT), []Code{"sts-record.lookup-failed"}, nil},
		"no mail, a record left over": {newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .").txt(stsName, "v=STSv1; id=1-2").policy(policyFor("mode: None")),
			[]Code{"dns.null-mx", "sts-record.id-invalid-chars"}, []Code{"sts-policy.mode-case", "sts-policy.enforce-without-tlsrpt"}},
		"no mail, nothing there": {noPolicy(newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .").nxdomain(stsName, doh.TypeTXT).nxdomain(rptName, doh.TypeTXT)),
			[]Code{"dns.null-mx"}, []Code{"sts-record.absent", "tlsrpt-record.absent"}},
		"MX records that fail validation": {expired(oneHost(t, "mx.example.com").tlsa("mx.example.com", nextKey), "example.com", doh.TypeMX),
			[]Code{"dnssec.rrsig-expired"}, []Code{"dns.mx-lookup-failed", "tlsa.insecure", "dane.half-dane"}},
		"one host in the zone, one elsewhere": {
			expired(expired(oneHost(t, "mx.example.com"), "mx.example.com", doh.TypeA), "mx.example.com", doh.TypeAAAA).
				mx(20, "mx.example.net").servfail("mx.example.net", doh.TypeA, 22).servfail("mx.example.net", doh.TypeAAAA, 22),
			[]Code{"dnssec.rrsig-expired", "dns.mx-target-lookup-failed"}, nil},
		"one host in the zone": {
			expired(expired(oneHost(t, "mx.example.com"), "mx.example.com", doh.TypeA), "mx.example.com", doh.TypeAAAA),
			[]Code{"dnssec.rrsig-expired"}, []Code{"dns.mx-target-lookup-failed"}},
		"records that nobody reads": {
			oneHost(t, "mx.example.com").tlsa("mx.example.com", "1 1 1 "+hex32, `\# 2 0301`, "3 0 1 "+hex32, "3 0 1 "+hex32).
				status("_25._tcp.mx.example.com", tlsaType, dnssec.Insecure).ttl("_25._tcp.mx.example.com", tlsaType, 172800),
			[]Code{"tlsa.insecure"}, []Code{"tlsa.usage-pkix", "tlsa.malformed", "tlsa.some-unusable", "tlsa.selector-cert-ee", "tlsa.duplicate", "tlsa.ttl-too-long"}},
		"signed, without a DS record": {
			oneHost(t, "mx.example.com").tlsa("mx.example.com", nextKey).status("example.com", doh.TypeMX, dnssec.Insecure).
				status("mx.example.com", doh.TypeA, dnssec.Insecure).status("mx.example.com", doh.TypeAAAA, dnssec.Insecure).
				status("_25._tcp.mx.example.com", tlsaType, dnssec.Insecure).signed("example.com", doh.TypeMX, from, scenarioNow.AddDate(0, 1, 0)).
				none("example.com", doh.TypeDS),
			[]Code{"dnssec.signed-no-ds"}, []Code{"tlsa.insecure"}},
		"records at the wrong port": {
			oneHost(t, "mx.example.com").tlsa("mx.example.com").add("_465._tcp.mx.example.com", tlsaType, nextKey),
			[]Code{"tlsa.wrong-port"}, []Code{"tlsa.absent"}},
		"a policy host in a zone that fails validation": {
			expired(expired(stsBase(t), "mx.example.com", doh.TypeA), "mx.example.com", doh.TypeAAAA).txt(stsName, goodRecord).fetched(unresolved).
				servfail("mta-sts.example.com", doh.TypeA).servfail("mta-sts.example.com", doh.TypeAAAA),
			[]Code{"dnssec.rrsig-expired"}, []Code{"sts-policy-fetch.dns-error"}},
		"a policy host that fails by itself": {
			stsBase(t).txt(stsName, goodRecord).fetched(unresolved).none("mta-sts.example.com", doh.TypeA).
				servfail("mta-sts.example.com", doh.TypeA).servfail("mta-sts.example.com", doh.TypeAAAA),
			[]Code{"sts-policy-fetch.dns-error"}, nil},
	} {
		got := c.s.codes()
		for _, code := range c.told {
			if !slices.Contains(got, code) {
				t.Errorf("%s: %s is missing: %v", name, code, got)
			}
		}
		for _, code := range c.not {
			if slices.Contains(got, code) {
				t.Errorf("%s: %s is a symptom: %v", name, code, got)
			}
		}
	}
}
