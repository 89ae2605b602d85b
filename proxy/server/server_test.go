package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
)

var (
	top     = dnsname.MustParse("test")
	labName = dnsname.MustParse("perfect.test")
	name    = dnsname.MustParse("example.com")
)

// network resolves every name to one address, over which nothing is reached;
// NXDOMAIN for names that begin with "absent".
func network(text string) *observe.Network {
	return &observe.Network{
		Exchange: func(_ context.Context, query []byte) ([]byte, error) {
			var q dns.Msg
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			m := new(dns.Msg).SetReply(&q)
			if q.IsEdns0() != nil {
				m.SetEdns0(1232, true)
			}
			header := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 77}
			switch {
			case strings.Contains(header.Name, "absent"):
				m.Rcode = dns.RcodeNameError
			case header.Rrtype == dns.TypeTXT:
				m.Answer = []dns.RR{&dns.TXT{Hdr: header, Txt: []string{text}}}
			case header.Rrtype == dns.TypeNS:
				m.Answer = []dns.RR{&dns.NS{Hdr: header, Ns: "ns." + header.Name}}
			case header.Rrtype == dns.TypeA:
				m.Answer = []dns.RR{&dns.A{Hdr: header, A: []byte{192, 0, 2, 1}}}
			}
			return m.Pack()
		},
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return nil, observe.ErrReserved
		},
		SMTPPort: 25, HTTPSPort: 443, DNSPort: 53,
	}
}

// start makes a server over two networks.
func start(t *testing.T, change func(*Config)) *Server {
	t.Helper()
	lab, internet := network("lab"), network("internet")
	lab.Near = true
	c := Config{
		Route: func(n dnsname.Name) *observe.Network {
			if n.Within(top) {
				return lab
			}
			return internet
		},
		Page: probe.Config{DoH: []string{"/dns-query", "https://doh.example/dns-query"}},
		Site: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>home")}},
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask makes a request without a network.
func ask(s http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func get(s http.Handler, target string) *http.Response {
	return ask(s, httptest.NewRequest(http.MethodGet, target, nil))
}

// from is a GET by a client at an address.
func from(address, target string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RemoteAddr = address
	return r
}

// wantProblem checks the shape of RFC 9457 and the members that the page reads.
func wantProblem(t *testing.T, r *http.Response, status int, token string, class probe.Class) {
	t.Helper()
	var d details
	body, _ := io.ReadAll(r.Body)
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		t.Fatalf("%v: %q", err, body)
	}
	if r.StatusCode != status || d.Status != status || d.Type != token || d.Class != class || d.Title == "" || d.Title == token {
		t.Errorf("status %d, %+v; want %d %s %s", r.StatusCode, d, status, token, class)
	}
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if r.Header.Get("Cache-Control") != "no-store" {
		t.Error("a problem may be kept")
	}
}

func TestNewNeedsARoute(t *testing.T) {
	if _, err := New(Config{}); !errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
}

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	s := start(t, nil)
	for _, target := range []string{"/", "/nothing", "/config.json", "/healthz", "/readyz", "/probes", "/probes.css", "/openapi.json", "/v1/policy?domain=example.com", "/v1/policy", "/dns-query", "/v1/x"} {
		h := get(s, target).Header
		policy := "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
			"connect-src 'self' https://doh.example; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
		data := strings.HasPrefix(target, "/v1/") || target == "/dns-query"
		if data {
			policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
		}
		if got := h.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: policy %q", target, got)
		}
		want := map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
		if !data {
			want["Referrer-Policy"], want["Cross-Origin-Opener-Policy"] = "no-referrer", "same-origin"
		}
		for key, want := range want {
			if h.Get(key) != want {
				t.Errorf("%s: %s %q", target, key, h.Get(key))
			}
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie", target)
		}
	}
}

func TestProbes(t *testing.T) {
	s := start(t, nil)
	r := get(s, "/v1/policy?domain=Example.COM.")
	var p probe.Policy
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.StatusCode != 200 {
		t.Fatalf("%d %v", r.StatusCode, err)
	}
	if p.Failure == nil || p.Failure.Class != probe.AddressReserved || p.URL != "https://mta-sts.example.com/.well-known/mta-sts.txt" {
		t.Errorf("%+v", p)
	}
	if r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", r.Header)
	}
	r = get(s, "/v1/starttls?host=mx.perfect.test")
	var st probe.STARTTLS
	if err := json.NewDecoder(r.Body).Decode(&st); err != nil || r.StatusCode != 200 || st.Host.String() != "mx.perfect.test" {
		t.Fatalf("%d %v %+v", r.StatusCode, err, st)
	}
	if len(st.Addresses) != 1 || st.Addresses[0].Failure.Class != probe.AddressReserved {
		t.Errorf("%+v", st)
	}
	r = get(s, "/v1/starttls?host=absent.example")
	st = probe.STARTTLS{}
	if err := json.NewDecoder(r.Body).Decode(&st); err != nil || r.StatusCode != 200 || st.Failure == nil || st.Failure.Class != probe.DNSNotFound {
		t.Errorf("%d %v %+v", r.StatusCode, err, st)
	}
}

