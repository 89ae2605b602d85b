package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
)

// unreachable is a network without a way out.
func unreachable(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: syscall.ENETUNREACH}
}

// Nobody learns from the log who asked, or of what, unless the operator says so.
func TestLogIsPrivate(t *testing.T) {
	for _, c := range []struct {
		level  slog.Level
		how    string
		wants  []string
		secret []string
	}{
		{slog.LevelInfo, "", nil, []string{"secret", "domain="}},
		{slog.LevelDebug, "", []string{"domain=", "endpoint=/v1/policy", "endpoint=badge"}, []string{"secret"}},
		{slog.LevelDebug, LogHash, []string{"domain="}, []string{"secret"}},
		{slog.LevelDebug, LogPlain, []string{"domain=secret.example"}, nil},
	} {
		var log bytes.Buffer
		s := start(t, func(k *Config) {
			k.Log, k.LogDomains = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: c.level})), c.how
			k.Check = func(context.Context, dnsname.Name) Summary { return Summary{} }
		})
		query := relayed(doh.Query(dnsname.MustParse("secret.example"), doh.TypeMX, true))
		for _, target := range []string{"/v1/policy?domain=secret.example", "/v1/starttls?host=secret.example", query, "/badge/secret.example.svg", "/check?domain=secret.example", "/secret.example"} {
			ask(s, from("192.0.2.77:4711", target))
		}
		connectionLog{s.log}.Write([]byte("http: TLS handshake error from 192.0.2.77:4711: read tcp 10.0.0.1:443->192.0.2.77:4711: reset\n"))
		for _, w := range c.wants {
			if !strings.Contains(log.String(), w) {
				t.Errorf("%v %s: lacks %s:\n%s", c.level, c.how, w, log.String())
			}
		}
		for _, w := range append(c.secret, "192.0.2.77", "4711", query) {
			if strings.Contains(log.String(), w) {
				t.Errorf("%v %s: has %s:\n%s", c.level, c.how, w, log.String())
			}
		}
	}
	if _, err := New(Config{Route: func(dnsname.Name) *observe.Network { return nil }, LogDomains: "no"}); err == nil {
		t.Error("an unknown way to log domains is taken")
	}
}

// The hash of a domain is the same within a process and another in the next.
func TestLoggedHash(t *testing.T) {
	one, two := start(t, nil), start(t, nil)
	if one.logged(name).LogValue().String() != one.logged(name).LogValue().String() || one.logged(name).LogValue().String() == one.logged(labName).LogValue().String() {
		t.Error("no hash of the domain")
	}
	if one.logged(name).LogValue().String() == two.logged(name).LogValue().String() {
		t.Error("anybody can make the hash")
	}
}

// recorder is a target: it greets, speaks TLS as a policy host does, and keeps what
// it is sent.
type recorder struct {
	cert *tls.Certificate
	all  sync.WaitGroup
	mu   sync.Mutex
	sent []string
}

func (t *recorder) dial(_ context.Context, _, address string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	smtp := netip.MustParseAddrPort(address).Port() == 25
	t.all.Go(func() {
		defer theirs.Close()
		var conn io.ReadWriter = theirs
		if smtp {
			io.WriteString(theirs, "220 mx.example.com ESMTP\r\n")
		} else {
			conn = tls.Server(theirs, &tls.Config{Certificates: []tls.Certificate{*t.cert}})
		}
		heard, buffer := "", make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			heard += string(buffer[:n])
			if err != nil || strings.HasSuffix(heard, "\r\n\r\n") {
				break
			}
			if smtp {
				io.WriteString(theirs, "250 mx.example.com\r\n") // no STARTTLS: QUIT comes
			}
		}
		t.mu.Lock()
		t.sent = append(t.sent, heard)
		t.mu.Unlock()
		io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	return ours, nil
}

// Nothing of a caller's request but the name reaches a target: not a header, not the
// path, not the method.
func TestNothingOfTheCallerReachesATarget(t *testing.T) {
	cert, _ := certificate(t)
	said := func(target string, change func(*http.Request)) []string {
		to := &recorder{cert: cert}
		n := network("")
		n.Dial, n.EHLO = to.dial, "probe.example"
		s := start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return n } })
		r := httptest.NewRequest(http.MethodGet, target, nil)
		change(r)
		if status := ask(s, r).StatusCode; status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		to.all.Wait()
		slices.Sort(to.sent) // some are sent at the same time
		return to.sent
	}
	for _, target := range []string{"/v1/policy?domain=example.com", "/v1/starttls?host=mx.example.com", "/v1/starttls?host=mx.example.com&aside=plain-mail"} {
		plain := said(target, func(*http.Request) {})
		loud := said(target+"&path=/marked&method=POST&marked=%0d%0amarked", func(r *http.Request) {
			r.Host = "marked.example"
			r.RemoteAddr = "192.0.2.99:999"
			for _, name := range []string{"User-Agent", "Cookie", "Authorization", "Accept", "Accept-Language", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Original-URL", "Marked", "Range", "If-None-Match"} {
				r.Header.Set(name, "marked")
			}
		})
		if len(plain) == 0 || plain[len(plain)-1] == "" || strings.Join(plain, "\n--\n") != strings.Join(loud, "\n--\n") {
			t.Errorf("%s: a target hears\n%q\n%q", target, plain, loud)
		}
		if strings.Contains(strings.Join(loud, ""), "marked") {
			t.Errorf("%s: %q", target, loud)
		}
	}
}

