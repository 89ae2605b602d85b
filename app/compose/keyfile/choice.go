package keyfile

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
)

// Errors of Subject.Record. Compare with errors.Is; an undefined selector or matching
// type is dane.ErrParameter.
var (
	// ErrNoCertificate: usage 3 takes a server's certificate or key, and selector 0 no
	// bare key.
	ErrNoCertificate = errors.New("keyfile: no certificate of a server")
	// ErrNoAnchor: usage 2 takes a CA certificate above the server's.
	ErrNoAnchor = errors.New("keyfile: no CA certificate")
	// ErrUsage: mail servers have no use for usages other than 2 and 3 (RFC 7672 §3.1.3).
	ErrUsage = errors.New("keyfile: usage neither DANE-TA nor DANE-EE")
	// ErrShortLived: a record of a certificate that is renewed by itself would break each
	// time (RFC 7671 §5.1); it is made only for who insists.
	ErrShortLived = errors.New("keyfile: a record that the next renewal breaks")
)

// Subject is what one record can be made for: a key that a server shows, with what
// the file has around it, or an authority alone.
type Subject struct {
	// SPKI is the server's SubjectPublicKeyInfo in DER; nil for an authority.
	SPKI []byte
	// Certificate is the server's, in DER; nil for a bare key.
	Certificate []byte
	// Anchor is the topmost CA certificate of the chain, in DER; nil for none.
	Anchor []byte
}

// Caution is what to know of a record before it is published.
type Caution string

// The cautions.
const (
	// ChangesAtRenewal: the record holds for this one certificate; a record with
	// selector 1 can stay as long as the key does (RFC 7671 §5.1).
	ChangesAtRenewal Caution = "changes-at-renewal"
	// ShortLived: and the certificate is one of at most 100 days, as ACME makes them.
	ShortLived Caution = "short-lived"
	// MustBeSent: the server must send the anchor in its chain (RFC 7671 §5.2.2).
	MustBeSent Caution = "must-be-sent"
	// IssuerMayChange: the anchor is no root, and an authority may sign the next
	// certificate with another intermediate.
	IssuerMayChange Caution = "issuer-may-change"
	// Full: the record holds all of the certificate or key, which RFC 7671 §10.1.2
	// advises against.
	Full Caution = "full"
)

// shortLife is the longest life of a certificate that is renewed by itself, as far
// as that can be told.
const shortLife = 100 * 24 * time.Hour

// Choice is a record that can be made.
type Choice struct {
	Record   dane.TLSA
	Cautions []Caution
}

// Subjects are what records can be made for, the servers' certificates first, each
// in order, then bare keys that no certificate has. When there is neither these are
// the authorities that no other one in the file has signed.
func (f File) Subjects() []Subject {
	c := newCertificates(f.Certificates)
	var servers, authorities []Subject
	var known [][]byte
	for i, der := range c.der {
		spki, err := dane.SPKI(der)
		if err != nil {
			continue // Read takes none of those
		}
		known = append(known, spki)
		switch top := c.top(i); {
		case c.isServer(i) && top == i:
			servers = append(servers, Subject{SPKI: spki, Certificate: der})
		case c.isServer(i):
			servers = append(servers, Subject{SPKI: spki, Certificate: der, Anchor: c.der[top]})
		case top == i:
			authorities = append(authorities, Subject{Anchor: der})
		}
	}
	for _, spki := range f.Keys {
		if !slices.ContainsFunc(known, func(k []byte) bool { return bytes.Equal(k, spki) }) {
			servers = append(servers, Subject{SPKI: spki})
		}
	}
	if len(servers) > 0 {
		return servers
	}
	return authorities
}

// Server is what a server showed, its own certificate first; there is one at least.
func Server(chain [][]byte) (Subject, error) {
	spki, err := dane.SPKI(chain[0])
	if err != nil {
		return Subject{}, err
	}
	s := Subject{SPKI: spki, Certificate: chain[0]}
	if top := newCertificates(chain).top(0); top > 0 {
		s.Anchor = chain[top]
	}
	return s, nil
}

// Recommended gives the record to publish: "3 1 1", which RFC 7671 §5.1 recommends,
// for a server; "2 1 1" for an authority.
func (s Subject) Recommended() Choice {
	usage := dane.DANEEE
	if s.SPKI == nil {
		usage = dane.DANETA
	}
	choice, _ := s.Record(usage, dane.SPKISelector, dane.SHA256) // made of what the subject has
	return choice
}

// Record makes a record. The error is one of those above or dane.ErrParameter.
func (s Subject) Record(usage, selector, matching uint8) (Choice, error) {
	certificate, spki := s.Certificate, s.SPKI
	switch {
	case usage == dane.DANETA && s.Anchor == nil:
		return Choice{}, ErrNoAnchor
	case usage == dane.DANETA:
		certificate, spki = s.Anchor, nil
	case usage != dane.DANEEE:
		return Choice{}, ErrUsage
	case spki == nil, selector == dane.CertSelector && certificate == nil:
		return Choice{}, ErrNoCertificate
	}
	var choice Choice
	var err error
	if certificate != nil {
		choice.Record, err = dane.Derive(certificate, usage, selector, matching)
	} else if selector == dane.SPKISelector {
		choice.Record, err = dane.DeriveKey(spki, usage, matching)
	} else {
		err = dane.ErrParameter
	}
	if err != nil {
		return Choice{}, err
	}
	choice.Cautions = cautions(choice.Record, certificate)
	return choice, nil
}

