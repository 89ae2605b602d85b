package observe

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
	"golang.org/x/net/http2"

	"github.com/sealane/sealane/app/probe"
)

// said is a connection on which a peer said its all already.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(b []byte) (int, error)  { return s.Reader.Read(b) }
func (s said) Write(b []byte) (int, error) { return len(b), nil }
func (said) SetDeadline(time.Time) error   { return nil }

// FuzzReplies: what is recorded is what was sent, octet by octet, and a reply
// written again reads the same.
func FuzzReplies(f *testing.F) {
	seeds := []string{
		"220 x\r\n", "220-a\r\n220 b\r\n", "220\r\n", "220-a\r\n250 b\r\n", "220 a\n250 b\n", "220 \xff\r\n", "220 a\rb\r\n", "220-\r\n",
		"999 x\r\n", "hello\r\n", "220 x\r\nleft over\r\nand more", strings.Repeat("250-x\r\n", probe.MaxReplyLines+1),
		"220 " + strings.Repeat("x", probe.MaxReplyLine) + "\r\n", strings.Repeat("250 "+strings.Repeat("y", 2000)+"\r\n", 17), "", "220 x", "\r\n",
	}
	if len(seeds) != 17 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		d := speak(said{Reader: bytes.NewReader(sent)}, time.Now(), time.Now().Add(time.Hour))
		var err error
		for err == nil {
			var r probe.Reply
			if r, err = d.hear(); len(r.Lines) > probe.MaxReplyLines {
				t.Fatalf("%d lines", len(r.Lines))
			}
			if err == nil {
				sameReply(t, r)
			}
		}
		if !errors.Is(err, errTooLong) {
			d.leftover()
		}
		var recorded []byte
		size := 0
		for _, l := range d.lines {
			size += len(withoutEnd(string(l.Raw)))
			if l.Raw == nil {
				size += len(l.Text)
				l.Raw = []byte(l.Text + "\r\n")
			}
			recorded = append(recorded, l.Raw...)
		}
		if !bytes.HasPrefix(sent, recorded) || size > probe.MaxDialogue {
			t.Errorf("recorded %q, %d octets", recorded, size)
		}
	})
}

// sameReply writes a reply and reads it again.
func sameReply(t *testing.T, r probe.Reply) {
	t.Helper()
	var b bytes.Buffer
	for i, l := range r.Lines {
		separator := byte('-')
		if i == len(r.Lines)-1 {
			separator = ' '
		}
		b.Write(append([]byte{byte('0' + r.Code/100), byte('0' + r.Code/10%10), byte('0' + r.Code%10), separator}, l+"\r\n"...))
	}
	again, err := speak(said{Reader: &b}, time.Now(), time.Now()).hear()
	// U+FFFD is longer than what it stands for.
	if err != nil && !errors.Is(err, errTooLong) || err == nil && (again.Code != r.Code || !slices.Equal(again.Lines, r.Lines)) {
		t.Errorf("%+v, then %+v %v", r, again, err)
	}
}

// FuzzRecords: both readers of TLS records say the same, and nothing opens that
// wasn't sealed.
func FuzzRecords(f *testing.F) {
	s := suites[tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
	aead, err := s.aead(make([]byte, s.key))
	if err != nil {
		f.Fatal(err)
	}
	direction := func() protection {
		return protection{aead: aead, iv: make([]byte, gcmSalt), explicit: gcmExplicit, sequence: 1}
	}
	out := direction()
	sealed := out.seal(recordHandshake, []byte("content"))
	seeds := [][]byte{nil, {22, 3, 3, 0, 0}, {21, 3, 1, 0, 2, 1, 112}, {22, 3, 3, 0xff, 0xff}, []byte("220 x\r\n"), sealed, sealed[:20], {23, 3, 3, 0, 1, 0},
		slices.Concat([]byte{22, 3, 0x30}, sealed[3:])}
	if len(seeds) != 9 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		header, body, err := readRecord(bytes.NewReader(sent))
		typ, same, rest, whole := nextRecord(sent)
		if err == nil && (!whole || typ != header[0] || !bytes.Equal(body, same) || len(header)+len(body)+len(rest) != len(sent)) {
			t.Errorf("%x %x, then %x %x", header, body, typ, same)
		}
		if err != nil {
			return
		}
		in := direction()
		// The version of a record is not authenticated here.
		if plain, err := in.open(header, body); err == nil && (header[0] != sealed[0] || !bytes.Equal(body, sealed[recordHeader:])) {
			t.Errorf("%x opens to %q", sent, plain)
		}
	})
}

