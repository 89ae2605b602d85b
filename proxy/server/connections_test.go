package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/time/rate"
)

// line gives prepared connections, then an error.
type line struct{ conns []net.Conn }

func (l *line) Accept() (net.Conn, error) {
	if len(l.conns) == 0 {
		return nil, net.ErrClosed
	}
	c := l.conns[0]
	l.conns = l.conns[1:]
	return c, nil
}
func (l *line) Close() error   { return nil }
func (l *line) Addr() net.Addr { return nil }

// caller is a connection from an address that notes its end.
type caller struct {
	net.Conn
	from   string
	closed *bool
}

func (c caller) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.from))
}
func (c caller) Close() error { *c.closed = true; return nil }

// A client's connections are counted: those too many are closed unread, those of a
// reverse proxy are everybody's, and who closes one has room again.
func TestConnectionsOfAClient(t *testing.T) {
	var m metered
	s := start(t, func(c *Config) {
		c.Connections, c.ConnectionsEach, c.Meter = 9, 2, &m
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	})
	closed := make([]bool, 13)
	var l line
	for i, from := range []string{
		"192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3", "192.0.2.2:1", "[2001:db8::1]:1", "[2001:db8:0:ff::1]:1", "[2001:db8:0:1::1]:1",
		"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "198.51.100.1:1", "198.51.100.1:2", "198.51.100.1:3",
	} {
		l.conns = append(l.conns, caller{from: from, closed: &closed[i]})
	}
	listener := counted{&l, s, false}
	var taken []net.Conn
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			break
		}
		taken = append(taken, conn)
	}
	want := []bool{2: true, 6: true, 11: true, 12: true}
	for i := range want {
		if closed[i] != want[i] {
			t.Errorf("connection %d: closed %v", i, closed[i])
		}
	}
	m.want(t, "refused", map[string]int{"connection client": 2, "connection busy": 2})
	for _, c := range taken {
		c.Close()
		c.Close() // net/http may
	}
	if s.connections.running != 0 || len(s.connections.clients) != 0 {
		t.Errorf("%+v", s.connections)
	}
}

// retries counts the Retry packets that a client gets (RFC 9000 §17.2.5).
type retries struct {
	net.PacketConn
	count atomic.Int32
}

func (r *retries) ReadFrom(b []byte) (int, net.Addr, error) {
	n, at, err := r.PacketConn.ReadFrom(b)
	if n > 0 && b[0]&0xF0 == 0xF0 { // long header, type 3
		r.count.Add(1)
	}
	return n, at, err
}

// Under load, who begins over QUIC must show that it is where it says: by Retry.
func TestAddressValidation(t *testing.T) {
	cert, pool := certificate(t)
	s := start(t, nil)
	s.unproven = rate.NewLimiter(0, 3)
	address, stop := running(t, s, cert)
	for i := range 6 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		counter := &retries{PacketConn: udp}
		local := &quic.Transport{Conn: counter}
		transport := &http3.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool},
			Dial: func(ctx context.Context, address string, config *tls.Config, quicConfig *quic.Config) (*quic.Conn, error) {
				at, err := net.ResolveUDPAddr("udp", address)
				if err != nil {
					return nil, err
				}
				return local.DialEarly(ctx, at, config, quicConfig)
			},
		}
		r, _ := fetch(t, &http.Client{Transport: transport, Timeout: 5 * time.Second}, "https://"+address+"/healthz")
		if r.StatusCode != 200 {
			t.Errorf("client %d: status %d", i, r.StatusCode)
		}
		if got, want := counter.count.Load() > 0, i >= 3; got != want {
			t.Errorf("client %d: Retry sent: %v", i, got)
		}
		transport.Close()
		local.Close()
		udp.Close()
	}
	stop()
}

// Connections over QUIC are as many as allowed, and leave when they end.
func TestConnectionsOverQUIC(t *testing.T) {
	cert, pool := certificate(t)
	s := start(t, func(c *Config) { c.Connections = 2 })
	address, stop := running(t, s, cert)
	var open []*http3.Transport
	for i := range 4 {
		transport := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
		open = append(open, transport)
		r, err := (&http.Client{Transport: transport, Timeout: 5 * time.Second}).Get("https://" + address + "/healthz")
		if (err == nil) != (i < 2) {
			t.Errorf("connection %d: %v", i, err)
		}
		if err == nil {
			r.Body.Close()
		}
	}
	for _, transport := range open {
		transport.Close()
	}
	for range 250 {
		if s.packets.taken() == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n := s.packets.taken(); n != 0 {
		t.Errorf("%d connections counted after their end", n)
	}
	stop()
}
