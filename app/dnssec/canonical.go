package dnssec

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/sealane/sealane/app/doh"
)

// named lists the types whose data holds names that are lowered for signing
// (RFC 4034 §6.2, without NSEC and HINFO: RFC 6840 §5.1): how many octets come
// before the names, and how many names there are.
var named = [...]struct{ typ, prefix, names uint8 }{
	{2, 0, 1},   // NS
	{3, 0, 1},   // MD
	{4, 0, 1},   // MF
	{5, 0, 1},   // CNAME
	{6, 0, 2},   // SOA
	{7, 0, 1},   // MB
	{8, 0, 1},   // MG
	{9, 0, 1},   // MR
	{12, 0, 1},  // PTR
	{14, 0, 2},  // MINFO
	{15, 2, 1},  // MX
	{17, 0, 2},  // RP
	{18, 2, 1},  // AFSDB
	{21, 2, 1},  // RT
	{24, 18, 1}, // SIG
	{26, 2, 2},  // PX
	{30, 0, 1},  // NXT
	{33, 6, 1},  // SRV
	{35, 4, 1},  // NAPTR, and three strings between
	{36, 2, 1},  // KX
	{38, 1, 1},  // A6, and part of an address between
	{39, 0, 1},  // DNAME
	{46, 18, 1}, // RRSIG
}

// canonical gives a record's data in canonical form (RFC 4034 §6.2), or as it
// is when it doesn't fit its type.
func canonical(typ doh.Type, data []byte) []byte {
	for _, l := range named {
		if doh.Type(l.typ) != typ {
			continue
		}
		off := int(l.prefix)
		switch {
		case len(data) <= off:
			return data
		case l.typ == 35:
			for range 3 {
				if off < len(data) {
					off += 1 + int(data[off])
				}
			}
		case l.typ == 38:
			if data[0] == 0 || data[0] > 128 { // a whole address, and no name
				return data
			}
			off += (128 - int(data[0]) + 7) / 8
		}
		return lowerNames(data, off, int(l.names))
	}
	return data
}

func lowerNames(data []byte, off, count int) []byte {
	out := data
	for range count {
		if off >= len(data) {
			return data
		}
		n, rest, ok := nameAt(data[off:])
		if !ok {
			return data
		}
		if n != name(data[off:off+len(n)]) {
			out = bytes.Clone(out)
			copy(out[off:], n)
		}
		off = len(data) - len(rest)
	}
	return out
}

// ordered gives the data of a set's records in canonical form and order, equal
// ones once (RFC 4034 §6.3).
func (s RRset) ordered() []string {
	all := make([]string, len(s.Records))
	for i, r := range s.Records {
		all[i] = string(canonical(s.Type, r.RData))
	}
	slices.Sort(all) // strings compare octet by octet
	return slices.Compact(all)
}

// signedData is what a signature is made over (RFC 4034 §3.1.8.1); owner is
// the set's, or the wildcard that it was expanded from (RFC 4035 §5.3.2).
func (s RRset) signedData(sig *signature, owner name) []byte {
	const classIN = 1
	data := append(bytes.Clone(sig.head), sig.signer...)
	for _, rdata := range s.ordered() {
		data = append(data, owner...)
		data = binary.BigEndian.AppendUint16(data, uint16(s.Type))
		data = binary.BigEndian.AppendUint16(data, classIN)
		data = binary.BigEndian.AppendUint32(data, sig.originalTTL)
		data = binary.BigEndian.AppendUint16(data, uint16(len(rdata)))
		data = append(data, rdata...)
	}
	return data
}
