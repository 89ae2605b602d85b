package dnssec_test

import (
	"context"
	"errors"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// TestUnfitResolvers: what a resolver denies or mangles is never a fault of the
// zone, and never secure.
func TestUnfitResolvers(t *testing.T) {
	grown := sound().grow(t)
	const unfit = "indeterminate resolver-unfit"
	stripped := without(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeRRSIG })
	rcode := func(code int) func(*dns.Msg) {
		return func(m *dns.Msg) { m.Rcode, m.Answer, m.Ns = code, nil, nil }
	}
	for _, c := range []struct {
		name, question string
		lie            func(*dns.Msg)
		want           string
	}{
		{"signatures stripped", "mx.z.test A", stripped, unfit},
		{"signatures stripped of a denial", "none.z.test A", stripped, unfit},
		{"no DO", "mx.z.test A", func(m *dns.Msg) {
			stripped(m)
			without(isProof)(m)
			m.Extra = nil
		}, unfit},
		{"signatures stripped below an unsigned delegation", "host.dull.test A", stripped, unfit},
		{"another ID", "mx.z.test A", func(m *dns.Msg) { m.Id = 1 }, unfit},
		{"truncated", "mx.z.test A", func(m *dns.Msg) { m.Truncated = true }, unfit},
		{"the question as a response to another", "mx.z.test A", func(m *dns.Msg) { m.Question[0].Name = "www.z.test." }, unfit},
		{"no question", "mx.z.test A", func(m *dns.Msg) { m.Question = nil }, unfit},
		{"a query in return", "mx.z.test A", func(m *dns.Msg) { m.Response = false }, unfit},
		{"REFUSED", "mx.z.test A", rcode(5), unfit},
		{"FORMERR", "mx.z.test A", rcode(1), unfit},
		{"SERVFAIL", "mx.z.test A", rcode(2), "indeterminate indeterminate"},
		{"SERVFAIL for this alone", "mx.z.test A", inAnswerTo("mx.z.test.", dns.TypeA, rcode(2)), "indeterminate indeterminate"},
		{"truncated, this alone", "mx.z.test A", inAnswerTo("mx.z.test.", dns.TypeA, func(m *dns.Msg) { m.Truncated = true }), unfit},
		{"truncated keys", "mx.z.test A", inAnswerTo("z.test.", dns.TypeDNSKEY, func(m *dns.Msg) { m.Truncated = true }), unfit},
		{"REFUSED DS", "mx.z.test A", inAnswerTo("z.test.", dns.TypeDS, rcode(5)), unfit},
	} {
		r := grown.lookup(c.question, c.lie)
		if got := words(r.Status.String(), string(r.Reason)); got != c.want {
			t.Errorf("%s: %s, want %s | %s | %s", c.name, got, c.want, hopsOf(r), zonesOf(r))
		}
	}
}

// TestDeadResolvers: a resolver that fails, gives no DNS message, or waits until
// the caller gives up.
func TestDeadResolvers(t *testing.T) {
	grown := sound().grow(t)
	ended, end := context.WithCancel(t.Context())
	for name, c := range map[string]struct {
		ctx      context.Context
		exchange func(context.Context, []byte) ([]byte, error)
	}{
		"an error": {t.Context(), func(context.Context, []byte) ([]byte, error) { return nil, errors.ErrUnsupported }},
		"nothing":  {t.Context(), func(context.Context, []byte) ([]byte, error) { return nil, nil }},
		"HTML":     {t.Context(), func(context.Context, []byte) ([]byte, error) { return []byte("<!DOCTYPE html><html>"), nil }},
		"half": {t.Context(), func(ctx context.Context, query []byte) ([]byte, error) {
			wire, err := grown.Exchange(ctx, query)
			return wire[:len(wire)/2], err
		}},
		"silence": {ended, func(ctx context.Context, _ []byte) ([]byte, error) {
			end()
			<-ctx.Done()
			return nil, ctx.Err()
		}},
	} {
		r := grown.resolver()
		r.Exchange = c.exchange
		if got := r.Lookup(c.ctx, "mx.z.test", 1); got.Status != dnssec.Indeterminate || got.Reason != dnssec.ResolverUnfit || len(got.Records) != 0 {
			t.Errorf("%s: %s", name, verdictOf(got))
		}
	}
}
