package observe

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// mailing gives the network of a healthy mail server, changed.
func mailing(change func(*testing.T, *mailer)) func(*testing.T) *Network {
	return func(t *testing.T) *Network {
		m := healthy(t)
		change(t, m)
		return facing(serve(t, m.handle))
	}
}

// plenty writes s until so many octets are written, or nobody reads.
func plenty(w io.Writer, s string, octets int) {
	for ; octets > 0; octets -= len(s) {
		if _, err := io.WriteString(w, s); err != nil {
			return
		}
	}
}

const tenMB = 10 << 20

func hostileMail() []hostile {
	banner := func(f func(net.Conn)) func(*testing.T) *Network {
		return mailing(func(_ *testing.T, m *mailer) { m.banner = f })
	}
	ehlo := func(f func(net.Conn)) func(*testing.T) *Network {
		return mailing(func(_ *testing.T, m *mailer) { m.ehlo = f })
	}
	chunk := strings.Repeat("b", 1000)
	return []hostile{
		{"banner line without end", banner(func(c net.Conn) { io.WriteString(c, "220 "); flood(c, chunk) }), atMail, "banner", probe.ReplyTooLong},
		{"banner of lines without end", banner(func(c net.Conn) { flood(c, "220-more\r\n") }), atMail, "banner", probe.ReplyTooLong},
		{"banner of empty lines", banner(func(c net.Conn) { flood(c, "\r\n") }), atMail, "banner", probe.ReplyMalformed},
		{"banner of zeros", banner(func(c net.Conn) { flood(c, strings.Repeat("\x00", 1000)) }), atMail, "banner", probe.ReplyTooLong},
		{"banner by the byte", banner(func(c net.Conn) { drip(c, "220-x\r\n") }), atMail, "banner", probe.ReplyTimeout},
		{"10 MB of EHLO lines", ehlo(func(c net.Conn) { plenty(c, "250-SIZE 1000\r\n", tenMB); text("250 STARTTLS")(c) }), atMail, "ehlo", probe.ReplyTooLong},
		{"10 MB of long EHLO lines", ehlo(func(c net.Conn) { plenty(c, "250-"+chunk+"\r\n", tenMB); text("250 STARTTLS")(c) }), atMail, "ehlo", probe.ReplyTooLong},
		{"EHLO by the byte", ehlo(func(c net.Conn) { drip(c, "250-x\r\n") }), atMail, "ehlo", probe.ReplyTimeout},
		{"10 MB in the clear behind STARTTLS", mailing(func(_ *testing.T, m *mailer) {
			m.config, m.starttls = nil, func(c net.Conn) { text("220 go")(c); plenty(c, "250 OK\r\n", tenMB) }
		}), atMail, "handshake", probe.ReplyMalformed},
		{"EHLO without end inside TLS", mailing(func(_ *testing.T, m *mailer) { m.ehloTLS = func(c net.Conn) { flood(c, "250-x\r\n") } }), atMail, "ehlo-tls 1", probe.ReplyTooLong},
		{"replies without end to MAIL", ehlo(func(c net.Conn) { text("250 x")(c); flood(c, "250-x\r\n") }), aside(probe.PlainMail), "ehlo", probe.ReplyTooLong},
	}
}

// afterHello writes what f does in answer to a ClientHello.
func afterHello(f func(net.Conn)) func(*testing.T) *Network {
	return mailing(func(_ *testing.T, m *mailer) {
		m.config, m.starttls = nil, func(c net.Conn) {
			text("220 go")(c)
			c.Read(make([]byte, 4096))
			go io.Copy(io.Discard, c)
			f(c)
		}
	})
}

