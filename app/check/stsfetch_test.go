package check

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// served is a good record, and a good fetch of a good policy with one change.
func served(change func(p *probe.Policy)) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := stsPolicy(goodPolicy)(t)
		change(&s.facts.Policy.Policy)
		return s
	}
}

// unfetched is a good record, and a fetch that ended by the class.
func unfetched(class probe.Class) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := stsBase(t).txt(stsName, goodRecord).fetched(probe.Policy{
			URL: policyURL, Address: netip.MustParseAddr("192.0.2.80"), Failure: &probe.Failure{Class: class}, Millis: 60_000})
		for _, typ := range []doh.Type{doh.TypeA, doh.TypeAAAA} {
			k := scenarioKey("mta-sts.example.com", typ)
			switch class {
			case probe.DNSNotFound:
				s.records[k], s.rcodes[k] = nil, dns.RcodeNameError
			case probe.DNSNoAddress:
				s.records[k] = nil
			case probe.DNSFailed:
				s.records[k], s.rcodes[k] = nil, dns.RcodeServerFailure
			}
		}
		return s
	}
}

// TestFetchOwnFaults holds what only our own side met to being no finding: a
// name that the page resolves and the proxy doesn't, an address without a route.
func TestFetchOwnFaults(t *testing.T) {
	for _, c := range []struct {
		class probe.Class
		ip    string
	}{
		{probe.DNSNotFound, ""}, {probe.DNSNoAddress, ""}, {probe.DNSFailed, ""}, {probe.DNSTimeout, ""},
		{probe.Unreachable, "2001:db8::80"}, {probe.Unreachable, ""},
	} {
		s := stsBase(t).txt(stsName, goodRecord)
		seen := probe.Policy{URL: policyURL, Failure: &probe.Failure{Class: c.class}}
		if c.ip != "" {
			seen.Address = netip.MustParseAddr(c.ip)
		}
		r := s.fetched(seen).report()
		for _, f := range r.Findings {
			if f.Code.Group() == "sts-policy-fetch" && f.Level > Notice {
				t.Errorf("%s %s: %s at %v", c.class, c.ip, f.Code, f.Level)
			}
		}
		if r.Policy.State != Blind {
			t.Errorf("%s %s: state %v", c.class, c.ip, r.Policy.State)
		}
	}
}

// TestPolicyOfNobody holds a text where a policy would be to being no faulty
// policy where nobody meant to have one.
func TestPolicyOfNobody(t *testing.T) {
	s := absentHere(t).nxdomain(stsName+".example.com", doh.TypeTXT).policy("not found\n")
	for _, f := range s.report().Findings {
		if strings.HasPrefix(f.Code.Group(), "sts-policy") {
			t.Errorf("%s at %v", f.Code, f.Level)
		}
	}
}

// TestTrustUnsaid holds a certificate of which the verifier said nothing to
// being unknown, not faulty.
func TestTrustUnsaid(t *testing.T) {
	r := served(func(p *probe.Policy) { p.TLS.Trust = probe.Trust{} })(t).report()
	if !slices.ContainsFunc(r.Headline, func(p Phrase) bool { return p.Key == "headline.sts-unknown" }) {
		t.Errorf("headline %v", r.Headline)
	}
}

// TestTwoRecordsAreMeant holds two valid records to being an attempt: the
// missing policy is told.
func TestTwoRecordsAreMeant(t *testing.T) {
	s := answered(404)(t)
	s.records[scenarioKey(stsName, doh.TypeTXT)] = nil
	if got := s.txt(stsName, "v=STSv1; id=1", "v=STSv1; id=2").codes(); !slices.Contains(got, "sts-policy-fetch.http-404") {
		t.Errorf("%v", got)
	}
}

func answered(code int) func(testing.TB) *scenario {
	return served(func(p *probe.Policy) { p.Status, p.Body = code, []byte("no") })
}

// certified is a good fetch under a certificate.
func certified(c certificate) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := stsPolicy(goodPolicy)(t)
		tls := s.facts.Policy.Policy.TLS
		tls.Chain, tls.Trust = scenarioChain(t, c)
		return s
	}
}

