package doh

import (
	"strconv"
	"strings"
)

// maxPointers is how many pointers one name may lead through: more than a name
// of single-octet labels could hold.
const maxPointers = 126

// wireName reads the name at off (RFC 1035 §3.1, §4.1.4) and gives it in wire
// form without pointers, as it came, and where it ends in the message.
func wireName(wire []byte, off int) (name []byte, end int, ok bool) {
	pointers := 0
	name = make([]byte, 0, 64) // most are shorter
	for off < len(wire) {
		c := int(wire[off])
		switch c & 0xC0 {
		case 0:
			next := off + 1 + c
			if next > len(wire) || len(name)+1+c > 255 {
				return nil, 0, false
			}
			name = append(name, wire[off:next]...)
			if c == 0 {
				if pointers == 0 {
					end = next
				}
				return name, end, true
			}
			off = next
		case 0xC0:
			if off+2 > len(wire) || pointers == maxPointers {
				return nil, 0, false
			}
			if pointers == 0 {
				end = off + 2
			}
			pointers++
			off = int(be16(wire[off:]) & 0x3FFF)
		default:
			return nil, 0, false // reserved
		}
	}
	return nil, 0, false
}

// presentName prints a name in wire form as a master file has it (RFC 1035
// §5.1), without final dot; "." for the root.
func presentName(name []byte) string {
	var b strings.Builder
	b.Grow(len(name))
	for i := 0; i < len(name) && name[i] != 0; i += 1 + int(name[i]) {
		if i > 0 {
			b.WriteByte('.')
		}
		for _, c := range name[i+1 : i+1+int(name[i])] {
			switch {
			case strings.IndexByte(`. '@;()"\`, c) >= 0:
				b.WriteByte('\\')
				b.WriteByte(c)
			case c < ' ' || c > '~':
				b.WriteByte('\\')
				b.WriteString(strconv.Itoa(1000 + int(c))[1:])
			default:
				b.WriteByte(c)
			}
		}
	}
	if b.Len() == 0 {
		return "."
	}
	return b.String()
}
