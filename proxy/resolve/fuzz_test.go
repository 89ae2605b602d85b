package resolve

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// messages are queries and responses, whole and broken.
func messages(f *testing.F) [][]byte {
	query := doh.Query(name, doh.TypeMX, true)
	pack := func(change func(*dns.Msg)) []byte {
		var q dns.Msg
		if err := q.Unpack(query); err != nil {
			f.Fatal(err)
		}
		m := new(dns.Msg).SetReply(&q)
		change(m)
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		return wire
	}
	mx := &dns.MX{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeMX, Class: dns.ClassINET, Ttl: 60}, Mx: "mx.example.com."}
	soa := &dns.SOA{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60}, Ns: ".", Mbox: ".", Minttl: 5}
	alias := &dns.CNAME{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}, Target: "mx.internal."}
	looped := slices.Concat(query[:4], []byte{0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 15, 0, 1})
	seeds := [][]byte{
		query, doh.Query(name, doh.TypeTLSA, false), pack(func(m *dns.Msg) { m.Answer = []dns.RR{mx} }),
		pack(func(m *dns.Msg) { m.Ns = []dns.RR{soa} }), pack(func(m *dns.Msg) { m.Rcode = dns.RcodeNameError; m.Ns = []dns.RR{soa} }),
		pack(func(m *dns.Msg) { m.Rcode = dns.RcodeRefused }), pack(func(m *dns.Msg) { m.Truncated = true }), looped, nil, query[:12],
		pack(func(m *dns.Msg) { m.Question[0].Name = "other.example." }), pack(func(m *dns.Msg) { m.Question = nil }), append(bytes.Clone(query), 0),
		pack(func(m *dns.Msg) { m.Answer = []dns.RR{alias, mx} }),
	}
	if len(seeds) != 14 {
		f.Fatalf("%d seeds", len(seeds))
	}
	return seeds
}

// FuzzExchange: what an upstream sends is the response to the query, under its
// ID, or a failure.
func FuzzExchange(f *testing.F) {
	for _, s := range messages(f) {
		f.Add(s)
	}
	query := doh.Query(name, doh.TypeMX, true)
	query[0], query[1] = 0xab, 0xcd
	f.Fuzz(func(t *testing.T, sent []byte) {
		u := &upstream{name: "u", timeout: time.Minute, ask: func(_ context.Context, asked []byte) ([]byte, error) {
			response := bytes.Clone(sent)
			copy(response, asked[:2]) // else no input would ever be taken
			return response, nil
		}}
		response, err := (&Resolver{upstreams: []*upstream{u}}).Exchange(context.Background(), query)
		if err != nil {
			if failure, is := err.(*probe.Failure); !is || failure.Class != probe.BadResponse {
				t.Errorf("%v", err)
			}
			return
		}
		asked, typ, ok := doh.Question(response)
		if !ok || asked != name || typ != doh.TypeMX || !bytes.Equal(response[:2], query[:2]) || response[2]&0x80 == 0 {
			t.Errorf("%x is taken", response)
		}
		if ttl := Lifetime(response); ttl > 1<<31-1 {
			t.Errorf("kept for %d s", ttl)
		}
		unwilling(response)
		LeadsInside(response)
	})
}

// FuzzAllowed: what is relayed is one ordinary question of a type that is.
func FuzzAllowed(f *testing.F) {
	for _, s := range messages(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query []byte) {
		if Allowed(query) != nil {
			return
		}
		var m dns.Msg
		if err := m.Unpack(query); err != nil {
			t.Fatalf("%x is relayed: %v", query, err)
		}
		if m.Response || m.Opcode != dns.OpcodeQuery || len(m.Question) != 1 || m.Question[0].Qclass != dns.ClassINET ||
			!slices.Contains(relayed, m.Question[0].Qtype) || len(m.Answer)+len(m.Ns) > 0 || len(m.Extra) > 1 || len(query) > MaxQuery {
			t.Errorf("%v is relayed", &m)
		}
	})
}
