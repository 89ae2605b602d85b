package check

import (
	"slices"
	"strconv"

	"github.com/sealane/sealane/app/probe"
)

// TLS alerts (RFC 8446 §6.2; no_certificate is of SSL 3.0).
const (
	handshakeFailure       = 40
	noCertificate          = 41
	badCertificate         = 42
	certificateUnknown     = 46
	accessDenied           = 49
	certificateRequiredNow = 116
)

// judgeHandshakes judges why handshakes fail, by comparing the first visit with
// the asides: one cause, the one that explains the most in front.
func (j *judge) judgeHandshakes(h *host) {
	j.over(h, "tls.client-cert-required", func(e *endpoint) ([]string, bool) {
		f := e.seen.Failure
		return nil, e.demandsCertificate() && (f.Alert == certificateRequiredNow || len(e.asides) > 0)
	})
	j.overAsides(h, "tls.sni-required", func(e *endpoint) ([]string, bool) { return nil, e.mindsName() })
	j.overAsides(h, "tls.version-intolerant", func(e *endpoint) ([]string, bool) { return nil, e.mindsVersion() })
	j.overAsides(h, "tls.no-common-cipher", func(e *endpoint) ([]string, bool) { return nil, e.findsNoCipher() })
	j.overAsides(h, "tls.sni-wrong-cert", func(e *endpoint) ([]string, bool) {
		other := j.read.leaf(e.shown(probe.NoSNI))
		leaf := e.leaf()
		if leaf == nil || other == nil || namesHost(leaf, h.name) || !namesHost(other, h.name) {
			return nil, false
		}
		_, name := j.nameFault(h, leaf)
		return []string{"name", name}, true
	})
}

// demandsCertificate tells whether the server ended the session for want of a
// client's certificate: in TLS 1.3 that comes once the client's side is done.
func (e *endpoint) demandsCertificate() bool {
	f := e.seen.Failure
	if f == nil || e.seen.Stage != probe.StageHandshake && e.seen.Stage != probe.StageEHLOTLS {
		return false
	}
	switch {
	case f.Class == probe.TLSAlert && f.Alert == certificateRequiredNow:
		return true
	case !e.seen.WantsCertificate, e.completes(probe.OnlyRSA, probe.OnlyECDSA):
		return false // it may only have asked (RFC 8446 §4.3.2)
	case f.Class == probe.TLSAlert:
		return slices.Contains([]uint8{0, handshakeFailure, noCertificate, badCertificate, certificateUnknown, accessDenied}, f.Alert)
	}
	return f.Class == probe.ConnectionLost
}

// broken tells whether the first visit's handshake was ended by the server, or
// got no answer.
func (e *endpoint) broken() bool {
	f := e.seen.Failure
	if f == nil || e.seen.TLS != nil || e.seen.Stage != probe.StageHandshake || e.demandsCertificate() {
		return false
	}
	switch f.Class {
	case probe.TLSAlert, probe.TLSVersion, probe.ConnectionLost, probe.ReplyMalformed, probe.TLSTimeout, probe.ReplyTimeout:
		return true
	}
	return false
}

// mindsName tells whether the handshake succeeds with server_name only, or
// without it only (RFC 8461 §7.1: some certificate must be shown). A connection
// that is merely lost counts where another aside, with the name, went well.
func (e *endpoint) mindsName() bool {
	if e.broken() {
		return e.completes(probe.NoSNI) && !e.completes(probe.OnlyRSA, probe.OnlyECDSA)
	}
	f := e.rejection(probe.NoSNI)
	return e.seen.TLS != nil && f != nil &&
		(f.Class == probe.TLSAlert || f.Class == probe.ConnectionLost && e.completes(probe.OnlyRSA, probe.OnlyECDSA))
}

// mindsVersion tells whether handshakes that offer TLS 1.3 fail, all of them, and
// one that doesn't succeeds.
func (e *endpoint) mindsVersion() bool {
	return e.broken() && e.failsHandshake(probe.NoSNI) && e.completes(probe.OnlyRSA, probe.OnlyECDSA)
}

