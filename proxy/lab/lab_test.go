package lab_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/smtp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/lab"
	"github.com/sealane/sealane/proxy/observe"
)

func start(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// ask asks the lab's resolver with DO.
func ask(t *testing.T, l *lab.Lab, name string, typ uint16, change func(*dns.Msg)) *dns.Msg {
	t.Helper()
	q := new(dns.Msg).SetQuestion(dns.Fqdn(name), typ)
	q.SetEdns0(1232, true)
	if change != nil {
		change(q)
	}
	wire, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := l.Network().Exchange(t.Context(), wire)
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg)
	if err := m.Unpack(answer); err != nil {
		t.Fatal(err)
	}
	if m.Id != q.Id || !m.Response || !m.RecursionAvailable {
		t.Fatalf("%s: no answer to the query:\n%s", name, m)
	}
	return m
}

func cd(m *dns.Msg) { m.CheckingDisabled = true }

// ede gives the info code of the extended error, 0 without one.
func ede(m *dns.Msg) uint16 {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				return e.InfoCode
			}
		}
	}
	return 0
}

func count(section []dns.RR, typ uint16) int {
	n := 0
	for _, rr := range section {
		if rr.Header().Rrtype == typ {
			n++
		}
	}
	return n
}

// resolve gives the first IPv4 address of a name.
func resolve(t *testing.T, l *lab.Lab, name string) string {
	t.Helper()
	for _, rr := range ask(t, l, name, dns.TypeA, cd).Answer {
		if a, ok := rr.(*dns.A); ok {
			return a.A.String()
		}
	}
	t.Fatalf("%s has no address", name)
	return ""
}

type fetched struct {
	status int
	header http.Header
	body   string
	err    error
}

// fetch gets a policy with a plain client; insecure doesn't verify.
func fetch(t *testing.T, l *lab.Lab, domain string, insecure bool) fetched {
	t.Helper()
	n := l.Network()
	client := &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return n.Dial(ctx, network, net.JoinHostPort(resolve(t, l, "mta-sts."+domain), "443"))
			},
			TLSClientConfig:   &tls.Config{RootCAs: n.Roots, InsecureSkipVerify: insecure},
			DisableKeepAlives: true, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Get("https://mta-sts." + domain + "/.well-known/mta-sts.txt")
	if err != nil {
		return fetched{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return fetched{resp.StatusCode, resp.Header, string(body), err}
}

// dialogue speaks with a mail server up to STARTTLS.
func dialogue(t *testing.T, l *lab.Lab, host, verified string) (starttls bool, state tls.ConnectionState, err error) {
	t.Helper()
	n := l.Network()
	conn, err := n.Dial(t.Context(), "tcp", net.JoinHostPort(resolve(t, l, host), "25"))
	if err != nil {
		return false, state, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return false, state, err
	}
	if starttls, _ = client.Extension("STARTTLS"); !starttls {
		return false, state, client.Quit()
	}
	config := &tls.Config{RootCAs: n.Roots, ServerName: verified, InsecureSkipVerify: verified == ""}
	if err := client.StartTLS(config); err != nil {
		return true, state, err
	}
	if again, _ := client.Extension("STARTTLS"); again {
		t.Errorf("%s offers STARTTLS inside TLS", host)
	}
	state, _ = client.TLSConnectionState()
	return true, state, client.Quit()
}

func TestStartIsQuickAndSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	l := start(t)
	took := time.Since(began)
	goroutines := runtime.NumGoroutine()
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := float64(after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc)) / (1 << 20)
	t.Logf("start took %v, keeps %.2f MB of heap, %d goroutines", took.Round(100*time.Microsecond), kept, goroutines)
	if took > time.Second || kept > 16 {
		t.Error("over 1 s or 16 MB")
	}
	if l.Anchor().Zone.String() != "test" {
		t.Error("anchor of another zone")
	}
}

func TestPerfect(t *testing.T) {
	l := start(t)
	for _, q := range []struct {
		name string
		typ  uint16
		n    int
	}{
		{"perfect.test", dns.TypeMX, 2}, {"mx1.perfect.test", dns.TypeA, 1}, {"mx2.perfect.test", dns.TypeAAAA, 1},
		{"_25._tcp.mx1.perfect.test", dns.TypeTLSA, 2}, {"_mta-sts.perfect.test", dns.TypeTXT, 1},
		{"_smtp._tls.perfect.test", dns.TypeTXT, 1}, {"test", dns.TypeSOA, 1}, {"perfect.test", dns.TypeDS, 1},
		{"test", dns.TypeDNSKEY, 1}, {"perfect.test", dns.TypeDNSKEY, 1}, {"_tcp.mx1.perfect.test", dns.TypeTLSA, 0},
	} {
		m := ask(t, l, q.name, q.typ, nil)
		if m.Rcode != dns.RcodeSuccess || !m.AuthenticatedData || count(m.Answer, q.typ) != q.n || q.n > 0 && count(m.Answer, dns.TypeRRSIG) != 1 {
			t.Errorf("%s %s:\n%s", q.name, dns.TypeToString[q.typ], m)
		}
	}
	if m := ask(t, l, "none.perfect.test", dns.TypeA, nil); m.Rcode != dns.RcodeNameError || !m.AuthenticatedData {
		t.Errorf("denial:\n%s", m)
	}
	p := fetch(t, l, "perfect.test", false)
	if p.err != nil || p.status != 200 || p.header.Get("Content-Type") != "text/plain; charset=utf-8" ||
		!strings.HasPrefix(p.body, "version: STSv1\r\nmode: enforce\r\n") {
		t.Errorf("policy: %+v", p)
	}
	for _, host := range []string{"mx1.perfect.test", "mx2.perfect.test"} {
		offered, state, err := dialogue(t, l, host, host)
		if !offered || err != nil || len(state.PeerCertificates) != 2 {
			t.Errorf("%s: %v, %v", host, offered, err)
		}
	}
}

