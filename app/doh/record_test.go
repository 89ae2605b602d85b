package doh

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// record parses one record in presentation form through the wire.
func record(t testing.TB, s string) Record {
	t.Helper()
	a := parse(t, pack(t, response(t, s)))
	if len(a.Answer) != 1 {
		t.Fatalf("%s: %+v", s, a)
	}
	return a.Answer[0]
}

func TestAddress(t *testing.T) {
	for s, want := range map[string]string{
		"a.test. 1 IN A 192.0.2.7":         "192.0.2.7",
		"a.test. 1 IN AAAA 2001:db8::7":    "2001:db8::7",
		"a.test. 1 IN AAAA ::ffff:1.2.3.4": "::ffff:1.2.3.4",
	} {
		if got, ok := record(t, s).Address(); !ok || got != netip.MustParseAddr(want) {
			t.Errorf("%s: %v %v", s, got, ok)
		}
	}
}

func TestSignatureRecords(t *testing.T) {
	sig, ok := record(t, "a.test. 1 IN RRSIG TLSA 13 4 3600 20260301000000 20260201000000 12345 Example.test. AAAA").RRSIG()
	want := RRSIG{
		TypeTLSA, 13, 4, 3600, 12345, example,
		time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}
	if !ok || sig != want {
		t.Errorf("RRSIG %+v %v, want %+v", sig, ok, want)
	}
	if ds, ok := record(t, "a.test. 1 IN DS 2371 8 2 "+
		"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF").DS(); !ok || ds.KeyTag != 2371 || ds.Algorithm != 8 || ds.DigestType != 2 || len(ds.Digest) != 32 || ds.Digest[0] != 1 {
		t.Errorf("DS %+v %v", ds, ok)
	}
}

// The forms of RFC 8659 §4: a tag in any case, a value that may be empty.
func TestCAA(t *testing.T) {
	for s, want := range map[string]CAA{
		`a.test. 1 IN CAA 0 issue "ca1.example.net"`:               {Tag: "issue", Value: "ca1.example.net"},
		`a.test. 1 IN CAA 128 TBS "Unknown"`:                       {Critical: true, Tag: "tbs", Value: "Unknown"},
		`a.test. 1 IN CAA 0 ISSUEwild "ca.example; account=2\;\""`: {Tag: "issuewild", Value: `ca.example; account=2;"`},
		`a.test. 1 IN CAA 0 issue ""`:                              {Tag: "issue"},
	} {
		if got, ok := record(t, s).CAA(); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", s, got, ok, want)
		}
	}
	for _, data := range []string{"", "\x00", "\x00\x05", "\x00\x00", "\x00\x00issue", "\x00\x06issue", "\x00\x05iss-e", "\x00\x05iss\xc9e"} {
		if got, ok := (Record{Type: TypeCAA, RData: []byte(data)}).CAA(); ok {
			t.Errorf("%q reads as %+v", data, got)
		}
	}
}

