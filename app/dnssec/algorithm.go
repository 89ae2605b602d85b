package dnssec

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
)

// Supported tells whether signatures of an algorithm can be verified: RSA with
// SHA-1 (5, 7), SHA-256 (8) and SHA-512 (10), ECDSA P-256 (13) and P-384 (14),
// Ed25519 (15). Ed448 (16) is not among them: it would cost the page more than
// the zones that have it are worth.
func Supported(algorithm uint8) bool {
	return bytes.IndexByte([]byte{5, 7, 8, 10, 13, 14, 15}, algorithm) >= 0
}

// verifies checks one signature by one key. A key or signature that doesn't
// have its algorithm's form verifies nothing.
func verifies(algorithm uint8, public, data, signature []byte) bool {
	switch algorithm {
	case 5, 7:
		sum := sha1.Sum(data)
		return verifiesRSA(public, prefixSHA1, sum[:], signature)
	case 8:
		sum := sha256.Sum256(data)
		return verifiesRSA(public, prefixSHA256, sum[:], signature)
	case 10:
		sum := sha512.Sum512(data)
		return verifiesRSA(public, prefixSHA512, sum[:], signature)
	case 13:
		sum := sha256.Sum256(data)
		return verifiesECDSA(elliptic.P256(), 32, public, sum[:], signature)
	case 14:
		sum := sha512.Sum384(data)
		return verifiesECDSA(elliptic.P384(), 48, public, sum[:], signature)
	case 15: // RFC 8080 §3, §4
		return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, data, signature)
	}
	return false
}

// What stands before the digest in a signature of RSASSA-PKCS1-v1_5 (RFC 8017
// §9.2, note 1).
const (
	prefixSHA1   = "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"
	prefixSHA256 = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	prefixSHA512 = "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
)

// Limits of an RSA key that is worked with. Longer moduli are no keys for DNSSEC
// (RFC 3110 §2, RFC 5702 §2.1); longer exponents are made to cost.
const (
	maxModulus  = 4096 // bits
	maxExponent = 8    // octets
)

// verifiesRSA checks an RSASSA-PKCS1-v1_5 signature (RFC 8017 §8.2.2). It is not
// crypto/rsa's because that refuses keys under 1024 bits and exponents over four
// octets, which zones have: their answers would be called bogus. All that goes
// in is public, so that time gives nothing away, and the whole block that the
// signature stands for is compared.
func verifiesRSA(public []byte, prefix string, digest, signature []byte) bool {
	exponent, modulus, ok := splitRSA(public)
	n := new(big.Int).SetBytes(modulus)
	e := new(big.Int).SetBytes(exponent)
	size := (n.BitLen() + 7) / 8
	block := append([]byte(prefix), digest...)
	if !ok || n.BitLen() > maxModulus || n.Bit(0) == 0 || len(exponent) > maxExponent || e.Bit(0) == 0 || e.BitLen() < 2 ||
		len(signature) != size || size < len(block)+11 {
		return false
	}
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(n) >= 0 {
		return false
	}
	filler := bytes.Repeat([]byte{0xFF}, size-len(block)-3)
	want := append(append(append([]byte{0, 1}, filler...), 0), block...)
	return bytes.Equal(s.Exp(s, e, n).FillBytes(make([]byte, size)), want)
}

// splitRSA reads a key's exponent and modulus (RFC 3110 §2), without leading
// zeros.
func splitRSA(public []byte) (exponent, modulus []byte, ok bool) {
	if len(public) < 3 {
		return nil, nil, false
	}
	length, rest := int(public[0]), public[1:]
	if length == 0 {
		length, rest = int(public[1])<<8|int(public[2]), public[3:]
	}
	if length == 0 || length >= len(rest) {
		return nil, nil, false
	}
	return bytes.TrimLeft(rest[:length], "\x00"), bytes.TrimLeft(rest[length:], "\x00"), true
}

// RSABits gives the length in bits of an RSA key's modulus, 0 for a key of
// another algorithm or of no form.
func RSABits(algorithm uint8, public []byte) int {
	if bytes.IndexByte([]byte{1, 5, 7, 8, 10}, algorithm) < 0 {
		return 0
	}
	_, modulus, ok := splitRSA(public)
	if !ok {
		return 0
	}
	return new(big.Int).SetBytes(modulus).BitLen()
}

// verifiesECDSA checks a signature of two numbers by a key of two coordinates,
// each of size octets (RFC 6605 §4).
func verifiesECDSA(curve elliptic.Curve, size int, public, digest, signature []byte) bool {
	if len(public) != 2*size || len(signature) != 2*size {
		return false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, append([]byte{4}, public...))
	if err != nil {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(key, digest, r, s)
}
