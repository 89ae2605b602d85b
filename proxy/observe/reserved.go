package observe

import (
	"errors"
	"net/netip"

	"code.dny.dev/ssrf"
)

// ErrReserved is wrapped by every error of a dialer that refuses an address or
// a port before connecting: special-purpose addresses (RFC 6890) and every
// port but those of the services looked at.
var ErrReserved = errors.New("observe: address or port is not to be reached")

// platform are public IPv4 addresses that lead inside: 168.63.129.16 is, in each
// network of Azure, the platform's own DNS server and agent.
var platform = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// beyond lists what the guard refuses and its base list doesn't: prefixes
// inside 2000::/3 that lead to an IPv4 address of somebody's choosing or to
// nobody. Everything outside 2000::/3 is refused already: loopback, mapped and
// compatible IPv4, NAT64 (RFC 6052, RFC 8215), discard-only (RFC 6666, RFC
// 9780), SRv6 SIDs (RFC 9602), unique local, link local, site local, multicast.
var beyond = []netip.Prefix{
	netip.MustParsePrefix("2001::/32"), // Teredo (RFC 4380); inside 2001::/23 today
	netip.MustParsePrefix("3ffe::/16"), // 6bone, returned (RFC 3701)
}

// isatap are the two interface identifiers of ISATAP (RFC 5214 §6.1), before
// the IPv4 address that the last four octets hold.
var isatap = [2][4]byte{{0x00, 0x00, 0x5e, 0xfe}, {0x02, 0x00, 0x5e, 0xfe}}

// Reserved tells whether an address is not to be reached: any address of the
// IANA special-purpose registries (RFC 6890), multicast, a cloud's own, an address
// with a zone, and every IPv6 form that carries an IPv4 address inside (mapped,
// compatible, NAT64, 6to4, Teredo, ISATAP): an honest host publishes its IPv4
// address as an A record.
func Reserved(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return true
	}
	if ssrf.New(ssrf.WithDeniedV4Prefixes(platform...), ssrf.WithDeniedV6Prefixes(beyond...)).SafeAddr(ip) != nil {
		return true
	}
	if !ip.Is6() {
		return false
	}
	b := ip.As16()
	id := [4]byte(b[8:12])
	return id == isatap[0] || id == isatap[1]
}