// The key tags of RFC 4034 §5.4 and RFC 8080 §6.1, and what miekg/dns computes.
func TestDNSKEY(t *testing.T) {
	for _, c := range []struct {
		record string
		flags  uint16
		tag    uint16
	}{
		{"dskey.example.com. 86400 IN DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/" +
			"2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJ" +
			"BjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==", 256, 60485},
		{"example.com. 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 257, 3613},
	} {
		key, ok := record(t, c.record).DNSKEY()
		if !ok || key.Flags != c.flags || key.KeyTag != c.tag || key.Protocol != 3 || len(key.Public) < 32 {
			t.Errorf("%.40s…: %+v %v, want tag %d", c.record, key, ok, c.tag)
		}
		rr, err := dns.NewRR(c.record)
		if err != nil {
			t.Fatal(err)
		}
		if other := rr.(*dns.DNSKEY).KeyTag(); other != key.KeyTag {
			t.Errorf("%.40s…: miekg/dns says %d", c.record, other)
		}
	}
}

// String gives what a zone file takes, so that a reader can compare with dig.
func TestRecordString(t *testing.T) {
	for _, s := range []string{
		"example.test. 300 IN MX 10 mx.example.test.",
		`_mta-sts.example.test. 60 IN TXT "v=STSv1; " "id=1\"\;\200"`,
		"_25._tcp.mx.example.test. 60 IN TLSA 3 1 1 " + "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		`a\.b.test. 1 IN CNAME c\032d.test.`,
		`example.test. 1 IN TYPE65280 \# 2 0a0b`,
		". 5 IN NS a.root-servers.net.",
	} {
		first := record(t, s)
		again := record(t, first.String())
		if again.String() != first.String() || !bytes.Equal(again.RData, first.RData) {
			t.Errorf("%s\n gives %s\n gives %s", s, first, again)
		}
	}
	odd := Record{Owner: "a.test", Type: TypeMX, TTL: 1, RData: []byte{9}}
	if got := odd.String(); got != `a.test. 1 IN MX \# 1 09` {
		t.Errorf("a malformed MX prints as %s", got)
	}
	if TypeTLSA.String() != "TLSA" || Type(65280).String() != "TYPE65280" {
		t.Errorf("types print as %v, %v", TypeTLSA, Type(65280))
	}
}

// Names inside data are written out, so that data means the same outside its message.
func TestExpansion(t *testing.T) {
	for _, s := range []string{
		"example.test. 1 IN NS ns.example.test.", "example.test. 1 IN CNAME www.example.test.",
		"example.test. 1 IN SOA ns.example.test. root.ns.example.test. 1 2 3 4 5", "example.test. 1 IN MX 1 mx.example.test.",
	} {
		m := response(t, s)
		compressed := parse(t, pack(t, m)).Answer[0]
		m.Compress = false
		plain := parse(t, pack(t, m)).Answer[0]
		if !bytes.Equal(compressed.RData, plain.RData) {
			t.Errorf("%s: %x, want %x", s, compressed.RData, plain.RData)
		}
	}
}

// No accessor takes a record of another type.
func TestAccessorsMindTheType(t *testing.T) {
	for _, s := range []string{
		"a.test. 1 IN MX 10 mx.test.", "a.test. 1 IN TXT x", "a.test. 1 IN A 192.0.2.1", "a.test. 1 IN CNAME b.test.",
		"a.test. 1 IN SOA ns.test. root.test. 1 2 3 4 5", "a.test. 1 IN DS 1 8 2 00112233",
		"a.test. 1 IN DNSKEY 257 3 13 AAAA", "a.test. 1 IN RRSIG A 13 2 1 20260301000000 20260201000000 1 test. AAAA",
		"a.test. 1 IN CAA 0 issue x",
		"a.test. 1 IN CDS 0 0 0 00", "a.test. 1 IN CDNSKEY 0 3 0 AA==", "a.test. 1 IN DNAME b.test.",
		"a.test. 1 IN NSEC B.test. A NSEC", "a.test. 1 IN NSEC3 1 0 0 - 2vptu5timamqttgl4luu9kg21e0aor3s A",
		"a.test. 1 IN NSEC3PARAM 1 0 0 aabb",
	} {
		r := record(t, s)
		if n := accepted(r); n != 1 {
			t.Errorf("%s: %d accessors take it", s, n)
		}
		r.Type = Type(65280)
		if n := accepted(r); n != 0 {
			t.Errorf("%s, of another type: %d accessors take it", s, n)
		}
	}
}

// accepted counts the accessors that take r.
func accepted(r Record) (n int) {
	count := func(ok bool) {
		if ok {
			n++
		}
	}
	_, ok := r.MX()
	count(ok)
	_, _, ok = r.TXT()
	count(ok)
	_, ok = r.Address()
	count(ok)
	_, ok = r.RRSIG()
	count(ok)
	_, ok = r.DS()
	count(ok)
	_, ok = r.DNSKEY()
	count(ok)
	_, ok = r.SOA()
	count(ok)
	_, ok = r.Target()
	count(ok)
	_, ok = r.CAA()
	count(ok)
	_, ok = r.NSEC()
	count(ok)
	_, ok = r.NSEC3()
	count(ok)
	_, ok = r.NSEC3PARAM()
	count(ok)
	return n
}

// seeds are messages of every shape; TestSeeds and the fuzz test count them.
func seeds(t testing.TB) [][]byte {
	big := response(t)
	for i := range 60 {
		big.Answer = append(big.Answer, &dns.MX{
			Hdr:        dns.RR_Header{Name: "example.test.", Rrtype: dns.TypeMX, Class: dns.ClassINET, Ttl: 1},
			Preference: uint16(i), Mx: "mx.example.test.",
		})
	}
	nx := response(t)
	nx.Rcode = dns.RcodeNameError
	nx.SetEdns0(1232, true)
	nx.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: 6, ExtraText: "bogus"}}
	all := [][]byte{
		nil,
		Query(example, TypeMX, true),
		pack(t, big),
		pack(t, nx),
		append([]byte{0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0),
	}
	for _, s := range []string{
		"example.test. 1 IN A 192.0.2.1", "example.test. 1 IN AAAA 2001:db8::1", `example.test. 1 IN TXT "v=STSv1" "; id=1"`,
		"example.test. 1 IN CNAME example.test.", "example.test. 1 IN SOA a.test. b.test. 1 2 3 4 5",
		"example.test. 1 IN DS 1 8 2 00112233", "example.test. 1 IN DNSKEY 257 3 13 AAAA",
		"example.test. 1 IN RRSIG A 13 2 1 20260301000000 20260201000000 1 test. AAAA",
		"example.test. 1 IN TLSA 3 1 1 00112233", "example.test. 1 IN NSEC a.test. A MX RRSIG NSEC",
		"example.test. 1 IN NSEC3 1 0 0 - 2vptu5timamqttgl4luu9kg21e0aor3s A", "example.test. 1 IN NSEC3PARAM 1 0 5 aabb",
		`example.test. 1 IN NSEC \000.example.test. NS RRSIG TYPE1234`, "example.test. 1 IN CDS 0 0 0 00",
		"example.test. 1 IN CDNSKEY 0 3 0 AA==", "example.test. 1 IN DNAME a.test.", "example.test. 1 IN SVCB 1 a.test. alpn=h2",
	} {
		all = append(all, pack(t, response(t, s)))
	}
	return all
}