// To padded queries over TLS come padded answers, of the same content; to others none.
func TestRelayPads(t *testing.T) {
	s := start(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")} })
	padded := doh.Query(name, doh.TypeTXT, true)
	bare := bytes.Clone(padded)
	at := bytes.LastIndex(bare, []byte{0, 12}) // the padding option
	bare = bare[:at]
	bare[at-2], bare[at-1] = 0, 0 // OPT without RDATA
	for i, c := range []struct {
		query  []byte
		change func(*http.Request)
		want   bool
	}{
		{padded, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, true},
		{bare, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, false},
		{padded, func(*http.Request) {}, false},
		{padded, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, false},
		{padded, func(r *http.Request) {
			r.RemoteAddr = "198.51.100.1:1"
			r.Header.Set("X-Forwarded-Proto", "https")
		}, true},
	} {
		r := httptest.NewRequest(http.MethodGet, relayed(c.query), nil)
		c.change(r)
		answer := ask(s, r)
		body, _ := io.ReadAll(answer.Body)
		parsed, err := doh.Parse(body)
		if err != nil || len(parsed.RecordsOf(name, doh.TypeTXT)) != 1 || answer.StatusCode != 200 {
			t.Fatalf("%d: status %d, %v", i, answer.StatusCode, err)
		}
		if got := len(body) == 468; got != c.want {
			t.Errorf("%d: %d octets", i, len(body))
		}
	}
}

// An alias that leads inside isn't followed for others.
func TestRelayRefusesAliasesInside(t *testing.T) {
	alias := func(ctx context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		q.Unpack(query)
		m := new(dns.Msg).SetReply(&q)
		header := func(owner string, typ uint16) dns.RR_Header {
			return dns.RR_Header{Name: owner, Rrtype: typ, Class: dns.ClassINET, Ttl: 60}
		}
		asked := q.Question[0].Name
		m.Answer = []dns.RR{&dns.CNAME{Hdr: header(asked, dns.TypeCNAME), Target: "db.internal."}}
		if strings.HasPrefix(asked, "inside") {
			m.Answer = append(m.Answer, &dns.A{Hdr: header("db.internal.", dns.TypeA), A: net.IPv4(10, 0, 0, 5)})
		}
		return m.Pack()
	}
	s := start(t, func(c *Config) {
		c.Route = func(dnsname.Name) *observe.Network { return &observe.Network{Exchange: alias} }
	})
	of := func(text string) string { return relayed(doh.Query(dnsname.MustParse(text), doh.TypeA, true)) }
	wantProblem(t, get(s, of("inside.example.com")), 400, "private-name", probe.BadRequest)
	if r := get(s, of("nowhere.example.com")); r.StatusCode != 200 {
		t.Errorf("an alias that leads nowhere: status %d", r.StatusCode)
	}
}

func TestRefusesPrivateNames(t *testing.T) {
	s := start(t, nil)
	for _, text := range []string{"a.localhost", "printer.local", "x.onion", "home.arpa", "intranet.internal", "1.168.192.in-addr.arpa"} {
		query := relayed(doh.Query(dnsname.MustParse(text), doh.TypeMX, true))
		wantProblem(t, get(s, query), 400, "private-name", probe.BadRequest)
		ours := start(t, func(c *Config) { c.PrivateNames = true })
		if r := get(ours, query); r.StatusCode != 200 {
			t.Errorf("%s: status %d where the operator allows it", text, r.StatusCode)
		}
	}
	badges := badgeServer(t, func(context.Context, dnsname.Name) Summary { t.Error("checked"); return Summary{} })
	wantProblem(t, get(badges, "/badge/intranet.internal.svg"), 400, "private-name", probe.BadRequest)
	for _, target := range []string{"/v1/policy?domain=intranet.internal", "/v1/starttls?host=Printer.Local.", "/v1/nameservers?zone=home.arpa&question=NS+home.arpa"} {
		wantProblem(t, get(s, target), 400, "private-name", probe.BadRequest)
		ours := start(t, func(c *Config) { c.PrivateNames = true })
		if r := get(ours, target); r.StatusCode != 200 {
			t.Errorf("%s: status %d where the operator allows it", target, r.StatusCode)
		}
	}
	query := relayed(doh.Query(labName, doh.TypeMX, true))
	if r := get(s, query); r.StatusCode != 200 {
		t.Errorf("the lab: status %d", r.StatusCode)
	}
	without := start(t, func(c *Config) { n := network(""); c.Route = func(dnsname.Name) *observe.Network { return n } })
	wantProblem(t, get(without, query), 400, "private-name", probe.BadRequest)
}
