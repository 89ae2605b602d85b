package observe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/probe"
)

// helloOf makes a ServerHello without its record.
func helloOf(version, cipher uint16, compression byte, extensions ...byte) []byte {
	body := append(binary.BigEndian.AppendUint16(nil, version), bytes.Repeat([]byte{7}, 32)...)
	body = append(binary.BigEndian.AppendUint16(append(body, 0), cipher), compression)
	if extensions != nil {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(extensions))), extensions...)
	}
	return message(2, body...)
}

func message(typ byte, body ...byte) []byte {
	return append([]byte{typ, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func recordOf(typ byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append([]byte{typ, 3, 1, byte(len(body) >> 8), byte(len(body))}, body...)
}

// primeOf is a ServerKeyExchange with a prime of so many octets, the first one
// given.
func primeOf(octets int, first byte) []byte {
	p := append([]byte{first}, bytes.Repeat([]byte{0xff}, octets-1)...)
	return message(12, append(binary.BigEndian.AppendUint16(nil, uint16(octets)), p...)...)
}

// flights are what servers may send; they are the fuzz test's seeds too.
var flights = []struct {
	name string
	sent []byte
	want *probe.ServerHello
	err  error
}{
	{"SSL 3.0", recordOf(22, helloOf(0x0300, 0x000a, 0)), &probe.ServerHello{Version: 0x0300, Cipher: 0x000a}, nil},
	{"compression", recordOf(22, helloOf(0x0303, 0x002f, 1)), &probe.ServerHello{Version: 0x0303, Cipher: 0x002f, Compression: 1}, nil},
	{"extensions", recordOf(22, helloOf(0x0302, 0x002f, 0, 0, 23, 0, 0, 0xff, 1, 0, 1, 0)),
		&probe.ServerHello{Version: 0x0302, Cipher: 0x002f, ExtendedMasterSecret: true, SecureRenegotiation: true}, nil},
	{"DHE of 512 bits", recordOf(22, helloOf(0x0301, 0x0033, 0), message(11, 0, 0, 0), primeOf(64, 0x80), message(14)),
		&probe.ServerHello{Version: 0x0301, Cipher: 0x0033, DHBits: 512}, nil},
	{"DHE of 1023 bits behind zeros", recordOf(22, helloOf(0x0303, 0x009e, 0), message(12, append([]byte{0, 129, 0, 0x7f}, bytes.Repeat([]byte{1}, 127)...)...)),
		&probe.ServerHello{Version: 0x0303, Cipher: 0x009e, DHBits: 1023}, nil},
	{"ECDHE over records", append(recordOf(22, helloOf(0x0303, 0xc02f, 0)[:20]), append(recordOf(22, helloOf(0x0303, 0xc02f, 0)[20:], message(12, 3)[:2]), recordOf(22, message(12, 3, 0, 29)[2:])...)...),
		&probe.ServerHello{Version: 0x0303, Cipher: 0xc02f, Group: 29}, nil},
	{"ECDHE", recordOf(22, helloOf(0x0303, 0xc02f, 0), message(12, 3, 0, 29, 32)), &probe.ServerHello{Version: 0x0303, Cipher: 0xc02f, Group: 29}, nil},
	{"no key exchange", recordOf(22, helloOf(0x0303, 0xc02f, 0), message(14)), &probe.ServerHello{Version: 0x0303, Cipher: 0xc02f}, nil},
	{"TLS 1.3", recordOf(22, helloOf(0x0303, 0x1301, 0, 0, 43, 0, 2, 3, 4)), nil, nil},
	{"warning first", append(recordOf(21, []byte{1, 112}), recordOf(22, helloOf(0x0303, 0x002f, 0))...), &probe.ServerHello{Version: 0x0303, Cipher: 0x002f}, nil},
	{"cut behind the hello", recordOf(22, helloOf(0x0303, 0x0033, 0)), &probe.ServerHello{Version: 0x0303, Cipher: 0x0033}, io.EOF},
	{"alert", recordOf(21, []byte{2, 40}), nil, alertError(40)},
	{"close_notify", recordOf(21, []byte{1, 0}), nil, alertError(0)},
	{"nothing", nil, nil, io.EOF},
	{"SMTP", []byte("250 ok\r\n"), nil, errNotTLS},
	{"data", recordOf(23, []byte("hello")), nil, errNotTLS},
	{"SSL 2.0", []byte{0x80, 0x2e, 4, 0, 1, 0, 2}, nil, errNotTLS},
	{"key exchange first", recordOf(22, primeOf(64, 1)), nil, errBadFlight},
	{"two hellos", recordOf(22, helloOf(0x0303, 0x0033, 0), helloOf(0x0303, 0x0033, 0)), &probe.ServerHello{Version: 0x0303, Cipher: 0x0033}, errBadFlight},
	{"version 4", recordOf(22, helloOf(0x0400, 0x0033, 0)), nil, errBadFlight},
	{"extensions cut", recordOf(22, helloOf(0x0303, 0x0033, 0, 0, 23, 0)), nil, errBadFlight},
	{"endless message", recordOf(22, []byte{2, 255, 255, 255}), nil, errLongFlight},
	{"endless warnings", bytes.Repeat(recordOf(21, []byte{1, 112}), maxFlight/7+1), nil, errLongFlight},
}

func TestFlights(t *testing.T) {
	for _, c := range flights {
		f, err := readFlight(bytes.NewReader(c.sent))
		if diff := cmp.Diff(c.want, f.hello); diff != "" || !errors.Is(err, c.err) {
			t.Errorf("%s: %v\n%s", c.name, err, diff)
		}
	}
}

func FuzzFlight(f *testing.F) {
	if len(flights) != 23 {
		f.Fatalf("%d seeds", len(flights))
	}
	for _, c := range flights {
		f.Add(c.sent)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		got, err := readFlight(bytes.NewReader(sent))
		if err == nil && !got.done {
			t.Error("neither done nor an error")
		}
		if h := got.hello; h != nil && (h.Version>>8 != 3 || h.DHBits < 0 || h.DHBits > 8*0xffff || len(got.random) != 32) {
			t.Errorf("%+v", h)
		}
		// Cut anywhere, it never says another version or suite.
		for _, at := range []int{len(sent) / 2, len(sent) - 1} {
			if at < 0 {
				continue
			}
			if part, _ := readFlight(bytes.NewReader(sent[:at])); part.hello != nil && got.hello != nil &&
				(part.hello.Version != got.hello.Version || part.hello.Cipher != got.hello.Cipher) {
				t.Errorf("%+v of a part, %+v of the whole", part.hello, got.hello)
			}
		}
		(&tap{heard: sent, keys: keyLog{traffic: make([]byte, 32)}}).earlyData(0x1301)
		largestEarlyData(sent)
	})
}

// TestSSL3: an old server's hello, with compression, as no library of today
// sends it.
func TestSSL3(t *testing.T) {
	m := healthy(t)
	m.config = nil
	heard := make(chan []byte, 1)
	m.starttls = func(c net.Conn) {
		text("220 go")(c)
		b := make([]byte, 4096)
		n, _ := c.Read(b)
		heard <- b[:n]
		c.Write(recordOf(22, helloOf(0x0300, 0x0016, 1), primeOf(96, 0xff)))
		c.Read(b)
	}
	a := once(t, facing(serve(t, m.handle)), probe.SSL3)
	want := &probe.ServerHello{Version: 0x0300, Cipher: 0x0016, Compression: 1, DHBits: 768}
	if diff := cmp.Diff(want, a.Hello); diff != "" || a.Failure != nil {
		t.Errorf("%v\n%s", a.Failure, diff)
	}
	// SSL 3.0 in record and hello, no extensions behind "no compression".
	if b := <-heard; len(b) < 50 || b[1] != 3 || b[2] != 0 || b[9] != 3 || b[10] != 0 || !bytes.HasSuffix(b, []byte{0, 0xff, 1, 0}) {
		t.Errorf("hello %x", b)
	}
	n := facing(serve(t, m.handle))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, a := range n.STARTTLS(ctx, host, probe.SSL3).Addresses {
		wantFailure(t, a.Asides[0].Failure, probe.Canceled)
	}
}
