package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// readChain gathers what DANE stands on (RFC 7672 §2.2): the MX records, each
// host's addresses and its TLSA records, with the zones that vouch for them.
func (j *judge) readChain() {
	c := &j.report.Chain
	c.Hops = slices.Clip(j.look(j.facts.Domain, doh.TypeMX).verdict.Hops)
	add := func(name dnsname.Name, typ doh.Type) {
		if a := j.look(name, typ); !name.IsZero() && a.state != Pending {
			c.Hops = append(c.Hops, a.verdict.Hops...)
		}
	}
	for _, h := range j.hosts {
		add(h.name, doh.TypeA)
		if h.aaaa.state == Found {
			add(h.name, doh.TypeAAAA)
		}
		add(h.tlsaName(), doh.TypeTLSA)
	}
	stands := map[string]bool{}
	for _, h := range c.Hops {
		for z := j.link(h.Zone); z != nil && !stands[z.Name]; z = j.link(z.Parent) {
			stands[z.Name] = true
		}
	}
	for _, z := range j.facts.Zones {
		if stands[z.Name] {
			c.Zones = append(c.Zones, z)
		}
	}
}

// link gives a zone's link of trust, nil when it isn't known.
func (j *judge) link(zone string) *dnssec.Zone {
	for i := range j.facts.Zones {
		if z := &j.facts.Zones[i]; z.Name == zone {
			return z
		}
	}
	return nil
}
