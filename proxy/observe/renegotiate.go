package observe

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"
)

// Lengths of TLS 1.2's AEAD suites: the part of a nonce that is kept as IV, and
// the part that each record carries (RFC 5288 §3, RFC 7905 §2).
const (
	gcmSalt, gcmExplicit = 4, 8
	chachaIV             = 12
)

// maxAfter is how many records of data are passed over before the answer.
const maxAfter = 8

// protection is one direction of a TLS 1.2 connection.
type protection struct {
	aead     cipher.AEAD
	iv       []byte
	explicit int
	sequence uint64
}

// renegotiates asks the server of a TLS 1.2 session, over whose connection
// nothing was sent since the handshake, for a new handshake (RFC 5746 §3.5), and
// tells whether it took that up; nil when it can't be asked or told. The session
// is of no use afterwards.
func renegotiates(conn *tap, secure *tls.Conn, serverName string, limit time.Time) *bool {
	state := secure.ConnectionState()
	out, in, ok := conn.protections(state.CipherSuite)
	// tls-unique is the first Finished's verify_data: the client's (RFC 5929 §3).
	if !ok || state.Version != tls.VersionTLS12 || len(state.TLSUnique) == 0 {
		return nil
	}
	hello := clientHello{
		version: versionTLS12, suites: []uint16{state.CipherSuite}, compression: []uint8{0},
		serverName: serverName, curves: true, verified: state.TLSUnique,
	}
	conn.SetDeadline(limit)
	if _, err := conn.Conn.Write(out.seal(recordHandshake, hello.message())); err != nil {
		return nil
	}
	took, refused := true, false
	for range maxAfter {
		header, body, err := readRecord(conn.Conn)
		if err != nil {
			return closed(err)
		}
		plain, err := in.open(header, body)
		switch {
		case err != nil:
			return nil
		case header[0] == recordHandshake && len(plain) > 0 && plain[0] == messageServerHello:
			return &took
		case header[0] == recordAlert && len(plain) == 2 && !ours(plain[1]):
			return &refused
		case header[0] != recordApplication:
			return nil
		}
	}
	return nil
}

// ours lists the alerts that would say that our hello was malformed:
// bad_record_mac, decode_error, decrypt_error (RFC 5246 §7.2.2).
func ours(alert byte) bool { return bytes.IndexByte([]byte{20, 50, 51}, alert) >= 0 }

// closed is the answer of a server that closes: it took nothing up. Silence and
// what is no TLS say nothing.
func closed(err error) *bool {
	var network net.Error
	if errors.Is(err, errNotTLS) || errors.As(err, &network) && network.Timeout() {
		return nil
	}
	refused := false
	return &refused
}

// protections gives both directions as they stand after the Finished messages.
func (t *tap) protections(cipherSuite uint16) (out, in protection, ok bool) {
	s, known := suites[cipherSuite]
	f, _ := readFlight(bytes.NewReader(t.heard))
	if !known || f.hello == nil || len(t.keys.master) == 0 || len(t.keys.random) != 32 {
		return out, in, false
	}
	iv := gcmSalt
	if s.chacha {
		iv = chachaIV
	}
	// RFC 5246 §6.3; AEAD suites have no MAC keys.
	block := prf(s, t.keys.master, "key expansion", append(bytes.Clone(f.random), t.keys.random...), 2*(s.key+iv))
	keys, ivs := block[:2*s.key], block[2*s.key:]
	explicit := gcmExplicit
	if s.chacha {
		explicit = 0
	}
	out = protection{iv: ivs[:iv], explicit: explicit, sequence: 1} // the Finished was 0
	in = protection{iv: ivs[iv:], explicit: explicit, sequence: 1}
	var err, err2 error
	out.aead, err = s.aead(keys[:s.key])
	in.aead, err2 = s.aead(keys[s.key:])
	return out, in, err == nil && err2 == nil
}

// prf is the pseudorandom function of TLS 1.2 (RFC 5246 §5).
func prf(s suite, secret []byte, label string, seed []byte, length int) []byte {
	seed = append([]byte(label), seed...)
	sum := func(parts ...[]byte) []byte {
		h := hmac.New(s.hash.New, secret)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	var made []byte
	for a := sum(seed); len(made) < length; a = sum(a) {
		made = append(made, sum(a, seed)...)
	}
	return made[:length]
}

// additional gives what is authenticated beside the content (RFC 5246 §6.2.3.3).
func (p *protection) additional(typ byte, length int) []byte {
	b := binary.BigEndian.AppendUint64(nil, p.sequence)
	return binary.BigEndian.AppendUint16(append(b, typ, 3, 3), uint16(length))
}

// nonce gives that of the next record: behind the salt what the record carries,
// or the sequence number added to the IV.
func (p *protection) nonce(explicit []byte) []byte {
	if p.explicit > 0 {
		return append(bytes.Clone(p.iv), explicit...)
	}
	return nonce(p.iv, p.sequence)
}

// seal gives a protected record.
func (p *protection) seal(typ byte, content []byte) []byte {
	var explicit []byte
	if p.explicit > 0 {
		explicit = binary.BigEndian.AppendUint64(nil, p.sequence)
	}
	once := p.nonce(explicit)
	body := p.aead.Seal(explicit, once, content, p.additional(typ, len(content)))
	p.sequence++
	return append([]byte{typ, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

// open reads a protected record.
func (p *protection) open(header, body []byte) ([]byte, error) {
	if len(body) < p.explicit+p.aead.Overhead() {
		return nil, io.ErrUnexpectedEOF
	}
	once := p.nonce(body[:p.explicit])
	body = body[p.explicit:]
	plain, err := p.aead.Open(nil, once, body, p.additional(header[0], len(body)-p.aead.Overhead()))
	p.sequence++
	return plain, err
}
