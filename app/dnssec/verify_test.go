package dnssec

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// The examples of RFC 6605 §6 and RFC 8080 §6.1, at a moment when they hold. The
// last RRSIG record is as its erratum has it: in print it counts a label that
// isn't there and lacks its algorithm.
var examples = []struct {
	zone, rest string
	typ        doh.Type
	at         time.Time
}{
	{"example.net", `
example.net. 3600 IN DNSKEY 257 3 13 ( GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb krSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA== )
example.net. 3600 IN DS 55648 13 2 ( b4c8c1fe2e7477127b27115656ad6256f424625bf5c1 e2770ce6d6e37df61d17 )
www.example.net. 3600 IN A 192.0.2.1
www.example.net. 3600 IN RRSIG A 13 3 3600 ( 20100909100439 20100812100439 55648 example.net.
 qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXA yGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw== )`,
		doh.TypeA, time.Date(2010, 9, 1, 0, 0, 0, 0, time.UTC)},
	{"example.net", `
example.net. 3600 IN DNSKEY 257 3 14 ( xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1
 w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8 /uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40 )
example.net. 3600 IN DS 10771 14 4 ( 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8 d7e9495f27e305c6a9b0563a9b5f4d288405c3008a94 6df983d6 )
www.example.net. 3600 IN A 192.0.2.1
www.example.net. 3600 IN RRSIG A 14 3 3600 ( 20100909102025 20100812102025 10771 example.net.
 /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP 95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuz WTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm )`,
		doh.TypeA, time.Date(2010, 9, 1, 0, 0, 0, 0, time.UTC)},
	{"example.com", `
example.com. 3600 IN DNSKEY 257 3 15 ( l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= )
example.com. 3600 IN DS 3613 15 2 ( 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79 a304b )
example.com. 3600 IN MX 10 mail.example.com.
example.com. 3600 IN RRSIG MX 15 2 3600 ( 1440021600 1438207200 3613 example.com.
 oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeR AvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg== )`,
		doh.TypeMX, time.Unix(1439000000, 0)},
}

func TestRFCExamples(t *testing.T) {
	for _, c := range examples {
		all := records(t, c.rest)
		zone := zoneName(c.zone)
		key := Keys(all)[0]
		var ds doh.DS
		for _, r := range all {
			if d, ok := r.DS(); ok {
				ds = d
			}
		}
		if ds.KeyTag != key.KeyTag || !bytes.Equal(Digest(zone, key, ds.DigestType), ds.Digest) {
			t.Errorf("algorithm %d: the DS record is not the key's", key.Algorithm)
		}
		got, why := setOf(t, all, c.typ).Verify(zone, []doh.DNSKEY{key}, c.at, NewBudget())
		if why != NoReason || got.KeyTag != key.KeyTag || got.Algorithm != key.Algorithm || got.Wildcard != "" || got.TTL != 3600 {
			t.Errorf("algorithm %d: %q, %+v", key.Algorithm, why, got)
		}
	}
}

// The signature that RFC 8080 §6.1 prints is made with the key, over 3 labels
// where the owner has 2: that makes it invalid (RFC 4035 §5.3.1).
func TestMoreLabelsThanOwner(t *testing.T) {
	all := records(t, `example.com. 3600 IN DNSKEY 257 3 15 ( l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= )
example.com. 3600 IN MX 10 mail.example.com.
example.com. 3600 IN RRSIG MX 15 3 3600 ( 1440021600 1438207200 3613 example.com.
 Edk+IB9KNNWg0HAjm7FazXyrd5m3Rk8zNZbvNpAcM+eysqcUOMIjWoevFkj H5GaMWeG96GUVZu6ECKOQmemHDg== )`)
	set, keys := setOf(t, all, doh.TypeMX), Keys(all)
	sig, _ := readSignature(set.Signatures[0])
	if !verifies(15, keys[0].Public, set.signedData(sig, nameOf(set.Owner)), sig.value) {
		t.Fatal("the signature is not the key's")
	}
	if _, why := set.Verify(zoneName("example.com"), keys, examples[2].at, NewBudget()); why != RRSIGInvalid {
		t.Errorf("%q", why)
	}
}

