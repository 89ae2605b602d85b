package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

const tlsaType = doh.TypeTLSA

// publishes gives the first host these TLSA records.
func publishes(records ...string) func(l *layout) {
	return func(l *layout) { l.first().tlsa = records }
}

func insecureTLSA(l *layout)      { l.first().tlsaIs = dnssec.Insecure }
func insecureAddresses(l *layout) { l.first().addresses = dnssec.Insecure }
func insecureMX(l *layout)        { l.mx = dnssec.Insecure }

// more adds to the scenario once it is built.
func more(change func(s *scenario)) func(l *layout) {
	return func(l *layout) { l.more = change }
}

func broken(l *layout) {
	l.more = func(s *scenario) { s.servfail("_25._tcp.mx.example.com", tlsaType) }
}

// deniedBadly is a denial that fails validation.
func deniedBadly(l *layout) {
	l.first().tlsa, l.first().tlsaIs = nil, dnssec.Bogus
}

func uncovered(l *layout) {
	l.host("mx2.example.com", certificate{}, "192.0.2.22").tlsa = nil
}

// sharing gives a second host the first one's chain.
func sharing(l *layout) {
	h := l.host("mx2.example.com", certificate{}, "192.0.2.22")
	h.chain = l.first().chain
}

// tlsaAlias makes the TLSA owner an alias.
func tlsaAlias(data ...string) func(l *layout) {
	return func(l *layout) {
		record := "3 1 1"
		if len(data) > 0 {
			record = data[0]
		}
		l.first().tlsa = []string{"CNAME tlsa.example.net.", record}
		if record == "" {
			l.first().tlsa = l.first().tlsa[:1]
		}
	}
}

// misnumbers publishes the digest of the key as that of the certificate, beside
// other records.
func misnumbers(others ...string) func(l *layout) {
	return func(l *layout) {
		l.first().tlsa = append(others, strings.Replace(scenarioTLSA(l.t, l.first().chain[0], "3 1 1"), "3 1 1", "3 0 1", 1))
	}
}

// TestMisnumbered holds a record with wrong numbers beside one that matches to
// one finding, with what to publish, and what to take away.
func TestMisnumbered(t *testing.T) {
	l := newLayout(t)
	misnumbers("3 1 1")(l)
	r := l.scenario().report()
	want := []Publication{{Type: "TLSA", Name: "_25._tcp.mx.example.com", Value: l.first().tlsa[1], Remove: true}}
	for _, f := range r.Findings {
		switch f.Code {
		case "dane.stale-extra-record", "dane.param-set-incomplete":
			t.Errorf("%s too", f.Code)
		case "tlsa.digest-wrong-field":
			if !slices.Equal(f.Publish, want) {
				t.Errorf("publish %+v", f.Publish)
			}
		}
	}
}

// at25 adds a TLSA record at a name.
func at25(owner string) func(s *scenario) {
	return func(s *scenario) { s.add(owner, tlsaType, nextKey) }
}

// fromWildcard signs a lookup's records over a name of so many labels.
func fromWildcard(labels int, owner string) func(l *layout) {
	return func(l *layout) {
		before := l.more
		l.more = func(s *scenario) {
			if before != nil {
				before(s)
			}
			s.labels = labels
			s.signed(owner, tlsaType, scenarioNow.AddDate(0, 0, -10), scenarioNow.AddDate(0, 0, 20))
		}
	}
}

