package dnssec_test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// TestWhatHopsTell: how a proof's names are hashed, and the signature that counts,
// which of several that hold is the one that ends last.
func TestWhatHopsTell(t *testing.T) {
	grown := sound().grow(t)
	for question, want := range map[string]string{
		"none.z.test A": "", "mx.h.test A": "", "none.h.test A": "0 2 0102", "x.wild.h.test TXT": "0 2 0102",
		"none.o.test A": "1 0 ", "x.wild.o.test TXT": "1 0 ", "mx.o.test TXT": "1 0 ",
	} {
		r := grown.lookup(question, nil)
		got := ""
		if p := r.Hops[len(r.Hops)-1].NSEC3; p != nil {
			got = fmt.Sprintf("%d %d %x", p.Flags, p.Iterations, p.Salt)
		}
		if got != want {
			t.Errorf("%s: hashed %q, want %q", question, got, want)
		}
	}
	for i := range 2 {
		f := plain()
		after("z.test", func(z *zone.Zone) error {
			var long []*dns.RRSIG
			if err := z.EditSignatures("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
				long = all
				return all
			}); err != nil {
				return err
			}
			if err := z.Resign("mx", dns.TypeA, dated(-10*day, day)); err != nil {
				return err
			}
			return z.EditSignatures("mx", dns.TypeA, func(short []*dns.RRSIG) []*dns.RRSIG {
				return [][]*dns.RRSIG{{short[0], long[0]}, {long[0], short[0]}}[i]
			})
		})(f)
		r := f.grow(t).lookup("mx.z.test A", nil)
		if s := r.Hops[0].Signature; r.Status != dnssec.Secure || !s.Expiration.Equal(moment.Add(20*day)) || s.OriginalTTL != r.Records[0].TTL {
			t.Errorf("%d: %s, by %+v", i, verdictOf(r), s)
		}
	}
}
