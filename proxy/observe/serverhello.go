package observe

import (
	"errors"
	"io"
	"math/bits"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sealane/sealane/app/probe"
)

// Handshake messages (RFC 5246 §7.4).
const (
	messageServerHello       = 2
	messageServerKeyExchange = 12
	messageServerHelloDone   = 14
)

// Extensions of a ServerHello that are looked at.
const (
	extensionMasterSecret  = 23     // RFC 7627 §5.1
	extensionVersions      = 43     // RFC 8446 §4.2.1: only TLS 1.3 sends it
	extensionRenegotiation = 0xff01 // RFC 5746 §3.2
)

// Of a server's first flight so many octets are read, and so many records that
// bring it no further, as crypto/tls does.
const (
	maxFlight  = 64 << 10
	maxUseless = 16
)

// Errors of reading a server's first flight.
var (
	errNotTLS     = errors.New("observe: not a TLS record")
	errBadFlight  = errors.New("observe: not a ServerHello")
	errLongFlight = errors.New("observe: flight over its limit")
)

// alertError is an alert of the peer in the clear.
type alertError uint8

// Error says that it is one.
func (a alertError) Error() string { return "observe: remote alert" }

// flight is what a server sent in the clear, before TLS 1.3.
type flight struct {
	hello  *probe.ServerHello // nil before it came, or when it is of TLS 1.3
	random []byte             // the server's, 32 octets
	done   bool               // nothing more to be learned
}

// readFlight reads a server's first flight up to its key exchange, if its
// suite has one. What came of it before an error is given as well.
func readFlight(r io.Reader) (f flight, err error) {
	var messages []byte
	for left, useless := maxFlight, 0; !f.done; {
		header, body, err := readRecord(r)
		switch {
		case err != nil:
			return f, err
		case header[0] != recordHandshake && (header[0] != recordAlert || len(body) != 2):
			return f, errNotTLS
		}
		if left -= recordHeader + len(body); left < 0 {
			return f, errLongFlight
		}
		const warning = 1 // goes with the handshake, such as unrecognized_name
		if header[0] == recordAlert && (body[0] != warning || body[1] == 0) {
			return f, alertError(body[1])
		}
		if header[0] == recordAlert || len(body) == 0 {
			if useless++; useless > maxUseless {
				return f, errLongFlight
			}
			continue
		}
		if messages, err = f.take(append(messages, body...)); err != nil {
			return f, err
		}
	}
	return f, nil
}

// take reads the whole messages and gives the rest.
func (f *flight) take(messages []byte) (rest []byte, err error) {
	for !f.done && len(messages) >= 4 {
		end := 4 + int(messages[1])<<16 + int(messages[2])<<8 + int(messages[3])
		if end > maxFlight {
			return nil, errLongFlight
		}
		if len(messages) < end {
			break
		}
		body := messages[4:end]
		switch typ := messages[0]; {
		case f.random == nil && typ != messageServerHello:
			return nil, errBadFlight
		case typ == messageServerHello && (f.random != nil || !f.serverHello(body)):
			return nil, errBadFlight
		case typ == messageServerKeyExchange && f.hello != nil:
			f.keyExchange(body)
			f.done = true
		case typ == messageServerHelloDone:
			f.done = true
		}
		messages = messages[end:]
	}
	return messages, nil
}

// serverHello reads a ServerHello (RFC 5246 §7.4.1.3).
func (f *flight) serverHello(body []byte) bool {
	var h probe.ServerHello
	var session, extensions cryptobyte.String
	s := cryptobyte.String(body)
	if !s.ReadUint16(&h.Version) || h.Version>>8 != 3 || !s.ReadBytes(&f.random, 32) || !s.ReadUint8LengthPrefixed(&session) || len(session) > 32 ||
		!s.ReadUint16(&h.Cipher) || !s.ReadUint8(&h.Compression) {
		return false
	}
	if !s.Empty() && !s.ReadUint16LengthPrefixed(&extensions) {
		return false
	}
	for !extensions.Empty() {
		var id uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&id) || !extensions.ReadUint16LengthPrefixed(&data) {
			return false
		}
		switch id {
		case extensionVersions:
			f.done = true
			return true
		case extensionMasterSecret:
			h.ExtendedMasterSecret = true
		case extensionRenegotiation:
			h.SecureRenegotiation = true
		}
	}
	f.hello, f.done = &h, !finiteField(h.Cipher) && !ellipticCurve(h.Cipher)
	return true
}

// keyExchange reads a ServerKeyExchange: the size of the prime (RFC 5246
// §7.4.3), or the named group (RFC 8422 §5.4).
func (f *flight) keyExchange(body []byte) {
	s := cryptobyte.String(body)
	if finiteField(f.hello.Cipher) {
		var p cryptobyte.String
		if s.ReadUint16LengthPrefixed(&p) {
			for len(p) > 0 && p[0] == 0 {
				p = p[1:]
			}
			if len(p) > 0 {
				f.hello.DHBits = 8*(len(p)-1) + bits.Len8(p[0])
			}
		}
		return
	}
	const namedCurve = 3
	var kind uint8
	var group uint16
	if s.ReadUint8(&kind) && kind == namedCurve && s.ReadUint16(&group) {
		f.hello.Group = group
	}
}

// finiteField tells whether a suite's key exchange is ephemeral Diffie-Hellman
// in a finite field, as far as suites are offered here.
func finiteField(cipher uint16) bool {
	return slices.Contains(suitesDHE, cipher) || slices.Contains(suitesOldDHE, cipher)
}

// ellipticCurve tells whether a suite's key exchange is ephemeral
// Diffie-Hellman on a curve (RFC 8422 §6, RFC 5289 §3, RFC 7905 §2).
func ellipticCurve(cipher uint16) bool {
	return cipher>>8 == 0xc0 || cipher == 0xcca8 || cipher == 0xcca9
}
