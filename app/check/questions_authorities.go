package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// maxFurtherZones is how many zones of mail hosts have their servers asked,
// beside the domain's own.
const maxFurtherZones = 2

// zoneServers puts the questions that matter to each server of the domain's zone.
func (g *gatherer) zoneServers(d, apex dnsname.Name) {
	mx := g.ask(d, doh.TypeMX)
	hosts := g.mailHosts(d)
	if mx.state == NXDomain || mx.state == Found && len(hosts) == 0 {
		return // no mail, and nothing that servers could disagree on
	}
	g.servers(apex, hosts, probe.Question{Name: d, Type: uint16(doh.TypeMX)})
}

// zoneOfDenial gives the zone that denies something at or below a name, the zero
// Name where the answer doesn't name one above it.
func zoneOfDenial(a answer, name dnsname.Name) dnsname.Name {
	if a.msg != nil {
		for _, r := range a.msg.Authority {
			if soa, ok := r.SOA(); ok && name.Within(soa.Zone) {
				return soa.Zone
			}
		}
	}
	return dnsname.Name{}
}

// hostServers puts questions to the servers of a mail host's zone, where that is
// another than the domain's and senders ask it for TLSA records. One of the
// hosts does so for all of the zone.
func (g *gatherer) hostServers(d, h dnsname.Name, hosts []dnsname.Name) {
	t := g.prove(tlsaOwner(h), doh.TypeTLSA)
	if (t.state != Found || t.status != dnssec.Secure) && t.state != Failed {
		return
	}
	zone := signerAt(t, tlsaOwner(h))
	if zone.IsZero() {
		zone = signerAt(g.ask(h, doh.TypeA), h)
	}
	if !zone.IsZero() && zone != g.apex(d) && g.claim(zone) {
		g.servers(zone, hosts)
	}
}

// signerAt gives the zone that signed what an answer holds at a name.
func signerAt(a answer, name dnsname.Name) dnsname.Name {
	if a.msg != nil {
		for _, r := range a.msg.Answer {
			if s, ok := r.RRSIG(); ok && r.Owner == name.String() && name.Within(s.Signer) {
				return s.Signer
			}
		}
	}
	return dnsname.Name{}
}

// claim tells whether a further zone is still to be asked, and takes it.
func (g *gatherer) claim(zone dnsname.Name) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.Contains(g.claimed, zone) || len(g.claimed) == maxFurtherZones {
		return false
	}
	g.claimed = append(g.claimed, zone)
	return true
}

// servers puts to each server of a zone the questions given, and those for its
// keys and for the TLSA records of the mail hosts in it.
func (g *gatherer) servers(zone dnsname.Name, hosts []dnsname.Name, questions ...probe.Question) {
	questions = append(questions, probe.Question{Name: zone, Type: uint16(doh.TypeDNSKEY)})
	for _, h := range hosts {
		if h.Within(zone) && len(questions) < probe.MaxQuestions && !tlsaOwner(h).IsZero() {
			questions = append(questions, probe.Question{Name: tlsaOwner(h), Type: uint16(doh.TypeTLSA)})
		}
	}
	g.authority(zone, questions)
}
