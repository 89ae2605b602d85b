package resolve

import (
	"bytes"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// reply is a response with so many address records and an OPT record with options.
func reply(t *testing.T, addresses int, options ...dns.EDNS0) []byte {
	t.Helper()
	m := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
	m.Response, m.Compress = true, true
	for range addresses {
		m.Answer = append(m.Answer, addressRecord())
	}
	m.SetEdns0(1232, true)
	m.IsEdns0().Option = options
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// A padded response says the same as before, in blocks of 468 octets.
func TestPad(t *testing.T) {
	ede := &dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeStaleAnswer}
	for addresses := range 80 {
		for _, has := range [][]dns.EDNS0{nil, {ede}, {&dns.EDNS0_PADDING{Padding: make([]byte, addresses*9)}, ede}} {
			wire := reply(t, addresses, has...)
			padded := Pad(bytes.Clone(wire))
			var before, after dns.Msg
			if before.Unpack(wire) != nil || after.Unpack(padded) != nil {
				t.Fatalf("%d addresses: not a message", addresses)
			}
			if len(padded)%468 != 0 || len(padded) > (len(wire)+4+467)/468*468 {
				t.Errorf("%d octets of %d", len(padded), len(wire))
			}
			count := 0
			for _, o := range after.IsEdns0().Option {
				if o.Option() == dns.EDNS0PADDING {
					count++
				}
			}
			if count != 1 || len(after.IsEdns0().Option) != 1+min(len(has), 1) {
				t.Errorf("%d padding options of %d", count, len(after.IsEdns0().Option))
			}
			before.IsEdns0().Option, after.IsEdns0().Option = nil, nil
			if before.String() != after.String() {
				t.Errorf("%v\nbecame\n%v", &before, &after)
			}
			if again := Pad(padded); !bytes.Equal(again, padded) {
				t.Errorf("padded again: %d octets, then %d", len(padded), len(again))
			}
			if !Padded(padded) || Padded(wire) != (len(has) == 2) {
				t.Error("Padded says otherwise")
			}
		}
	}
}

func TestPadLeaves(t *testing.T) {
	bare := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
	without, _ := bare.Pack()
	bare.SetEdns0(1232, false)
	bare.Extra = append(bare.Extra, addressRecord()) // behind OPT
	last, _ := bare.Pack()
	whole := reply(t, 3)
	for what, wire := range map[string][]byte{
		"without OPT": without, "OPT not last": last, "nothing": nil, "cut": whole[:len(whole)-1], "a tail": append(bytes.Clone(whole), 0),
		"too long": reply(t, 4005, &dns.EDNS0_LOCAL{Code: 65001, Data: make([]byte, 1400)}),
	} {
		if got := Pad(bytes.Clone(wire)); !bytes.Equal(got, wire) {
			t.Errorf("%s: changed", what)
		}
	}
}

func TestQueriesAreSeenPadded(t *testing.T) {
	if !Padded(doh.Query(name, doh.TypeMX, true)) {
		t.Error("the page's queries are padded")
	}
	if Padded(nil) || Padded([]byte("no message")) {
		t.Error("garbage is padded")
	}
}

func TestPrivate(t *testing.T) {
	for text, want := range map[string]bool{
		"test": true, "a.test": true, "contest": false, "localhost": true, "a.localhost": true, "x.invalid": true, "printer.local": true, "local.example": false,
		"duckduckgo.onion": true, "router.home.arpa": true, "home.example": false, "a.alt": true, "corp.internal": true, "example.com": false, "com": false, ".": false,
		"1.0.0.10.in-addr.arpa": true, "110.in-addr.arpa": false, "1.168.192.in-addr.arpa": true, "169.192.in-addr.arpa": false,
		"15.172.in-addr.arpa": false, "16.172.in-addr.arpa": true, "1.2.31.172.in-addr.arpa": true, "32.172.in-addr.arpa": false,
		"63.100.in-addr.arpa": false, "64.100.in-addr.arpa": true, "127.100.in-addr.arpa": true, "128.100.in-addr.arpa": false, "172.in-addr.arpa": false,
		"1.0.0.127.in-addr.arpa": true, "8.8.8.8.in-addr.arpa": false, "in-addr.arpa": false, "arpa": false, "ipv4only.arpa": false,
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa": true, "0.0.0.d.f.ip6.arpa": true, "2.ip6.arpa": false,
	} {
		if got := Private(dnsname.MustParse(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// What isn't a message is no message to any of these, and what they can read, the
// library reads too.
func FuzzRecords(f *testing.F) {
	m := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
	m.Response, m.Compress = true, true
	m.Answer = []dns.RR{addressRecord(), addressRecord()}
	m.Ns = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: "com.", Rrtype: dns.TypeSOA, Class: 1, Ttl: 9}, Ns: "a.", Mbox: "b.", Minttl: 5}}
	m.SetEdns0(1232, true)
	wire, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Add(Pad(bytes.Clone(wire)))
	f.Add(doh.Query(name, doh.TypeMX, true))
	f.Fuzz(func(t *testing.T, wire []byte) {
		Lifetime(wire)
		Padded(wire)
		padded := Pad(bytes.Clone(wire))
		var before, after dns.Msg
		if before.Unpack(wire) != nil {
			return
		}
		if err := after.Unpack(padded); err != nil {
			t.Fatalf("%v: %x became %x", err, wire, padded)
		}
		if len(before.Answer) != len(after.Answer) || len(before.Ns) != len(after.Ns) || len(before.Extra) != len(after.Extra) {
			t.Errorf("%v\nbecame\n%v", &before, &after)
		}
	})
}
