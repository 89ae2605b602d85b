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