// hostedAt makes the policy host an alias of a name.
func hostedAt(s *scenario, target string) *scenario {
	s.records[scenarioKey("mta-sts.example.com", doh.TypeA)] = nil
	return s.add("mta-sts.example.com", doh.TypeA, "CNAME "+target+".", "192.0.2.80")
}

func outdated(body string) string {
	return strings.Replace(body, "mx.example.com", "in1.protonmail.ch", 1)
}

func TestFetchRules(t *testing.T) {
	t.Parallel()
	good := stsPolicy(goodPolicy)
	own := []string{"mta-sts.example.com"}
	const host = "mta-sts.example.com"
	cases := []policyCase{
		{"sts-policy-fetch.ok", good, answered(404), host},
		{"sts-policy-fetch.not-checked", unfetched(probe.Blocked), unfetched(probe.ConnectRefused), host},
		{"sts-policy-fetch.host-nxdomain", unfetched(probe.DNSNotFound), func(t testing.TB) *scenario {
			return noPolicy(absentHere(t)) // nobody meant to have a policy
		}, host},
		{"sts-policy-fetch.host-no-address", unfetched(probe.DNSNoAddress), unfetched(probe.DNSNotFound), host},
		{"sts-policy-fetch.dns-error", unfetched(probe.DNSFailed), unfetched(probe.NoResolver), host},
		{"sts-policy-fetch.cname-dangling", func(t testing.TB) *scenario {
			return unfetched(probe.DNSNotFound)(t).add(host, doh.TypeCNAME, "gone.provider.example.")
		}, unfetched(probe.DNSNotFound), host},
		{"sts-policy-fetch.address-reserved", unfetched(probe.AddressReserved), unfetched(probe.ConnectTimeout), host},
		{"sts-policy-fetch.ipv4-missing", func(t testing.TB) *scenario {
			s := good(t)
			s.records[scenarioKey(host, doh.TypeA)] = nil
			return s.add(host, doh.TypeAAAA, "2001:db8::80")
		}, good, host},
		{"sts-policy-fetch.connect-refused", unfetched(probe.ConnectRefused), unfetched(probe.ConnectTimeout), host},
		{"sts-policy-fetch.connect-timeout", unfetched(probe.ConnectTimeout), unfetched(probe.Unavailable), host},
		{"sts-policy-fetch.tls-handshake-failed", unfetched(probe.TLSAlert), unfetched(probe.TLSVersion), host},
		{"sts-policy-fetch.tls-too-old", unfetched(probe.TLSVersion), unfetched(probe.TLSFailed), host},
		{"sts-policy-fetch.cert-name-mismatch", certified(certificate{names: []string{"www.example.com"}}),
			certified(certificate{names: []string{"*.example.com"}}), host},
		{"sts-policy-fetch.cert-parked-wildcard", func(t testing.TB) *scenario {
			return certified(certificate{names: []string{"parking.example"}})(t).address(wildcardLabel+".example.com", "192.0.2.80")
		}, func(t testing.TB) *scenario {
			return certified(certificate{names: []string{"parking.example"}})(t).address(wildcardLabel+".example.com", "192.0.2.81")
		}, host},
		{"sts-policy-fetch.cert-cn-only", certified(certificate{cn: host}), certified(certificate{cn: host, names: own}), host},
		{"sts-policy-fetch.cert-wildcard-depth", certified(certificate{names: []string{"*.com"}}),
			certified(certificate{names: []string{"*.example.com"}}), host},
		{"sts-policy-fetch.cert-expired", certified(certificate{names: own, until: scenarioNow.AddDate(0, 0, -1)}),
			certified(certificate{names: own, until: scenarioNow.AddDate(0, 0, 1)}), host},
		{"sts-policy-fetch.cert-not-yet-valid", certified(certificate{names: own, from: scenarioNow.AddDate(0, 0, 1)}),
			certified(certificate{names: own, from: scenarioNow.AddDate(0, 0, -1)}), host},
		{"sts-policy-fetch.cert-expiring-soon", certified(certificate{names: own, until: scenarioNow.AddDate(0, 0, 13)}),
			// A certificate of six days is renewed after four.
			certified(certificate{names: own, from: scenarioNow.AddDate(0, 0, -2), until: scenarioNow.AddDate(0, 0, 4)}), host},
		{"sts-policy-fetch.cert-self-signed", certified(certificate{names: own, selfSigned: true}),
			certified(certificate{names: own, untrusted: true}), host},
		{"sts-policy-fetch.cert-untrusted", certified(certificate{names: own, untrusted: true}),
			certified(certificate{names: own, leafOnly: true}), host},
		{"sts-policy-fetch.cert-chain-incomplete", certified(certificate{names: own, leafOnly: true}),
			certified(certificate{names: own, untrusted: true}), host},
		{"sts-policy-fetch.provider-deprovisioned", func(t testing.TB) *scenario {
			return hostedAt(unfetched(probe.TLSAlert)(t), "example-com.mta-sts.dmarcinput.com")
		}, func(t testing.TB) *scenario { return hostedAt(good(t), "example-com.mta-sts.dmarcinput.com") }, host},
		{"sts-policy-fetch.provider-stale", func(t testing.TB) *scenario {
			return hostedAt(stsPolicy(outdated(goodPolicy))(t), "example-com.easydmarc.pro")
		}, stsPolicy(outdated(goodPolicy)), host},
		{"sts-policy-fetch.http-redirect", served(func(p *probe.Policy) { p.Status, p.Location = 301, "https://example.com/" }),
			served(func(p *probe.Policy) { p.Location = "https://example.com/" }), host},
		{"sts-policy-fetch.http-404", answered(404), func(t testing.TB) *scenario {
			// Under another host's certificate the status says nothing of the domain.
			s := certified(certificate{names: []string{"parking.example"}})(t)
			s.facts.Policy.Policy.Status = 404
			return s
		}, host},
		{"sts-policy-fetch.http-403", answered(403), answered(404), host},
		{"sts-policy-fetch.http-429", answered(429), answered(500), host},
		{"sts-policy-fetch.http-5xx", answered(502), answered(503), host},
		{"sts-policy-fetch.http-status-other", answered(204), good, host},
		{"sts-policy-fetch.bot-challenge", served(func(p *probe.Policy) {
			p.Status, p.Body = 403, []byte(`<html><script src="/cdn-cgi/challenge-platform/x.js">`)
		}), answered(403), host},
		{"sts-policy-fetch.content-type-html", served(func(p *probe.Policy) { p.ContentType = []string{"Text/HTML; charset=utf-8"} }),
			served(func(p *probe.Policy) { p.ContentType = []string{"text/plain"} }), host},
		{"sts-policy-fetch.content-type-other", served(func(p *probe.Policy) { p.ContentType = nil }),
			served(func(p *probe.Policy) { p.ContentType = []string{`TEXT/PLAIN; Charset="UTF-8"`} }), host},
		{"sts-policy-fetch.charset-missing", served(func(p *probe.Policy) {
			p.ContentType, p.Body = []string{"text/plain"}, append(p.Body, "note: å\r\n"...)
		}), served(func(p *probe.Policy) { p.Body = append(p.Body, "note: å\r\n"...) }), host},
		{"sts-policy-fetch.charset-unsupported", served(func(p *probe.Policy) { p.ContentType = []string{"text/plain; charset=utf-16"} }),
			served(func(p *probe.Policy) { p.ContentType = []string{"text/plain; charset=us-ascii"} }), host},
		{"sts-policy-fetch.content-encoding-forced", served(func(p *probe.Policy) { p.ContentEncoding, p.Body = "gzip", []byte{31, 139} }),
			served(func(p *probe.Policy) { p.ContentEncoding = "identity" }), host},
		{"sts-policy-fetch.body-too-large", served(func(p *probe.Policy) { p.Truncated = true }), good, host},
		{"sts-policy-fetch.body-empty", served(func(p *probe.Policy) { p.Body = []byte("\r\n") }), good, host},
		{"sts-policy-fetch.body-html", served(func(p *probe.Policy) { p.Body = []byte("\n<!DOCTYPE html>") }), good, host},
		{"sts-policy-fetch.body-incomplete", unfetched(probe.ConnectionLost), unfetched(probe.Canceled), host},
		{"sts-policy-fetch.slow", served(func(p *probe.Policy) { p.Millis = 2100 }), served(func(p *probe.Policy) { p.Millis = 2000 }), host},
		{"sts-policy-fetch.cdn-stale", served(func(p *probe.Policy) { p.Age = "3600" }), served(func(p *probe.Policy) { p.Age = "0" }), host},
	}
	runPolicyCases(t, append(cases, elsewhereCases()...))
	fires(t, stsFetchEntries, append(cases, elsewhereCases()...))
}

