package dnssec_test

import (
	"fmt"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// TestManyWildcards: a response that leads through many wildcards has a proof for
// each (RFC 4035 §3.1.3.3), and none is held to its signature for each of them.
func TestManyWildcards(t *testing.T) {
	for name, hashed := range map[string]*zone.NSEC3{"NSEC": nil, "NSEC3": {}} {
		const aliases = 9
		f := plain()
		p := f["z.test"]
		p.signing.NSEC3 = hashed
		for i := range aliases {
			p.lines = append(p.lines, fmt.Sprintf("*.w%d CNAME x.w%d", i, i+1))
		}
		p.lines = append(p.lines, fmt.Sprintf("*.w%d TXT any", aliases))
		grown := f.grow(t)
		for _, question := range []string{"x.w0.z.test TXT", "x.w0.z.test A"} {
			if r := grown.lookup(question, nil); r.Status != dnssec.Secure || len(r.Hops) != aliases+1 {
				t.Errorf("%s: %s: %s | %s", name, question, verdictOf(r), hopsOf(r))
			}
		}
	}
}
