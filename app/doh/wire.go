// Package doh writes DNS questions and reads DNS answers in wire form, as
// RFC 8484 carries them. It has no transport.
package doh

import (
	"encoding/binary"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
)

// Limits of one message.
const (
	MaxMessage = 65535 // octets; RFC 1035 §4.2.2, RFC 8484 §6
	// MaxRecords bounds the records read of one response. A compressed record
	// takes 11 octets on the wire and a kilobyte in memory.
	MaxRecords = 1000

	payload   = 4096 // octets of UDP answer offered (RFC 6891 §6.2.5)
	block     = 128  // octets a query is padded to (RFC 8467 §4.1)
	header    = 12   // octets of a message's header
	fixed     = 10   // octets of a record between owner and data
	optSize   = 11   // octets of an OPT record without options
	optHeader = 4    // octets of an EDNS option's code and length

	classIN       = 1
	optionPadding = 12 // RFC 7830 §3
	optionEDE     = 15 // RFC 8914 §2
)

// Flags of a message's second 16-bit word (RFC 1035 §4.1.1, RFC 4035 §3).
const (
	flagResponse  = 1 << 15
	maskOpcode    = 15 << 11
	flagAuthority = 1 << 10
	flagTruncated = 1 << 9
	flagRecurse   = 1 << 8
	flagAuthentic = 1 << 5
	flagNoCheck   = 1 << 4
	maskRcode     = 15
)

// Query gives a question in wire form: ID 0 (RFC 8484 §4.1), RD, DO, CD as
// asked, padded to a multiple of 128 octets (RFC 7830, RFC 8467 §4.1). It is
// nil for the zero Name.
func Query(name dnsname.Name, typ Type, cd bool) []byte {
	if name.IsZero() {
		return nil
	}
	var owner []byte
	for _, label := range name.Labels() {
		owner = append(append(owner, byte(len(label))), label...)
	}
	return QueryFor(append(owner, 0), typ, cd)
}

// QueryFor is Query for any name, given in wire form without pointers (RFC 1035
// §3.1).
func QueryFor(name []byte, typ Type, cd bool) []byte {
	flags := uint16(flagRecurse)
	if cd {
		flags |= flagNoCheck
	}
	wire := make([]byte, header, 2*block)
	binary.BigEndian.PutUint16(wire[2:], flags)
	wire[5], wire[11] = 1, 1 // one question, one additional record
	wire = append(wire, name...)
	wire = binary.BigEndian.AppendUint16(wire, uint16(typ))
	wire = binary.BigEndian.AppendUint16(wire, classIN)
	return appendOPT(wire)
}

// appendOPT adds the EDNS record (RFC 6891 §6.1.2) with DO (RFC 3225) and the
// padding option.
func appendOPT(wire []byte) []byte {
	padding := (block - (len(wire)+optSize+optHeader)%block) % block
	wire = append(wire, 0) // the root
	wire = binary.BigEndian.AppendUint16(wire, uint16(typeOPT))
	wire = binary.BigEndian.AppendUint16(wire, payload)
	wire = append(wire, 0, 0, 0x80, 0) // no extended rcode, version 0, DO
	wire = binary.BigEndian.AppendUint16(wire, uint16(optHeader+padding))
	wire = binary.BigEndian.AppendUint16(wire, optionPadding)
	wire = binary.BigEndian.AppendUint16(wire, uint16(padding))
	return append(wire, make([]byte, padding)...)
}

// Question reads name and type of a query or response; false without exactly
// one question, of class IN and of a name that dnsname takes.
func Question(wire []byte) (dnsname.Name, Type, bool) {
	r := reader{wire: wire}
	h, ok := r.header()
	if !ok || h.questions != 1 {
		return dnsname.Name{}, 0, false
	}
	owner, typ, ok := r.question()
	name, err := dnsname.Parse(owner)
	return name, typ, ok && err == nil
}

// Parse reads a response. A record whose data doesn't fit its type stays, with
// its data as it came: its accessor refuses it, and the others are not lost.
// What makes the rest unreadable (lengths that run past the end) is
// ErrMalformed, unless the response says that it is truncated.
func Parse(wire []byte) (*Answer, error) {
	r := reader{wire: wire}
	h, ok := r.header()
	if !ok || len(wire) > MaxMessage || h.flags&flagResponse == 0 || h.flags&maskOpcode != 0 {
		return nil, ErrMalformed
	}
	a := &Answer{
		ID:        be16(wire),
		Rcode:     int(h.flags & maskRcode),
		AD:        h.flags&flagAuthentic != 0,
		Truncated: h.flags&flagTruncated != 0,

		Authoritative: h.flags&flagAuthority != 0,
	}
	for i := range h.questions {
		owner, typ, readable := r.question()
		if readable && i == 0 && h.questions == 1 {
			a.asked, a.typ = owner, typ
		}
	}
	for section, count := range h.records {
		for range count {
			if r.taken == MaxRecords {
				a.Truncated = true
			}
			if r.short || r.taken == MaxRecords {
				break
			}
			a.take(section, &r)
		}
	}
	if r.short && !a.Truncated {
		return nil, ErrMalformed
	}
	return a, nil
}

