package dnssec

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// fuzzSeeds are messages with every record that validating looks at.
func fuzzSeeds(t testing.TB) [][]byte {
	s := newSigner(t, "z.test", 257, dns.ED25519)
	var all [][]byte
	for _, text := range []string{
		"z.test. IN MX 1 a.z.test.\nz.test. IN SOA a. b. 1 2 3 4 5",
		"z.test. IN NSEC z.test. NS SOA RRSIG NSEC",
		nsec3For("z.test", "1 1 1", "NS SOA"),
		s.key.String() + "\n" + s.key.ToDS(2).String(),
	} {
		m := new(dns.Msg).SetQuestion("z.test.", dns.TypeMX)
		m.Response = true
		m.Answer = append(s.withSignatures(t, zoneFile(t, text)), s.key)
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, wire)
	}
	return all
}

// FuzzValidate puts whatever parses through everything, within a budget: no
// panic, and what is proven has a status.
func FuzzValidate(f *testing.F) {
	seeds := fuzzSeeds(f)
	if len(seeds) != 4 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, wire := range seeds {
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		a, err := doh.Parse(wire)
		if err != nil {
			return
		}
		all := append(a.Answer, a.Authority...)
		zone, b := zoneName("z.test"), NewBudget()
		keys := Keys(all)
		var good []Signed
		for _, s := range RRsets(all) {
			signed, why := s.Verify(zone, keys, moment, b)
			if (why == NoReason) != (len(signed.Records) > 0) {
				t.Errorf("%q, and %d records", why, len(signed.Records))
			}
			if signed.Records == nil {
				signed.RRset = s // to reach the denials without a key
			}
			good = append(good, signed)
			if n := ownerOf(s.Records[0]); n != "" && nameOf(n.String()) != n {
				t.Errorf("%x prints as %s", n, n)
			}
			if _, keys, why := Delegate(zone, all, s, moment, b); (why == NoReason) != (len(keys) > 0) && why == NoReason {
				t.Errorf("%q, and %d keys", why, len(keys))
			}
		}
		d := NewDenial(zone, good, b)
		for _, n := range []string{"z.test", "a.b.z.test", "test"} {
			for _, ask := range []func() (Proof, Reason){
				func() (Proof, Reason) { return d.NoName(zoneName(n)) },
				func() (Proof, Reason) { return d.NoData(zoneName(n), doh.TypeDS) },
				func() (Proof, Reason) { return d.NoCloser(zoneName(n), "*.z.test") },
			} {
				if p, why := ask(); (p == NoProof) == (why == NoReason) {
					t.Errorf("%s: proves %d, %q", n, p, why)
				}
			}
		}
	})
}
