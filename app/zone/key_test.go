package zone_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

// seeded gives the same octets for the same seed.
func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func newKey(t *testing.T, algorithm uint8, flags uint16, random io.Reader) *zone.Key {
	t.Helper()
	key, err := zone.NewKey(origin, algorithm, flags, random)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Keys of every algorithm sign, and come of the octets that they are made from.
func TestAlgorithms(t *testing.T) {
	for _, algorithm := range []uint8{5, 7, 8, 10, 13, 14, 15} {
		key := newKey(t, algorithm, dns.ZONE, seeded(1))
		if again := newKey(t, algorithm, dns.ZONE, seeded(1)); again.DNSKEY().String() != key.DNSKEY().String() {
			t.Errorf("algorithm %d: two keys of the same octets differ", algorithm)
		}
		if other := newKey(t, algorithm, dns.ZONE, seeded(2)); other.DNSKEY().String() == key.DNSKEY().String() {
			t.Errorf("algorithm %d: two keys of other octets are the same", algorithm)
		}
		z := testZone(t)
		if err := z.SignWith(zone.Signing{Keys: []*zone.Key{key}, Inception: inception, Expiration: expiration}); err != nil {
			t.Fatal(err)
		}
		m := ask(z, "example.", dns.TypeMX, true)
		if err := m.Answer[1].(*dns.RRSIG).Verify(key.DNSKEY(), m.Answer[:1]); err != nil {
			t.Errorf("algorithm %d: %v", algorithm, err)
		}
	}
	if _, err := zone.NewKey(origin, dns.RSAMD5, dns.ZONE, seeded(1)); !errors.Is(err, zone.ErrAlgorithm) {
		t.Error(err)
	}
}

// Keys of the same tag are others, mean the same, and sign.
func TestColliding(t *testing.T) {
	for algorithm, seeds := range map[uint8]byte{8: 1, 13: 8, 15: 8} {
		for seed := range seeds {
			key := newKey(t, algorithm, dns.ZONE|dns.SEP, seeded(seed))
			other, err := key.Colliding(seeded(seed + 100))
			if err != nil {
				t.Fatal(err)
			}
			a, b := key.DNSKEY(), other.DNSKEY()
			if a.KeyTag() != b.KeyTag() || a.PublicKey == b.PublicKey || b.Flags&(dns.ZONE|dns.SEP|dns.REVOKE) != dns.ZONE|dns.SEP {
				t.Errorf("algorithm %d: %v and %v", algorithm, a, b)
			}
		}
	}
	if _, err := newKey(t, 13, 257, seeded(1)).Colliding(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestDSOf(t *testing.T) {
	key := newKey(t, 13, dns.ZONE|dns.SEP, seeded(1))
	for digest, octets := range map[uint8]int{1: 20, 2: 32, 4: 48, 3: 32, 200: 32} {
		ds := key.DSOf(digest)
		if ds.DigestType != digest || len(ds.Digest) != 2*octets || ds.KeyTag != key.DNSKEY().KeyTag() {
			t.Errorf("digest type %d: %v", digest, ds)
		}
	}
}

// TestWhoSigns: SEP keys sign keys and the others data; one of a kind signs both.
func TestWhoSigns(t *testing.T) {
	ksk, zsk := newKey(t, 13, 257, seeded(1)), newKey(t, 13, 256, seeded(2))
	alone, standby := newKey(t, 15, 256, seeded(3)), newKey(t, 13, 257, seeded(4))
	z := testZone(t)
	if err := z.SignWith(zone.Signing{
		Keys: []*zone.Key{ksk, zsk, alone}, Standby: []*zone.Key{standby}, Inception: inception, Expiration: expiration,
	}); err != nil {
		t.Fatal(err)
	}
	for typ, want := range map[uint16][]*zone.Key{dns.TypeDNSKEY: {ksk, alone}, dns.TypeMX: {zsk, alone}} {
		m, i := ask(z, "example.", typ, true), 0
		for _, rr := range m.Answer {
			sig, ok := rr.(*dns.RRSIG)
			if !ok {
				continue
			}
			if i == len(want) || sig.KeyTag != want[i].DNSKEY().KeyTag() {
				t.Fatalf("%s: %v", dns.TypeToString[typ], m)
			}
			i++
		}
		if i != len(want) || typ == dns.TypeDNSKEY && count(m.Answer, dns.TypeDNSKEY) != 4 {
			t.Errorf("%s: %v", dns.TypeToString[typ], m)
		}
	}
	revoked := ksk.WithFlags(257 | dns.REVOKE)
	if revoked.DNSKEY().PublicKey != ksk.DNSKEY().PublicKey || revoked.DNSKEY().KeyTag() == ksk.DNSKEY().KeyTag() || ksk.DNSKEY().Flags != 257 {
		t.Errorf("%v of %v", revoked.DNSKEY(), ksk.DNSKEY())
	}
}
