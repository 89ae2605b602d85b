package observe

import (
	"context"
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
	"github.com/sealane/sealane/app/probe"
)

// authoritative runs a name server at a port of 127.0.0.1, over UDP and TCP.
func authoritative(t *testing.T, handle dns.HandlerFunc) uint16 {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Skip("the port is taken over TCP: ", err)
	}
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: handle}, {Listener: listener, Handler: handle}} {
		ready := make(chan struct{})
		s.NotifyStartedFunc = func() { close(ready) }
		go s.ActivateAndServe()
		<-ready
		t.Cleanup(func() { s.Shutdown() })
	}
	return packets.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

// served is a network with a zone of these name servers, by host and addresses.
func served(port uint16, servers map[string][]string) *Network {
	n := facing(netip.MustParseAddrPort("127.0.0.1:1"))
	n.DNSPort = port
	n.Dial = Guard{AllowPrivate: true, Ports: n.Ports(), DNSPort: port}.Dial
	n.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		if err := q.Unpack(query); err != nil {
			return nil, err
		}
		name, typ := q.Question[0].Name, q.Question[0].Qtype
		if !q.CheckingDisabled {
			return new(dns.Msg).SetRcode(&q, dns.RcodeServerFailure).Pack() // the zone is bogus
		}
		if typ != dns.TypeNS {
			return zone{addresses: servers[strings.TrimSuffix(name, ".")]}.Exchange(ctx, query)
		}
		m := new(dns.Msg).SetReply(&q)
		for host := range servers {
			m.Answer = append(m.Answer, &dns.NS{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeNS, Class: dns.ClassINET}, Ns: host + "."})
		}
		return m.Pack()
	}
	return n
}

var aboutMX = []probe.Question{{Name: domain, Type: dns.TypeMX}}

func TestNameserversAsk(t *testing.T) {
	settled(t)
	var mu sync.Mutex
	var asked []string
	port := authoritative(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		opt := q.IsEdns0()
		mu.Lock()
		asked = append(asked, w.RemoteAddr().Network()+" "+q.Question[0].String())
		if opt == nil || !opt.Do() || q.RecursionDesired || q.Id == 0 {
			asked = append(asked, "with the wrong flags")
		}
		mu.Unlock()
		switch q.Question[0].Qtype {
		case dns.TypeTXT: // too long for UDP
			m.Truncated = w.RemoteAddr().Network() == "udp"
			if !m.Truncated {
				m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"whole"}}}
			}
		case dns.TypeTLSA:
			m.Rcode = dns.RcodeNotImplemented
			m.Question = nil
		case dns.TypeDS:
			return // dropped
		case dns.TypeA: // strays first: another ID, another question
			stray := m.Copy()
			stray.Id++
			w.WriteMsg(stray)
			stray = m.Copy()
			stray.Question[0].Name = "evil.example."
			w.WriteMsg(stray)
		}
		w.WriteMsg(m)
	})
	n := served(port, map[string][]string{"ns1.example.net": {"127.0.0.1"}})
	n.limits.zone = 10 * time.Second // for the silences on DS
	var questions []probe.Question
	for _, typ := range []uint16{dns.TypeMX, dns.TypeTXT, dns.TypeDS, dns.TypeTLSA, dns.TypeA, dns.TypeDS} {
		questions = append(questions, probe.Question{Name: domain, Type: typ})
	}
	s := n.Nameservers(context.Background(), domain, questions)
	if s.Failure != nil || s.Zone != domain || len(s.Servers) != 1 || s.Servers[0].Host.String() != "ns1.example.net" || len(s.Servers[0].Answers) != len(questions) {
		t.Fatalf("%+v", s)
	}
	for i, a := range s.Servers[0].Answers {
		if a.Question != questions[i] {
			t.Errorf("%v in the place of %v", a.Question, questions[i])
		}
		if a.Type == dns.TypeDS {
			wantFailure(t, a.Failure, probe.DNSTimeout)
			continue
		}
		var m dns.Msg
		if a.Failure != nil || m.Unpack(a.Wire) != nil || m.Truncated || (m.Rcode == dns.RcodeNotImplemented) != (a.Type == dns.TypeTLSA) {
			t.Errorf("%v: %v\n%s", a.Question, a.Failure, &m)
		}
		if len(m.Question) == 1 && m.Question[0].Name != "example.com." || a.Type == dns.TypeTXT && len(m.Answer) != 1 {
			t.Errorf("%s", &m)
		}
	}
	const q = " ;example.com.\tIN\t "
	want := []string{"udp" + q + "MX", "udp" + q + "TXT", "tcp" + q + "TXT", "udp" + q + "DS", "udp" + q + "DS", "udp" + q + "DS", "udp" + q + "DS",
		"udp" + q + "TLSA", "udp" + q + "A", "udp" + q + "DS", "udp" + q + "DS"}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

