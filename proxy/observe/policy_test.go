package observe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

const policyBody = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n"

// answering is a policy host that writes what it is given to whoever asks, and
// notes the request.
func answering(t *testing.T, config *tls.Config, write func(io.Writer), asked *http.Request) *Network {
	if config.Certificates == nil {
		config.Certificates = []tls.Certificate{(*issuer)(nil).issue(t, "mta-sts.example.com", nil).present()}
	}
	return facing(serve(t, func(conn net.Conn) {
		secure := tls.Server(conn, config)
		defer secure.Close()
		r, err := http.ReadRequest(bufio.NewReader(secure))
		if err != nil {
			return
		}
		if asked != nil {
			*asked = *r
		}
		write(secure)
	}))
}

func says(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }

func ok(headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", headers, len(body), body)
}

func TestPolicyAnswers(t *testing.T) {
	long := strings.Repeat("a", probe.MaxPolicyBody)
	settled(t)
	for _, c := range []struct {
		name  string
		write func(io.Writer)
		class probe.Class
		check func(p probe.Policy) bool
	}{
		{"plain", says(ok("Content-Type: text/plain\r\nServer: x\r\nAge: 7\r\n", policyBody)), "", func(p probe.Policy) bool {
			return p.Status == 200 && string(p.Body) == policyBody && p.Server == "x" && p.Age == "7" && !p.Truncated
		}},
		{"two content types", says(ok("Content-Type: text/html\r\nContent-Type: text/plain\r\n", policyBody)), "", func(p probe.Policy) bool {
			return slices.Equal(p.ContentType, []string{"text/html", "text/plain"})
		}},
		{"no content type", says(ok("", policyBody)), "", func(p probe.Policy) bool { return len(p.ContentType) == 0 && p.Status == 200 }},
		{"404", says("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"), "", func(p probe.Policy) bool {
			return p.Status == 404 && string(p.Body) == "nope"
		}},
		{"redirect", says("HTTP/1.1 301 Moved\r\nLocation: https://www.example.com/x\r\nContent-Length: 0\r\n\r\n"), "", func(p probe.Policy) bool {
			return p.Status == 301 && p.Location == "https://www.example.com/x"
		}},
		{"64 KiB", says(ok("", long)), "", func(p probe.Policy) bool { return len(p.Body) == probe.MaxPolicyBody && !p.Truncated }},
		{"64 KiB + 1", says(ok("", long+"a")), "", func(p probe.Policy) bool { return len(p.Body) == probe.MaxPolicyBody && p.Truncated }},
		{"until close", says("HTTP/1.0 200 OK\r\n\r\n" + policyBody), "", func(p probe.Policy) bool { return string(p.Body) == policyBody }},
		{"chunked", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), "", func(p probe.Policy) bool { return string(p.Body) == "abc" }},
		{"early hints", says("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + ok("", "abc")), "", func(p probe.Policy) bool { return string(p.Body) == "abc" }},
		{"forced gzip", says(ok("Content-Encoding: gzip\r\n", "\x1f\x8bbomb")), "", func(p probe.Policy) bool {
			return p.ContentEncoding == "gzip" && string(p.Body) == "\x1f\x8bbomb"
		}},
		{"header not UTF-8", says(ok("Server: \xff\xfe\r\n", "abc")), "", func(p probe.Policy) bool { return p.Server == "\uFFFD" }},
		{"long header", says(ok("Server: "+strings.Repeat("s", 3000)+"\r\n", "abc")), "", func(p probe.Policy) bool {
			return len(p.Server) == probe.MaxHeaderLength && string(p.Body) == "abc"
		}},
		{"cut short", says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nversion"), probe.ConnectionLost, func(p probe.Policy) bool {
			return p.Status == 200 && string(p.Body) == "version"
		}},
		{"not HTTP", says("220 mail.example.com ESMTP\r\n"), probe.ReplyMalformed, nil},
		{"nothing", says(""), probe.ConnectionLost, nil},
		{"header cut", says("HTTP/1.1 200 OK\r\nServer"), probe.ConnectionLost, nil},
		{"silence", func(w io.Writer) { silent(w.(net.Conn)) }, probe.ReplyTimeout, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			p := answering(t, &tls.Config{}, c.write, nil).Policy(context.Background(), domain)
			wantFailure(t, p.Failure, c.class)
			if c.check != nil && !c.check(p) {
				t.Errorf("%+v", p)
			}
			if p.TLS == nil || len(p.TLS.Chain) != 1 {
				t.Error("chain not observed")
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestPolicyRequest(t *testing.T) {
	var asked http.Request
	var sni string
	config := &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) { sni = h.ServerName; return nil, nil }}
	p := answering(t, config, says(ok("", policyBody)), &asked).Policy(context.Background(), domain)
	if p.Failure != nil || sni != "mta-sts.example.com" || asked.Host != "mta-sts.example.com" || asked.URL.Path != "/.well-known/mta-sts.txt" {
		t.Errorf("%+v, SNI %q, request %+v", p, sni, asked)
	}
	if asked.Header.Get("User-Agent") != UserAgent || asked.Header["Accept-Encoding"] != nil || asked.Header["Cookie"] != nil {
		t.Errorf("headers %v", asked.Header)
	}
	if p.URL != "https://mta-sts.example.com/.well-known/mta-sts.txt" || p.Address != netip.MustParseAddr("127.0.0.1") || p.Millis < 1 {
		t.Errorf("%+v", p)
	}
}

// TestPolicyTime: how long our resolver takes is no time of the policy host.
func TestPolicyTime(t *testing.T) {
	const late = 700 * time.Millisecond
	settled(t)
	n := answering(t, &tls.Config{}, says(ok("", policyBody)), nil)
	resolve := n.Exchange
	n.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
		time.Sleep(late)
		return resolve(ctx, query)
	}
	if p := n.Policy(context.Background(), domain); p.Failure != nil || p.Millis < 1 || p.Millis >= int(late.Milliseconds()) {
		t.Errorf("%d ms: %+v", p.Millis, p)
	}
}

func TestPolicyHandshakes(t *testing.T) {
	cert := (*issuer)(nil).issue(t, "mta-sts.example.com", nil).present()
	settled(t)
	for _, c := range []struct {
		name   string
		handle func(net.Conn)
		class  probe.Class
	}{
		{"only TLS 1.1", withTLS(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), probe.TLSVersion},
		{"ServerHello of TLS 1.0", says1_0, probe.TLSVersion},
		{"no certificate", withTLS(&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}), probe.TLSAlert},
		{"unknown name", withTLS(&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.ErrNoProgress }}), probe.TLSAlert},
		{"client certificate wanted", withTLS(&tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert}), probe.TLSAlert},
		{"not TLS", func(c net.Conn) { io.Copy(c, strings.NewReader("HTTP/1.1 400 Bad Request\r\n\r\n")) }, probe.TLSFailed},
		{"closed", func(c net.Conn) { c.Read(make([]byte, 1)) }, probe.ConnectionLost},
		{"reset", func(c net.Conn) { c.Read(make([]byte, 1)); c.(*net.TCPConn).SetLinger(0) }, probe.ConnectionLost},
		{"silent", silent, probe.TLSTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := facing(serve(t, c.handle)).Policy(context.Background(), domain)
			wantFailure(t, p.Failure, c.class)
			if p.Status != 0 || p.Body != nil {
				t.Errorf("%+v", p)
			}
		})
	}
}

