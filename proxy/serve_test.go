package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
)

// served runs serve and gives the address that it prints, and what ends it:
// that gives the exit code and what was said beside.
func served(t *testing.T, args ...string) (address string, stop func() (int, string)) {
	t.Helper()
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	var said bytes.Buffer
	p := &program{out: out, err: &said, words: locale.English(), cli: locale.EnglishCLI()}
	ended := make(chan int, 1)
	start := time.Now()
	go func() {
		ended <- p.run(ctx, append([]string{"serve", "-listen", "127.0.0.1:0"}, args...))
		out.Close()
	}()
	address, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		t.Fatalf("not served: %v, exit %d, %s", err, <-ended, said.String())
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("served after %v", took)
	}
	return strings.TrimSuffix(address, "\n"), func() (int, string) {
		cancel()
		code := <-ended
		for range 250 {
			if runtime.NumGoroutine() <= before {
				return code, said.String()
			}
			time.Sleep(20 * time.Millisecond)
		}
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		return code, said.String()
	}
}

// keyPair writes a certificate for 127.0.0.1 and its key, and gives their
// names and a pool that trusts it.
func keyPair(t *testing.T) (cert, key string, pool *x509.CertPool) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, octets []byte) string {
		name = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: octets}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	cert, key = write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", pkcs8)
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, key, pool
}

// get fetches a page.
func get(t *testing.T, through http.RoundTripper, url string) (*http.Response, []byte) {
	t.Helper()
	client := &http.Client{Transport: through, Timeout: 10 * time.Second}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

// TestServeHTTPS serves the lab over three versions of HTTP on one port, says
// nothing of who asked for what, and leaves nothing behind.
func TestServeHTTPS(t *testing.T) {
	cert, key, pool := keyPair(t)
	address, stop := served(t, "-lab", "-cert", cert, "-key", key)
	if !strings.HasPrefix(address, "https://127.0.0.1:") {
		t.Errorf("served on %q", address)
	}
	config := &tls.Config{RootCAs: pool}
	one := &http.Transport{TLSClientConfig: config.Clone()}
	two := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	three := &http3.Transport{TLSClientConfig: config.Clone()}
	for version, transport := range map[int]http.RoundTripper{1: one, 2: two, 3: three} {
		r, body := get(t, transport, address+"/healthz")
		if r.StatusCode != http.StatusOK || string(body) != "ok\n" || r.ProtoMajor != version {
			t.Errorf("version %d: %s %s %q", version, r.Proto, r.Status, body)
		}
		_, body = get(t, transport, address+"/v1/policy?domain=perfect.test")
		var p probe.Policy
		if err := json.Unmarshal(body, &p); err != nil || p.Status != 200 || len(p.Body) == 0 {
			t.Errorf("version %d: %v %.200s", version, err, body)
		}
		_, body = get(t, transport, address+"/config.json")
		var c probe.Config
		if err := json.Unmarshal(body, &c); err != nil || len(c.Lab) < 24 {
			t.Errorf("version %d: %v, %d lab domains", version, err, len(c.Lab))
		}
	}
	refused(t, run(t, "serve", "-listen", strings.TrimPrefix(address, "https://")))
	refused(t, run(t, "serve", "-cert", key, "-key", cert))
	one.CloseIdleConnections()
	two.CloseIdleConnections()
	three.Close()
	code, said := stop()
	if code != exitClean || said != "sealane: "+locale.EnglishCLI().NoSite+"\n" {
		t.Errorf("exit %d, said %q", code, said)
	}
}

// TestServeSite serves the folder named, and is silent about it.
func TestServeSite(t *testing.T) {
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "index.html"), []byte("<!doctype html>here"), 0o600); err != nil {
		t.Fatal(err)
	}
	address, stop := served(t, "-site", site)
	through := &http.Transport{}
	if r, body := get(t, through, address+"/"); r.StatusCode != 200 || string(body) != "<!doctype html>here" {
		t.Errorf("%s %q", r.Status, body)
	}
	through.CloseIdleConnections()
	if code, said := stop(); code != exitClean || said != "" {
		t.Errorf("exit %d, said %q", code, said)
	}
}

// TestAllowPrivateIsLoud warns once at the start.
func TestAllowPrivateIsLoud(t *testing.T) {
	for _, args := range [][]string{{"-smtp-port", "2525"}, {"-https-port=8443"}} {
		_, stop := served(t, append([]string{"-allow-private"}, args...)...)
		if _, said := stop(); strings.Count(said, locale.EnglishCLI().PrivateOn) != 1 {
			t.Errorf("%v: said %q", args, said)
		}
	}
}
