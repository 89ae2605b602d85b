package check

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// What is healthy, or beyond what can be seen from here, is no fault of the
// domain. Each case names a code that must not be found, and one that must.
func TestFairness(t *testing.T) {
	brokeOff := func(stage probe.Stage, edits ...func(a *probe.Address)) func(l *layout) {
		return firstHost(ended(stage, probe.ReplyNegative, edits...))
	}
	startTLS := func(code int) func(a *probe.Address) {
		return func(a *probe.Address) { a.StartTLS = probe.Reply{Code: code, Lines: []string{"no"}} }
	}
	weakIssuer := func(result probe.TrustResult) func(l *layout) {
		return shows(result, func(f *forged) {
			f.issuer.SignatureAlgorithm = x509.ECDSAWithSHA1
		})
	}
	oldKey := both(serves(since20Days), publishes(nextKey))
	calendar := func(l *layout) {
		l.more = func(s *scenario) {
			midnight := scenarioNow.AddDate(0, 0, -30).Truncate(24 * time.Hour)
			s.signed("_25._tcp.mx.example.com", tlsaType, midnight, scenarioNow.AddDate(0, 0, 7))
		}
	}
	wrongNumbersThere := func(l *layout) {
		twoChains(asIs, asIs)(l)
		l.first().chain = forge(l.t, asIs)
		here, there := l.first().chain, forge(l.t, asIs)
		l.first().edit = []func(a *probe.Address){
			func(a *probe.Address) { a.TLS.Chain = here }, func(a *probe.Address) { a.TLS.Chain = there },
		}
		l.first().tlsa = []string{"3 1 1", strings.Replace(scenarioTLSA(l.t, there[0], "3 1 1"), "3 1", "3 0", 1)}
	}
	emptyBeside := both(func(l *layout) {
		twoChains(asIs, asIs)(l)
		l.first().chain = forge(l.t, asIs)
		same := l.first().chain
		l.first().edit[0] = func(a *probe.Address) { a.TLS.Chain = same }
	}, publishes("3 1 1", "3 1 1 "+hex32))
	for _, c := range []struct {
		name     string
		change   func(l *layout)
		not, but Code // but: "" for none
	}{
		{"EHLO refused by policy", brokeOff(probe.StageEHLO, ehlo(550, "listed")), "starttls.ehlo-rejected", "starttls.banner-not-220"},
		{"EHLO unknown", brokeOff(probe.StageEHLO, ehlo(500, "what?")), "starttls.banner-not-220", "starttls.ehlo-rejected"},
		{"busy at STARTTLS", brokeOff(probe.StageSTARTTLS, startTLS(421)), "starttls.refused", "starttls.banner-not-220"},
		{"STARTTLS not now", brokeOff(probe.StageSTARTTLS, startTLS(454)), "starttls.banner-not-220", "starttls.refused"},
		{"our TLS gave up", firstHost(ended(probe.StageHandshake, probe.TLSFailed)), "starttls.handshake-failed", ""},
		{"no TLS at all", firstHost(ended(probe.StageHandshake, probe.ReplyMalformed)), "starttls.ok", "starttls.handshake-failed"},
		{"each certificate holds", both(noTLSA, twoChains(asIs, asIs)), "cert.per-address-differs", ""},
		{"weak issuer beside the path", weakIssuer(probe.Trusted), "cert.signature-weak", ""},
		{"weak issuer on the path", weakIssuer(probe.WeakSignature), "cert.ok", "cert.signature-weak"},
		{"signed by the calendar", both(oldKey, calendar), "dane.mismatch-old-certificate", "dane.mismatch-all"},
		{"wrong numbers at one address", wrongNumbersThere, "dane.mismatch-some-addresses", "dane.mismatch-parameters"},
		{"digest of nothing beside a match", emptyBeside, "tlsa.digest-of-empty", "dane.mismatch-some-addresses"},
	} {
		l := newLayout(t)
		c.change(l)
		r := l.scenario().report()
		found := func(code Code) bool {
			return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == code })
		}
		if found(c.not) || c.but != "" && !found(c.but) {
			t.Errorf("%s: %s or no %s: %v", c.name, c.not, c.but, codesOf(r))
		}
	}
}

