package dnssec

import (
	"crypto"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// moment is when the tests judge, unless they say otherwise.
var moment = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// zoneFile reads records in presentation form (RFC 1035 §5).
func zoneFile(t testing.TB, text string) []dns.RR {
	t.Helper()
	parser := dns.NewZoneParser(strings.NewReader(text), ".", "")
	parser.SetDefaultTTL(3600)
	var all []dns.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		all = append(all, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// sent gives records as app/doh reads them from a response.
func sent(t testing.TB, rrs ...dns.RR) []doh.Record {
	t.Helper()
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: rrs}
	m.SetQuestion(".", dns.TypeA)
	m.Response = true
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	a, err := doh.Parse(wire)
	if err != nil {
		t.Fatal(err)
	}
	return a.Answer
}

func records(t testing.TB, text string) []doh.Record {
	t.Helper()
	return sent(t, zoneFile(t, text)...)
}

// setOf is the set of a type in what RRsets makes of records, the first one.
func setOf(t testing.TB, all []doh.Record, typ doh.Type) RRset {
	t.Helper()
	for _, s := range RRsets(all) {
		if s.Type == typ {
			return s
		}
	}
	t.Fatalf("no %s among %v", typ, all)
	return RRset{}
}

// signer is a key that signs for a zone in tests.
type signer struct {
	key     *dns.DNSKEY
	private crypto.Signer
}

// algorithms are those that can be verified, with a size in bits for a key.
var algorithms = map[uint8]int{
	dns.RSASHA1: 1024, dns.RSASHA1NSEC3SHA1: 1024, dns.RSASHA256: 1024, dns.RSASHA512: 1024,
	dns.ECDSAP256SHA256: 256, dns.ECDSAP384SHA384: 384, dns.ED25519: 256,
}

func newSigner(t testing.TB, zone string, flags uint16, algorithm uint8) signer {
	t.Helper()
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: dns.Fqdn(zone), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 3600},
		Flags: flags, Protocol: 3, Algorithm: algorithm,
	}
	private, err := key.Generate(algorithms[algorithm])
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, private.(crypto.Signer)}
}

// sign signs a set, valid for a month around moment, after edit.
func (s signer) sign(t testing.TB, edit func(*dns.RRSIG), set ...dns.RR) *dns.RRSIG {
	t.Helper()
	sig := &dns.RRSIG{
		Hdr:       dns.RR_Header{Class: dns.ClassINET, Ttl: set[0].Header().Ttl},
		Inception: uint32(moment.AddDate(0, 0, -10).Unix()), Expiration: uint32(moment.AddDate(0, 0, 20).Unix()),
		KeyTag: s.key.KeyTag(), SignerName: s.key.Hdr.Name, Algorithm: s.key.Algorithm,
	}
	if edit != nil {
		edit(sig)
	}
	if err := sig.Sign(s.private, set); err != nil {
		t.Fatal(err)
	}
	return sig
}

func (s signer) keys(t testing.TB) []doh.DNSKEY { return Keys(sent(t, s.key)) }

// signed gives records and a signature for each of their sets.
func (s signer) signed(t testing.TB, text string) []doh.Record {
	t.Helper()
	return sent(t, s.withSignatures(t, zoneFile(t, text))...)
}

func (s signer) withSignatures(t testing.TB, all []dns.RR) []dns.RR {
	t.Helper()
	type key struct {
		owner string
		typ   uint16
	}
	var order []key
	sets := map[key][]dns.RR{}
	for _, rr := range all {
		k := key{rr.Header().Name, rr.Header().Rrtype}
		if sets[k] == nil {
			order = append(order, k)
		}
		sets[k] = append(sets[k], rr)
	}
	out := all
	for _, k := range order {
		out = append(out, s.sign(t, nil, sets[k]...))
	}
	return out
}

func zoneName(s string) dnsname.Name { return dnsname.MustParse(s) }