// TestNameserverOverALossyLine: three lost datagrams aren't a type that is dropped.
func TestNameserverOverALossyLine(t *testing.T) {
	settled(t)
	var lost atomic.Int32
	port := authoritative(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if q.Question[0].Qtype == dns.TypeMX || lost.Add(1) > 3 {
			w.WriteMsg(new(dns.Msg).SetReply(q))
		}
	})
	n := served(port, map[string][]string{"ns1.example.net": {"127.0.0.1"}})
	s := n.Nameservers(context.Background(), domain, append(aboutMX, probe.Question{Name: domain, Type: dns.TypeTLSA}))
	if len(s.Servers) != 1 || len(s.Servers[0].Answers) != 2 || s.Servers[0].Answers[1].Failure != nil {
		t.Errorf("%+v", s)
	}
}

// TestNameserversDiffer: every server answers for itself; silence of all is no
// server's fault, and a server that never answered isn't asked for ever.
func TestNameserversDiffer(t *testing.T) {
	settled(t)
	port := authoritative(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(new(dns.Msg).SetReply(q)) })
	n := served(port, map[string][]string{
		"b.example.net": {"127.0.0.1", "192.168.1.1"}, "a.example.net": {"127.0.0.7", "10.0.0.1"},
	})
	direct, guard := n.Dial, Guard{Ports: []uint16{port}, DNSPort: port}
	var mu sync.Mutex
	dials := map[string]int{}
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		mu.Lock()
		dials[host]++
		mu.Unlock()
		switch host {
		case "127.0.0.1":
			return direct(ctx, network, address)
		case "127.0.0.7": // takes all and says nothing
			client, server := net.Pipe()
			go func() {
				for b := make([]byte, 1024); ; {
					if _, err := server.Read(b); err != nil {
						return
					}
				}
			}()
			return client, nil
		}
		return guard.Dial(ctx, network, address)
	}
	questions := []probe.Question{aboutMX[0], {Name: domain, Type: dns.TypeNS}, {Name: domain, Type: dns.TypeSOA}, {Name: host, Type: dns.TypeA}}
	start := time.Now()
	s := n.Nameservers(context.Background(), domain, questions)
	if took := time.Since(start); took > 900*time.Millisecond {
		t.Errorf("took %v", took)
	}
	classes := map[string]probe.Class{"127.0.0.7": probe.DNSTimeout, "127.0.0.1": "", "10.0.0.1": probe.AddressReserved, "192.168.1.1": probe.AddressReserved}
	var order []string
	for _, server := range s.Servers {
		order = append(order, server.Host.String()+" "+server.IP.String())
		if len(server.Answers) != len(questions) {
			t.Fatalf("%+v", server)
		}
		for _, a := range server.Answers {
			t.Run(server.IP.String(), func(t *testing.T) { wantFailure(t, a.Failure, classes[server.IP.String()]) })
		}
	}
	if want := []string{"a.example.net 127.0.0.7", "b.example.net 127.0.0.1", "a.example.net 10.0.0.1", "b.example.net 192.168.1.1"}; !slices.Equal(order, want) {
		t.Errorf("servers %q", order)
	}
	if dials["127.0.0.7"] != 4 || dials["10.0.0.1"] != 1 {
		t.Errorf("dialed %v", dials)
	}
	n.Exchange = served(port, map[string][]string{"a.example.net": {"127.0.0.7"}}).Exchange
	wantFailure(t, n.Nameservers(context.Background(), domain, aboutMX).Servers[0].Answers[0].Failure, probe.Blocked)
}

func TestNameserversAreFew(t *testing.T) {
	n := served(1, map[string][]string{})
	n.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, ErrReserved }
	wantFailure(t, n.Nameservers(context.Background(), domain, aboutMX).Failure, probe.DNSNoAddress)
	wantFailure(t, n.Nameservers(context.Background(), rootName, aboutMX).Failure, probe.BadRequest)
	wantFailure(t, n.Nameservers(context.Background(), dnsname.Name{}, aboutMX).Failure, probe.BadRequest)
	wantFailure(t, n.Nameservers(context.Background(), domain, nil).Failure, probe.BadRequest)
	wantFailure(t, n.Nameservers(context.Background(), domain, make([]probe.Question, probe.MaxQuestions+1)).Failure, probe.BadRequest)
	n.Exchange = served(1, map[string][]string{"a.example.net": many(30), "b.example.net": {"192.0.2.250"}}).Exchange
	s := n.Nameservers(context.Background(), domain, aboutMX)
	if len(s.Servers) != probe.MaxNameservers || s.Servers[1].Host.String() != "b.example.net" {
		t.Errorf("%+v", s.Servers)
	}
	n.Exchange = served(1, map[string][]string{"a.example.net": nil}).Exchange
	wantFailure(t, n.Nameservers(context.Background(), domain, aboutMX).Failure, probe.DNSNoAddress)
	n.Exchange = zone{rcode: 2}.Exchange
	wantFailure(t, n.Nameservers(context.Background(), domain, aboutMX).Failure, probe.DNSFailed)
	n.Exchange = func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }
	wantFailure(t, n.Nameservers(context.Background(), domain, aboutMX).Failure, probe.NoResolver)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantFailure(t, n.Nameservers(ctx, domain, aboutMX).Failure, probe.Canceled)
}
