package server

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"

	"github.com/sealane/sealane/app/doh"
)

// A client that doesn't read its answer is waited for only so long.
func TestUnreadAnswers(t *testing.T) {
	cert, pool := certificate(t)
	s := start(t, func(c *Config) { c.Site = fstest.MapFS{"index.html": {Data: make([]byte, 16<<20)}} })
	s.times.answer = time.Second
	address, stop := running(t, s, cert)
	config := &tls.Config{RootCAs: pool}
	one, two, three := &http.Transport{TLSClientConfig: config.Clone()}, &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}, &http3.Transport{TLSClientConfig: config}
	for version, transport := range map[int]http.RoundTripper{1: one, 2: two, 3: three} {
		request, err := http.NewRequest(http.MethodGet, "https://"+address+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(request)
		if err != nil || answer.ProtoMajor != version {
			t.Fatalf("HTTP/%d: %v %v", version, answer, err)
		}
		began := time.Now()
		for s.drain.now() > 0 && time.Since(began) < 4*time.Second {
			time.Sleep(20 * time.Millisecond)
		}
		if running, took := s.drain.now(), time.Since(began); running > 0 || took < 500*time.Millisecond {
			t.Errorf("HTTP/%d: after %v %d requests run", version, took, running)
		}
		answer.Body.Close()
	}
	one.CloseIdleConnections()
	two.CloseIdleConnections()
	three.Close()
	stop()
}

// Nor is one whose windows are so large that the line alone stops the answer: there
// neither net/http's time for an answer nor that for an idle connection ends it.
func TestUnreadLine(t *testing.T) {
	cert, pool := certificate(t)
	s := start(t, func(c *Config) { c.Site = fstest.MapFS{"index.html": {Data: make([]byte, 16<<20)}} })
	s.times.answer, s.times.idle, s.times.header = time.Second, time.Second, time.Second
	address, stop := running(t, s, cert)
	line, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(line, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"h2"}})
	defer conn.Close()
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	const window = 1 << 30
	f := http2.NewFramer(conn, conn)
	for _, err := range []error{
		f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window}), f.WriteWindowUpdate(0, window),
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true, BlockFragment: []byte{0x82, 0x84, 0x87, 0x41, 1, 'x'}}), // GET / of x (RFC 7541 §A)
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, some := range []bool{true, false} { // it runs, and ends
		for began := time.Now(); (s.drain.now() > 0) != some || s.connections.taken() > 0 != some; time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%d requests run, %d connections", s.drain.now(), s.connections.taken())
			}
		}
	}
	stop()
}

// now is how many requests run.
func (d *drain) now() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running
}

// unread takes an answer's body only when it is let.
type unread struct {
	*httptest.ResponseRecorder
	writing, let chan struct{}
}

func (u *unread) Write(b []byte) (int, error) {
	close(u.writing)
	<-u.let
	return u.ResponseRecorder.Write(b)
}

// While an answer is read, its place is another's.
func TestPlacesOfUnreadAnswers(t *testing.T) {
	s := start(t, func(c *Config) { c.Probes, c.Queries = 1, 1 })
	for _, target := range []string{"/v1/starttls?host=mx.example.com", relayed(doh.Query(name, doh.TypeMX, true))} {
		slow := &unread{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
		done := make(chan struct{})
		go func() { defer close(done); s.ServeHTTP(slow, httptest.NewRequest(http.MethodGet, target, nil)) }()
		<-slow.writing
		if r := get(s, target); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", target, r.StatusCode)
		}
		close(slow.let)
		<-done
	}
}
