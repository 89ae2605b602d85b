package resolve

import (
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// private are the names that mean something else on each network, or nothing: what
// a resolver would say of them is its own network's secret, or a question that the
// root servers are asked in vain. Each covers what is below it.
var private = zones(
	"test", "localhost", "invalid", // RFC 6761 §6
	"local",         // RFC 6762 §3
	"onion",         // RFC 7686
	"home.arpa",     // RFC 8375
	"alt",           // RFC 9476
	"internal",      // ICANN, reserved for private use in 2024
	"service.arpa",  // RFC 9665
	"resolver.arpa", // RFC 9462 §8
	// Reverse zones of IPv4: RFC 6303 §4.1, §4.2.
	"10.in-addr.arpa", "168.192.in-addr.arpa", "0.in-addr.arpa", "127.in-addr.arpa", "254.169.in-addr.arpa",
	"2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa",
	// Reverse zones of IPv6: the unspecified and the loopback address, local ones,
	// and documentation (RFC 6303 §4.3–§4.6).
	strings.Repeat("0.", 32)+"ip6.arpa", "1."+strings.Repeat("0.", 31)+"ip6.arpa",
	"d.f.ip6.arpa", "8.e.f.ip6.arpa", "9.e.f.ip6.arpa", "a.e.f.ip6.arpa", "b.e.f.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa",
)

func zones(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// Private tells whether a name belongs to a network of its own: special-use names
// and the reverse zones of private addresses.
func Private(name dnsname.Name) bool {
	text := name.String()
	for zone := text; zone != ""; _, zone, _ = strings.Cut(zone, ".") {
		if private[zone] {
			return true
		}
	}
	return strings.HasSuffix(text, ".in-addr.arpa") && privateRange(name.Labels())
}

// LeadsInside tells whether a response holds records of a private name, which an alias
// under another name led to: a resolver of a network of its own follows it.
func LeadsInside(response []byte) bool {
	alias := false
	records(response, func(r record) { alias = alias || r.section == inAnswer && r.kind == dns.TypeCNAME })
	if !alias {
		return false
	}
	inside := false
	records(response, func(r record) {
		if r.section != inAnswer || inside {
			return
		}
		text, _, err := dns.UnpackDomainName(response, r.owner)
		if err != nil {
			return
		}
		name, err := dnsname.Parse(text)
		inside = err == nil && Private(name)
	})
	return inside
}

// privateRange tells whether labels, of a name below in-addr.arpa, end in the reverse
// zone of 172.16.0.0/12 (RFC 6303 §4.1) or of 100.64.0.0/10 (RFC 7793).
func privateRange(labels []string) bool {
	if len(labels) < 4 {
		return false
	}
	l := labels[len(labels)-4:]
	second, err := strconv.Atoi(l[0])
	switch {
	case err != nil:
		return false
	case l[1] == "172":
		return second >= 16 && second <= 31
	case l[1] == "100":
		return second >= 64 && second <= 127
	}
	return false
}
