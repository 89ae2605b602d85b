package dnssec_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// TestBogusIsForgotten: a zone that was broken once is looked at again when its
// records have run out (RFC 4035 §4.7: "the TTL ... SHOULD be small").
func TestBogusIsForgotten(t *testing.T) {
	grown := sound().grow(t)
	for name, lie := range map[string]func(*dns.Msg){
		"keys unsigned":          inAnswerTo("z.test.", dns.TypeDNSKEY, without(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeRRSIG })),
		"no keys":                inAnswerTo("z.test.", dns.TypeDNSKEY, func(m *dns.Msg) { m.Answer = nil }),
		"DS unsigned":            inAnswerTo("z.test.", dns.TypeDS, without(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeRRSIG })),
		"the anchor's keys gone": inAnswerTo(".", dns.TypeDNSKEY, func(m *dns.Msg) { m.Answer = nil }),
		"the anchor's keys fail": inAnswerTo(".", dns.TypeDNSKEY, func(m *dns.Msg) { m.Rcode, m.Answer, m.Ns = 2, nil, nil }),
	} {
		var lying atomic.Bool
		lying.Store(true)
		now := moment
		r := grown.resolver()
		r.Cache, r.Now = new(dnssec.Cache), func() time.Time { return now }
		r.Exchange = func(_ context.Context, query []byte) ([]byte, error) {
			q := new(dns.Msg)
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			m := grown.Resolve(q)
			if lying.Load() {
				lie(m)
			}
			m.Compress = true
			return m.Pack()
		}
		first := r.Lookup(t.Context(), "mx.z.test", 1)
		r.Cache.Wait()
		lying.Store(false)
		now = now.Add(2 * day) // far beyond any TTL
		if second := r.Lookup(t.Context(), "mx.z.test", 1); second.Status != dnssec.Secure {
			t.Errorf("%s: %s, and two days later %s | %s", name, verdictOf(first), verdictOf(second), zonesOf(second))
		}
		r.Cache.Wait()
	}
}