// withTLS shakes hands, then reads until the client leaves.
func withTLS(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) { io.Copy(io.Discard, tls.Server(c, config)) }
}

// says1_0 answers any ClientHello with a ServerHello of TLS 1.0.
func says1_0(c net.Conn) {
	c.Read(make([]byte, 4096))
	hello := append([]byte{2, 0, 0, 38, 3, 1}, bytes.Repeat([]byte{7}, 32)...)
	hello = append(hello, 0, 0xc0, 0x13, 0)
	c.Write(append([]byte{22, 3, 1, 0, byte(len(hello))}, hello...))
	io.Copy(io.Discard, c)
}

func TestPolicyConnects(t *testing.T) {
	settled(t)
	closed := serve(t, func(net.Conn) {})
	n := answering(t, &tls.Config{}, says(ok("", policyBody)), nil)
	direct := n.Dial
	var dialed []string
	n.Exchange = zone{addresses: []string{"127.0.0.7", "127.0.0.1"}}.Exchange
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialed = append(dialed, address)
		return direct(ctx, network, address)
	}
	p := n.Policy(context.Background(), domain)
	if p.Failure != nil || len(dialed) != 3 || p.Address != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("second address not used, or the first not tried again beside it: %+v, dialed %v", p, dialed)
	}

	n = facing(closed)
	n.limits.policy = 400 * time.Millisecond
	n.Dial = Guard{Ports: []uint16{closed.Port()}}.Dial
	wantFailure(t, n.Policy(context.Background(), domain).Failure, probe.AddressReserved)

	n.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	wantFailure(t, n.Policy(context.Background(), domain).Failure, probe.ConnectTimeout)

	n.Exchange = zone{rcode: 3}.Exchange
	wantFailure(t, n.Policy(context.Background(), domain).Failure, probe.DNSNotFound)
	n.Exchange = func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }
	wantFailure(t, n.Policy(context.Background(), domain).Failure, probe.NoResolver)
	wantFailure(t, n.Policy(context.Background(), dnsname.Root).Failure, probe.BadRequest)
	wantFailure(t, n.Policy(context.Background(), dnsname.Name{}).Failure, probe.BadRequest)
}