// FuzzHTTP1: an answer of any kind keeps to the sizes, and is one or a failure.
func FuzzHTTP1(f *testing.F) {
	seeds := []string{
		ok("Content-Type: text/plain\r\n", policyBody), "HTTP/1.1 301 x\r\nLocation: /\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n", "HTTP/1.1 103 x\r\n\r\n" + ok("", "a"),
		"HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "\x00\x00\x12\x04\x00\x00\x00\x00\x00", "220 x\r\n", "",
		"HTTP/1.1 204 x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 200 OK\r\n x: y\r\n\r\n",
	}
	if len(seeds) != 13 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var p probe.Policy
		failure := get(context.Background(), said{Reader: bytes.NewReader(sent)}, host, policyPath, UserAgent, &p)
		keepsTo(t, p, failure)
	})
}

// keepsTo holds a policy answer to the limits of the contract.
func keepsTo(t *testing.T, p probe.Policy, failure *probe.Failure) {
	t.Helper()
	if failure == nil && (p.Status < 100 || p.Status > 999) || failure != nil && failure.Class.Own() {
		t.Errorf("status %d, %v", p.Status, failure)
	}
	if len(p.Body) > probe.MaxPolicyBody || p.Truncated && len(p.Body) != probe.MaxPolicyBody || len(p.ContentType) > maxTypes {
		t.Errorf("%d octets, %d types", len(p.Body), len(p.ContentType))
	}
	for _, v := range append(p.ContentType, p.Location, p.ContentEncoding, p.Age, p.Server) {
		if len(v) > 3*probe.MaxHeaderLength { // U+FFFD is longer than what it stands for
			t.Errorf("a header of %d octets", len(v))
		}
	}
}