// TestUsable holds when a sender takes a policy at all.
func TestUsable(t *testing.T) {
	for name, c := range map[string]struct {
		scenario func(testing.TB) *scenario
		want     bool
	}{
		"good":          {stsPolicy(goodPolicy), true},
		"octet-stream":  {served(func(p *probe.Policy) { p.ContentType = []string{"application/octet-stream"} }), true},
		"html":          {served(func(p *probe.Policy) { p.ContentType = []string{"text/html"} }), false},
		"404":           {answered(404), false},
		"other name":    {certified(certificate{names: []string{"www.example.com"}}), false},
		"expired":       {certified(certificate{names: []string{"mta-sts.example.com"}, until: scenarioNow.AddDate(0, 0, -1)}), false},
		"blocked":       {unfetched(probe.Blocked), false},
		"bad syntax":    {stsPolicy("version: STSv1\nmode: Enforce\nmx: mx.example.com\nmax_age: 604800\n"), false},
		"not verified":  {served(func(p *probe.Policy) { p.TLS.Trust = probe.Trust{} }), false},
		"truncated":     {served(func(p *probe.Policy) { p.Truncated = true }), false},
		"without TLS":   {served(func(p *probe.Policy) { p.TLS = nil }), false},
		"broken leaf":   {served(func(p *probe.Policy) { p.TLS.Chain = [][]byte{{1, 2, 3}} }), false},
		"empty chain":   {served(func(p *probe.Policy) { p.TLS.Chain = nil }), false},
		"several types": {served(func(p *probe.Policy) { p.ContentType = []string{"text/plain", "text/html"} }), true},
	} {
		if got := c.scenario(t).report().Policy.Usable; got != c.want {
			t.Errorf("%s: usable %v", name, got)
		}
	}
}

