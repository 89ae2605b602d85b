package observe

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/tls"
	"encoding/binary"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// Content types of TLS records (RFC 5246 §6.2.1).
const (
	recordAlert       = 21
	recordHandshake   = 22
	recordApplication = 23
)

// Lengths of a record (RFC 5246 §6.2).
const (
	recordHeader = 5
	recordMost   = 1<<14 + 2048 // octets of a protected one
)

// nextRecord takes the first record from what a peer sent; ok is false when
// there is no whole one.
func nextRecord(b []byte) (typ byte, body, rest []byte, ok bool) {
	if len(b) < recordHeader {
		return 0, nil, nil, false
	}
	end := recordHeader + int(binary.BigEndian.Uint16(b[3:]))
	if len(b) < end {
		return 0, nil, nil, false
	}
	return b[0], b[recordHeader:end], b[end:], true
}

// readRecord reads one record, nothing of one that is no TLS.
func readRecord(r io.Reader) (header, body []byte, err error) {
	header = make([]byte, recordHeader)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, nil, err
	}
	length := int(binary.BigEndian.Uint16(header[3:]))
	if header[1] != 3 || length > recordMost {
		return nil, nil, errNotTLS
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return header, body, err
}

// suite is a cipher suite as far as protecting records goes.
type suite struct {
	hash   crypto.Hash
	key    int // octets
	chacha bool
}

// suites are those with AEAD (RFC 5288, RFC 5289, RFC 7905, RFC 8446 §B.4).
var suites = map[uint16]suite{
	tls.TLS_RSA_WITH_AES_128_GCM_SHA256:               {crypto.SHA256, 16, false},
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384:               {crypto.SHA384, 32, false},
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         {crypto.SHA256, 16, false},
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:         {crypto.SHA384, 32, false},
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:       {crypto.SHA256, 16, false},
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       {crypto.SHA384, 32, false},
	tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   {crypto.SHA256, 32, true},
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: {crypto.SHA256, 32, true},
	tls.TLS_AES_128_GCM_SHA256:                        {crypto.SHA256, 16, false},
	tls.TLS_AES_256_GCM_SHA384:                        {crypto.SHA384, 32, false},
	tls.TLS_CHACHA20_POLY1305_SHA256:                  {crypto.SHA256, 32, true},
}

// aead gives the suite's cipher.
func (s suite) aead(key []byte) (cipher.AEAD, error) {
	if s.chacha {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce gives the nonce of a record: the sequence number added to the IV
// (RFC 8446 §5.3, RFC 7905 §2).
func nonce(iv []byte, sequence uint64) []byte {
	n := binary.BigEndian.AppendUint64(make([]byte, len(iv)-8, len(iv)), sequence)
	for i := range n {
		n[i] ^= iv[i]
	}
	return n
}