// cautions are those about a record of a certificate, which is nil for a bare key.
func cautions(record dane.TLSA, certificate []byte) []Caution {
	var all []Caution
	parsed, err := x509.ParseCertificate(certificate)
	if record.Usage == dane.DANETA {
		all = append(all, MustBeSent)
		if err != nil || !bytes.Equal(parsed.RawIssuer, parsed.RawSubject) {
			all = append(all, IssuerMayChange)
		}
	} else if record.Selector == dane.CertSelector {
		all = append(all, ChangesAtRenewal)
		if err == nil && parsed.NotAfter.Sub(parsed.NotBefore) <= shortLife {
			all = append(all, ShortLived)
		}
	}
	if record.Matching == dane.Full {
		all = append(all, Full)
	}
	return all
}

// Parameters are a record's usage, selector and matching type. No mail server has a
// use for the zero value; it stands for what is recommended.
type Parameters struct{ Usage, Selector, Matching uint8 }

// ParseParameters reads three digits, which may stand apart: "3 1 1". Their values are
// left to Subject.Record. An empty text is what is recommended.
func ParseParameters(text string) (Parameters, bool) {
	var n []uint8
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9':
			n = append(n, c-'0')
		case c != ' ' && c != '-' && c != ',':
			return Parameters{}, false
		}
	}
	if len(n) != 3 {
		return Parameters{}, text == ""
	}
	return Parameters{n[0], n[1], n[2]}, true
}

// Publish are records of all keys that servers show, each once: for more than one
// algorithm, and before a key changes for both the current file and the next (RFC 7671
// §8.1). When the next file has no other key than the current one they are the same as
// without it: nothing has to be done in DNS. The error is one of Subject.Record, or
// ErrShortLived where nobody insists.
func Publish(p Parameters, insist bool, subjects ...Subject) ([]Choice, error) {
	var all []Choice
	for _, s := range subjects {
		choice, err := s.choose(p)
		if err == nil && !insist && slices.Contains(choice.Cautions, ShortLived) {
			err = ErrShortLived
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(c Choice) bool { return c.Record.Equal(choice.Record) }) {
			all = append(all, choice)
		}
	}
	return all, nil
}

func (s Subject) choose(p Parameters) (Choice, error) {
	if p == (Parameters{}) {
		return s.Recommended(), nil
	}
	return s.Record(p.Usage, p.Selector, p.Matching)
}

// certificates are a file's.
type certificates struct {
	der    [][]byte
	parsed []*x509.Certificate // nil for one that Go's x509 refuses
	issuer []int               // the place of the one that signed it; -1 when that isn't here, or is itself
}

func newCertificates(der [][]byte) certificates {
	c := certificates{der: der}
	for _, d := range der {
		parsed, _ := x509.ParseCertificate(d) // nil with an error
		c.parsed = append(c.parsed, parsed)
	}
	for _, child := range c.parsed {
		c.issuer = append(c.issuer, slices.IndexFunc(c.parsed, func(p *x509.Certificate) bool { return signed(p, child) }))
	}
	return c
}

// maxIssuer is how many bits an RSA key may have that a signature is checked with.
const maxIssuer = 8192

// signed tells whether one certificate is an authority's that signed another one.
func signed(p, child *x509.Certificate) bool {
	if p == nil || child == nil || !p.IsCA || p.Equal(child) || !bytes.Equal(p.RawSubject, child.RawIssuer) {
		return false
	}
	key, isRSA := p.PublicKey.(*rsa.PublicKey)
	return (!isRSA || key.N.BitLen() <= maxIssuer) && child.CheckSignatureFrom(p) == nil
}

// top follows the issuers up from a certificate.
func (c certificates) top(from int) int {
	for range c.der { // authorities that signed each other would go round for ever
		if up := c.issuer[from]; up >= 0 && !bytes.Equal(c.parsed[from].RawIssuer, c.parsed[from].RawSubject) {
			from = up
		}
	}
	return from
}

// isServer tells whether a certificate is a server's own: one of no authority, or one
// that signed nothing here and bears a host's name, as servers sign them for
// themselves.
func (c certificates) isServer(i int) bool {
	parsed := c.parsed[i]
	if parsed == nil || !parsed.IsCA {
		return true
	}
	if slices.Contains(c.issuer, i) {
		return false
	}
	return slices.ContainsFunc(dane.PresentedNames(parsed), func(name string) bool {
		n, err := dnsname.Parse(strings.TrimPrefix(name, "*."))
		return err == nil && n.IsHostname() && len(n.Labels()) > 1
	})
}
