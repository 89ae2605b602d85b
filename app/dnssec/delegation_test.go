package dnssec

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// Each way in which a delegation doesn't lead to keys has its reason.
func TestDelegate(t *testing.T) {
	zone := zoneName("example.com")
	ksk, zsk := newSigner(t, "example.com", 257, dns.ECDSAP256SHA256), newSigner(t, "example.com", 256, dns.ED25519)
	other := newSigner(t, "example.com", 257, dns.ECDSAP256SHA256)
	revoked := signer{dns.Copy(ksk.key).(*dns.DNSKEY), ksk.private}
	revoked.key.Flags |= flagRevoke
	plain := signer{dns.Copy(ksk.key).(*dns.DNSKEY), ksk.private}
	plain.key.Flags = 1
	keySet := func(by signer, edit func(*dns.RRSIG), keys ...dns.RR) RRset {
		return setOf(t, sent(t, append(slices.Clone(keys), by.sign(t, edit, keys...))...), doh.TypeDNSKEY)
	}
	good := keySet(ksk, nil, ksk.key, zsk.key)
	ds := func(all ...*dns.DS) []doh.Record {
		var rrs []dns.RR
		for _, d := range all {
			rrs = append(rrs, d)
		}
		return sent(t, rrs...)
	}
	edited := func(edit func(*dns.DS)) *dns.DS {
		d := ksk.key.ToDS(2)
		edit(d)
		return d
	}
	wrong := edited(func(d *dns.DS) { d.Digest = fmt.Sprintf("%064x", 7) })
	ed448 := edited(func(d *dns.DS) { d.Algorithm = 16 })
	gost := edited(func(d *dns.DS) { d.DigestType = 3 })
	for _, c := range []struct {
		name string
		ds   []doh.Record
		keys RRset
		want Reason
	}{
		{"SHA-256", ds(ksk.key.ToDS(2)), good, NoReason},
		{"SHA-384", ds(ksk.key.ToDS(4)), good, NoReason},
		{"SHA-1 alone", ds(ksk.key.ToDS(1)), good, NoReason},
		{"a wrong one beside a right one", ds(wrong, ksk.key.ToDS(2)), good, NoReason},
		{"an old key's beside", ds(other.key.ToDS(2), ksk.key.ToDS(2)), good, NoReason},
		{"an unsupported one beside", ds(ed448, gost, ksk.key.ToDS(2)), good, NoReason},
		{"only another key's", ds(other.key.ToDS(2)), good, DNSKEYMissing},
		{"SHA-1 right, SHA-256 wrong: RFC 4509 §3", ds(ksk.key.ToDS(1), wrong), good, DSDigestMismatch},
		{"only the digest wrong", ds(wrong), good, DSDigestMismatch},
		{"only an unsupported algorithm", ds(ed448), good, AlgorithmUnsupported},
		{"only an unsupported digest", ds(gost), good, DSDigestUnsupported},
		{"no DS", nil, good, AlgorithmUnsupported},
		{"revoked, DS from before", ds(ksk.key.ToDS(2)), keySet(revoked, nil, revoked.key, zsk.key), RevokedKeyInDS},
		{"revoked, DS from after", ds(revoked.key.ToDS(2)), keySet(revoked, nil, revoked.key, zsk.key), RevokedKeyInDS},
		{"no zone key", ds(plain.key.ToDS(2)), keySet(plain, nil, plain.key, zsk.key), ZoneKeyBitMissing},
		{"signed by the other key only", ds(ksk.key.ToDS(2)), keySet(zsk, nil, ksk.key, zsk.key), RRSIGInvalid},
		{"expired", ds(ksk.key.ToDS(2)), keySet(ksk, func(s *dns.RRSIG) { s.Expiration = uint32(moment.Add(-time.Hour).Unix()) }, ksk.key), RRSIGExpired},
		{"unsigned", ds(ksk.key.ToDS(2)), RRset{Owner: good.Owner, Type: good.Type, Records: good.Records}, RRSIGMissing},
		{"another zone's keys", ds(ksk.key.ToDS(2)), RRset{Owner: "example.net", Type: good.Type, Records: good.Records}, DNSKEYMissing},
		{"no keys", ds(ksk.key.ToDS(2)), RRset{}, DNSKEYMissing},
	} {
		_, keys, why := Delegate(zone, c.ds, c.keys, moment, NewBudget())
		if why != c.want || (len(keys) > 0) != (c.want == NoReason) {
			t.Errorf("%s: %d keys, %q; want %q", c.name, len(keys), why, c.want)
		}
	}
	// What the other key signs is good through the chain; a revoked key gives nothing.
	_, keys, _ := Delegate(zone, ds(ksk.key.ToDS(2)), keySet(ksk, nil, ksk.key, zsk.key, revoked.key), moment, NewBudget())
	if len(keys) != 2 {
		t.Errorf("%d keys, want two", len(keys))
	}
	if _, why := RRsets(zsk.signed(t, "example.com. IN A 192.0.2.1"))[0].Verify(zone, keys, moment, NewBudget()); why != NoReason {
		t.Errorf("signed by the other key: %q", why)
	}
	b := &Budget{Signatures: 1}
	if _, _, why := Delegate(zone, ds(ksk.key.ToDS(2)), good, moment, b); why != OverBudget {
		t.Errorf("without a digest: %q", why)
	}
}

// Every reason that is a fault of a zone has a status, and the error that a resolver says.
func TestReasons(t *testing.T) {
	for _, r := range Reasons() {
		if r.EDE() == 0 || r.Status() == Secure || r.Status() == Indeterminate && r != CouldNotTell {
			t.Errorf("%s: error %d, %s", r, r.EDE(), r.Status())
		}
	}
	if NoAnchor.Status() != Insecure { // RFC 4035 §4.3; RFC 4033 §5 calls it indeterminate
		t.Errorf("without an anchor: %s", NoAnchor.Status())
	}
	for _, r := range []Reason{NoReason, OverBudget, ResolverUnfit, Stale, "else"} {
		if r.EDE() != 0 || r.Status() != Indeterminate || slices.Contains(Reasons(), r) {
			t.Errorf("%q: error %d, %s", r, r.EDE(), r.Status())
		}
	}
	for p := NoProof; p <= OptedOut; p++ {
		want := map[Proof]Status{NoProof: Indeterminate, OptedOut: Insecure}
		if status, odd := want[p]; p.Status() != Secure && (!odd || p.Status() != status) {
			t.Errorf("proof %d is %s", p, p.Status())
		}
	}
}
