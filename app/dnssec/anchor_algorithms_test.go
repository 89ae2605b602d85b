package dnssec_test

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// TestAnchorsOfTwoAlgorithms: where anchors are of two algorithms, a key of each
// signs. Whoever can forge the weaker could else leave the stronger key out, or in
// without a signature by it.
func TestAnchorsOfTwoAlgorithms(t *testing.T) {
	weak, strong := newKey(t, "z.test", 8, 257, 0), newKey(t, "z.test", 13, 257, 1)
	var anchors []dnssec.Anchor
	for _, k := range []*zone.Key{weak, strong} {
		_, ds, _ := strings.Cut(k.DS().String(), "\t")
		a, err := dnssec.ParseAnchor("z.test. " + ds)
		must(t, err)
		anchors = append(anchors, a)
	}
	for name, c := range map[string]struct {
		keys, standby []*zone.Key
		want          dnssec.Status
	}{
		"both":                   {[]*zone.Key{weak, strong}, nil, dnssec.Secure},
		"strong dropped":         {[]*zone.Key{weak}, nil, dnssec.Bogus},
		"strong left in, unused": {[]*zone.Key{weak}, []*zone.Key{strong}, dnssec.Bogus},
		"weak left in, unused":   {[]*zone.Key{strong}, []*zone.Key{weak}, dnssec.Bogus},
	} {
		f := sound()
		f["z.test"].signing.Keys, f["z.test"].signing.Standby = c.keys, c.standby
		r := f.grow(t).resolver()
		r.Anchors = anchors
		if got := r.Lookup(t.Context(), "mx.z.test", 1); got.Status != c.want {
			t.Errorf("%s: %s, want %s", name, verdictOf(got), c.want)
		}
	}
}
