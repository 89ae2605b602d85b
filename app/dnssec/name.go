package dnssec

import (
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// name is any domain name in wire form with its letters lowered (RFC 4034
// §6.2), "" for none. Unlike dnsname.Name it takes all octets: wildcards and
// the ends of an NSEC's interval have others than letters and digits.
type name string

// nameOf reads presentation form, without or with final dot, as doh.Record has
// it (RFC 1035 §5.1); "" for what is no name.
func nameOf(s string) name {
	if s == "." {
		return "\x00"
	}
	wire := make([]byte, 1, len(s)+2) // length octet first
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '.':
			if !closed(wire, start) {
				return ""
			}
			if i+1 < len(s) {
				start, wire = len(wire), append(wire, 0)
			} else {
				start = len(wire)
			}
			continue
		case c == '\\' && i+3 < len(s) && digits(s[i+1:i+4]) <= 255:
			c, i = byte(digits(s[i+1:i+4])), i+3
		case c == '\\' && i+1 < len(s):
			i++
			c = s[i]
		}
		wire = append(wire, lower(c))
	}
	if start < len(wire) && !closed(wire, start) || len(s) == 0 || len(wire) > 254 {
		return ""
	}
	return name(append(wire, 0))
}

// closed sets the length of the label that begins at start.
func closed(wire []byte, start int) bool {
	length := len(wire) - start - 1
	if length < 1 || length > 63 {
		return false
	}
	wire[start] = byte(length)
	return true
}

// digits reads three decimal digits; over 255 for anything else.
func digits(s string) (n int) {
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 256
		}
		n = 10*n + int(s[i]-'0')
	}
	return n
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// nameAt reads an uncompressed name and gives the octets behind it.
func nameAt(data []byte) (name, []byte, bool) {
	end := 0
	for end < len(data) && data[end] != 0 {
		if data[end] > 63 {
			return "", nil, false
		}
		end += 1 + int(data[end])
	}
	if end >= len(data) || end > 254 {
		return "", nil, false
	}
	return name(lowered(data[:end+1])), data[end+1:], true
}

// lowered copies octets with ASCII letters lowered. A length octet is no letter.
func lowered(data []byte) []byte {
	out := make([]byte, len(data))
	for i, c := range data {
		out[i] = lower(c)
	}
	return out
}

func nameFrom(n dnsname.Name) name { return nameOf(n.String()) }

// ownerOf gives a record's owner.
func ownerOf(r doh.Record) name { return nameOf(r.Owner) }

// labels counts the labels without the root and without a wildcard's asterisk
// at the left, as an RRSIG does (RFC 4034 §3.1.3).
func (n name) labels() int {
	count := n.depth()
	if strings.HasPrefix(string(n), asterisk) {
		count--
	}
	return count
}

const asterisk = "\x01*"

// depth counts the labels without the root.
func (n name) depth() (count int) {
	for n := string(n); len(n) > 1; n = n[1+int(n[0]):] {
		count++
	}
	return count
}

// parent is the name without its left-most label; "" above the root.
func (n name) parent() name {
	if len(n) <= 1 {
		return ""
	}
	return n[1+int(n[0]):]
}

// last gives the count right-most labels.
func (n name) last(count int) name {
	for depth := n.depth(); depth > count; depth-- {
		n = n.parent()
	}
	return n
}

// wildcard is the wildcard right below the name (RFC 4592 §2.1.1).
func (n name) wildcard() name { return asterisk + n }

// within tells whether n is zone or lies below it, by whole labels.
func (n name) within(zone name) bool {
	return n != "" && zone != "" && n.last(zone.depth()) == zone
}

// shared is the longest name that is at or above both.
func (n name) shared(other name) name {
	depth := min(n.depth(), other.depth())
	n, other = n.last(depth), other.last(depth)
	for n != other {
		n, other = n.parent(), other.parent()
	}
	return n
}

// compare orders names canonically: by labels from the right, as octets
// (RFC 4034 §6.1).
func (n name) compare(other name) int {
	a, b := n.offsets(), other.offsets()
	for i := 1; i <= min(len(a), len(b)); i++ {
		if c := strings.Compare(n.label(a[len(a)-i]), other.label(b[len(b)-i])); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// offsets are where the labels begin, from left to right.
func (n name) offsets() []int {
	all := make([]int, 0, 8)
	for off := 0; off < len(n) && n[off] != 0; off += 1 + int(n[off]) {
		all = append(all, off)
	}
	return all
}

func (n name) label(off int) string { return string(n[off+1 : off+1+int(n[off])]) }

// String gives presentation form as doh.Record.Owner has it.
func (n name) String() string {
	if n == "\x00" {
		return "."
	}
	var out strings.Builder
	for i, off := range n.offsets() {
		if i > 0 {
			out.WriteByte('.')
		}
		for _, c := range []byte(n.label(off)) {
			switch {
			case c < ' ' || c > '~':
				out.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
			case strings.IndexByte(` ."\();@'`, c) >= 0:
				out.Write([]byte{'\\', c})
			default:
				out.WriteByte(c)
			}
		}
	}
	return out.String()
}
