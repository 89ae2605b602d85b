package dnssec_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// TestCallerGivesUp: a caller that gives up while one answer is still out learns
// nothing of the zone, and nothing bad (RFC 4035 §4.3).
func TestCallerGivesUp(t *testing.T) {
	grown := sound().grow(t)
	for _, late := range []string{"mx.z.test A", "z.test DS", "z.test DNSKEY", "test DS", "test DNSKEY", ". DNSKEY", "mx.z.test DS"} {
		for _, question := range []string{"mx.z.test A", "none.z.test A"} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				r := grown.resolver()
				r.Cache = new(dnssec.Cache)
				r.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
					q := new(dns.Msg)
					must(t, q.Unpack(query))
					if name, typ := asked(late); q.Question[0].Name == dns.Fqdn(name) && q.Question[0].Qtype == uint16(typ) {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					return grown.Exchange(context.Background(), query)
				}
				name, typ := asked(question)
				got := r.Lookup(ctx, name, typ)
				r.Cache.Wait()
				if got.Status == dnssec.Bogus || got.Status == dnssec.Insecure {
					t.Errorf("%s without %s: %s | %s | %s", question, late, verdictOf(got), hopsOf(got), zonesOf(got))
				}
			})
		}
	}
}
