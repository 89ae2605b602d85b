package observe

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// handshake speaks TLS over conn as a client that takes any certificate, and
// reports what stood. SNI is the name given; ALPN may be empty.
func (n *Network) handshake(ctx context.Context, conn net.Conn, config *tls.Config) (*tls.Conn, *probe.TLS, *probe.Failure) {
	return n.handshakeOver(ctx, &tap{Conn: conn}, config)
}

// handshakeOver is handshake over a tap of the caller's.
func (n *Network) handshakeOver(ctx context.Context, conn *tap, config *tls.Config) (*tls.Conn, *probe.TLS, *probe.Failure) {
	// Trust is observed by our own verification below, never decided here.
	config.InsecureSkipVerify = true
	secure := tls.Client(conn, config)
	if err := secure.Handshake(); err != nil {
		return nil, nil, handshakeFailed(ctx, err, conn)
	}
	state := secure.ConnectionState()
	// What isn't kept isn't verified either: each certificate costs a signature.
	chain := state.PeerCertificates[:min(len(state.PeerCertificates), probe.MaxChain)]
	now := time.Now()
	seen := &probe.TLS{
		Version: state.Version,
		Cipher:  state.CipherSuite,
		Group:   uint16(state.CurveID),
		ALPN:    state.NegotiatedProtocol,
		Chain:   [][]byte{},
		Trust:   n.trust(chain, now),
	}
	seen.Trust.Revoked = revoked(state.OCSPResponse, chain, now)
	for _, c := range chain {
		if len(c.Raw) > probe.MaxCertificate {
			break // the order means something: nothing after a gap
		}
		seen.Chain = append(seen.Chain, c.Raw)
	}
	return secure, seen, nil
}

// legacy lists every cipher suite that crypto/tls has, those it no longer
// offers by itself behind: an old server is to be seen, not missed.
func legacy() []uint16 {
	var ids []uint16
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	for _, s := range tls.InsecureCipherSuites() {
		ids = append(ids, s.ID)
	}
	return ids
}

// trust verifies a chain as a WebPKI client does (RFC 5280 §6), without names.
func (n *Network) trust(chain []*x509.Certificate, now time.Time) probe.Trust {
	if len(chain) == 0 {
		return probe.Trust{}
	}
	verify := func(at time.Time) error {
		options := x509.VerifyOptions{Roots: n.Roots, Intermediates: x509.NewCertPool(), CurrentTime: at}
		for _, c := range chain[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := chain[0].Verify(options)
		return err
	}
	err := verify(now)
	t := probe.Trust{Now: verdict(err, chain)}
	t.IgnoringDates = t.Now
	if err == nil {
		return t
	}
	t.Detail = err.Error()
	moments := datesInCommon(chain)
	if n := len(moments); n > 0 && t.Now != probe.Expired && !now.After(moments[0]) && !now.Before(moments[n-1]) {
		return t // now is such a moment, and each costs as many signatures again
	}
	for i, at := range moments {
		result := verdict(verify(at), chain)
		if i == 0 || result == probe.Trusted {
			t.IgnoringDates = result
		}
		if result == probe.Trusted {
			break
		}
	}
	return t
}

// verdict names a verifier's error.
func verdict(err error, chain []*x509.Certificate) probe.TrustResult {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil:
		return probe.Trusted
	case errors.As(err, &invalid):
		return faultOf(invalid.Reason)
	case errors.As(err, &unknown):
		for _, c := range chain {
			// A root's own signature proves nothing, so its hash doesn't matter.
			if weak(c.SignatureAlgorithm) && !bytes.Equal(c.RawIssuer, c.RawSubject) {
				return probe.WeakSignature
			}
		}
		return probe.UnknownAuthority
	}
	return probe.OtherFault
}

// faultOf names the reasons of package x509.
func faultOf(reason x509.InvalidReason) probe.TrustResult {
	switch reason {
	case x509.Expired:
		return probe.Expired
	case x509.IncompatibleUsage:
		return probe.WrongUsage
	case x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs, x509.UnconstrainedName, x509.TooManyConstraints:
		return probe.NameConstraint
	}
	return probe.OtherFault
}

// weak lists the signature hashes that verifiers refuse (RFC 9155).
func weak(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

// datesInCommon gives moments at which the leaf and every presented
// certificate above it were in date, latest first; none when there never was
// one. The root's dates aren't known, so more than one moment is tried.
func datesInCommon(chain []*x509.Certificate) []time.Time {
	from, to := chain[0].NotBefore, chain[0].NotAfter
	at := chain[0]
	for range chain {
		var above *x509.Certificate
		for _, c := range chain[1:] {
			if bytes.Equal(c.RawSubject, at.RawIssuer) && !bytes.Equal(c.Raw, at.Raw) {
				above = c
				break
			}
		}
		if above == nil || bytes.Equal(at.RawIssuer, at.RawSubject) {
			break
		}
		if above.NotBefore.After(from) {
			from = above.NotBefore
		}
		if above.NotAfter.Before(to) {
			to = above.NotAfter
		}
		at = above
	}
	if to.Before(from) {
		return nil
	}
	return []time.Time{to, from.Add(to.Sub(from) / 2), from}
}
