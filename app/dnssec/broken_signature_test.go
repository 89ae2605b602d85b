package dnssec_test

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// TestBrokenSignatures: RFC 4035 §5.3, clause by clause.
func TestBrokenSignatures(t *testing.T) {

	stranger := newKey(t, "z.test", 13, 256, 9)
	year := 365 * day
	for _, c := range []struct {
		name   string
		spoil  func(forest)
		lie    func(*dns.Msg)
		reason string // "" is secure
	}{
		{"nothing", nil, nil, ""},
		{"expired", resigned("mx", dns.TypeA, dated(-30*day, -2*day)), nil, "rrsig-expired"},
		{"expired by six minutes", resigned("mx", dns.TypeA, dated(-30*day, -6*time.Minute)), nil, "rrsig-expired"},
		{"expired by four minutes", resigned("mx", dns.TypeA, dated(-30*day, -4*time.Minute)), nil, ""},
		{"not yet valid", resigned("mx", dns.TypeA, dated(2*day, 30*day)), nil, "rrsig-not-yet-valid"},
		{"six minutes early", resigned("mx", dns.TypeA, dated(6*time.Minute, 30*day)), nil, "rrsig-not-yet-valid"},
		{"four minutes early", resigned("mx", dns.TypeA, dated(4*time.Minute, 30*day)), nil, ""},
		{"expires before it begins", resigned("mx", dns.TypeA, dated(day, -day)), nil, "rrsig-expired"},
		// Serial arithmetic: 2³¹ seconds are 68 years (RFC 4034 §3.1.5).
		{"for 67 years", resigned("mx", dns.TypeA, dated(-time.Hour, 67*year)), nil, ""},
		{"for 70 years, which is past", resigned("mx", dns.TypeA, dated(-time.Hour, 70*year)), nil, "rrsig-expired"},
		{"dropped", edited("mx", dns.TypeA, func([]*dns.RRSIG) []*dns.RRSIG { return nil }), nil, "rrsig-missing"},
		{"spoiled", after("z.test", func(z *zone.Zone) error { return z.Spoil("mx", dns.TypeA) }), nil, "rrsig-invalid"},
		{"of a key that isn't there", resigned("mx", dns.TypeA, nil, stranger), nil, "rrsig-invalid"},
		{"of a name that is no zone", resigned("mx", dns.TypeA, func(sig *dns.RRSIG) { sig.SignerName = "mx.z.test." }), nil, "rrsig-wrong-signer"},
		{"of a zone beside it", resigned("mx", dns.TypeA, func(sig *dns.RRSIG) { sig.SignerName = "far.test." }, newKey(t, "far.test", 13, 257, 0)), nil, "rrsig-wrong-signer"},
		// RFC 4035 §5.3.1 wants the zone that holds the set. Whether it does, only the
		// proofs of no delegation at each label below it would tell, and whoever has
		// its key can make these too: as everywhere, a zone above will do.
		{"of the zone above", resigned("mx", dns.TypeA, func(sig *dns.RRSIG) { sig.SignerName = "test." }, newKey(t, "test", 13, 257, 0)), nil, "above"},
		{"another original TTL", edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
			all[0].OrigTtl++
			return all
		}), nil, "rrsig-invalid"},
		{"a label less", edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
			all[0].Labels--
			return all
		}), nil, "rrsig-invalid"},
		{"a label more", edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
			all[0].Labels++
			return all
		}), nil, "rrsig-invalid"},
		{"an unknown algorithm", edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
			all[0].Algorithm = 200
			return all
		}), nil, "rrsig-missing"},
		{"one good among four", after("z.test", func(z *zone.Zone) error { return z.Forge("mx", dns.TypeA, 3) }), nil, ""},
		{"one good behind an expired one", edited("mx", dns.TypeA, func(all []*dns.RRSIG) []*dns.RRSIG {
			expired := dns.Copy(all[0]).(*dns.RRSIG)
			dated(-30*day, -2*day)(expired)
			return append([]*dns.RRSIG{expired}, all...)
		}), nil, ""},
	} {
		b := broken{c.name, c.spoil, c.lie, "mx.z.test A", "secure 2", "mx.z.test A secure", "z.test"}
		switch c.reason {
		case "":
		case "above":
			b.zones = ""
		default:
			b.verdict, b.hops = "bogus "+c.reason+" 2", "mx.z.test A bogus "+c.reason
		}
		hold(t, plain, []broken{b})
	}
}

