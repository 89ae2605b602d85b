package zone_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

// signaturesOf gives those of an answer, and the rest of it.
func signaturesOf(m *dns.Msg) (signatures []*dns.RRSIG, set []dns.RR) {
	for _, rr := range m.Answer {
		if sig, ok := rr.(*dns.RRSIG); ok {
			signatures = append(signatures, sig)
		} else {
			set = append(set, rr)
		}
	}
	return signatures, set
}

// Each fault changes what it says, and nothing beside it.
func TestFaultsOfSignatures(t *testing.T) {
	key, other := testKey(t, 7), testKey(t, 9)
	for _, c := range []struct {
		name  string
		spoil func(*zone.Zone) error
		// how many signatures there are, and which of them verify by the zone's key
		count int
		hold  []int
		check func(*dns.RRSIG) bool
	}{
		{"none", func(*zone.Zone) error { return nil }, 1, []int{0}, nil},
		{"another signer's name", func(z *zone.Zone) error {
			return z.Resign("@", dns.TypeMX, func(sig *dns.RRSIG) { sig.SignerName = "ample." })
		}, 1, nil, func(sig *dns.RRSIG) bool { return sig.SignerName == "ample." }},
		{"another key", func(z *zone.Zone) error { return z.Resign("@", dns.TypeMX, nil, other) }, 1, nil, nil},
		{"two keys", func(z *zone.Zone) error { return z.Resign("@", dns.TypeMX, nil, other, key) }, 2, []int{1}, nil},
		{"another original TTL, signed", func(z *zone.Zone) error {
			return z.Resign("@", dns.TypeMX, func(sig *dns.RRSIG) { sig.OrigTtl = 60 })
		}, 1, []int{0}, func(sig *dns.RRSIG) bool { return sig.OrigTtl == 60 }},
		{"another original TTL, not signed", func(z *zone.Zone) error {
			return z.EditSignatures("@", dns.TypeMX, func(all []*dns.RRSIG) []*dns.RRSIG {
				all[0].OrigTtl = 60
				return all
			})
		}, 1, nil, nil},
		{"spoiled", func(z *zone.Zone) error { return z.Spoil("@", dns.TypeMX) }, 1, nil, nil},
		{"forged", func(z *zone.Zone) error { return z.Forge("@", dns.TypeMX, 300) }, 301, []int{300}, nil},
		{"dropped", func(z *zone.Zone) error { return z.DropSignatures(origin, dns.TypeMX) }, 0, nil, nil},
		{"dropped and made again", func(z *zone.Zone) error {
			return errors.Join(z.DropSignatures(origin, dns.TypeMX), z.SignAgain(origin, dns.TypeMX, inception, expiration.Add(time.Hour)))
		}, 1, []int{0}, nil},
	} {
		z := testZone(t)
		if err := z.Sign(key, inception, expiration); err != nil {
			t.Fatal(err)
		}
		if err := c.spoil(z); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		all, set := signaturesOf(ask(z, "example.", dns.TypeMX, true))
		var hold []int
		different := map[string]bool{}
		for i, sig := range all {
			if sig.Verify(key.DNSKEY(), set) == nil {
				hold = append(hold, i)
			}
			if c.check != nil && !c.check(sig) {
				t.Errorf("%s: %v", c.name, sig)
			}
			different[sig.Signature] = true
		}
		if len(all) != c.count || len(different) != c.count || !slices.Equal(hold, c.hold) {
			t.Errorf("%s: %d signatures, %d of them different, %v hold", c.name, len(all), len(different), hold)
		}
		if all, set := signaturesOf(ask(z, "mx.example.", dns.TypeA, true)); len(all) != 1 || all[0].Verify(key.DNSKEY(), set) != nil {
			t.Errorf("%s: another set suffers", c.name)
		}
	}
}

func TestFaultsOfDenials(t *testing.T) {
	for _, p := range []*zone.NSEC3{nil, {}} {
		z, key := testZone(t), testKey(t, 7)
		if err := z.SignWith(zone.Signing{Keys: []*zone.Key{key}, Inception: inception, Expiration: expiration, NSEC3: p}); err != nil {
			t.Fatal(err)
		}
		err := z.EditDenial("mx", func(rr dns.RR) {
			switch rr := rr.(type) {
			case *dns.NSEC:
				rr.TypeBitMap = []uint16{dns.TypeTXT}
			case *dns.NSEC3:
				rr.TypeBitMap = []uint16{dns.TypeTXT}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		m := ask(z, "mx.example.", dns.TypeMX, true)
		lies := 0
		for i, rr := range m.Ns {
			lie := false
			switch rr := rr.(type) {
			case *dns.NSEC:
				lie = slices.Equal(rr.TypeBitMap, []uint16{dns.TypeTXT})
			case *dns.NSEC3:
				lie = slices.Equal(rr.TypeBitMap, []uint16{dns.TypeTXT})
			}
			if lie && m.Ns[i+1].(*dns.RRSIG).Verify(key.DNSKEY(), m.Ns[i:i+1]) == nil {
				lies++
			}
		}
		if lies != 1 {
			t.Errorf("no lie, or not signed:\n%v", m)
		}
		// A denial shows what would deny another name, and only that one.
		z.ProveInstead("none", "mx")
		other, own := ask(z, "none.example.", dns.TypeMX, true), ask(z, "mx.example.", dns.TypeMX, true)
		if other.Rcode != dns.RcodeNameError || !slices.Equal(other.Ns, own.Ns) {
			t.Errorf("instead:\n%v\nof\n%v", other, own)
		}
		if m := ask(z, "none2.example.", dns.TypeMX, true); slices.Equal(m.Ns, own.Ns) {
			t.Errorf("another denial is changed:\n%v", m)
		}
		if err := testZone(t).EditDenial("mx", func(dns.RR) {}); !errors.Is(err, zone.ErrNoSet) {
			t.Error(err)
		}
	}
}

func TestFail(t *testing.T) {
	z, _ := signedZone(t)
	z.Fail("mx", dns.TypeA)
	for name, want := range map[string]int{"mx.example.": 2, "www.example.": 2, "ns.example.": 0} {
		m := ask(z, name, dns.TypeA, true)
		if m.Rcode != want || m.Authoritative == (want == 2) || want == 2 && len(m.Answer)+len(m.Ns) != 0 {
			t.Errorf("%s:\n%v", name, m)
		}
	}
	if m := ask(z, "mx.example.", dns.TypeAAAA, true); m.Rcode != 0 {
		t.Errorf("another type:\n%v", m)
	}
}
