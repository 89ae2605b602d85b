package resolve

import (
	"encoding/binary"

	"github.com/miekg/dns"
)

// minimumSOA is how long the data of an SOA record is at least: two names of the
// root, and five numbers of which the last is the minimum (RFC 1035 §3.3.13).
const minimumSOA = 2 + 5*4

// eachRecord goes through the records of a response but OPT, which has flags in the
// place of a TTL (RFC 6891 §6.1.3): it tells the type, where the TTL lies, and where
// the record ends. It gives false for what can't be read.
func eachRecord(wire []byte, record func(typ uint16, ttlAt, end int)) bool {
	if len(wire) < 12 {
		return false
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(wire[at:])) }
	at := 12
	for range count(4) {
		if at = pastName(wire, at); at < 0 || at+4 > len(wire) {
			return false
		}
		at += 4
	}
	for range count(6) + count(8) + count(10) {
		if at = pastName(wire, at); at < 0 || at+10 > len(wire) {
			return false
		}
		end := at + 10 + int(binary.BigEndian.Uint16(wire[at+8:]))
		if end > len(wire) {
			return false
		}
		if typ := binary.BigEndian.Uint16(wire[at:]); typ != dns.TypeOPT {
			record(typ, at+4, end)
		}
		at = end
	}
	return true
}

// pastName is where a name ends, be it by a pointer (RFC 1035 §4.1.4); -1 when it
// doesn't.
func pastName(wire []byte, at int) int {
	for at < len(wire) {
		switch length := int(wire[at]); {
		case length == 0:
			return at + 1
		case length >= 0xC0:
			return at + 2
		case length >= 0x40:
			return -1
		default:
			at += 1 + length
		}
	}
	return -1
}