// What is signed is the whole set and nothing more (RFC 4034 §6.3).
func TestOtherRecords(t *testing.T) {
	hold(t, plain, []broken{
		{"a record less", nil, without(func(rr dns.RR) bool { a, ok := rr.(*dns.A); return ok && a.A.String() == "192.0.2.2" }),
			"mx.z.test A", "bogus rrsig-invalid 1", "mx.z.test A bogus rrsig-invalid", "z.test"},
		{"a record more", nil, inAnswerTo("mx.z.test.", dns.TypeA, func(m *dns.Msg) {
			m.Answer = append(m.Answer, &dns.A{Hdr: *m.Answer[0].Header(), A: []byte{192, 0, 2, 99}})
		}), "mx.z.test A", "bogus rrsig-invalid 3", "mx.z.test A bogus rrsig-invalid", "z.test"},
		{"another record", after("z.test", func(z *zone.Zone) error { return z.Replace("mx A 192.0.2.99") }), nil,
			"mx.z.test A", "bogus rrsig-invalid 1", "mx.z.test A bogus rrsig-invalid", "z.test"},
		// Equal records are one (RFC 2181 §5.2, RFC 4034 §6.3).
		{"a record twice", nil, inAnswerTo("mx.z.test.", dns.TypeA, func(m *dns.Msg) { m.Answer = append(m.Answer, m.Answer[0]) }),
			"mx.z.test A", "secure 2", "mx.z.test A secure", "z.test"},
		{"a name in two cases", nil, inAnswerTo("z.test.", dns.TypeMX, func(m *dns.Msg) {
			m.Answer = append(m.Answer, &dns.MX{Hdr: *m.Answer[0].Header(), Preference: 10, Mx: "MX.Z.test."})
		}), "z.test MX", "secure 1", "z.test MX secure", "z.test"},
	})
}

// What a hop says of the signature that holds it.
func TestSignatureOfHop(t *testing.T) {
	for name, c := range map[string]struct {
		inception, expiration time.Duration
		skewed                bool
	}{
		"in time": {-day, day, false}, "at the first moment": {0, day, false}, "at the last": {-day, 0, false},
		"late": {-day, -4 * time.Minute, true}, "early": {4 * time.Minute, day, true},
	} {
		f := plain()
		resigned("mx", dns.TypeA, dated(c.inception, c.expiration))(f)
		r := f.grow(t).lookup("mx.z.test A", nil)
		sig := r.Hops[0].Signature
		if r.Status != dnssec.Secure || sig == nil || sig.Skewed != c.skewed || sig.Signer != "z.test" || sig.Algorithm != 13 ||
			!sig.Inception.Equal(moment.Add(c.inception)) || !sig.Expiration.Equal(moment.Add(c.expiration)) {
			t.Errorf("%s: %+v", name, sig)
		}
	}
}

// How long an answer may be kept is never more than what is signed (RFC 4035
// §5.3.3), whatever the resolver says.
func TestTTLOfAnswer(t *testing.T) {
	ttl := func(seconds uint32) func(*dns.Msg) {
		return func(m *dns.Msg) {
			for _, rr := range m.Answer {
				rr.Header().Ttl = seconds
			}
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(forest)
		lie   func(*dns.Msg)
		want  uint32
	}{
		{"as it is", func(forest) {}, nil, 3600},
		{"counted down", func(forest) {}, inAnswerTo("mx.z.test.", dns.TypeA, ttl(60)), 60},
		{"counted up", func(forest) {}, inAnswerTo("mx.z.test.", dns.TypeA, ttl(86400)), 3600},
		{"a lower original", resigned("mx", dns.TypeA, func(sig *dns.RRSIG) { sig.OrigTtl = 90 }), nil, 90},
		{"soon to expire", resigned("mx", dns.TypeA, dated(-day, 40*time.Second)), nil, 40},
		{"keys kept for less", func(forest) {}, inAnswerTo("z.test.", dns.TypeDNSKEY, ttl(30)), 30},
		{"a delegation kept for less", func(forest) {}, inAnswerTo("z.test.", dns.TypeDS, ttl(20)), 20},
	} {
		f := plain()
		c.spoil(f)
		if r := f.grow(t).lookup("mx.z.test A", c.lie); r.Status != dnssec.Secure || r.TTL != c.want {
			t.Errorf("%s: %s, %d s, want %d", c.name, r.Status, r.TTL, c.want)
		}
	}
}
