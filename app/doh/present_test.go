package doh

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestPresentation compares the presentation form of every type that a check
// asks for with that of miekg/dns, which reads ours back to the same data.
func TestPresentation(t *testing.T) {
	for _, text := range []string{
		"example.com. 60 IN A 192.0.2.1",
		"example.com. 60 IN AAAA 2001:db8::1",
		"example.com. 60 IN NS ns.example.com.",
		"a.example.com. 60 IN CNAME .",
		"example.com. 60 IN MX 10 mx.example.com.",
		"example.com. 60 IN MX 0 .",
		`example.com. 60 IN TXT "v=STSv1; id=1" "second \"quoted\" \\ \200\007"`,
		`example.com. 60 IN TXT ""`,
		"example.com. 60 IN SOA ns.example.com. a.example.com. 2026010100 7200 3600 1209600 300",
		"example.com. 60 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
		"example.com. 60 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
		"example.com. 60 IN RRSIG MX 13 2 60 20260701000000 20260601000000 2371 example.com. AAECAw==",
		`example.com. 60 IN CAA 0 issue "letsencrypt.org; a=\"b\""`,
		`example.com. 60 IN CAA 128 TBS "Unknown"`,
		`example.com. 60 IN CAA 0 issue ";"`,
		"_25._tcp.mx.example.com. 60 IN TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"a.example.com. 60 IN DNAME b.example.com.",
		"example.com. 60 IN CDS 0 0 0 00",
		"example.com. 60 IN CDNSKEY 0 3 0 AA==",
		`example.com. 60 IN NSEC \000.example.com. A MX RRSIG NSEC TYPE1234`,
		"35mthgpgcu1qg68fab165klnsnk3dpvl.example.com. 60 IN NSEC3 1 1 12 AABBCCDD B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS DS RRSIG",
		"35mthgpgcu1qg68fab165klnsnk3dpvl.example.com. 60 IN NSEC3 1 0 0 - B4UM86EGHHDS6NEA196SMVMLO4ORS995",
		"example.com. 60 IN NSEC3PARAM 1 0 12 AABBCCDD",
		"example.com. 60 IN NSEC3PARAM 1 0 0 -",
	} {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m := new(dns.Msg)
		m.SetQuestion(rr.Header().Name, rr.Header().Rrtype)
		m.Response, m.Answer = true, []dns.RR{rr}
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		a, err := Parse(wire)
		if err != nil || len(a.Answer) != 1 {
			t.Fatalf("%s: %v", text, err)
		}
		got := a.Answer[0].String()
		back, err := dns.NewRR(got)
		if err != nil || !dns.IsDuplicate(rr, back) {
			t.Errorf("%s\nprints as %s", text, got)
		}
		if want := strings.ReplaceAll(rr.String(), "\t", " "); !strings.EqualFold(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestPresentationOfOddData prints what no accessor can read as RFC 3597 has it.
func TestPresentationOfOddData(t *testing.T) {
	for _, typ := range []Type{TypeA, TypeAAAA, TypeMX, TypeTXT, TypeSOA, TypeDS, TypeDNSKEY, TypeRRSIG, TypeTLSA, TypeCAA, TypeCNAME, TypeNSEC, TypeNSEC3, TypeNSEC3PARAM, 999} {
		got := Record{Owner: "x", Type: typ, RData: []byte{0xC0}}.String()
		if !strings.HasSuffix(got, ` \# 1 c0`) {
			t.Errorf("%s: %s", typ, got)
		}
	}
}
