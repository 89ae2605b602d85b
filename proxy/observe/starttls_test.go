package observe

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// mailer is a mail server with one thing wrong at most: each reply is written
// by a function when there is one.
type mailer struct {
	banner, ehlo, starttls, ehloTLS func(net.Conn)
	config                          *tls.Config
	mu                              sync.Mutex
	heard                           []string
}

// text gives a function that writes lines, each with CRLF.
func text(lines ...string) func(net.Conn) {
	return func(c net.Conn) { io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n") }
}

func (m *mailer) handle(conn net.Conn) {
	m.banner(conn)
	in, secure := bufio.NewReader(conn), false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command := strings.TrimSpace(line)
		m.mu.Lock()
		m.heard = append(m.heard, command)
		m.mu.Unlock()
		switch {
		case command == "QUIT":
			return
		case strings.HasPrefix(command, "EHLO") && secure:
			m.ehloTLS(conn)
		case strings.HasPrefix(command, "EHLO"):
			m.ehlo(conn)
		case command == "STARTTLS":
			m.starttls(conn)
			if m.config == nil {
				return
			}
			conn = tls.Server(conn, m.config)
			in, secure = bufio.NewReader(conn), true
		}
	}
}

// healthy is a mail server that does all as it should.
func healthy(t *testing.T) *mailer {
	return &mailer{
		banner:   text("220 mx.example.com ESMTP"),
		ehlo:     text("250-mx.example.com", "250-PIPELINING", "250 STARTTLS"),
		starttls: text("220 go ahead"),
		ehloTLS:  text("250-mx.example.com", "250 REQUIRETLS"),
		config:   &tls.Config{Certificates: []tls.Certificate{(*issuer)(nil).issue(t, "mx.example.com", nil).present()}},
	}
}

func (m *mailer) said() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.heard, "|")
}

func TestSTARTTLSHealthy(t *testing.T) {
	settled(t)
	m := healthy(t)
	var sni string
	m.config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) { sni = h.ServerName; return nil, nil }
	s := facing(serve(t, m.handle)).STARTTLS(context.Background(), host)
	if s.Failure != nil || s.Host != host || len(s.Addresses) != 1 {
		t.Fatalf("%+v", s)
	}
	a := s.Addresses[0]
	if a.Failure != nil || a.Stage != probe.StageDone || a.Banner.Code != 220 || len(a.EHLO.Lines) != 3 || a.StartTLS.Code != 220 ||
		a.TLS == nil || a.TLS.Version != tls.VersionTLS13 || len(a.TLS.Chain) != 1 || a.TLS.Group == 0 || a.EHLOTLS.Lines[1] != "REQUIRETLS" {
		t.Errorf("%+v", a)
	}
	if a.TLS.Trust.Now != probe.UnknownAuthority {
		t.Errorf("trust %+v", a.TLS.Trust)
	}
	for _, stage := range []probe.Stage{
		probe.StageConnect, probe.StageBanner, probe.StageEHLO, probe.StageSTARTTLS, probe.StageHandshake, probe.StageEHLOTLS,
	} {
		if took := a.Times[stage]; took < 1 || took > a.Millis+1 {
			t.Errorf("%s took %d ms of %d", stage, took, a.Millis)
		}
	}
	if len(a.Times) != 6 {
		t.Errorf("times %v", a.Times)
	}
	if sni != "mx.example.com" {
		t.Errorf("SNI %q", sni)
	}
	var lines []string
	for _, l := range a.Dialogue {
		lines = append(lines, fmt.Sprint(l.Client, l.Text))
	}
	const want = "false220 mx.example.com ESMTP|trueEHLO probe.example.net|false250-mx.example.com|false250-PIPELINING|false250 STARTTLS|" +
		"trueSTARTTLS|false220 go ahead|trueEHLO probe.example.net|false250-mx.example.com|false250 REQUIRETLS|trueQUIT"
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("dialogue\n%s, want\n%s", got, want)
	}
	for range 50 {
		if strings.HasSuffix(m.said(), "QUIT") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := m.said(); got != "EHLO probe.example.net|STARTTLS|EHLO probe.example.net|QUIT" {
		t.Errorf("server heard %q", got)
	}
}

