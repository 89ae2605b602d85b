package observe

import (
	"encoding/hex"
	"net"
	"strings"
)

// maxTapped is how many octets of what a peer sends a tap keeps.
const maxTapped = 64 << 10

// tap is a connection below TLS. It notes what crypto/tls doesn't tell: the
// alert that our own side of a handshake sent in the clear, which is the only
// exact word on why it gave up, and what the peer sent.
type tap struct {
	net.Conn
	alert uint8
	heard []byte // at most maxTapped octets
	keys  keyLog // filled when it is the configuration's KeyLogWriter
}

// Write passes p on. An alert record is 21, version, length 2, level, number
// (RFC 8446 §5.1).
func (t *tap) Write(p []byte) (int, error) {
	if len(p) == 7 && p[0] == recordAlert && p[3] == 0 && p[4] == 2 {
		t.alert = p[6]
	}
	return t.Conn.Write(p)
}

// Read notes what is read.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if n > 0 {
		t.heard = append(t.heard, p[:min(n, maxTapped-len(t.heard))]...)
	}
	return n, err
}

// keyLog takes the secrets of a session from crypto/tls, which writes them in
// the format of SSLKEYLOGFILE: label, client random, secret.
type keyLog struct {
	random  []byte // the client's
	master  []byte // of TLS 1.2 or older
	traffic []byte // the server's, TLS 1.3
}

// Write takes one line.
func (k *keyLog) Write(line []byte) (int, error) {
	words := strings.Fields(string(line))
	if len(words) != 3 {
		return len(line), nil
	}
	random, err := hex.DecodeString(words[1])
	secret, err2 := hex.DecodeString(words[2])
	if err != nil || err2 != nil {
		return len(line), nil
	}
	switch words[0] {
	case "CLIENT_RANDOM":
		k.random, k.master = random, secret
	case "SERVER_TRAFFIC_SECRET_0":
		k.traffic = secret
	}
	return len(line), nil
}
