package observe

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2"

	"github.com/sealane/sealane/app/probe"
)

// onlyHTTP2 is a policy host that speaks nothing else. With alert it refuses
// other clients in the handshake (RFC 7301 §3.2), else it sends them frames.
func onlyHTTP2(t *testing.T, alert bool, talk func(*tls.Conn)) *Network {
	certificates := []tls.Certificate{(*issuer)(nil).issue(t, "mta-sts.example.com", nil).present()}
	config := &tls.Config{
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			c := &tls.Config{Certificates: certificates, NextProtos: []string{"h2"}}
			if alert && !slices.Contains(h.SupportedProtos, "h2") {
				c.NextProtos = []string{"nothing that is offered"}
			}
			return c, nil
		},
	}
	return facing(serve(t, func(conn net.Conn) {
		secure := tls.Server(conn, config)
		defer secure.Close()
		if secure.Handshake() != nil {
			return
		}
		if secure.ConnectionState().NegotiatedProtocol != "h2" {
			http2.NewFramer(secure, secure).WriteSettings()
			io.Copy(io.Discard, secure)
			return
		}
		talk(secure)
	}))
}

// handled answers requests with a handler.
func handled(h http.HandlerFunc) func(*tls.Conn) {
	return func(conn *tls.Conn) {
		new(http2.Server).ServeConn(conn, &http2.ServeConnOpts{Handler: h})
	}
}

func TestPolicyOverHTTP2(t *testing.T) {
	settled(t)
	long := strings.Repeat("a", probe.MaxPolicyBody)
	for _, c := range []struct {
		name  string
		talk  func(*tls.Conn)
		check func(p probe.Policy) bool
	}{
		{"plain", handled(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 2 || r.Host != "mta-sts.example.com" || r.URL.Path != "/.well-known/mta-sts.txt" ||
				r.Method != http.MethodGet || r.UserAgent() != UserAgent || r.Header.Get("Accept-Encoding") != "" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Header()["Content-Type"] = []string{"text/plain", "text/html"}
			io.WriteString(w, policyBody)
		}), func(p probe.Policy) bool {
			return p.Status == 200 && string(p.Body) == policyBody && slices.Equal(p.ContentType, []string{"text/plain", "text/html"}) && !p.Truncated
		}},
		{"redirect", handled(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://www.example.com/x", http.StatusFound)
		}), func(p probe.Policy) bool { return p.Status == 302 && p.Location == "https://www.example.com/x" }},
		{"64 KiB + 1", handled(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long+"a") }), func(p probe.Policy) bool {
			return len(p.Body) == probe.MaxPolicyBody && p.Truncated
		}},
		{"endless body", handled(func(w http.ResponseWriter, r *http.Request) { flood(w, long) }), func(p probe.Policy) bool {
			return len(p.Body) == probe.MaxPolicyBody && p.Truncated
		}},
		{"forced gzip", handled(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "\x1f\x8bbomb")
		}), func(p probe.Policy) bool { return p.ContentEncoding == "gzip" && string(p.Body) == "\x1f\x8bbomb" }},
	} {
		for kind, alert := range map[string]bool{"alert": true, "frames": false} {
			t.Run(c.name+"/"+kind, func(t *testing.T) {
				p := onlyHTTP2(t, alert, c.talk).Policy(context.Background(), domain)
				if p.Failure != nil || !c.check(p) {
					t.Errorf("%+v %v", p, p.Failure)
				}
				if p.TLS == nil || p.TLS.ALPN != "h2" || len(p.TLS.Chain) != 1 {
					t.Errorf("TLS %+v", p.TLS)
				}
			})
		}
	}
}
