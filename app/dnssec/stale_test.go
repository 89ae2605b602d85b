package dnssec_test

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

// saying adds an extended error to every answer.
func saying(ede uint16) func(*dns.Msg) {
	return func(m *dns.Msg) {
		opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}, Option: []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: ede}}}
		m.Extra = append(m.Extra, opt)
	}
}

// TestStaleAnswers: that the signatures in an answer have ended which the resolver
// itself calls stale (RFC 8914 §4.4, §4.20) is no fault of the zone.
func TestStaleAnswers(t *testing.T) {
	expired := dated(-30*day, -2*day)
	mx, keys := resigned("mx", dns.TypeA, expired), resigned("@", dns.TypeDNSKEY, expired)
	ds := after("test", func(z *zone.Zone) error { return z.Resign("z", dns.TypeDS, expired) })
	denial := after("z.test", func(z *zone.Zone) error {
		for _, set := range []struct {
			owner string
			typ   uint16
		}{{"@", dns.TypeSOA}, {"@", dns.TypeNSEC}, {"mx", dns.TypeNSEC}} {
			if err := z.Resign(set.owner, set.typ, expired); err != nil {
				return err
			}
		}
		return nil
	})
	both := edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
		old := dns.Copy(all[0]).(*dns.RRSIG)
		expired(old)
		return append([]*dns.RRSIG{old}, all...)
	})
	const question = "mx.z.test A"
	hold(t, plain, []broken{
		{"expired", mx, nil, question, "bogus rrsig-expired 2", "mx.z.test A bogus rrsig-expired", "z.test"},
		{"stale", mx, saying(3), question, "indeterminate stale 2", "mx.z.test A indeterminate stale", "z.test"},
		{"stale, as a denial is", mx, saying(19), question, "indeterminate stale 2", "mx.z.test A indeterminate stale", "z.test"},
		{"with another error", mx, saying(4), question, "bogus rrsig-expired 2", "mx.z.test A bogus rrsig-expired", "z.test"},
		{"stale, and its signature holds", nil, saying(3), question, "secure 2", "mx.z.test A secure", "z.test"},
		{"stale, and one of its signatures holds", both, saying(3), question, "secure 2", "mx.z.test A secure", "z.test"},
		{"stale, and not yet valid", resigned("mx", dns.TypeA, dated(2*day, 30*day)), saying(3), question,
			"bogus rrsig-not-yet-valid 2", "mx.z.test A bogus rrsig-not-yet-valid", "z.test"},
		{"stale, and never signed", edited("mx", dns.TypeA, func([]*dns.RRSIG) []*dns.RRSIG { return nil }), saying(3), question,
			"bogus rrsig-missing 2", "mx.z.test A bogus rrsig-missing", "z.test"},
		{"stale, by another key", after("z.test", func(z *zone.Zone) error { return z.Spoil("mx", dns.TypeA) }), saying(3), question,
			"bogus rrsig-invalid 2", "mx.z.test A bogus rrsig-invalid", "z.test"},
		{"another answer is stale", mx, inAnswerTo("z.test.", dns.TypeDNSKEY, saying(3)), question,
			"bogus rrsig-expired 2", "mx.z.test A bogus rrsig-expired", "z.test"},
		{"the keys are stale", keys, inAnswerTo("z.test.", dns.TypeDNSKEY, saying(3)), question,
			"indeterminate stale 2", "mx.z.test A indeterminate stale", "z.test indeterminate stale"},
		{"the keys are expired", keys, nil, question, "bogus rrsig-expired 2", "mx.z.test A bogus rrsig-expired", "z.test bogus rrsig-expired"},
		{"the delegation is stale", ds, inAnswerTo("z.test.", dns.TypeDS, saying(3)), question,
			"indeterminate stale 2", "mx.z.test A indeterminate stale", "z.test indeterminate stale"},
		{"a denial is stale", denial, inAnswerTo("none.z.test.", dns.TypeA, saying(19)), "none.z.test A",
			"indeterminate stale NXDOMAIN 0", "none.z.test A indeterminate stale", "z.test"},
		{"stale, and no DS record leads to it", func(f forest) { mx(f); f["z.test"].noDS = true }, saying(3), question,
			"insecure 2", "mx.z.test A insecure", "z.test insecure unsigned-delegation"},
		{"stale, and the keys have expired too", func(f forest) {
			f["z.test"].after = func(z *zone.Zone) error {
				if err := z.Resign("mx", dns.TypeA, expired); err != nil {
					return err
				}
				return z.Resign("@", dns.TypeDNSKEY, expired)
			}
		}, inAnswerTo("mx.z.test.", dns.TypeA, saying(3)), question, "bogus rrsig-expired 2", "mx.z.test A bogus rrsig-expired", "z.test bogus rrsig-expired"},
		{"stale at the end of an alias", after("far.test", func(z *zone.Zone) error { return z.Resign("host", dns.TypeA, expired) }),
			inAnswerTo("away.z.test.", dns.TypeA, saying(3)), "away.z.test A", "indeterminate stale 1", "away.z.test CNAME secure, host.far.test A indeterminate stale", "far.test, z.test"},
		{"a denial is expired", denial, nil, "none.z.test A", "bogus rrsig-expired NXDOMAIN 0", "none.z.test A bogus rrsig-expired", "z.test"},
	})
}