func TestTLSARules(t *testing.T) {
	t.Parallel()
	const (
		sum   = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
		empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	)
	wrong := "_25._tcp.example.com"
	at := func(owner string) func(l *layout) { return both(noTLSA, more(at25(owner))) }
	denied := func(zone, owner string) func(l *layout) {
		return both(noTLSA, more(func(s *scenario) {
			s.auth[scenarioKey("_25._tcp.mx.example.com", tlsaType)] = []string{zone + ". 60 SOA a. b. 1 1 1 1 1"}
			s.add(owner, tlsaType, "3 1 1 "+sum)
		}))
	}
	chained := func(owner string) func(l *layout) {
		return both(noTLSA, more(func(s *scenario) {
			s.records[scenarioKey("mx.example.com", doh.TypeA)] = []string{"CNAME a.example.net.", "CNAME b.example.net.", "CNAME c.example.net.", "192.0.2.1"}
			s.tlsa("a.example.net").tlsa("b.example.net").tlsa("c.example.net").add(owner, tlsaType, "3 1 1 "+sum)
		}))
	}
	one, two := "3 1 1 "+sum, "3 1 1 "+sum[2:]+"ff"
	runRules(t, tlsaEntries, []ruleCase{
		{"tlsa.absent", Notice, "", noTLSA, both(noTLSA, insecureAddresses)},
		{"tlsa.lookup-servfail", Error, "", broken, both(broken, insecureAddresses)},
		{"tlsa.lookup-timeout", Error, "", more(func(s *scenario) { s.fail("_25._tcp.mx.example.com", tlsaType, probe.DNSTimeout) }), broken},
		{"tlsa.lookup-servfail-insecure-zone", Notice, "", both(broken, insecureAddresses), broken},
		{"tlsa.denial-bogus", Error, "", deniedBadly, both(deniedBadly, publishes("3 1 1"))},
		{"tlsa.insecure", Warning, "", both(insecureTLSA, insecureAddresses), unchanged},
		{"tlsa.insecure", Warning, "", insecureAddresses, both(noTLSA, insecureAddresses)},
		{"tlsa.wrong-owner-domain", Error, "example.com", both(noTLSA, more(func(s *scenario) { s.add(wrong, tlsaType, "3 1 1 "+sum) })),
			more(func(s *scenario) { s.add(wrong, tlsaType, "3 1 1 "+sum) })},
		{"tlsa.wrong-port", Error, "", both(noTLSA, more(func(s *scenario) { s.add("_465._tcp.mx.example.com", tlsaType, "3 1 1 "+sum) })),
			more(func(s *scenario) { s.add("_465._tcp.mx.example.com", tlsaType, "3 1 1 "+sum) })},
		{"tlsa.wrong-protocol-label", Error, "", at("_25._udp.mx.example.com"), more(at25("_25._udp.mx.example.com"))},
		{"tlsa.wrong-protocol-label", Error, "", at("_tcp._25.mx.example.com"), at("_993._tcp.mx.example.com")},
		{"tlsa.doubled-origin", Error, "", denied("example.com", "_25._tcp.mx.example.com.example.com"),
			denied("mx.example.com", "_25._tcp.mx.example.com.example.com")},
		{"tlsa.doubled-origin", Error, "", denied("com", "_25._tcp.mx.example.com.com"), both(denied("com", "_25._tcp.mx.example.com.com"), fromWildcard(2, "_25._tcp.mx.example.com.com"))},
		{"tlsa.cname-intermediate-only", Warning, "", chained("_25._tcp.b.example.net"), chained("_25._tcp.c.example.net")},
		{"tlsa.cname-intermediate-only", Warning, "", chained("_25._tcp.b.example.net"), both(chained("_25._tcp.b.example.net"), publishes("3 1 1 "+sum))},
		{"tlsa.empty-nonterminal-nxdomain", Error, "", more(func(s *scenario) { s.nxdomain("_tcp.mx.example.com", doh.TypeA) }),
			more(func(s *scenario) { s.none("_tcp.mx.example.com", doh.TypeA) })},
		{"tlsa.empty-nonterminal-nxdomain", Error, "", more(func(s *scenario) { s.nxdomain("_tcp.mx.example.com", doh.TypeA) }),
			both(insecureAddresses, more(func(s *scenario) { s.nxdomain("_tcp.mx.example.com", doh.TypeA) }))},
		{"tlsa.wildcard-synthesised", Notice, "", fromWildcard(3, "_25._tcp.mx.example.com"), fromWildcard(5, "_25._tcp.mx.example.com")},
		{"tlsa.duplicate", Notice, "", publishes("3 1 1", "3 1 1"), publishes("3 1 1", "3 0 1")},
		{"tlsa.inconsistent-nameservers", Error, "", more(servers(answering(one), answering(two))), more(servers(answering(one, two), answering(two, one)))},
		{"tlsa.inconsistent-nameservers", Error, "", more(servers(answering(one), answering())), both(insecureAddresses, more(servers(answering(one), answering())))},
		{"tlsa.nameserver-drops-tlsa", Warning, "", more(servers(answering(one), refusing(dns.RcodeNotImplemented))), more(servers(answering(one), dead))},
		{"tlsa.nameserver-drops-tlsa", Warning, "", more(servers(answering(one), quiet)), more(servers(answering(one), referring))},
		{"tlsa.nameserver-drops-tlsa", Warning, "", more(servers(refusing(dns.RcodeFormatError))), more(servers(refusing(dns.RcodeServerFailure)))},
		{"tlsa.cname-secure", OK, "", tlsaAlias(), unchanged},
		{"tlsa.cname-dangling", Error, "", tlsaAlias(""), noTLSA},
		{"tlsa.cname-insecure", Warning, "", both(tlsaAlias(), insecureTLSA), insecureTLSA},
		{"tlsa.usage-pkix", Error, "", publishes("1 1 1"), publishes("2 1 1")},
		{"tlsa.usage-pkix", Warning, "", publishes("3 1 1", "0 1 1"), unchanged},
		{"tlsa.usage-unknown", Error, "", publishes("4 1 1 " + sum), publishes("3 1 1 " + sum)},
		{"tlsa.selector-unknown", Error, "", publishes("3 2 1 " + sum), publishes("3 0 1")},
		{"tlsa.matching-unknown", Error, "", publishes("3 1 3 " + sum), publishes("3 1 2")},
		{"tlsa.digest-wrong-length", Error, "", publishes("3 1 1 " + sum[:62]), publishes("3 1 3 " + sum[:62])},
		{"tlsa.malformed", Error, "", publishes(`\# 2 0301`), publishes("3 1 1")},
		{"tlsa.malformed", Error, "", publishes(`\# 2 0301`), both(insecureTLSA, publishes(`\# 2 0301`))},
		{"tlsa.malformed", Warning, "", publishes("3 1 1", `\# 2 0301`), publishes("3 1 1", `\# 4 03010100`)},
		{"tlsa.matching-full", Warning, "", publishes("3 1 0"), publishes("3 1 2")},
		{"tlsa.matching-sha512-only", Warning, "", publishes("3 1 2"), publishes("3 1 2", "3 1 1")},
		{"tlsa.selector-cert-ee", Warning, "", publishes("3 0 1"), publishes("3 0 1", "3 1 1")},
		{"tlsa.ta-selector-spki", Notice, "", publishes("2 1 1"), publishes("2 1 1", "2 0 1")},
		{"tlsa.digest-of-empty", Error, "", publishes("3 1 1 " + empty), publishes("3 1 1", "3 1 1 "+empty)},
		{"tlsa.digest-of-pem", Error, "", func(l *layout) {
			l.first().tlsa = []string{"3 0 1 " + hexDigest(textForms("CERTIFICATE", l.first().chain[0])[0])}
		}, func(l *layout) { l.first().tlsa = []string{"3 1 1 " + hexDigest([]byte("something else"))} }},
		{"tlsa.digest-wrong-field", Warning, "", misnumbers("3 1 1"), misnumbers()},
		{"tlsa.digest-wrong-field", Warning, "", misnumbers("3 1 2"), publishes("3 1 1", nextKey)},
		{"tlsa.placeholder-data", Error, "", publishes("3 1 1 0000000000000000000000000000000000000000000000000000000000000000"), publishes("3 1 1 " + sum)},
		{"tlsa.all-unusable", Error, "", publishes("1 1 1"), publishes("1 1 1", "3 1 1")},
		{"tlsa.some-unusable", Notice, "", publishes("1 1 1", "3 1 1"), publishes("1 1 1")},
		{"tlsa.published-without-starttls", Error, "", firstHost(plainOnly), both(insecureAddresses, firstHost(plainOnly))},
		{"tlsa.published-without-starttls", Error, "", both(insecureMX, firstHost(plainOnly)), both(publishes(), firstHost(plainOnly))},
		{"tlsa.published-without-starttls", Error, "", both(publishes("1 1 1"), firstHost(plainOnly)), publishes("1 1 1")},
		{"tlsa.ttl-too-long", Notice, "", more(func(s *scenario) { s.ttl("_25._tcp.mx.example.com", tlsaType, 7200) }), unchanged},
		{"tlsa.ttl-too-long", Warning, "", more(func(s *scenario) { s.ttl("_25._tcp.mx.example.com", tlsaType, 172800) }), unchanged},
		{"tlsa.rrset-large", Warning, "", publishes("3 0 0", "2 0 0", "2 1 0", "3 1 0", "3 1 2", "2 1 2", "2 0 2", "3 0 2"), publishes("3 1 1", "2 1 1", "3 1 2")},
		{"tlsa.partial-coverage", Warning, "example.com", uncovered, both(uncovered, noTLSA)},
		{"tlsa.primary-uncovered", Warning, "example.com", both(secondHost(whole), publishes()), uncovered},
		{"tlsa.shared-ee", Notice, "example.com", sharing, both(secondHost(whole), publishes("3 1 1"))},
		{"tlsa.ok", OK, "example.com", unchanged, insecureMX},
	})
}