// A server that turned us away, or that our own TLS can't follow, is not known
// to fail DANE or MTA-STS.
func TestTurnedAwayIsUnknown(t *testing.T) {
	for name, edit := range map[string]func(a *probe.Address){
		"banner": ended(probe.StageBanner, probe.ReplyNegative, noReply, banner(421, "later")),
		"EHLO":   ended(probe.StageEHLO, probe.ReplyNegative, ehlo(550, "listed")),
		"TLS":    ended(probe.StageHandshake, probe.TLSFailed),
	} {
		l := newLayout(t)
		firstHost(edit)(l)
		enforce(l)
		r := l.scenario().report()
		if a := r.Hosts[0].Addresses[0]; a.DANE != Unknown || a.WebPKI != Unknown {
			t.Errorf("%s: DANE %v, WebPKI %v", name, a.DANE, a.WebPKI)
		}
		for _, f := range r.Findings {
			if f.Level == Error {
				t.Errorf("%s: %s", name, f.Code)
			}
		}
		if name == "TLS" && !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.tls-beyond-us" }) {
			t.Errorf("%s: not checked: %+v", name, r.NotChecked)
		}
	}
}

// Secure records promise TLS, usable or not (RFC 7672 §2.2).
func TestUnusableRecordsPromiseTLS(t *testing.T) {
	for record, want := range map[string]Level{"1 1 1": Error, "": Warning} {
		l := newLayout(t)
		l.first().tlsa = nil
		if record != "" {
			l.first().tlsa = []string{record}
		}
		firstHost(plainOnly)(l)
		r := l.scenario().report()
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == "starttls.not-offered" })
		if i < 0 || r.Findings[i].Level != want {
			t.Errorf("%q: %v", record, codesOf(r))
		}
	}
}

// What is to be published is put where it can stand and where it counts.
func TestPublishedWhereItCounts(t *testing.T) {
	names := func(r Report, code Code) (all []string) {
		for _, f := range r.Findings {
			for _, p := range f.Publish {
				if f.Code == code {
					all = append(all, p.Name)
				}
			}
		}
		return all
	}
	l := newLayout(t)
	tlsaAlias(nextKey)(l)
	if got := names(l.scenario().report(), "dane.mismatch-all"); !slices.Equal(got, []string{"tlsa.example.net"}) {
		t.Errorf("beside an alias: %v", got)
	}
	l = newLayout(t)
	l.host("mx2.example.com", certificate{}, "192.0.2.22").tlsa = nil
	unsigned := l.host("mx.example.net", certificate{}, "192.0.2.23")
	unsigned.tlsa, unsigned.addresses = nil, dnssec.Insecure
	if got := names(l.scenario().report(), "tlsa.partial-coverage"); !slices.Equal(got, []string{"_25._tcp.mx2.example.com"}) {
		t.Errorf("in an unsigned zone: %v", got)
	}
}

// No mail goes to a host without an address: it is no gap.
func TestDeadHostIsNoGap(t *testing.T) {
	l := newLayout(t)
	dead := l.host("mx2.example.com", certificate{})
	dead.tlsa, dead.unprobed = nil, true
	if r := l.scenario().report(); len(codesOf(r)) == 0 || strings.Contains(fmt.Sprint(codesOf(r)), "tlsa.partial-coverage") {
		t.Errorf("%v", codesOf(r))
	}
}

// A lookup below an alias that failed on our side leaves open which records
// count (RFC 7672 §2.2.3); one that failed beside a signed alias may count.
func TestAliasLeftOpen(t *testing.T) {
	alias := func(change func(s *scenario)) Report {
		l := newLayout(t)
		l.first().ips = nil
		l.more = func(s *scenario) {
			s.add("mx.example.com", doh.TypeA, "CNAME mail.example.net.", "192.0.2.1")
			s.facts.Hosts = nil
			s.probe("mx.example.com", spoken("192.0.2.1", l.first().chain, l.first().trust))
			change(s)
		}
		l.first().tlsa = nil
		return l.scenario().report()
	}
	r := alias(func(s *scenario) { s.fail("_25._tcp.mail.example.net", tlsaType, probe.NoResolver) })
	for _, f := range r.Findings {
		if g := f.Code.Group(); g == "tlsa" || g == "dane" {
			t.Errorf("the expanded name unknown: %s", f.Code)
		}
	}
	facts := func(signed bool) Facts {
		l := newLayout(t)
		l.first().ips, l.first().addresses = nil, dnssec.Insecure
		l.first().tlsa = nil
		l.more = func(s *scenario) {
			s.add("mx.example.com", doh.TypeA, "CNAME mail.example.net.", "192.0.2.1")
			s.servfail("_25._tcp.mx.example.com", tlsaType)
		}
		f := l.scenario().factsNow()
		for i := range f.Lookups {
			k := &f.Lookups[i]
			if k.Name != dnsname.MustParse("mx.example.com") || k.Type != doh.TypeA || !signed {
				continue
			}
			var m dns.Msg
			if err := m.Unpack(k.Wire); err != nil {
				t.Fatal(err)
			}
			m.Answer = append(m.Answer, &dns.RRSIG{Hdr: dns.RR_Header{Name: "mx.example.com.", Rrtype: dns.TypeRRSIG, Class: dns.ClassINET},
				TypeCovered: dns.TypeCNAME, Algorithm: 13, Labels: 3, SignerName: "example.com.", Signature: "AAAA"})
			k.Wire, _ = m.Pack()
		}
		return f
	}
	for signed, want := range map[bool]bool{true: false, false: true} {
		r := Judge(facts(signed), scenarioNow)
		if got := strings.Contains(fmt.Sprint(codesOf(r)), "tlsa.lookup-servfail-insecure-zone"); got != want {
			t.Errorf("alias signed %v: %v", signed, codesOf(r))
		}
	}
}

