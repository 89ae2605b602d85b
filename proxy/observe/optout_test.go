package observe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// listOf writes an opt-out list.
func listOf(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "opt-out")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOptOut(t *testing.T) {
	o, err := ReadOptOut(listOf(t, "# who asked\nexample.COM. # by letter\n\n a.example\n192.0.2.0/25\r\n2001:db8:1::/48\n203.0.113.9\n::ffff:198.51.100.1\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"example.com": true, "mx.example.com": true, "a.b.example.com": true, "notexample.com": false, "com": false,
		"a.example": true, "x.a.example": true, "example": false, "b.example": false,
	} {
		if o.name(dnsname.MustParse(name)) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
	for ip, want := range map[string]bool{
		"192.0.2.0": true, "192.0.2.127": true, "192.0.2.128": false, "::ffff:192.0.2.1": true, "2001:db8:1::1": true,
		"2001:db8:2::": false, "203.0.113.9": true, "203.0.113.8": false, "198.51.100.1": true,
	} {
		if o.address(netip.MustParseAddr(ip)) != want {
			t.Errorf("%s: want %v", ip, want)
		}
	}
	var nobody *OptOut
	if nobody.name(host) || nobody.address(netip.MustParseAddr("192.0.2.1")) {
		t.Error("a list that isn't there names somebody")
	}
}

func TestOptOutFaults(t *testing.T) {
	for text, line := range map[string]int{
		"a.example\nno name at all\n": 2, "192.0.2.0/33": 1, "\n\n192.0.2.256\n": 3, "192.0.2": 1,
		".": 1, "*.example.com": 1, "fe80::1%eth0": 1, "::ffff:192.0.2.0/120": 1, "a.example b.example": 1,
	} {
		_, err := ReadOptOut(listOf(t, text), nil)
		if at := new(OptOutError); !errors.As(err, &at) || at.Line != line {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadOptOut(filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := ReadOptOut(t.TempDir(), nil); err == nil {
		t.Error("a folder is a list")
	}
	if _, err := ReadOptOut(listOf(t, strings.Repeat("a", 1<<20)), nil); err == nil {
		t.Error("a line without end is a name")
	}
}

// TestOptOutChanges: a changed list counts at once, a broken one changes nothing
// and is reported once.
func TestOptOutChanges(t *testing.T) {
	file := listOf(t, "a.example\n")
	var reports []error
	o, err := ReadOptOut(file, func(err error) { reports = append(reports, err) })
	if err != nil {
		t.Fatal(err)
	}
	a, b := dnsname.MustParse("a.example"), dnsname.MustParse("b.example")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := func(listedA, listedB bool, reported int) {
		t.Helper()
		for range 2 {
			if o.name(a) != listedA || o.name(b) != listedB || len(reports) != reported {
				t.Errorf("a %v, b %v, %v", o.name(a), o.name(b), reports)
			}
		}
	}
	want(true, false, 0)
	write("b.example # now\n")
	want(false, true, 0)
	write("b.example\na.example\nbroken line\n")
	want(false, true, 1)
	if at := new(OptOutError); !errors.As(reports[0], &at) || at.Line != 3 || at.File != file {
		t.Errorf("%v", reports[0])
	}
	write("b.example\na.example\n")
	want(true, true, 1)
	os.Remove(file)
	want(true, true, 2)
	write("a.example\n")
	want(true, false, 2)
	other := listOf(t, "b.example\n") // as long, and as old
	same := time.Now().Add(-time.Hour)
	os.Chtimes(file, same, same)
	want(true, false, 2)
	os.Chtimes(other, same, same)
	if err := os.Rename(other, file); err != nil {
		t.Fatal(err)
	}
	want(false, true, 2)
}

// TestOptOutIsNotReached goes through all that connects: nothing is dialed.
func TestOptOutIsNotReached(t *testing.T) {
	alias := func(ctx context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		q.Unpack(query)
		m := new(dns.Msg).SetReply(&q)
		header := func(owner string, typ uint16) dns.RR_Header {
			return dns.RR_Header{Name: owner, Rrtype: typ, Class: dns.ClassINET, Ttl: 60}
		}
		const to = "ghs.hoster.example."
		m.Answer = []dns.RR{&dns.CNAME{Hdr: header(q.Question[0].Name, dns.TypeCNAME), Target: to}}
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = append(m.Answer, &dns.A{Hdr: header(to, dns.TypeA), A: net.IPv4(127, 0, 0, 1)})
		}
		return m.Pack()
	}
	for _, c := range []struct {
		list     string
		exchange func(context.Context, []byte) ([]byte, error)
	}{
		{"example.com", nil}, {"com", nil}, {"127.0.0.0/8", nil}, {"127.0.0.1", nil}, {"hoster.example", alias},
	} {
		var dialed atomic.Int32
		n := facing(netip.MustParseAddrPort("127.0.0.1:25"))
		n.DNSPort, n.SubmissionsPort, n.HTTPPort = 25, 25, 25
		n.Dial = func(context.Context, string, string) (net.Conn, error) { dialed.Add(1); return nil, net.ErrClosed }
		if c.exchange != nil {
			n.Exchange = c.exchange
		}
		var err error
		if n.OptOut, err = ReadOptOut(listOf(t, c.list), nil); err != nil {
			t.Fatal(err)
		}
		class := func(s probe.STARTTLS) *probe.Failure {
			if s.Failure == nil && len(s.Addresses[0].Asides) > 0 {
				return s.Addresses[0].Asides[0].Failure
			} else if s.Failure == nil {
				return s.Addresses[0].Failure
			}
			return s.Failure
		}
		wantFailure(t, n.Policy(context.Background(), domain).Failure, probe.OptedOut)
		wantFailure(t, class(n.STARTTLS(context.Background(), host)), probe.OptedOut)
		for _, kind := range probe.AsideKinds() {
			wantFailure(t, class(n.STARTTLS(context.Background(), host, kind)), probe.OptedOut)
		}
		if c.exchange == nil {
			servers := n.zoneWith(t)
			if servers.Failure != nil {
				wantFailure(t, servers.Failure, probe.OptedOut)
			} else {
				wantFailure(t, servers.Servers[0].Answers[0].Failure, probe.OptedOut)
			}
		}
		if dialed.Load() > 0 {
			t.Errorf("%s: %d dialed", c.list, dialed.Load())
		}
	}
}

// zoneWith asks the name server of example.com, a host in it.
func (n *Network) zoneWith(t *testing.T) probe.Nameservers {
	t.Helper()
	n.Exchange = withNS(n.Exchange)
	return n.Nameservers(context.Background(), domain, []probe.Question{{Name: domain, Type: uint16(doh.TypeSOA)}})
}

// TestPortsThatAreOff: what has no port isn't looked at, and nobody's fault.
func TestPortsThatAreOff(t *testing.T) {
	settled(t)
	n := facing(serve(t, healthy(t).handle))
	n.DNSPort, n.HTTPSPort = 0, 1 // where nobody listens
	guard := Guard{AllowPrivate: true, Ports: n.Ports()}.Dial
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":0") {
			t.Error("port 0 dialed")
		}
		return guard(ctx, network, address)
	}
	for _, a := range n.STARTTLS(context.Background(), host, probe.Submissions).Addresses[0].Asides {
		wantFailure(t, a.Failure, probe.Limited)
	}
	p := n.Policy(context.Background(), domain)
	wantFailure(t, p.Failure, probe.ConnectRefused)
	for _, o := range p.Others {
		want := probe.ConnectRefused
		if o.Kind == probe.OtherPlain {
			want = probe.Limited
		}
		wantFailure(t, o.Failure, want)
	}
	if len(p.Others) == 0 || p.Others[len(p.Others)-1].Kind != probe.OtherPlain {
		t.Errorf("%+v", p.Others)
	}
	servers := n.zoneWith(t)
	wantFailure(t, servers.Servers[0].Answers[0].Failure, probe.Limited)
}
