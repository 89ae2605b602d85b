package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// mailZone is what a resolver that works says of mail.example: one mail host,
// on an address of this machine where nothing listens.
var mailZone = []string{
	". 60 IN SOA a.example. b.example. 1 2 3 4 5",
	"mail.example. 60 IN MX 10 mx.mail.example.",
	"mx.mail.example. 60 IN A 127.0.0.7",
}

// honest answers from mailZone, as a resolver that validates.
func honest(t *testing.T, q *dns.Msg) *dns.Msg {
	a := new(dns.Msg)
	a.SetReply(q)
	a.RecursionAvailable, a.AuthenticatedData = true, true
	for _, line := range mailZone {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Error(err)
		} else if h := rr.Header(); h.Name == q.Question[0].Name && h.Rrtype == q.Question[0].Qtype {
			a.Answer = append(a.Answer, rr)
		}
	}
	return a
}

// resolver runs a resolver on UDP and TCP that answers with the octets given,
// or not at all, and gives its address.
func resolver(t *testing.T, answer func(q, honest *dns.Msg) []byte) string {
	udp, tcp := samePort(t)
	handle := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if octets := answer(q, honest(t, q)); octets != nil {
			w.Write(octets)
		}
	})
	for _, s := range []*dns.Server{{PacketConn: udp, Handler: handle}, {Listener: tcp, Handler: handle}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go s.ActivateAndServe()
		<-started
		t.Cleanup(func() { s.Shutdown() })
	}
	return udp.LocalAddr().String()
}

// samePort listens on one port over UDP and TCP. The port that the system gives
// for one may be taken for the other; then another is tried.
func samePort(t *testing.T) (net.PacketConn, net.Listener) {
	for range 20 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := net.Listen("tcp", udp.LocalAddr().String())
		if err == nil {
			return udp, tcp
		}
		udp.Close()
	}
	t.Fatal("no port free over UDP and TCP")
	return nil, nil
}

// pack is the wire form of a message that can be packed.
func pack(m *dns.Msg) []byte {
	wire, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return wire
}

// deadPort is a port of loopback where nothing listens.
func deadPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.7:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// checkThrough begins to check mail.example through resolvers and gives what
// waits for the end: many of them wait for silence, and can do so together.
func checkThrough(t *testing.T, resolvers ...string) func(*testing.T) (ran, printed) {
	args := []string{"check", "mail.example", "-json", "-allow-private", "-smtp-port", strconv.Itoa(deadPort(t))}
	for _, r := range resolvers {
		args = append(args, "-resolver", r)
	}
	ended := make(chan ran, 1)
	go func() { ended <- runIn(t.Context(), false, args...) }()
	return func(t *testing.T) (ran, printed) {
		r := <-ended
		return r, decode(t, r.out)
	}
}

// TestResolversThatFail gives a check resolvers that don't work: it has to say
// that it could not check, and nothing against the domain.
func TestResolversThatFail(t *testing.T) {
	t.Parallel()
	code := func(rcode int) func(q, a *dns.Msg) []byte {
		return func(q, a *dns.Msg) []byte {
			a.SetRcode(q, rcode)
			return pack(a)
		}
	}
	first := func(q *dns.Msg) bool { return q.Question[0].Qtype == dns.TypeMX }
	cases := map[string]func(q, a *dns.Msg) []byte{
		"silent":  func(q, a *dns.Msg) []byte { return nil },
		"garbage": func(q, a *dns.Msg) []byte { return bytes.Repeat([]byte{0xA5}, 100) },
		"garbage behind the question": func(q, a *dns.Msg) []byte {
			a.Answer = nil
			wire := append(pack(a), bytes.Repeat([]byte{0xFF}, 40)...)
			wire[7] = 5
			return wire
		},
		"for another name": func(q, a *dns.Msg) []byte {
			a.Question[0].Name = "other.example."
			return pack(a)
		},
		"for another type": func(q, a *dns.Msg) []byte {
			a.Question[0].Qtype = dns.TypeTXT
			return pack(a)
		},
		"under another ID":    func(q, a *dns.Msg) []byte { a.Id++; return pack(a) },
		"the query itself":    func(q, a *dns.Msg) []byte { return pack(q) },
		"a header alone":      func(q, a *dns.Msg) []byte { return pack(a)[:12] },
		"cut short":           func(q, a *dns.Msg) []byte { wire := pack(a); return wire[:len(wire)-min(3, len(a.Answer)*3)] },
		"truncated over both": func(q, a *dns.Msg) []byte { a.Truncated, a.Answer = true, nil; return pack(a) },
		"refuses":             code(dns.RcodeRefused),
		"fails":               code(dns.RcodeServerFailure),
		"knows no types":      code(dns.RcodeNotImplemented),
		"silent but for MX": func(q, a *dns.Msg) []byte {
			if !first(q) {
				return nil
			}
			return pack(a)
		},
		"refuses all but MX": func(q, a *dns.Msg) []byte {
			if !first(q) {
				a.SetRcode(q, dns.RcodeRefused)
			}
			return pack(a)
		},
	}
	running := map[string]func(*testing.T) (ran, printed){
		"nobody there":            checkThrough(t, "127.0.0.1:"+strconv.Itoa(deadPort(t))),
		"nobody there over HTTPS": checkThrough(t, "https://127.0.0.1:"+strconv.Itoa(deadPort(t))+"/dns-query"),
	}
	for name, answer := range cases {
		running[name] = checkThrough(t, resolver(t, answer))
	}
	for name, end := range running {
		t.Run(name, func(t *testing.T) {
			r, doc := end(t)
			blameless(t, r, doc)
		})
	}
}

