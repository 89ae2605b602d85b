package observe

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

func TestHandshakesOfAsides(t *testing.T) {
	settled(t)
	both := func(m *mailer) { m.config.Certificates = append(m.config.Certificates, rsaCertificate(t)) }
	for _, c := range []struct {
		name   string
		kind   probe.AsideKind
		change func(*mailer)
		class  probe.Class
		check  func(a probe.Aside) bool
	}{
		{"no SNI", probe.NoSNI, func(m *mailer) {
			m.config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
				if h.ServerName != "" {
					return nil, io.ErrNoProgress
				}
				return nil, nil
			}
		}, "", func(a probe.Aside) bool { return a.TLS.Version == tls.VersionTLS13 && a.Hello == nil }},
		{"no SNI, TLS 1.2", probe.NoSNI, func(m *mailer) { m.config.MaxVersion = tls.VersionTLS12 }, "", func(a probe.Aside) bool {
			return a.Hello.Version == tls.VersionTLS12 && a.Hello.Group == uint16(tls.X25519) && a.Hello.ExtendedMasterSecret
		}},
		{"SNI required", probe.NoSNI, func(m *mailer) {
			m.config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
				if h.ServerName == "" {
					return nil, io.ErrNoProgress
				}
				return nil, nil
			}
		}, probe.TLSAlert, func(a probe.Aside) bool { return a.TLS == nil && a.Failure.Alert == 80 }},
		{"RSA of both", probe.OnlyRSA, both, "", func(a probe.Aside) bool {
			return a.TLS.Version == tls.VersionTLS12 && a.TLS.Cipher == tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 && !*a.Renegotiates
		}},
		{"ECDSA of both", probe.OnlyECDSA, both, "", func(a probe.Aside) bool {
			return a.TLS.Cipher == tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 && a.Hello.Cipher == a.TLS.Cipher && !*a.Renegotiates
		}},
		{"RSA of ECDSA", probe.OnlyRSA, func(*mailer) {}, probe.TLSAlert, func(a probe.Aside) bool { return a.Failure.Alert == 40 && a.Renegotiates == nil }},
		{"TLS 1.3 only", probe.OnlyECDSA, func(m *mailer) { m.config.MinVersion = tls.VersionTLS13 }, probe.TLSVersion, func(a probe.Aside) bool { return a.Stage == probe.StageHandshake }},
		{"TLS 1.0", probe.OnlyECDSA, func(m *mailer) { m.config.MinVersion, m.config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, "", func(a probe.Aside) bool {
			return a.Hello.Version == tls.VersionTLS10 && a.Renegotiates == nil
		}},
		{"old TLS of Go", probe.OldTLS, func(m *mailer) { m.config.MinVersion = tls.VersionTLS10 }, "", func(a probe.Aside) bool { return a.Hello.Version == tls.VersionTLS11 }},
		{"no STARTTLS this time", probe.NoSNI, func(m *mailer) { m.ehlo = text("250 mx.example.com") }, "", func(a probe.Aside) bool { return a.TLS == nil && len(a.EHLO.Lines) == 1 }},
		{"STARTTLS refused", probe.NoSNI, func(m *mailer) { m.starttls = text("454 not now") }, probe.ReplyNegative, func(a probe.Aside) bool { return a.Stage == probe.StageSTARTTLS }},
		{"no TLS", probe.OnlyDHE, func(m *mailer) {
			m.starttls = func(c net.Conn) { text("220 go")(c); c.Read(make([]byte, 4096)); text("250 what?")(c) }
			m.config = nil
		}, probe.ReplyMalformed, func(a probe.Aside) bool { return a.Hello == nil }},
		{"silence", probe.SSL3, func(m *mailer) {
			m.starttls = func(c net.Conn) { text("220 go")(c); silent(c) }
			m.config = nil
		}, probe.TLSTimeout, func(a probe.Aside) bool { return a.Stage == probe.StageHandshake }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := healthy(t)
			c.change(m)
			a := once(t, facing(serve(t, m.handle)), c.kind)
			wantFailure(t, a.Failure, c.class)
			if !c.check(a) || c.class == "" && a.Stage != probe.StageDone {
				t.Errorf("%+v %+v %v", a, a.Hello, a.Failure)
			}
		})
	}
}

