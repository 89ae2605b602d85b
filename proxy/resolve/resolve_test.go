package resolve

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

var name = dnsname.MustParse("example.com")

// server is a name server over UDP and TCP on one loopback port.
func server(t *testing.T, handle func(w dns.ResponseWriter, q *dns.Msg)) string {
	t.Helper()
	for range 20 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err != nil {
			tcp.Close()
			continue
		}
		for _, s := range []*dns.Server{{Listener: tcp}, {PacketConn: udp}} {
			s.Handler = dns.HandlerFunc(handle)
			go s.ActivateAndServe()
			t.Cleanup(func() { s.Shutdown() })
		}
		return tcp.Addr().String()
	}
	t.Fatal("no port free over UDP and TCP")
	return ""
}

// answer gives one TXT record.
func answer(q *dns.Msg, text string) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: []string{text}}}
	return m
}

func resolver(t *testing.T, upstreams ...string) *Resolver {
	t.Helper()
	r, err := New(nil, upstreams...)
	if err != nil {
		t.Fatal(err)
	}
	r.answers = nil // each test asks anew
	for _, u := range r.upstreams {
		u.timeout = 300 * time.Millisecond
	}
	return r
}

func wantText(t *testing.T, wire []byte, err error, want string) {
	t.Helper()
	var m dns.Msg
	if err != nil || m.Unpack(wire) != nil || len(m.Answer) != 1 || m.Answer[0].(*dns.TXT).Txt[0] != want {
		t.Fatalf("%v %v, want %q", m.String(), err, want)
	}
	if m.Id != 0 {
		t.Errorf("ID %d, asked under 0", m.Id)
	}
}

func wantClass(t *testing.T, err error, want probe.Class) {
	t.Helper()
	var f *probe.Failure
	if !errors.As(err, &f) || f.Class != want {
		t.Errorf("%v, want class %s", err, want)
	}
}

func TestPlain(t *testing.T) {
	var mu sync.Mutex
	ids := map[uint16]bool{}
	at := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		mu.Lock()
		ids[q.Id] = true
		mu.Unlock()
		w.WriteMsg(answer(q, w.LocalAddr().Network()))
	})
	r := resolver(t, at)
	for range 8 {
		wire, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
		wantText(t, wire, err, "udp")
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) < 7 {
		t.Errorf("%d IDs for 8 queries", len(ids))
	}
}

func TestTruncatedGoesOverTCP(t *testing.T) {
	at := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := answer(q, w.LocalAddr().Network())
		if w.LocalAddr().Network() == "udp" {
			m.Answer, m.Truncated = nil, true
		}
		w.WriteMsg(m)
	})
	wire, err := resolver(t, at).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "tcp")
}

func TestForgedAnswersArePassedOver(t *testing.T) {
	at := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		forged := answer(q, "forged")
		forged.Id++
		w.WriteMsg(forged)
		other := answer(q, "forged")
		other.Question[0].Name = "www.example.com."
		w.WriteMsg(other)
		query := answer(q, "forged")
		query.Response = false
		w.WriteMsg(query)
		w.Write([]byte("x"))
		shouted := answer(q, "true")
		shouted.Question[0].Name = strings.ToUpper(shouted.Question[0].Name)
		w.WriteMsg(shouted)
	})
	wire, err := resolver(t, at).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "true")
}

func TestLostPacketIsSentAgain(t *testing.T) {
	var asked atomic.Int32
	at := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if asked.Add(1) > 1 {
			w.WriteMsg(answer(q, "second"))
		}
	})
	r := resolver(t, at)
	r.upstreams[0].timeout = Timeout
	wire, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "second")
}

func TestUpstreamsInOrder(t *testing.T) {
	silent := server(t, func(dns.ResponseWriter, *dns.Msg) {})
	second := server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(answer(q, "second")) })
	third := server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(answer(q, "third")) })
	wire, err := resolver(t, silent, closedPort(t), second, third).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "second")
}

// TestSilenceIsAskedAgain: that a resolver was away, or a datagram was lost, says
// nothing of the question.
func TestSilenceIsAskedAgain(t *testing.T) {
	back := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if q.Question[0].Name == "." || w.LocalAddr().Network() == "tcp" {
			w.WriteMsg(answer(q, "back"))
		}
	})
	wire, err := resolver(t, back).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "back")
}

