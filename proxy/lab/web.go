package lab

import (
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
	d.webAddr = listener.Addr().String()
	d.web = &http.Server{
		Handler: http.HandlerFunc(l.servePolicy),
		TLSConfig: &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			server, err := l.webServerOf(hello.Conn)
			if err != nil {
				return nil, err
			}
			return server.tls, nil
		}},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		ReadHeaderTimeout: serverTimeout, IdleTimeout: serverTimeout, MaxHeaderBytes: 8 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // probes break off: that is their business
	}
	d.running.Go(func() { _ = d.web.ServeTLS(arrivals{listener}, "", "") })
	return nil
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
	if err != nil || r.URL.Path != policyPath || r.Host != server.name.String() {
		http.NotFound(w, r)
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