// TestInjection: RFC 3207 §4.2. What a server takes over into TLS answers before
// QUIT is.
func TestInjection(t *testing.T) {
	settled(t)
	for _, c := range []struct {
		name  string
		lines []string // said inside TLS, whatever is asked
		want  int
		class probe.Class
	}{
		{"forgotten", []string{"221 bye"}, 0, ""},
		{"carried out", []string{"250 ok", "221 bye"}, 250, ""},
		{"refused inside", []string{"500 what?", "221 bye"}, 500, ""},
		{"QUIT answered with another code", []string{"250 bye"}, 0, ""},
		{"more than one reply, none to QUIT", []string{"250 ok", "250 ok"}, 0, ""},
		{"closed", nil, 0, probe.ConnectionLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := healthy(t)
			config := m.config
			var got atomic.Value
			handle := func(conn net.Conn) {
				text("220 mx.example.com")(conn)
				in := bufio.NewReader(conn)
				in.ReadString('\n')
				text("250-mx.example.com", "250 STARTTLS")(conn)
				in.ReadString('\n')
				waiting, _ := in.Peek(in.Buffered())
				got.Store(string(waiting))
				text("220 go")(conn)
				secure := tls.Server(conn, config)
				if secure.Handshake() != nil {
					return
				}
				if len(c.lines) > 0 {
					text(c.lines...)(secure)
				}
				secure.Close()
			}
			a := once(t, facing(serve(t, handle)), probe.Injection)
			wantFailure(t, a.Failure, c.class)
			if a.Reply.Code != c.want || a.TLS == nil {
				t.Errorf("%+v", a)
			}
			if got.Load() != "NOOP\r\n" {
				t.Errorf("behind STARTTLS came %q", got.Load())
			}
		})
	}
}

func TestPlainMail(t *testing.T) {
	for _, c := range []struct {
		reply string
		code  int
		class probe.Class
	}{{"250 2.1.0 ok\r\n", 250, ""}, {"530 5.7.0 Must issue a STARTTLS command first\r\n", 530, ""}, {"hello\r\n", 0, probe.ReplyMalformed}} {
		var mu sync.Mutex
		var heard []string
		n := facing(serve(t, func(conn net.Conn) {
			text("220 mx.example.com")(conn)
			for in := bufio.NewScanner(conn); in.Scan(); {
				mu.Lock()
				heard = append(heard, in.Text())
				mu.Unlock()
				switch verb, _, _ := strings.Cut(in.Text(), " "); verb {
				case "MAIL":
					io.WriteString(conn, c.reply)
				case "QUIT":
					return
				default:
					text("250 mx.example.com")(conn)
				}
			}
		}))
		a := once(t, n, probe.PlainMail)
		wantFailure(t, a.Failure, c.class)
		if a.Reply.Code != c.code || a.TLS != nil || a.EHLO.Code != 250 {
			t.Errorf("%+v", a)
		}
		const want = "EHLO probe.example.net|MAIL FROM:<>|RSET|QUIT"
		said := ""
		for i := 0; i < 100 && said != want && c.class == ""; i++ {
			time.Sleep(5 * time.Millisecond) // QUIT's reply isn't waited for
			mu.Lock()
			said = strings.Join(heard, "|")
			mu.Unlock()
		}
		if c.class == "" && said != want {
			t.Errorf("server heard %q", said)
		}
	}
}

func TestPortsOfAsides(t *testing.T) {
	settled(t)
	secure := serve(t, withTLS(&tls.Config{Certificates: []tls.Certificate{rsaCertificate(t)}, MaxVersion: tls.VersionTLS12}))
	n := facing(serve(t, healthy(t).handle))
	n.SubmissionsPort = secure.Port()
	n.HTTPSPort = 1 // nobody listens
	n.Dial = Guard{AllowPrivate: true, Ports: n.Ports()}.Dial
	s := n.STARTTLS(context.Background(), host, probe.HTTPS, probe.Submissions, probe.NoSNI)
	all := s.Addresses[0].Asides
	wantFailure(t, all[0].Failure, probe.ConnectRefused)
	if all[0].Stage != probe.StageConnect {
		t.Errorf("%+v", all[0])
	}
	if a := all[1]; a.Failure != nil || a.Stage != probe.StageDone || len(a.TLS.Chain) != 1 || a.Hello == nil || a.EHLO.Code != 0 {
		t.Errorf("%+v %v", a, a.Failure)
	}
	if a := all[2]; a.Failure != nil || a.TLS == nil {
		t.Errorf("%+v %v", a, a.Failure)
	}
}