// TestOwnFaults holds that a fault of our own tools is no finding against the
// domain, and is said.
func TestOwnFaults(t *testing.T) {
	for _, class := range []probe.Class{probe.Unavailable, probe.Blocked, probe.Limited, probe.Canceled, probe.BadRequest, probe.NoResolver, probe.BadResponse, probe.OptedOut} {
		for _, outer := range []bool{false, true} {
			s := unfetched(class)(t)
			if outer {
				s.facts.Policy = &Fetched{Failure: &probe.Failure{Class: class}}
			}
			r := s.report()
			for _, f := range r.Findings {
				if f.Level >= Warning && strings.HasPrefix(f.Code.Group(), "sts-") {
					t.Errorf("%s: %+v", class, f)
				}
			}
			key := "not-checked.policy-unavailable"
			if class == probe.OptedOut {
				key = "not-checked.opted-out"
			}
			if !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == key && n.Subject == "mta-sts.example.com" }) {
				t.Errorf("%s: not said: %v", class, r.NotChecked)
			}
			if said := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == "sts-policy-fetch.not-checked" }); said == (class == probe.OptedOut) {
				t.Errorf("%s: finding %v", class, said)
			}
			if r.Policy.State != Blind {
				t.Errorf("%s: state %v", class, r.Policy.State)
			}
		}
	}
}

// TestMissingPolicyIsProposed holds that a 404 comes with a policy to publish,
// for the hosts that there are.
func TestMissingPolicyIsProposed(t *testing.T) {
	p := published(t, answered(404)(t), "sts-policy-fetch.http-404")
	if len(p) != 1 || p[0].Type != "file" || p[0].Name != policyURL {
		t.Fatalf("%+v", p)
	}
	policy, diagnostics := mtasts.ParsePolicy([]byte(p[0].Value))
	if !syntax.Valid(diagnostics) || policy.Mode != mtasts.ModeTesting || len(policy.MX) != 1 || policy.MX[0].String() != "mx.example.com" {
		t.Errorf("%q: %v", p[0].Value, diagnostics)
	}
}