// blameless wants exit 2, something not checked, and nothing said against the
// domain. (An empty answer is one: what isn't there may be noticed.)
func blameless(t *testing.T, r ran, doc printed) {
	t.Helper()
	if r.code != exitUnable {
		t.Errorf("exit %d, want 2", r.code)
	}
	for _, f := range doc.Findings {
		if f.Level > check.Notice {
			t.Errorf("finding %s %s %v", f.Level, f.Code, f.Args)
		}
	}
	if (&check.Report{NotChecked: doc.NotChecked}).Complete() {
		t.Errorf("nothing named that was not checked: %v", doc.NotChecked)
	}
	if doc.Headline == "" {
		t.Error("no headline")
	}
}

// TestResolverWithoutTLSA asks a resolver that answers everything but TLSA
// questions, as some routers do.
func TestResolverWithoutTLSA(t *testing.T) {
	t.Parallel()
	running := map[string]func(*testing.T) (ran, printed){}
	for name, drop := range map[string]func(q, a *dns.Msg) []byte{
		"drops":        func(q, a *dns.Msg) []byte { return nil },
		"refuses":      func(q, a *dns.Msg) []byte { a.SetRcode(q, dns.RcodeRefused); return pack(a) },
		"doesn't know": func(q, a *dns.Msg) []byte { a.SetRcode(q, dns.RcodeNotImplemented); return pack(a) },
	} {
		running[name] = checkThrough(t, resolver(t, func(q, a *dns.Msg) []byte {
			if q.Question[0].Qtype == dns.TypeTLSA {
				return drop(q, a)
			}
			return pack(a)
		}))
	}
	for name, end := range running {
		t.Run(name, func(t *testing.T) {
			_, doc := end(t)
			for _, f := range doc.Findings {
				if area, _, _ := strings.Cut(string(f.Code), "."); f.Level > check.Notice && area != "starttls" {
					t.Errorf("finding %s %s", f.Level, f.Code)
				}
			}
			if (&check.Report{NotChecked: doc.NotChecked}).Complete() {
				t.Errorf("nothing named that was not checked: %v", doc.NotChecked)
			}
		})
	}
}

// TestSecondResolver falls back on the second resolver when the first is dead,
// and finds what is to be found: a mail server that isn't there.
func TestSecondResolver(t *testing.T) {
	t.Parallel()
	works := resolver(t, func(q, a *dns.Msg) []byte { return pack(a) })
	r, doc := checkThrough(t, "127.0.0.1:"+strconv.Itoa(deadPort(t)), works)(t)
	if r.code != exitFindings || !slices.ContainsFunc(doc.Findings, func(f check.Finding) bool { return f.Code == "starttls.connect-refused" }) {
		t.Errorf("exit %d, %v", r.code, doc.Findings)
	}
	facts, err := check.ReadFacts(doc.Facts)
	if err != nil {
		t.Fatal(err)
	}
	mail := dnsname.MustParse("mail.example")
	if !slices.ContainsFunc(facts.Lookups, func(l check.Lookup) bool { return l.Name == mail && l.Type == doh.TypeMX && l.Wire != nil }) {
		t.Error("the answer is not in the facts")
	}
}

// TestResolverOverHTTPS asks a resolver of a test bed: its certificate is known
// to the roots given, and to nobody else.
func TestResolverOverHTTPS(t *testing.T) {
	t.Parallel()
	cert, key, _ := keyPair(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		q := new(dns.Msg)
		if err != nil || q.Unpack(body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/dns-message")
		w.Write(pack(honest(t, q)))
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	args := []string{"check", "mail.example", "-json", "-allow-private", "-smtp-port", strconv.Itoa(deadPort(t)), "-resolver", s.URL + "/dns-query"}
	r := run(t, args...)
	blameless(t, r, decode(t, r.out))
	if r := run(t, append(args, "-roots", cert)...); r.code != exitFindings {
		t.Errorf("exit %d, %.300s", r.code, r.out)
	}
}
