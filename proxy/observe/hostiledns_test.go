package observe

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/probe"
)

// dnsMessage packs a response by hand: the count as claimed, the body as given, its
// question the query's when it is nil.
func dnsMessage(query []byte, answers int, body ...[]byte) []byte {
	if body = slices.Clone(body); body[0] == nil {
		body[0] = query[12 : 12+bytes.IndexByte(query[12:], 0)+5]
	}
	m := append(bytes.Clone(query[:2]), 0x84, 0, 0, 1)
	m = binary.BigEndian.AppendUint16(m, uint16(answers))
	return append(append(m, 0, 0, 0, 0), bytes.Join(body, nil)...)
}

// Parts of such messages.
var (
	oneA      = []byte("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01")
	selfName  = []byte("\xc0\x0c\x00\x01\x00\x01")                                                         // a question named by itself
	mutual    = []byte("\x01a\xc0\x10\xc0\x0c\x00\x01\x00\x01")                                            // by two names of each other
	selfAlias = []byte("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c")                         // CNAME to itself
	loopAlias = []byte("\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x2c")                         // CNAME to a pointer to itself
	otherA    = []byte("\x05other\x07example\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01") // of another name
	otherName = []byte("\x05other\x07example\x00\x00\x0f\x00\x01")                                         // another question
)

func hostileDNS() []hostile {
	// resolved is what a mail host's addresses come to when the resolver answers so.
	resolved := func(answer func(query []byte) []byte) func(*testing.T) *Network {
		return func(*testing.T) *Network {
			n := facing(netip.MustParseAddrPort("127.0.0.1:1"))
			n.Exchange = func(_ context.Context, query []byte) ([]byte, error) { return answer(query), nil }
			n.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, ErrReserved }
			return n
		}
	}
	host := func(n *Network) (string, *probe.Failure) {
		s := n.STARTTLS(context.Background(), host)
		if s.Failure == nil {
			return s.Addresses[0].IP.String(), s.Addresses[0].Failure
		}
		return "", s.Failure
	}
	asked := func(n *Network) (string, *probe.Failure) {
		s := n.Nameservers(context.Background(), domain, aboutMX)
		return s.Servers[0].IP.String(), s.Servers[0].Answers[0].Failure
	}
	with := func(answers int, body ...[]byte) func([]byte) []byte {
		return func(query []byte) []byte { return dnsMessage(query, answers, body...) }
	}
	return []hostile{
		{"answer of 4 000 records", resolved(with(4000, nil, bytes.Repeat(oneA, 4000))), host, "127.0.0.1", probe.AddressReserved},
		{"answer that claims 10 000 records", resolved(with(10000, nil, bytes.Repeat(oneA, 4000))), host, "127.0.0.1", probe.AddressReserved},
		{"answer that claims 65 535 records and has none", resolved(with(65535, nil)), host, "", probe.BadResponse},
		{"name that is its own end", resolved(with(0, selfName)), host, "", probe.BadResponse},
		{"names that are each other's end", resolved(with(0, mutual)), host, "", probe.BadResponse},
		{"alias of itself", resolved(with(1, nil, selfAlias)), host, "", probe.DNSNoAddress},
		{"alias whose name has no end", resolved(with(1, nil, loopAlias)), host, "", probe.DNSNoAddress},
		{"address of another name", resolved(with(1, nil, otherA)), host, "", probe.DNSNoAddress},
		{"name server: another question", nameserving(1, with(0, otherName)), asked, "127.0.0.1", probe.Blocked},
		{"name server: another question without end", nameserving(1000, with(0, otherName)), asked, "127.0.0.1", probe.ReplyMalformed},
		{"name server: a question that is its own end", nameserving(1000, with(0, selfName)), asked, "127.0.0.1", probe.ReplyMalformed},
		{"name server: 10 000 records", nameserving(1, with(10000, nil, bytes.Repeat(oneA, 4000))), asked, "127.0.0.1", ""},
	}
}

// nameserving is a name server over UDP alone that answers each query so often.
func nameserving(times int, answer func(query []byte) []byte) func(*testing.T) *Network {
	return func(t *testing.T) *Network {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		go func() {
			buffer := make([]byte, dns.MaxMsgSize)
			for {
				n, from, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				reply := answer(buffer[:n])
				for range times {
					conn.WriteTo(reply, from)
				}
			}
		}()
		return served(conn.LocalAddr().(*net.UDPAddr).AddrPort().Port(), map[string][]string{"ns.example.com": {"127.0.0.1"}})
	}
}