// TestServfail: SERVFAIL is the question's own where the resolver works twice around
// it, or says what is wrong; ours where it fails at everything; and none where it
// failed for a moment.
func TestServfail(t *testing.T) {
	var all, own, asked atomic.Int32
	var reason atomic.Uint32
	moody := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := answer(q, "well")
		if q.Question[0].Name == name.FQDN() {
			asked.Add(1)
		}
		if all.Add(-1) >= 0 || q.Question[0].Name == name.FQDN() && own.Load() != 0 {
			m = new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
			m.SetEdns0(1232, true).IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: uint16(reason.Load())}}
		}
		w.WriteMsg(m)
	})
	for _, c := range []struct {
		what     string
		all, own int32
		reason   uint16
		asked    int32
		class    probe.Class // "" for SERVFAIL or the answer
	}{
		{"all fails", 100, 0, dns.ExtendedErrorCodeNetworkError, 1, probe.NoResolver},
		{"the question fails", 0, 1, dns.ExtendedErrorCodeNoReachableAuthority, 2, ""},
		{"the zone is bogus", 100, 1, dns.ExtendedErrorCodeDNSBogus, 1, ""},
		{"all failed for a moment", 1, 0, dns.ExtendedErrorCodeOther, 2, ""},
	} {
		all.Store(c.all)
		own.Store(c.own)
		reason.Store(uint32(c.reason))
		asked.Store(0)
		wire, err := resolver(t, moody).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
		switch {
		case c.class != "":
			wantClass(t, err, c.class)
		case c.own == 0:
			wantText(t, wire, err, "well")
		case err != nil || wire[3]&0x0F != dns.RcodeServerFailure:
			t.Errorf("%s: %x %v", c.what, wire, err)
		}
		if n := asked.Load(); n != c.asked {
			t.Errorf("%s: asked %d times", c.what, n)
		}
	}
	works := server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(answer(q, "second")) })
	all.Store(100)
	reason.Store(uint32(dns.ExtendedErrorCodeNetworkError))
	wire, err := resolver(t, moody, works).Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "second")
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().String()
}

func TestFaults(t *testing.T) {
	query := doh.Query(name, doh.TypeTXT, true)
	_, err := resolver(t, closedPort(t)).Exchange(context.Background(), query)
	wantClass(t, err, probe.NoResolver)

	// Silence of a resolver that answers other types, or nothing any more, is
	// ours; of one that answers the type elsewhere, the question's.
	var dead, typeless atomic.Bool
	typeless.Store(true)
	moody := server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		txt := q.Question[0].Qtype == dns.TypeTXT
		if !dead.Load() && !(txt && (typeless.Load() || q.Question[0].Name != ".")) {
			w.WriteMsg(new(dns.Msg).SetReply(q))
		}
	})
	r := resolver(t, moody)
	if _, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeMX, true)); err != nil {
		t.Fatal(err)
	}
	_, err = r.Exchange(context.Background(), query)
	wantClass(t, err, probe.NoResolver)
	typeless.Store(false)
	_, err = r.Exchange(context.Background(), query)
	wantClass(t, err, probe.DNSTimeout)
	dead.Store(true)
	_, err = r.Exchange(context.Background(), query)
	wantClass(t, err, probe.NoResolver)
	dead.Store(false)
	r.upstreams = append(r.upstreams, resolver(t, closedPort(t)).upstreams...)
	_, err = r.Exchange(context.Background(), query)
	wantClass(t, err, probe.DNSTimeout)

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = r.Exchange(ctx, query)
	wantClass(t, err, probe.Canceled)
	_, err = r.Exchange(context.Background(), []byte("short"))
	wantClass(t, err, probe.BadRequest)
	_, err = r.Exchange(context.Background(), make([]byte, 70000))
	wantClass(t, err, probe.BadRequest)
}

// TestUnwillingUpstreamIsPassedOver asks the next upstream after one that
// refuses, and hands the refusal on when there is no other.
func TestUnwillingUpstreamIsPassedOver(t *testing.T) {
	for _, rcode := range []int{dns.RcodeFormatError, dns.RcodeNotImplemented, dns.RcodeRefused} {
		refuses := server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(new(dns.Msg).SetRcode(q, rcode)) })
		works := server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(answer(q, "good")) })
		query := doh.Query(name, doh.TypeTXT, true)
		wire, err := resolver(t, refuses, works).Exchange(context.Background(), query)
		wantText(t, wire, err, "good")
		wire, err = resolver(t, refuses).Exchange(context.Background(), query)
		var m dns.Msg
		if err != nil || m.Unpack(wire) != nil || m.Rcode != rcode {
			t.Errorf("%v %v, want %d", m.Rcode, err, rcode)
		}
	}
}

