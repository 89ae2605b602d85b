package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority is a certification authority of one test (RFC 5280).
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	// File holds the authority's certificate as PEM.
	File string
}

// issued is a certificate with its key, as PEM files.
type issued struct {
	Chain, Key string
	// SPKI is the subjectPublicKeyInfo, in DER.
	SPKI []byte
}

// newAuthority makes an authority whose certificate lies in dir.
func newAuthority(t *testing.T, dir string) *authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber:          serial(t),
		Subject:               pkix.Name{CommonName: "Sealane end-to-end root"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{cert: cert, key: key, File: filepath.Join(dir, "root.pem")}
	writePEM(t, a.File, 0o644, "CERTIFICATE", der)
	return a
}

// issue makes a server certificate for names and addresses, in files of dir that begin with
// stem.
func (a *authority) issue(t *testing.T, dir, stem string, names ...string) issued {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: serial(t),
		Subject:      pkix.Name{CommonName: names[0]},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	i := issued{
		Chain: filepath.Join(dir, stem+".pem"),
		Key:   filepath.Join(dir, stem+".key"),
		SPKI:  spki,
	}
	writePEM(t, i.Chain, 0o644, "CERTIFICATE", der)
	writePEM(t, i.Key, 0o600, "PRIVATE KEY", private)
	return i
}

// tlsa gives the data of a "3 1 1" record for the certificate's key (RFC 7671
// §5.1).
func (i issued) tlsa() string { return tlsaOf(i.SPKI) }

func tlsaOf(spki []byte) string {
	sum := sha256.Sum256(spki)
	return "3 1 1 " + hex.EncodeToString(sum[:])
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func serial(t *testing.T) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func writePEM(t *testing.T, path string, mode os.FileMode, kind string, der []byte) {
	t.Helper()
	write(t, path, mode, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}
