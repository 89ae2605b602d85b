package observe

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// site answers a request of HTTP by host, path and agent; "" is 404.
type site func(host, path, agent string) (status int, body string)

func (s site) answer(conn io.ReadWriter) {
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	status, body := s(r.Host, r.URL.Path, r.UserAgent())
	fmt.Fprintf(conn, "HTTP/1.1 %d x\r\nLocation: https://elsewhere.example/\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// facingSite is a network whose every host is the site, over HTTPS and HTTP.
func facingSite(t *testing.T, s site, config *tls.Config) *Network {
	t.Helper()
	if config == nil {
		config = &tls.Config{Certificates: []tls.Certificate{(*issuer)(nil).issue(t, "mta-sts.example.com", nil).present()}}
	}
	n := facing(serve(t, func(conn net.Conn) {
		secure := tls.Server(conn, config)
		s.answer(secure)
		secure.Close()
	}))
	n.HTTPPort = serve(t, func(conn net.Conn) { s.answer(conn) }).Port()
	n.Dial = Guard{AllowPrivate: true, Ports: n.Ports()}.Dial
	return n
}

// tell gives an other fetch as a line.
func tell(o probe.OtherFetch) string {
	line := fmt.Sprint(o.Kind, " ", o.URL, " ", o.Status, " ", len(o.Body))
	if o.Failure != nil {
		line += " " + string(o.Failure.Class)
	}
	return line
}

func TestOthers(t *testing.T) {
	const right = "https://mta-sts.example.com/.well-known/mta-sts.txt"
	size := len(policyBody)
	nowhere := func(failures string) []string {
		return []string{
			"path https://mta-sts.example.com/mta-sts.txt " + failures, "path https://mta-sts.example.com/.well-known/mta-sts " + failures,
			"path https://mta-sts.example.com/well-known/mta-sts.txt " + failures, "path https://mta-sts.example.com/.well-known/mta-sts.txt.txt " + failures,
			"host https://example.com/.well-known/mta-sts.txt " + failures, "host https://www.example.com/.well-known/mta-sts.txt " + failures,
			"http http://mta-sts.example.com/.well-known/mta-sts.txt " + failures,
		}
	}
	with := func(lines []string, at int, line string) []string {
		lines = slices.Clone(lines)
		lines[at] = line
		return lines
	}
	settled(t)
	for _, c := range []struct {
		name   string
		site   site
		config *tls.Config
		want   []string
	}{
		{"served", func(_, _, _ string) (int, string) { return 200, policyBody }, nil, nil},
		{"404", func(_, _, _ string) (int, string) { return 404, "" }, nil, nowhere("404 0")},
		{"no policy", func(_, _, _ string) (int, string) { return 200, "hello" }, nil, nowhere("200 5")},
		{"redirects are not followed", func(_, _, _ string) (int, string) { return 302, "" }, nil, nowhere("302 0")},
		{"at another path", func(_, path, _ string) (int, string) {
			if path == "/mta-sts.txt" {
				return 200, policyBody
			}
			return 404, ""
		}, nil, with(nowhere("404 0"), 0, fmt.Sprint("path https://mta-sts.example.com/mta-sts.txt 200 ", size))},
		{"at another host", func(host, _, _ string) (int, string) {
			if host == "www.example.com" {
				return 200, policyBody
			}
			return 404, ""
		}, nil, with(nowhere("404 0"), 5, fmt.Sprint("host https://www.example.com/.well-known/mta-sts.txt 200 ", size))},
		{"for browsers only", func(_, _, agent string) (int, string) {
			if strings.HasPrefix(agent, "Mozilla/5.0 ") {
				return 200, policyBody
			}
			return 403, ""
		}, nil, append([]string{fmt.Sprint("user-agent ", right, " 200 ", size)}, nowhere("403 0")...)},
		{"HTML", func(_, _, _ string) (int, string) { return 200, " <html>" + strings.Repeat("x", 9000) }, nil,
			append([]string{"user-agent " + right + " 200 4096"}, nowhere("200 4096")...)},
		{"certificate of another", func(_, _, _ string) (int, string) { return 200, policyBody },
			&tls.Config{Certificates: []tls.Certificate{(*issuer)(nil).issue(t, "www.example.net", nil).present()}},
			[]string{"no-sni https://mta-sts.example.com/ 0 0"}},
		{"name unknown", func(_, _, _ string) (int, string) { return 200, policyBody },
			&tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.EOF }},
			[]string{
				"no-sni https://mta-sts.example.com/ 0 0 tls-alert", "host https://example.com/.well-known/mta-sts.txt 0 0 tls-alert",
				"host https://www.example.com/.well-known/mta-sts.txt 0 0 tls-alert",
				fmt.Sprint("http http://mta-sts.example.com/.well-known/mta-sts.txt 200 ", size),
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := facingSite(t, c.site, c.config).Policy(context.Background(), domain)
			var got []string
			for _, o := range p.Others {
				got = append(got, tell(o))
				if o.Address != netip.MustParseAddr("127.0.0.1") || (o.TLS != nil) != (o.Failure == nil && o.Kind != probe.OtherPlain) {
					t.Errorf("%+v", o)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestOtherAddress: the further addresses are looked at too, the other family's
// first.
func TestOtherAddress(t *testing.T) {
	settled(t)
	n := facingSite(t, func(_, _, _ string) (int, string) { return 200, policyBody }, nil)
	n.Exchange = zone{addresses: []string{"127.0.0.1", "127.0.0.2", "2001:db8::1", "2001:db8::2"}}.Exchange
	direct := n.Dial
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "[2001:db8::1]") {
			address = strings.Replace(address, "[2001:db8::1]", "127.0.0.1", 1)
		}
		return direct(ctx, network, address)
	}
	p := n.Policy(context.Background(), domain)
	if len(p.Others) != 3 {
		t.Fatalf("%+v", p)
	}
	for i, want := range []string{"2001:db8::1", "2001:db8::2", "127.0.0.2"} {
		if o := p.Others[i]; o.Kind != probe.OtherAddress || o.Address != netip.MustParseAddr(want) {
			t.Errorf("%+v, want %s", o, want)
		}
	}
	wantFailure(t, p.Others[2].Failure, probe.ConnectRefused)
	if o := p.Others[0]; o.Kind != probe.OtherAddress || o.Address != netip.MustParseAddr("2001:db8::1") || o.Status != 200 || o.TLS == nil || string(o.Body) != policyBody ||
		o.Location != "https://elsewhere.example/" || o.Millis < 1 {
		t.Errorf("%+v", o)
	}
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "[") {
			return Guard{}.Dial(ctx, network, address)
		}
		return direct(ctx, network, address)
	}
	if p = n.Policy(context.Background(), domain); len(p.Others) != 3 || p.Failure != nil {
		t.Fatalf("%+v", p)
	}
	wantFailure(t, p.Others[0].Failure, probe.AddressReserved)
}

// TestOthersWithoutHost: a site is asked for a policy only when one is
// announced.
func TestOthersWithoutHost(t *testing.T) {
	for _, announced := range []bool{false, true} {
		n := facingSite(t, func(_, _, _ string) (int, string) { return 200, policyBody }, nil)
		n.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
			var q dns.Msg
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			name := q.Question[0].Name
			if name == "_mta-sts.example.com." && announced {
				m := new(dns.Msg).SetReply(&q)
				m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"v=STSv1; id=1"}}}
				return m.Pack()
			}
			z := zone{addresses: []string{"127.0.0.1"}}
			if strings.Contains(name, "mta-sts") {
				z.rcode, z.addresses = dns.RcodeNameError, nil
			}
			return z.Exchange(ctx, query)
		}
		p := n.Policy(context.Background(), domain)
		wantFailure(t, p.Failure, probe.DNSNotFound)
		want := 0
		if announced {
			want = 2
		}
		if len(p.Others) != want || want > 0 && (p.Others[0].Kind != probe.OtherHost || p.Others[0].Status != 200) {
			t.Errorf("announced %v: %+v", announced, p.Others)
		}
	}
}

// TestOthersEnd: they take no longer than they may, and aren't begun with
// nobody waiting or no time left.
func TestOthersEnd(t *testing.T) {
	settled(t)
	slow := func(_, path, _ string) (int, string) {
		if path != policyPath {
			time.Sleep(time.Second)
		}
		return 404, ""
	}
	n := facingSite(t, slow, nil)
	start := time.Now()
	p := n.Policy(context.Background(), domain)
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
	for _, o := range p.Others {
		if o.Kind == probe.OtherPath {
			wantFailure(t, o.Failure, probe.Limited)
		}
	}
	n.limits.others = time.Minute // not to be had within a policy's time
	if p = n.Policy(context.Background(), domain); p.Status != 404 || p.Others != nil {
		t.Errorf("%+v", p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p = n.Policy(ctx, domain); p.Others != nil {
		t.Errorf("%+v", p)
	}
	n.Exchange = broken(&probe.Failure{Class: probe.NoResolver})
	if p = n.Policy(context.Background(), dnsname.MustParse("example.net")); p.Others != nil {
		t.Errorf("%+v", p)
	}
}
