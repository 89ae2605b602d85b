package observe

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"

	"github.com/sealane/sealane/app/probe"
)

func hostileWeb() []hostile {
	web := func(write func(io.Writer)) func(*testing.T) *Network {
		return func(t *testing.T) *Network { return answering(t, &tls.Config{}, write, nil) }
	}
	const begin = "HTTP/1.1 200 OK\r\n"
	long, bomb := strings.Repeat("x", 1000), bomb()
	return []hostile{
		{"body without end", web(func(w io.Writer) { io.WriteString(w, begin+"\r\n"); flood(w, long) }), atPolicy, "200 true 1", ""},
		{"10 MB header", web(func(w io.Writer) { io.WriteString(w, begin+"X: "); plenty(w, long, tenMB) }), atPolicy, "0 false 1", probe.ReplyTooLong},
		{"headers without end", web(func(w io.Writer) { io.WriteString(w, begin); flood(w, "X-A: b\r\n") }), atPolicy, "0 false 1", probe.ReplyTooLong},
		{"interim answers without end", web(func(w io.Writer) { flood(w, "HTTP/1.1 103 Early Hints\r\n\r\n") }), atPolicy, "0 false 1", probe.ReplyMalformed},
		{"trailers without end", web(func(w io.Writer) {
			io.WriteString(w, begin+"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
			flood(w, "X-A: b\r\n")
		}), atPolicy, "200 false 1", probe.ReplyMalformed},
		{"chunks of one byte without end", web(func(w io.Writer) {
			io.WriteString(w, begin+"Transfer-Encoding: chunked\r\n\r\n")
			flood(w, strings.Repeat("1;"+long+"\r\na\r\n", 10))
		}), atPolicy, "200 false 1", probe.ReplyMalformed},
		{"header by the byte", web(func(w io.Writer) { io.WriteString(w, begin); drip(w, "X-A: b\r\n") }), atPolicy, "0 false 1", probe.ReplyTimeout},
		{"policy by the byte", web(func(w io.Writer) { io.WriteString(w, begin+"\r\n"); drip(w, "a") }), atPolicy, "200 false 1", probe.ReplyTimeout},
		{"gzip bomb", web(says(ok("Content-Encoding: gzip\r\n", bomb))), atPolicy, "200 false 1", ""},
		{"gzip bomb as transfer coding", web(says(begin + "Transfer-Encoding: gzip, chunked\r\n\r\n" + bomb)), atPolicy, "0 false 1", probe.ReplyMalformed},
		{"no TLS any more where the answer is due", inTheClear(""), atPolicy, "0 false 1", probe.TLSFailed},
		{"no TLS any more in the header", inTheClear(begin + "X-A: b\r\n"), atPolicy, "0 false 1", probe.TLSFailed},
		{"no TLS any more in the body", inTheClear(begin + "\r\nversion"), atPolicy, "200 false 1", probe.TLSFailed},
	}
}

// inTheClear is a policy host that leaves TLS after the beginning of its answer.
func inTheClear(begin string) func(*testing.T) *Network {
	return func(t *testing.T) *Network {
		certificate := (*issuer)(nil).issue(t, "mta-sts.example.com", nil).present()
		return facing(serve(t, func(conn net.Conn) {
			secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
			if _, err := http.ReadRequest(bufio.NewReader(secure)); err != nil {
				return
			}
			io.WriteString(secure, begin)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			silent(conn)
		}))
	}
}

// bomb is 30 MB of zeros in 30 KB.
func bomb() string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	plenty(w, strings.Repeat("\x00", 1<<16), 30<<20)
	w.Close()
	return b.String()
}

// hostileHTTP2 are policy hosts to which HTTP/1.1 is an alert. The first
// observation stands when what speaks HTTP/2 gives no answer.
func hostileHTTP2() (all []hostile) {
	add := func(name string, talk func(*tls.Conn)) {
		all = append(all, hostile{"HTTP/2: " + name, func(t *testing.T) *Network { return onlyHTTP2(t, true, talk) }, atPolicy, "0", probe.TLSAlert})
	}
	framed := func(write func(*http2.Framer)) func(*tls.Conn) {
		return func(conn *tls.Conn) {
			go io.Copy(io.Discard, conn)
			f := http2.NewFramer(conn, conn)
			f.WriteSettings()
			write(f)
		}
	}
	add("hangs up", func(conn *tls.Conn) {})
	add("silence", func(conn *tls.Conn) { io.Copy(io.Discard, conn) })
	add("not HTTP", func(conn *tls.Conn) {
		io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
		io.Copy(io.Discard, conn)
	})
	add("10 MB header", framed(func(f *http2.Framer) {
		// A literal field (RFC 7541 §6.2.1) whose value is 10 MB long.
		value := binary.AppendUvarint([]byte{0x88, 0x40, 1, 'x', 0x7f}, tenMB-127)
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: value})
		for sent := 0; sent < tenMB && f.WriteContinuation(1, false, make([]byte, 1<<14)) == nil; sent += 1 << 14 {
		}
	}))
	add("pings without end", framed(func(f *http2.Framer) {
		for f.WritePing(false, [8]byte{}) == nil {
		}
	}))
	add("settings without end", framed(func(f *http2.Framer) {
		for f.WriteSettings() == nil {
		}
	}))
	add("headers without end", framed(func(f *http2.Framer) {
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x88}})
		for f.WriteContinuation(1, false, make([]byte, 1000)) == nil {
		}
	}))
	add("header bomb", framed(func(f *http2.Framer) {
		// One indexed field (RFC 7541 §6.1) of 4 KB, 30 000 times.
		block := append([]byte{0x88, 0x40, 1, 'x', 0x7f, 0xe1, 0x1e}, strings.Repeat("y", 4064)...)
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block})
		for range 30 {
			f.WriteContinuation(1, false, bytes.Repeat([]byte{0xbe}, 1000))
		}
		f.WriteContinuation(1, true, nil)
	}))
	add("interim answers without end", handled(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			w.WriteHeader(http.StatusEarlyHints)
		}
	}))
	return all
}

// TestBombStays: what is compressed is kept as it came.
func TestBombStays(t *testing.T) {
	bomb := bomb()
	p := answering(t, &tls.Config{}, says(ok("Content-Encoding: gzip\r\n", bomb)), nil).Policy(context.Background(), domain)
	if p.ContentEncoding != "gzip" || string(p.Body) != bomb {
		t.Errorf("%d octets, %q", len(p.Body), p.ContentEncoding)
	}
}
