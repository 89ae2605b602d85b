package observe

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// TestRevoked: RFC 6960 §2.2, §4.2.2.2.
func TestRevoked(t *testing.T) {
	now := time.Now()
	root := (*issuer)(nil).issue(t, "root", authority)
	stranger := (*issuer)(nil).issue(t, "root", authority)
	leaf, sibling := root.issue(t, "mx.example.com", nil), root.issue(t, "other.example.com", nil)
	responder := root.issue(t, "responder", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
	oldResponder := root.issue(t, "responder", func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
		c.NotBefore, c.NotAfter = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
	})
	staple := func(signer *issuer, change func(*ocsp.Response)) []byte {
		r := ocsp.Response{
			Status: ocsp.Revoked, SerialNumber: leaf.cert.SerialNumber, RevokedAt: now.Add(-time.Hour),
			ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour),
		}
		if signer != root && signer != stranger {
			r.Certificate = signer.cert
		}
		if change != nil {
			change(&r)
		}
		var key *ecdsa.PrivateKey = signer.key
		der, err := ocsp.CreateResponse(root.cert, signer.cert, r, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	for _, c := range []struct {
		name   string
		staple []byte
		want   bool
	}{
		{"revoked", staple(root, nil), true},
		{"revoked, says a responder", staple(responder, nil), true},
		{"good", staple(root, func(r *ocsp.Response) { r.Status = ocsp.Good }), false},
		{"unknown", staple(root, func(r *ocsp.Response) { r.Status = ocsp.Unknown }), false},
		{"out of date", staple(root, func(r *ocsp.Response) { r.NextUpdate = now.Add(-time.Minute) }), false},
		{"of the future", staple(root, func(r *ocsp.Response) { r.ThisUpdate = now.Add(time.Minute) }), false},
		{"of another", staple(root, func(r *ocsp.Response) { r.SerialNumber = big.NewInt(1 << 40) }), false},
		{"by a stranger", staple(stranger, nil), false},
		{"by a sibling", staple(sibling, nil), false},
		{"by a responder of the past", staple(oldResponder, nil), false},
		{"none", nil, false},
		{"no response", []byte("hello"), false},
	} {
		chain := []*x509.Certificate{leaf.cert, root.cert}
		if got := revoked(c.staple, chain, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if revoked(c.staple, chain[:1], now) {
			t.Errorf("%s: without the issuer", c.name)
		}
		m := healthy(t)
		shown := leaf.present(root)
		shown.OCSPStaple = c.staple
		m.config.Certificates[0] = shown
		a := facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0]
		if a.TLS == nil || a.TLS.Trust.Revoked != c.want {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}
