package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go/http3"
)

// onlyLoopback answers every question for an address by 127.0.0.1, on a free TCP
// port, which is how pebble asks, until the test ends.
func onlyLoopback(t *testing.T) (addr string) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{Listener: on, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60},
				A:   net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(m) // who lost it asks again
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return on.Addr().String()
}

// pebble is Let's Encrypt's small ACME server for tests, which validates by
// TLS-ALPN-01 on a port of ours. It gives the URL of its directory, what vouches
// for that server, and the root of the certificates that it issues.
func pebble(t *testing.T, tlsPort int) (directory, vouches string, root func() *x509.CertPool) {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(buildDir, "pebble"))
	if err != nil {
		t.Fatal(err)
	}
	must(t, "go", "build", "-C", "testdata/pebble", "-o", program, "github.com/letsencrypt/pebble/v2/cmd/pebble")
	dir := t.TempDir()
	ca := newAuthority(t, dir)
	own := ca.issue(t, dir, "pebble", "localhost")
	at, manage := fmt.Sprintf("localhost:%d", freePort(t, "127.0.0.1")), fmt.Sprintf("localhost:%d", freePort(t, "127.0.0.1"))
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": at, "managementListenAddress": manage, "certificate": own.Chain, "privateKey": own.Key,
		"httpPort": 1, "tlsPort": tlsPort, "profiles": map[string]any{"default": map[string]any{"validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "pebble.json"), 0o600, string(config))
	p := start(t, "env", "PEBBLE_VA_NOSLEEP=1", program, "-config", filepath.Join(dir, "pebble.json"), "-dnsserver", onlyLoopback(t))
	p.listening(t, at)
	p.listening(t, manage)
	return "https://" + at + "/dir", ca.File, func() *x509.CertPool {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: poolOf(t, ca.File)}}}
		r, err := client.Get("https://" + manage + "/roots/0")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		pem, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			t.Fatalf("no root: %s", pem)
		}
		client.CloseIdleConnections()
		return pool
	}
}

// TestACME has the binary get certificates for two names from an authority, over
// the very port that it serves, answer by them over HTTP/2 and HTTP/3, and keep
// them over a restart.
func TestACME(t *testing.T) {
	built(t)
	port := freePort(t, "127.0.0.1")
	directory, vouches, root := pebble(t, port)
	kept := filepath.Join(t.TempDir(), "acme")
	names := []string{"sealane.example", "proxy.sealane.example"}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	serves := func() *process {
		p := start(t, binary, "serve", "-listen", at, "-acme-domain", names[0], "-acme-domain", names[1], "-acme-dir", kept,
			"-acme-ca", directory, "-acme-roots", vouches, "-acme-email", "operator@sealane.example", "-log", "json")
		p.listening(t, at)
		return p
	}
	first := serves()
	trusted := root()
	serials := map[string]string{}
	for _, name := range names {
		first.await(t, "a certificate for "+name, func() bool {
			leaf, err := handshake(at, name, trusted)
			if err == nil {
				serials[name] = leaf.SerialNumber.String()
			}
			return err == nil
		})
	}
	if leaf, err := handshake(at, "", trusted); err == nil || leaf != nil {
		t.Error("a handshake without a name was verified for 127.0.0.1")
	}
	asHTTP3(t, at, names[1], trusted)
	first.stop()
	if printed := first.printed(); strings.Contains(printed, "PRIVATE KEY") || !strings.Contains(printed, `"msg":"certificate obtained successfully"`) {
		t.Errorf("the log:\n%s", tail(printed, 4000))
	}

	second := serves()
	for _, name := range names {
		second.await(t, "the kept certificate for "+name, func() bool {
			leaf, err := handshake(at, name, trusted)
			if err == nil && leaf.SerialNumber.String() != serials[name] {
				t.Errorf("%s: another certificate", name)
			}
			return err == nil
		})
	}
}

// handshake gives the certificate of a name, if it is trusted and right.
func handshake(at, name string, trusted *x509.CertPool) (*x509.Certificate, error) {
	config := &tls.Config{ServerName: name, RootCAs: trusted, NextProtos: []string{"h2"}}
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", at, config)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0], nil
}

// asHTTP3 asks a server at an address for its health, under a name.
func asHTTP3(t *testing.T, at, name string, trusted *x509.CertPool) {
	t.Helper()
	over3 := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: name}}
	defer over3.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+at+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := over3.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || r.ProtoMajor != 3 {
		t.Errorf("%s %s", r.Proto, r.Status)
	}
}

// poolOf is the pool of a PEM file.
func poolOf(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("%s: no certificate", file)
	}
	return pool
}
