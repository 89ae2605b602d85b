package resolve

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/miekg/dns"
)

// MaxQuery is the longest query that the relay takes, in octets. A name of 255
// octets with a padded OPT record stays far below it.
const MaxQuery = 4096

// ErrQuery is Allowed's error for what the relay does not pass on.
var ErrQuery = errors.New("resolve: not a query that is relayed")

// relayed are the types that a check asks for, and those of DNSSEC proofs.
var relayed = []uint16{
	dns.TypeA, dns.TypeAAAA, dns.TypeNS, dns.TypeSOA, dns.TypeMX, dns.TypeTXT, dns.TypeCNAME, dns.TypeDS,
	dns.TypeDNSKEY, dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3, dns.TypeNSEC3PARAM, dns.TypeTLSA, dns.TypeCAA,
	dns.TypeCDS, dns.TypeCDNSKEY,
}

// Allowed tells whether the relay passes a query on: an ordinary query with
// one question of class IN and of a type that a check needs, no records but at
// most one OPT, and nothing behind it.
func Allowed(query []byte) error {
	if len(query) < 12 || len(query) > MaxQuery {
		return ErrQuery
	}
	const response, opcode, truncated = 0x80, 0x78, 0x02
	if query[2]&(response|opcode|truncated) != 0 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return ErrQuery
	}
	q, at, ok := question(query)
	if !ok || q.Qclass != dns.ClassINET || !slices.Contains(relayed, q.Qtype) {
		return ErrQuery
	}
	if binary.BigEndian.Uint16(query[6:]) != 0 || binary.BigEndian.Uint16(query[8:]) != 0 {
		return ErrQuery
	}
	switch binary.BigEndian.Uint16(query[10:]) {
	case 0:
	case 1:
		rr, end, err := dns.UnpackRR(query, at)
		if err != nil || rr.Header().Rrtype != dns.TypeOPT {
			return ErrQuery
		}
		at = end
	default:
		return ErrQuery
	}
	if at != len(query) {
		return ErrQuery
	}
	return nil
}

// Lifetime is how long a response may be kept, in seconds: the smallest TTL of
// its records, and of a negative answer the SOA's minimum (RFC 8484 §5.1, RFC
// 2308 §5). It is zero for failures and for what can't be read.
func Lifetime(response []byte) uint32 {
	var m dns.Msg
	if m.Unpack(response) != nil || m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError || m.Truncated {
		return 0
	}
	const most = 1<<31 - 1 // RFC 2181 §8
	least, some := uint32(most), false
	for _, rr := range slices.Concat(m.Answer, m.Ns) {
		ttl := rr.Header().Ttl
		if soa, is := rr.(*dns.SOA); is && len(m.Answer) == 0 {
			ttl = min(ttl, soa.Minttl)
		}
		if ttl > most {
			ttl = 0
		}
		least, some = min(least, ttl), true
	}
	if !some {
		return 0
	}
	return least
}
