package check

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"slices"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/probe"
)

// judgeTrust tells why the verifier doesn't trust a chain, dates aside.
func (j *judge) judgeTrust(h *host) {
	for _, code := range []Code{"cert.self-signed", "cert.chain-incomplete", "cert.untrusted-ca"} {
		j.over(h, code, withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
			if code == "cert.self-signed" {
				return []string{"name", clip(leaf.Subject.String())}, trustFault(e, leaf) == code
			}
			return []string{"issuer", clip(leaf.Issuer.String())}, trustFault(e, leaf) == code
		}))
	}
	j.over(h, "cert.eku-missing", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return nil, verdict(e) == probe.WrongUsage || !forServers(leaf)
	}))
	j.over(h, "cert.name-constraints", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"issuer", clip(leaf.Issuer.String())}, verdict(e) == probe.NameConstraint
	}))
}

// verdict is what the verifier said, leaving dates aside where it could.
func verdict(e *endpoint) probe.TrustResult {
	if e.seen.TLS == nil {
		return ""
	}
	if t := e.seen.TLS.Trust; t.IgnoringDates != "" {
		return t.IgnoringDates
	}
	return e.seen.TLS.Trust.Now
}

// trustFault tells a self-signed leaf from one whose issuer isn't sent though
// it could be fetched, and from one of an authority that isn't known.
func trustFault(e *endpoint, leaf *x509.Certificate) Code {
	if verdict(e) != probe.UnknownAuthority {
		return ""
	}
	if bytes.Equal(leaf.RawIssuer, leaf.RawSubject) {
		return "cert.self-signed"
	}
	if e.issuerOf(leaf) == nil && len(leaf.IssuingCertificateURL) > 0 {
		return "cert.chain-incomplete"
	}
	return "cert.untrusted-ca"
}

// issuerOf gives the presented certificate whose subject issued c.
func (e *endpoint) issuerOf(c *x509.Certificate) *x509.Certificate {
	for _, other := range e.certs[min(1, len(e.certs)):] {
		if other != nil && bytes.Equal(other.RawSubject, c.RawIssuer) {
			return other
		}
	}
	return nil
}

// forServers tells whether the certificate may be a TLS server's: it names no
// purpose at all, or this one (RFC 5280 §4.2.1.12).
func forServers(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// judgeChainShape looks at what is sent above the leaf.
func (j *judge) judgeChainShape(h *host) {
	j.over(h, "cert.chain-misordered", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return nil, trustFault(e, leaf) == "" && misordered(e.certs)
	}))
	j.over(h, "cert.chain-expired-intermediate", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		for _, c := range e.certs[1:] {
			if c != nil && j.now.After(c.NotAfter) && !j.now.After(leaf.NotAfter) {
				return []string{"name", clip(c.Subject.String()), "date", day(c.NotAfter)}, true
			}
		}
		return nil, false
	}))
	j.over(h, "cert.root-included", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		for depth, c := range e.certs {
			if depth > 0 && c != nil && bytes.Equal(c.RawIssuer, c.RawSubject) && !e.anchoredAt(depth) {
				return []string{"name", clip(c.Subject.String())}, true
			}
		}
		return nil, false
	}))
}

// anchoredAt tells whether a TLSA record needs the certificate to be sent.
func (e *endpoint) anchoredAt(depth int) bool {
	return slices.ContainsFunc(e.dane.Matches, func(m dane.Match) bool { return m.Depth == depth })
}

// misordered tells whether a certificate isn't followed by its issuer
// (RFC 8446 §4.4.2). One that can't be read says nothing.
func misordered(certs []*x509.Certificate) bool {
	for i := 1; i < len(certs); i++ {
		if certs[i] != nil && certs[i-1] != nil && !bytes.Equal(certs[i].RawSubject, certs[i-1].RawIssuer) {
			return true
		}
	}
	return false
}

// judgeStrength looks at keys and signatures (RFC 9325 §4.5).
func (j *judge) judgeStrength(h *host) {
	j.over(h, "cert.key-weak", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"value", keyText(leaf)}, weakKey(leaf)
	}))
	j.over(h, "cert.signature-weak", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		for _, c := range e.certs {
			// Nobody looks at what a self-signed certificate says of itself, or
			// at a certificate that the trusted path leaves out.
			if c != nil && weakSignature(c.SignatureAlgorithm) && !bytes.Equal(c.RawIssuer, c.RawSubject) &&
				(c == leaf || verdict(e) != probe.Trusted) {
				return []string{"value", c.SignatureAlgorithm.String()}, true
			}
		}
		return []string{"value", leaf.SignatureAlgorithm.String()}, verdict(e) == probe.WeakSignature
	}))
}

func weakKey(c *x509.Certificate) bool {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() < 2048
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize < 224
	}
	return c.PublicKeyAlgorithm == x509.DSA
}

func weakSignature(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

// twoKinds gives the chains of an address that shows one certificate to clients
// that take RSA and another to those that take ECDSA; nil without both.
func (j *judge) twoKinds(e *endpoint) [][][]byte {
	both := [][][]byte{e.shown(probe.OnlyRSA), e.shown(probe.OnlyECDSA)}
	one, other := j.read.leaf(both[0]), j.read.leaf(both[1])
	if one == nil || other == nil || one.PublicKeyAlgorithm == other.PublicKeyAlgorithm {
		return nil
	}
	return both
}

// judgeDifferences finds addresses of one host that present different
// certificates, unless every one holds for all that check it.
func (j *judge) judgeDifferences(h *host) {
	var shown []*endpoint
	differ, hold := false, true
	for _, e := range h.endpoints {
		if len(e.chain) == 0 {
			continue
		}
		shown = append(shown, e)
		differ = differ || !bytes.Equal(shown[0].chain[0], e.chain[0])
		hold = hold && e.view.WebPKI == OK && (e.view.DANE == OK || !j.binding(h))
	}
	if differ && !hold {
		j.add("cert.per-address-differs", h.name.String(), "host", h.name.String(), "ip", addressList(shown))
	}
}
