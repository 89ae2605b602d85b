package picture

import (
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
)

var now = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// chain is what lookups found, made by hand.
type chain struct {
	name  string
	zones []dnssec.Zone
	hops  []dnssec.Hop
}

func (c chain) picture() *Picture { return New("example.com", c.zones, c.hops, locale.English()) }

func signature(tag uint16, signer string) *dnssec.Signature {
	return &dnssec.Signature{KeyTag: tag, Algorithm: 13, Signer: signer, Inception: now.AddDate(0, 0, -8), Expiration: now.AddDate(0, 0, 13)}
}

// root and signed are zones that are in order; a zone's tags follow each other.
func root() dnssec.Zone {
	return dnssec.Zone{Name: ".", Status: dnssec.Secure, DS: []dnssec.DS{{KeyTag: 20326, Algorithm: 8, DigestType: 2}, {KeyTag: 38696, Algorithm: 8, DigestType: 2}},
		Keys:         []dnssec.Key{{KeyTag: 20326, Algorithm: 8, Flags: 257, Bits: 2048, Entry: true}, {KeyTag: 53148, Algorithm: 8, Flags: 256, Bits: 2048}, {KeyTag: 38696, Algorithm: 8, Flags: 257, Bits: 2048, Entry: true}},
		KeySignature: signature(20326, ".")}
}

func signed(name, parent string, tag uint16) dnssec.Zone {
	return dnssec.Zone{Name: name, Parent: parent, Status: dnssec.Secure, DS: []dnssec.DS{{KeyTag: tag, Algorithm: 13, DigestType: 2}}, DSSignature: signature(tag-1000, parent),
		Keys:         []dnssec.Key{{KeyTag: tag, Algorithm: 13, Flags: 257, Entry: true}, {KeyTag: tag + 1, Algorithm: 13, Flags: 256}},
		KeySignature: signature(tag, name)}
}

func hop(name string, typ doh.Type, zone string) dnssec.Hop {
	return dnssec.Hop{Name: name, Type: typ, Status: dnssec.Secure, Zone: zone, Signature: signature(4712, zone)}
}

// absent is a hop at which the type is proven to be absent.
func absent(name string, typ doh.Type, zone string) dnssec.Hop {
	h := hop(name, typ, zone)
	h.Proof, h.ProofBy = dnssec.TypeAbsent, doh.TypeNSEC
	return h
}

// chains are pictures of every kind.
func chains() []chain {
	com, net, org := signed("com", ".", 19718), signed("net", ".", 37331), signed("org", ".", 26974)
	domain := signed("example.com", "com", 31589)
	mail := []dnssec.Hop{hop("example.com", doh.TypeMX, "example.com"), hop("mx1.example.com", doh.TypeA, "example.com"),
		absent("mx1.example.com", doh.TypeAAAA, "example.com"), hop("_25._tcp.mx1.example.com", doh.TypeTLSA, "example.com")}
	secure := chain{"secure", []dnssec.Zone{root(), com, domain}, mail}

	unsigned := dnssec.Zone{Name: "example.org", Parent: "org", Status: dnssec.Insecure, Proof: dnssec.OptedOut, ProofBy: doh.TypeNSEC3, DSSignature: signature(26975, "org")}
	insecure := chain{"insecure", []dnssec.Zone{root(), org, unsigned}, []dnssec.Hop{
		{Name: "example.org", Type: doh.TypeMX, Status: dnssec.Insecure, Zone: "example.org"}, {Name: "mx.example.org", Type: doh.TypeA, Status: dnssec.Insecure, Zone: "example.org"}}}

	late := signed("example.com", "com", 31589)
	late.Status, late.Reason = dnssec.Bogus, dnssec.RRSIGExpired
	late.KeySignature.Inception, late.KeySignature.Expiration = now.AddDate(0, 0, -30), now.AddDate(0, 0, -2)
	expired := chain{"expired", []dnssec.Zone{root(), com, late}, []dnssec.Hop{{Name: "example.com", Type: doh.TypeMX, Status: dnssec.Bogus, Reason: dnssec.RRSIGExpired, Zone: "example.com"}}}

	moved := signed("example.net", "net", 7001)
	moved.Status, moved.Reason, moved.KeySignature = dnssec.Bogus, dnssec.DNSKEYMissing, nil
	moved.Keys = []dnssec.Key{{KeyTag: 9000, Algorithm: 8, Flags: 257, Bits: 4096}, {KeyTag: 9001, Algorithm: 7, Flags: 385, Bits: 1024}}
	stale := hop("mx2.example.org", doh.TypeA, "example.org")
	stale.Status, stale.Reason = dnssec.Bogus, dnssec.RRSIGInvalid
	two := chain{"hosts", []dnssec.Zone{root(), com, net, org, domain, moved, signed("example.org", "org", 555)}, append(mail[:1:1],
		dnssec.Hop{Name: "mx1.example.net", Type: doh.TypeA, Status: dnssec.Bogus, Reason: dnssec.DNSKEYMissing, Zone: "example.net"},
		stale, absent("_25._tcp.mx2.example.org", doh.TypeTLSA, "example.org"))}

	unfit := chain{"unfit", []dnssec.Zone{{Name: ".", Reason: dnssec.ResolverUnfit}}, []dnssec.Hop{
		{Name: "example.com", Type: doh.TypeMX, Reason: dnssec.ResolverUnfit}, {Name: "mx1.example.com", Type: doh.TypeA, Zone: ".", Reason: dnssec.ResolverUnfit}}}
	return []chain{secure, insecure, expired, two, unfit, deep(), hostile(), {name: "nothing"}}
}

// deep has forks below forks, more than the drawing has room for.
func deep() chain {
	c := chain{"deep", []dnssec.Zone{root()}, nil}
	above := "."
	for i, label := range strings.Split("com example a b c d e f", " ") {
		for _, side := range []string{"x", label} {
			name := strings.TrimSuffix(side+"."+above, ".")
			name = strings.TrimSuffix(name, ".")
			c.zones = append(c.zones, signed(name, above, uint16(2000+10*i)))
			c.hops = append(c.hops, hop("host."+name, doh.TypeA, name))
		}
		above = c.zones[len(c.zones)-1].Name
	}
	return c
}

// hostile has names and numbers that nobody would choose.
func hostile() chain {
	long := strings.TrimSuffix(strings.Repeat(strings.Repeat("w", 63)+".", 4), ".")[:253]
	octets := strings.Repeat(`\000\255`, 60)
	markup := `<script>alert(1)</script>&"'\)`
	c := chain{"hostile", []dnssec.Zone{root(), signed(long, ".", 1), signed(octets, long, 2), signed(markup, octets, 3), signed("\u202e\x00\n]]>", ".", 4)}, nil}
	many := &c.zones[1]
	for i := range 40 {
		many.DS = append(many.DS, dnssec.DS{KeyTag: uint16(i), Algorithm: uint8(i), DigestType: uint8(i)})
		many.Keys = append(many.Keys, dnssec.Key{KeyTag: 65535, Algorithm: uint8(i), Flags: uint16(i) << 6, Bits: i * 1000})
	}
	for _, z := range c.zones {
		c.hops = append(c.hops, hop(z.Name, 65535, z.Name), hop(strings.Repeat("m", 63)+"."+z.Name, doh.TypeTLSA, z.Name))
	}
	c.hops[0].Wildcard = "*." + long
	return c
}
