package server

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// short are times in which a test can see a hostile client's end.
var short = times{header: 300 * time.Millisecond, body: 300 * time.Millisecond, idle: 300 * time.Millisecond, answer: 3 * time.Second}

// dialled is a connection that a test must not wait for.
func dialled(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

// drip writes a text an octet at a time until the other side has enough.
func drip(conn net.Conn, text string) {
	for i := range len(text) {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Headers and content that come an octet at a time end the connection, and so does
// one that never asks.
func TestSlowClients(t *testing.T) {
	s := start(t, nil)
	s.times = short
	address, stop := running(t, s, nil)
	long := strings.Repeat("x", 2000)
	for what, c := range map[string]struct {
		at, slowly string
		status     int // of the answer before the end; 0 for none
	}{
		"nothing":          {"", "", 0},
		"header":           {"GET / HTTP/1.1\r\nHost: x\r\n", "X-Slow: " + long, 0},
		"request line":     {"", "GET /" + long, 0},
		"content":          {"POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\nContent-Length: 2000\r\n\r\n", long, 400},
		"chunks":           {"POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\nTransfer-Encoding: chunked\r\n\r\n", "7d0\r\n" + long, 400},
		"content of a GET": {"GET /v1/policy?domain=example.com HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", long, 400},
		"unread content":   {"POST /v1/policy?domain=example.com HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", long, 405},
		"idle":             {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "", 200},
	} {
		t.Run(what, func(t *testing.T) {
			conn := dialled(t, address)
			io.WriteString(conn, c.at)
			go drip(conn, c.slowly)
			began := time.Now()
			heard, err := io.ReadAll(conn)
			var op *net.OpError
			if errors.As(err, &op) && op.Timeout() {
				t.Fatalf("still open after %v", time.Since(began))
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
			if c.status == 0 {
				return
			}
			if r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(heard)), nil); err != nil || r.StatusCode != c.status {
				t.Errorf("%v %q", err, heard)
			}
		})
	}
	stop()
}

// Content that comes slowly over HTTP/2 and HTTP/3 ends the request.
func TestSlowContentOnStreams(t *testing.T) {
	cert, pool := certificate(t)
	s := start(t, nil)
	s.times.body = 300 * time.Millisecond
	address, stop := running(t, s, cert)
	two, three := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}, &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	for version, transport := range map[int]http.RoundTripper{2: two, 3: three} {
		r, w := io.Pipe()
		request, err := http.NewRequest(http.MethodPost, "https://"+address+"/dns-query", r)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/dns-message")
		go w.Write([]byte{0})
		began := time.Now()
		answer, err := transport.RoundTrip(request)
		if err != nil || answer.StatusCode != http.StatusBadRequest {
			t.Errorf("HTTP/%d: %v %v", version, answer, err)
		} else {
			answer.Body.Close()
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("HTTP/%d: took %v", version, took)
		}
		w.Close()
	}
	two.CloseIdleConnections()
	three.Close()
	stop()
}

// Streams that are reset as soon as they are begun (CVE-2023-44487) leave no probe and
// don't keep others out.
func TestRapidResetHTTP2(t *testing.T) {
	cert, pool := certificate(t)
	s, count := waiting(t)
	address, stop := running(t, s, cert)
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, http2.ClientPreface)
	framer := http2.NewFramer(conn, conn)
	framer.WriteSettings()
	go io.Copy(io.Discard, conn)
	for i := range uint32(10_000) {
		var block bytes.Buffer
		fields := hpack.NewEncoder(&block)
		for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", address}, {":path", fmt.Sprintf("/v1/starttls?host=mx%d.example", i)}} {
			fields.WriteField(hpack.HeaderField{Name: f[0], Value: f[1], Sensitive: true})
		}
		if framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}) != nil ||
			framer.WriteRSTStream(2*i+1, http2.ErrCodeCancel) != nil {
			break // the server has had enough
		}
		if n := count.Load(); n > int32(2*s.probes.most) {
			t.Fatalf("%d questions at once", n)
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}, Timeout: 5 * time.Second}
	if r, _ := fetch(t, client, "https://"+address+"/healthz"); r.StatusCode != 200 {
		t.Errorf("another client: status %d", r.StatusCode)
	}
	conn.Close()
	client.CloseIdleConnections()
	settles(t, count, 0)
	stop()
	if s.probes.taken() != 0 || s.connections.taken() != 0 {
		t.Errorf("%d probes and %d connections left", s.probes.taken(), s.connections.taken())
	}
}