// take reads the next record into its section: 0 answer, 1 authority, 2
// additional, of which only the OPT record counts.
func (a *Answer) take(section int, r *reader) {
	rec, class, ok := r.record()
	switch {
	case r.short:
	case section == 2:
		if ok && rec.Type == typeOPT {
			a.Rcode |= int(rec.TTL>>24) << 4
			a.EDE = appendEDE(a.EDE, rec.RData)
		}
	case !ok || class != classIN:
		a.Dropped++
	case section == 0:
		a.Answer = append(a.Answer, rec)
	default:
		a.Authority = append(a.Authority, rec)
	}
}

// appendEDE reads the extended errors among an OPT record's options (RFC 6891
// §6.1.2, RFC 8914 §2); at most 16 of them.
func appendEDE(to []EDE, options []byte) []EDE {
	for len(options) >= optHeader && len(to) < 16 {
		code, length := be16(options), int(be16(options[2:]))
		options = options[optHeader:]
		if length > len(options) {
			break
		}
		if code == optionEDE && length >= 2 {
			to = append(to, EDE{Code: be16(options), Text: string(options[2:length])})
		}
		options = options[length:]
	}
	return to
}

// messageHeader is the header without what nobody asks for.
type messageHeader struct {
	flags     uint16
	questions int
	records   [3]int // answer, authority, additional
}

// reader walks a message. short is set once something runs past the end, and
// nothing is read from then on.
type reader struct {
	wire  []byte
	off   int
	short bool
	taken int // records read
}

// header reads the 12 octets of RFC 1035 §4.1.1.
func (r *reader) header() (messageHeader, bool) {
	if len(r.wire) < header {
		r.short = true
		return messageHeader{}, false
	}
	w := r.wire
	r.off = header
	return messageHeader{
		flags:     be16(w[2:]),
		questions: int(be16(w[4:])),
		records:   [3]int{int(be16(w[6:])), int(be16(w[8:])), int(be16(w[10:]))},
	}, true
}

// question reads one entry of the question section (RFC 1035 §4.1.2).
func (r *reader) question() (owner string, typ Type, ok bool) {
	owner, ok = r.name()
	if r.short || r.off+4 > len(r.wire) {
		r.short = true
		return "", 0, false
	}
	typ, class := Type(be16(r.wire[r.off:])), be16(r.wire[r.off+2:])
	r.off += 4
	return owner, typ, ok && class == classIN
}

// record reads one record (RFC 1035 §4.1.3); false when its owner can't be read.
func (r *reader) record() (rec Record, class uint16, ok bool) {
	owner, ok := r.name()
	if r.short || r.off+fixed > len(r.wire) {
		r.short = true
		return Record{}, 0, false
	}
	w := r.wire[r.off:]
	length := int(be16(w[8:]))
	if fixed+length > len(w) {
		r.short = true
		return Record{}, 0, false
	}
	rec = Record{Owner: owner, Type: Type(be16(w)), TTL: binary.BigEndian.Uint32(w[4:])}
	rec.RData = expand(rec.Type, r.wire, r.off+fixed, length)
	r.off += fixed + length
	r.taken++
	return rec, be16(w[2:]), ok
}

// name reads a name and steps over it. A name that runs past the end sets
// short; one with a bad pointer is only unreadable, since a pointer ends it.
func (r *reader) name() (string, bool) {
	if r.short {
		return "", false
	}
	start, end := r.off, r.off
	for {
		if end >= len(r.wire) {
			r.short = true
			return "", false
		}
		c := int(r.wire[end])
		end++
		if c&0xC0 == 0xC0 {
			end++
			break
		}
		if c&0xC0 != 0 { // reserved: nobody knows how long it is
			r.short = true
			return "", false
		}
		if end += c; c == 0 {
			break
		}
	}
	r.off = end
	name, _, ok := wireName(r.wire, start)
	return strings.ToLower(presentName(name)), ok
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
