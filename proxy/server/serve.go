package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go/http3"
)

// Limits of a visitor's connections. A page asks for some 60 answers at once.
const (
	farewellTimeout = 5 * time.Second // of connections whose requests have ended
	lastPackets     = time.Second     // the same over HTTP/3: for those that were lost, see stop
	maxHeaderBytes  = 32 << 10
	streams         = 128 // of one connection over HTTP/2 or HTTP/3
)

// Serve listens on "host:port" and answers until ctx is done; then the requests
// that run have their grace, and others are refused. With secure, which has the
// certificates, it speaks HTTP/1.1, HTTP/2 and HTTP/3 on the same port and says so
// by Alt-Svc (RFC 9114 §3.1.1); without, plain HTTP/1.1. ready is called once,
// with the address, when requests are taken. The error is nil after ctx has ended
// it, which is once only: a server doesn't serve again.
func (s *Server) Serve(ctx context.Context, listen string, secure *tls.Config, ready func(addr net.Addr)) error {
	tcp, udp, err := sockets(ctx, listen, secure != nil)
	if err != nil {
		return err
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	plain := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.times.header,
		WriteTimeout:      s.times.answer,
		IdleTimeout:       s.times.idle,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext:       untold,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: streams},
		ErrorLog:          log.New(connectionLog{s.log}, "", 0),
	}
	ended := make(chan error, 2)
	var over3 *http3.Server
	if secure == nil {
		go func() { ended <- plain.Serve(counted{tcp, s, false}) }()
	} else {
		defer udp.Close()
		secure = secure.Clone()
		secure.MinVersion = tls.VersionTLS12
		packets, closePackets, err := s.listenQUIC(udp, secure)
		if err != nil {
			tcp.Close()
			return err
		}
		defer closePackets()
		over3 = &http3.Server{Handler: s, MaxHeaderBytes: maxHeaderBytes, IdleTimeout: s.times.idle}
		gathering(secure)
		plain.TLSConfig = secure
		plain.Handler = advertising(s, tcp.Addr())
		go func() { ended <- over3.ServeListener(packets) }()
		go func() { ended <- plain.ServeTLS(counted{tcp, s, true}, "", "") }()
	}
	if ready != nil {
		ready(tcp.Addr())
	}
	var until time.Time
	select {
	case <-ctx.Done():
		err, until = nil, time.Now().Add(s.config.Grace)
		s.finish()
		cancel()
	case err = <-ended:
	}
	s.stop(plain, over3, until)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// told is the key, in the context of a connection, of whether its client knows where
// HTTP/3 is.
type told struct{}

// untold begins a connection's context.
func untold(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, told{}, new(atomic.Bool))
}

// advertising tells clients of other versions where HTTP/3 is, once a connection:
// they remember it (RFC 7838 §2.2).
func advertising(next http.Handler, at net.Addr) http.Handler {
	service := []string{fmt.Sprintf(`h3=":%d"; ma=86400`, at.(*net.TCPAddr).Port)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if told, is := r.Context().Value(told{}).(*atomic.Bool); !is || told.CompareAndSwap(false, true) {
			w.Header()["Alt-Svc"] = service
		}
		next.ServeHTTP(w, r)
	})
}

// finish lets no more requests in and waits for those that run, as long as their
// grace is.
func (s *Server) finish() {
	running := s.drain.begin()
	if running == 0 {
		return
	}
	s.log.Info("about to end: waiting for requests", "running", running, "at most", s.config.Grace)
	select {
	case <-s.drain.empty:
	case <-time.After(s.config.Grace):
		s.log.Warn("ended before all requests had", "running", s.drain.begin())
	}
}

// stop closes the connections, once each has said all it has to. What was said may not
// have left yet (see gathered), and has until the end of the grace. Over HTTP/3 nobody
// knows when that is: browsers keep a connection that is idle in spite of GOAWAY, and we
// may close it (RFC 9114 §5.2). The end of an answer that was lost has the time in which
// it is sent again when nothing is known of the line (RFC 9002 §6.2.2).
func (s *Server) stop(plain *http.Server, over3 *http3.Server, until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), farewellTimeout)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if over3 != nil {
			ctx, cancel := context.WithTimeout(ctx, lastPackets)
			defer cancel()
			_ = over3.Shutdown(ctx)
			_ = over3.Close()
		}
	}()
	if plain.Shutdown(ctx) != nil {
		_ = plain.Close()
	}
	for s.connections.taken() > 0 && (ctx.Err() == nil || time.Now().Before(until)) {
		time.Sleep(time.Millisecond)
	}
	<-done
}

// sockets opens the TCP port, and the UDP port of the same number for HTTP/3.
// A port of the system's choice may be taken over UDP; then another is tried.
func sockets(ctx context.Context, listen string, both bool) (net.Listener, net.PacketConn, error) {
	var config net.ListenConfig
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, nil, err
	}
	for try := 0; ; try++ {
		tcp, err := config.Listen(ctx, "tcp", listen)
		if err != nil || !both {
			return tcp, nil, err
		}
		udp, err := config.ListenPacket(ctx, "udp", tcp.Addr().String())
		if err == nil {
			return tcp, udp, nil
		}
		tcp.Close()
		if port != "0" || try == 10 {
			return nil, nil, err
		}
	}
}