// FuzzHTTP2 sends frames behind a handshake that agreed on HTTP/2.
func FuzzHTTP2(f *testing.F) {
	frames := func(write func(*http2.Framer)) []byte {
		var b bytes.Buffer
		framer := http2.NewFramer(&b, nil)
		framer.WriteSettings()
		write(framer)
		return b.Bytes()
	}
	seeds := [][]byte{
		frames(func(f *http2.Framer) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x88}, EndHeaders: true})
			f.WriteData(1, true, []byte(policyBody))
		}),
		frames(func(f *http2.Framer) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte("\x88\x40\x01x\x01y")})
			f.WriteContinuation(1, true, []byte("\x5f\x0atext/plain"))
			f.WriteData(1, false, []byte("abc"))
		}),
		frames(func(f *http2.Framer) { f.WriteRSTStream(1, http2.ErrCodeRefusedStream) }),
		frames(func(f *http2.Framer) { f.WriteGoAway(0, http2.ErrCodeNo, nil) }),
		frames(func(f *http2.Framer) { f.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2}) }),
		frames(func(f *http2.Framer) { f.WriteWindowUpdate(0, 1<<31-1) }),
		frames(func(f *http2.Framer) { f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1}) }),
		nil, []byte("HTTP/1.1 200 OK\r\n\r\n"),
	}
	if len(seeds) != 9 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	certificate := (*issuer)(nil).issue(f, "mx.example.com", nil).present()
	f.Fuzz(func(t *testing.T, sent []byte) {
		near, far := net.Pipe()
		defer near.Close()
		end := time.Now().Add(5 * time.Second)
		near.SetDeadline(end)
		far.SetDeadline(end)
		go func() {
			defer far.Close()
			secure := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
			if secure.Handshake() != nil {
				return
			}
			go io.Copy(io.Discard, secure)
			secure.Write(sent)
			secure.CloseWrite()
		}()
		ctx, cancel := context.WithDeadline(context.Background(), end)
		defer cancel()
		n := &Network{Roots: x509.NewCertPool()}
		p := probe.Policy{URL: "https://mx.example.com" + policyPath}
		start := time.Now()
		failure := n.fetchOverHTTP2(ctx, &metered{Conn: near, left: maxHeader + maxHTTP}, host, &p)
		keepsTo(t, p, failure)
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// FuzzStaple: only the issuer's word on this certificate revokes it.
func FuzzStaple(f *testing.F) {
	now := time.Now()
	// One key for all processes that fuzz, so that what one signed another takes.
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	root := &issuer{&x509.Certificate{Subject: pkix.Name{CommonName: "root"}}, key}
	root.cert = certify(f, &key.PublicKey, root, authority)
	leaf := root.issue(f, "mx.example.com", func(c *x509.Certificate) { c.SerialNumber = big.NewInt(7) })
	staple := func(status int, change func(*ocsp.Response)) []byte {
		r := ocsp.Response{Status: status, SerialNumber: leaf.cert.SerialNumber, ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)}
		if change != nil {
			change(&r)
		}
		der, err := ocsp.CreateResponse(root.cert, root.cert, r, root.key)
		if err != nil {
			f.Fatal(err)
		}
		return der
	}
	good := staple(ocsp.Revoked, nil)
	seeds := [][]byte{
		good, staple(ocsp.Good, nil), staple(ocsp.Unknown, nil), staple(ocsp.Revoked, func(r *ocsp.Response) { r.NextUpdate = now.Add(-time.Minute) }),
		staple(ocsp.Revoked, func(r *ocsp.Response) { r.Certificate = root.cert }), good[:len(good)/2], []byte("hello"), nil, {0x30, 3, 0x0a, 1, 6},
	}
	if len(seeds) != 9 || !revoked(good, []*x509.Certificate{leaf.cert, root.cert}, now) {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		if !revoked(sent, []*x509.Certificate{leaf.cert, root.cert}, now) {
			return
		}
		response, err := ocsp.ParseResponse(sent, root.cert)
		if err != nil || response.Status != ocsp.Revoked || response.SerialNumber.Cmp(leaf.cert.SerialNumber) != 0 {
			t.Errorf("%x revokes", sent)
		}
	})
}

// FuzzDirectAnswer: what is taken for an answer is one.
func FuzzDirectAnswer(f *testing.F) {
	query := directQuery(aboutMX[0])
	query[0], query[1] = 0, 0
	respond := func(change func([]byte)) []byte {
		b := bytes.Clone(query)
		b[2] |= 0x80
		change(b)
		return b
	}
	seeds := [][]byte{
		respond(func([]byte) {}), respond(func(b []byte) { b[2] = 0 }), respond(func(b []byte) { b[0] = 1 }), respond(func(b []byte) { b[13]++ }),
		dnsMessage(query, 10000, nil), dnsMessage(query, 0, selfName), dnsMessage(query, 0, mutual), dnsMessage(query, 0, otherName), nil,
		append(query[:2:2], 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0), query[:12],
	}
	if len(seeds) != 11 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		wire, err := overUDP(said{Reader: bytes.NewReader(sent)}, query)
		if err == nil && (!answers(wire, query) || !bytes.HasPrefix(sent, wire) || wire[2]&0x80 == 0) {
			t.Errorf("%x is an answer", wire)
		}
		framed := binary.BigEndian.AppendUint16(nil, uint16(min(len(sent), 0xffff)))
		stream, streamErr := overTCP(said{Reader: bytes.NewReader(append(framed, sent...))}, query)
		if err == nil && len(sent) <= 0xffff && (streamErr != nil || !bytes.Equal(stream, wire)) {
			t.Errorf("over UDP %x, over TCP %x %v", wire, stream, streamErr)
		}
	})
}
