package dnssec_test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// firstCNAME changes the first CNAME of the response to one question.
func firstCNAME(name string, change func(*dns.CNAME)) func(*dns.Msg) {
	return inAnswerTo(name, dns.TypeA, func(m *dns.Msg) {
		for i, rr := range m.Answer {
			if cname, ok := rr.(*dns.CNAME); ok {
				other := dns.Copy(cname).(*dns.CNAME)
				change(other)
				m.Answer[i] = other
				return
			}
		}
	})
}

// TestBrokenAliases: each hop has its own status, and one that is broken tells
// which (RFC 4035 §3.2.3, RFC 6672 §5.3).
func TestBrokenAliases(t *testing.T) {
	spoiled := func(owner string, typ uint16) func(*zone.Zone) error {
		return func(z *zone.Zone) error { return z.Spoil(owner, typ) }
	}
	isCNAME := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeCNAME }
	isA := func(rr dns.RR) bool {
		sig, ok := rr.(*dns.RRSIG)
		return rr.Header().Rrtype == dns.TypeA || ok && sig.TypeCovered == dns.TypeA
	}
	hold(t, sound, []broken{
		{"the alias", after("z.test", spoiled("www", dns.TypeCNAME)), nil, "www.z.test A",
			"bogus rrsig-invalid 2", "www.z.test CNAME bogus rrsig-invalid, mx.z.test A secure", "z.test"},
		{"the alias, unsigned", nil, inAnswerTo("www.z.test.", dns.TypeA, without(isOf("www.z.test.", dns.TypeCNAME))), "www.z.test A",
			"bogus nsec-missing 0", "www.z.test A bogus nsec-missing", "z.test"},
		{"its target", after("z.test", spoiled("mx", dns.TypeA)), nil, "www.z.test A",
			"bogus rrsig-invalid 2", "www.z.test CNAME secure, mx.z.test A bogus rrsig-invalid", "z.test"},
		{"its target in another zone", after("far.test", spoiled("host", dns.TypeA)), nil, "away.z.test A",
			"bogus rrsig-invalid 1", "away.z.test CNAME secure, host.far.test A bogus rrsig-invalid", "far.test, z.test"},
		{"the target's zone", func(f forest) { f["far.test"].ds = func(k *zone.Key) []dns.RR { return []dns.RR{spoiledDS(k.DS())} } }, nil, "away.z.test A",
			"bogus ds-digest-mismatch 1", "away.z.test CNAME secure, host.far.test A bogus ds-digest-mismatch", "far.test bogus ds-digest-mismatch, z.test"},
		{"another target", nil, firstCNAME("away.z.test.", func(c *dns.CNAME) { c.Target = "mx.z.test." }), "away.z.test A",
			"bogus rrsig-invalid 2", "away.z.test CNAME bogus rrsig-invalid, mx.z.test A secure", "z.test"},
		{"bogus and then insecure", after("z.test", spoiled("plain", dns.TypeCNAME)), nil, "plain.z.test A",
			"bogus rrsig-invalid 1", "plain.z.test CNAME bogus rrsig-invalid, host.dull.test A insecure", "dull.test insecure unsigned-delegation, z.test"},
		{"a wildcard's alias without proof", after("z.test", func(z *zone.Zone) error {
			z.DropProof(z.Origin().Child("x.wildalias"))
			return nil
		}), nil, "x.wildalias.z.test A",
			"bogus nsec-missing 2", "x.wildalias.z.test CNAME bogus nsec-missing *.wildalias.z.test, mx.z.test A secure", "z.test"},
		{"the rest left to us", nil, inAnswerTo("away.z.test.", dns.TypeA, without(isA)), "away.z.test A",
			"secure 1", "away.z.test CNAME secure, host.far.test A secure", "far.test, z.test"},

		{"a DNAME", after("z.test", spoiled("tree", dns.TypeDNAME)), nil, "host.tree.z.test A",
			"bogus rrsig-invalid 1", "host.tree.z.test DNAME bogus rrsig-invalid, host.far.test A secure", "far.test, z.test"},
		{"a CNAME that isn't its DNAME's", nil, firstCNAME("host.tree.z.test.", func(c *dns.CNAME) { c.Target = "mx.z.test." }), "host.tree.z.test A",
			"bogus rrsig-invalid 1", "host.tree.z.test DNAME bogus rrsig-invalid, host.far.test A secure", "far.test, z.test"},
		{"a CNAME that has lost a label", nil, firstCNAME("host.tree.z.test.", func(c *dns.CNAME) { c.Target = "far.test." }), "host.tree.z.test A",
			"bogus rrsig-invalid 1", "host.tree.z.test DNAME bogus rrsig-invalid, host.far.test A secure", "far.test, z.test"},
		{"a DNAME without its CNAME", nil, without(isCNAME), "host.tree.z.test A",
			"secure 1", "host.tree.z.test DNAME secure, host.far.test A secure", "far.test, z.test"},
		{"a CNAME without its DNAME", nil, inAnswerTo("host.tree.z.test.", dns.TypeA, without(isOf("tree.z.test.", dns.TypeDNAME))), "host.tree.z.test A",
			"bogus rrsig-missing 1", "host.tree.z.test CNAME bogus rrsig-missing, host.far.test A secure", "far.test, z.test"},
		{"its CNAME asked for, and another's", nil, inAnswerTo("host.tree.z.test.", dns.TypeCNAME, func(m *dns.Msg) {
			m.Answer[len(m.Answer)-1].(*dns.CNAME).Target = "mx.z.test."
		}), "host.tree.z.test CNAME", "bogus rrsig-invalid 1", "host.tree.z.test DNAME bogus rrsig-invalid", "z.test"},
	})
}

// TestBothSidesOfACut: the NSEC record of a delegation and that of the apex below
// it have one owner, and may be in one response.
func TestBothSidesOfACut(t *testing.T) {
	// The alias sorts right behind the cut: the parent's record proves that nothing
	// is closer than the wildcard, the child's that the type isn't there.
	f := plain()
	f["z.test"].lines = append(f["z.test"].lines, "* CNAME sub")
	f["sub.z.test"] = &plot{lines: lines("host A 192.0.2.20")}
	r := f.grow(t).lookup("sub0.z.test TXT", nil)
	if hopsOf(r) != "sub0.z.test CNAME secure no-closer *.z.test, sub.z.test TXT secure no-type" {
		t.Errorf("%s | %s", verdictOf(r), hopsOf(r))
	}
}

// TestLongChains: aliases are followed as far as the bounds allow, and what lies
// behind is not claimed.
func TestLongChains(t *testing.T) {
	for _, length := range []int{1, 11, 12, 13, 40} {
		f := plain()
		for i := range length {
			f["z.test"].lines = append(f["z.test"].lines, fmt.Sprintf("c%d CNAME c%d", i, i+1))
		}
		f["z.test"].lines = append(f["z.test"].lines, fmt.Sprintf("c%d A 192.0.2.1", length))
		r := f.grow(t).lookup("c0.z.test A", nil)
		if length <= 11 {
			if r.Status != dnssec.Secure || len(r.Hops) != length+1 || len(r.Records) != 1 {
				t.Errorf("%d aliases: %s, %d hops", length, verdictOf(r), len(r.Hops))
			}
			continue
		}
		if r.Status != dnssec.Indeterminate || r.Reason != dnssec.OverBudget || len(r.Records) != 0 || len(r.Hops) != 13 || r.Hops[12].Name != "c12.z.test" {
			t.Errorf("%d aliases: %s, %d hops", length, verdictOf(r), len(r.Hops))
		}
	}
}
