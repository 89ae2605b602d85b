package observe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

// reservedForms are addresses that must never be connected to, in every form
// that a DNS answer can carry.
var reservedForms = []struct{ ip, why string }{
	{"0.0.0.0", "this host"}, {"0.1.2.3", "this network"}, {"10.0.0.1", "private"}, {"10.255.255.255", "private"},
	{"100.64.0.1", "shared"}, {"100.127.255.254", "shared"}, {"127.0.0.1", "loopback"}, {"127.255.255.254", "loopback"},
	{"169.254.0.1", "link local"}, {"169.254.169.254", "metadata"}, {"168.63.129.16", "Azure's platform"}, {"172.16.0.1", "private"}, {"172.31.255.255", "private"},
	{"192.0.0.1", "IETF"}, {"192.0.0.8", "dummy"}, {"192.0.0.9", "PCP anycast"}, {"192.0.0.170", "NAT64 discovery"},
	{"192.0.2.1", "documentation"}, {"192.31.196.1", "AS112"}, {"192.52.193.1", "AMT"}, {"192.88.99.1", "6to4 relay"},
	{"192.88.99.2", "6a44 relay"}, {"192.168.0.1", "private"}, {"192.168.255.255", "private"}, {"192.175.48.1", "AS112"},
	{"198.18.0.1", "benchmark"}, {"198.19.255.255", "benchmark"}, {"198.51.100.7", "documentation"}, {"203.0.113.7", "documentation"},
	{"224.0.0.1", "multicast"}, {"239.255.255.250", "multicast"}, {"240.0.0.1", "reserved"}, {"255.255.255.255", "broadcast"},
	{"::", "unspecified"}, {"::1", "loopback"}, {"::127.0.0.1", "compatible"}, {"::7f00:1", "compatible"}, {"::8.8.8.8", "compatible"},
	{"::ffff:127.0.0.1", "mapped"}, {"::ffff:10.0.0.1", "mapped"}, {"::ffff:8.8.8.8", "mapped, though public"},
	{"::ffff:0:127.0.0.1", "translated (SIIT)"}, {"::ffff:a9fe:a9fe", "mapped metadata"},
	{"64:ff9b::7f00:1", "NAT64"}, {"64:ff9b::808:808", "NAT64, though public"}, {"64:ff9b::", "NAT64"},
	{"64:ff9b:1::1", "local NAT64"}, {"64:ff9b:1:ffff::10.0.0.1", "local NAT64"},
	{"100::1", "discard"}, {"100:0:0:1::1", "dummy"},
	{"2001::1", "Teredo"}, {"2001:0:4136:e378:8000:63bf:80ff:fffe", "Teredo of 127.0.0.1"}, {"2001:1::1", "PCP anycast"},
	{"2001:1::2", "TURN anycast"}, {"2001:1::3", "SRP anycast"}, {"2001:2::1", "benchmark"}, {"2001:3::1", "AMT"}, {"2001:4:112::1", "AS112"},
	{"2001:10::1", "ORCHID"}, {"2001:20::1", "ORCHIDv2"}, {"2001:30::1", "drone ids"}, {"2001:1ff:ffff::1", "IETF"}, {"2001:db8::1", "documentation"},
	{"2002:7f00:1::1", "6to4 of 127.0.0.1"}, {"2002:a00:1::", "6to4 of 10.0.0.1"}, {"2002:808:808::1", "6to4, though public"},
	{"2620:4f:8000::1", "AS112"}, {"3ffe::1", "6bone"}, {"3fff::1", "documentation"}, {"3fff:fff::1", "documentation"}, {"5f00::1", "SRv6"},
	{"fc00::1", "unique local"}, {"fd00:ec2::254", "metadata"}, {"fe80::1", "link local"}, {"febf::1", "link local"}, {"fec0::1", "site local"},
	{"ff02::1", "multicast"}, {"ff0e::1", "multicast"}, {"4000::1", "unassigned"}, {"fe80::1%lo", "zone"}, {"2606:4700::1%eth0", "zone"},
	{"2a00:1450::5efe:7f00:1", "ISATAP of 127.0.0.1"}, {"2a00:1450::200:5efe:a00:1", "ISATAP of 10.0.0.1"},
	{"2a00:1450::5efe:808:808", "ISATAP, though public"},
}