func TestSTARTTLSFaults(t *testing.T) {
	settled(t)
	mega := strings.Repeat("b", 1<<20)
	hangUp := func(c net.Conn) { c.Close() }
	reset := func(c net.Conn) { time.Sleep(30 * time.Millisecond); c.(*net.TCPConn).SetLinger(0); c.Close() }
	bareTLS := (*issuer)(nil).issue(t, "x", nil).present()
	for _, c := range []struct {
		name   string
		change func(*mailer)
		stage  probe.Stage
		class  probe.Class
	}{
		{"silent", func(m *mailer) { m.banner = silent }, probe.StageBanner, probe.ReplyTimeout},
		{"banner 554", func(m *mailer) { m.banner = text("554 go away") }, probe.StageBanner, probe.ReplyNegative},
		{"banner closes", func(m *mailer) { m.banner = hangUp }, probe.StageBanner, probe.ConnectionLost},
		{"banner resets", func(m *mailer) { m.banner = reset }, probe.StageBanner, probe.ConnectionLost},
		{"HTTP", func(m *mailer) { m.banner = text("HTTP/1.1 400 Bad Request", "") }, probe.StageBanner, probe.ReplyMalformed},
		{"TLS at once", func(m *mailer) { m.banner = func(c net.Conn) { c.Write([]byte{21, 3, 1, 0, 2, 2, 10, '\n'}) } }, probe.StageBanner, probe.ReplyMalformed},
		{"codes mixed", func(m *mailer) { m.banner = text("220-a", "250 b") }, probe.StageBanner, probe.ReplyMalformed},
		{"no code", func(m *mailer) { m.banner = text("hello") }, probe.StageBanner, probe.ReplyMalformed},
		{"code 999", func(m *mailer) { m.banner = text("999 x") }, probe.StageBanner, probe.ReplyMalformed},
		{"EHLO refused", func(m *mailer) { m.ehlo = text("502 what?") }, probe.StageEHLO, probe.ReplyNegative},
		{"EHLO silent", func(m *mailer) { m.ehlo = silent }, probe.StageEHLO, probe.ReplyTimeout},
		{"EHLO 101 lines", func(m *mailer) { m.ehlo = text(strings.Repeat("250-X\r\n", 100) + "250 Y") }, probe.StageEHLO, probe.ReplyTooLong},
		{"EHLO over the dialogue", func(m *mailer) { m.ehlo = text(strings.Repeat("250-"+mega[:1000]+"\r\n", 40) + "250 Y") }, probe.StageEHLO, probe.ReplyTooLong},
		{"not offered", func(m *mailer) { m.ehlo = text("250-mx", "250 XXXXXXXA") }, probe.StageDone, ""},
		{"only a greeting of that name", func(m *mailer) { m.ehlo = text("250 STARTTLS") }, probe.StageDone, ""},
		{"refused", func(m *mailer) { m.starttls = text("454 not now") }, probe.StageSTARTTLS, probe.ReplyNegative},
		{"STARTTLS closes", func(m *mailer) { m.starttls = hangUp }, probe.StageSTARTTLS, probe.ConnectionLost},
		{"handshake silent", func(m *mailer) {
			m.starttls = func(c net.Conn) { text("220 go")(c); silent(c); c.Close() }
		}, probe.StageHandshake, probe.TLSTimeout},
		{"handshake closes", func(m *mailer) { m.config = nil; m.starttls = text("220 go") }, probe.StageHandshake, probe.ConnectionLost},
		{"handshake in plain", func(m *mailer) {
			m.starttls = func(c net.Conn) { text("220 go")(c); c.Read(make([]byte, 4096)); text("250 what?")(c) }
		}, probe.StageHandshake, probe.ReplyMalformed},
		{"no certificate", func(m *mailer) {
			m.config = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}
		}, probe.StageHandshake, probe.TLSAlert},
		{"client certificate wanted", func(m *mailer) { m.config.ClientAuth = tls.RequireAnyClientCert }, probe.StageEHLOTLS, probe.TLSAlert},
		{"TLS 1.0 only", func(m *mailer) { m.config.MinVersion, m.config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, probe.StageDone, ""},
		{"3DES only", func(m *mailer) {
			m.config.MaxVersion = tls.VersionTLS12
			m.config.CipherSuites = []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
			key := rsaCertificate(t)
			m.config.Certificates = []tls.Certificate{key}
		}, probe.StageDone, ""},
		{"EHLO in TLS refused", func(m *mailer) { m.ehloTLS = text("503 no") }, probe.StageEHLOTLS, probe.ReplyNegative},
		{"EHLO in TLS closes", func(m *mailer) { m.ehloTLS = hangUp }, probe.StageEHLOTLS, probe.ConnectionLost},
		{"unusable certificate", func(m *mailer) {
			m.config.Certificates = []tls.Certificate{{Certificate: [][]byte{[]byte("no certificate")}, PrivateKey: bareTLS.PrivateKey}}
		}, probe.StageHandshake, probe.TLSFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := healthy(t)
			c.change(m)
			start := time.Now()
			s := facing(serve(t, m.handle)).STARTTLS(context.Background(), host)
			a := s.Addresses[0]
			wantFailure(t, a.Failure, c.class)
			if a.Stage != c.stage {
				t.Errorf("stage %s, want %s", a.Stage, c.stage)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			size := 0
			for _, l := range a.Dialogue {
				size += len(l.Text)
			}
			if size > probe.MaxDialogue || len(a.EHLO.Lines) > probe.MaxReplyLines {
				t.Errorf("%d octets of dialogue, %d lines", size, len(a.EHLO.Lines))
			}
			if strings.Contains(m.said(), "MAIL") {
				t.Error("MAIL was said")
			}
		})
	}
}

func TestSTARTTLSNotOffered(t *testing.T) {
	m := healthy(t)
	m.ehlo = text("250 mx.example.com")
	a := facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
	if a.StartTLS.Code != 0 || a.TLS != nil || a.EHLOTLS.Code != 0 || strings.Contains(m.said(), "STARTTLS") {
		t.Errorf("%+v, heard %q", a, m.said())
	}
}