// Whatever miekg/dns signs verifies, with each algorithm and every type whose
// names are lowered (RFC 4034 §6.2), in odd case and order.
func TestAgainstMiekg(t *testing.T) {
	sets := []string{
		"www.Example.COM. 300 IN A 192.0.2.9\nwww.Example.COM. 300 IN A 192.0.2.1\nwww.Example.COM. 300 IN A 192.0.2.77",
		"example.com. 300 IN NS NS1.Example.com.\nexample.com. 300 IN NS a.Other.TEST.",
		"example.com. 300 IN SOA NS.Example.com. Root.Example.com. 1 2 3 4 5",
		"a.example.com. 300 IN CNAME B.Example.COM.", "a.example.com. 300 IN DNAME B.Example.COM.",
		"example.com. 300 IN MX 20 MX.Example.com.\nexample.com. 300 IN MX 10 MX.Example.com.",
		`t.example.com. 300 IN TXT "Case" "stays"` + "\n" + `t.example.com. 300 IN TXT "A"`,
		"_s._tcp.example.com. 300 IN SRV 1 2 3 Host.Example.com.", "p.example.com. 300 IN PTR Host.Example.com.",
		`n.example.com. 300 IN NAPTR 1 2 "U" "E2U+sip" "!^.*$!x!" Next.Example.com.`,
		"r.example.com. 300 IN RP A.Example.com. B.Example.com.", "m.example.com. 300 IN MINFO A.Example.com. B.Example.com.",
		"k.example.com. 300 IN KX 1 A.Example.com.", "x.example.com. 300 IN PX 1 A.Example.com. B.Example.com.",
		"f.example.com. 300 IN AFSDB 1 A.Example.com.", "o.example.com. 300 IN RT 1 A.Example.com.",
		"b.example.com. 300 IN MB A.Example.com.", "h.example.com. 300 IN HINFO \"PC\" \"OS\"",
		"e.example.com. 300 IN NSEC F.Example.com. A NSEC RRSIG", "_25._tcp.example.com. 300 IN TLSA 3 1 1 " + strings.Repeat("AB", 32),
		"*.w.example.com. 300 IN A 192.0.2.1", `\000\200.example.com. 300 IN A 192.0.2.1`,
	}
	zone := zoneName("example.com")
	for algorithm := range algorithms {
		s := newSigner(t, "example.com", 256, algorithm)
		for _, text := range sets {
			all := s.signed(t, text)
			set := RRsets(all)[0]
			rand.Shuffle(len(set.Records), func(i, k int) { set.Records[i], set.Records[k] = set.Records[k], set.Records[i] })
			set.Records = append(set.Records, set.Records[0]) // twice: once (RFC 4034 §6.3)
			if got, why := set.Verify(zone, s.keys(t), moment, NewBudget()); why != NoReason || got.Wildcard != "" {
				t.Errorf("algorithm %d: %s: %q %q", algorithm, text, why, got.Wildcard)
			}
		}
	}
}

// Keys, tags and digests as miekg/dns computes them.
func TestKeysAgainstMiekg(t *testing.T) {
	for algorithm := range algorithms {
		s := newSigner(t, "Example.com", 256, algorithm)
		for _, flags := range []uint16{256, 257, 385} {
			s.key.Flags = flags
			key := s.keys(t)[0]
			if key.KeyTag != s.key.KeyTag() {
				t.Errorf("algorithm %d: tag %d, want %d", algorithm, key.KeyTag, s.key.KeyTag())
			}
			for _, digest := range []uint8{1, 2, 4} {
				if got, want := fmt.Sprintf("%x", Digest(zoneName("example.com"), key, digest)), s.key.ToDS(digest).Digest; got != want {
					t.Errorf("algorithm %d, digest %d: %s, want %s", algorithm, digest, got, want)
				}
			}
		}
	}
	if got := Digest(zoneName("example.com"), doh.DNSKEY{}, 3); got != nil {
		t.Errorf("a digest of GOST: %x", got)
	}
}

// No octet of data, signature or key can be another.
func TestNoFlipVerifies(t *testing.T) {
	zone := zoneName("example.com")
	for algorithm := range algorithms {
		s := newSigner(t, "example.com", 256, algorithm)
		all := s.signed(t, "example.com. 300 IN A 192.0.2.1\nexample.com. 300 IN A 192.0.2.2")
		set, keys := RRsets(all)[0], s.keys(t)
		check := func(what string, i int) {
			if _, why := set.Verify(zone, keys, moment, NewBudget()); why == NoReason {
				t.Errorf("algorithm %d: octet %d of the %s", algorithm, i, what)
			} else if why.Status() != Bogus {
				t.Errorf("algorithm %d: octet %d of the %s: %s is %s", algorithm, i, what, why, why.Status())
			}
		}
		flip := func(what string, data []byte) {
			for i := range data {
				bit := byte(1) << rand.IntN(8)
				if what == "signature" && i >= 18 && i < 18+len("\x07example\x03com") {
					bit = 1 // not a letter's case
				}
				data[i] ^= bit
				check(what, i)
				data[i] ^= bit
			}
		}
		flip("data", set.Records[1].RData)
		flip("signature", set.Signatures[0].RData)
		flip("key", keys[0].Public) // its tag stays
		if _, why := set.Verify(zone, keys, moment, NewBudget()); why != NoReason {
			t.Errorf("algorithm %d: unchanged: %s", algorithm, why)
		}
		set.Records = set.Records[:1]
		check("set, one record less", 0)
	}
}

