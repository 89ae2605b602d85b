package dnssec_test

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// TestAnyOfNothing: a name that has nothing but its NSEC record is there (RFC 9824
// §3.1, compact denial), and nothing of it is left out of an empty answer.
func TestAnyOfNothing(t *testing.T) {
	key, name := newKey(t, "z.test", 13, 257, 0), "none.z.test."
	compact := func(m *dns.Msg) {
		if m.Question[0].Name != name {
			return
		}
		nsec := &dns.NSEC{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeNSEC, Class: dns.ClassINET, Ttl: 300},
			NextDomain: `\000.` + name, TypeBitMap: []uint16{dns.TypeRRSIG, dns.TypeNSEC, 128}} // NXNAME
		sig := &dns.RRSIG{Hdr: dns.RR_Header{Ttl: 300}, Inception: uint32(moment.Add(-day).Unix()), Expiration: uint32(moment.Add(day).Unix()),
			KeyTag: key.DNSKEY().KeyTag(), SignerName: "z.test.", Algorithm: 13}
		must(t, sig.Sign(key, []dns.RR{nsec}))
		without(isProof)(m)
		m.Rcode, m.Ns = 0, append(m.Ns, nsec, sig)
	}
	grown := sound().grow(t)
	for _, typ := range []string{"A", "ANY"} {
		if r := grown.lookup(name+" "+typ, compact); words(r.Status.String(), proofNames[r.Hops[0].Proof]) != "secure no-type" {
			t.Errorf("%s: %s | %s", typ, verdictOf(r), hopsOf(r))
		}
	}
	// Something is left out.
	if r := grown.lookup("mx.z.test ANY", inAnswerTo("mx.z.test.", dns.TypeANY, func(m *dns.Msg) {
		q := new(dns.Msg).SetQuestion("mx.z.test.", dns.TypeTXT)
		q.SetEdns0(4096, true)
		m.Answer, m.Ns = nil, grown.Resolve(q).Ns
	})); words(r.Status.String(), string(r.Reason)) != "bogus nsec-bad-proof" {
		t.Errorf("something left out: %s | %s", verdictOf(r), hopsOf(r))
	}
}

// TestAliasNobodyMade: there might or might not be a CNAME beside a DNAME (RFC
// 6672 §5.3.1).
func TestAliasNobodyMade(t *testing.T) {
	grown := sound().grow(t)
	for _, typ := range []string{"A", "CNAME", "ANY"} {
		r := grown.lookup("host.tree.z.test "+typ, without(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeCNAME }))
		if verdictOf(r) != "secure 1" {
			t.Errorf("%s: %s | %s", typ, verdictOf(r), hopsOf(r))
		}
		if typ != "A" && (r.Records[0].Type != doh.TypeCNAME || string(r.Records[0].RData) != "\x04host\x03far\x04test\x00") {
			t.Errorf("%s: %+v", typ, r.Records)
		}
	}
}
