// Package server is the proxy's HTTP side: the observers as JSON (RFC 8461
// §3.3, RFC 3207, RFC 1035), a DNS relay (RFC 8484) and the static site. Errors are
// problem details (RFC 9457).
package server

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/serving"
	"github.com/sealane/sealane/proxy/observe"
)

// ErrConfig is New's error for a configuration that can't work.
var ErrConfig = errors.New("server: no route to any network")

// Config is what a server is made of.
type Config struct {
	// Route gives the network that a name belongs to; nil where there is none.
	Route func(dnsname.Name) *observe.Network
	// Site holds the static files; nil for a proxy without a page.
	Site fs.FS
	// Page is told to the page. Its Port25 is asked of the function below;
	// without resolvers it names our own relay.
	Page probe.Config
	// Port25 says whether port 25 gets out; nil means that nobody knows.
	Port25 func() probe.Egress
	// Check looks at a domain for its badge; nil for a proxy without badges.
	Check func(context.Context, dnsname.Name) Summary
	// Origins are those whose pages may ask, beside our own; "*" is any.
	Origins []string
	// Log takes what an operator needs; nil drops it. Nothing of a visitor's is
	// written above the debug level.
	Log *slog.Logger
	// Meter is told what the server does; nil for nobody.
	Meter Meter
	// Grace is how long running requests have to end when the server is to.
	Grace time.Duration
	// Probes and Queries are how many of each run at once, ProbesEach how many
	// probes for one client; zero means 64, 256 and 24. Half of the queries may
	// be one client's: a page asks for all it needs together.
	Probes, Queries, ProbesEach int
}

// Server answers the page. It is an http.Handler and keeps no connections of
// its own; Serve listens for it.
type Server struct {
	config  Config
	log     *slog.Logger
	drain   *drain
	site    *site
	probes  *limiter
	queries *limiter
	badges  *badges // nil without
	rules   []rule
}

// New makes a server.
func New(c Config) (*Server, error) {
	if c.Route == nil {
		return nil, ErrConfig
	}
	or := func(n, usual int) int {
		if n > 0 {
			return n
		}
		return usual
	}
	queries := or(c.Queries, 256)
	s := &Server{
		config:  c,
		log:     c.Log,
		drain:   newDrain(),
		probes:  newLimiter(or(c.Probes, 64), or(c.ProbesEach, 24)),
		queries: newLimiter(queries, max(1, queries/2)),
		rules:   rules(serving.Rules(c.Page)),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		s.config.Meter = unmetered{}
	}
	if len(c.Page.DoH) == 0 {
		s.config.Page.DoH = []string{"/dns-query"}
	}
	if c.Check != nil {
		s.badges = newBadges(c.Check)
	}
	if c.Site != nil {
		s.site = newSite(c.Site)
	}
	return s, nil
}

// ServeHTTP answers one request, with the security headers on every answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	headers(w.Header(), s.rules, r.URL.Path)
	leave := s.admit(w, r)
	if leave == nil {
		return
	}
	defer leave()
	defer func() {
		if fault := recover(); fault != nil {
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			s.log.Error("request failed", "fault", fault)
			problem(w, http.StatusInternalServerError, faultInternal, "")
		}
	}()
	s.route(w, r)
	if !s.log.Enabled(r.Context(), slog.LevelDebug) {
		return
	}
	path := r.URL.Path // names no domain, those are in the query; but for badges
	if strings.HasPrefix(path, badgePath) {
		path = badgePath
	}
	s.log.Debug("request", "method", r.Method, "path", path, "proto", r.Proto, "took", time.Since(start))
}

// route hands the request to the part that answers its path.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/v1/policy":
		s.observe(w, r, s.servePolicy)
	case path == "/v1/starttls":
		s.observe(w, r, s.serveSTARTTLS)
	case path == "/v1/nameservers":
		s.observe(w, r, s.serveNameservers)
	case path == "/dns-query":
		s.share(w, r)
		answer(w, r, s.serveRelay, http.MethodGet, http.MethodPost)
	case path == "/config.json":
		s.share(w, r)
		answer(w, r, s.serveConfig, http.MethodGet, http.MethodHead)
	case path == "/healthz":
		answer(w, r, s.serveHealth, http.MethodGet, http.MethodHead)
	case s.badges != nil && strings.HasPrefix(path, badgePath):
		w.Header().Set("Access-Control-Allow-Origin", anyOrigin) // an image for any page
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		answer(w, r, s.serveBadge, http.MethodGet, http.MethodHead)
	case strings.HasPrefix(path, "/v1/") || s.site == nil:
		problem(w, http.StatusNotFound, faultNotFound, "")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		wrongMethod(w, http.MethodGet, http.MethodHead)
	default:
		s.site.serve(w, r)
	}
}

// serveConfig tells the page about this proxy.
func (s *Server) serveConfig(w http.ResponseWriter, r *http.Request) {
	c := s.config.Page
	if s.config.Port25 != nil {
		c.Port25 = s.config.Port25()
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, "application/json", c)
}

// serveHealth says that the process serves.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, media string, v any) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