// TestTour: one visit at a time, to the first address of each family, and none
// to who turned one away.
func TestTour(t *testing.T) {
	settled(t)
	all := []probe.AsideKind{probe.OnlyECDSA, probe.NoSNI, probe.OldTLS, probe.HTTPS, probe.SSL3}
	for _, c := range []struct {
		name   string
		change func(*mailer)
		visits int32
		class  []probe.Class // of each aside
	}{
		{"served", func(m *mailer) {}, 4, nil},
		{"turned away", func(m *mailer) { m.banner = text("421 too many") }, 1, []probe.Class{probe.ReplyNegative, probe.ReplyNegative, probe.ReplyNegative, probe.AddressReserved, probe.ReplyNegative}},
		{"EHLO refused", func(m *mailer) { m.ehlo = text("554 no") }, 1, []probe.Class{probe.ReplyNegative, probe.ReplyNegative, probe.ReplyNegative, probe.AddressReserved, probe.ReplyNegative}},
		{"silent", func(m *mailer) { m.banner = silent }, 2, []probe.Class{probe.ReplyTimeout, probe.ReplyTimeout, probe.ReplyTimeout, probe.AddressReserved, probe.ReplyTimeout}},
		{"slow", func(m *mailer) { m.ehlo = silent }, 3, []probe.Class{probe.ReplyTimeout, probe.ReplyTimeout, probe.Limited, probe.Limited, probe.Limited}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := healthy(t)
			c.change(m)
			var visits, together atomic.Int32
			to := serve(t, func(conn net.Conn) {
				visits.Add(1)
				if together.Add(1) > 1 && c.name == "served" {
					t.Error("two at a time")
				}
				m.handle(conn)
				together.Add(-1)
			})
			n := facing(to)
			n.HTTPSPort = 2
			if c.name == "slow" {
				n.limits.reply, n.limits.address = 700*time.Millisecond, 1800*time.Millisecond
			}
			direct := n.Dial
			n.Exchange = zone{addresses: []string{"127.0.0.1", "127.0.0.2", "2001:db8::1", "2001:db8::2"}}.Exchange
			var mu sync.Mutex
			var dialed []string
			n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				mu.Lock()
				dialed = append(dialed, address)
				mu.Unlock()
				if strings.HasPrefix(address, "127.") {
					for together.Load() > 0 && ctx.Err() == nil && c.name == "served" {
						time.Sleep(time.Millisecond) // the server may be slower to leave
					}
					return direct(ctx, network, address)
				}
				return nil, ErrReserved
			}
			s := n.STARTTLS(context.Background(), host, all...)
			if len(s.Addresses) != 2 || !s.Addresses[1].IP.Is6() || len(s.Addresses[0].Asides) != len(all) {
				t.Fatalf("%+v", s)
			}
			for i, a := range s.Addresses[0].Asides {
				want := probe.Class("")
				if c.class != nil {
					want = c.class[i]
				} else if a.Kind == probe.HTTPS {
					want = probe.AddressReserved
				}
				if a.Kind != all[i] {
					t.Errorf("%s in the place of %s", a.Kind, all[i])
				}
				if c.class == nil && (a.Kind == probe.SSL3 || a.Kind == probe.OldTLS) {
					want = probe.TLSVersion
				}
				t.Run(string(a.Kind), func(t *testing.T) { wantFailure(t, a.Failure, want) })
			}
			for _, a := range s.Addresses[1].Asides {
				wantFailure(t, a.Failure, probe.AddressReserved)
			}
			if got := visits.Load(); got != c.visits {
				t.Errorf("%d visits, want %d", got, c.visits)
			}
			if slices.ContainsFunc(dialed, func(s string) bool { return strings.HasPrefix(s, "127.0.0.2") || strings.Contains(s, "::2]") }) {
				t.Errorf("dialed %q", dialed)
			}
		})
	}
	wantFailure(t, facing(serve(t, healthy(t).handle)).STARTTLS(context.Background(), rootName, probe.NoSNI).Failure, probe.BadRequest)
}

func TestTourCutOff(t *testing.T) {
	settled(t)
	m := healthy(t)
	m.banner = silent
	n := facing(serve(t, m.handle))
	n.limits = limits{}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	for _, a := range n.STARTTLS(ctx, host, probe.NoSNI, probe.OldTLS).Addresses[0].Asides {
		wantFailure(t, a.Failure, probe.Canceled)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("the asker left, the tour stayed %v", took)
	}
	n = facing(serve(t, healthy(t).handle))
	n.limits.pause = 50 * time.Millisecond
	start = time.Now()
	n.STARTTLS(context.Background(), host, probe.PlainMail, probe.NoSNI, probe.OldTLS)
	if took := time.Since(start); took < 100*time.Millisecond {
		t.Errorf("three visits in %v, without pause", took)
	}
}

func TestMainVisitNotes(t *testing.T) {
	m := healthy(t)
	m.config.ClientAuth = tls.RequestClientCert
	a := facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
	if a.Failure != nil || !a.WantsCertificate || a.TLS.EarlyData != 0 {
		t.Errorf("%+v %v", a, a.Failure)
	}
	m = healthy(t)
	m.config.MaxVersion = tls.VersionTLS12
	a = facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
	if a.Failure != nil || a.WantsCertificate {
		t.Errorf("%+v %v", a, a.Failure)
	}
	m = healthy(t)
	m.config.GetCertificate, m.config.Certificates = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, io.EOF }, nil
	a = facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
	if a.Failure == nil || a.Failure.Class != probe.TLSAlert || a.Failure.Alert != 80 {
		t.Errorf("%+v", a.Failure)
	}
}
