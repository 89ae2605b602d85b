package dane

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// now is when the tests take place.
var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// issue is what a test certificate is to be; by is its issuer, itself when nil.
type issue struct {
	cn       string
	dns      []string
	ca       bool
	from, to time.Time // a year around now when zero
	by       *issued
	key      crypto.Signer
	pathLen  int // -1 for a path length constraint of zero
	permit   []string
	usage    []x509.ExtKeyUsage
}

type issued struct {
	der  []byte
	cert *x509.Certificate
	key  crypto.Signer
}

func newIssued(t testing.TB, i issue) *issued {
	t.Helper()
	key := i.key
	if key == nil {
		fresh, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key = fresh
	}
	if i.from.IsZero() {
		i.from, i.to = now.AddDate(0, -6, 0), now.AddDate(0, 6, 0)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: i.cn}, DNSNames: i.dns,
		NotBefore: i.from, NotAfter: i.to, IsCA: i.ca, BasicConstraintsValid: true,
		MaxPathLen: max(i.pathLen, 0), MaxPathLenZero: i.pathLen < 0,
		PermittedDNSDomains: i.permit, ExtKeyUsage: i.usage,
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
	return &issued{der, cert, key}
}

func chainOf(certs ...*issued) [][]byte {
	var chain [][]byte
	for _, c := range certs {
		chain = append(chain, c.der)
	}
	return chain
}

// record makes the record of a certificate by its three numbers.
func record(t testing.TB, c *issued, usage, selector, matching uint8) TLSA {
	t.Helper()
	r, err := Derive(c.der, usage, selector, matching)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
