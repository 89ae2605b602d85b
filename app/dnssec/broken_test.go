package dnssec_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

// broken is a forest in which exactly one thing is wrong, or a resolver that
// lies about a sound one, and what is to be said of a question then. Zones are
// given without the root and test.
type broken struct {
	name                           string
	spoil                          func(forest)
	lie                            func(*dns.Msg)
	question, verdict, hops, zones string
}

// plain is the root, test. and z.test. alone, for what needs no more.
func plain() forest {
	return forest{".": {}, "test": {}, "z.test": {lines: lines(content)}, "far.test": {lines: lines("host A 192.0.2.10")}}
}

// hold holds each case to what is said; without spoil the zones are sound.
func hold(t *testing.T, base func() forest, cases []broken) {
	t.Helper()
	untouched := base().grow(t)
	for _, c := range cases {
		grown := untouched
		if c.spoil != nil {
			f := base()
			c.spoil(f)
			grown = f.growLike(t, untouched)
		}
		r := grown.lookup(c.question, c.lie)
		zones := strings.TrimPrefix(strings.TrimPrefix(zonesOf(r), "., test"), ", ")
		if verdictOf(r) != c.verdict || hopsOf(r) != c.hops || zones != c.zones {
			t.Errorf("%s: %s:\n got %s | %s | %s\nwant %s | %s | %s", c.name, c.question, verdictOf(r), hopsOf(r), zones, c.verdict, c.hops, c.zones)
		}
	}
}

// after breaks a zone once it is signed.
func after(origin string, do func(*zone.Zone) error) func(forest) {
	return func(f forest) { f[origin].after = do }
}

// resigned signs a set of z.test anew with other contents, by other keys.
func resigned(owner string, typ uint16, edit func(*dns.RRSIG), keys ...*zone.Key) func(forest) {
	return after("z.test", func(z *zone.Zone) error { return z.Resign(owner, typ, edit, keys...) })
}

// dated gives a signature other dates, relative to moment.
func dated(inception, expiration time.Duration) func(*dns.RRSIG) {
	return func(sig *dns.RRSIG) {
		sig.Inception, sig.Expiration = uint32(moment.Add(inception).Unix()), uint32(moment.Add(expiration).Unix())
	}
}

// edited changes the signatures of a set of z.test.
func edited(owner string, typ uint16, edit func([]*dns.RRSIG) []*dns.RRSIG) func(forest) {
	return after("z.test", func(z *zone.Zone) error { return z.EditSignatures(owner, typ, edit) })
}

// inAnswerTo changes the response to one question.
func inAnswerTo(name string, typ uint16, change func(*dns.Msg)) func(*dns.Msg) {
	return func(m *dns.Msg) {
		if q := m.Question[0]; q.Name == name && q.Qtype == typ {
			change(m)
		}
	}
}

// without leaves the records out that are so.
func without(is func(dns.RR) bool) func(*dns.Msg) {
	return func(m *dns.Msg) {
		for _, section := range []*[]dns.RR{&m.Answer, &m.Ns} {
			var kept []dns.RR
			for _, rr := range *section {
				if !is(rr) {
					kept = append(kept, rr)
				}
			}
			*section = kept
		}
	}
}

// isOf tells whether a record is of an owner and one of types, or their RRSIG.
func isOf(owner string, types ...uint16) func(dns.RR) bool {
	return func(rr dns.RR) bool {
		typ := rr.Header().Rrtype
		if sig, ok := rr.(*dns.RRSIG); ok {
			typ = sig.TypeCovered
		}
		for _, t := range types {
			if t == typ && rr.Header().Name == owner {
				return true
			}
		}
		return false
	}
}

// all runs several faults.
func all(faults ...func(forest)) func(forest) {
	return func(f forest) {
		for _, fault := range faults {
			fault(f)
		}
	}
}

// do runs several steps on one zone.
func do(steps ...func(*zone.Zone) error) func(*zone.Zone) error {
	return func(z *zone.Zone) error {
		var errs []error
		for _, step := range steps {
			errs = append(errs, step(z))
		}
		return errors.Join(errs...)
	}
}
