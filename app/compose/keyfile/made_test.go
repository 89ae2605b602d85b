package keyfile_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// The files of these tests are made here.
type made struct {
	der  []byte // the certificate
	cert *x509.Certificate
	key  crypto.Signer
}

// issue is what a certificate is to be; by is its issuer, itself when nil.
type issue struct {
	cn   string
	dns  []string
	ca   bool
	days int // 365 when 0
	by   *made
	key  crypto.Signer // P-256 when nil
}

var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (i issue) make(t testing.TB) *made {
	t.Helper()
	key := i.key
	if key == nil {
		key = newEC(t, elliptic.P256())
	}
	if i.days == 0 {
		i.days = 365
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: i.cn}, DNSNames: i.dns,
		NotBefore: begin, NotAfter: begin.AddDate(0, 0, i.days), IsCA: i.ca, BasicConstraintsValid: true,
	}
	parent, signer := template, key
	if i.by != nil {
		parent, signer = i.by.cert, i.by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &made{der, cert, key}
}

func newEC(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	return must(t, crypto.Signer(key), err)
}

// newRSA makes a short key: longer ones take long under WebAssembly.
func newRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	return must(t, key, err)
}

func newEd25519(t testing.TB) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return must(t, crypto.Signer(key), err)
}

func must[T any](t testing.TB, value T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func spki(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	return must(t, der, err)
}

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return must(t, der, err)
}

func request(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "mx.example.com"}}, key)
	return must(t, der, err)
}

func sec1(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	return must(t, der, err)
}

// block writes PEM; blocks can be put one after the other.
func block(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
