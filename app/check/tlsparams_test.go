package check

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/probe"
)

func params(version, cipher, group uint16) func(l *layout) {
	return firstHost(func(a *probe.Address) { a.TLS.Version, a.TLS.Cipher, a.TLS.Group = version, cipher, group })
}

var ssl = with(answers(probe.SSL3, func(h *probe.ServerHello) { h.Version = ssl3 }))

func old(version uint16, compression uint8) func(l *layout) {
	return with(answers(probe.OldTLS, func(h *probe.ServerHello) { h.Version, h.Compression = version, compression }))
}

func dhe(bits int) func(l *layout) {
	return with(answers(probe.OnlyDHE, func(h *probe.ServerHello) { h.DHBits = bits }))
}

func renegotiates(does bool) func(l *layout) {
	a := shakes(probe.OnlyRSA, nil)
	a.Renegotiates = &does
	return with(a)
}

// wantsCertificate ends the session of a server that asked for a certificate.
func wantsCertificate(stage probe.Stage, class probe.Class, alert uint8) func(l *layout) {
	return firstHost(func(a *probe.Address) {
		a.WantsCertificate, a.Stage, a.EHLOTLS = true, stage, probe.Reply{}
		a.Failure = &probe.Failure{Class: class, Alert: alert}
		if stage == probe.StageHandshake {
			a.TLS = nil
		}
	})
}

// twoNames gives the first host one certificate by name and one without.
func twoNames(by, without string) func(l *layout) {
	return func(l *layout) {
		shows(probe.Trusted, named(by))(l)
		with(shakes(probe.NoSNI, forge(l.t, named(without))))(l)
	}
}

