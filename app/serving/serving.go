// Package serving says how the files of the site are served, by path: the
// security headers (Content Security Policy Level 3, the Fetch standard) and the
// caching (RFC 9111). The proxy's server sends them, and the builder of the site
// writes them down for static hosts.
package serving

import (
	"net/url"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/probe"
)

// Field is one header field of an answer.
type Field struct{ Name, Value string }

// Rule sets fields where its path covers that of the request.
type Rule struct {
	// Path is a whole path, or with "/*" at its end all below.
	Path   string
	Fields []Field
}

// Covers tells whether the rule holds for a path.
func (r *Rule) Covers(path string) bool {
	above, all := strings.CutSuffix(r.Path, "*")
	return r.Path == path || all && strings.HasPrefix(path, above)
}

// Names of the fields that a rule may take back.
const (
	policyField   = "Content-Security-Policy"
	resourceField = "Cross-Origin-Resource-Policy"
	cacheField    = "Cache-Control"
)

// Paths of what stands on other people's pages, of the page that shows how, and
// of the files whose names carry a hash of their content.
const (
	widgetPath   = "/widget"
	widgetScript = "/widget.js"
	embedPath    = "/embed"
	hashedPath   = "/web/*"
)

// Rules gives what holds for a site of a configuration: of all rules that cover
// a path, the last one to name a field decides. Pages, scripts and the worker
// are asked for again at every visit; files with a hash in their names never.
func Rules(c probe.Config) []Rule {
	policy := contentPolicy(c)
	framed := []Field{
		{policyField, strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors *", 1)},
		{resourceField, "cross-origin"},
	}
	return []Rule{
		{"/*", []Field{
			{policyField, policy},
			{"X-Content-Type-Options", "nosniff"},
			{"Referrer-Policy", "no-referrer"},
			{"Cross-Origin-Opener-Policy", "same-origin"},
			{resourceField, "same-origin"},
			{"Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
			{cacheField, "no-cache"},
		}},
		{hashedPath, []Field{{cacheField, "public, max-age=31536000, immutable"}}},
		// The frames may stand in any page, their script be loaded by any, and
		// the page that shows how holds one.
		{widgetPath, framed},
		{widgetPath + "/*", framed},
		{widgetScript, []Field{{resourceField, "cross-origin"}}},
		{embedPath, []Field{{policyField, policy + "; frame-src 'self'"}}},
	}
}

// contentPolicy is the Content-Security-Policy of every answer: our own files
// and programs, and requests to ourselves and to the resolvers and the proxy of
// the configuration only.
func contentPolicy(c probe.Config) string {
	connect := []string{"'self'"}
	for _, address := range append(slices.Clone(c.DoH), c.Proxy) {
		if origin := OriginOf(address); origin != "" && !slices.Contains(connect, origin) {
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

// OriginOf gives the origin (RFC 6454) of an https URL, or of an http one on this
// machine, which browsers trust alike (Secure Contexts §3.1); "" of any other.
func OriginOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, "; ,'\"*") {
		return ""
	}
	switch host := u.Hostname(); {
	case u.Scheme == "https", u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1"):
		return u.Scheme + "://" + strings.ToLower(u.Host)
	}
	return ""
}

// IsOrigin tells whether a text is an origin and nothing else, as OriginOf gives it.
func IsOrigin(text string) bool { return text != "" && OriginOf(text) == text }