func hostileTLS() []hostile {
	alerts := afterHello(func(c net.Conn) { flood(c, "\x15\x03\x03\x00\x02\x01\x70") }) // warnings: unrecognized_name
	empty := afterHello(func(c net.Conn) { flood(c, "\x16\x03\x03\x00\x00") })
	hello := strings.Replace(string(recordOf(recordHandshake, helloOf(versionTLS12, 0xc02f, 0))), "\x16\x03\x01", "\x16\x03\x03", 1)
	return []hostile{
		{"handshake by the byte", afterHello(func(c net.Conn) { drip(c, "\x16\x03\x03\x40\x00") }), atMail, "handshake", probe.TLSTimeout},
		{"hello by the byte", afterHello(func(c net.Conn) { drip(c, "\x16\x03\x03\x40\x00") }), aside(probe.OldTLS), "handshake", probe.TLSTimeout},
		{"alert storm", alerts, atMail, "handshake", probe.TLSFailed},
		{"alert storm at a hello of our own", alerts, aside(probe.OldTLS), "handshake", probe.TLSFailed},
		{"empty records", empty, atMail, "handshake", probe.TLSFailed},
		{"empty records at a hello of our own", empty, aside(probe.OnlyDHE), "handshake", probe.TLSFailed},
		{"hellos without end", afterHello(func(c net.Conn) { flood(c, hello) }), atMail, "handshake", probe.TLSFailed},
		{"a message of 16 MB", afterHello(func(c net.Conn) {
			io.WriteString(c, "\x16\x03\x03\x40\x00\x02\xff\xff\xff")
			flood(c, strings.Repeat("x", 1000))
		}), aside(probe.OnlyDHE), "handshake", probe.TLSFailed},
		{"alert storm inside TLS", insideTLS(warnings), atMail, "ehlo-tls 1", probe.TLSFailed},
		{"a reply in the clear inside TLS", insideTLS(func(c net.Conn, _ *protection) { io.WriteString(c, "250 in the clear\r\n") }), atMail, "ehlo-tls 1", probe.TLSFailed},
		{"a record that doesn't open", insideTLS(func(c net.Conn, p *protection) {
			p.sequence++
			c.Write(p.seal(recordApplication, []byte("250 x\r\n")))
		}), atMail, "ehlo-tls 1", probe.TLSFailed},
		{"an alert inside TLS", insideTLS(func(c net.Conn, p *protection) { c.Write(p.seal(recordAlert, []byte{2, 80})) }), atMail, "ehlo-tls 1", probe.TLSAlert},
		{"renegotiation loop", insideTLS(helloRequests), atMail, "ehlo-tls 1", probe.TLSFailed},
		{"renegotiation loop when we ask", insideTLS(helloRequests), aside(probe.OnlyRSA), "done", ""},
		{"data without end when we ask", insideTLS(func(c net.Conn, p *protection) {
			for some := make([]byte, 1000); ; {
				if _, err := c.Write(p.seal(recordApplication, some)); err != nil {
					return
				}
			}
		}), aside(probe.OnlyRSA), "done", ""},
	}
}

// warnings sends alerts that end nothing (RFC 5246 §7.2), without end.
func warnings(c net.Conn, p *protection) {
	for unrecognizedName := []byte{1, 112}; ; {
		if _, err := c.Write(p.seal(recordAlert, unrecognizedName)); err != nil {
			return
		}
	}
}

// helloRequests asks for a new handshake without end (RFC 5246 §7.4.1.1).
func helloRequests(c net.Conn, p *protection) {
	for {
		if _, err := c.Write(p.seal(recordHandshake, []byte{0, 0, 0, 0})); err != nil {
			return
		}
	}
}

// sent notes what is written below TLS.
type sent struct {
	net.Conn
	octets bytes.Buffer
}

func (s *sent) Write(b []byte) (int, error) {
	s.octets.Write(b)
	return s.Conn.Write(b)
}

// insideTLS is a mail server of TLS 1.2 that leaves the protocol after the
// handshake: f writes records protected as the server's.
func insideTLS(f func(net.Conn, *protection)) func(*testing.T) *Network {
	return func(t *testing.T) *Network {
		certificate := rsaCertificate(t)
		return facing(serve(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			text("220 x")(c)
			in.ReadString('\n')
			text("250-x", "250 STARTTLS")(c)
			in.ReadString('\n')
			text("220 go")(c)
			below := &sent{Conn: c}
			var keys keyLog
			secure := tls.Server(below, &tls.Config{
				Certificates: []tls.Certificate{certificate}, KeyLogWriter: &keys, MaxVersion: tls.VersionTLS12,
				CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
			})
			if secure.Handshake() != nil {
				return
			}
			both := tap{heard: below.octets.Bytes(), keys: keys}
			_, server, ok := both.protections(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
			if !ok {
				t.Error("no keys")
				return
			}
			c.SetReadDeadline(time.Now().Add(time.Second))
			c.Read(make([]byte, 4096))
			go io.Copy(io.Discard, c)
			f(c, &server)
		}))
	}
}
