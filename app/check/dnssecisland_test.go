package check

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestIslands tells an island of security (RFC 4033 §2) from an unsigned zone: by
// what is proven above it, and signatures of its own by keys of its own.
func TestIslands(t *testing.T) {
	const island, unsigned, host = Code("dnssec.signed-no-ds"), Code("dnssec.unsigned"), Code("dnssec.mx-zone-unsigned")
	codes := []Code{island, unsigned, host}
	foreign := []string{"@ MX 5 mx.example.net."}
	for _, c := range []struct {
		name  string
		plot  plot
		codes []Code
	}{
		{"sound", plot{}, nil},
		{"an island", plot{noDS: true}, codes[:1]},
		{"an island below opt-out", plot{noDS: true, optOut: true}, codes[:1]},
		{"unsigned", plot{noDS: true, unsigned: true}, codes[1:2]},
		{"unsigned below opt-out", plot{noDS: true, unsigned: true, optOut: true}, codes[1:2]},
		{"unsigned, with signatures of the zone that nobody has keys for", plot{noDS: true, unsigned: true, lie: signedBy("example.com.")}, codes[1:2]},
		{"unsigned, with signatures of the zone above", plot{noDS: true, unsigned: true, lie: signedBy("com.")}, codes[1:2]},
		{"unsigned, with signatures of the root", plot{noDS: true, unsigned: true, lie: signedBy(".")}, codes[1:2]},
		{"unsigned, with signatures of a name in the zone", plot{noDS: true, unsigned: true, lie: signedBy(plotHost)}, codes[1:2]},
		{"unsigned, with signatures of another zone", plot{noDS: true, unsigned: true, lie: signedBy("example.net.")}, codes[1:2]},
		{"keys that sign nothing, and strange signatures", plot{noDS: true, unsigned: true, lines: []string{"@ DNSKEY 257 3 13 " + strings.Repeat("AAAA", 16)},
			lie: signedBy("example.com.")}, codes[1:2]},
		{"the keys of an island can't be had", plot{noDS: true, lie: inAnswerTo("example.com.", dns.TypeDNSKEY, func(m *dns.Msg) {
			m.Rcode, m.Answer = dns.RcodeRefused, nil
		})}, nil},
		{"a host in an unsigned zone", plot{lines: foreign, beside: unsignedBeside}, codes[2:]},
		{"a host in an island", plot{lines: foreign, beside: islandBeside}, codes[:1]},
		{"a host in a signed zone", plot{lines: foreign, beside: secureBeside}, nil},
		{"a host in an island of an unsigned zone", plot{noDS: true, unsigned: true, lines: []string{"mail NS a.", "@ MX 5 mx.mail"},
			beside: islandBeside, besideAt: "mail.example.com"}, codes[:2]},
		{"an island where opt-out leaves open what is above it", plot{noDS: true, optOut: true, bare: true}, codes[:1]},
		{"unsigned there", plot{noDS: true, unsigned: true, optOut: true, bare: true, lie: signedBy(plotHost)}, codes[1:2]},
		{"of which an unsigned name is the alias", plot{noDS: true, unsigned: true, beside: unsignedBeside,
			lines: []string{"alias CNAME mx.example.net.", "@ MX 5 alias"}}, codes[1:2]},
		{"signed, and an alias to an unsigned zone", plot{beside: unsignedBeside, lines: []string{"alias CNAME mx.example.net.", "@ MX 5 alias"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.plot.check(t)
			for _, code := range codes {
				if hasCode(r, code) != slices.Contains(c.codes, code) {
					t.Errorf("%s: %v", code, codesOf(r))
				}
			}
			want := "example.com example.com"
			if origin := cmp.Or(c.plot.besideAt, "example.net"); c.plot.beside == islandBeside {
				want = "mx." + origin + " " + origin
			}
			if got := told(r, island, "name"); got != "" && got != want {
				t.Errorf("an island: %s", got)
			}
		})
	}
}
