package dnssec_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// TestDSBelowUnsignedCut holds that nothing below a delegation without DS is
// secure, DS records and their absence neither.
func TestDSBelowUnsignedCut(t *testing.T) {
	grown := sound().grow(t)
	for _, above := range []string{"z", "h", "o"} {
		q := new(dns.Msg).SetQuestion("bare."+above+".test.", dns.TypeDS)
		q.SetEdns0(4096, true)
		proof := grown.Resolve(q)
		for _, rcode := range []int{dns.RcodeSuccess, dns.RcodeNameError} {
			r := grown.lookup("x.bare."+above+".test DS", func(m *dns.Msg) {
				if m.Question[0].Name == "x.bare."+above+".test." {
					m.Rcode, m.Answer, m.Ns = rcode, nil, proof.Ns
				}
			})
			if r.Status == dnssec.Secure {
				t.Errorf("%s: %s", above, hopsOf(r))
			}
		}
	}
}

// TestOneSynthesisedAlias holds that beside the CNAME that a DNAME makes there is
// no other (RFC 2181 §10.1), and none where it makes none.
func TestOneSynthesisedAlias(t *testing.T) {
	grown := sound().grow(t)
	evil := "evil.test."
	for _, c := range []struct {
		question string
		lie      func(*dns.Msg, dns.RR_Header)
	}{
		{"host.tree.z.test CNAME", func(m *dns.Msg, h dns.RR_Header) {
			m.Answer = append(m.Answer, &dns.CNAME{Hdr: h, Target: evil})
		}},
		{long + ".long.z.test CNAME", func(m *dns.Msg, h dns.RR_Header) {
			m.Answer = append(m.Answer, &dns.RFC3597{Hdr: h, Rdata: "0103"})
		}},
	} {
		r := grown.lookup(c.question, func(m *dns.Msg) {
			if q := m.Question[0]; q.Qtype == dns.TypeCNAME {
				c.lie(m, dns.RR_Header{Name: q.Name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60})
			}
		})
		if r.Status != dnssec.Bogus {
			t.Errorf("%s: %s, %v", c.question, hopsOf(r), r.Records)
		}
	}
}

// TestProvenRcode holds that of a denial that is proven the code is too.
func TestProvenRcode(t *testing.T) {
	grown := sound().grow(t)
	for _, question := range []string{"mx.z.test TXT", "x.wild.z.test A", "empty.z.test A", "mx.h.test TXT"} {
		r := grown.lookup(question, func(m *dns.Msg) {
			if m.Question[0].Qtype != dns.TypeDS && m.Question[0].Qtype != dns.TypeDNSKEY {
				m.Rcode = dns.RcodeYXDomain
			}
		})
		if r.Status != dnssec.Secure || r.Rcode != dns.RcodeSuccess {
			t.Errorf("%s: %s", question, verdictOf(r))
		}
	}
}

// TestPoorLookupKeepsNothing holds that what one lookup may no longer ask about
// is not kept as if nobody may.
func TestPoorLookupKeepsNothing(t *testing.T) {
	grown := sound().grow(t)
	r := grown.resolver()
	r.Cache = new(dnssec.Cache)
	ctx := context.Background()
	poor := r.LookupPoor(ctx, "host.sub.z.test", 1)
	if poor.Status != dnssec.Indeterminate || poor.Reason != dnssec.OverBudget {
		t.Fatalf("%s", verdictOf(poor))
	}
	if rich := r.Lookup(ctx, "host.sub.z.test", 1); rich.Status != dnssec.Secure {
		t.Errorf("%s", verdictOf(rich))
	}
}

