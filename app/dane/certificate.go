package dane

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
)

// DER tags met on the way to the key (X.690 §8.1.2).
const (
	tagInteger   = 0x02
	tagBitString = 0x03
	tagSequence  = 0x30
	tagVersion   = 0xa0 // [0] EXPLICIT
)

// element takes one DER element of the tag off the front of der: the whole
// element and its contents. It takes definite lengths only (X.690 §10.1).
func element(der []byte, tag byte) (whole, contents, rest []byte, ok bool) {
	if len(der) < 2 || der[0] != tag {
		return nil, nil, nil, false
	}
	length, header := int(der[1]), 2
	if length >= 0x80 {
		octets := length & 0x7f
		if octets == 0 || octets > 3 || len(der) < 2+octets {
			return nil, nil, nil, false
		}
		length = 0
		for _, b := range der[2 : 2+octets] {
			length = length<<8 | int(b)
		}
		header += octets
	}
	if length > len(der)-header {
		return nil, nil, nil, false
	}
	end := header + length
	return der[:end], der[header:end], der[end:], true
}

// SPKI gives the SubjectPublicKeyInfo of a DER certificate (RFC 5280 §4.1),
// the octets that selector 1 selects. It reads the outline only, so that a
// certificate which Go's x509 refuses (a negative serial number, an unknown
// curve, a date out of range) still matches. The error is ErrMalformed.
func SPKI(der []byte) ([]byte, error) {
	_, certificate, rest, ok := element(der, tagSequence)
	if !ok || len(rest) > 0 {
		return nil, ErrMalformed
	}
	_, tbs, rest, ok := element(certificate, tagSequence)
	if !ok {
		return nil, ErrMalformed
	}
	if _, _, rest, ok = element(rest, tagSequence); !ok { // signatureAlgorithm
		return nil, ErrMalformed
	}
	if _, _, rest, ok = element(rest, tagBitString); !ok || len(rest) > 0 {
		return nil, ErrMalformed
	}
	if _, _, behind, ok := element(tbs, tagVersion); ok {
		tbs = behind
	}
	// serialNumber, signature, issuer, validity, subject
	for _, tag := range [...]byte{tagInteger, tagSequence, tagSequence, tagSequence, tagSequence} {
		if _, _, tbs, ok = element(tbs, tag); !ok {
			return nil, ErrMalformed
		}
	}
	spki, _, _, ok := element(tbs, tagSequence)
	if !ok || !isSPKI(spki) {
		return nil, ErrMalformed
	}
	return spki, nil
}

// isSPKI tells whether der is SEQUENCE { SEQUENCE, BIT STRING } (RFC 5280 §4.1).
func isSPKI(der []byte) bool {
	_, contents, rest, ok := element(der, tagSequence)
	if !ok || len(rest) > 0 {
		return false
	}
	if _, _, contents, ok = element(contents, tagSequence); !ok {
		return false
	}
	_, _, rest, ok = element(contents, tagBitString)
	return ok && len(rest) == 0
}

// Derive makes the record that matches a DER certificate (RFC 6698 §2.1). The
// error is ErrMalformed for no certificate, ErrParameter for a selector above
// 1 or a matching type above 2; every usage is taken.
func Derive(der []byte, usage, selector, matching uint8) (TLSA, error) {
	if selector > SPKISelector || matching > SHA512 {
		return TLSA{}, ErrParameter
	}
	selected, err := SPKI(der)
	if err != nil {
		return TLSA{}, err
	}
	if selector == CertSelector {
		selected = der
	}
	return TLSA{usage, selector, matching, association(selected, matching)}, nil
}

// DeriveKey makes the record that matches a bare key, a SubjectPublicKeyInfo in DER
// (RFC 5280 §4.1), by selector 1. The error is ErrMalformed for no such thing,
// ErrParameter for a matching type above 2; every usage is taken.
func DeriveKey(spki []byte, usage, matching uint8) (TLSA, error) {
	if matching > SHA512 {
		return TLSA{}, ErrParameter
	}
	if !isSPKI(spki) {
		return TLSA{}, ErrMalformed
	}
	return TLSA{usage, SPKISelector, matching, association(spki, matching)}, nil
}

// association gives the data of what was selected, nil for an unknown matching type.
func association(selected []byte, matching uint8) []byte {
	switch matching {
	case Full:
		return bytes.Clone(selected)
	case SHA256:
		sum := sha256.Sum256(selected)
		return sum[:]
	case SHA512:
		sum := sha512.Sum512(selected)
		return sum[:]
	}
	return nil
}

// Selects tells whether the record's data is that of the DER certificate by
// the record's selector and matching type, whatever its usage (RFC 6698 §2.1.4).
func (t TLSA) Selects(der []byte) bool {
	selected := der
	switch t.Selector {
	case CertSelector:
	case SPKISelector:
		spki, err := SPKI(der)
		if err != nil {
			return false
		}
		selected = spki
	default:
		return false
	}
	return len(t.Data) > 0 && t.Matching <= SHA512 && bytes.Equal(t.Data, association(selected, t.Matching))
}
