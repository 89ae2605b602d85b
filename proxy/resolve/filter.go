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

// maxName is the longest name, in octets (RFC 1035 §2.3.4).
const maxName = 255

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
	at := nameEnd(query)
	if at < 0 || at-12 > maxName || at+4 > len(query) {
		return ErrQuery
	}
	typ, class := binary.BigEndian.Uint16(query[at:]), binary.BigEndian.Uint16(query[at+2:])
	if class != dns.ClassINET || !slices.Contains(relayed, typ) {
		return ErrQuery
	}
	if binary.BigEndian.Uint32(query[6:]) != 0 { // ANCOUNT, NSCOUNT
		return ErrQuery
	}
	at += 4
	switch binary.BigEndian.Uint16(query[10:]) {
	case 0:
	case 1:
		// The root's name, type, class, TTL and the length of the options (RFC 6891
		// §6.1.2); what these say is between the asker and the resolver.
		if len(query) < at+11 || query[at] != 0 || binary.BigEndian.Uint16(query[at+1:]) != dns.TypeOPT {
			return ErrQuery
		}
		at += 11 + int(binary.BigEndian.Uint16(query[at+9:]))
	default:
		return ErrQuery
	}
	if at != len(query) {
		return ErrQuery
	}
	return nil
}
