package resolve

import (
	"errors"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

func TestAllowed(t *testing.T) {
	for _, typ := range []doh.Type{1, 28, 2, 6, 15, 16, 5, 43, 48, 46, 47, 50, 51, 52} {
		for _, cd := range []bool{false, true} {
			if err := Allowed(doh.Query(name, typ, cd)); err != nil {
				t.Errorf("type %d: %v", typ, err)
			}
		}
	}
	for what, change := range map[string]func(*dns.Msg){
		"ANY":            func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeANY },
		"AXFR":           func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAXFR },
		"PTR":            func(m *dns.Msg) { m.Question[0].Qtype = dns.TypePTR },
		"HTTPS":          func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeHTTPS },
		"class CH":       func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS },
		"a response":     func(m *dns.Msg) { m.Response = true },
		"NOTIFY":         func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify },
		"UPDATE":         func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate },
		"no question":    func(m *dns.Msg) { m.Question = nil },
		"two questions":  func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) },
		"an answer":      func(m *dns.Msg) { m.Answer = []dns.RR{addressRecord()} },
		"an authority":   func(m *dns.Msg) { m.Ns = []dns.RR{addressRecord()} },
		"a record":       func(m *dns.Msg) { m.Extra = []dns.RR{addressRecord()} },
		"two additional": func(m *dns.Msg) { m.Extra = append(m.Extra, m.Extra[0]) },
		"over 4 KiB": func(m *dns.Msg) {
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_PADDING{Padding: make([]byte, 5000)})
		},
	} {
		m := new(dns.Msg).SetQuestion("example.com.", dns.TypeTXT)
		m.SetEdns0(1232, true)
		if wire, _ := m.Pack(); Allowed(wire) != nil {
			t.Fatal("refused before the change")
		}
		change(m)
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if err := Allowed(wire); !errors.Is(err, ErrQuery) {
			t.Errorf("%s passes", what)
		}
	}
	good := doh.Query(name, doh.TypeTXT, true)
	if Allowed(append(good, 0)) == nil {
		t.Error("a tail passes")
	}
	for i := range good {
		if Allowed(good[:i]) == nil {
			t.Errorf("cut at %d passes", i)
		}
	}
}

func addressRecord() dns.RR {
	return &dns.A{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: []byte{192, 0, 2, 1}}
}

func TestLifetime(t *testing.T) {
	header := func(typ uint16, ttl uint32) dns.RR_Header {
		return dns.RR_Header{Name: "example.com.", Rrtype: typ, Class: dns.ClassINET, Ttl: ttl}
	}
	a := func(ttl uint32) dns.RR { return &dns.A{Hdr: header(dns.TypeA, ttl), A: []byte{192, 0, 2, 1}} }
	soa := func(ttl, minimum uint32) dns.RR {
		return &dns.SOA{Hdr: header(dns.TypeSOA, ttl), Ns: "a.", Mbox: "b.", Minttl: minimum}
	}
	for what, c := range map[string]struct {
		rcode      int
		answer, ns []dns.RR
		want       uint32
	}{
		"smallest":         {0, []dns.RR{a(300), a(60)}, nil, 60},
		"of the authority": {0, []dns.RR{a(300)}, []dns.RR{&dns.NS{Hdr: header(dns.TypeNS, 30), Ns: "a."}}, 30},
		"negative":         {3, nil, []dns.RR{soa(3600, 120)}, 120},
		"negative, by TTL": {0, nil, []dns.RR{soa(60, 900)}, 60},
		"nothing":          {0, nil, nil, 0},
		"failure":          {2, []dns.RR{a(300)}, nil, 0},
		"zero":             {0, []dns.RR{a(0), a(300)}, nil, 0},
		"negative TTL":     {0, []dns.RR{a(1 << 31), a(300)}, nil, 0},
	} {
		m := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
		m.Response, m.Rcode, m.Answer, m.Ns = true, c.rcode, c.answer, c.ns
		m.SetEdns0(1232, true)
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got := Lifetime(wire); got != c.want {
			t.Errorf("%s: %d, want %d", what, got, c.want)
		}
	}
	if Lifetime([]byte("no message")) != 0 {
		t.Error("garbage lives")
	}
}
