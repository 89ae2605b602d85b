package check

import (
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

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
		cd := g.exchange(key{d, doh.TypeSOA, true}) // the data, where only its validation failed
		soa = readLookup(&cd)
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
