package observe

import (
	"crypto/hkdf"

	"golang.org/x/crypto/cryptobyte"
)

const (
	newSessionTicket   = 4  // handshake message (RFC 8446 §4.6.1)
	extensionEarlyData = 42 // RFC 8446 §4.2.10
)

// earlyData gives the largest max_early_data_size of the session tickets that
// a server of TLS 1.3 sent (RFC 8446 §4.6.1), 0 without one. crypto/tls doesn't
// tell it, so the records heard are read once more with the server's secret.
func (t *tap) earlyData(cipherSuite uint16) uint32 {
	s, known := suites[cipherSuite]
	if !known || len(t.keys.traffic) != s.hash.Size() {
		return 0
	}
	key, err := expandLabel(s, t.keys.traffic, "key", s.key)
	iv, err2 := expandLabel(s, t.keys.traffic, "iv", 12)
	if err != nil || err2 != nil {
		return 0
	}
	opener, err := s.aead(key)
	if err != nil {
		return 0
	}
	var messages []byte
	sequence, heard := uint64(0), t.heard
	for {
		typ, body, rest, ok := nextRecord(heard)
		if !ok {
			return largestEarlyData(messages)
		}
		if typ == recordApplication {
			// Records of the handshake have another key: they don't open.
			plain, err := opener.Open(nil, nonce(iv, sequence), body, heard[:recordHeader])
			if err == nil {
				sequence++
				messages = append(messages, innerHandshake(plain)...)
			}
		}
		heard = rest
	}
}

// expandLabel is HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
func expandLabel(s suite, secret []byte, label string, length int) ([]byte, error) {
	info := string([]byte{0, byte(length), byte(len("tls13 ") + len(label))}) + "tls13 " + label + "\x00"
	return hkdf.Expand(s.hash.New, secret, info, length)
}

// innerHandshake gives the content of a TLSInnerPlaintext when that is of the
// handshake: content, type, zeros (RFC 8446 §5.2).
func innerHandshake(plain []byte) []byte {
	for i := len(plain) - 1; i >= 0; i-- {
		switch plain[i] {
		case 0:
		case recordHandshake:
			return plain[:i]
		default:
			return nil
		}
	}
	return nil
}

// largestEarlyData reads the session tickets among handshake messages.
func largestEarlyData(messages []byte) (most uint32) {
	rest := cryptobyte.String(messages)
	for {
		var typ uint8
		var body cryptobyte.String
		if !rest.ReadUint8(&typ) || !rest.ReadUint24LengthPrefixed(&body) {
			return most
		}
		var once, ticket, extensions cryptobyte.String
		if typ != newSessionTicket || !body.Skip(8) || !body.ReadUint8LengthPrefixed(&once) ||
			!body.ReadUint16LengthPrefixed(&ticket) || !body.ReadUint16LengthPrefixed(&extensions) {
			continue
		}
		for !extensions.Empty() {
			var id uint16
			var data cryptobyte.String
			if !extensions.ReadUint16(&id) || !extensions.ReadUint16LengthPrefixed(&data) {
				break
			}
			var size uint32
			if id == extensionEarlyData && data.ReadUint32(&size) {
				most = max(most, size)
			}
		}
	}
}