func TestPolicyCutOff(t *testing.T) {
	settled(t)
	n := answering(t, &tls.Config{}, func(w io.Writer) { silent(w.(net.Conn)) }, nil)
	n.limits = limits{}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	wantFailure(t, n.Policy(ctx, domain).Failure, probe.Canceled)
	if took := time.Since(start); took > time.Second {
		t.Errorf("the asker left, the fetch stayed %v", took)
	}
}

func TestTrust(t *testing.T) {
	now := time.Now()
	year := 365 * 24 * time.Hour
	root := (*issuer)(nil).issue(t, "root", func(c *x509.Certificate) { authority(c); c.NotBefore, c.NotAfter = now.Add(-5*year), now.Add(year) })
	between := root.issue(t, "between", func(c *x509.Certificate) { authority(c); c.NotBefore, c.NotAfter = now.Add(-4*year), now.Add(year) })
	oldBetween := root.issue(t, "old between", func(c *x509.Certificate) { authority(c); c.NotBefore, c.NotAfter = now.Add(-4*year), now.Add(-year) })
	bound := root.issue(t, "bound", func(c *x509.Certificate) {
		authority(c)
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"example.net"}, true
	})
	expired := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.Add(-3*year), now.Add(-2*year) }
	const name = "mta-sts.example.com"
	good := between.issue(t, name, nil)
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	oldRoot := (*issuer)(nil).issue(t, "old root", func(c *x509.Certificate) { authority(c); c.NotBefore, c.NotAfter = now.Add(-4*year), now.Add(-year) })
	roots.AddCert(oldRoot.cert)
	for _, c := range []struct {
		what        string
		chain       []*issuer
		now, undate probe.TrustResult
	}{
		{"good", []*issuer{good, between}, probe.Trusted, probe.Trusted},
		{"intermediate missing", []*issuer{good}, probe.UnknownAuthority, probe.UnknownAuthority},
		{"self-signed", []*issuer{(*issuer)(nil).issue(t, name, nil)}, probe.UnknownAuthority, probe.UnknownAuthority},
		{"expired", []*issuer{between.issue(t, name, expired), between}, probe.Expired, probe.Trusted},
		{"expired, with more behind", []*issuer{between.issue(t, name, expired), good, between}, probe.Expired, probe.Trusted},
		{"not yet valid", []*issuer{between.issue(t, name, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) }), between}, probe.Expired, probe.Trusted},
		{"expired and self-signed", []*issuer{(*issuer)(nil).issue(t, name, expired)}, probe.Expired, probe.UnknownAuthority},
		{"intermediate expired", []*issuer{oldBetween.issue(t, name, func(c *x509.Certificate) { c.NotBefore = now.Add(-2 * year) }), oldBetween}, probe.Expired, probe.Trusted},
		{"never in date together", []*issuer{oldBetween.issue(t, name, nil), oldBetween}, probe.Expired, probe.Expired},
		{"root expired", []*issuer{oldRoot.issue(t, name, func(c *x509.Certificate) { c.NotBefore = now.Add(-2 * year) })}, probe.Expired, probe.Trusted},
		{"root presented", []*issuer{good, between, root}, probe.Trusted, probe.Trusted},
		{"in the wrong order", []*issuer{good, root, between}, probe.Trusted, probe.Trusted},
		{"intermediate of another name", []*issuer{good, bound}, probe.UnknownAuthority, probe.UnknownAuthority},
		{"for clients only", []*issuer{between.issue(t, name, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), between}, probe.WrongUsage, probe.WrongUsage},
		{"name not permitted", []*issuer{bound.issue(t, name, nil), bound}, probe.NameConstraint, probe.NameConstraint},
	} {
		var chain []*x509.Certificate
		for _, i := range c.chain {
			chain = append(chain, i.cert)
		}
		got := (&Network{Roots: roots}).trust(chain, now)
		if got.Now != c.now || got.IgnoringDates != c.undate || (got.Now == probe.Trusted) != (got.Detail == "") {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
}
