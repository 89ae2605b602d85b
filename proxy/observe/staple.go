package observe

import (
	"crypto/x509"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// maxStaple is how many octets of an OCSP response are read: a responder's key in
// it may be of any size, and its signature is verified before whose it is.
const maxStaple = 8 << 10

// revoked tells whether a stapled OCSP response (RFC 6066 §8) says that the
// leaf is revoked. It counts when it is in date, and signed by the leaf's issuer
// as presented or by one whom that issuer made a responder (RFC 6960 §4.2.2.2).
func revoked(staple []byte, chain []*x509.Certificate, now time.Time) bool {
	if len(staple) == 0 || len(staple) > maxStaple || len(chain) < 2 {
		return false
	}
	for _, issuer := range chain[1:] {
		if chain[0].CheckSignatureFrom(issuer) != nil {
			continue
		}
		response, err := ocsp.ParseResponseForCert(staple, chain[0], issuer)
		if err != nil || response.Status != ocsp.Revoked || !mayRespond(response.Certificate, issuer, now) {
			continue
		}
		if !response.ThisUpdate.After(now) && (response.NextUpdate.IsZero() || response.NextUpdate.After(now)) {
			return true
		}
	}
	return false
}

// mayRespond tells whether the certificate in a response, none when the issuer
// signed it, is the issuer's own or that of a responder in date.
func mayRespond(responder, issuer *x509.Certificate, now time.Time) bool {
	if responder == nil || responder.Equal(issuer) {
		return true
	}
	return slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) &&
		!now.Before(responder.NotBefore) && !now.After(responder.NotAfter)
}
