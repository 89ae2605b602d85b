package doh

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// String gives the record in presentation form (RFC 1035 §5.1), or with its
// data as of an unknown type (RFC 3597 §5), for the evidence. It is written
// here and not taken from miekg/dns because that would bring every record type
// there is into the browser program.
func (r Record) String() string {
	data, ok := r.present()
	if !ok {
		data = `\# ` + strconv.Itoa(len(r.RData)) + " " + hex.EncodeToString(r.RData)
	}
	owner := r.Owner
	if owner != "." {
		owner += "."
	}
	return owner + " " + strconv.FormatUint(uint64(r.TTL), 10) + " IN " + r.Type.String() + " " + data
}

// present gives the data of the types that a check asks for.
func (r Record) present() (string, bool) {
	d := r.RData
	switch r.Type {
	case TypeA, TypeAAAA:
		ip, ok := r.Address()
		return ip.String(), ok
	case TypeNS, TypeCNAME, TypeDNAME:
		return r.presentNames(0)
	case TypeMX:
		return r.presentNames(2)
	case TypeTXT:
		return presentStrings(d)
	case TypeSOA:
		names, ok := r.names(0, 2, 20)
		if !ok {
			return "", false
		}
		return dotted(names[0]) + " " + dotted(names[1]) + " " + numbers(d[len(d)-20:], 4, 4, 4, 4, 4), true
	case TypeDS, TypeCDS:
		if len(d) < 4 {
			return "", false
		}
		return numbers(d, 2, 1, 1) + " " + strings.ToUpper(hex.EncodeToString(d[4:])), true
	case TypeTLSA:
		if len(d) < 3 {
			return "", false
		}
		return numbers(d, 1, 1, 1) + " " + hex.EncodeToString(d[3:]), true
	case TypeDNSKEY, TypeCDNSKEY:
		if len(d) < 4 {
			return "", false
		}
		return numbers(d, 2, 1, 1) + " " + base64.StdEncoding.EncodeToString(d[4:]), true
	case TypeRRSIG:
		return r.presentSignature()
	case TypeCAA:
		c, ok := r.CAA()
		if !ok {
			return "", false
		}
		return numbers(d, 1) + " " + string(d[2:2+d[1]]) + " " + quoted([]byte(c.Value)), true
	case TypeNSEC, TypeNSEC3, TypeNSEC3PARAM:
		return r.presentDenial()
	}
	return "", false
}

func (r Record) presentNames(prefix int) (string, bool) {
	names, ok := r.names(prefix, 1, 0)
	if !ok {
		return "", false
	}
	if prefix == 0 {
		return dotted(names[0]), true
	}
	return numbers(r.RData, prefix) + " " + dotted(names[0]), true
}

// presentSignature prints an RRSIG (RFC 4034 §3.2).
func (r Record) presentSignature() (string, bool) {
	s, ok := r.RRSIG()
	if !ok {
		return "", false
	}
	const stamp = "20060102150405"
	d := r.RData
	end := 18
	for end < len(d) && d[end] != 0 {
		end += 1 + int(d[end])
	}
	if end >= len(d) {
		return "", false
	}
	return strings.Join([]string{
		s.Covered.String(), numbers(d[2:], 1, 1, 4), s.Expiration.UTC().Format(stamp), s.Inception.UTC().Format(stamp),
		strconv.Itoa(int(s.KeyTag)), s.Signer.FQDN(), base64.StdEncoding.EncodeToString(d[end+1:]),
	}, " "), true
}

// numbers prints big-endian numbers of the given sizes, apart by spaces.
func numbers(d []byte, sizes ...int) string {
	var out []string
	for _, size := range sizes {
		var wide [8]byte
		copy(wide[8-size:], d[:size])
		out = append(out, strconv.FormatUint(binary.BigEndian.Uint64(wide[:]), 10))
		d = d[size:]
	}
	return strings.Join(out, " ")
}

func dotted(name string) string {
	if name == "." {
		return name
	}
	return name + "."
}

// presentStrings prints character-strings, quoted (RFC 1035 §5.1).
func presentStrings(d []byte) (string, bool) {
	var b strings.Builder
	for len(d) > 0 {
		n := int(d[0])
		if n+1 > len(d) {
			return "", false
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoted(d[1 : 1+n]))
		d = d[1+n:]
	}
	return b.String(), b.Len() > 0
}

// quoted prints one character-string.
func quoted(d []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range d {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			decimal := strconv.Itoa(int(c))
			b.WriteString(`\` + "000"[len(decimal):] + decimal)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
