package zone_test

import (
	"context"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// smallInternet is the root, two zones below it and one below these.
func smallInternet(t *testing.T) zone.Internet {
	t.Helper()
	var all []*zone.Zone
	for _, c := range []struct {
		origin string
		lines  []string
	}{
		{".", []string{"example NS ns.example.", "other NS ns.other.", "lame NS ns.lame.", "a A 192.0.2.1"}},
		{"example", []string{"child NS ns.child", "there CNAME mx.other.", "loop CNAME loop.other.", "out CNAME x.lame.", "below CNAME a.child", "tree DNAME other."}},
		{"child.example", []string{"a A 192.0.2.2"}},
		{"other", []string{"mx A 192.0.2.3", "loop CNAME loop.example.", "*.wild TXT any"}},
	} {
		name := dnsname.MustParse(c.origin)
		z := zone.New(name)
		key, err := zone.NewKey(name, 13, 257, seeded(byte(len(all))))
		if err != nil {
			t.Fatal(err)
		}
		if err := z.Add(append(c.lines, "@ SOA ns hostmaster 1 2 3 4 5", "@ NS ns")...); err != nil {
			t.Fatal(err)
		}
		if err := z.Sign(key, inception, expiration); err != nil {
			t.Fatal(err)
		}
		all = append(all, z)
	}
	return zone.NewInternet(all...)
}

func TestInternet(t *testing.T) {
	i := smallInternet(t)
	for _, c := range []struct {
		name           string
		typ            uint16
		do             bool
		rcode          int
		answers, in    int
		zone           string // whose SOA denies
		signaturesToo  bool
		authorityFirst uint16
	}{
		{"mx.other.", dns.TypeA, true, 0, 2, 0, "", true, 0},
		{"MX.Other.", dns.TypeA, false, 0, 1, 0, "", false, 0},
		{"there.example.", dns.TypeA, true, 0, 4, 0, "", true, 0},
		{"below.example.", dns.TypeA, true, 0, 4, 0, "", true, 0},
		{"mx.tree.example.", dns.TypeA, true, 0, 5, 0, "", true, 0},
		{"none.tree.example.", dns.TypeA, true, 3, 3, 6, "other.", true, dns.TypeSOA},
		{"loop.example.", dns.TypeA, true, 0, 4, 0, "", true, 0},
		{"child.example.", dns.TypeDS, true, 0, 0, 4, "example.", false, dns.TypeSOA}, // the parent's
		{"child.example.", dns.TypeSOA, true, 0, 2, 0, "", true, 0},                   // the child's
		{".", dns.TypeDS, true, 0, 0, 4, ".", false, dns.TypeSOA},
		{".", dns.TypeDNSKEY, true, 0, 2, 0, "", true, 0},
		{"x.y.wild.other.", dns.TypeTXT, true, 0, 2, 2, "", true, dns.TypeNSEC},
		{"out.example.", dns.TypeA, true, 2, 0, 0, "", false, 0},
		{"x.lame.", dns.TypeA, true, 2, 0, 0, "", false, 0},
		{"lame.", dns.TypeDS, true, 0, 0, 4, ".", false, dns.TypeSOA},
	} {
		q := new(dns.Msg).SetQuestion(c.name, c.typ)
		q.SetEdns0(1232, c.do)
		q.CheckingDisabled = true
		m := i.Resolve(q)
		if m.Rcode != c.rcode || len(m.Answer) != c.answers || len(m.Ns) != c.in ||
			(count(m.Answer, dns.TypeRRSIG) > 0) != c.signaturesToo || m.AuthenticatedData || !m.RecursionAvailable || !m.CheckingDisabled {
			t.Errorf("%s %s:\n%v", c.name, dns.TypeToString[c.typ], m)
			continue
		}
		if len(m.Ns) > 0 && m.Ns[0].Header().Rrtype != c.authorityFirst || c.zone != "" && m.Ns[0].Header().Name != c.zone {
			t.Errorf("%s %s: denied by\n%v", c.name, dns.TypeToString[c.typ], m)
		}
	}
}

func TestInternetExchange(t *testing.T) {
	i := smallInternet(t)
	q := new(dns.Msg).SetQuestion("mx.other.", dns.TypeA)
	q.Id = 77
	wire, _ := q.Pack()
	answer, err := i.Exchange(context.Background(), wire)
	m := new(dns.Msg)
	if err != nil || m.Unpack(answer) != nil || m.Id != 77 || len(m.Answer) != 1 || m.IsEdns0() != nil {
		t.Errorf("%v %v", m, err)
	}
	if _, err := i.Exchange(context.Background(), wire[:9]); err == nil {
		t.Error("half a query is answered")
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if _, err := i.Exchange(ended, wire); err == nil {
		t.Error("an answer after the end")
	}
	delete(i, ".")
	for name, typ := range map[string]uint16{"nowhere.": dns.TypeA, "example.": dns.TypeDS} {
		want := dns.RcodeRefused
		if name == "example." {
			want = dns.RcodeSuccess // nobody is above: the zone answers itself
		}
		if m := i.Resolve(new(dns.Msg).SetQuestion(name, typ)); m.Rcode != want {
			t.Errorf("%s: %v", name, m)
		}
	}
	q.Question = append(q.Question, q.Question[0])
	if m := i.Resolve(q); m.Rcode != dns.RcodeNotImplemented {
		t.Errorf("two questions:\n%v", m)
	}
}