func TestRapidResetHTTP3(t *testing.T) {
	cert, pool := certificate(t)
	s, count := waiting(t)
	address, stop := running(t, s, cert)
	transport := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	for i := range 1000 {
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("https://%s/v1/starttls?host=mx%d.example", address, i), nil)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if r, err := transport.RoundTrip(request); err == nil {
				r.Body.Close()
			}
		}()
		runtime.Gosched()
		cancel()
		<-done
		if n := count.Load(); n > int32(2*s.probes.most) {
			t.Fatalf("%d questions at once", n)
		}
	}
	client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	if r, _ := fetch(t, client, "https://"+address+"/healthz"); r.StatusCode != 200 {
		t.Errorf("afterwards: status %d", r.StatusCode)
	}
	transport.Close()
	settles(t, count, 0)
	stop()
	if s.probes.taken() != 0 || s.packets.taken() != 0 {
		t.Errorf("%d probes and %d connections left", s.probes.taken(), s.packets.taken())
	}
}

// Headers and URLs without measure are refused.
func TestFloods(t *testing.T) {
	s := start(t, nil)
	address, stop := running(t, s, nil)
	lines := strings.Repeat("X-Flood: y\r\n", 100_000)
	for what, c := range map[string]struct {
		request string
		status  []int
	}{
		"many headers":    {"GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n", []int{431}},
		"a long path":     {"GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n", []int{431}},
		"a long query":    {"GET /dns-query?dns=" + strings.Repeat("A", 20_000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{414}},
		"many parameters": {"GET /v1/policy?" + strings.Repeat("domain=a.example&", 1500) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{400}},
		"a deep path":     {"GET " + strings.Repeat("/..", 8000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{200, 404}},
		"a name":          {"GET /v1/starttls?host=" + strings.Repeat("a.", 5000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{400}},
	} {
		t.Run(what, func(t *testing.T) {
			conn := dialled(t, address)
			go io.WriteString(conn, c.request)
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				if !isReset(err) {
					t.Error(err)
				}
				return
			}
			defer r.Body.Close()
			for _, want := range c.status {
				if r.StatusCode == want {
					return
				}
			}
			t.Errorf("status %d", r.StatusCode)
		})
	}
	stop()
}

// Over streams, too many header fields end the request and not the server.
func TestHeaderFloodOnStreams(t *testing.T) {
	cert, pool := certificate(t)
	address, stop := running(t, start(t, nil), cert)
	two, three := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}, &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	for version, transport := range map[int]http.RoundTripper{2: two, 3: three} {
		request, err := http.NewRequest(http.MethodGet, "https://"+address+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5000 {
			request.Header.Set(fmt.Sprintf("X-%d", i), strings.Repeat("y", 100))
		}
		if r, err := transport.RoundTrip(request); err == nil {
			if r.Body.Close(); r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("HTTP/%d: status %d", version, r.StatusCode)
			}
		}
		client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
		if r, _ := fetch(t, client, "https://"+address+"/healthz"); r.StatusCode != 200 {
			t.Errorf("HTTP/%d: afterwards status %d", version, r.StatusCode)
		}
	}
	two.CloseIdleConnections()
	three.Close()
	stop()
}

// Of ten thousand idle connections (or as many as files may be open) those over the
// limit are closed at once, and all are forgotten when they have gone.
func TestIdleConnections(t *testing.T) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	const limit = 200
	many := int(min(10_000, (files.Cur-limit-100)/2))
	s := start(t, func(c *Config) { c.Connections = limit })
	address, stop := running(t, s, nil)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var conns []net.Conn
	ended := 0
	for i := range many {
		conn, err := net.Dial("tcp", address)
		switch {
		case errors.Is(err, syscall.ECONNRESET):
			ended++
		case err != nil:
			t.Fatalf("connection %d: %v", i, err)
		default:
			conns = append(conns, conn)
		}
	}
	open := conns
	for began := time.Now(); len(open) > limit && time.Since(began) < 10*time.Second; {
		open = slices.DeleteFunc(slices.Clone(open), func(c net.Conn) bool {
			c.SetReadDeadline(time.Now().Add(2 * time.Millisecond))
			var timeout net.Error
			_, err := c.Read(make([]byte, 1))
			return err != nil && !(errors.As(err, &timeout) && timeout.Timeout())
		})
	}
	ended += len(conns) - len(open)
	if ended != many-limit {
		t.Errorf("%d of %d ended, want all but %d", ended, many, limit)
	}
	for _, c := range conns {
		c.Close()
	}
	for range 250 {
		if s.connections.taken() == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	if r, _ := fetch(t, client, "http://"+address+"/healthz"); r.StatusCode != 200 {
		t.Errorf("afterwards: status %d", r.StatusCode)
	}
	client.CloseIdleConnections()
	stop()
	conns, open = nil, nil
	if after := heap(); after > before+4<<20 {
		t.Errorf("%d octets more than before", after-before)
	}
	t.Logf("%d connections", many)
}
