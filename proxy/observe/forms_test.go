package observe

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
)

// specialBlocks are those of the IANA special-purpose address registries (RFC
// 6890), multicast, what was given back, and what isn't given out.
var specialBlocks = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.0.0/29",
	"192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
	"240.0.0.0/4", "255.255.255.255/32",
	"::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
	"2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48",
	"2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20",
	"5f00::/16", "4000::/3", "8000::/2", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
}

// ends gives the first, the last and the middle address of a block.
func ends(block string) []netip.Addr {
	p := netip.MustParsePrefix(block)
	last, middle := p.Addr().AsSlice(), p.Addr().AsSlice()
	for bit := p.Bits(); bit < p.Addr().BitLen(); bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
		if bit > p.Bits() {
			middle[bit/8] |= 0x80 >> (bit % 8) & 0x55
		}
	}
	all := []netip.Addr{p.Addr()}
	for _, b := range [][]byte{last, middle} {
		ip, _ := netip.AddrFromSlice(b)
		all = append(all, ip)
	}
	return all
}

// carrying gives the IPv6 forms that lead to an IPv4 address.
func carrying(ip netip.Addr) (all []netip.Addr) {
	v4 := ip.As4()
	add := func(prefix string, at int, xor byte) {
		b := netip.MustParseAddr(prefix).As16()
		for i := range v4 {
			b[at+i] = v4[i] ^ xor
		}
		all = append(all, netip.AddrFrom16(b))
	}
	add("::ffff:0:0", 12, 0)                     // mapped (RFC 4291 §2.5.5.2)
	add("::", 12, 0)                             // compatible (§2.5.5.1)
	add("::ffff:0:0:0", 12, 0)                   // translated (RFC 2765)
	add("64:ff9b::", 12, 0)                      // NAT64 (RFC 6052)
	add("64:ff9b:1::", 12, 0)                    // local NAT64 (RFC 8215)
	add("64:ff9b:1:fffe::", 12, 0)               //
	add("2002::1", 2, 0)                         // 6to4 (RFC 3056)
	add("2001:0:4136:e378:8000:63bf::", 12, 255) // Teredo (RFC 4380)
	add("2a00:1450::5efe:0:0", 12, 0)            // ISATAP (RFC 5214)
	add("2a00:1450::200:5efe:0:0", 12, 0)        //
	return all
}

// forbidden lists all addresses that must not be reached, each once.
func forbidden() (all []netip.Addr) {
	for _, f := range reservedForms {
		all = append(all, netip.MustParseAddr(f.ip))
	}
	for _, block := range specialBlocks {
		all = append(all, ends(block)...)
	}
	for _, ip := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "8.8.8.8"} {
		all = append(all, carrying(netip.MustParseAddr(ip))...)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

// insideNames are names and what libraries take for addresses.
var insideNames = []string{
	"127.0.0.1", "127.1", "127.0.1", "0", "0.0", "0x7f.1", "0x7f.0.0.1", "0x7F000001", "2130706433", "017700000001", "0177.0.0.1",
	"0177.0.0.01", "00000177.1", "127.0.0.0x1", "1.0.0.127.in-addr.arpa", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST",
	"localhost.localdomain", "ip6-localhost", "127.0.0.1.nip.example", "7f000001.rebind.example", "metadata.google.internal",
	"[::1]", "::1", "[::ffff:127.0.0.1]", "::ffff:7f00:1", "0:0:0:0:0:0:0:1", "127.0.0.1:25", "127.0.0.1%00.example.com",
	"http://127.0.0.1/", "//127.0.0.1", "user@127.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127.0.0.1#.example.com",
	"127.0.0.1?.example.com", "127.0.0.1\r\n.example.com", "127.0.0.1\x00.example.com", "127.0.0.1 .example.com", "fe80::1%eth0",
}

// TestForms: a block's addresses lie within it.
func TestForms(t *testing.T) {
	for _, block := range specialBlocks {
		for _, ip := range ends(block) {
			if !netip.MustParsePrefix(block).Contains(ip) {
				t.Errorf("%v is not in %s", ip, block)
			}
		}
	}
	if v4 := carrying(netip.MustParseAddr("127.0.0.1")); len(v4) != 10 || !slices.Contains(v4, netip.MustParseAddr("2002:7f00:1::1")) ||
		binary.BigEndian.Uint32(v4[7].AsSlice()[12:]) != ^uint32(0x7f000001) {
		t.Errorf("%v", v4)
	}
}
