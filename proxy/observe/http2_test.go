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
	"time"

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

// TestPolicyOverHTTP2Hostile wants the first observation to stand, and the
// fetch to end, when what speaks HTTP/2 gives no answer.
func TestPolicyOverHTTP2Hostile(t *testing.T) {
	settled(t)
	for name, talk := range map[string]func(*tls.Conn){
		"hangs up": func(conn *tls.Conn) {},
		"silence":  func(conn *tls.Conn) { io.Copy(io.Discard, conn) },
		"not HTTP": says2("220 mail.example.com ESMTP\r\n"),
		"10 MB header": handled(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 10<<20))
		}),
		"endless pings": func(conn *tls.Conn) {
			go io.Copy(io.Discard, conn)
			f := http2.NewFramer(conn, conn)
			for f.WriteSettings() == nil && f.WritePing(false, [8]byte{}) == nil {
			}
		},
		"endless headers": func(conn *tls.Conn) {
			go io.Copy(io.Discard, conn)
			f := http2.NewFramer(conn, conn)
			f.WriteSettings()
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x88}})
			for f.WriteContinuation(1, false, make([]byte, 1000)) == nil {
			}
		},
		"endless interim": handled(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.WriteHeader(http.StatusEarlyHints)
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			p := onlyHTTP2(t, true, talk).Policy(context.Background(), domain)
			wantFailure(t, p.Failure, probe.TLSAlert)
			if p.Status != 0 || p.Body != nil {
				t.Errorf("%+v", p)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// says2 writes what no client of HTTP/2 expects.
func says2(s string) func(*tls.Conn) {
	return func(conn *tls.Conn) {
		io.WriteString(conn, s)
		io.Copy(io.Discard, conn)
	}
}
