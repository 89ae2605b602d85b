package observe

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/sealane/sealane/app/probe"
)

// claimed signs nothing: it holds an RSA key of which nobody has the private half,
// since making one of 16384 bits takes minutes. Who verifies doesn't know.
type claimed struct{ key *rsa.PublicKey }

func (c claimed) Public() crypto.PublicKey { return c.key }

func (c claimed) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return bytes.Repeat([]byte{1}, c.key.Size()), nil
}

// claim makes one: the slowest exponent that is taken.
func claim(bits int) claimed {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	return claimed{&rsa.PublicKey{N: n.Sub(n, big.NewInt(1)), E: 1<<31 - 1}}
}

// certify gives a certificate for a key, by an issuer.
func certify(t testing.TB, key any, by *issuer, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial.Add(1)), Subject: pkix.Name{CommonName: "mx.example.com"}, DNSNames: []string{"mx.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, key, by.key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// showing is a mail server with a certificate.
func showing(make func(*testing.T) tls.Certificate) func(*testing.T) *Network {
	return mailing(func(t *testing.T, m *mailer) { m.config.Certificates[0] = make(t) })
}

func hostileCertificates() []hostile {
	raw := func(der ...[]byte) func(*testing.T) *Network {
		return showing(func(t *testing.T) tls.Certificate {
			c := (*issuer)(nil).issue(t, "mx.example.com", nil).present()
			c.Certificate = append(der, c.Certificate[len(der):]...)
			return c
		})
	}
	deep := bytes.Repeat([]byte{0x30, 0x80}, 20000)
	return []hostile{
		{"chain of 100", showing(func(t *testing.T) tls.Certificate {
			other, leaf := (*issuer)(nil).issue(t, "other.example.com", nil), (*issuer)(nil).issue(t, "mx.example.com", nil)
			c := leaf.present()
			for range 99 {
				c.Certificate = append(c.Certificate, other.cert.Raw)
			}
			return c
		}), atMail, "done 20", ""},
		{"chain of 100 slow issuers", showing(slowIssuers), atMail, "done 20", ""},
		{"1 MB certificate", showing(func(t *testing.T) tls.Certificate {
			return (*issuer)(nil).issue(t, "mx.example.com", func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: make([]byte, 1<<20)}}
			}).present()
		}), atMail, "handshake", probe.TLSFailed},
		{"certificate of 100 KB behind the leaf", showing(func(t *testing.T) tls.Certificate {
			big := (*issuer)(nil).issue(t, "big.example.com", func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: make([]byte, 100<<10)}}
			})
			return (*issuer)(nil).issue(t, "mx.example.com", nil).present(big, big)
		}), atMail, "done 1", ""},
		{"RSA-16384", showing(func(t *testing.T) tls.Certificate {
			key, by := claim(16384), (*issuer)(nil).issue(t, "root", authority)
			return tls.Certificate{Certificate: [][]byte{certify(t, key.key, by, nil).Raw}, PrivateKey: key}
		}), atMail, "handshake", probe.TLSFailed},
		{"issuer of RSA-16384", showing(func(t *testing.T) tls.Certificate {
			root, leaf := (*issuer)(nil).issue(t, "root", authority), (*issuer)(nil).issue(t, "mx.example.com", nil)
			return leaf.present(&issuer{cert: certify(t, claim(16384).key, root, authority)})
		}), atMail, "handshake", probe.TLSFailed},
		{"staple of RSA-16384", showing(func(t *testing.T) tls.Certificate { return stapled(t, 16384) }), atMail, "done 2", ""},
		{"staple of RSA-200000", showing(func(t *testing.T) tls.Certificate { return stapled(t, 200000) }), atMail, "done 2", ""},
		{"no ASN.1", raw([]byte("no certificate")), atMail, "handshake", probe.TLSFailed},
		{"ASN.1 longer than all", raw([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}), atMail, "handshake", probe.TLSFailed},
		{"ASN.1 deeper than all", raw(deep), atMail, "handshake", probe.TLSFailed},
		{"empty certificate", raw([]byte{}), atMail, "handshake", probe.TLSFailed},
	}
}

// slowIssuers gives a leaf with 99 certificates that may all be its issuer's, of
// the largest key that crypto/tls takes.
func slowIssuers(t *testing.T) tls.Certificate {
	key, root := claim(8192), (*issuer)(nil).issue(t, "root", authority)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	parent := &x509.Certificate{Subject: pkix.Name{CommonName: "slow"}, PublicKey: &signer.PublicKey}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"mx.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, &private.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	// A signature as long as the keys that it is tried with, or none is.
	var parts struct {
		Content   asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &parts); err != nil {
		t.Fatal(err)
	}
	parts.Signature = asn1.BitString{Bytes: bytes.Repeat([]byte{1}, key.key.Size()), BitLength: 8 * key.key.Size()}
	if der, err = asn1.Marshal(parts); err != nil {
		t.Fatal(err)
	}
	c := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
	for range 99 {
		slow := certify(t, key.key, root, func(c *x509.Certificate) { authority(c); c.Subject = parent.Subject })
		c.Certificate = append(c.Certificate, slow.Raw)
	}
	return c
}

// stapled gives a leaf with an OCSP response of a responder that claims a key.
func stapled(t *testing.T, bits int) tls.Certificate {
	root := (*issuer)(nil).issue(t, "root", authority)
	leaf, key := root.issue(t, "mx.example.com", nil), claim(bits)
	responder := certify(t, key.key, root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
	der, err := ocsp.CreateResponse(root.cert, responder, ocsp.Response{
		Status: ocsp.Revoked, SerialNumber: leaf.cert.SerialNumber, Certificate: responder,
		ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour),
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	c := leaf.present(root)
	c.OCSPStaple = der
	return c
}
