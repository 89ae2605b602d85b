package dnssec

import (
	"errors"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/doh"
)

func TestParseAnchor(t *testing.T) {
	for _, line := range []string{
		RootAnchors()[0].Record, RootAnchors()[1].Record,
		"example. DS 1 13 2 0A0b ; a comment", "example. 3600 IN DS 1 13 2 0A 0b", "Example IN 3600 ds 1 13 2 0a0b", // in any order (RFC 1035 §5.1)
		"example.\tIN\tDNSKEY\t257 3 13 AAEC AwQF",
	} {
		a, err := ParseAnchor(line)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		r, ok := a.record()
		again, err := ParseAnchor(a.Record)
		if !ok || err != nil || again != a || r.Owner != a.Zone.String() {
			t.Errorf("%q: %+v, %+v, %v", line, r, again, err)
		}
		if _, isDS := r.DS(); isDS != (r.Type == doh.TypeDS) || isDS == strings.Contains(line, "DNSKEY") {
			t.Errorf("%q is a %s", line, r.Type)
		}
	}
	for _, line := range []string{
		"", ";", "DS 1 13 2 0a", "example. DS 1 13 2", "example. DS 1 13 2 0", "example. DS 1 13 2 xx", "example. DS 65536 13 2 0a",
		"example. DS 1 256 2 0a", "example. DNSKEY 257 3 13 *", "example. A 192.0.2.1", "a..b DS 1 13 2 0a", "example. 1 2 3 IN DS 1 13 2 0a",
	} {
		if a, err := ParseAnchor(line); !errors.Is(err, ErrAnchor) {
			t.Errorf("%q: %+v, %v", line, a, err)
		}
	}
}