func TestAsidesAndNameservers(t *testing.T) {
	s := start(t, nil)
	r := get(s, "/v1/starttls?host=mx.perfect.test&aside=no-sni&aside=https")
	var st probe.STARTTLS
	if err := json.NewDecoder(r.Body).Decode(&st); err != nil || r.StatusCode != 200 || len(st.Addresses) != 1 {
		t.Fatalf("%d %v %+v", r.StatusCode, err, st)
	}
	if a := st.Addresses[0]; a.Stage != "" || len(a.Asides) != 2 || a.Asides[0].Kind != probe.NoSNI || a.Asides[1].Kind != probe.HTTPS || a.Asides[0].Failure.Class != probe.AddressReserved {
		t.Errorf("%+v", a)
	}
	r = get(s, "/v1/nameservers?zone=example.com&question="+url.QueryEscape("15 example.com")+"&question="+url.QueryEscape("TLSA _25._tcp.mx.example.com."))
	var ns probe.Nameservers
	if err := json.NewDecoder(r.Body).Decode(&ns); err != nil || r.StatusCode != 200 || ns.Zone != name || len(ns.Servers) != 1 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %+v", r.StatusCode, err, ns)
	}
	if a := ns.Servers[0].Answers; len(a) != 2 || a[0].Type != dns.TypeMX || a[1].Type != dns.TypeTLSA || a[1].Name.String() != "_25._tcp.mx.example.com" ||
		a[0].Failure == nil || a[0].Failure.Class != probe.AddressReserved {
		t.Errorf("%+v", ns.Servers)
	}
}

func TestBadAsidesAndQuestions(t *testing.T) {
	s := start(t, nil)
	many := strings.Repeat("&question=MX+example.com", probe.MaxQuestions+1)
	for _, bad := range []string{
		"/v1/starttls?host=example.com&aside=", "/v1/starttls?host=example.com&aside=tls", "/v1/starttls?host=example.com&aside=rsa&aside=rsa",
		"/v1/nameservers?zone=example.com", "/v1/nameservers?zone=example.com" + many, "/v1/nameservers?zone=example.com&question=MX",
		"/v1/nameservers?zone=example.com&question=MX+example.net", "/v1/nameservers?zone=example.com&question=MX+com",
		"/v1/nameservers?zone=example.com&question=MX+notexample.com", "/v1/nameservers?zone=example.com&question=ANY+example.com",
		"/v1/nameservers?zone=example.com&question=255+example.com", "/v1/nameservers?zone=example.com&question=252+example.com",
		"/v1/nameservers?zone=example.com&question=MX+a..example.com", "/v1/nameservers?zone=example.com&question=MX++example.com",
		"/v1/nameservers?zone=example.com&question=RRSIG+example.com", "/v1/nameservers?zone=example.com&question=015+example.com",
	} {
		t.Run(bad[:min(len(bad), 90)], func(t *testing.T) {
			wantProblem(t, get(s, bad), 400, "bad-query", probe.BadRequest)
		})
	}
	for _, bad := range []string{
		"/v1/nameservers", "/v1/nameservers?zone=", "/v1/nameservers?zone=.", "/v1/nameservers?zone=a..b&question=MX+a",
		"/v1/nameservers?zone=example.com&zone=example.net&question=MX+example.com",
	} {
		t.Run(bad[:min(len(bad), 90)], func(t *testing.T) {
			wantProblem(t, get(s, bad), 400, "bad-domain", probe.BadRequest)
		})
	}
	wantProblem(t, ask(s, httptest.NewRequest("POST", "/v1/nameservers?zone=example.com", nil)), 405, "method-not-allowed", probe.BadRequest)
}