const seedCount = 22

func TestSeeds(t *testing.T) {
	refused := 0
	for _, wire := range seeds(t) {
		if _, err := Parse(wire); err != nil {
			refused++
		}
	}
	if n := len(seeds(t)); n != seedCount || refused != 2 {
		t.Errorf("%d seeds, %d refused; want %d and 2", n, refused, seedCount)
	}
}

// Parse never panics; of what it takes every accessor answers, and what an
// accessor takes prints and reads back the same.
func FuzzParse(f *testing.F) {
	all := seeds(f)
	if len(all) != seedCount {
		f.Fatalf("%d seeds", len(all))
	}
	for _, wire := range all {
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		Question(wire)
		a, err := Parse(wire)
		if err != nil {
			return
		}
		if len(a.Answer)+len(a.Authority) > MaxRecords {
			t.Fatalf("%d records", len(a.Answer)+len(a.Authority))
		}
		name, _ := a.Question()
		for _, r := range append(a.Answer, a.Authority...) {
			if n := accepted(r); n > 1 {
				t.Errorf("%d accessors take %v", n, r)
			}
			if r.String() == "" {
				t.Error("a record prints as nothing")
			}
			checkRoundTrip(t, r)
			if owner, err := dnsname.Parse(r.Owner); err == nil {
				a.Chain(owner)
				a.RecordsOf(owner, r.Type)
			}
		}
		a.Chain(name)
	})
}

// checkRoundTrip: presentation form gives the same data.
func checkRoundTrip(t *testing.T, r Record) {
	switch r.Type {
	case TypeMX, TypeA, TypeAAAA, TypeTXT, TypeCNAME, TypeDNAME, TypeDS, TypeCDS, TypeNSEC, TypeNSEC3, TypeNSEC3PARAM:
	default:
		return // miekg/dns doesn't read all back that it prints of the others
	}
	if accepted(r) == 0 || len(r.RData) > 4096 {
		return
	}
	if n, ok := r.NSEC3(); ok && len(n.Next) != 20 {
		return // miekg/dns reads back hashes of SHA-1's length only
	}
	rr, err := dns.NewRR(r.String())
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	again := parse(t, pack(t, &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: []dns.RR{rr}}))
	if !bytes.Equal(again.Answer[0].RData, r.RData) || again.Answer[0].Owner != r.Owner {
		t.Errorf("%s reads back as %s", r, again.Answer[0])
	}
}
