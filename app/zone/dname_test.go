package zone_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// RFC 6672 §2.2, §3.1: names below a DNAME lead elsewhere, by a CNAME made of it.
func TestDNAME(t *testing.T) {
	z := testZone(t)
	if err := z.Add("old DNAME wild", "out DNAME elsewhere.", "long DNAME "+strings.Repeat("x.", 110)+"wild", "all DNAME ."); err != nil {
		t.Fatal(err)
	}
	if err := z.Sign(testKey(t, 7), inception, expiration); err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat("a.", 30)
	for _, c := range []struct {
		name  string
		typ   uint16
		rcode int
		// numbers of records in the answer, and in the authority section
		dnames, cnames, signatures, txts, ns int
		target                               string
	}{
		{"a.old.example.", dns.TypeTXT, 0, 1, 1, 2, 1, 2, "a.wild.example."},
		{"a.b.old.example.", dns.TypeA, 0, 1, 1, 1, 0, 4, "a.b.wild.example."},
		{"a.old.example.", dns.TypeCNAME, 0, 1, 1, 1, 0, 0, "a.wild.example."},
		{"a.b.out.example.", dns.TypeA, 0, 1, 1, 1, 0, 0, "a.b.elsewhere."},
		{"a.all.example.", dns.TypeA, 0, 1, 1, 1, 0, 0, "a."},
		{"a.long.example.", dns.TypeA, 0, 1, 1, 1, 0, 4, "a." + strings.Repeat("x.", 110) + "wild.example."},
		{deep + "long.example.", dns.TypeA, 6, 1, 0, 1, 0, 0, ""},
		{"old.example.", dns.TypeDNAME, 0, 1, 0, 1, 0, 0, ""},
		{"old.example.", dns.TypeA, 0, 0, 0, 0, 0, 4, ""},
	} {
		m := ask(z, c.name, c.typ, true)
		if m.Rcode != c.rcode || count(m.Answer, dns.TypeDNAME) != c.dnames || count(m.Answer, dns.TypeCNAME) != c.cnames ||
			count(m.Answer, dns.TypeRRSIG) != c.signatures || count(m.Answer, dns.TypeTXT) != c.txts || len(m.Ns) != c.ns {
			t.Errorf("%s %s:\n%v", c.name, dns.TypeToString[c.typ], m)
			continue
		}
		if c.target != "" && m.Answer[2].(*dns.CNAME).Target != c.target {
			t.Errorf("%s leads to %v", c.name, m.Answer[2])
		}
	}
}
