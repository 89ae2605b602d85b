package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// trap is a listener on every address of this machine that wants no visitor.
type trap struct {
	port   uint16
	caught atomic.Int32
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	c := &trap{port: uint16(l.Addr().(*net.TCPAddr).Port)}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.caught.Add(1)
			conn.Close()
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return c
}

// network is the internet as it is looked at, but for the port.
func (c *trap) network(exchange func(context.Context, []byte) ([]byte, error)) *Network {
	return &Network{
		Exchange: exchange, Dial: Guard{Ports: []uint16{c.port}, DNSPort: c.port}.Dial, EHLO: "probe.example.net",
		SMTPPort: c.port, HTTPSPort: c.port, SubmissionsPort: c.port, HTTPPort: c.port, DNSPort: c.port, limits: quick,
	}
}

// forms counts what was to be refused, and what was.
type forms struct{ all, refused int }

func (f *forms) want(t *testing.T, what string, refused bool) {
	t.Helper()
	if f.all++; refused {
		f.refused++
	} else {
		t.Errorf("%s: not refused", what)
	}
}

// TestNothingInsideIsReached goes with every form of an address or a name that
// leads inside through all that connects, over the dialer of the internet.
func TestNothingInsideIsReached(t *testing.T) {
	settled(t)
	c := newTrap(t)
	var count forms
	for _, ip := range forbidden() {
		refused := refusedAlone(c, ip)
		if ip.Zone() == "" { // no answer of DNS has one
			refused = refused && refusedEverywhere(c.network(zone{addresses: []string{ip.String()}}.Exchange))
		}
		count.want(t, ip.String(), refused)
	}
	for _, name := range insideNames {
		count.want(t, fmt.Sprintf("%q", name), refusedName(c, name))
	}
	for _, port := range []uint16{0, 1, 22, 23, 80, 110, 143, 389, 465, 587, 993, 2375, 3306, 5432, 6379, 8080, 8443, 9200, 11211, 65535} {
		_, err := Guard{}.Dial(context.Background(), "tcp", netip.AddrPortFrom(netip.MustParseAddr("8.8.8.8"), port).String())
		count.want(t, fmt.Sprint("port ", port), errors.Is(err, ErrReserved))
	}
	if c.caught.Load() > 0 {
		t.Errorf("%d connections reached this machine", c.caught.Load())
	}
	if count.all < 150 {
		t.Errorf("only %d forms", count.all)
	}
	t.Logf("refused %d of %d", count.refused, count.all)

	// The trap catches what isn't refused.
	open := c.network(zone{addresses: []string{"127.0.0.1"}}.Exchange)
	open.Dial = Guard{AllowPrivate: true, Ports: []uint16{c.port}}.Dial
	open.STARTTLS(context.Background(), host)
	if c.caught.Load() != 1 {
		t.Error("the trap catches nothing")
	}
}

// refusedEverywhere makes every observation there is.
func refusedEverywhere(n *Network) bool {
	ctx := context.Background()
	reserved := func(f *probe.Failure) bool { return f != nil && f.Class == probe.AddressReserved }
	p := n.Policy(ctx, domain)
	ok := reserved(p.Failure) && len(p.Others) > 0
	for _, o := range p.Others {
		ok = ok && reserved(o.Failure)
	}
	s := n.STARTTLS(ctx, host)
	ok = ok && s.Failure == nil && len(s.Addresses) == 1 && reserved(s.Addresses[0].Failure)
	s = n.STARTTLS(ctx, host, probe.AsideKinds()...)
	ok = ok && s.Failure == nil && len(s.Addresses) == 1
	for _, a := range s.Addresses {
		for _, aside := range a.Asides {
			ok = ok && reserved(aside.Failure)
		}
	}
	addresses := n.Exchange
	n.Exchange = withNS(addresses)
	for _, server := range n.Nameservers(ctx, domain, []probe.Question{{Name: domain, Type: uint16(doh.TypeSOA)}}).Servers {
		ok = ok && reserved(server.Answers[0].Failure)
	}
	return ok
}

// refusedAlone dials an address in all ways, a zone and all.
func refusedAlone(c *trap, ip netip.Addr) bool {
	n := c.network(nil)
	_, failure := n.connect(context.Background(), ip, c.port, time.Now().Add(time.Second), n.limits)
	_, tcp := n.Dial(context.Background(), "tcp", netip.AddrPortFrom(ip, c.port).String())
	_, udp := n.Dial(context.Background(), "udp", netip.AddrPortFrom(ip, c.port).String())
	return failure != nil && failure.Class == probe.AddressReserved && errors.Is(tcp, ErrReserved) && errors.Is(udp, ErrReserved)
}