func TestProblems(t *testing.T) {
	s := start(t, nil)
	for _, bad := range []string{
		"/v1/policy", "/v1/policy?domain=", "/v1/policy?domain=..", "/v1/policy?domain=.", "/v1/policy?domain=a..b",
		"/v1/policy?domain=%E2%9C%93.example", "/v1/policy?domain=a&domain=b", "/v1/policy?domain=" + strings.Repeat("a", 64) + ".example",
		"/v1/policy?domain=" + strings.Repeat("a.", 127) + "a", "/v1/starttls?host=a%20b", "/v1/starttls?host=[::1]", "/v1/starttls?host=a:25",
		"/v1/starttls?domain=example.com", "/v1/starttls?host=a%0d%0ab",
	} {
		t.Run(bad[:min(len(bad), 40)], func(t *testing.T) {
			wantProblem(t, get(s, bad), 400, "bad-domain", probe.BadRequest)
		})
	}
	wantProblem(t, get(s, "/v1/other"), 404, "not-found", probe.BadRequest)
	wantProblem(t, get(s, "/nothing"), 404, "not-found", probe.BadRequest)
	wantProblem(t, get(start(t, func(c *Config) { c.Site = nil }), "/index.html"), 404, "not-found", probe.BadRequest)
	for method, target := range map[string]string{"POST": "/v1/policy?domain=a.example", "DELETE": "/", "PUT": "/dns-query", "PATCH": "/config.json", "HEAD": "/v1/starttls?host=a.example"} {
		r := ask(s, httptest.NewRequest(method, target, nil))
		if r.Header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", method, target)
		}
		wantProblem(t, r, 405, "method-not-allowed", probe.BadRequest)
	}
	nowhere := start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return nil } })
	wantProblem(t, get(nowhere, "/v1/policy?domain=example.com"), 502, "no-network", probe.Unavailable)
	wantProblem(t, get(nowhere, relayed(doh.Query(name, doh.TypeMX, true))), 502, "no-network", probe.Unavailable)
}

func TestOwnFaultsAreProblems(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		token  string
		class  probe.Class
	}{
		{&probe.Failure{Class: probe.NoResolver}, 502, "no-resolver", probe.NoResolver},
		{&probe.Failure{Class: probe.BadResponse}, 502, "unavailable", probe.BadResponse},
		{errors.New("what"), 502, "no-resolver", probe.NoResolver},
	} {
		s := start(t, func(k *Config) {
			n := &observe.Network{Exchange: func(context.Context, []byte) ([]byte, error) { return nil, c.err }}
			k.Route = func(dnsname.Name) *observe.Network { return n }
		})
		for _, target := range []string{"/v1/policy?domain=example.com", "/v1/starttls?host=example.com", "/v1/starttls?host=example.com&aside=rsa",
			"/v1/nameservers?zone=example.com&question=MX+example.com", relayed(doh.Query(name, doh.TypeMX, true))} {
			wantProblem(t, get(s, target), c.status, c.token, c.class)
		}
	}
	slow := start(t, func(k *Config) {
		n := &observe.Network{Exchange: func(context.Context, []byte) ([]byte, error) { return nil, &probe.Failure{Class: probe.DNSTimeout} }}
		k.Route = func(dnsname.Name) *observe.Network { return n }
	})
	wantProblem(t, get(slow, relayed(doh.Query(name, doh.TypeMX, true))), 504, "no-resolver", probe.DNSTimeout)
	if r := get(slow, "/v1/policy?domain=example.com"); r.StatusCode != 200 {
		t.Errorf("what the domain's name servers do is an observation: %d", r.StatusCode)
	}
}

