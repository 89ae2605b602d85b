package dnssec_test

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// TestAnchorsOfTwoAlgorithms: entryOf wants a key of each algorithm that anchors
// name, so that whoever can forge the weakest cannot drop the others. But a key
// is public: who forges the weakest leaves the others in, unused. Either both are
// bogus, or, as RFC 6840 §5.11 has it ("any single valid path"), neither.
func TestAnchorsOfTwoAlgorithms(t *testing.T) {
	weak, strong := newKey(t, "z.test", 8, 257, 0), newKey(t, "z.test", 13, 257, 1)
	var anchors []dnssec.Anchor
	for _, k := range []*zone.Key{weak, strong} {
		_, ds, _ := strings.Cut(k.DS().String(), "\t")
		a, err := dnssec.ParseAnchor("z.test. " + ds)
		must(t, err)
		anchors = append(anchors, a)
	}
	said := map[string]dnssec.Status{}
	for name, standby := range map[string][]*zone.Key{"dropped": nil, "left in, unused": {strong}} {
		f := sound()
		f["z.test"].signing.Keys, f["z.test"].signing.Standby = []*zone.Key{weak}, standby
		r := f.grow(t).resolver()
		r.Anchors = anchors
		said[name] = r.Lookup(t.Context(), "mx.z.test", 1).Status
	}
	if said["dropped"] != said["left in, unused"] {
		t.Errorf("signed by the weak key alone, the strong one %v", said)
	}
}
