package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/probe"
)

// contentPolicy is the Content-Security-Policy of every answer: our own files
// and programs, and requests to ourselves and the resolvers of the
// configuration only.
func contentPolicy(page probe.Config) string {
	connect := []string{"'self'"}
	for _, s := range append(slices.Clone(page.DoH), page.Proxy) {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(u.Host, "; ,'\"") {
			continue
		}
		if origin := "https://" + u.Host; !slices.Contains(connect, origin) {
			connect = append(connect, origin)
		}
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src " + strings.Join(connect, " "),
		"manifest-src 'self'",
		"worker-src 'self'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}

// Paths of what stands on other people's pages, and of the page that shows how.
const (
	widgetPath   = "/widget"
	widgetScript = "/widget.js"
	embedPath    = "/embed"
)

// embedding loosens the headers for what is made for other people's pages: the
// frames may stand in any page, their script be loaded by any, and the page that
// shows how holds one.
func (s *Server) embedding(h http.Header, path string) {
	switch {
	case path == widgetPath || strings.HasPrefix(path, widgetPath+"/"):
		h.Set("Content-Security-Policy", strings.Replace(s.policy, "frame-ancestors 'none'", "frame-ancestors *", 1))
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	case path == widgetScript:
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	case path == embedPath:
		h.Set("Content-Security-Policy", s.policy+"; frame-src 'self'")
	}
}

// secure sets the headers of every answer.
func (s *Server) secure(h http.Header) {
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
}
