package observe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

var (
	domain, host = dnsname.MustParse("example.com"), dnsname.MustParse("mx.example.com")
	rootName     = dnsname.Root
)

// quick are limits that let a test of a silent peer end soon.
var quick = limits{
	policy: 900 * time.Millisecond, address: 900 * time.Millisecond, connect: 300 * time.Millisecond,
	banner: 300 * time.Millisecond, reply: 300 * time.Millisecond, handshake: 300 * time.Millisecond,
	others: 600 * time.Millisecond, pause: time.Nanosecond, again: 300 * time.Millisecond, query: 150 * time.Millisecond, zone: 900 * time.Millisecond,
}

// zone answers address questions: the addresses of every name, or a code.
type zone struct {
	addresses []string
	rcode     int
}

func (z zone) Exchange(_ context.Context, query []byte) ([]byte, error) {
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	var m dns.Msg
	m.SetRcode(&q, z.rcode)
	header := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 60}
	for _, s := range z.addresses {
		ip := netip.MustParseAddr(s)
		switch {
		case ip.Is4() && header.Rrtype == dns.TypeA:
			m.Answer = append(m.Answer, &dns.A{Hdr: header, A: ip.AsSlice()})
		case ip.Is6() && header.Rrtype == dns.TypeAAAA:
			m.Answer = append(m.Answer, &dns.AAAA{Hdr: header, AAAA: ip.AsSlice()})
		}
	}
	return m.Pack()
}

// serve hands every connection to its own loopback listener over to handle,
// and ends with the test.
func serve(t *testing.T, handle func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(10 * time.Second))
				handle(conn)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// facing is a network whose every host is at one loopback address.
func facing(to netip.AddrPort) *Network {
	return &Network{
		Exchange:  zone{addresses: []string{to.Addr().String()}}.Exchange,
		Dial:      Guard{AllowPrivate: true, Ports: []uint16{to.Port()}}.Dial,
		SMTPPort:  to.Port(),
		HTTPSPort: to.Port(),
		EHLO:      "probe.example.net",
		Roots:     x509.NewCertPool(),
		limits:    quick,
	}
}

// settled fails the test when goroutines are left over at its end.
func settled(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 2000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
	})
}

// issuer makes certificates.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var serial atomic.Int64

// issue makes a certificate; a nil issuer signs itself. change may edit it.
func (i *issuer) issue(t testing.TB, name string, change func(*x509.Certificate)) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial.Add(1)), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(c)
	}
	parent, parentKey := c, key
	if i != nil {
		parent, parentKey = i.cert, i.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{parsed, key}
}

// authority edits a certificate into one of an authority.
func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage, c.ExtKeyUsage, c.DNSNames = x509.KeyUsageCertSign, nil, nil
}

// present gives the certificate with others behind it.
func (i *issuer) present(others ...*issuer) tls.Certificate {
	c := tls.Certificate{Certificate: [][]byte{i.cert.Raw}, PrivateKey: i.key}
	for _, o := range others {
		c.Certificate = append(c.Certificate, o.cert.Raw)
	}
	return c
}

// silent says nothing until the peer leaves.
func silent(c net.Conn) { io.Copy(io.Discard, c) }

// drip writes s again and again, a byte at a time, until it can't.
func drip(conn io.Writer, s string) {
	for i := 0; ; i++ {
		if _, err := io.WriteString(conn, s[i%len(s):i%len(s)+1]); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// flood writes s again and again, fast, until it can't.
func flood(conn io.Writer, s string) {
	for {
		if _, err := io.WriteString(conn, s); err != nil {
			return
		}
	}
}

// wantFailure compares a class; "" wants no failure.
func wantFailure(t *testing.T, got *probe.Failure, want probe.Class) {
	t.Helper()
	if got == nil && want != "" || got != nil && got.Class != want {
		t.Errorf("failure %v, want class %q", got, want)
	}
}

func TestAddresses(t *testing.T) {
	settled(t)
	for _, c := range []struct {
		name     string
		exchange func(context.Context, []byte) ([]byte, error)
		want     int
		class    probe.Class
	}{
		{"both", zone{addresses: []string{"192.0.2.1", "2001:db8::1"}}.Exchange, 2, ""},
		{"many", zone{addresses: many(40)}.Exchange, probe.MaxAddresses, ""},
		{"none", zone{}.Exchange, 0, probe.DNSNoAddress},
		{"nxdomain", zone{rcode: dns.RcodeNameError}.Exchange, 0, probe.DNSNotFound},
		{"servfail", zone{rcode: dns.RcodeServerFailure}.Exchange, 0, probe.DNSFailed},
		{"refused", zone{rcode: dns.RcodeRefused}.Exchange, 0, probe.BadResponse},
		{"not implemented", zone{rcode: dns.RcodeNotImplemented}.Exchange, 0, probe.BadResponse},
		{"no resolver", broken(errors.New("nothing there")), 0, probe.NoResolver},
		{"slow resolver", broken(fmt.Errorf("asked: %w", context.DeadlineExceeded)), 0, probe.DNSTimeout},
		{"own class", broken(&probe.Failure{Class: probe.BadResponse}), 0, probe.BadResponse},
		{"garbage", func(context.Context, []byte) ([]byte, error) { return []byte("no DNS"), nil }, 0, probe.BadResponse},
		{"one family fails", oneFamily(dns.TypeA), 1, ""},
		{"other family fails", oneFamily(dns.TypeAAAA), 0, probe.DNSFailed},
	} {
		n := &Network{Exchange: c.exchange}
		got, failure := n.addresses(context.Background(), host)
		if len(got) != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		t.Run(c.name, func(t *testing.T) { wantFailure(t, failure, c.class) })
	}
}

func many(count int) []string {
	var s []string
	for i := range count {
		s = append(s, fmt.Sprintf("192.0.2.%d", i+1))
	}
	return s
}

func broken(err error) func(context.Context, []byte) ([]byte, error) {
	return func(context.Context, []byte) ([]byte, error) { return nil, err }
}

// oneFamily answers typ with 192.0.2.1 where it fits, the other with SERVFAIL.
func oneFamily(typ uint16) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, query []byte) ([]byte, error) {
		var q dns.Msg
		q.Unpack(query)
		z := zone{addresses: []string{"192.0.2.1"}}
		if q.Question[0].Qtype != typ {
			z = zone{rcode: dns.RcodeServerFailure}
		}
		return z.Exchange(ctx, query)
	}
}

// rsaKey makes one key for all tests: that takes long.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// rsaCertificate is for suites that need an RSA key.
func rsaCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"mx.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