// refusedName takes a name for a mail host and a domain, with a resolver that says
// of every name what a library would read in it: this machine.
func refusedName(c *trap, text string) bool {
	_, err := Guard{Ports: []uint16{c.port}}.Dial(context.Background(), "tcp", net.JoinHostPort(text, fmt.Sprint(c.port)))
	if !errors.Is(err, ErrReserved) {
		return false
	}
	name, err := dnsname.Parse(text)
	if err != nil {
		return true // a name that isn't one gets nowhere
	}
	n := c.network(zone{addresses: []string{"127.0.0.1"}}.Exchange)
	s, p := n.STARTTLS(context.Background(), name), n.Policy(context.Background(), name)
	return s.Failure == nil && s.Addresses[0].Failure.Class == probe.AddressReserved && p.Failure.Class == probe.AddressReserved
}

// withNS answers questions for NS with one host.
func withNS(addresses func(context.Context, []byte) ([]byte, error)) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		if err := q.Unpack(query); err != nil || q.Question[0].Qtype != dns.TypeNS {
			return addresses(ctx, query)
		}
		m := new(dns.Msg).SetReply(&q)
		m.Answer = []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeNS, Class: dns.ClassINET}, Ns: "ns.example.com."}}
		return m.Pack()
	}
}

// TestRebinding: what was checked is what is dialed, however the resolver answers
// the second time; and the socket refuses what a name led to.
func TestRebinding(t *testing.T) {
	settled(t)
	c := newTrap(t)
	var asked, dialed sync.Map
	n := c.network(func(ctx context.Context, query []byte) ([]byte, error) {
		name, typ, _ := doh.Question(query)
		if _, again := asked.LoadOrStore(fmt.Sprint(name, typ), true); again {
			return zone{addresses: []string{"127.0.0.1", "::1"}}.Exchange(ctx, query)
		}
		return zone{addresses: []string{"8.8.8.8"}}.Exchange(ctx, query)
	})
	n.Dial = recording(c, &dialed)
	n.STARTTLS(context.Background(), host)
	n.Policy(context.Background(), domain)
	for address := range dialed.Range {
		if !strings.HasPrefix(address.(string), "8.8.8.8:") {
			t.Errorf("%v dialed", address)
		}
	}
	if _, is := dialed.Load(fmt.Sprint("8.8.8.8:", c.port)); !is {
		t.Error("nothing dialed")
	}

	careless := net.Dialer{Control: Guard{Ports: []uint16{c.port}}.control}
	for _, address := range []string{"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1"} {
		_, err := careless.Dial("tcp", net.JoinHostPort(address, fmt.Sprint(c.port)))
		if noFamily := new(net.AddrError); !errors.Is(err, ErrReserved) && !errors.As(err, &noFamily) {
			t.Errorf("%s: the socket connects: %v", address, err)
		}
	}
	if c.caught.Load() > 0 {
		t.Errorf("%d connections reached this machine", c.caught.Load())
	}
}

// recording is the guard's dialer, which tells of public addresses instead of
// dialing them.
func recording(c *trap, dialed *sync.Map) func(context.Context, string, string) (net.Conn, error) {
	guard := Guard{Ports: []uint16{c.port}}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if guard.Check(network, address) == nil {
			dialed.Store(address, true)
			return nil, net.ErrClosed
		}
		return guard.Dial(ctx, network, address)
	}
}