// Each way in which a signature doesn't hold has its reason.
func TestReasonsOfSignatures(t *testing.T) {
	s, other := newSigner(t, "example.com", 256, dns.ECDSAP256SHA256), newSigner(t, "example.com", 256, dns.ECDSAP256SHA256)
	a := zoneFile(t, "www.example.com. 300 IN A 192.0.2.1")
	signedBy := func(s signer, edit func(*dns.RRSIG)) RRset {
		return setOf(t, sent(t, a[0], s.sign(t, edit, a...)), doh.TypeA)
	}
	good := signedBy(s, nil)
	keyed := func(edit func(*doh.DNSKEY)) []doh.DNSKEY {
		keys := s.keys(t)
		edit(&keys[0])
		return keys
	}
	with := func(edit func(sig []byte)) RRset {
		set := good
		r := set.Signatures[0]
		r.RData = bytes.Clone(r.RData)
		edit(r.RData)
		set.Signatures = []doh.Record{r}
		return set
	}
	both := good
	both.Signatures = append(signedBy(other, nil).Signatures, good.Signatures...)
	day := 24 * time.Hour
	for _, c := range []struct {
		name string
		set  RRset
		keys []doh.DNSKEY
		zone string
		at   time.Time
		want Reason
	}{
		{"good", good, s.keys(t), "example.com", moment, NoReason},
		{"one of two", both, s.keys(t), "example.com", moment, NoReason},
		{"unsigned", RRset{Owner: good.Owner, Type: good.Type, Records: good.Records}, s.keys(t), "example.com", moment, RRSIGMissing},
		{"another algorithm only", with(func(d []byte) { d[2] = 16 }), s.keys(t), "example.com", moment, RRSIGMissing},
		{"a key that isn't there", signedBy(other, nil), s.keys(t), "example.com", moment, RRSIGInvalid},
		{"the zone above", good, s.keys(t), "com", moment, RRSIGWrongSigner},
		{"a suffix that is no zone above", signedBy(newSigner(t, "ple.com", 256, 13), nil), s.keys(t), "ple.com", moment, RRSIGWrongSigner},
		{"too many labels", with(func(d []byte) { d[3] = 4 }), s.keys(t), "example.com", moment, RRSIGInvalid},
		{"a wildcard above the zone", with(func(d []byte) { d[3] = 1 }), s.keys(t), "example.com", moment, RRSIGInvalid},
		{"the last second", good, s.keys(t), "example.com", moment.Add(20 * day), NoReason},
		{"expired", good, s.keys(t), "example.com", moment.Add(20*day + Skew + time.Second), RRSIGExpired},
		{"the first second", good, s.keys(t), "example.com", moment.Add(-10 * day), NoReason},
		{"not yet", good, s.keys(t), "example.com", moment.Add(-10*day - Skew - time.Second), RRSIGNotYetValid},
		{"by a clock that is late", good, s.keys(t), "example.com", moment.Add(-10*day - Skew), NoReason},
		{"by a clock that is early", good, s.keys(t), "example.com", moment.Add(20*day + Skew), NoReason},
		{"revoked key", good, keyed(func(k *doh.DNSKEY) { k.Flags |= flagRevoke }), "example.com", moment, RRSIGInvalid},
		{"no zone key", good, keyed(func(k *doh.DNSKEY) { k.Flags = 1 }), "example.com", moment, ZoneKeyBitMissing},
		{"protocol 2", good, keyed(func(k *doh.DNSKEY) { k.Protocol = 2 }), "example.com", moment, ZoneKeyBitMissing},
	} {
		signed, why := c.set.Verify(zoneName(c.zone), c.keys, c.at, NewBudget())
		if why != c.want {
			t.Errorf("%s: %q, want %q", c.name, why, c.want)
		}
		if late := c.at.After(moment.Add(20*day)) || c.at.Before(moment.Add(-10*day)); signed.Skewed != (late && why == NoReason) {
			t.Errorf("%s: skewed %v", c.name, signed.Skewed)
		}
	}
	if _, why := good.Verify(dnsname.Name{}, s.keys(t), moment, NewBudget()); why != RRSIGWrongSigner {
		t.Errorf("no zone: %q", why)
	}
}

