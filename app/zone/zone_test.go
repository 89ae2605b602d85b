package zone_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

var (
	origin     = dnsname.MustParse("example")
	inception  = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	expiration = inception.Add(21 * 24 * time.Hour)
)

func testKey(t *testing.T, fill byte) *zone.Key {
	t.Helper()
	key, err := zone.GenerateKey(origin, bytes.NewReader(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testZone(t *testing.T) *zone.Zone {
	t.Helper()
	z := zone.New(origin)
	err := z.Add(
		"@ SOA ns.example. hostmaster.example. 1 3600 900 604800 300",
		"@ NS ns",
		"ns A 192.0.2.1",
		"@ MX 10 mx",
		"mx A 192.0.2.2",
		"mx AAAA 2001:db8::2",
		"_25._tcp.mx TLSA 3 1 1 00000000000000000000000000000000000000000000000000000000000000ff",
		"www CNAME web",
		"web CNAME mx",
		"away CNAME host.elsewhere.",
		"loop CNAME pool",
		"pool CNAME loop",
		"*.wild TXT any",
		"wild TXT one",
		"child NS ns.child",
		"child DS 12345 13 2 00000000000000000000000000000000000000000000000000000000000000aa",
		"ns.child A 192.0.2.3",
		"plain NS ns.child",
		`_mta-sts TXT "v=STSv1; id=1"`,
	)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func signedZone(t *testing.T) (*zone.Zone, *zone.Key) {
	t.Helper()
	z, key := testZone(t), testKey(t, 7)
	if err := z.Sign(key, inception, expiration); err != nil {
		t.Fatal(err)
	}
	return z, key
}

func ask(z *zone.Zone, name string, typ uint16, do bool) *dns.Msg {
	q := new(dns.Msg).SetQuestion(name, typ)
	q.SetEdns0(1232, do)
	return z.Answer(q)
}

func count(section []dns.RR, typ uint16) int {
	n := 0
	for _, rr := range section {
		if rr.Header().Rrtype == typ {
			n++
		}
	}
	return n
}

func TestAnswers(t *testing.T) {
	z, _ := signedZone(t)
	for _, c := range []struct {
		name  string
		typ   uint16
		rcode int
		aa    bool
		// numbers of records: answers without signatures; NSEC of a denial or a wildcard
		answers, nsec int
		soa           bool
	}{
		{"example.", dns.TypeMX, dns.RcodeSuccess, true, 1, 0, false},
		{"EXAMPLE.", dns.TypeMX, dns.RcodeSuccess, true, 1, 0, false},
		{"example.", dns.TypeDNSKEY, dns.RcodeSuccess, true, 1, 0, false},
		{"mx.example.", dns.TypeTXT, dns.RcodeSuccess, true, 0, 1, true},
		{"_tcp.mx.example.", dns.TypeTLSA, dns.RcodeSuccess, true, 0, 1, true}, // empty non-terminal
		{"none.example.", dns.TypeA, dns.RcodeNameError, true, 0, 2, true},
		{"zzz.example.", dns.TypeA, dns.RcodeNameError, true, 0, 2, true},
		{"a.b.mx.example.", dns.TypeA, dns.RcodeNameError, true, 0, 2, true},
		{"a.b.wild.example.", dns.TypeA, dns.RcodeSuccess, true, 0, 1, true},
		{"a.web.example.", dns.TypeA, dns.RcodeNameError, true, 0, 1, true}, // one NSEC denies name and wildcard
		{"www.example.", dns.TypeA, dns.RcodeSuccess, true, 3, 0, false},
		{"www.example.", dns.TypeTXT, dns.RcodeSuccess, true, 2, 1, true},
		{"www.example.", dns.TypeCNAME, dns.RcodeSuccess, true, 1, 0, false},
		{"mx.example.", dns.TypeRRSIG, dns.RcodeSuccess, true, 0, 0, false},
		{"away.example.", dns.TypeA, dns.RcodeSuccess, true, 1, 0, false},
		{"loop.example.", dns.TypeA, dns.RcodeSuccess, true, 2, 0, false},
		{"x.wild.example.", dns.TypeTXT, dns.RcodeSuccess, true, 1, 1, false},
		{"x.wild.example.", dns.TypeA, dns.RcodeSuccess, true, 0, 1, true},
		{"child.example.", dns.TypeDS, dns.RcodeSuccess, true, 1, 0, false},
		{"plain.example.", dns.TypeDS, dns.RcodeSuccess, true, 0, 1, true},
		{"mx.child.example.", dns.TypeA, dns.RcodeSuccess, false, 0, 0, false},
		{"mx.plain.example.", dns.TypeA, dns.RcodeSuccess, false, 0, 1, false},
		{"host.elsewhere.", dns.TypeA, dns.RcodeRefused, false, 0, 0, false},
	} {
		m := ask(z, c.name, c.typ, true)
		answers := len(m.Answer) - count(m.Answer, dns.TypeRRSIG)
		if m.Rcode != c.rcode || m.Authoritative != c.aa || answers != c.answers ||
			count(m.Ns, dns.TypeNSEC) != c.nsec || (count(m.Ns, dns.TypeSOA) == 1) != c.soa {
			t.Errorf("%s %s: not as expected:\n%s", c.name, dns.TypeToString[c.typ], m)
		}
		plain := ask(z, c.name, c.typ, false)
		if n := count(plain.Answer, dns.TypeRRSIG) + count(plain.Ns, dns.TypeRRSIG) + count(plain.Ns, dns.TypeNSEC); n != 0 && c.typ != dns.TypeRRSIG {
			t.Errorf("%s %s: %d DNSSEC records without DO", c.name, dns.TypeToString[c.typ], n)
		}
		if _, err := m.Pack(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestEverySignatureVerifies(t *testing.T) {
	z, key := signedZone(t)
	verified := 0
	for _, q := range []struct {
		name string
		typ  uint16
	}{
		{"example.", dns.TypeMX}, {"example.", dns.TypeDNSKEY}, {"example.", dns.TypeSOA}, {"mx.example.", dns.TypeTXT},
		{"none.example.", dns.TypeA}, {"www.example.", dns.TypeA}, {"x.wild.example.", dns.TypeTXT},
		{"child.example.", dns.TypeDS}, {"plain.example.", dns.TypeDS}, {"mx.plain.example.", dns.TypeA},
		{"_25._tcp.mx.example.", dns.TypeTLSA}, {"_mta-sts.example.", dns.TypeTXT},
	} {
		m := ask(z, q.name, q.typ, true)
		for _, section := range [][]dns.RR{m.Answer, m.Ns} {
			for _, rr := range section {
				sig, ok := rr.(*dns.RRSIG)
				if !ok {
					continue
				}
				var set []dns.RR
				for _, other := range section {
					if h := other.Header(); h.Rrtype == sig.TypeCovered && h.Name == sig.Hdr.Name {
						set = append(set, other)
					}
				}
				if err := sig.Verify(key.DNSKEY(), set); err != nil {
					t.Errorf("%s %s: %v: %v", q.name, dns.TypeToString[q.typ], sig, err)
				}
				if !sig.ValidityPeriod(inception.Add(time.Hour)) || sig.ValidityPeriod(expiration.Add(time.Hour)) {
					t.Errorf("%v: dates", sig)
				}
				verified++
			}
		}
	}
	if verified < 16 {
		t.Errorf("only %d signatures", verified)
	}
}

func TestNSECChainCloses(t *testing.T) {
	z, _ := signedZone(t)
	next, owners := map[string]string{}, 0
	for _, rr := range z.All(dns.TypeNSEC) {
		next[rr.Header().Name] = rr.(*dns.NSEC).NextDomain
		owners++
	}
	if _, glue := next["ns.child.example."]; glue {
		t.Error("glue is in the chain")
	}
	at, steps := "example.", 0
	for ; steps < owners; steps++ {
		at = next[at]
	}
	if at != "example." || steps != owners || owners < 10 {
		t.Errorf("chain of %d ends at %q", owners, at)
	}
}

func TestBreaking(t *testing.T) {
	z, key := signedZone(t)
	mx, tlsa := origin.Child("mx"), origin.Child("_25._tcp.mx")
	past := inception.Add(-24 * time.Hour)
	if err := z.SignAgain(mx, dns.TypeA, past.Add(-time.Hour), past); err != nil {
		t.Fatal(err)
	}
	if err := z.DropSignatures(tlsa, dns.TypeTLSA); err != nil {
		t.Fatal(err)
	}
	if err := z.Replace("@ MX 10 other"); err != nil {
		t.Fatal(err)
	}
	z.DropProof(origin.Child("none"))
	if sig := ask(z, "mx.example.", dns.TypeA, true).Answer[1].(*dns.RRSIG); sig.ValidityPeriod(inception) {
		t.Error("signature of the past is valid")
	}
	if m := ask(z, "_25._tcp.mx.example.", dns.TypeTLSA, true); count(m.Answer, dns.TypeRRSIG) != 0 {
		t.Error("dropped signature is there")
	}
	m := ask(z, "example.", dns.TypeMX, true)
	if err := m.Answer[1].(*dns.RRSIG).Verify(key.DNSKEY(), m.Answer[:1]); err == nil {
		t.Error("signature of a replaced record verifies")
	}
	if m := ask(z, "none.example.", dns.TypeA, true); count(m.Ns, dns.TypeNSEC) != 0 || m.Rcode != dns.RcodeNameError {
		t.Error("dropped proof is there")
	}
	if m := ask(z, "none2.example.", dns.TypeA, true); count(m.Ns, dns.TypeNSEC) == 0 {
		t.Error("another proof is gone")
	}
}

func TestErrors(t *testing.T) {
	z := zone.New(origin)
	for line, want := range map[string]error{
		"":                      zone.ErrRecord,
		"  A 192.0.2.1":         zone.ErrRecord,
		"mx A 192.0.2":          zone.ErrRecord,
		"$INCLUDE /etc/passwd":  zone.ErrRecord,
		"mx.other. A 192.0.2.1": zone.ErrOutside,
	} {
		if err := z.Add(line); !errors.Is(err, want) {
			t.Errorf("%q: %v", line, err)
		}
	}
	if err := z.Sign(testKey(t, 1), inception, expiration); !errors.Is(err, zone.ErrNoSOA) {
		t.Error(err)
	}
	if err := z.Replace("mx A 192.0.2.1"); !errors.Is(err, zone.ErrNoSet) {
		t.Error(err)
	}
	if err := z.DropSignatures(origin, dns.TypeMX); !errors.Is(err, zone.ErrNoSet) {
		t.Error(err)
	}
	if err := z.SignAgain(origin, dns.TypeMX, inception, expiration); !errors.Is(err, zone.ErrNoSet) {
		t.Error(err)
	}
	if _, err := zone.GenerateKey(origin, bytes.NewReader(nil)); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestSameBytesSameZone(t *testing.T) {
	one, key := signedZone(t)
	two, other := signedZone(t)
	if key.DS().String() != other.DS().String() {
		t.Error("two keys of the same bytes differ")
	}
	if a, b := ask(one, "example.", dns.TypeMX, true), ask(two, "example.", dns.TypeMX, true); a.Answer[1].String() != b.Answer[1].String() {
		t.Error("two signatures of the same set differ")
	}
	if key.DS().String() == testKey(t, 8).DS().String() {
		t.Error("two keys of other bytes are the same")
	}
}
