package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/time/rate"

	"github.com/sealane/sealane/app/probe"
)

// Connections over QUIC may begin without proof that their address is the sender's
// own, so many at once and so many a second. Beyond that a client is sent a Retry
// first (RFC 9000 §8.1.2): one round trip more, and nobody is answered who is not
// there.
const (
	unprovenBurst = 64
	unprovenRate  = rate.Limit(32)
)

// errTooMany refuses a connection over QUIC.
var errTooMany = errors.New("server: too many connections")

// counted is a listener whose connections are counted, in all and for each client.
// Those that are too many are closed at once. Where HTTP/2 may be spoken their writes
// are gathered.
type counted struct {
	net.Listener
	s       *Server
	gathers bool
}

// Accept gives the next connection that isn't one too many.
func (c counted) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		leave, limit := c.s.connections.take(c.s.peer(conn.RemoteAddr()))
		if limit == "" {
			conn = &countedConn{Conn: conn, leave: sync.OnceFunc(leave)}
			if c.gathers {
				conn = gather(conn, c.s.times.answer)
			}
			return conn, nil
		}
		c.s.config.Meter.Refused("connection", limit)
		if tcp, is := conn.(*net.TCPConn); is {
			tcp.SetLinger(0) // a reset: nothing of it stays here
		}
		conn.Close()
	}
}

// countedConn leaves its place when it is closed.
type countedConn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *countedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// peer is whom a connection counts for: nobody on loopback or in front of us, where
// one peer has the connections of all.
func (s *Server) peer(at net.Addr) netip.Prefix {
	from, err := netip.ParseAddrPort(at.String())
	if ip := from.Addr().Unmap(); err == nil && !ip.IsLoopback() && !s.trusts(ip) {
		return customer(ip)
	}
	return netip.Prefix{}
}

// listenQUIC takes connections for HTTP/3, as many as those over TCP. What it gives
// ends them.
func (s *Server) listenQUIC(udp net.PacketConn, config *tls.Config) (http3.QUICListener, func(), error) {
	transport := &quic.Transport{
		Conn:                udp,
		VerifySourceAddress: func(net.Addr) bool { return !s.unproven.Allow() },
		ConnContext: func(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
			leave, limit := s.packets.take(s.peer(info.RemoteAddr))
			if limit != "" {
				s.config.Meter.Refused("connection", limit)
				return nil, errTooMany
			}
			context.AfterFunc(ctx, leave)
			return ctx, nil
		},
	}
	listener, err := transport.ListenEarly(http3.ConfigureTLSConfig(config), &quic.Config{
		HandshakeIdleTimeout: s.times.header,
		MaxIdleTimeout:       s.times.idle,
		MaxIncomingStreams:   streams,
	})
	if err != nil {
		transport.Close()
		return nil, nil, err
	}
	return listener, func() { listener.Close(); transport.Close() }, nil
}

// times are how long a visitor's connection may take. There is no limit on reading
// as a whole: it would end requests that wait for a slow mail server.
type times struct {
	header time.Duration // one request's header, or a handshake
	body   time.Duration // the content of a POST
	idle   time.Duration // between requests
	answer time.Duration // from a request's header to the end of its answer
}

var usualTimes = times{
	header: 10 * time.Second, body: 10 * time.Second, idle: 2 * time.Minute,
	answer: 2*probe.ProbeTimeout + probe.PolicyTimeout,
}