func TestTLSRules(t *testing.T) {
	t.Parallel()
	runRules(t, tlsEntries, []ruleCase{
		{"tls.version-too-old", Error, "", params(0x0302, 0xc013, 23), params(0x0303, 0xc02f, 29)},
		{"tls.version-too-old", Error, "", firstHost(ended(probe.StageHandshake, probe.TLSVersion)), firstHost(ended(probe.StageHandshake, probe.TLSAlert))},
		{"tls.no-tls13", Notice, "", params(0x0303, 0xc02f, 29), params(0x0304, 0x1301, 29)},
		{"tls.weak-cipher", Warning, "", params(0x0303, 0x000a, 0), params(0x0303, 0x002f, 0)},
		{"tls.no-forward-secrecy", Warning, "", params(0x0303, 0x009c, 0), params(0x0303, 0xc02f, 29)},
		{"tls.cbc-only", Notice, "", params(0x0303, 0xc013, 29), params(0x0303, 0xcca8, 29)},
		{"tls.cbc-only", Notice, "", params(0x0303, 0xc013, 29), params(0x0301, 0xc013, 29)},
		{"tls.no-pq-hybrid", Notice, "example.com", params(0x0304, 0x1301, 29), params(0x0304, 0x1301, 0x11ec)},
		{"tls.no-pq-hybrid", Notice, "example.com", params(0x0304, 0x1301, 29), params(0x0303, 0xc02f, 29)},
		{"tls.ok", OK, "example.com", params(0x0303, 0xc02f, 29), params(0x0303, 0xc013, 29)},
		{"tls.ok", OK, "example.com", params(0x0303, 0xc02f, 29), both(params(0x0303, 0xc02f, 29), ssl)},
		{"tls.client-cert-required", Error, "", both(wantsCertificate(probe.StageHandshake, probe.ConnectionLost, 0), with(fails(probe.OnlyRSA, probe.ConnectionLost, 0))),
			both(wantsCertificate(probe.StageHandshake, probe.TLSAlert, 80), with(fails(probe.OnlyRSA, probe.ConnectionLost, 0)))},
		{"tls.client-cert-required", Error, "", both(wantsCertificate(probe.StageEHLOTLS, probe.ConnectionLost, 0), with(fails(probe.OnlyRSA, probe.ConnectionLost, 0))),
			both(wantsCertificate(probe.StageEHLOTLS, probe.ConnectionLost, 0), with(shakes(probe.OnlyRSA, nil)))},
		{"tls.client-cert-required", Error, "", wantsCertificate(probe.StageEHLOTLS, probe.TLSAlert, 116), firstHost(func(a *probe.Address) { a.WantsCertificate = true })},
		{"tls.sni-required", Error, "", with(fails(probe.NoSNI, probe.TLSAlert, 112)), with(fails(probe.NoSNI, probe.ConnectionLost, 0))},
		{"tls.sni-required", Error, "", with(fails(probe.NoSNI, probe.ConnectionLost, 0), shakes(probe.OnlyECDSA, nil)),
			with(fails(probe.NoSNI, probe.TLSTimeout, 0), shakes(probe.OnlyECDSA, nil))},
		{"tls.sni-required", Error, "", both(brokeOff(probe.TLSAlert, 112), with(shakes(probe.NoSNI, nil))), both(brokeOff(probe.TLSAlert, 112), with(fails(probe.NoSNI, probe.TLSAlert, 40)))},
		{"tls.sni-wrong-cert", Error, "", both(enforce, twoNames("www.example.net", "mx.example.com")), both(enforce, twoNames("mx.example.com", "www.example.net"))},
		{"tls.sni-wrong-cert", Notice, "", twoNames("www.example.net", "mx.example.com"), twoNames("www.example.net", "www.example.org")},
		{"tls.version-intolerant", Warning, "", both(noTLSA, brokeOff(probe.TLSAlert, 40), with(shakes(probe.OnlyRSA, nil), fails(probe.NoSNI, probe.TLSAlert, 40))),
			both(noTLSA, brokeOff(probe.TLSAlert, 40), with(fails(probe.OnlyRSA, probe.TLSAlert, 40)))},
		{"tls.version-intolerant", Error, "", both(brokeOff(probe.ConnectionLost, 0), with(shakes(probe.OnlyECDSA, nil), fails(probe.NoSNI, probe.ConnectionLost, 0))), with(shakes(probe.OnlyECDSA, nil))},
		{"tls.no-common-cipher", Error, "", both(brokeOff(probe.TLSAlert, 40), with(fails(probe.OnlyRSA, probe.TLSAlert, 40), fails(probe.OnlyECDSA, probe.TLSAlert, 40))),
			both(brokeOff(probe.TLSAlert, 40), with(fails(probe.OnlyRSA, probe.TLSAlert, 40)))},
		{"tls.ssl-enabled", Error, "", ssl, with(fails(probe.SSL3, probe.TLSAlert, 70))},
		{"tls.legacy-enabled", Warning, "", old(0x0301, 0), old(tls12, 0)},
		{"tls.legacy-enabled", Warning, "", old(0x0302, 0), both(params(0x0302, 0xc013, 23), old(0x0302, 0))},
		{"tls.compression", Warning, "", old(0x0302, 1), old(0x0302, 0)},
		{"tls.dh-short", Warning, "", dhe(1024), dhe(2048)},
		{"tls.dh-short", Error, "", dhe(1023), dhe(0)},
		{"tls.curve-weak", Notice, "", params(0x0303, 0xc02f, 19), params(0x0303, 0xc02f, 21)},
		{"tls.curve-weak", Notice, "", with(answers(probe.OldTLS, func(h *probe.ServerHello) { h.Group = 1 })), with(answers(probe.OldTLS, func(h *probe.ServerHello) { h.Group = 6 }))},
		{"tls.insecure-renegotiation", Warning, "", with(answers(probe.OnlyRSA, func(h *probe.ServerHello) { h.SecureRenegotiation = false })),
			with(answers(probe.SSL3, func(h *probe.ServerHello) { h.Version, h.SecureRenegotiation = ssl3, false }))},
		{"tls.no-extended-master-secret", Warning, "", with(answers(probe.OnlyECDSA, func(h *probe.ServerHello) { h.ExtendedMasterSecret = false })),
			with(answers(probe.OldTLS, func(h *probe.ServerHello) { h.Version, h.ExtendedMasterSecret = 0x0301, false }))},
		{"tls.client-renegotiation", Notice, "", renegotiates(true), renegotiates(false)},
		{"tls.zero-rtt", Notice, "", firstHost(func(a *probe.Address) { a.TLS.EarlyData = 16384 }), unchanged},
	})
}

func TestSuitesAreSorted(t *testing.T) {
	if !slices.IsSortedFunc(suites, func(a, b suite) int { return int(a.number) - int(b.number) }) {
		t.Error("the table is searched by number")
	}
}

func TestVersionText(t *testing.T) {
	for version, want := range map[uint16]string{0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3", 0x7f1c: "0x7f1c"} {
		if got := versionText(version); got != want {
			t.Errorf("%#x: %q, want %q", version, got, want)
		}
	}
}
