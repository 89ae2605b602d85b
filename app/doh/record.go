package doh

import (
	"net/netip"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// Response codes (RFC 1035 §4.1.1).
const (
	RcodeNoError  = 0
	RcodeFormErr  = 1
	RcodeServFail = 2
	RcodeNXDomain = 3
	RcodeNotImp   = 4
	RcodeRefused  = 5
)

// Record is one resource record of class IN. RData is in wire form with every
// compressed name written out; when that can't be done, as it came.
type Record struct {
	Owner string // presentation form, lower case, without final dot; "." for the root
	Type  Type
	TTL   uint32 // seconds
	RData []byte
}

// EDE is an extended DNS error (RFC 8914 §2).
type EDE struct {
	Code uint16 `json:"code"`
	Text string `json:"text,omitempty"`
}

// MX is one MX record (RFC 1035 §3.3.9).
type MX struct {
	Preference uint16
	// Host is zero when the target is no name of letters, digits, hyphens and
	// underscores, and Root for the null MX (RFC 7505 §3).
	Host dnsname.Name
	// Raw is the target in presentation form as it came, without final dot;
	// "." for the null MX.
	Raw string
}

// RRSIG is what a finding needs of a signature (RFC 4034 §3.1). The moments
// are read as seconds since 1970 without wrapping: good until 2106.
type RRSIG struct {
	Covered   Type
	Algorithm uint8
	// Labels counts those of the name signed, without a wildcard's "*": fewer than
	// the owner has when a wildcard made the answer (RFC 4034 §3.1.3).
	Labels      uint8
	OriginalTTL uint32 // seconds
	KeyTag      uint16
	Signer      dnsname.Name
	Inception   time.Time
	Expiration  time.Time
}

// DS is a delegation signer record (RFC 4034 §5.1), or the child's wish for
// one, CDS (RFC 7344 §3.1).
type DS struct {
	KeyTag     uint16
	Algorithm  uint8
	DigestType uint8
	Digest     []byte
}

// DNSKEY is a zone's key (RFC 4034 §2.1), or the child's wish for a DS of it,
// CDNSKEY (RFC 7344 §3.2).
type DNSKEY struct {
	Flags     uint16
	Protocol  uint8
	Algorithm uint8
	KeyTag    uint16
	Public    []byte // as its algorithm lays it out
}

// CAA is one property of who may issue certificates (RFC 8659 §4.1).
type CAA struct {
	Critical bool   // an issuer that doesn't know the tag must not issue
	Tag      string // in lower case
	Value    string // the octets as they are
}

// SOA is what a finding needs of a zone's SOA (RFC 1035 §3.3.13).
type SOA struct {
	Zone    dnsname.Name // the record's owner
	Refresh uint32       // seconds
}

// MX reads an MX record's data.
func (r Record) MX() (MX, bool) {
	names, ok := r.names(2, 1, 0)
	if r.Type != TypeMX || !ok {
		return MX{}, false
	}
	host, _ := dnsname.Parse(names[0])
	return MX{Preference: be16(r.RData), Host: host, Raw: names[0]}, true
}

// Target reads the name that a CNAME, DNAME or NS record points to (RFC 1035
// §3.3.1, §3.3.11, RFC 6672 §2.1); false when it is no name that dnsname takes.
func (r Record) Target() (dnsname.Name, bool) {
	names, ok := r.names(0, 1, 0)
	if !ok || r.Type != TypeCNAME && r.Type != TypeDNAME && r.Type != TypeNS {
		return dnsname.Name{}, false
	}
	name, err := dnsname.Parse(names[0])
	return name, err == nil
}

// TXT joins the strings of a TXT record's data without anything between them
// and says how many there were (RFC 1035 §3.3.14, RFC 8461 §3.1).
func (r Record) TXT() (text string, strings int, ok bool) {
	data := r.RData
	if r.Type != TypeTXT || len(data) == 0 {
		return "", 0, false
	}
	joined := make([]byte, 0, len(data))
	for ; len(data) > 0; strings++ {
		length := int(data[0])
		if data = data[1:]; length > len(data) {
			return "", 0, false
		}
		joined = append(joined, data[:length]...)
		data = data[length:]
	}
	return string(joined), strings, true
}

// Address reads an A or AAAA record's data (RFC 1035 §3.4.1, RFC 3596 §2.2).
func (r Record) Address() (netip.Addr, bool) {
	if r.Type == TypeA && len(r.RData) == 4 || r.Type == TypeAAAA && len(r.RData) == 16 {
		return netip.AddrFromSlice(r.RData)
	}
	return netip.Addr{}, false
}

// RRSIG reads a signature.
func (r Record) RRSIG() (RRSIG, bool) {
	const fixedPart = 18
	d := r.RData
	if r.Type != TypeRRSIG || len(d) <= fixedPart {
		return RRSIG{}, false
	}
	signer, end, ok := nameAt(d, fixedPart)
	if !ok || end == len(d) {
		return RRSIG{}, false
	}
	name, err := dnsname.Parse(signer)
	return RRSIG{
		Covered:     Type(be16(d)),
		Algorithm:   d[2],
		Labels:      d[3],
		OriginalTTL: be32(d[4:]),
		Expiration:  moment(d[8:]),
		Inception:   moment(d[12:]),
		KeyTag:      be16(d[16:]),
		Signer:      name,
	}, err == nil
}

// DS reads a DS or CDS record; false without a digest.
func (r Record) DS() (DS, bool) {
	d := r.RData
	if r.Type != TypeDS && r.Type != TypeCDS || len(d) < 5 {
		return DS{}, false
	}
	return DS{KeyTag: be16(d), Algorithm: d[2], DigestType: d[3], Digest: d[4:]}, true
}

// DNSKEY reads a DNSKEY or CDNSKEY record and computes the key's tag (RFC 4034
// appendix B); false without a public key.
func (r Record) DNSKEY() (DNSKEY, bool) {
	d := r.RData
	if r.Type != TypeDNSKEY && r.Type != TypeCDNSKEY || len(d) < 5 {
		return DNSKEY{}, false
	}
	var sum uint32
	for i, b := range d {
		if i%2 == 0 {
			sum += uint32(b) << 8
		} else {
			sum += uint32(b)
		}
	}
	tag := uint16(sum + sum>>16)
	if d[3] == 1 { // RSAMD5: its tag is cut from the modulus, appendix B.1
		tag = be16(d[len(d)-3:])
	}
	return DNSKEY{Flags: be16(d), Protocol: d[2], Algorithm: d[3], KeyTag: tag, Public: d[4:]}, true
}

// CAA reads a property; false without a tag of letters and digits (RFC 8659
// §4.1).
func (r Record) CAA() (CAA, bool) {
	d := r.RData
	if r.Type != TypeCAA || len(d) < 3 || d[1] == 0 || int(d[1]) > len(d)-2 {
		return CAA{}, false
	}
	tag := d[2 : 2+d[1]]
	for _, c := range tag {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return CAA{}, false
		}
	}
	return CAA{Critical: d[0]&0x80 != 0, Tag: strings.ToLower(string(tag)), Value: string(d[2+d[1]:])}, true
}

