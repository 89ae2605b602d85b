package doh

import (
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// NSEC is a link of the chain of a zone's names (RFC 4034 §4.1).
type NSEC struct {
	Next  string // as Record.Owner
	Types TypeBitmap
}

// NSEC3 is a link of the chain of a zone's hashed names (RFC 5155 §3.1).
type NSEC3 struct {
	NSEC3PARAM
	Next  []byte // the next hash, 1 to 255 octets
	Types TypeBitmap
}

// NSEC3PARAM says how a zone's names are hashed (RFC 5155 §4.1).
type NSEC3PARAM struct {
	Algorithm  uint8  `json:"algorithm"`
	Flags      uint8  `json:"flags,omitempty"` // bit 0 is opt-out; it counts in an NSEC3 only
	Iterations uint16 `json:"iterations,omitempty"`
	Salt       []byte `json:"salt,omitempty"` // up to 255 octets
}

// OptOut tells whether an NSEC3 may cover unsigned delegations (RFC 5155 §6).
func (p NSEC3PARAM) OptOut() bool { return p.Flags&1 != 0 }

// TypeBitmap is the set of types of an NSEC or NSEC3 record, as it came
// (RFC 4034 §4.1.2): windows in ascending order, none of them empty or with
// octets of zero at its end.
type TypeBitmap []byte

// Has tells whether the bitmap names the type.
func (b TypeBitmap) Has(typ Type) bool {
	for len(b) >= 2 {
		length := int(b[1])
		if b[0] == byte(typ>>8) {
			at := int(typ&0xFF) / 8
			return at < length && 2+at < len(b) && b[2+at]&(0x80>>(typ&7)) != 0
		}
		b = b[min(2+length, len(b)):]
	}
	return false
}

// Types lists the types in ascending order.
func (b TypeBitmap) Types() []Type {
	var all []Type
	for len(b) >= 2 {
		length := min(int(b[1]), len(b)-2)
		for i := range 8 * length {
			if b[2+i/8]&(0x80>>(i&7)) != 0 {
				all = append(all, Type(int(b[0])<<8|i))
			}
		}
		b = b[2+length:]
	}
	return all
}

// bitmap checks a bitmap's form.
func bitmap(data []byte) (TypeBitmap, bool) {
	for rest, window := data, -1; len(rest) > 0; {
		if len(rest) < 3 || int(rest[0]) <= window || rest[1] == 0 || rest[1] > 32 {
			return nil, false
		}
		end := 2 + int(rest[1])
		if end > len(rest) || rest[end-1] == 0 {
			return nil, false
		}
		window, rest = int(rest[0]), rest[end:]
	}
	return TypeBitmap(data), true
}

// NSEC reads a link of the names; false too for one without any type, since it
// is itself of a type.
func (r Record) NSEC() (NSEC, bool) {
	if r.Type != TypeNSEC {
		return NSEC{}, false
	}
	next, end, ok := nameAt(r.RData, 0)
	if !ok {
		return NSEC{}, false
	}
	types, ok := bitmap(r.RData[end:])
	return NSEC{Next: strings.ToLower(next), Types: types}, ok && len(types) > 0
}

// NSEC3PARAM reads a zone's parameters.
func (r Record) NSEC3PARAM() (NSEC3PARAM, bool) {
	p, rest, ok := parameters(r.RData)
	return p, ok && len(rest) == 0 && r.Type == TypeNSEC3PARAM
}

// NSEC3 reads a link of the hashed names. One without any type is an empty
// non-terminal's (RFC 5155 §7.1).
func (r Record) NSEC3() (NSEC3, bool) {
	p, rest, ok := parameters(r.RData)
	if r.Type != TypeNSEC3 || !ok || len(rest) < 2 || rest[0] == 0 || 1+int(rest[0]) > len(rest) {
		return NSEC3{}, false
	}
	end := 1 + int(rest[0])
	types, ok := bitmap(rest[end:])
	return NSEC3{NSEC3PARAM: p, Next: rest[1:end], Types: types}, ok
}

// parameters reads what NSEC3 and NSEC3PARAM begin with.
func parameters(d []byte) (NSEC3PARAM, []byte, bool) {
	if len(d) < 5 || 5+int(d[4]) > len(d) {
		return NSEC3PARAM{}, nil, false
	}
	end := 5 + int(d[4])
	return NSEC3PARAM{Algorithm: d[0], Flags: d[1], Iterations: be16(d[2:]), Salt: d[5:end]}, d[end:], true
}

// presentDenial prints NSEC, NSEC3 and NSEC3PARAM (RFC 4034 §4.2, RFC 5155 §3.3).
func (r Record) presentDenial() (string, bool) {
	if n, ok := r.NSEC(); ok {
		next, _, _ := nameAt(r.RData, 0) // case is signed (RFC 6840 §5.1)
		types, ok := n.Types.present()
		return dotted(next) + types, ok
	}
	if n, ok := r.NSEC3(); ok {
		next := base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(n.Next)
		types, ok := n.Types.present()
		return n.present() + " " + next + types, ok
	}
	p, ok := r.NSEC3PARAM()
	return p.present(), ok
}

func (p NSEC3PARAM) present() string {
	salt := strings.ToUpper(hex.EncodeToString(p.Salt))
	if salt == "" {
		salt = "-"
	}
	return numbers([]byte{p.Algorithm, p.Flags, byte(p.Iterations >> 8), byte(p.Iterations)}, 1, 1, 2) + " " + salt
}

// present refuses more than 256 types: 64 KiB of them would print as megabytes.
func (b TypeBitmap) present() (string, bool) {
	types := b.Types()
	var out strings.Builder
	for _, typ := range types[:min(len(types), 256)] {
		out.WriteString(" " + typ.String())
	}
	return out.String(), len(types) <= 256
}
