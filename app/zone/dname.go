package zone

import (
	"strings"

	"github.com/miekg/dns"
)

// renamed gives the topmost name above this one that has a DNAME, "" without
// one: what lies below it is not in the zone (RFC 6672 §2.4).
func (z *Zone) renamed(name string) string {
	found := ""
	for name != z.origin {
		name = parent(name)
		if len(z.sets[name][dns.TypeDNAME]) > 0 {
			found = name
		}
	}
	return found
}

// rename puts the DNAME above a name and the CNAME made of it, which has no
// signature (RFC 6672 §3.1, §5.3.1), and gives where the name leads, unless that
// is what was asked. Too long a name is YXDOMAIN (RFC 6672 §2.2).
func (z *Zone) rename(m reply, name, above string, typ uint16) string {
	dname := z.sets[above][dns.TypeDNAME][0].(*dns.DNAME)
	z.give(m, above, above, dns.TypeDNAME)
	prefix := strings.TrimSuffix(strings.TrimSuffix(name, above), ".")
	target := child(prefix, dns.CanonicalName(dname.Target))
	if _, fits := dns.IsDomainName(target); !fits {
		m.Rcode = dns.RcodeYXDomain
		return ""
	}
	m.Answer = append(m.Answer, &dns.CNAME{
		Hdr:    dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: dname.Hdr.Ttl},
		Target: target,
	})
	if typ == dns.TypeCNAME || typ == dns.TypeANY {
		return ""
	}
	return target
}
