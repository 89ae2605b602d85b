package check

import (
	"crypto/x509"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Where records are put by mistake; asked only when the right place is empty.
var (
	wrongRecordNames    = []string{"mta-sts", "_mta_sts", "_mtasts"}
	wrongReportingNames = []string{"_smtp-tlsrpt", "_tlsrpt", "_tls", "_smtp._tcp", "_smtp_tls", "_smtp.tls", "smtp._tls"}
	wrongTLSALabels     = []string{"_465._tcp", "_587._tcp"}
)

// wildcardLabel is a name that exists only where a wildcard makes it.
const wildcardLabel = "sealane-wildcard-check"

// domain asks all that depends on the domain's name alone, and what follows.
func (g *gatherer) domain(d dnsname.Name) {
	g.together(
		func() { g.mail(d) },
		func() { g.record(d) },
		func() { g.reporting(d) },
		func() { g.policyHost(d) },
		func() { g.zone(d) },
	)
	g.later(d, doh.TypeA, doh.TypeAAAA)
	g.later(d.Child(wildcardLabel), doh.TypeMX)
	if !g.facts.Trusted.IsZero() {
		g.later(g.facts.Trusted, doh.TypeSOA)
	}
}

// mail asks for the mail hosts and starts on each (RFC 5321 §5.1).
func (g *gatherer) mail(d dnsname.Name) {
	mx := g.ask(d, doh.TypeMX)
	seen := map[dnsname.Name]bool{}
	for _, r := range mx.records {
		m, ok := r.MX()
		if !ok || m.Host.IsZero() || m.Raw == "." || seen[m.Host] || len(seen) == maxHosts {
			continue
		}
		seen[m.Host] = true
	}
	if mx.state == NoData && g.address(d) {
		seen[d] = true
	}
	for h := range seen {
		g.together(func() { g.host(d, h) })
	}
}

// address waits for both address lookups of a name and tells whether it has any.
func (g *gatherer) address(name dnsname.Name) bool {
	g.later(name, doh.TypeAAAA)
	a := g.ask(name, doh.TypeA)
	aaaa := g.ask(name, doh.TypeAAAA)
	return addressState(a, aaaa) == Found
}

// host asks for a mail host's addresses and TLSA records together, and probes
// it as soon as its addresses are there. TLSA counts only behind secure
// addresses (RFC 7672 §2.2.2): Judge sees to that order.
func (g *gatherer) host(d, h dnsname.Name) {
	g.together(func() { g.tlsa(d, h) })
	found := g.address(h)
	a, aaaa := g.ask(h, doh.TypeA), g.ask(h, doh.TypeAAAA)
	if found {
		g.together(func() {
			if kinds := asidesOf(g.probe(h)); len(kinds) > 0 {
				g.probe(h, kinds...)
			}
		})
	}
	for _, x := range []answer{a, aaaa} {
		if x.hops > 0 && !x.loop {
			g.together(func() { g.tlsa(d, x.end) })
		}
		g.signer(x)
	}
}

// tlsa asks for the TLSA records of a base domain, and where they may have
// been put by mistake.
func (g *gatherer) tlsa(d, base dnsname.Name) {
	t := g.ask(tlsaOwner(base), doh.TypeTLSA)
	g.signer(t)
	switch {
	case t.state == Found:
		// DANE results are reported under the TLSA base domain (RFC 8460 §3).
		g.later(base.Child("_smtp._tls"), doh.TypeTXT)
	case (t.state == NoData || t.state == NXDomain) && t.status == dnssec.Secure:
		for _, label := range wrongTLSALabels {
			g.later(base.Child(label), doh.TypeTLSA)
		}
	}
	if t.state != Found && base != d {
		g.later(tlsaOwner(d), doh.TypeTLSA)
	}
}

// signer asks for the delegation of the zone that signed an answer which the
// resolver did not find authentic: signed, but no chain to it?
func (g *gatherer) signer(a answer) {
	if a.msg == nil || a.status == dnssec.Secure {
		return
	}
	for _, r := range a.msg.Answer {
		if sig, ok := r.RRSIG(); ok && !sig.Signer.IsZero() {
			g.later(sig.Signer, doh.TypeDS, doh.TypeDNSKEY)
		}
	}
}

// zone asks whether the domain's zone is signed and delegated securely.
func (g *gatherer) zone(d dnsname.Name) {
	g.later(d, doh.TypeDS)
	keys := g.ask(d, doh.TypeDNSKEY)
	if keys.msg == nil || keys.state == Found {
		return
	}
	// Not the apex: the SOA beside the denial names it (RFC 2308 §3).
	for _, r := range keys.msg.Authority {
		if soa, ok := r.SOA(); ok && soa.Zone != d && d.Within(soa.Zone) {
			g.later(soa.Zone, doh.TypeDS, doh.TypeDNSKEY)
		}
	}
}

// record asks for the MTA-STS record, and where it may have been put by mistake.
func (g *gatherer) record(d dnsname.Name) {
	owner := d.Child("_mta-sts")
	a := g.ask(owner, doh.TypeTXT)
	g.signer(a)
	if readable(a) && len(mtasts.SelectRecord(texts(a))) == 0 {
		for _, label := range wrongRecordNames {
			g.later(d.Child(label), doh.TypeTXT)
		}
		g.later(doubled(owner, d), doh.TypeTXT)
		g.later(d, doh.TypeTXT)
	}
}

// reporting asks for the TLS reporting record, where it may have been put by
// mistake, and whether mail reaches the mailboxes it names.
func (g *gatherer) reporting(d dnsname.Name) {
	owner := d.Child("_smtp._tls")
	a := g.ask(owner, doh.TypeTXT)
	if !readable(a) {
		return
	}
	found := texts(a)
	chosen := tlsrpt.SelectRecord(found)
	if len(chosen) == 0 {
		for _, label := range wrongReportingNames {
			g.later(d.Child(label), doh.TypeTXT)
		}
		g.later(doubled(owner, d), doh.TypeTXT)
	}
	if len(chosen) != 1 {
		return
	}
	record, _ := tlsrpt.ParseRecord(found[chosen[0]])
	for _, uri := range record.RUA[:min(len(record.RUA), 5)] {
		if mailbox, ok := mailDomain(uri); ok && mailbox != d {
			g.later(mailbox, doh.TypeMX, doh.TypeA, doh.TypeAAAA)
		}
	}
}

// mailDomain gives the domain of a mailto URI (RFC 6068 §2).
func mailDomain(uri string) (dnsname.Name, bool) {
	address, ok := tlsrpt.Address(uri)
	name, err := dnsname.Parse(address[strings.LastIndexByte(address, '@')+1:])
	return name, ok && err == nil
}

// policyHost fetches the policy and asks for the addresses of its host.
func (g *gatherer) policyHost(d dnsname.Name) {
	name := d.Child("mta-sts")
	g.later(name, doh.TypeA, doh.TypeAAAA)
	fetched := g.policy(d)
	if t := fetched.Policy.TLS; t != nil && len(t.Chain) > 0 {
		leaf, err := x509.ParseCertificate(t.Chain[0])
		if err == nil && leaf.VerifyHostname(name.String()) != nil {
			// A certificate for another name: is the host made by a wildcard?
			g.later(d.Child(wildcardLabel), doh.TypeA, doh.TypeAAAA)
		}
	}
	if f := fetched.Policy.Failure; f != nil && f.Class == probe.DNSNotFound {
		g.later(name, doh.TypeCNAME)
	}
}

// readable tells whether a lookup said what there is, if only that it's nothing.
func readable(a answer) bool { return a.state == Found || a.state == NoData || a.state == NXDomain }

// texts are an answer's TXT records, each joined (RFC 8461 §3.1).
func texts(a answer) []string {
	var all []string
	for _, r := range a.records {
		if text, _, ok := r.TXT(); ok {
			all = append(all, text)
		}
	}
	return all
}

// doubled is where a record lands whose name was entered with the zone in a
// form that adds the zone again.
func doubled(owner, zone dnsname.Name) dnsname.Name { return zone.Child(owner.String()) }
