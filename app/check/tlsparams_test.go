package check

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/probe"
)

func params(version, cipher, group uint16) func(l *layout) {
	return firstHost(func(a *probe.Address) { a.TLS.Version, a.TLS.Cipher, a.TLS.Group = version, cipher, group })
}

func TestTLSRules(t *testing.T) {
	runRules(t, tlsEntries, []ruleCase{
		{"tls.version-too-old", Error, "", params(0x0302, 0xc013, 23), params(0x0303, 0xc02f, 29)},
		{"tls.version-too-old", Error, "", firstHost(ended(probe.StageHandshake, probe.TLSVersion)), firstHost(ended(probe.StageHandshake, probe.TLSAlert))},
		{"tls.no-tls13", Notice, "", params(0x0303, 0xc02f, 29), params(0x0304, 0x1301, 29)},
		{"tls.weak-cipher", Warning, "", params(0x0303, 0x000a, 0), params(0x0303, 0x002f, 0)},
		{"tls.no-forward-secrecy", Warning, "", params(0x0303, 0x009c, 0), params(0x0303, 0xc02f, 29)},
		{"tls.cbc-only", Notice, "", params(0x0303, 0xc013, 29), params(0x0303, 0xcca8, 29)},
		{"tls.no-pq-hybrid", Notice, "example.com", params(0x0304, 0x1301, 29), params(0x0304, 0x1301, 0x11ec)},
		{"tls.ok", OK, "example.com", params(0x0303, 0xc02f, 29), params(0x0303, 0xc013, 29)},
	})
}

func TestSuitesAreSorted(t *testing.T) {
	if !slices.IsSortedFunc(suites, func(a, b suite) int { return int(a.number) - int(b.number) }) {
		t.Error("the table is searched by number")
	}
}

func TestVersionText(t *testing.T) {
	for version, want := range map[uint16]string{0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3", 0x7f1c: "0x7f1c"} {
		if got := versionText(&probe.TLS{Version: version}); got != want {
			t.Errorf("%#x: %q, want %q", version, got, want)
		}
	}
}
