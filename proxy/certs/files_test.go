package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair makes a certificate with a serial number, and its key, as PEM.
func pair(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// TestFilesChange renews a certificate as people do: in place, by a link that
// leads elsewhere, with the two files one after the other, and wrongly.
func TestFilesChange(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, octets []byte) {
		if err := os.WriteFile(at(name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	clock := time.Now()
	c1, k1 := pair(t, 1)
	c2, k2 := pair(t, 2)
	c3, k3 := pair(t, 3)
	write("cert", c1)
	write("key", k1)
	files, err := Open(at("cert"), at("key"), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	files.now = func() time.Time { return clock }
	for _, step := range []struct {
		what   string
		do     func()
		later  time.Duration
		want   int64
		faults int // in the log so far
	}{
		{"nothing happens", func() {}, fresh, 1, 0},
		{"the certificate is new, and its key not yet", func() { write("cert", c2) }, fresh, 1, 1},
		{"the same", func() {}, fresh, 1, 1},
		{"the key too, a moment ago", func() { write("key", k2) }, fresh - 1, 1, 1},
		{"and then", func() {}, fresh, 2, 1},
		{"both files are gone", func() { os.Remove(at("cert")); os.Remove(at("key")) }, fresh, 2, 2},
		{"links lead to a third pair", func() {
			write("cert3", c3)
			write("key3", k3)
			os.Symlink(at("cert3"), at("cert"))
			os.Symlink(at("key3"), at("key"))
		}, fresh, 3, 2},
		{"the link leads back", func() {
			write("cert1", c1)
			write("key1", k1)
			for _, name := range []string{"cert", "key"} {
				os.Remove(at(name))
				os.Symlink(at(name+"1"), at(name))
			}
		}, fresh, 1, 2},
		{"no certificate at all", func() { write("cert1", []byte("hello")) }, fresh, 1, 3},
		{"it is back", func() { write("cert1", c1) }, fresh, 1, 3},
	} {
		step.do()
		clock = clock.Add(step.later)
		got, err := files.GetCertificate(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != step.want {
			t.Errorf("%s: certificate %v, %v; want %d", step.what, got.Leaf.SerialNumber, err, step.want)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != step.faults {
			t.Errorf("%s: %d faults in the log, want %d:\n%s", step.what, n, step.faults, log.String())
		}
	}
	if files.damaged {
		t.Error("still taken for damaged")
	}
	if strings.Contains(log.String(), "PRIVATE") {
		t.Error("a key in the log")
	}
}

func TestFilesMissing(t *testing.T) {
	cert, _ := pair(t, 1)
	_, key := pair(t, 2)
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	os.WriteFile(a, cert, 0o600)
	os.WriteFile(b, key, 0o600)
	for _, names := range [][2]string{{a, filepath.Join(dir, "none")}, {filepath.Join(dir, "none"), b}, {a, b}, {b, a}} {
		if _, err := Open(names[0], names[1], slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%v opened", names)
		}
	}
}
