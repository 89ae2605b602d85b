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

// secure sets the headers of every answer.
func (s *Server) secure(h http.Header) {
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
}