func TestPanicIsAProblem(t *testing.T) {
	var log bytes.Buffer
	s := start(t, func(c *Config) {
		c.Route = func(dnsname.Name) *observe.Network { panic("broken") }
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	wantProblem(t, get(s, "/v1/policy?domain=secret.example"), 500, "internal", probe.Unavailable)
	if !strings.Contains(log.String(), "broken") || strings.Contains(log.String(), "secret") {
		t.Errorf("log %q", log.String())
	}
	if get(s, "/healthz").StatusCode != 200 {
		t.Error("the server is dead")
	}
	if leave, _ := s.probes.take(netip.Prefix{}); leave == nil || s.probes.running != 1 {
		t.Errorf("%d places taken after a panic", s.probes.running)
	}
}

// relayed is the target of a GET with a DNS message (RFC 8484 §4.1).
func relayed(query []byte) string {
	return "/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(query)
}

func TestRelay(t *testing.T) {
	s := start(t, nil)
	for _, c := range []struct {
		name dnsname.Name
		text string
		keep string
	}{{name, "internet", "max-age=77"}, {labName, "lab", "no-store"}} {
		query := doh.Query(c.name, doh.TypeTXT, true)
		post := httptest.NewRequest(http.MethodPost, "/dns-query", bytes.NewReader(query))
		post.Header.Set("Content-Type", "application/dns-message")
		for _, r := range []*http.Response{get(s, relayed(query)), get(s, relayed(query)+"=="), ask(s, post)} {
			body, _ := io.ReadAll(r.Body)
			var m dns.Msg
			if r.StatusCode != 200 || m.Unpack(body) != nil || m.Answer[0].(*dns.TXT).Txt[0] != c.text {
				t.Fatalf("%d %q", r.StatusCode, body)
			}
			h := r.Header
			if h.Get("Content-Type") != "application/dns-message" || h.Get("Cache-Control") != c.keep || h.Get("Vary") != "Origin" {
				t.Errorf("%v", h)
			}
		}
	}
}

func TestRelayRefuses(t *testing.T) {
	s := start(t, nil)
	post := func(kind string, body []byte) *http.Response {
		r := httptest.NewRequest(http.MethodPost, "/dns-query", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return ask(s, r)
	}
	every := new(dns.Msg).SetQuestion("example.com.", dns.TypeANY)
	wire, err := every.Pack()
	if err != nil {
		t.Fatal(err)
	}
	query := doh.Query(name, doh.TypeTXT, true)
	wantProblem(t, get(s, "/dns-query"), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, "/dns-query?dns=*"), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, "/dns-query?dns=AAAA"), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, relayed(query)+"&dns=AAAA"), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, relayed(wire)), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, relayed(query[:len(query)-1])), 400, "bad-query", probe.BadRequest)
	wantProblem(t, get(s, relayed(make([]byte, 5000))), 414, "too-large", probe.BadRequest)
	wantProblem(t, post("application/dns-message", make([]byte, 4097)), 413, "too-large", probe.BadRequest)
	wantProblem(t, post("application/dns-message", nil), 400, "bad-query", probe.BadRequest)
	wantProblem(t, post("application/json", query), 415, "unsupported-media-type", probe.BadRequest)
	wantProblem(t, post("", query), 415, "unsupported-media-type", probe.BadRequest)
}

func TestConfigAndHealth(t *testing.T) {
	egress := probe.EgressUnknown
	s := start(t, func(c *Config) { c.Port25 = func() probe.Egress { return egress } })
	for _, egress = range []probe.Egress{probe.EgressUnknown, probe.EgressBlocked} {
		r := get(s, "/config.json")
		var c probe.Config
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil || c.Port25 != egress || len(c.DoH) != 2 || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%v %+v", err, c)
		}
	}
	bare := start(t, func(c *Config) { c.Page = probe.Config{} })
	var c probe.Config
	if err := json.NewDecoder(get(bare, "/config.json").Body).Decode(&c); err != nil || len(c.DoH) != 1 || c.DoH[0] != "/dns-query" {
		t.Errorf("%v %+v", err, c)
	}
	if r := get(s, "/healthz"); r.StatusCode != 200 {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestTooMuchAtOnce(t *testing.T) {
	busy := make(chan struct{})
	entered := make(chan struct{}, 10)
	s := start(t, func(c *Config) {
		n := &observe.Network{Exchange: func(ctx context.Context, _ []byte) ([]byte, error) {
			entered <- struct{}{}
			<-busy
			return nil, &probe.Failure{Class: probe.NoResolver}
		}}
		c.Route = func(dnsname.Name) *observe.Network { return n }
		c.Probes, c.ProbesEach, c.Queries = 3, 2, 3
	})
	const probing = "/v1/policy?domain=example." // each another one: the same is made once
	done := make(chan struct{})
	hold := func(address, target string, questions int) {
		go func() { ask(s, from(address, target)); done <- struct{}{} }()
		for range questions {
			<-entered
		}
	}
	hold("192.0.2.1:1", probing+"com", 2)
	hold("192.0.2.1:2", probing+"net", 2)
	r := ask(s, from("192.0.2.1:3", probing+"org"))
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	wantProblem(t, r, 429, "too-many-requests", probe.Limited)
	hold("192.0.2.2:1", probing+"info", 2)
	wantProblem(t, ask(s, from("192.0.2.3:1", probing+"name")), 503, "busy", probe.Limited)
	query := func(t doh.Type) string { return relayed(doh.Query(name, t, true)) } // each another one, too
	hold("192.0.2.1:4", query(doh.TypeMX), 1)                                     // another limit
	wantProblem(t, ask(s, from("192.0.2.1:5", query(doh.TypeMX))), 429, "too-many-requests", probe.Limited)
	hold("192.0.2.2:4", query(doh.TypeA), 1)
	hold("127.0.0.1:4", query(doh.TypeTXT), 1) // nobody's in particular
	wantProblem(t, ask(s, from("192.0.2.9:1", query(doh.TypeMX))), 503, "busy", probe.Limited)
	close(busy)
	for range 6 {
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatal("a request doesn't end")
		}
	}
	if s.probes.running != 0 || len(s.probes.clients) != 0 || s.queries.running != 0 {
		t.Errorf("%+v %+v", s.probes, s.queries)
	}
}
