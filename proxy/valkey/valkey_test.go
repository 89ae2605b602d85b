package valkey

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sealane/sealane/proxy/limits"
)

// TestReplicasShareOneLimit holds one client, who asks three replicas at the same
// time, to one limit.
func TestReplicasShareOneLimit(t *testing.T) {
	s := startRedis(t)
	rate := limits.Rate{Burst: 20, Every: time.Hour}
	var passed atomic.Int32
	var all sync.WaitGroup
	for range 3 {
		r := connect(t, Server{Address: s.address()})
		all.Go(func() {
			for range 20 {
				if r.Take(t.Context(), "192.0.2.1", rate).OK {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 20 {
		t.Errorf("%d pass, the limit is 20", passed.Load())
	}
}

// TestVerdicts is a bucket of three that fills by one an hour.
func TestVerdicts(t *testing.T) {
	r := connect(t, Server{Address: startRedis(t).address()})
	rate := limits.Rate{Burst: 3, Every: time.Hour}
	for i, want := range []limits.Verdict{
		{OK: true, Remaining: 2, Reset: time.Hour}, {OK: true, Remaining: 1, Reset: time.Hour}, {OK: true, Remaining: 0, Reset: time.Hour},
		{Remaining: 0, Reset: time.Hour}, {Remaining: 0, Reset: time.Hour},
	} {
		v := r.Take(t.Context(), "one", rate)
		late := want.Reset - v.Reset // what the test itself took
		if v.OK != want.OK || v.Remaining != want.Remaining || v.Rate != rate || late < 0 || late > time.Minute {
			t.Errorf("%d: %+v, want %+v", i, v, want)
		}
	}
	if v := r.Take(t.Context(), "other", rate); !v.OK {
		t.Error("one key's limit is another's")
	}
	if v := r.Take(t.Context(), "none", limits.Rate{Every: time.Hour}); v.OK {
		t.Error("a burst of none passes")
	}
	if v := r.Take(t.Context(), "one", limits.Rate{Burst: 1, Every: time.Minute}); v.OK || v.Reset > time.Minute {
		t.Errorf("the debt of another rate: %+v", v)
	}
}

// TestRefills takes as often as it can from a bucket that fills by the server's
// clock: as much passes as a token bucket holds and gets.
func TestRefills(t *testing.T) {
	r := connect(t, Server{Address: startRedis(t).address()})
	const every = 20 * time.Millisecond
	rate := limits.Rate{Burst: 5, Every: every}
	start := time.Now()
	passed := 0
	for time.Since(start) < 300*time.Millisecond {
		if v := r.Take(t.Context(), "k", rate); v.OK {
			passed++
		} else {
			time.Sleep(v.Reset)
			if v := r.Take(t.Context(), "k", rate); !v.OK {
				t.Error("refused after the time that was told")
			} else {
				passed++
			}
		}
	}
	if most := rate.Burst + int(time.Since(start)/every) + 1; passed > most || passed < rate.Burst+1 {
		t.Errorf("%d pass, a bucket gives %d", passed, most)
	}
	if !r.Healthy() {
		t.Error("the server went away")
	}
}

// TestKeeps looks at values, and at what lies in the server: nothing without an end,
// and no name.
func TestKeeps(t *testing.T) {
	s := startRedis(t)
	r, other := connect(t, Server{Address: s.address()}), connect(t, Server{Address: s.address()})
	value := []byte("\x00\xff binary\r\n")
	r.Put(t.Context(), "policy example.com", value, time.Minute)
	if got, ok := other.Get(t.Context(), "policy example.com"); !ok || !bytes.Equal(got, value) {
		t.Errorf("%q %v", got, ok)
	}
	if _, ok := r.Get(t.Context(), "policy example.org"); ok {
		t.Error("a value that nobody put")
	}
	r.Put(t.Context(), "large", make([]byte, mostKept+1), time.Minute)
	if _, ok := r.Get(t.Context(), "large"); ok || !r.Healthy() {
		t.Error("a large value is kept, or was too much")
	}
	r.Put(t.Context(), "gone", value, 0)
	if _, ok := r.Get(t.Context(), "gone"); ok {
		t.Error("a value kept for no time")
	}
	r.Take(t.Context(), "example.com", limits.Rate{Burst: 3, Every: time.Second})
	keys, err := r.server.Do(t.Context(), r.server.B().Keys().Pattern("*").Build()).AsStrSlice()
	if err != nil || len(keys) < 2 {
		t.Fatalf("%v %v", keys, err)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "sealane:") || strings.Contains(key, "example") {
			t.Errorf("key %q", key)
		}
		left, err := r.server.Do(t.Context(), r.server.B().Pttl().Key(key).Build()).AsInt64()
		if err != nil || left == -1 || left > 60_000 {
			t.Errorf("key %q lives %d ms: %v", key, left, err)
		}
	}
	r.Put(t.Context(), "short", value, 30*time.Millisecond)
	within(t, 5*time.Second, "the value goes", func() bool { _, ok := r.Get(t.Context(), "short"); return !ok })
	if r.own.taken != 0 || len(r.own.kept) != 0 || r.log.lines() != 0 {
		t.Error("a replica was on its own")
	}
}

// TestGoesAwayAndComesBack kills the server and starts it anew.
func TestGoesAwayAndComesBack(t *testing.T) {
	s := startRedis(t)
	r := connect(t, Server{Address: s.address()})
	if !r.shared(t) || !r.Healthy() {
		t.Fatal("not shared to begin with")
	}
	s.kill()
	for range 50 {
		if r.shared(t) {
			t.Fatal("shared with nobody")
		}
	}
	r.Put(t.Context(), "k", []byte("v"), time.Minute)
	if v, ok := r.Get(t.Context(), "k"); !ok || string(v) != "v" || r.Healthy() {
		t.Error("no value of its own, or not known to be alone")
	}
	if n := r.log.lines(); n != 1 {
		t.Errorf("said %d times that it is away", n)
	}
	s.start(t)
	within(t, 10*time.Second, "it comes back", r.Healthy)
	if !r.shared(t) {
		t.Error("back, but not shared")
	}
	if n := r.log.lines(); n != 2 {
		t.Errorf("%d lines, one of going and one of coming are expected", n)
	}
}

// TestStalls stops the server's process under load, with the connection standing.
func TestStalls(t *testing.T) {
	s := startRedis(t)
	r := connect(t, Server{Address: s.address()})
	s.signal(syscall.SIGSTOP)
	defer s.signal(syscall.SIGCONT)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for range 20 {
				if r.shared(t) {
					t.Error("shared with a stopped server")
				}
			}
		})
	}
	all.Wait()
	if n := r.log.lines(); n != 1 {
		t.Errorf("said %d times that it is away", n)
	}
	time.Sleep(2 * mendPause) // attempts to mend fail meanwhile
	if r.shared(t) || r.Healthy() {
		t.Error("back too early")
	}
	s.signal(syscall.SIGCONT)
	within(t, 10*time.Second, "it comes back", r.Healthy)
	if !r.shared(t) {
		t.Error("back, but not shared")
	}
}

// TestStartsWithout starts a replica before its server.
func TestStartsWithout(t *testing.T) {
	s := startRedis(t)
	s.kill()
	r := connect(t, Server{Address: s.address()})
	if r.Healthy() || r.shared(t) {
		t.Error("shared with nobody")
	}
	s.start(t)
	within(t, 10*time.Second, "it comes", r.Healthy)
}

// TestUnwillingServerIsAway asks one that answers but takes nothing: a replica of a
// master that isn't there.
func TestUnwillingServerIsAway(t *testing.T) {
	r := connect(t, Server{Address: startRedis(t, "--replicaof", "127.0.0.1 1").address()})
	if r.Healthy() || r.shared(t) {
		t.Error("shared with a server that doesn't write")
	}
}

// TestOverTLSWithPassword speaks TLS, and is away without the right password or
// root.
func TestOverTLSWithPassword(t *testing.T) {
	cert, key, roots := certificate(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	_, port, _ := net.SplitHostPort(free.Addr().String())
	startRedis(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no", "--requirepass", "secret")
	at := Server{Address: "rediss://127.0.0.1:" + port + "/2", Password: "secret", Roots: roots}
	if r := connect(t, at); !r.shared(t) {
		t.Error("not shared over TLS")
	}
	for what, change := range map[string]func(*Server){
		"a wrong password": func(s *Server) { s.Password = "guess" },
		"no password":      func(s *Server) { s.Password = "" },
		"other roots":      func(s *Server) { s.Roots = x509.NewCertPool() },
	} {
		wrong := at
		change(&wrong)
		if connect(t, wrong).Healthy() {
			t.Errorf("healthy with %s", what)
		}
	}
}

// certificate makes one for loopback, in files, with its pool of roots.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key, roots = filepath.Join(dir, "cert"), filepath.Join(dir, "key"), x509.NewCertPool()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	roots.AppendCertsFromPEM(text)
	for name, content := range map[string][]byte{cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, roots
}