// findsNoCipher tells whether the server took none of the usual cipher suites,
// whatever was offered.
func (e *endpoint) findsNoCipher() bool {
	refused := func(f *probe.Failure) bool {
		return f != nil && f.Class == probe.TLSAlert && f.Alert == handshakeFailure
	}
	return e.broken() && refused(e.seen.Failure) && !e.completes(probe.NoSNI) &&
		refused(e.rejection(probe.OnlyRSA)) && refused(e.rejection(probe.OnlyECDSA))
}

// judgeHellos judges what the server takes besides what it chose.
func (j *judge) judgeHellos(h *host) {
	j.overAsides(h, "tls.ssl-enabled", func(e *endpoint) ([]string, bool) {
		return nil, slices.ContainsFunc(e.hellos(probe.SSL3), func(s *probe.ServerHello) bool { return s.Version == ssl3 })
	})
	j.overAsides(h, "tls.legacy-enabled", func(e *endpoint) ([]string, bool) {
		for _, s := range e.hellos(probe.OldTLS) {
			if s.Version > ssl3 && s.Version < tls12 && e.seen.TLS != nil && e.seen.TLS.Version >= tls12 {
				return []string{"version", versionText(s.Version)}, true
			}
		}
		return nil, false
	})
	j.overAsides(h, "tls.compression", func(e *endpoint) ([]string, bool) {
		return nil, slices.ContainsFunc(e.hellos(), func(s *probe.ServerHello) bool { return s.Compression != 0 })
	})
	j.judgeGroups(h)
	// Both extensions belong into every handshake of TLS 1.2.
	without := func(code Code, has func(*probe.ServerHello) bool) {
		j.overAsides(h, code, func(e *endpoint) ([]string, bool) {
			return nil, slices.ContainsFunc(e.hellos(probe.OnlyRSA, probe.OnlyECDSA), func(s *probe.ServerHello) bool {
				return s.Version == tls12 && !has(s)
			})
		})
	}
	without("tls.insecure-renegotiation", func(s *probe.ServerHello) bool { return s.SecureRenegotiation })
	without("tls.no-extended-master-secret", func(s *probe.ServerHello) bool { return s.ExtendedMasterSecret })
	j.overAsides(h, "tls.client-renegotiation", func(e *endpoint) ([]string, bool) {
		return nil, slices.ContainsFunc(e.asides, func(a probe.Aside) bool { return a.Renegotiates != nil && *a.Renegotiates })
	})
	j.over(h, "tls.zero-rtt", func(e *endpoint) ([]string, bool) {
		return nil, e.seen.TLS != nil && e.seen.TLS.EarlyData != 0
	})
}

// Bits of a finite-field group: below the first a group is short, below the
// second within reach of many (RFC 9325 §4.5).
const (
	enoughBits = 2048
	scarceBits = 1024
)

// judgeGroups judges the groups of key exchanges (RFC 9325 §4.5).
func (j *judge) judgeGroups(h *host) {
	first := len(j.report.Findings)
	j.overAsides(h, "tls.dh-short", func(e *endpoint) ([]string, bool) {
		least := enoughBits
		for _, s := range e.hellos() {
			if s.DHBits > 0 {
				least = min(least, s.DHBits)
			}
		}
		return []string{"value", strconv.Itoa(least)}, least < enoughBits
	})
	for i := range j.report.Findings[first:] {
		f := &j.report.Findings[first+i]
		if bits, _ := strconv.Atoi(f.Args["value"]); bits < scarceBits {
			f.Level = Error
		}
	}
	weakly := func(e *endpoint) ([]string, bool) {
		var groups []uint16
		if e.seen.TLS != nil {
			groups = append(groups, e.seen.TLS.Group)
		}
		for _, s := range e.hellos() {
			groups = append(groups, s.Group)
		}
		for _, g := range groups {
			if name, weak := weakCurves[g]; weak {
				return []string{"value", name}, true
			}
		}
		return nil, false
	}
	j.over(h, "tls.curve-weak", weakly)
}

// weakCurves are the named curves of less than 224 bits (RFC 8422 §5.1.1, IANA
// TLS Supported Groups).
var weakCurves = map[uint16]string{
	1: "sect163k1", 2: "sect163r1", 3: "sect163r2", 4: "sect193r1", 5: "sect193r2",
	15: "secp160k1", 16: "secp160r1", 17: "secp160r2", 18: "secp192k1", 19: "secp192r1",
}
