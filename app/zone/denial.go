package zone

import (
	"slices"

	"github.com/miekg/dns"
)

// denial is a zone's NSEC or NSEC3 records. Each method gives the owners of
// those that show what isn't there.
type denial interface {
	// noName: neither the name exists nor a wildcard right below its closest
	// encloser (RFC 4035 §3.1.3.2, RFC 5155 §7.2.2).
	noName(name, encloser string) []string
	// noType: a name that exists lacks a type (RFC 4035 §3.1.3.1, RFC 5155 §7.2.3,
	// §7.2.4).
	noType(name string) []string
	// noTypeAtWildcard: the wildcard that stands for a name lacks a type (RFC 4035
	// §3.1.3.4, RFC 5155 §7.2.5).
	noTypeAtWildcard(name, encloser string) []string
	// noCloser: nothing is nearer to the name than the wildcard that the answer was
	// expanded from (RFC 4035 §3.1.3.3, RFC 5155 §7.2.6).
	noCloser(name, encloser string) []string
	// typ is NSEC or NSEC3.
	typ() uint16
}

// proof gives the owners of the records that go with a denial of the name or of
// its types, or, with found, with an answer expanded from a wildcard.
func (z *Zone) proof(name string, found bool) []string {
	if z.names[name] {
		return z.denial.noType(name)
	}
	encloser := z.encloser(name)
	switch {
	case found:
		return z.denial.noCloser(name, encloser)
	case z.names[child("*", encloser)]:
		return z.denial.noTypeAtWildcard(name, encloser)
	}
	return z.denial.noName(name, encloser)
}

// encloser gives the nearest existing name above one that doesn't exist (RFC
// 4592 §3.3.1).
func (z *Zone) encloser(name string) string {
	for name = parent(name); !z.names[name]; name = parent(name) {
	}
	return name
}

// link makes the NSEC chain (RFC 4034 §4): delegation points are in it, what
// lies below them is not.
func (z *Zone) link() chain {
	c := chain(z.authoritative())
	for i, owner := range c {
		z.add(&dns.NSEC{
			Hdr:        z.denialHeader(owner, dns.TypeNSEC),
			NextDomain: c[(i+1)%len(c)],
			TypeBitMap: z.bitmap(owner, dns.TypeRRSIG, dns.TypeNSEC),
		})
	}
	return c
}

// denialHeader is that of an NSEC or NSEC3 record; its TTL is what denials are
// kept for (RFC 9077 §3).
func (z *Zone) denialHeader(owner string, typ uint16) dns.RR_Header {
	soa := z.sets[z.origin][dns.TypeSOA][0].(*dns.SOA)
	return dns.RR_Header{Name: owner, Rrtype: typ, Class: dns.ClassINET, Ttl: min(soa.Minttl, soa.Hdr.Ttl)}
}

// bitmap gives the types at a name, and more, in ascending order; of a
// delegation those that are the parent's.
func (z *Zone) bitmap(owner string, more ...uint16) []uint16 {
	types, delegation := more, z.cut(owner) != ""
	for typ := range z.sets[owner] {
		if !delegation || typ == dns.TypeNS || typ == dns.TypeDS {
			types = append(types, typ)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// chain is the owners of NSEC records in canonical order.
type chain []string

func (chain) typ() uint16 { return dns.TypeNSEC }

func (c chain) noName(name, encloser string) []string {
	return c.at(name, child("*", encloser))
}

func (c chain) noType(name string) []string { return c.at(name) }

func (c chain) noTypeAtWildcard(name, encloser string) []string {
	return c.at(child("*", encloser), name)
}

func (c chain) noCloser(name, _ string) []string { return c.at(name) }

// at gives the owners of the records that match or cover the names.
func (c chain) at(names ...string) []string {
	var owners []string
	for _, name := range names {
		at, found := slices.BinarySearchFunc(c, name, compare)
		if !found {
			at-- // not below 0: the apex is the first of its names
		}
		owners = append(owners, c[at])
	}
	return owners
}