// Moments wrap (RFC 4034 §3.1.5): a signature across 2106 holds on both sides.
func TestSerialTime(t *testing.T) {
	s := newSigner(t, "example.com", 256, dns.ED25519)
	a := zoneFile(t, "www.example.com. 300 IN A 192.0.2.1")
	wrap := time.Unix(1<<32, 0)
	set := setOf(t, sent(t, a[0], s.sign(t, func(sig *dns.RRSIG) {
		sig.Inception, sig.Expiration = uint32(wrap.Add(-time.Hour).Unix()), uint32(wrap.Add(time.Hour).Unix())
	}, a...)), doh.TypeA)
	for offset, want := range map[time.Duration]Reason{
		0: NoReason, -time.Minute: NoReason, time.Minute: NoReason, -2 * time.Hour: RRSIGNotYetValid, 2 * time.Hour: RRSIGExpired,
	} {
		got, why := set.Verify(zoneName("example.com"), s.keys(t), wrap.Add(offset), NewBudget())
		if why != want || want == NoReason && !got.Expiration.Equal(wrap.Add(time.Hour)) {
			t.Errorf("%v: %q, until %v; want %q", offset, why, got.Expiration, want)
		}
	}
}

// A wildcard's set verifies under the names that it gives, and says so.
func TestWildcardExpansion(t *testing.T) {
	s := newSigner(t, "example.com", 256, dns.ECDSAP256SHA256)
	all := s.signed(t, "*.w.example.com. 300 IN A 192.0.2.1")
	for owner, want := range map[string]string{
		"*.w.example.com": "", "a.w.example.com": "*.w.example.com", "a.b.w.example.com": "*.w.example.com",
		"*.b.w.example.com": "*.w.example.com",
	} {
		set := RRsets(all)[0]
		set.Owner = owner
		got, why := set.Verify(zoneName("example.com"), s.keys(t), moment, NewBudget())
		if why != NoReason || got.Wildcard != want {
			t.Errorf("%s: %q, wildcard %q, want %q", owner, why, got.Wildcard, want)
		}
	}
	// A zone's key can't vouch for a wildcard above the zone.
	above := RRsets(records(t, "*.com. 300 IN A 192.0.2.1"))[0]
	sig := s.sign(t, nil, zoneFile(t, "*.com. 300 IN A 192.0.2.1")...)
	above.Owner, above.Signatures = "a.example.com", sent(t, sig)
	if _, why := above.Verify(zoneName("example.com"), s.keys(t), moment, NewBudget()); why != RRSIGInvalid {
		t.Errorf("a wildcard above the zone: %q", why)
	}
	for _, owner := range []string{"w.example.com", "a.x.example.com", "example.com"} {
		set := RRsets(all)[0]
		set.Owner = owner
		if _, why := set.Verify(zoneName("example.com"), s.keys(t), moment, NewBudget()); why != RRSIGInvalid {
			t.Errorf("%s: %q", owner, why)
		}
	}
}

// How long a set may be kept is the least of four times (RFC 4035 §5.3.3).
func TestTTL(t *testing.T) {
	s := newSigner(t, "example.com", 256, dns.ED25519)
	all := s.signed(t, "example.com. 3600 IN A 192.0.2.1")
	for _, c := range []struct {
		record, sig uint32
		at          time.Time
		want        uint32
	}{
		{3600, 3600, moment, 3600},
		{60, 3600, moment, 60},
		{86400, 86400, moment, 3600},
		{3600, 30, moment, 30},
		{3600, 3600, moment.AddDate(0, 0, 20).Add(-5 * time.Second), 5},
	} {
		set := RRsets(all)[0]
		set.Records[0].TTL, set.Signatures[0].TTL = c.record, c.sig
		if got, why := set.Verify(zoneName("example.com"), s.keys(t), c.at, NewBudget()); why != NoReason || got.TTL != c.want {
			t.Errorf("%+v: %d %q", c, got.TTL, why)
		}
	}
}

// Keys of one tag and many signatures end with the budget (CVE-2023-50387).
func TestKeyTrap(t *testing.T) {
	s, other := newSigner(t, "example.com", 256, dns.ECDSAP256SHA256), newSigner(t, "example.com", 256, dns.ECDSAP256SHA256)
	set := RRsets(s.signed(t, "example.com. 3600 IN A 192.0.2.1"))[0]
	keys := make([]doh.DNSKEY, 200)
	for i := range keys {
		keys[i] = other.keys(t)[0]
		keys[i].KeyTag = s.key.KeyTag()
	}
	for range 200 {
		set.Signatures = append(set.Signatures, set.Signatures[0])
	}
	b := NewBudget()
	if _, why := set.Verify(zoneName("example.com"), keys, moment, b); why != OverBudget || b.Collisions != 0 || why.Status() != Indeterminate {
		t.Errorf("%q, %d collisions left", why, b.Collisions)
	}
	b = NewBudget()
	if _, why := set.Verify(zoneName("example.com"), keys[:1], moment, b); why != OverBudget || b.Failures != 0 {
		t.Errorf("one key: %q, %d failures left", why, b.Failures)
	}
}