// Many records and many certificates are not multiplied.
func TestManyRecordsAndCertificates(t *testing.T) {
	l := newLayout(t)
	l.first().tlsa = nil
	for i := range 800 {
		l.first().tlsa = append(l.first().tlsa, fmt.Sprintf("%d %d 1 %064x", 2+i%2, i/2%2, i+1000))
	}
	l.first().ips = nil
	var chains [][][]byte
	for i := range 16 {
		l.first().ips = append(l.first().ips, fmt.Sprintf("192.0.2.%d", i+1))
		chain := slices.Repeat(forge(t, asIs), 10)[:probe.MaxChain]
		chains = append(chains, chain)
		l.first().edit = append(l.first().edit, func(a *probe.Address) { a.TLS.Chain = chains[i] })
	}
	f := l.scenario().factsNow()
	r, took := quickest(f)
	if took > 3*time.Second {
		t.Errorf("%v", took)
	}
	if !strings.Contains(fmt.Sprint(codesOf(r)), "dane.mismatch-all") {
		t.Errorf("no mismatch: %v", codesOf(r)[:min(9, len(codesOf(r)))])
	}
	t.Logf("800 records, 16 chains of %d: %v", probe.MaxChain, took)
}

// Behind an alias DANE senders ask for the certificate of the alias's target
// (RFC 7672 §8.1), the proxy for that of the MX host: one made for the MX host
// says nothing of what they are shown. One that isn't does.
func TestAliasWithOwnCertificate(t *testing.T) {
	for name, want := range map[string]Level{"mx.example.com": Unknown, "mail.example.org": Error, "mail.example.net": Error} {
		l := newLayout(t)
		serves(certificate{names: []string{name}})(l)
		l.first().ips = nil
		l.more = func(s *scenario) {
			s.add("mx.example.com", doh.TypeA, "CNAME mail.example.net.", "192.0.2.1")
			s.tlsa("mail.example.net", nextKey)
			s.facts.Hosts = nil
			s.probe("mx.example.com", spoken("192.0.2.1", l.first().chain, l.first().trust))
		}
		r := l.scenario().report()
		if got := r.Hosts[0].Addresses[0].DANE; got != want {
			t.Errorf("%s: DANE %v, want %v: %v", name, got, want, codesOf(r))
		}
		open := slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.other-sni" })
		if open != (want == Unknown) || strings.Contains(fmt.Sprint(codesOf(r)), "dane.mismatch") != (want == Error) {
			t.Errorf("%s: not checked %v: %v", name, open, codesOf(r))
		}
	}
}

// DANE-TA behind an alias: every sender takes the base domain and the mail
// domain, not the alias (RFC 7672 §3.2.2).
func TestNamesBehindAlias(t *testing.T) {
	for name, want := range map[string]Level{"mail.example.net": OK, "example.com": OK, "mx.example.com": Unknown, "example.org": Error} {
		l := newLayout(t)
		shows(probe.Trusted, named(name))(l)
		l.first().ips = nil
		l.more = func(s *scenario) {
			s.add("mx.example.com", doh.TypeA, "CNAME mail.example.net.", "192.0.2.1")
			s.tlsa("mail.example.net", scenarioTLSA(t, l.first().chain[1], "2 1 1"))
			s.facts.Hosts = nil
			s.probe("mx.example.com", spoken("192.0.2.1", l.first().chain, l.first().trust))
		}
		if got := l.scenario().report().Hosts[0].Addresses[0].DANE; got != want {
			t.Errorf("%s: DANE %v, want %v", name, got, want)
		}
	}
}

// Whether a policy names the host isn't known when nobody could fetch it.
func TestREQUIRETLSWithoutPolicyFetch(t *testing.T) {
	l := newLayout(t)
	both(insecureMX, firstHost(inside("REQUIRETLS")))(l)
	l.more = func(s *scenario) {
		s.facts.Policy = &Fetched{Failure: &probe.Failure{Class: probe.Unavailable}}
	}
	if r := l.scenario().report(); strings.Contains(fmt.Sprint(codesOf(r)), "requiretls-unqualified") {
		t.Errorf("%v", codesOf(r))
	}
}
