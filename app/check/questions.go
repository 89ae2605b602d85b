package check

import (
	"crypto/x509"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
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
	wrongProtocolLabels = []string{"_25._udp", "_tcp._25", "25.tcp", "_smtp._tcp"}
)

// Bounds of questions that only some domains give cause for.
const (
	maxGuessed  = 4  // mail hosts whose TLSA records are looked for at wrong names
	maxMiddles  = 3  // aliases in the middle of one host's chain
	maxParents  = 4  // domains above whose MTA-STS record is looked at
	maxPatterns = 10 // hosts in a policy that are no mail hosts
	maxURIs     = 5  // receivers of TLS reports
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

// mail asks for the mail hosts and starts on each.
func (g *gatherer) mail(d dnsname.Name) {
	hosts := g.mailHosts(d)
	for i, h := range hosts {
		g.together(func() { g.host(d, h, i < maxGuessed) }, func() { g.hostServers(d, h, hosts) })
	}
}

// mailHosts waits for the domain's mail hosts and gives them by preference: the
// domain itself where it has addresses and no MX records (RFC 5321 §5.1).
func (g *gatherer) mailHosts(d dnsname.Name) []dnsname.Name {
	answer := g.ask(d, doh.TypeMX)
	var hosts []dnsname.Name
	for _, m := range mxRecords(answer) {
		if h := hostName(m); !h.IsZero() && !slices.Contains(hosts, h) && len(hosts) < maxHosts {
			hosts = append(hosts, h)
		}
	}
	if answer.state == NoData && g.address(d) {
		hosts = append(hosts, d)
	}
	return hosts
}

// mxRecords reads an answer's MX records, by preference.
func mxRecords(a answer) []doh.MX {
	var all []doh.MX
	for _, r := range a.records {
		if m, ok := r.MX(); ok {
			all = append(all, m)
		}
	}
	// Few and nearly sorted; a sort of its own would be kilobytes of the program.
	for i := range all {
		for k := i; k > 0 && all[k].Preference < all[k-1].Preference; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
	return all
}

// address waits for both address lookups of a name and tells whether it has any.
func (g *gatherer) address(name dnsname.Name) bool {
	g.later(name, doh.TypeAAAA)
	a := g.ask(name, doh.TypeA)
	aaaa := g.ask(name, doh.TypeAAAA)
	return addressState(a, aaaa) == Found
}

// record asks for the MTA-STS record, and where it may have been put by mistake.
func (g *gatherer) record(d dnsname.Name) {
	owner := d.Child("_mta-sts")
	a := g.ask(owner, doh.TypeTXT)
	if readable(a) && len(mtasts.SelectRecord(texts(a))) == 0 {
		for _, label := range wrongRecordNames {
			g.later(d.Child(label), doh.TypeTXT)
		}
		g.later(doubled(owner, d), doh.TypeTXT)
		g.later(d, doh.TypeTXT)
		// Addresses there, which no wildcard made, stand in the record's place.
		random := d.Child(wildcardLabel)
		for _, name := range []dnsname.Name{owner, random} {
			g.later(name, doh.TypeA, doh.TypeAAAA)
		}
		if a.state == Found {
			g.later(random, doh.TypeTXT)
		}
		for _, parent := range parents(d) {
			g.later(parent.Child("_mta-sts"), doh.TypeTXT)
		}
	}
}

// parents are the domains above d up to the one that was registered, the
// nearest first: no sender looks there for a policy (RFC 8461 §3.4).
func parents(d dnsname.Name) []dnsname.Name {
	var all []dnsname.Name
	top := registrable(d)
	for n := d; !top.IsZero() && n != top && len(all) < maxParents; {
		n = n.Parent()
		all = append(all, n)
	}
	return all
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
	for _, uri := range record.RUA[:min(len(record.RUA), maxURIs)] {
		if mailbox, ok := mailDomain(uri); ok && mailbox != d {
			g.later(mailbox, doh.TypeMX, doh.TypeA, doh.TypeAAAA)
		}
		if host, ok := tlsrpt.Host(uri); ok {
			g.later(host, doh.TypeA, doh.TypeAAAA)
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
	g.listed(d, fetched)
}

// listed asks for the addresses of hosts that a policy names and that are no
// mail hosts, where it names one that is.
func (g *gatherer) listed(d dnsname.Name, fetched *Fetched) {
	if fetched.Policy.Status != 200 {
		return
	}
	policy, _ := mtasts.ParsePolicy(fetched.Policy.Body)
	hosts := g.mailHosts(d)
	covers := func(p mtasts.Pattern) bool { return slices.ContainsFunc(hosts, p.Matches) }
	if !slices.ContainsFunc(policy.MX, covers) {
		return
	}
	asked := 0
	for _, p := range policy.MX {
		if !p.Wildcard && !covers(p) && asked < maxPatterns {
			asked++
			g.later(p.Name, doh.TypeA, doh.TypeAAAA)
		}
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
