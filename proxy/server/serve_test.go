package server

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
)

// certificate is for 127.0.0.1, with a pool that trusts it.
func certificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// running serves on a free loopback port and gives the address and what ends
// it; the end is waited for, and no goroutine may outlive the test.
func running(t *testing.T, s *Server, cert *tls.Certificate) (address string, stop func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	at := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	var secure *tls.Config
	if cert != nil {
		secure = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	go func() { ended <- s.Serve(ctx, "127.0.0.1:0", secure, func(a net.Addr) { at <- a }) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		for range 250 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
	}
	t.Cleanup(stop)
	select {
	case a := <-at:
		return a.String(), stop
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return "", stop
}

func fetch(t *testing.T, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func TestServePlain(t *testing.T) {
	address, _ := running(t, start(t, nil), nil)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	r, body := fetch(t, client, "http://"+address+"/")
	if r.StatusCode != 200 || body != "<!doctype html>home" || r.ProtoMajor != 1 || r.Header.Get("Alt-Svc") != "" {
		t.Errorf("%s %q %v", r.Status, body, r.Header)
	}
}

func TestServeThreeVersions(t *testing.T) {
	cert, pool := certificate(t)
	address, stop := running(t, start(t, nil), cert)
	_, port, _ := net.SplitHostPort(address)
	config := &tls.Config{RootCAs: pool}
	one := &http.Transport{TLSClientConfig: config.Clone()}
	two := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	three := &http3.Transport{TLSClientConfig: config.Clone()}
	for version, transport := range map[int]http.RoundTripper{1: one, 2: two, 3: three} {
		client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
		r, body := fetch(t, client, "https://"+address+"/")
		if r.StatusCode != 200 || body != "<!doctype html>home" || r.ProtoMajor != version {
			t.Errorf("version %d: %s %s %q", version, r.Status, r.Proto, body)
		}
		if got, want := r.Header.Get("Alt-Svc"), `h3=":`+port+`"; ma=86400`; version < 3 && got != want {
			t.Errorf("version %d: Alt-Svc %q, want %q", version, got, want)
		}
		if r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("version %d: no policy", version)
		}
		r, _ = fetch(t, client, "https://"+address+"/v1/policy?domain=example.com")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("version %d: %s", version, r.Status)
		}
	}
	one.CloseIdleConnections()
	two.CloseIdleConnections()
	three.Close()
	stop()
}

func TestServeRefusesOldTLS(t *testing.T) {
	cert, pool := certificate(t)
	address, _ := running(t, start(t, nil), cert)
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err == nil {
		conn.Close()
		t.Error("TLS 1.1 taken")
	}
}

func TestServeFaults(t *testing.T) {
	s := start(t, nil)
	if s.Serve(context.Background(), "no port", nil, nil) == nil {
		t.Error("listened without a port")
	}
	address, _ := running(t, s, nil)
	if s.Serve(context.Background(), address, nil, nil) == nil {
		t.Error("listened on a taken port")
	}
}

// waiting is a server whose probes wait for their context, and how many wait.
func waiting(t *testing.T) (*Server, *atomic.Int32) {
	count := new(atomic.Int32)
	n := &observe.Network{Exchange: func(ctx context.Context, _ []byte) ([]byte, error) {
		count.Add(1)
		defer count.Add(-1)
		<-ctx.Done()
		return nil, &probe.Failure{Class: probe.Canceled}
	}}
	return start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return n } }), count
}

func settles(t *testing.T, count *atomic.Int32, want int32) {
	t.Helper()
	for range 250 {
		if count.Load() == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d wait, want %d", count.Load(), want)
}

// A request that is cut off ends its probe, in every version of HTTP, and
// leaves no goroutine (which running checks).
func TestCutOffRequestStopsTheProbe(t *testing.T) {
	cert, pool := certificate(t)
	s, count := waiting(t)
	address, stop := running(t, s, cert)
	one := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	two := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	three := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	for version, transport := range map[int]http.RoundTripper{1: one, 2: two, 3: three} {
		ctx, cancel := context.WithCancel(context.Background())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/v1/starttls?host=mx.example.com", nil)
		if err != nil {
			t.Fatal(err)
		}
		left := make(chan struct{})
		go func() {
			defer close(left)
			if r, err := transport.RoundTrip(request); err == nil {
				r.Body.Close() // the server may answer while the client leaves
			}
		}()
		settles(t, count, 2) // A and AAAA
		cancel()
		<-left
		settles(t, count, 0)
		if t.Failed() {
			t.Fatalf("with HTTP/%d", version)
		}
	}
	one.CloseIdleConnections()
	two.CloseIdleConnections()
	three.Close()
	stop()
	if s.probes.running != 0 {
		t.Errorf("%d places still taken", s.probes.running)
	}
}

// TestIdleVisitorDelaysNoEnd has one who keeps the connection that GOAWAY is sent on, as
// browsers do.
func TestIdleVisitorDelaysNoEnd(t *testing.T) {
	cert, pool := certificate(t)
	address, stop := running(t, start(t, nil), cert)
	conn, err := quic.DialAddr(t.Context(), address, &tls.Config{RootCAs: pool, NextProtos: []string{http3.NextProtoH3}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseWithError(0, "")
	if _, err := conn.AcceptUniStream(t.Context()); err != nil { // the server's control stream
		t.Fatal(err)
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > farewellTimeout/2 {
		t.Errorf("took %v", took)
	}
	select { // what is sent at the end comes a little later
	case <-conn.Context().Done():
	case <-time.After(30 * time.Second): // longer than a connection is kept that is forgotten
	}
	var closed *quic.ApplicationError
	if err := context.Cause(conn.Context()); !errors.As(err, &closed) || closed.ErrorCode != quic.ApplicationErrorCode(http3.ErrCodeNoError) {
		t.Errorf("closed by %v", err)
	}
}

func TestShutdownEndsWhatDoesNotEnd(t *testing.T) {
	s, count := waiting(t)
	address, stop := running(t, s, nil)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v1/policy?domain=example.com HTTP/1.1\r\nHost: x\r\n\r\n")
	settles(t, count, 2)
	began := time.Now()
	stop()
	if took := time.Since(began); took > farewellTimeout {
		t.Errorf("took %v", took)
	}
	settles(t, count, 0)
}

func TestHugeHeaders(t *testing.T) {
	address, _ := running(t, start(t, nil), nil)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	go func() {
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
		io.Copy(conn, io.LimitReader(endless('x'), 10<<20))
	}()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil {
		r.Body.Close()
		if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", r.StatusCode)
		}
	} else if !isReset(err) {
		t.Errorf("%v", err)
	}
}

type endless byte

func (e endless) Read(b []byte) (int, error) {
	copy(b, strings.Repeat(string(rune(e)), len(b)))
	return len(b), nil
}

// isReset tells whether the server closed while we wrote: then the status may
// be lost on the way.
func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout()
}