// TestAliasesAndMixedAnswers: an alias of this machine leads nowhere, and of many
// addresses only the public ones are dialed.
func TestAliasesAndMixedAnswers(t *testing.T) {
	settled(t)
	c := newTrap(t)
	alias := func(target string, addresses ...string) func(context.Context, []byte) ([]byte, error) {
		return func(_ context.Context, query []byte) ([]byte, error) {
			var q dns.Msg
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			m := new(dns.Msg).SetReply(&q)
			header := func(name string, typ uint16) dns.RR_Header {
				return dns.RR_Header{Name: name, Rrtype: typ, Class: dns.ClassINET, Ttl: 1}
			}
			m.Answer = []dns.RR{&dns.CNAME{Hdr: header(q.Question[0].Name, dns.TypeCNAME), Target: target}}
			for _, ip := range addresses {
				if q.Question[0].Qtype == dns.TypeA {
					m.Answer = append(m.Answer, &dns.A{Hdr: header(target, dns.TypeA), A: net.ParseIP(ip)})
				}
			}
			return m.Pack()
		}
	}
	for _, exchange := range []func(context.Context, []byte) ([]byte, error){
		alias("localhost.", "127.0.0.1"), alias("127.0.0.1."), alias("localhost."), alias("inside.example.", "10.0.0.1"),
	} {
		s, p := c.network(exchange).STARTTLS(context.Background(), host), c.network(exchange).Policy(context.Background(), domain)
		f := s.Failure
		if f == nil {
			f = s.Addresses[0].Failure
		}
		if f == nil || p.Failure == nil || f.Class != p.Failure.Class || f.Class != probe.AddressReserved && f.Class != probe.DNSNoAddress {
			t.Errorf("%v, %v", f, p.Failure)
		}
	}
	mixed := []string{"127.0.0.1", "8.8.8.8", "169.254.169.254", "::1", "2606:4700::1", "::ffff:127.0.0.1"}
	var dialed sync.Map
	n := c.network(zone{addresses: mixed}.Exchange)
	n.Dial = recording(c, &dialed)
	for _, a := range n.STARTTLS(context.Background(), host).Addresses {
		want := probe.AddressReserved
		if !Reserved(a.IP) {
			want = probe.ConnectionLost
		}
		t.Run(a.IP.String(), func(t *testing.T) { wantFailure(t, a.Failure, want) })
	}
	n.Policy(context.Background(), domain)
	var all []string
	for address := range dialed.Range {
		all = append(all, address.(string))
	}
	slices.Sort(all)
	if want := []string{fmt.Sprint("8.8.8.8:", c.port), fmt.Sprintf("[2606:4700::1]:%d", c.port)}; !slices.Equal(all, want) {
		t.Errorf("dialed %q", all)
	}
	if c.caught.Load() > 0 {
		t.Errorf("%d connections reached this machine", c.caught.Load())
	}
}

// TestPrivateNames: nothing of a private name is told, whatever leads there, and the
// resolver isn't even asked for it.
func TestPrivateNames(t *testing.T) {
	settled(t)
	inside := dnsname.MustParse("internal")
	exchange := func(_ context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		if err := q.Unpack(query); err != nil {
			return nil, err
		}
		m := new(dns.Msg).SetReply(&q)
		asked, header := q.Question[0], dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 1}
		if strings.HasSuffix(asked.Name, ".internal.") {
			t.Errorf("asked for %s", asked.Name)
		}
		switch asked.Qtype {
		case dns.TypeNS:
			m.Answer = []dns.RR{&dns.NS{Hdr: header, Ns: "ns.internal."}}
		case dns.TypeA:
			alias := header
			alias.Rrtype, header.Name = dns.TypeCNAME, "db.internal."
			m.Answer = []dns.RR{&dns.CNAME{Hdr: alias, Target: "db.internal."}, &dns.A{Hdr: header, A: net.IPv4(10, 0, 0, 5)}}
		}
		return m.Pack()
	}
	n := newTrap(t).network(exchange)
	n.Private = func(name dnsname.Name) bool { return name.Within(inside) }
	for _, f := range []*probe.Failure{
		n.STARTTLS(context.Background(), host).Failure, n.STARTTLS(context.Background(), dnsname.MustParse("mx.internal")).Failure,
		n.Policy(context.Background(), domain).Failure, n.zoneWith(t).Failure,
		n.Nameservers(context.Background(), domain, []probe.Question{{Name: domain, Type: uint16(doh.TypeSOA)}}).Failure,
	} {
		wantFailure(t, f, probe.DNSNotFound)
	}
}

// TestRedirectsLeadNowhere: a redirect is told and not followed.
func TestRedirectsLeadNowhere(t *testing.T) {
	settled(t)
	c := newTrap(t)
	for _, status := range []int{301, 302, 308} {
		for _, to := range []string{"http://127.0.0.1:%d/", "https://localhost:%d/", "http://[::1]:%d/", "//127.0.0.1:%d/", "http://0x7f.1:%d/", "gopher://127.0.0.1:%d/"} {
			to = fmt.Sprintf(to, c.port)
			n := answering(t, &tls.Config{}, says(fmt.Sprintf("HTTP/1.1 %d x\r\nLocation: %s\r\nRefresh: 0; url=%s\r\nContent-Length: 0\r\n\r\n", status, to, to)), nil)
			p := n.Policy(context.Background(), domain)
			if p.Failure != nil || p.Status != status || p.Location != to {
				t.Errorf("%+v", p)
			}
		}
	}
	if c.caught.Load() > 0 {
		t.Errorf("%d redirects were followed", c.caught.Load())
	}
}