func TestNothing(t *testing.T) {
	l := start(t)
	for _, q := range []struct {
		name  string
		typ   uint16
		rcode int
		ad    bool
	}{
		{"nothing.test", dns.TypeMX, dns.RcodeSuccess, false},
		{"_mta-sts.nothing.test", dns.TypeTXT, dns.RcodeNameError, false},
		{"nothing.test", dns.TypeDS, dns.RcodeSuccess, true}, // that it is unsigned is proven
		{"unheard-of.test", dns.TypeMX, dns.RcodeNameError, true},
	} {
		if m := ask(t, l, q.name, q.typ, nil); m.Rcode != q.rcode || m.AuthenticatedData != q.ad {
			t.Errorf("%s %s:\n%s", q.name, dns.TypeToString[q.typ], m)
		}
	}
	if offered, _, err := dialogue(t, l, "mx1.nothing.test", "mx1.nothing.test"); !offered || err != nil {
		t.Error(offered, err)
	}
}

func TestDialReachesTheLabOnly(t *testing.T) {
	n := start(t).Network()
	for address, want := range map[string]error{
		"203.0.113.1:587":     observe.ErrReserved,
		"203.0.113.1:8080":    observe.ErrReserved,
		"203.0.113.1:80":      syscall.ECONNREFUSED,
		"203.0.113.1:465":     syscall.ECONNREFUSED,
		"203.0.113.1:53":      syscall.ECONNREFUSED,
		"192.0.2.53:25":       syscall.ECONNREFUSED,
		"8.8.8.8:53":          observe.ErrReserved,
		"192.0.2.254:25":      observe.ErrReserved,
		"127.0.0.1:25":        observe.ErrReserved,
		"[::1]:443":           observe.ErrReserved,
		"93.184.215.14:443":   observe.ErrReserved,
		"mx1.perfect.test:25": observe.ErrReserved,
		"":                    observe.ErrReserved,
		"203.0.113.1:443":     syscall.ECONNREFUSED,
		"198.51.100.1:25":     syscall.ECONNREFUSED,
		"[2001:db8:1::1]:443": syscall.ECONNREFUSED,
	} {
		conn, err := n.Dial(t.Context(), "tcp", address)
		if !errors.Is(err, want) {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil {
			conn.Close()
		}
	}
	if _, err := n.Dial(t.Context(), "udp", "203.0.113.1:25"); !errors.Is(err, observe.ErrReserved) {
		t.Error(err)
	}
	if !slices.Equal(n.Ports(), []uint16{25, 443, 465, 80, 53}) {
		t.Error("ports")
	}
}

func TestResolverAtItsSocket(t *testing.T) {
	l := start(t)
	if ap := netip.MustParseAddrPort(l.DNSAddr()); !ap.Addr().IsLoopback() {
		t.Errorf("listens at %s", ap)
	}
	for _, transport := range []string{"udp", "tcp"} {
		client := &dns.Client{Net: transport, Timeout: 2 * time.Second}
		q := new(dns.Msg).SetQuestion("perfect.test.", dns.TypeMX)
		m, _, err := client.Exchange(q, l.DNSAddr())
		if err != nil || len(m.Answer) != 2 || m.AuthenticatedData || count(m.Answer, dns.TypeRRSIG) != 0 {
			t.Errorf("%s: %v\n%s", transport, err, m)
		}
		q.AuthenticatedData = true
		if m, _, err = client.Exchange(q, l.DNSAddr()); err != nil || !m.AuthenticatedData {
			t.Errorf("%s with AD: %v\n%s", transport, err, m)
		}
		q.SetQuestion("example.com.", dns.TypeMX)
		if m, _, err = client.Exchange(q, l.DNSAddr()); err != nil || m.Rcode != dns.RcodeRefused {
			t.Errorf("%s outside: %v\n%s", transport, err, m)
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := lab.Start(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Network().Dial(t.Context(), "tcp", "203.0.113.1:25") // left open
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
		time.Sleep(time.Millisecond)
	}
}

func TestDomains(t *testing.T) {
	domains, err := lab.Domains()
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range domains {
		if d.Name.Parent() != dnsname.MustParse("test") || d.Wrong == "" || d.Detail == "" || len(d.Codes) == 0 {
			t.Errorf("%s: incomplete", d.Name)
		}
		if i > 0 && d.Name.String() <= domains[i-1].Name.String() {
			t.Errorf("%s: not sorted", d.Name)
		}
		if strings.Count(d.Wrong, ".")-strings.Count(d.Wrong, ".test") > 1 || !strings.HasSuffix(d.Wrong, ".") {
			t.Errorf("%s: %q is no sentence", d.Name, d.Wrong)
		}
		if !strings.Contains(d.Detail, "RFC ") {
			t.Errorf("%s cites no RFC", d.Name)
		}
	}
	t.Logf("%d domains", len(domains))
}
