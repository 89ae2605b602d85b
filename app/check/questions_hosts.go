package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// host asks for a mail host's addresses and TLSA records together, and probes
// it as soon as its addresses are there. TLSA counts only behind secure
// addresses (RFC 7672 §2.2.2): Judge sees to that order.
func (g *gatherer) host(d, h dnsname.Name, guess bool) {
	g.together(func() { g.tlsa(d, h, guess) })
	found := g.address(h)
	a, aaaa := g.ask(h, doh.TypeA), g.ask(h, doh.TypeAAAA)
	if found {
		g.together(func() { g.visit(h, a, aaaa) }, func() { g.issuers(h) })
	}
	for _, x := range []answer{a, aaaa} {
		if x.hops > 0 && !x.loop {
			g.together(func() { g.tlsa(d, x.end, guess) }, func() { g.middles(h, x) })
		}
	}
}

// middles asks for TLSA records at the aliases between a host's name and the end
// of its chain, where no sender looks (RFC 7672 §2.2.3), once there are none at
// either.
func (g *gatherer) middles(h dnsname.Name, x answer) {
	between := middles(x, h)
	if len(between) == 0 || g.ask(tlsaOwner(h), doh.TypeTLSA).state == Found || g.ask(tlsaOwner(x.end), doh.TypeTLSA).state == Found {
		return
	}
	for _, name := range between {
		g.later(tlsaOwner(name), doh.TypeTLSA)
	}
}

// middles are the names of a CNAME chain between its ends, the first few.
func middles(a answer, from dnsname.Name) []dnsname.Name {
	var all []dnsname.Name
	for range min(a.hops-1, maxMiddles) {
		next := a.msg.RecordsOf(from, doh.TypeCNAME)
		if len(next) == 0 {
			break
		}
		from, _ = next[0].Target()
		all = append(all, from)
	}
	return all
}

// tlsa asks for the TLSA records of a base domain, and, if they may be guessed
// at, where they may have been put by mistake.
func (g *gatherer) tlsa(d, base dnsname.Name, guess bool) {
	t := g.prove(tlsaOwner(base), doh.TypeTLSA)
	switch {
	case t.state == Found:
		// DANE results are reported under the TLSA base domain (RFC 8460 §1.1).
		g.later(base.Child("_smtp._tls"), doh.TypeTXT)
		g.later(base.Child("_tcp"), doh.TypeA)
	case guess && (t.state == NoData || t.state == NXDomain) && t.status == dnssec.Secure:
		for _, label := range slices.Concat(wrongTLSALabels, wrongProtocolLabels) {
			g.later(base.Child(label), doh.TypeTLSA)
		}
		g.later(doubledTLSA(t, base), doh.TypeTLSA)
	}
	if t.state != Found && base != d {
		g.later(tlsaOwner(d), doh.TypeTLSA)
	}
}

// doubledTLSA is where TLSA records land in that way: the zone is named by the
// SOA beside their denial (RFC 2308 §3).
func doubledTLSA(t answer, base dnsname.Name) dnsname.Name {
	return doubled(tlsaOwner(base), zoneOfDenial(t, base))
}
