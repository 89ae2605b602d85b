package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// Ages of good certificates: as of a certificate authority whose certificates
// last 90 days.
const (
	leafAge      = 20 * day
	leafLifetime = 90 * day
)

// Generations of a host's certificates: "" is the one that it shows.
const (
	generationPrevious    = "previous"
	generationNext        = "next"
	generationRSA         = "rsa"         // beside the ECDSA one
	generationFallback    = "default"     // without server_name
	generationSubmissions = "submissions" // at port 465
	generationHTTPS       = "https"       // of a mail host, at port 443
)

var generations = []string{
	generationPrevious, generationNext, generationRSA, generationFallback, generationSubmissions, generationHTTPS,
}

// keyring holds every key of the lab: they stay when signatures and
// certificates are made anew.
type keyring struct {
	authority *authority
	stranger  *authority // trusted by nobody
	top       *zone.Key

	mu     sync.Mutex
	leaves map[string]crypto.Signer // by host and generation
	zones  map[string]*zone.Key     // by origin and purpose
}

func newKeyring(now time.Time) (*keyring, error) {
	k := &keyring{leaves: map[string]crypto.Signer{}, zones: map[string]*zone.Key{}}
	var err error
	if k.authority, err = newAuthority("Sealane Lab", now); err != nil {
		return nil, err
	}
	if k.stranger, err = newAuthority("Sealane Lab Stranger", now); err != nil {
		return nil, err
	}
	k.top, err = k.zone(top, "", keySpec{algorithm: dns.ECDSAP256SHA256, flags: dns.ZONE | dns.SEP})
	return k, err
}

// leaf gives the key of a host's certificate of a generation.
func (k *keyring) leaf(host dnsname.Name, generation string) (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := host.String() + " " + generation
	if k.leaves[at] == nil {
		var key crypto.Signer
		var err error
		if generation == generationRSA {
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		} else {
			key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		if err != nil {
			return nil, err
		}
		k.leaves[at] = key
	}
	return k.leaves[at], nil
}

// authority is a root and the intermediate that issues.
type authority struct {
	root, issuing *x509.Certificate
	key           *ecdsa.PrivateKey // of issuing
}

func newAuthority(name string, now time.Time) (*authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := func(serial int64, cn string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: cn, Organization: []string{name}},
			NotBefore: now.Add(-365 * day), NotAfter: now.Add(10 * 365 * day),
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true,
		}
	}
	t := template(1, name+" Root")
	root, err := certify(t, t, &rootKey.PublicKey, rootKey)
	if err != nil {
		return nil, err
	}
	t = template(2, name+" Issuing")
	t.MaxPathLenZero = true
	issuing, err := certify(t, root, &key.PublicKey, rootKey)
	return &authority{root, issuing, key}, err
}

func certify(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("lab: certificate for %s: %w", template.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

// issue makes the certificate of a host, with the chain to show.
func (k *keyring) issue(host dnsname.Name, generation string, spec certificateSpec, now time.Time) (*tls.Certificate, error) {
	key, err := k.leaf(host, generation)
	if err != nil {
		return nil, err
	}
	names := []string{host.String()}
	if len(spec.names) > 0 {
		names = names[:0]
		for _, n := range spec.names {
			names = append(names, n.String())
		}
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IssuingCertificateURL: []string{"http://ca.test/issuing.cer"},
	}
	template.NotBefore, template.NotAfter = spec.dates(now)
	issuer := k.authority
	if spec.kind == "untrusted" {
		issuer = k.stranger
	}
	parent, parentKey := issuer.issuing, crypto.Signer(issuer.key)
	if spec.kind == "self-signed" {
		parent, parentKey = template, key
	}
	leaf, err := certify(template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	c := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	if spec.kind != "self-signed" && spec.kind != "no-intermediate" {
		c.Certificate = append(c.Certificate, issuer.issuing.Raw)
	}
	return c, nil
}

// dates gives the validity of a certificate of the kind.
func (c certificateSpec) dates(now time.Time) (notBefore, notAfter time.Time) {
	notBefore = now.Add(-leafAge)
	switch {
	case c.age != 0:
		notBefore = now.Add(-c.age)
	case c.kind == "expired":
		notBefore = now.Add(-leafLifetime - 3*day)
	case c.kind == "not-yet-valid":
		notBefore = now.Add(2 * refreshEvery)
	}
	return notBefore, notBefore.Add(leafLifetime)
}
