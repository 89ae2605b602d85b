package resolve

import (
	"encoding/binary"

	"github.com/miekg/dns"
)

// record is where a resource record lies in a message (RFC 1035 §4.1.3).
type record struct {
	section   int // answer, authority or additional
	owner     int // where its name begins
	kind      uint16
	ttl       uint32
	data, end int // its RDATA, and the record's end
}

// The sections behind the question, by their place in the header.
const (
	inAnswer = iota + 1
	inAuthority
	inAdditional
)

// recordHead is a record's length between its name and its RDATA.
const recordHead = 10

// records visits the records of a message in order, and tells whether the message
// holds what its header says and nothing more. RDATA isn't looked into.
func records(wire []byte, visit func(record)) bool {
	if len(wire) < 12 {
		return false
	}
	at, ok := 12, true
	for range binary.BigEndian.Uint16(wire[4:]) {
		if at, ok = skipName(wire, at); !ok || at+4 > len(wire) {
			return false
		}
		at += 4
	}
	for section := inAnswer; section <= inAdditional; section++ {
		for range binary.BigEndian.Uint16(wire[4+2*section:]) {
			owner := at
			if at, ok = skipName(wire, at); !ok || at+recordHead > len(wire) {
				return false
			}
			r := record{
				section: section, owner: owner, kind: binary.BigEndian.Uint16(wire[at:]), ttl: binary.BigEndian.Uint32(wire[at+4:]),
				data: at + recordHead, end: at + recordHead + int(binary.BigEndian.Uint16(wire[at+8:])),
			}
			if at = r.end; at > len(wire) {
				return false
			}
			visit(r)
		}
	}
	return at == len(wire)
}

// skipName gives where the name at an offset ends (RFC 1035 §4.1.4).
func skipName(wire []byte, at int) (end int, ok bool) {
	for at < len(wire) {
		switch length := int(wire[at]); {
		case length == 0:
			return at + 1, true
		case length >= 0xC0:
			return at + 2, at+2 <= len(wire)
		case length >= 0x40:
			return 0, false
		default:
			at += 1 + length
		}
	}
	return 0, false
}

// Lifetime is how long a response may be kept, in seconds: the smallest TTL of
// its records, and of a negative answer the SOA's minimum (RFC 8484 §5.1, RFC
// 2308 §5). It is zero for failures and for what can't be read.
func Lifetime(response []byte) uint32 {
	const most = 1<<31 - 1 // RFC 2181 §8
	least, some, failed, answers := uint32(most), false, false, false
	whole := records(response, func(r record) {
		switch {
		case r.kind == dns.TypeOPT:
			failed = failed || r.ttl>>24 != 0 // the upper bits of RCODE (RFC 6891 §6.1.3)
			return
		case r.section == inAdditional:
			return
		case r.section == inAnswer:
			answers = true
		case r.kind == dns.TypeSOA && !answers && r.end-r.data >= 20:
			r.ttl = min(r.ttl, binary.BigEndian.Uint32(response[r.end-4:])) // MINIMUM is last
		}
		if r.ttl > most {
			r.ttl = 0
		}
		least, some = min(least, r.ttl), true
	})
	if !whole || !some || failed || response[2]&0x02 != 0 {
		return 0
	}
	if rcode := response[3] & 0x0F; rcode != dns.RcodeSuccess && rcode != dns.RcodeNameError {
		return 0
	}
	return least
}

// The padding of messages: the option (RFC 7830 §3), and what a response's length is
// to be a multiple of (RFC 8467 §4.1).
const (
	optionHead    = 4
	optionPadding = dns.EDNS0PADDING
	responseBlock = 468
)

// Padded tells whether a message has the padding option (RFC 7830 §3).
func Padded(message []byte) (has bool) {
	records(message, func(r record) {
		if r.kind == dns.TypeOPT && r.section == inAdditional {
			options(message[r.data:r.end], func(code uint16, _ []byte) { has = has || code == optionPadding })
		}
	})
	return has
}

// options visits the options of an OPT record (RFC 6891 §6.1.2), each with its head,
// and tells whether they fill its RDATA.
func options(data []byte, visit func(code uint16, whole []byte)) bool {
	for len(data) >= optionHead {
		end := optionHead + int(binary.BigEndian.Uint16(data[2:]))
		if end > len(data) {
			return false
		}
		visit(binary.BigEndian.Uint16(data), data[:end])
		data = data[end:]
	}
	return len(data) == 0
}

// blocks is a length in whole blocks.
func blocks(length int) int { return (length + responseBlock - 1) / responseBlock * responseBlock }

// Pad gives a response padded to a multiple of 468 octets, in place of the padding
// that it has. One without a last OPT record, or that would get too long, stays as
// it is: only a resolver that speaks EDNS can be padded for (RFC 7830 §4).
func Pad(response []byte) []byte {
	var opt record
	if !records(response, func(r record) { opt = r }) || opt.kind != dns.TypeOPT || opt.section != inAdditional {
		return response
	}
	padded := append(make([]byte, 0, blocks(len(response)+optionHead)), response[:opt.data]...)
	whole := options(response[opt.data:opt.end], func(code uint16, option []byte) {
		if code != optionPadding {
			padded = append(padded, option...)
		}
	})
	bare := len(padded) + optionHead
	fill := blocks(bare) - bare
	size := bare + fill - opt.data
	if !whole || size > 0xFFFF || bare+fill > dns.MaxMsgSize {
		return response
	}
	padded = binary.BigEndian.AppendUint16(padded, optionPadding)
	padded = binary.BigEndian.AppendUint16(padded, uint16(fill))
	clear(padded[len(padded) : len(padded)+fill])
	padded = padded[:len(padded)+fill]
	binary.BigEndian.PutUint16(padded[opt.data-2:], uint16(size))
	return padded
}
