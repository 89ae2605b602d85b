package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// beside is a fetch with other fetches beside it.
func beside(make func(testing.TB) *scenario, others ...func(t testing.TB) probe.OtherFetch) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := make(t)
		for _, other := range others {
			s.facts.Policy.Policy.Others = append(s.facts.Policy.Policy.Others, other(t))
		}
		return s
	}
}

// other is another fetch: a policy served well, as changed.
func other(kind probe.OtherKind, url string, changes ...func(o *probe.OtherFetch)) func(testing.TB) probe.OtherFetch {
	return func(t testing.TB) probe.OtherFetch {
		chain, trust := scenarioChain(t, certificate{names: []string{"mta-sts.example.com"}})
		o := probe.OtherFetch{Kind: kind, URL: url, Address: scenarioIP("192.0.2.80"), Status: 200, Body: []byte(goodPolicy),
			TLS: &probe.TLS{Version: tls13, Chain: chain, Trust: trust}}
		for _, change := range changes {
			change(&o)
		}
		return o
	}
}

func at6(o *probe.OtherFetch) { o.Address = scenarioIP("2001:db8::80") }

func lost(class probe.Class) func(o *probe.OtherFetch) {
	return func(o *probe.OtherFetch) {
		o.Failure, o.TLS, o.Status, o.Body = &probe.Failure{Class: class}, nil, 0, nil
	}
}

func page(o *probe.OtherFetch) { o.Body = []byte("<html>mode: enforce") }

func elsewhereCases() []policyCase {
	const host = "mta-sts.example.com"
	const root = "https://mta-sts.example.com/mta-sts.txt"
	const apex = "https://example.com/.well-known/mta-sts.txt"
	good, missing := stsPolicy(goodPolicy), answered(404)
	path, plain := other(probe.OtherPath, root), other(probe.OtherPlain, "http://mta-sts.example.com/.well-known/mta-sts.txt")
	elsewhere, agent := other(probe.OtherHost, apex), other(probe.OtherAgent, policyURL)
	foreign := certified(certificate{names: []string{"www.example.com"}})
	return []policyCase{
		{"sts-policy-fetch.wrong-path", beside(missing, path), beside(missing, other(probe.OtherPath, root, page)), host},
		{"sts-policy-fetch.wrong-path", beside(answered(403), elsewhere, path), beside(good, path), host},
		{"sts-policy-fetch.wrong-path", beside(served(func(p *probe.Policy) { p.Body = []byte("<html>") }), path),
			beside(served(func(p *probe.Policy) { p.Status, p.Location = 301, root }), path), host},
		{"sts-policy-fetch.wrong-host", beside(missing, elsewhere), beside(missing, other(probe.OtherHost, apex, func(o *probe.OtherFetch) { o.Body = []byte("hello") })), host},
		{"sts-policy-fetch.wrong-host", beside(unfetched(probe.DNSNotFound), elsewhere), beside(unfetched(probe.DNSNotFound), other(probe.OtherHost, apex, lost(probe.ConnectRefused))), host},
		{"sts-policy-fetch.wrong-host", beside(func(t testing.TB) *scenario {
			s := foreign(t)
			s.facts.Policy.Policy.Status, s.facts.Policy.Policy.Body = 404, nil
			return s
		}, elsewhere), beside(foreign, elsewhere), host},
		{"sts-policy-fetch.http-only", beside(unfetched(probe.ConnectRefused), plain), beside(unfetched(probe.Canceled), plain), host},
		{"sts-policy-fetch.http-only", beside(unfetched(probe.TLSAlert), elsewhere, plain), beside(missing, elsewhere, plain), host},
		{"sts-policy-fetch.vantage-dependent", beside(answered(403), agent), beside(answered(403), other(probe.OtherAgent, policyURL, func(o *probe.OtherFetch) { o.Status = 403 })), host},
		{"sts-policy-fetch.vantage-dependent", beside(unfetched(probe.ConnectionLost), agent, path), beside(answered(502), agent), host},
		{"sts-policy-fetch.vantage-dependent", beside(missing, agent), beside(answered(429), agent), host},
		{"sts-policy-fetch.vantage-dependent", beside(missing, agent), beside(served(func(p *probe.Policy) { p.Status, p.Body = 403, []byte("<html>captcha") }), agent), host},
		{"sts-policy-fetch.vantage-dependent", func(t testing.TB) *scenario {
			s := beside(good, other(probe.OtherAddress, policyURL, lost(probe.ConnectRefused)))(t)
			s.facts.Policy.Policy.Address = scenarioIP("2001:db8::80")
			return s
		}, beside(good, other(probe.OtherAddress, policyURL, lost(probe.ConnectRefused))), host}, // of the same family
		{"sts-policy-fetch.ipv6-broken", beside(good, other(probe.OtherAddress, policyURL, at6, lost(probe.ConnectRefused))),
			beside(good, other(probe.OtherAddress, policyURL, at6, lost(probe.Unreachable))), host},
		{"sts-policy-fetch.ipv6-broken", beside(good, other(probe.OtherAddress, policyURL, at6, page)), beside(good, other(probe.OtherAddress, policyURL, at6)), host},
		{"sts-policy-fetch.ipv6-broken", func(t testing.TB) *scenario {
			s := beside(unfetched(probe.TLSAlert), other(probe.OtherAddress, policyURL))(t)
			s.facts.Policy.Policy.Address = scenarioIP("2001:db8::80")
			return s
		}, beside(missing, other(probe.OtherAddress, policyURL, at6, lost(probe.ConnectRefused))), host},
		{"sts-policy-fetch.sni-default-cert", beside(foreign, other(probe.OtherSNI, policyURL)),
			beside(good, other(probe.OtherSNI, policyURL, func(o *probe.OtherFetch) { o.TLS.Chain = nil })), host},
		{"sts-policy-fetch.sni-default-cert", beside(unfetched(probe.TLSAlert), other(probe.OtherSNI, policyURL)),
			beside(unfetched(probe.TLSAlert), other(probe.OtherSNI, policyURL, lost(probe.TLSAlert))), host},
		{"sts-policy-fetch.cert-revoked", served(func(p *probe.Policy) { p.TLS.Trust.Revoked = true }), good, host},
		{"sts-policy-fetch.cert-ends-before-policy", certified(certificate{names: []string{host}, from: scenarioNow.AddDate(0, 0, -120), until: scenarioNow.AddDate(0, 0, 29)}),
			certified(certificate{names: []string{host}, from: scenarioNow.AddDate(0, 0, -120), until: scenarioNow.AddDate(0, 0, 31)}), host},
		{"sts-policy-fetch.cert-ends-before-policy", certified(certificate{names: []string{host}, from: scenarioNow.AddDate(0, 0, -120), until: scenarioNow.AddDate(0, 0, 29)}),
			certified(certificate{names: []string{host}, from: scenarioNow.AddDate(0, 0, -120), until: scenarioNow.AddDate(0, 0, 9)}), host},
	}
}