// publicForms are addresses beside the reserved ones.
var publicForms = []string{
	"1.0.0.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
	"169.253.255.255", "168.63.129.15", "168.63.129.17", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.0.3.1", "192.167.255.255", "192.169.0.1",
	"198.17.255.255", "198.20.0.1", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1",
	"2003::1", "2606:4700:4700::1111", "2620:4f:8001::1", "2a00:1450::1", "2a00:1450::5eff:7f00:1",
}

func TestReserved(t *testing.T) {
	if len(reservedForms) < 60 {
		t.Fatalf("only %d forms", len(reservedForms))
	}
	for _, f := range reservedForms {
		if !Reserved(netip.MustParseAddr(f.ip)) {
			t.Errorf("%s (%s) passes", f.ip, f.why)
		}
	}
	for _, ip := range publicForms {
		if Reserved(netip.MustParseAddr(ip)) {
			t.Errorf("%s is refused", ip)
		}
	}
	if !Reserved(netip.Addr{}) {
		t.Error("no address at all passes")
	}
}

func TestGuardRefusesBeforeConnecting(t *testing.T) {
	for _, f := range reservedForms {
		to := net.JoinHostPort(f.ip, "25")
		if conn, err := (Guard{}).Dial(context.Background(), "tcp", to); !errors.Is(err, ErrReserved) {
			t.Errorf("%s (%s): %v", to, f.why, err)
			if conn != nil {
				conn.Close()
			}
		}
	}
	for _, c := range []struct {
		guard            Guard
		network, address string
		refused          bool
	}{
		{Guard{}, "tcp", "8.8.8.8:25", false},
		{Guard{}, "tcp4", "8.8.8.8:443", false},
		{Guard{}, "tcp6", "[2a00:1450::1]:443", false},
		{Guard{}, "tcp", "8.8.8.8:80", true},
		{Guard{}, "tcp", "8.8.8.8:465", true},
		{Guard{}, "tcp", "8.8.8.8:53", false},
		{Guard{}, "udp", "8.8.8.8:53", false},
		{Guard{}, "udp4", "8.8.8.8:53", false},
		{Guard{}, "udp", "127.0.0.1:53", true},
		{Guard{}, "udp", "[::ffff:8.8.8.8]:53", true},
		{Guard{}, "udp", "8.8.8.8:443", true},
		{Guard{}, "tcp", "8.8.8.8:587", true},
		{Guard{}, "tcp", "8.8.8.8:8080", true},
		{Guard{Ports: []uint16{2525}}, "udp", "8.8.8.8:53", true},
		{Guard{Ports: []uint16{5353}, DNSPort: 5353}, "udp", "8.8.8.8:5353", false},
		{Guard{}, "tcp", "8.8.8.8:22", true},
		{Guard{}, "tcp", "8.8.8.8:0", true},
		{Guard{}, "tcp", "8.8.8.8:2525", true},
		{Guard{Ports: []uint16{2525}}, "tcp", "8.8.8.8:2525", false},
		{Guard{Ports: []uint16{2525}}, "tcp", "8.8.8.8:25", true},
		{Guard{}, "udp", "8.8.8.8:25", true},
		{Guard{}, "unix", "/run/socket", true},
		{Guard{}, "tcp", "localhost:25", true},
		{Guard{}, "tcp", "example.com:25", true},
		{Guard{}, "tcp", "8.8.8.8", true},
		{Guard{}, "tcp", "0x7f.1:25", true},
		{Guard{}, "tcp", "2130706433:25", true},
		{Guard{AllowPrivate: true}, "tcp", "127.0.0.1:25", false},
		{Guard{AllowPrivate: true}, "tcp", "127.0.0.1:22", true},
		{Guard{AllowPrivate: true}, "tcp", "0.0.0.0:25", true},
		{Guard{AllowPrivate: true}, "tcp", "[::ffff:0.0.0.0]:25", true},
		{Guard{AllowPrivate: true}, "tcp", "[ff02::1]:25", true},
	} {
		err := c.guard.Check(c.network, c.address)
		if errors.Is(err, ErrReserved) != c.refused || (err != nil) != c.refused {
			t.Errorf("%+v %s %s: %v", c.guard, c.network, c.address, err)
		}
	}
}

func TestGuardLetsThrough(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	conn, err := Guard{AllowPrivate: true, Ports: []uint16{port}}.Dial(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := (Guard{Ports: []uint16{port}}).Dial(context.Background(), "tcp", l.Addr().String()); !errors.Is(err, ErrReserved) {
		t.Errorf("loopback without leave: %v", err)
	}
}
