package e2e

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quic-go/quic-go/http3"
)

// overH3 tells whether every server that a page is loaded from, and every request of
// the page, is to be reached over HTTP/3 (RFC 9114) and nothing else.
func overH3() bool { return os.Getenv("SEALANE_OVER") == "h3" }

// trusted is the certificate of this run's servers, which the browser and the tests
// accept, and with which they speak nothing but HTTP/3.
var trusted struct {
	sync.Once
	issued
	dir    string
	client *http.Client
}

// trust makes that certificate when the first test asks; TestMain removes it.
func trust(t *testing.T) issued {
	t.Helper()
	trusted.Do(func() {
		var err error
		if trusted.dir, err = os.MkdirTemp("", "sealane-"); err != nil {
			t.Fatal(err)
		}
		ca := newAuthority(t, trusted.dir)
		trusted.issued = ca.issue(t, trusted.dir, "own", "localhost", "127.0.0.1")
		transport := &http.Transport{DisableCompression: true, TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
		transport.RegisterProtocol("https", &http3.Transport{DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: poolOf(t, ca.File)}})
		trusted.client = &http.Client{Transport: transport}
	})
	return trusted.issued
}

// client asks the servers of a test, those with https over HTTP/3. What it gets is as it
// was sent.
func client(t *testing.T) *http.Client {
	t.Helper()
	trust(t)
	return trusted.client
}

// pin is how Chromium is told of the key to accept: the SHA-256 of its SPKI.
func (i issued) pin() string {
	sum := sha256.Sum256(i.SPKI)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// serveH3 is serveOnly for a server that is to be reached over HTTP/3 alone: its
// Origin is an address where nobody listens on TCP.
func serveH3(t *testing.T, args ...string) *server {
	t.Helper()
	own := trust(t)
	s := startServer(t, append([]string{"-cert", own.Chain, "-key", own.Key}, args...)...)
	s.line = beforeUDP(t, strings.TrimPrefix(s.Origin, "https://"))
	s.Origin = "https://" + s.line.LocalAddr().String()
	return s
}

// beforeUDP opens a UDP port that carries datagrams to and from a server, as NAT does:
// each peer has a port of its own towards it. What doesn't fit is lost, as datagrams
// may be. Closing the port ends it all.
func beforeUDP(t *testing.T, server string) *net.UDPConn {
	t.Helper()
	to, err := netip.ParseAddrPort(server)
	if err != nil {
		t.Fatal(err)
	}
	near, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(to.Addr(), 0)))
	if err != nil {
		t.Fatal(err)
	}
	_ = near.SetReadBuffer(4 << 20) // as much as the system gives
	t.Cleanup(func() { _ = near.Close() })
	go carryUDP(near, net.UDPAddrFromAddrPort(to))
	return near
}

func carryUDP(near *net.UDPConn, to *net.UDPAddr) {
	ports := map[netip.AddrPort]*net.UDPConn{}
	defer func() {
		for _, far := range ports {
			_ = far.Close()
		}
	}()
	datagram := make([]byte, 1<<16)
	for {
		n, peer, err := near.ReadFromUDPAddrPort(datagram)
		if err != nil {
			return // it was closed
		}
		far := ports[peer]
		if far == nil {
			if far, err = net.DialUDP("udp", nil, to); err != nil {
				continue
			}
			_ = far.SetReadBuffer(4 << 20)
			ports[peer] = far
			go func() {
				datagram := make([]byte, 1<<16)
				for {
					n, err := far.Read(datagram)
					if err != nil {
						return // it was closed, or the server has ended
					}
					_, _ = near.WriteToUDPAddrPort(datagram[:n], peer)
				}
			}()
		}
		_, _ = far.Write(datagram[:n])
	}
}

// front is a web server of a test: one of other people's pages, or one before Sealane's.
type front struct {
	URL  string
	stop func()
}

// newFront starts a front, which ends with the test: over HTTP/3 alone if all is to be.
func newFront(t *testing.T, handler http.Handler) *front {
	t.Helper()
	f := &front{}
	if overH3() {
		own := trust(t)
		pair, err := tls.LoadX509KeyPair(own.Chain, own.Key)
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := &http3.Server{Handler: handler, TLSConfig: http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{pair}})}
		go func() { _ = s.Serve(udp) }() // until it is closed
		f.URL = "https://" + udp.LocalAddr().String()
		f.stop = func() { _, _ = s.Close(), udp.Close() }
	} else {
		s := httptest.NewServer(handler)
		f.URL = s.URL
		f.stop = func() { s.CloseClientConnections(); s.Close() }
	}
	t.Cleanup(f.stop)
	return f
}

// TestOverHTTP3Alone shows pages, policies and probes in a browser that has nothing but
// HTTP/3 to reach the server, whatever the other tests use.
func TestOverHTTP3Alone(t *testing.T) {
	built(t)
	s := serveH3(t, "-lab", "-site", siteDir)
	if c, err := net.Dial("tcp", strings.TrimPrefix(s.Origin, "https://")); err == nil {
		_ = c.Close()
		t.Fatal("somebody listens on TCP, so that this proves nothing")
	}
	t.Run("requests", func(t *testing.T) {
		p := visit(t, s, "/?d=perfect.test")
		p.finished("perfect.test")
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, path := range []string{"/?d=", "/config.json", "/dns-query?", "/v1/policy?", "/v1/starttls?"} {
			if !slices.ContainsFunc(p.h3, func(r string) bool { return strings.HasPrefix(r, s.Origin+path) }) {
				t.Errorf("no %s over HTTP/3: %s", path, p.h3)
			}
		}
	})
	t.Run("check", func(t *testing.T) { sameReports(t, s) })
	t.Run("offline", func(t *testing.T) { pageOpensOffline(t, s) }) // stops the server
}