// What comes in the clear behind the reply to STARTTLS, in the same packet,
// must not become an answer inside TLS.
func TestSTARTTLSInjection(t *testing.T) {
	m := healthy(t)
	m.starttls = func(c net.Conn) { io.WriteString(c, "220 go\r\n250-evil.example\r\n250 INJECTED\r\n") }
	a := facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
	if a.Failure != nil || a.EHLOTLS.Lines[0] != "mx.example.com" {
		t.Errorf("%+v", a)
	}
	seen := false
	for _, l := range a.Dialogue {
		seen = seen || l.Text == "250 INJECTED"
	}
	if !seen {
		t.Error("what was injected isn't in the evidence")
	}
}

func TestSTARTTLSAddresses(t *testing.T) {
	settled(t)
	to := serve(t, healthy(t).handle)
	n := facing(to)
	n.Exchange = zone{addresses: []string{"127.0.0.1", "127.0.0.7", "192.168.1.1", "2001:db8::1"}}.Exchange
	direct := n.Dial
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "127.") {
			return direct(ctx, network, address)
		}
		return Guard{Ports: []uint16{to.Port()}}.Dial(ctx, network, address)
	}
	s := n.STARTTLS(context.Background(), host)
	if len(s.Addresses) != 4 {
		t.Fatalf("%+v", s)
	}
	for _, a := range s.Addresses {
		want := map[string]probe.Class{"127.0.0.1": "", "127.0.0.7": probe.ConnectRefused}
		class, local := want[a.IP.String()]
		if !local {
			class = probe.AddressReserved
		}
		t.Run(a.IP.String(), func(t *testing.T) { wantFailure(t, a.Failure, class) })
		if class != "" && a.Stage != probe.StageConnect {
			t.Errorf("%v: stage %s", a.IP, a.Stage)
		}
	}
	n.Exchange = zone{rcode: 2}.Exchange
	wantFailure(t, n.STARTTLS(context.Background(), host).Failure, probe.DNSFailed)
	wantFailure(t, n.STARTTLS(context.Background(), dnsname.Root).Failure, probe.BadRequest)
}

func TestSTARTTLSTogether(t *testing.T) {
	n := facing(serve(t, silent))
	n.Exchange = zone{addresses: []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"}}.Exchange
	n.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	start := time.Now()
	s := n.STARTTLS(context.Background(), host)
	if took := time.Since(start); took > 2*quick.connect {
		t.Errorf("four dead addresses took %v", took)
	}
	for _, a := range s.Addresses {
		wantFailure(t, a.Failure, probe.ConnectTimeout)
	}
}

func TestSTARTTLSCutOff(t *testing.T) {
	settled(t)
	for _, stage := range []func(*mailer){
		func(m *mailer) { m.banner = silent },
		func(m *mailer) {
			m.starttls = func(c net.Conn) { text("220 go")(c); silent(c) }
		},
	} {
		m := healthy(t)
		stage(m)
		n := facing(serve(t, m.handle))
		n.limits = limits{}
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		start := time.Now()
		wantFailure(t, n.STARTTLS(ctx, host).Addresses[0].Failure, probe.Canceled)
		cancel()
		if took := time.Since(start); took > time.Second {
			t.Errorf("the asker left, the probe stayed %v", took)
		}
	}
}

func TestPort25(t *testing.T) {
	n := facing(netip.MustParseAddrPort("127.0.0.1:25"))
	n.Port25 = new(Port25)
	dead := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	n.Dial, n.limits.connect = dead, 10*time.Millisecond
	names := []dnsname.Name{dnsname.MustParse("a.example"), dnsname.MustParse("b.example"), dnsname.MustParse("c.example")}
	for _, want := range []probe.Egress{probe.EgressUnknown, probe.EgressUnknown, probe.EgressUnknown, probe.EgressBlocked} {
		if got := n.Egress(); got != want {
			t.Fatalf("egress %q, want %q", got, want)
		}
		if want == probe.EgressBlocked {
			break
		}
		for range 2 { // the same host again tells nothing new
			wantFailure(t, n.STARTTLS(context.Background(), names[0]).Addresses[0].Failure, probe.Blocked)
		}
		names = names[1:]
	}
	alive := facing(serve(t, healthy(t).handle))
	n.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return alive.Dial(ctx, network, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), alive.SMTPPort).String())
	}
	wantFailure(t, n.STARTTLS(context.Background(), host).Addresses[0].Failure, "")
	if n.Egress() != probe.EgressOpen {
		t.Error("a connection stood, and still not open")
	}
	n.Dial = dead
	wantFailure(t, n.STARTTLS(context.Background(), host).Addresses[0].Failure, probe.ConnectTimeout)
	n.Port25.Force(probe.EgressBlocked)
	wantFailure(t, n.STARTTLS(context.Background(), host).Addresses[0].Failure, probe.Blocked)
	n.SMTPPort = 2525
	wantFailure(t, n.STARTTLS(context.Background(), host).Addresses[0].Failure, probe.ConnectTimeout)
	if n.Egress() != probe.EgressOpen {
		t.Error("another port counts as blocked")
	}
}
