package lab

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// policyPath is where a policy file lies (RFC 8461 §3.2).
const policyPath = "/.well-known/mta-sts.txt"

// connKey is the key of the connection in a request's context.
type connKey struct{}

func (d *doors) openWeb(l *Lab) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		listener.Close()
		return err
	}
	d.webAddr, d.plainAddr = listener.Addr().String(), plain.Addr().String()
	d.web = [2]*http.Server{l.webDoor(), l.webDoor()}
	d.running.Go(func() { _ = d.web[0].ServeTLS(arrivals{listener}, "", "") })
	d.running.Go(func() { _ = d.web[1].Serve(arrivals{plain}) })
	return nil
}

// webDoor is the server behind one of the two doors.
func (l *Lab) webDoor() *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(l.servePolicy),
		TLSConfig: &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			server, err := l.webServerOf(hello.Conn)
			if err != nil {
				return nil, err
			}
			// A configuration's own word isn't asked for once it is given here.
			if of := server.tls.GetConfigForClient; of != nil {
				if other, err := of(hello); other != nil || err != nil {
					return other, err
				}
			}
			return server.tls, nil
		}},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		ReadHeaderTimeout: serverTimeout, IdleTimeout: serverTimeout, MaxHeaderBytes: 8 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // probes break off: that is their business
	}
}

// webServerOf gives the policy host that a connection means.
func (l *Lab) webServerOf(conn net.Conn) (*webServer, error) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	a, ok := conn.(*arrival)
	if !ok {
		return nil, net.ErrClosed
	}
	at, err := a.address()
	if err != nil {
		return nil, err
	}
	server := l.world.Load().web[at.Addr()]
	if server == nil {
		return nil, net.ErrClosed
	}
	return server, nil
}

// servePolicy answers as the policy host of the connection does.
func (l *Lab) servePolicy(w http.ResponseWriter, r *http.Request) {
	conn, _ := r.Context().Value(connKey{}).(net.Conn)
	server, err := l.webServerOf(conn)
	if err != nil || server.bare || r.URL.Path != cmp.Or(server.onlyPath, policyPath) || r.Host != server.name.String() {
		http.NotFound(w, r)
		return
	}
	if server.refusesAgents && !strings.HasPrefix(r.UserAgent(), "Mozilla/") {
		http.Error(w, "browsers only", http.StatusForbidden)
		return
	}
	select {
	case <-time.After(server.delay):
	case <-r.Context().Done():
		return
	}
	if server.contentType == "none" {
		w.Header()["Content-Type"] = nil
	} else {
		w.Header().Set("Content-Type", server.contentType)
	}
	if server.location != "" {
		w.Header().Set("Location", server.location)
	}
	w.WriteHeader(server.status)
	body := server.body
	if server.newlines == "crlf" {
		body = strings.ReplaceAll(body, "\n", "\r\n")
	}
	_, _ = io.WriteString(w, body)
}
