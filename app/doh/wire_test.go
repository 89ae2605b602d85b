package doh

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

var example = dnsname.MustParse("example.test")

// response packs a response to example.test MX with these records in its
// answer section, compressed as servers do.
func response(t testing.TB, records ...string) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("example.test.", dns.TypeMX)
	m.Id, m.Response, m.RecursionAvailable, m.Compress = 0, true, true, true
	for _, s := range records {
		rr, err := dns.NewRR(s)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	return m
}

func pack(t testing.TB, m *dns.Msg) []byte {
	t.Helper()
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

func parse(t testing.TB, wire []byte) *Answer {
	t.Helper()
	a, err := Parse(wire)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestQuery(t *testing.T) {
	long := dnsname.MustParse("a23456789012345678901234567890123456789012345678901234567890123." +
		"b23456789012345678901234567890123456789012345678901234567890123.example.test")
	for _, name := range []dnsname.Name{dnsname.Root, example, example.Child("_25._tcp"), long} {
		for _, cd := range []bool{false, true} {
			wire := Query(name, TypeTLSA, cd)
			if len(wire) == 0 || len(wire)%128 != 0 || len(wire) > 256 {
				t.Errorf("%v: %d octets, want a small multiple of 128", name, len(wire))
			}
			var m dns.Msg
			if err := m.Unpack(wire); err != nil {
				t.Fatal(err)
			}
			opt := m.IsEdns0()
			if m.Id != 0 || !m.RecursionDesired || m.Response || m.CheckingDisabled != cd {
				t.Errorf("%v: header %+v", name, m.MsgHdr)
			}
			if opt == nil || !opt.Do() || opt.UDPSize() != 4096 || len(opt.Option) != 1 {
				t.Errorf("%v: OPT %v", name, opt)
			}
			got, typ, ok := Question(wire)
			if !ok || got != name || typ != TypeTLSA {
				t.Errorf("asked for %v, reads back %v %v %v", name, got, typ, ok)
			}
		}
	}
	if wire := Query(dnsname.Name{}, TypeA, false); wire != nil {
		t.Errorf("the zero Name gives a query: %x", wire)
	}
	if _, err := Parse(Query(example, TypeA, false)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a query was taken for a response: %v", err)
	}
}

func TestParse(t *testing.T) {
	m := response(t,
		"Example.TEST. 300 IN MX 10 MX1.Example.test.",
		"example.test. 300 IN MX 0 .",
		`example.test. 300 IN MX 5 bad\032host.example.test.`)
	m.AuthenticatedData = true
	soa, err := dns.NewRR("example.test. 60 IN SOA ns1.example.test. root.example.test. 1 2 3 4 5")
	if err != nil {
		t.Fatal(err)
	}
	m.Ns = append(m.Ns, soa)
	m.SetEdns0(1232, true)
	m.IsEdns0().Option = append(m.IsEdns0().Option,
		&dns.EDNS0_EDE{InfoCode: 9, ExtraText: "no key"}, &dns.EDNS0_EDE{InfoCode: 22})
	m.Rcode = 16 // BADVERS: its upper bits travel in the OPT record
	a := parse(t, pack(t, m))

	if a.Rcode != 16 || !a.AD || a.Authoritative || a.Truncated || a.Dropped != 0 {
		t.Errorf("got %+v", a)
	}
	if name, typ := a.Question(); name != example || typ != TypeMX {
		t.Errorf("question %v %v", name, typ)
	}
	if diff := cmp.Diff([]EDE{{9, "no key"}, {22, ""}}, a.EDE); diff != "" {
		t.Error(diff)
	}
	var got []MX
	for _, r := range a.RecordsOf(example, TypeMX) {
		mx, ok := r.MX()
		if !ok {
			t.Errorf("%v is no MX", r)
		}
		got = append(got, mx)
	}
	want := []MX{
		{10, dnsname.MustParse("mx1.example.test"), "MX1.Example.test"},
		{0, dnsname.Root, "."},
		{5, dnsname.Name{}, `bad\ host.example.test`},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b dnsname.Name) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if zone, ok := a.Authority[0].SOA(); !ok || zone.Zone != example {
		t.Errorf("SOA %v %v", zone, ok)
	}
}

// One record with bad data, and one with an unreadable owner, lose nothing else.
func TestParseKeepsTheRest(t *testing.T) {
	m := response(t,
		"example.test. 300 IN A 192.0.2.1",
		"example.test. 300 IN TXT \"chaos\"",
		"example.test. 300 IN MX 10 mx.example.test.")
	m.Answer[1].Header().Class = dns.ClassCHAOS
	m.Compress = false
	wire := pack(t, m)
	insert := func(record ...byte) []byte {
		out := append(append([]byte(nil), wire...), record...)
		binary.BigEndian.PutUint16(out[6:], 4)
		return out
	}
	for what, bad := range map[string][]byte{
		"MX of one octet":         insert(0, 0, 15, 0, 1, 0, 0, 0, 9, 0, 1, 7),
		"MX with a pointer loop":  insert(0, 0, 15, 0, 1, 0, 0, 0, 9, 0, 4, 0, 1, 0xC0, byte(len(wire)+13)),
		"A of three octets":       insert(0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3),
		"TXT that runs out":       insert(0, 0, 16, 0, 1, 0, 0, 0, 9, 0, 2, 9, 65),
		"owner of a pointer loop": insert(0xC0, byte(len(wire)), 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4),
	} {
		a := parse(t, bad)
		mx, ok := a.RecordsOf(example, TypeMX)[0].MX()
		if !ok || mx.Host.String() != "mx.example.test" {
			t.Errorf("%s: the MX record is lost: %+v", what, a)
		}
		if last := a.Answer[len(a.Answer)-1]; last.Owner == "." {
			_, isMX := last.MX()
			_, isAddress := last.Address()
			_, _, isTXT := last.TXT()
			if isMX || isAddress || isTXT || last.String() == "" {
				t.Errorf("%s: was taken for good: %v", what, last)
			}
		} else if a.Dropped != 2 {
			t.Errorf("%s: dropped %d, want the CH record and this", what, a.Dropped)
		}
	}
}

// An answer cut short is an error at every length, unless it says so itself.
func TestParseCutShort(t *testing.T) {
	m := response(t, "example.test. 300 IN MX 10 a.example.test.", "example.test. 300 IN MX 20 b.example.test.")
	wire := pack(t, m)
	for n := range wire {
		if a, err := Parse(wire[:n]); !errors.Is(err, ErrMalformed) || a != nil {
			t.Errorf("%d of %d octets were taken", n, len(wire))
		}
	}
	m.Truncated = true
	wire = pack(t, m)
	a := parse(t, wire[:len(wire)-1])
	if !a.Truncated || len(a.RecordsOf(example, TypeMX)) != 1 {
		t.Errorf("truncated: %+v", a)
	}
	m.Authoritative = true
	if a := parse(t, pack(t, m)); !a.Authoritative {
		t.Errorf("from an authoritative server: %+v", a)
	}
	if _, err := Parse(append(wire, "trailing"...)); err != nil {
		t.Errorf("octets behind the message: %v", err)
	}
}

func TestQuestionOfAnotherName(t *testing.T) {
	m := response(t)
	m.Question[0].Name = "other.test."
	if name, _ := parse(t, pack(t, m)).Question(); name == example || name.IsZero() {
		t.Errorf("question %v", name)
	}
	for what, change := range map[string]func(){
		"none":       func() { m.Question = nil },
		"two":        func() { m.Question = make([]dns.Question, 2); m.Question[0].Name, m.Question[1].Name = ".", "." },
		"odd octets": func() { m.Question = []dns.Question{{Name: `a\000.test.`, Qtype: 1, Qclass: 1}} },
		"CHAOS":      func() { m.Question = []dns.Question{{Name: "a.test.", Qtype: 1, Qclass: 3}} },
	} {
		change()
		wire := pack(t, m)
		if name, _ := parse(t, wire).Question(); !name.IsZero() {
			t.Errorf("%s: %v", what, name)
		}
		if _, _, ok := Question(wire); ok {
			t.Errorf("%s: Question says it is one", what)
		}
	}
}

func TestChain(t *testing.T) {
	name := dnsname.MustParse
	a := parse(t, pack(t, response(t,
		"c.test. 300 IN TXT \"v=1\" \"; id=2\"", "a.test. 1 IN CNAME B.test.", "b.test. 1 IN CNAME c.test.",
		"x.test. 1 IN CNAME y.test.", "y.test. 1 IN CNAME x.test.", "s.test. 1 IN CNAME s.test.",
		`odd.test. 1 IN CNAME a\.b.test.`, "c.test. 300 IN TXT \"v=1\" \"; id=2\"", "c.test. 300 IN TXT \"else\"")))
	for _, c := range []struct {
		from, end string
		hops      int
		ok        bool
	}{
		{"a.test", "c.test", 2, true}, {"b.test", "c.test", 1, true}, {"c.test", "c.test", 0, true},
		{"x.test", "", -1, false}, {"s.test", "", -1, false}, {"odd.test", "", 1, true}, {"none.test", "none.test", 0, true},
	} {
		end, hops, ok := a.Chain(name(c.from))
		if ok != c.ok || c.ok && (end.String() != c.end || hops != c.hops) {
			t.Errorf("%s: ends at %q after %d hops, %v; want %q, %d, %v", c.from, end, hops, ok, c.end, c.hops, c.ok)
		}
	}
	records := a.RecordsOf(name("a.test"), TypeTXT)
	if len(records) != 2 {
		t.Fatalf("%d records, want 2: equal ones are one", len(records))
	}
	if text, n, ok := records[0].TXT(); text != "v=1; id=2" || n != 2 || !ok {
		t.Errorf("TXT %q %d %v", text, n, ok)
	}
	if got := a.RecordsOf(name("a.test"), TypeCNAME); len(got) != 1 {
		t.Errorf("CNAME at a.test: %v", got)
	}
	for _, none := range []string{"x.test", "odd.test", "none.test"} {
		if got := a.RecordsOf(name(none), TypeTXT); got != nil {
			t.Errorf("%s: %v", none, got)
		}
	}
}

// Ten thousand records don't fit into a message; the most that do are bounded.
func TestRecordLimit(t *testing.T) {
	build := func(n int) []byte {
		wire := make([]byte, 12, 12+n*12)
		wire[2] = 0x80
		binary.BigEndian.PutUint16(wire[6:], uint16(n))
		for range n {
			wire = append(wire, 0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 0)
		}
		return wire
	}
	if _, err := Parse(build(10_000)); !errors.Is(err, ErrMalformed) {
		t.Errorf("10 000 records in over 64 KiB: %v", err)
	}
	a := parse(t, build(5900))
	if len(a.Answer) != MaxRecords || !a.Truncated {
		t.Errorf("%d records kept, truncated %v", len(a.Answer), a.Truncated)
	}
	if a := parse(t, build(MaxRecords)); a.Truncated {
		t.Error("exactly MaxRecords counts as too many")
	}
}
