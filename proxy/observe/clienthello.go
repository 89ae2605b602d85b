package observe

import (
	"crypto/rand"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// Cipher suites that crypto/tls doesn't have, or not for these versions, by
// their numbers in the IANA registry. Anonymous, export and NULL suites are left
// out: none of the questions needs them.
var (
	// suitesDHE are ephemeral Diffie-Hellman in a finite field (RFC 5288, RFC
	// 5246 §A.5, RFC 5932, RFC 6655, RFC 7905).
	suitesDHE = []uint16{
		0x009f, 0x009e, 0xccaa, 0xc09f, 0xc09e, 0x006b, 0x0067, 0x00c4, 0x00be, 0x00a3, 0x00a2, 0x006a, 0x0040,
		0x0039, 0x0033, 0x0038, 0x0032, 0x0088, 0x0045, 0x0087, 0x0044, 0x0016, 0x0013,
	}
	// suitesOldDHE, suitesOldECDHE and suitesOldRSA are those of TLS 1.1 and
	// older (RFC 4346 §A.5, RFC 4492 §6, RFC 4132, RFC 4162).
	suitesOldDHE = []uint16{
		0x0039, 0x0033, 0x0038, 0x0032, 0x0088, 0x0045, 0x0087, 0x0044, 0x009a, 0x0099, 0x0016, 0x0013, 0x0015, 0x0012,
	}
	suitesOldECDHE = []uint16{0xc014, 0xc00a, 0xc013, 0xc009, 0xc012, 0xc008, 0xc011, 0xc007}
	suitesOldRSA   = []uint16{0x0035, 0x002f, 0x0084, 0x0041, 0x0096, 0x000a, 0x0005, 0x0004, 0x0007, 0x0009}
)

// signalRenegotiation says in an SSL 3.0 hello what the extension says later
// (RFC 5746 §3.3).
const signalRenegotiation = 0x00ff

// clientHello is a ClientHello of SSL 3.0 to TLS 1.2 (RFC 5246 §7.4.1.2). SSL
// 3.0 has no extensions.
type clientHello struct {
	version     uint16
	suites      []uint16
	compression []uint8 // best first
	serverName  string  // "": without server_name
	curves      bool    // with supported_groups and ec_point_formats
	verified    []byte  // renegotiation_info: the client's verify_data
}

// oldHello gives the hello of one of the asides that only read the answer.
func oldHello(version uint16, serverName string) clientHello {
	const deflate, none = 1, 0 // RFC 3749 §2
	old := slices.Concat(suitesOldECDHE, suitesOldDHE, suitesOldRSA)
	switch {
	case version == versionSSL3:
		// An old server may take no suite of a curve without extensions.
		return clientHello{version: version, suites: slices.Concat(suitesOldDHE, suitesOldRSA, []uint16{signalRenegotiation}), compression: []uint8{none}}
	case version < versionTLS12:
		return clientHello{version: version, suites: old, compression: []uint8{deflate, none}, serverName: serverName, curves: true}
	}
	return clientHello{version: version, suites: suitesDHE, compression: []uint8{deflate, none}, serverName: serverName}
}

// Protocol versions on the wire.
const (
	versionSSL3  = 0x0300
	versionTLS10 = 0x0301
	versionTLS11 = 0x0302
	versionTLS12 = 0x0303
)

// record gives the hello in the clear: an old server may refuse a record of a
// newer version (RFC 5246 §E.1).
func (c clientHello) record() []byte {
	var b cryptobyte.Builder
	b.AddUint8(recordHandshake)
	b.AddUint16(min(c.version, versionTLS10))
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.message()) })
	return b.BytesOrPanic()
}

// message gives the handshake message.
func (c clientHello) message() []byte {
	random := make([]byte, 32)
	rand.Read(random) // never fails
	var b cryptobyte.Builder
	b.AddUint8(1) // client_hello
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint16(c.version)
		b.AddBytes(random)
		b.AddUint8(0) // no session
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, c.suites) })
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.compression) })
		if c.version > versionSSL3 {
			b.AddUint16LengthPrefixed(c.extensions)
		}
	})
	return b.BytesOrPanic()
}

// extensions adds them, the RFC beside each.
func (c clientHello) extensions(b *cryptobyte.Builder) {
	add := func(id uint16, data func(*cryptobyte.Builder)) {
		b.AddUint16(id)
		b.AddUint16LengthPrefixed(data)
	}
	if c.serverName != "" {
		add(0, func(b *cryptobyte.Builder) { // RFC 6066 §3
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				b.AddUint8(0) // host_name
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(c.serverName)) })
			})
		})
	}
	if c.curves {
		add(10, func(b *cryptobyte.Builder) { // RFC 8422 §5.1.1: X25519, P-256, P-384, P-521
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, []uint16{29, 23, 24, 25}) })
		})
		add(11, func(b *cryptobyte.Builder) { // §5.1.2: uncompressed
			b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint8(0) })
		})
	}
	if c.version == versionTLS12 {
		add(13, func(b *cryptobyte.Builder) { // RFC 5246 §7.4.1.4.1, RFC 8446 §4.2.3
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, signatures) })
		})
	}
	add(extensionMasterSecret, func(*cryptobyte.Builder) {})
	add(extensionRenegotiation, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.verified) })
	})
}

// signatures are the algorithms offered: RSA-PSS, ECDSA, RSA and DSA, from
// SHA-256 up and at last with SHA-1.
var signatures = []uint16{
	0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601, 0x0402, 0x0201, 0x0203, 0x0202,
}

func addUint16s(b *cryptobyte.Builder, all []uint16) {
	for _, v := range all {
		b.AddUint16(v)
	}
}