// TestOneCauseOfAFetch holds a fetch that fails, while the policy is somewhere,
// to one finding about the policy host: the cause.
func TestOneCauseOfAFetch(t *testing.T) {
	t.Parallel()
	for _, c := range elsewhereCases() {
		s := c.fires(t)
		var got []string
		for _, f := range s.report().Findings {
			if f.Level >= Warning && f.Code.Group() == "sts-policy-fetch" {
				got = append(got, string(f.Code))
			}
		}
		if e, _ := c.code.Lookup(); e.Level >= Warning && !slices.Equal(got, []string{string(c.code)}) {
			t.Errorf("%s: %v", c.code, got)
		}
	}
}

// TestPolicyFoundElsewhereIsPublished holds what to publish to being the policy
// that was found, where senders look.
func TestPolicyFoundElsewhereIsPublished(t *testing.T) {
	s := beside(answered(404), other(probe.OtherPath, "https://mta-sts.example.com/mta-sts.txt", func(o *probe.OtherFetch) {
		o.Body = []byte(strings.Replace(goodPolicy, "2592000", "1209600", 1))
	}))
	p := published(t, s(t), "sts-policy-fetch.wrong-path")
	if len(p) != 1 || p[0].Type != "file" || p[0].Name != policyURL {
		t.Fatalf("%+v", p)
	}
	policy, diagnostics := mtasts.ParsePolicy([]byte(p[0].Value))
	if !syntax.Valid(diagnostics) || policy.Mode != mtasts.ModeEnforce || policy.MaxAge != 1209600 {
		t.Errorf("%q", p[0].Value)
	}
}

// TestServedToSome holds a policy that some get to an unknown state, of the
// senders too: who is served isn't known.
func TestServedToSome(t *testing.T) {
	r := beside(answered(403), other(probe.OtherAgent, policyURL))(t).report()
	if !slices.ContainsFunc(r.Headline, func(p Phrase) bool { return p.Key == "headline.sts-unknown" }) {
		t.Errorf("headline %v", r.Headline)
	}
	without := answered(403)(t).report()
	if slices.ContainsFunc(without.Headline, func(p Phrase) bool { return p.Key == "headline.sts-unknown" }) {
		t.Errorf("denied to all: headline %v", without.Headline)
	}
	for i, v := range r.Senders {
		if w := without.Senders[i]; v.Outcome != w.Outcome && v.Outcome.String() != "unknown" {
			t.Errorf("%s: %v, denied to all %v", v.Sender, v.Outcome, w.Outcome)
		}
	}
}

// TestIPv4MissingStays holds the finding that another family's fetch replaced
// nothing of.
func TestIPv4MissingStays(t *testing.T) {
	s := stsPolicy(goodPolicy)(t)
	s.records[scenarioKey("mta-sts.example.com", doh.TypeA)] = nil
	s.add("mta-sts.example.com", doh.TypeAAAA, "2001:db8::80")
	s.facts.Policy.Policy.Address = scenarioIP("2001:db8::80")
	if got := s.codes(); !slices.Contains(got, "sts-policy-fetch.ipv4-missing") {
		t.Errorf("%v", got)
	}
}