// wantUntrusted asks a resolver whose certificate the system's roots don't vouch
// for: our own trouble.
func wantUntrusted(t *testing.T, r *Resolver) {
	t.Helper()
	_, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantClass(t, err, probe.NoResolver)
}

func TestOverHTTPS(t *testing.T) {
	reply := func(w http.ResponseWriter, r *http.Request, m *dns.Msg) {
		w.Header().Set("Content-Type", "application/dns-message")
		wire, _ := m.Pack()
		w.Write(wire)
	}
	for _, c := range []struct {
		name   string
		handle func(w http.ResponseWriter, r *http.Request, q *dns.Msg)
		class  probe.Class
	}{
		{"good", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) {
			if r.Method != http.MethodPost || r.ProtoMajor != 2 || q.Id != 0 || r.Header.Get("Content-Type") != media {
				w.WriteHeader(400)
			}
			reply(w, r, answer(q, r.Proto))
		}, ""},
		{"status 500", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) {
			w.WriteHeader(500)
			reply(w, r, answer(q, "x"))
		}, probe.BadResponse},
		{"redirect", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) { http.Redirect(w, r, "/x", 307) }, probe.BadResponse},
		{"wrong type", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) { w.Write([]byte("{\"Status\":0,\"AD\":1}")) }, probe.BadResponse},
		{"wrong question", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) {
			q.Question[0].Name = "www.example.com."
			reply(w, r, answer(q, "x"))
		}, probe.BadResponse},
		{"endless", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) {
			w.Header().Set("Content-Type", media)
			io.CopyN(w, zeros{}, 1<<20)
		}, probe.BadResponse},
		{"silent", func(w http.ResponseWriter, r *http.Request, q *dns.Msg) { <-r.Context().Done() }, probe.NoResolver},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				wire, _ := io.ReadAll(r.Body)
				q := new(dns.Msg)
				if q.Unpack(wire) != nil {
					w.WriteHeader(400)
					return
				}
				c.handle(w, r, q)
			}))
			s.EnableHTTP2 = true
			s.StartTLS()
			defer s.Close()
			r := resolver(t, s.URL+"/dns-query")
			roots := x509.NewCertPool()
			roots.AddCert(s.Certificate())
			wantUntrusted(t, r)
			client := newClient(roots)
			defer client.CloseIdleConnections()
			r.upstreams[0].ask = func(ctx context.Context, query []byte) ([]byte, error) {
				return overHTTPS(ctx, client, s.URL+"/dns-query", query)
			}
			wire, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
			if c.class != "" {
				wantClass(t, err, c.class)
				return
			}
			wantText(t, wire, err, "HTTP/2.0")
		})
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestNew(t *testing.T) {
	for _, good := range []string{"192.0.2.1:53", "192.0.2.1", "[2001:db8::1]:5353", "2001:db8::1", "[2001:db8::1]", "https://dns.example/dns-query"} {
		if _, err := New(nil, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "dns.example", "dns.example:53", "http://dns.example/", "https://", "https://u:p@dns.example/", "192.0.2.1:0", "192.0.2.1:99999", "tls://192.0.2.1"} {
		if _, err := New(nil, bad); !errors.Is(err, ErrUpstream) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := New(nil); !errors.Is(err, ErrNoUpstream) {
		t.Error("a resolver without an upstream")
	}
}

func TestSystem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "resolv.conf")
	os.WriteFile(file, []byte("# here\nsearch example.com\nnameserver 192.0.2.1\nnameserver 2001:db8::1\noptions ndots:1\n"), 0o600)
	got, err := System(file)
	if err != nil || !slices.Equal(got, []string{"192.0.2.1:53", "[2001:db8::1]:53"}) {
		t.Errorf("%v %v", got, err)
	}
	os.WriteFile(file, nil, 0o600)
	if _, err := System(file); !errors.Is(err, ErrNoUpstream) {
		t.Errorf("empty file: %v", err)
	}
	if _, err := System(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestNoTokenIsTold: what a failure tells a visitor has nothing of a resolver's URL
// but its host.
func TestNoTokenIsTold(t *testing.T) {
	gone := httptest.NewTLSServer(nil)
	gone.Close()
	r, err := New(nil, gone.URL+"/token-of-ours")
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Exchange(t.Context(), doh.Query(dnsname.MustParse("example.com"), doh.TypeMX, true))
	var f *probe.Failure
	if !errors.As(err, &f) || f.Class != probe.NoResolver || strings.Contains(f.Detail, "token-of-ours") {
		t.Errorf("%+v", err)
	}
}