// Nobody could tell: nothing is said of TLSA or DANE.
func TestIndeterminateSaysNothing(t *testing.T) {
	for name, change := range map[string]func(l *layout){
		"MX":        func(l *layout) { l.mx = dnssec.Insecure },
		"addresses": func(l *layout) { l.first().addresses = dnssec.Insecure },
		"TLSA":      func(l *layout) { l.first().tlsaIs = dnssec.Insecure },
	} {
		l := newLayout(t)
		l.first().tlsa = []string{nextKey, "1 1 1"}
		// Without a trust anchor nobody knows whether a missing AD bit means insecure.
		l.more = func(s *scenario) { s.facts.Trusted = dnsname.Name{} }
		change(l)
		r := l.scenario().report()
		for _, f := range r.Findings {
			if g := f.Code.Group(); g == "tlsa" || g == "dane" {
				t.Errorf("%s indeterminate: %s", name, f.Code)
			}
		}
		if !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.dnssec-resolver" }) {
			t.Errorf("%s indeterminate: not checked: %+v", name, r.NotChecked)
		}
		if got := r.Hosts[0].Addresses[0].DANE; got != Unknown {
			t.Errorf("%s indeterminate: DANE %v", name, got)
		}
	}
}

// An alias that leaves the signed zone keeps DANE at its own name (RFC 7672
// §2.2.2, "Insecure CNAME").
func TestInsecureAlias(t *testing.T) {
	l := newLayout(t)
	l.first().addresses, l.first().ips = dnssec.Insecure, nil
	l.more = func(s *scenario) {
		s.add("mx.example.com", doh.TypeA, "CNAME mail.example.net.", "192.0.2.1")
		s.facts.Hosts = nil
		s.probe("mx.example.com", spoken("192.0.2.1", l.first().chain, l.first().trust))
	}
	if got := l.scenario().report().Hosts[0].Addresses[0].DANE; got != OK {
		t.Errorf("DANE %v, want OK", got)
	}
}