// TestAnchorStrippedOfKeys holds that a zone of a trust anchor is gone only where
// the zone above proves it (RFC 6840 §5.10): else leaving its keys out would make
// of it whatever the zone above says.
func TestAnchorStrippedOfKeys(t *testing.T) {
	for _, above := range []string{"z.test", "h.test", "o.test"} {
		f := sound()
		isle := "isle." + above
		f[isle] = &plot{lines: lines("host A 192.0.2.30"), noDS: true}
		grown := f.grow(t)
		grown.anchors = append(grown.anchors, dnssec.Anchor{Zone: dnsname.MustParse(isle),
			Record: newKey(t, isle, dns.ECDSAP256SHA256, dns.ZONE|dns.SEP, 0).DS().String()})
		if r := grown.lookup("host."+isle+" A", nil); r.Status != dnssec.Secure {
			t.Errorf("%s: %s", isle, verdictOf(r))
		}
		q := new(dns.Msg).SetQuestion(isle+".", dns.TypeDS)
		q.SetEdns0(4096, true)
		proof := grown.Resolve(q)
		r := grown.lookup("host."+isle+" A", func(m *dns.Msg) {
			switch q := m.Question[0]; {
			case q.Name == isle+"." && q.Qtype == dns.TypeDNSKEY:
				m.Answer, m.Ns = nil, nil
			case q.Name == "host."+isle+".":
				m.Answer, m.Ns = nil, proof.Ns
			}
		})
		if r.Status != dnssec.Bogus || r.Reason != dnssec.DNSKEYMissing {
			t.Errorf("%s: %s | %s | %s", isle, verdictOf(r), hopsOf(r), zonesOf(r))
		}
	}
}

// TestRestOfWildcardAlias asks for the rest of a chain that a resolver leaves to
// us, though the response holds a proof: that of the alias, a wildcard's.
func TestRestOfWildcardAlias(t *testing.T) {
	for _, above := range []string{"z.test", "h.test"} {
		for _, target := range []string{"host.far.test.", "mx." + above + "."} {
			f := sound()
			f[above].lines = append(f[above].lines, "*.gone CNAME "+target)
			r := f.grow(t).lookup("x.gone."+above+" A", func(m *dns.Msg) {
				if m.Question[0].Name == "x.gone."+above+"." {
					m.Answer = slices.DeleteFunc(m.Answer, func(rr dns.RR) bool { return rr.Header().Name == target })
				}
			})
			if r.Status != dnssec.Secure || len(r.Records) == 0 {
				t.Errorf("%s: %s | %s", target, verdictOf(r), hopsOf(r))
			}
		}
	}
}

// TestDeep holds that below where the way down is followed nothing is known of
// what isn't signed, and that what is signed from above counts.
func TestDeep(t *testing.T) {
	near, deep := strings.Repeat("n.", 30)+"test", strings.Repeat("d.", 50)+"test"
	grown := forest{
		".": {}, "test": {lines: lines(strings.Repeat("s.", 50) + "test. A 192.0.2.1")},
		near: {lines: lines("host A 192.0.2.1"), unsigned: true},
		deep: {lines: lines("host A 192.0.2.1"), unsigned: true},
	}.grow(t)
	for owner, verdict := range map[string]string{
		"host." + near:                    "insecure 1",
		"host." + deep:                    "indeterminate over-budget 1",
		"none." + deep:                    "indeterminate over-budget NXDOMAIN 0",
		strings.Repeat("s.", 50) + "test": "secure 1",
		strings.Repeat("s.", 49) + "test": "secure 0",
	} {
		if r := grown.lookup(owner+" A", nil); verdictOf(r) != verdict {
			t.Errorf("%s: %s, want %s | %s | %s", owner, verdictOf(r), verdict, hopsOf(r), zonesOf(r))
		}
	}
}

// TestTTL holds that nothing is kept for longer than its records, the links it
// stands on and their signatures allow (RFC 4035 §5.3.3), whatever TTL a resolver
// gives.
func TestTTL(t *testing.T) {
	grown := sound().grow(t)
	for _, question := range []string{"mx.z.test A", "mx.z.test TXT", "none.h.test A", "host.bare.z.test A", "host.bare.h.test A", "host.bare.o.test A"} {
		if r := grown.lookup(question, nil); r.TTL > 3600 {
			t.Errorf("%s: %d s", question, r.TTL)
		}
		r := grown.lookup(question, func(m *dns.Msg) {
			for _, section := range [][]dns.RR{m.Answer, m.Ns} {
				for i, rr := range section {
					section[i] = dns.Copy(rr)
					section[i].Header().Ttl = 1<<31 - 1
				}
			}
		})
		if r.TTL > uint32(20*day/time.Second) {
			t.Errorf("%s, for ever: %d s", question, r.TTL)
		}
	}
}
