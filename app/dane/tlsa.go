// Package dane reads TLSA records, says which are usable for SMTP, and matches
// them against a certificate chain (RFC 6698, RFC 7671, RFC 7672).
package dane

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Errors of Parse, ParseText, SPKI, Derive and DeriveKey. Compare with errors.Is.
var (
	// ErrMalformed: too short, no numbers, no hexadecimal digits, or no certificate or key.
	ErrMalformed = errors.New("dane: malformed")
	// ErrParameter: a selector or matching type that RFC 6698 §2.1 doesn't define.
	ErrParameter = errors.New("dane: undefined selector or matching type")
)

// The certificate usages (RFC 6698 §2.1.1, names of RFC 7218 §2.1).
const (
	PKIXTA uint8 = 0
	PKIXEE uint8 = 1
	DANETA uint8 = 2
	DANEEE uint8 = 3
)

// The selectors (RFC 6698 §2.1.2).
const (
	CertSelector uint8 = 0
	SPKISelector uint8 = 1
)

// The matching types (RFC 6698 §2.1.3).
const (
	Full   uint8 = 0
	SHA256 uint8 = 1
	SHA512 uint8 = 2
)

// maxData is what of one RDATA is left for the association data, in octets.
const maxData = 65535 - 3

// TLSA is one TLSA record's data (RFC 6698 §2.1).
type TLSA struct {
	Usage    uint8 // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 §2.1)
	Selector uint8 // 0 Cert, 1 SPKI
	Matching uint8 // 0 Full, 1 SHA2-256, 2 SHA2-512
	Data     []byte
}

// Parse reads RDATA in wire form (RFC 6698 §2.1). It takes every value of the
// three numbers and any association data: Unusable says what can be used. The
// error is ErrMalformed for less than the three octets of the numbers or more
// than 65535 octets.
func Parse(rdata []byte) (TLSA, error) {
	if len(rdata) < 3 || len(rdata) > 65535 {
		return TLSA{}, ErrMalformed
	}
	return TLSA{rdata[0], rdata[1], rdata[2], bytes.Clone(rdata[3:])}, nil
}

// RData gives the wire form.
func (t TLSA) RData() []byte {
	return append([]byte{t.Usage, t.Selector, t.Matching}, t.Data...)
}

// String gives the presentation form of RFC 6698 §2.2 with lower-case
// hexadecimal digits, such as "3 1 1 0c72ac70…".
func (t TLSA) String() string {
	var out strings.Builder
	for _, n := range [...]uint8{t.Usage, t.Selector, t.Matching} {
		out.WriteString(strconv.Itoa(int(n)))
		out.WriteByte(' ')
	}
	out.WriteString(hex.EncodeToString(t.Data))
	return strings.TrimSuffix(out.String(), " ")
}

// GenericType is the type's name for software that doesn't know it (RFC 3597 §5).
const GenericType = "TYPE52"

// Generic gives the data in the generic form of RFC 3597 §5, such as
// "\# 35 0301010c72ac70…", which goes with GenericType. ParseText reads it too.
func (t TLSA) Generic() string {
	rdata := t.RData()
	return `\# ` + strconv.Itoa(len(rdata)) + " " + hex.EncodeToString(rdata)
}

// ParseText reads the presentation form of RFC 6698 §2.2, with blanks, line
// breaks and parentheses inside the digits as in a zone file, or the generic
// form of RFC 3597 §5 ("\# 35 030101…"). The error is ErrMalformed.
func ParseText(s string) (TLSA, error) {
	if len(s) > 4*maxData {
		return TLSA{}, ErrMalformed
	}
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '(' || r == ')'
	})
	if len(fields) > 0 && fields[0] == `\#` {
		return parseGeneric(fields[1:])
	}
	if len(fields) < 3 {
		return TLSA{}, ErrMalformed
	}
	var numbers [3]uint8
	for i := range numbers {
		n, err := strconv.ParseUint(fields[i], 10, 8)
		if err != nil {
			return TLSA{}, ErrMalformed
		}
		numbers[i] = uint8(n)
	}
	data, err := hex.DecodeString(strings.Join(fields[3:], ""))
	if err != nil || len(data) > maxData {
		return TLSA{}, ErrMalformed
	}
	return TLSA{numbers[0], numbers[1], numbers[2], data}, nil
}

func parseGeneric(fields []string) (TLSA, error) {
	if len(fields) < 2 {
		return TLSA{}, ErrMalformed
	}
	length, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return TLSA{}, ErrMalformed
	}
	rdata, err := hex.DecodeString(strings.Join(fields[1:], ""))
	if err != nil || len(rdata) != int(length) {
		return TLSA{}, ErrMalformed
	}
	return Parse(rdata)
}

// Equal tells whether both records are the same.
func (t TLSA) Equal(u TLSA) bool {
	return t.Usage == u.Usage && t.Selector == u.Selector && t.Matching == u.Matching &&
		bytes.Equal(t.Data, u.Data)
}

// Kind says why a record is unusable: the part behind the dot of a tlsa.*
// finding code. The zero Kind is a usable record.
type Kind string

// The reasons why a record can't be used for SMTP.
const (
	UsagePKIX         Kind = "usage-pkix"
	UsageUnknown      Kind = "usage-unknown"
	SelectorUnknown   Kind = "selector-unknown"
	MatchingUnknown   Kind = "matching-unknown"
	DigestWrongLength Kind = "digest-wrong-length"
	Malformed         Kind = "malformed"
)

// Unusable says why a record can't be used to authenticate an SMTP server
// (RFC 6698 §4.1, RFC 7672 §3.1), or "" for a usable one. Usages 0 and 1 are
// undefined for SMTP and count as unusable, as RFC 7672 §3.1.3 allows.
func (t TLSA) Unusable() Kind {
	switch {
	case len(t.Data) == 0:
		return Malformed
	case t.Usage == PKIXTA || t.Usage == PKIXEE:
		return UsagePKIX
	case t.Usage > DANEEE:
		return UsageUnknown
	case t.Selector > SPKISelector:
		return SelectorUnknown
	}
	switch t.Matching {
	case Full:
		if !t.fullIsWellFormed() {
			return Malformed
		}
	case SHA256:
		if len(t.Data) != 32 {
			return DigestWrongLength
		}
	case SHA512:
		if len(t.Data) != 64 {
			return DigestWrongLength
		}
	default:
		return MatchingUnknown
	}
	return ""
}

// fullIsWellFormed tells whether the data of a Full(0) record is a certificate
// or a SubjectPublicKeyInfo in outline: what Go's x509 refuses for other
// reasons still compares octet by octet.
func (t TLSA) fullIsWellFormed() bool {
	if t.Selector == SPKISelector {
		return isSPKI(t.Data)
	}
	_, err := SPKI(t.Data)
	return err == nil
}
