package keyfile

import (
	"bytes"
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/x509"
	"encoding/asn1"

	"github.com/sealane/sealane/app/dane"
)

// take adds what DER holds, or refuses it for what it is. It tells whether it knows
// what it is.
func (r *reader) take(der []byte) bool {
	var outer asn1.RawValue
	rest, err := asn1.Unmarshal(der, &outer)
	if err != nil || outer.Tag != asn1.TagSequence || !outer.IsCompound {
		return r.foreign(der)
	}
	if _, err := dane.SPKI(outer.FullBytes); err == nil {
		// A TRUSTED CERTIFICATE of OpenSSL has something behind it.
		add(&r.file.Certificates, outer.FullBytes)
		return true
	}
	if len(rest) > 0 {
		return false
	}
	return r.public(der) || r.secret(der) || r.foreign(der)
}

// public takes a request (RFC 2986) or a public key (RFC 5280 §4.1, RFC 8017 §A.1.1).
func (r *reader) public(der []byte) bool {
	if request, err := x509.ParseCertificateRequest(der); err == nil {
		return r.key(request.RawSubjectPublicKeyInfo)
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return r.marshal(key)
	}
	return r.key(der)
}

// key takes a SubjectPublicKeyInfo. A key can be well-formed, and of no use.
func (r *reader) key(spki []byte) bool {
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		if _, bad := dane.DeriveKey(spki, dane.DANEEE, dane.SHA256); bad != nil {
			return false
		}
		r.refuse(Unsupported)
		return true
	}
	switch key.(type) {
	case *ecdh.PublicKey, *dsa.PublicKey: // nothing that TLS authenticates by
		r.refuse(Unsupported)
		return true
	}
	add(&r.file.Keys, spki)
	return true
}

// marshal takes a public key.
func (r *reader) marshal(key crypto.PublicKey) bool {
	spki, err := x509.MarshalPKIXPublicKey(key)
	return err == nil && r.key(spki)
}

// secret takes the public half of a private key (RFC 5208, RFC 8017 §A.1.2, RFC 5915).
func (r *reader) secret(der []byte) bool {
	if len(der) > maxPrivate {
		return false
	}
	var key any
	var err error
	if key, err = x509.ParsePKCS8PrivateKey(der); err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(der); err != nil {
			if key, err = x509.ParseECPrivateKey(der); err != nil {
				return false
			}
		}
	}
	r.private = true
	if signer, signs := key.(crypto.Signer); signs {
		return r.marshal(signer.Public())
	}
	r.refuse(Unsupported)
	return true
}

// foreign refuses what is known not to be read, by how its content begins.
func (r *reader) foreign(der []byte) bool {
	content := der[min(len(der), headerLength(der)):]
	content = content[:min(len(content), 32)]
	switch {
	case bytes.HasPrefix(content, []byte{2, 1, 3, 0x30}): // version 3 (RFC 7292 §4)
		r.refuse(PKCS12)
	case bytes.HasPrefix(content, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07")): // RFC 5652 §4
		r.refuse(PKCS7)
	case bytes.HasPrefix(content, []byte{0x30}) &&
		(bytes.Contains(content, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x05")) || // RFC 8018 §C
			bytes.Contains(content, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"))): // RFC 7292 §C
		r.refuse(Encrypted)
	default:
		return false
	}
	return true
}

// headerLength is how many octets come before the content of a SEQUENCE, which may be
// BER of indefinite length (X.690 §8.1.3.6).
func headerLength(der []byte) int {
	switch {
	case len(der) < 2 || der[0] != 0x30:
		return len(der)
	case der[1] > 0x80:
		return 2 + int(der[1]&0x7f)
	}
	return 2
}
