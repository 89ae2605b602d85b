package zone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

func hashedZone(t *testing.T, p zone.NSEC3, more ...string) *zone.Zone {
	t.Helper()
	z := testZone(t)
	if err := z.Add(more...); err != nil {
		t.Fatal(err)
	}
	if err := z.SignWith(zone.Signing{
		Keys: []*zone.Key{testKey(t, 7)}, Inception: inception, Expiration: expiration, NSEC3: &p,
	}); err != nil {
		t.Fatal(err)
	}
	return z
}

// proofs is what NSEC3 records are to show: names that one matches, and names
// that one covers.
type proofs struct{ matching, covering string }

// The proofs of RFC 5155 §7.2, section by section.
func TestNSEC3Answers(t *testing.T) {
	for _, c := range []struct {
		what   string
		optOut bool
		name   string
		typ    uint16
		rcode  int
		want   proofs
	}{
		{"no proof with an answer", false, "mx.example.", dns.TypeA, 0, proofs{}},
		{"§7.2.2 name error", false, "none.example.", dns.TypeA, 3, proofs{"example.", "none.example. *.example."}},
		{"§7.2.2 next closer", false, "a.b.c.mx.example.", dns.TypeA, 3, proofs{"mx.example.", "c.mx.example. *.mx.example."}},
		{"§7.2.3 no data", false, "mx.example.", dns.TypeTXT, 0, proofs{"mx.example.", ""}},
		{"§7.2.3 empty non-terminal", false, "_tcp.mx.example.", dns.TypeA, 0, proofs{"_tcp.mx.example.", ""}},
		{"§7.2.4 DS of an unsigned delegation", false, "plain.example.", dns.TypeDS, 0, proofs{"plain.example.", ""}},
		{"§7.2.4 the same, opted out", true, "plain.example.", dns.TypeDS, 0, proofs{"example.", "plain.example."}},
		{"§7.2.4 deeper, opted out", true, "x.y.example.", dns.TypeDS, 0, proofs{"example.", "y.example."}},
		{"§7.2.4 DS of the apex", false, "example.", dns.TypeDS, 0, proofs{"example.", ""}},
		{"§7.2.5 wildcard no data", false, "a.b.wild.example.", dns.TypeA, 0, proofs{"wild.example. *.wild.example.", "b.wild.example."}},
		{"§7.2.6 wildcard answer", false, "a.b.wild.example.", dns.TypeTXT, 0, proofs{"", "b.wild.example."}},
		{"§7.2.7 referral", false, "a.plain.example.", dns.TypeA, 0, proofs{"plain.example.", ""}},
		{"§7.2.7 referral, opted out", true, "a.plain.example.", dns.TypeA, 0, proofs{"example.", "plain.example."}},
		{"a signed delegation is in the chain", true, "a.child.example.", dns.TypeTXT, 0, proofs{}},
		{"an empty non-terminal opted out", true, "y.example.", dns.TypeA, 0, proofs{"example.", "y.example."}},
		{"one that a wildcard would stand for", true, "z.wild.example.", dns.TypeA, 0, proofs{"z.wild.example.", ""}},
	} {
		z := hashedZone(t, zone.NSEC3{Iterations: 3, Salt: []byte{0xAB}, OptOut: c.optOut}, "x.y NS ns", "u.z.wild NS ns")
		m := ask(z, c.name, c.typ, true)
		if m.Rcode != c.rcode {
			t.Errorf("%s: %v", c.what, m)
		}
		shown := map[*dns.NSEC3]bool{}
		for _, rr := range m.Ns {
			if rr, ok := rr.(*dns.NSEC3); ok {
				shown[rr] = false
			}
		}
		use := func(names string, fits func(*dns.NSEC3, string) bool) {
			for _, name := range strings.Fields(names) {
				found := false
				for rr := range shown {
					if fits(rr, name) {
						shown[rr], found = true, true
					}
				}
				if !found {
					t.Errorf("%s: nothing for %s:\n%v", c.what, name, m)
				}
			}
		}
		use(c.want.matching, (*dns.NSEC3).Match)
		use(c.want.covering, (*dns.NSEC3).Cover)
		for rr, used := range shown {
			if !used || rr.Iterations != 3 || rr.Salt != "ab" || (rr.Flags == 1) != c.optOut || rr.Hdr.Ttl != 300 {
				t.Errorf("%s: %v", c.what, rr)
			}
		}
		if count(m.Ns, dns.TypeNSEC) != 0 {
			t.Errorf("%s: NSEC beside NSEC3", c.what)
		}
	}
}

// The chain of RFC 5155 §7.1: whose records there are, and of which types.
func TestNSEC3Chain(t *testing.T) {
	want := map[string][]uint16{
		"example.":        {dns.TypeNS, dns.TypeSOA, dns.TypeMX, dns.TypeRRSIG, dns.TypeDNSKEY, dns.TypeNSEC3PARAM},
		"_tcp.mx.example": {}, "wild.example.": {dns.TypeTXT, dns.TypeRRSIG}, "*.wild.example.": {dns.TypeTXT, dns.TypeRRSIG},
		"child.example.": {dns.TypeNS, dns.TypeDS, dns.TypeRRSIG}, "plain.example.": {dns.TypeNS},
	}
	for _, optOut := range []bool{false, true} {
		z := hashedZone(t, zone.NSEC3{OptOut: optOut})
		all := z.All(dns.TypeNSEC3)
		if optOut {
			delete(want, "plain.example.")
		}
		for name, types := range want {
			i := slices.IndexFunc(all, func(rr dns.RR) bool { return rr.(*dns.NSEC3).Match(dns.Fqdn(name)) })
			if i < 0 || !slices.Equal(all[i].(*dns.NSEC3).TypeBitMap, types) {
				t.Errorf("%s, opt-out %v: record %d of %v", name, optOut, i, all)
			}
		}
		for _, name := range []string{"ns.child.example.", "none.example."} {
			if slices.ContainsFunc(all, func(rr dns.RR) bool { return rr.(*dns.NSEC3).Match(name) }) {
				t.Errorf("%s is in the chain", name)
			}
		}
		for i, rr := range all { // canonical order is that of the hashes
			next := strings.ToLower(all[(i+1)%len(all)].Header().Name)
			if next != strings.ToLower(rr.(*dns.NSEC3).NextDomain)+".example." {
				t.Errorf("%v is not before %s", rr, next)
			}
		}
		// RFC 5155 §7.2.8: an NSEC3 record's owner doesn't exist.
		if m := ask(z, all[0].Header().Name, dns.TypeNSEC3, true); m.Rcode != dns.RcodeNameError || len(m.Answer) != 0 {
			t.Errorf("an owner of the chain:\n%v", m)
		}
	}
}
