package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// maxSigners is how many zones of one answer's signatures are asked about.
const maxSigners = 3

// signer asks for the delegation of the zone that signed an answer which the
// resolver did not find authentic: signed, but no chain to it?
func (g *gatherer) signer(a answer) {
	if a.msg == nil || a.status == dnssec.Secure {
		return
	}
	for _, zone := range signers(a) {
		g.later(zone, doh.TypeDS, doh.TypeDNSKEY)
	}
}

// signers are the first zones that an answer, or what denies it, is signed by.
func signers(a answer) []dnsname.Name {
	if a.msg == nil {
		return nil
	}
	var zones []dnsname.Name
	for _, section := range [][]doh.Record{a.msg.Answer, a.msg.Authority} {
		for _, r := range section {
			sig, ok := r.RRSIG()
			if ok && !sig.Signer.IsZero() && len(zones) < maxSigners && !slices.Contains(zones, sig.Signer) {
				zones = append(zones, sig.Signer)
			}
		}
		if len(zones) > 0 {
			break
		}
	}
	return zones
}

// zone asks whether the domain's zone is signed and delegated securely, how it
// is signed, and whether its servers agree.
func (g *gatherer) zone(d dnsname.Name) {
	g.together(func() { g.signing(d) })
	g.later(d, doh.TypeDS)
	apex := g.apex(d)
	if apex.IsZero() {
		return
	}
	if apex != d {
		g.later(apex, doh.TypeDS, doh.TypeSOA)
		g.together(func() { g.signing(apex) })
	}
	g.zoneServers(d, apex)
}

// apex waits for the SOA lookup and gives the apex of the domain's zone, the
// zero Name when it doesn't show.
func (g *gatherer) apex(d dnsname.Name) dnsname.Name {
	soa := g.ask(d, doh.TypeSOA)
	if soa.state == Failed && soa.msg != nil {
		soa = g.await(key{d, doh.TypeSOA, true}) // the data, where only its validation failed
	}
	return apexOf(soa, d)
}

// signing asks for a zone's keys, and unless it has none for what else says how
// it is signed.
func (g *gatherer) signing(zone dnsname.Name) {
	if keys := g.ask(zone, doh.TypeDNSKEY); keys.state != NoData && keys.state != NXDomain {
		g.later(zone, doh.TypeNSEC3PARAM, doh.TypeCDS, doh.TypeCDNSKEY)
	}
}

// apexOf reads the apex of the zone that holds a name from a lookup of its SOA:
// the SOA is the name's own, or stands beside the denial (RFC 2308 §3). Zero when
// it isn't known.
func apexOf(soa answer, name dnsname.Name) dnsname.Name {
	if soa.state == Found && soa.hops == 0 {
		return name
	}
	return zoneOfDenial(soa, name)
}