// SOA reads a start of authority.
func (r Record) SOA() (SOA, bool) {
	if _, ok := r.names(0, 2, 20); r.Type != TypeSOA || !ok {
		return SOA{}, false
	}
	zone, err := dnsname.Parse(r.Owner)
	return SOA{Zone: zone, Refresh: be32(r.RData[len(r.RData)-16:])}, err == nil
}

// names reads count uncompressed names between a prefix and a suffix of the
// given lengths that fill the data exactly.
func (r Record) names(prefix, count, suffix int) ([]string, bool) {
	var names []string
	off := prefix
	for range count {
		name, end, ok := nameAt(r.RData, off)
		if !ok {
			return nil, false
		}
		names, off = append(names, name), end
	}
	return names, off+suffix == len(r.RData)
}

// nameAt reads an uncompressed name, in presentation form without final dot,
// and gives where it ends.
func nameAt(data []byte, off int) (string, int, bool) {
	if off >= len(data) {
		return "", 0, false
	}
	name, end, ok := wireName(data, off)
	if !ok || len(name) != end-off { // a pointer
		return "", 0, false
	}
	return presentName(name), end, true
}

func moment(b []byte) time.Time { return time.Unix(int64(be32(b)), 0).UTC() }

// layout says where a type's data holds names that may be compressed.
type layout struct {
	typ     Type
	prefix  int // octets
	strings int // character-strings
	count   int // names
	suffix  int // octets
}

// layouts has the types of RFC 1035 §3.3, whose names may be compressed, and
// those whose names a receiver is to expand all the same (RFC 3597 §4).
var layouts = [...]layout{
	{TypeNS, 0, 0, 1, 0},
	{typeMD, 0, 0, 1, 0},
	{typeMF, 0, 0, 1, 0},
	{TypeCNAME, 0, 0, 1, 0},
	{TypeSOA, 0, 0, 2, 20},
	{typeMB, 0, 0, 1, 0},
	{typeMG, 0, 0, 1, 0},
	{typeMR, 0, 0, 1, 0},
	{typePTR, 0, 0, 1, 0},
	{typeMINFO, 0, 0, 2, 0},
	{TypeMX, 2, 0, 1, 0},
	{typeRP, 0, 0, 2, 0},
	{typeAFSDB, 2, 0, 1, 0},
	{typeRT, 2, 0, 1, 0},
	{typePX, 2, 0, 2, 0},
	{typeSRV, 6, 0, 1, 0},
	{typeNAPTR, 4, 3, 1, 0},
	{typeKX, 2, 0, 1, 0},
	{TypeDNAME, 0, 0, 1, 0},
}

// expand gives a copy of the data at off with its names written out, or of the
// data as it is when they can't be.
func expand(typ Type, wire []byte, off, length int) []byte {
	raw := wire[off : off+length]
	for _, l := range layouts {
		if l.typ != typ || length <= l.prefix {
			continue
		}
		at := off + l.prefix
		for range l.strings {
			if at < off+length {
				at += 1 + int(wire[at])
			}
		}
		if at > off+length {
			break
		}
		data := append(make([]byte, 0, length), wire[off:at]...)
		for range l.count {
			name, end, ok := wireName(wire[:off+length], at)
			if !ok {
				return append([]byte(nil), raw...)
			}
			data, at = append(data, name...), end
		}
		if at+l.suffix != off+length {
			break
		}
		return append(data, wire[at:off+length]...)
	}
	return append([]byte(nil), raw...)
}
