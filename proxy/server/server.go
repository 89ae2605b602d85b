// Package server is the proxy's HTTP side: the observers as JSON (RFC 8461
// §3.3, RFC 3207, RFC 1035), a DNS relay (RFC 8484) and the static site. Errors are
// problem details (RFC 9457).
package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/serving"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/share"
)

// ErrConfig is New's error for a configuration that can't work.
var ErrConfig = errors.New("server: no route to any network, or an unknown way to log domains")

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
	// Log takes what an operator needs; nil drops it. No address of a visitor is
	// written, and the domains that are asked about only at the debug level.
	Log *slog.Logger
	// LogDomains is LogHash or LogPlain; "" is the former.
	LogDomains string
	// Counter counts against the rates, Keep has observations for who asks for the
	// same within a minute; nil means in this process's memory.
	Counter limits.Counter
	Keep    share.Keeper
	// Meter is told what happens; nil for nobody.
	Meter Meter
	// ProbeRates, QueryRates and BadgeRates are how often each may be asked for;
	// of badges, those count for which a check is begun.
	ProbeRates, QueryRates, BadgeRates Rates
	// VisitRate is how often one address is visited, under whatever names.
	VisitRate limits.Rate
	// TrustedProxies are our own reverse proxies: what they say of who asks is
	// believed (X-Forwarded-For, X-Forwarded-Proto), and nobody else's word is.
	TrustedProxies []netip.Prefix
	// PrivateNames lets names of private networks be asked about too.
	PrivateNames bool
	// Visits tells mail administrators about this proxy.
	Visits Visits
	// Grace is how long running requests have to end when the server is to.
	Grace time.Duration
	// Probes and Queries are how many of each run at once, ProbesEach how many
	// probes for one client; zero means 2000, 256 and 24. Half of the queries may
	// be one client's: a page asks for all it needs together.
	Probes, Queries, ProbesEach int
	// Connections is how many are open at once, over each of TCP and QUIC, and
	// ConnectionsEach how many of them for one client; zero means 4096 and 128.
	Connections, ConnectionsEach int
}

// Server answers the page. It is an http.Handler and keeps no connections of
// its own; Serve listens for it.
type Server struct {
	config  Config
	log     *slog.Logger
	site    *site
	probes  *limiter
	queries *limiter
	asking  *limiter // the resolver, for one or more of the queries
	badges  *badges  // nil without
	drain   *drain
	rules   []rule

	probeRates, queryRates, badgeRates rated
	visits                             limits.Rate   // to one address
	flights, questions                 share.Flights // observations, queries of the relay
	ready                              share.Flights // whether the resolver answers
	logKey                             []byte
	connections, packets               *limiter // TCP, QUIC
	unproven                           *rate.Limiter
	times                              times
}

// New makes a server.
func New(c Config) (*Server, error) {
	if c.Route == nil || c.LogDomains != "" && c.LogDomains != LogHash && c.LogDomains != LogPlain {
		return nil, ErrConfig
	}
	c.fill()
	s := &Server{
		config:      c,
		log:         c.Log,
		probes:      newLimiter(c.Probes, c.ProbesEach),
		queries:     newLimiter(c.Queries, max(1, c.Queries/2)),
		asking:      newLimiter(c.Queries, c.Queries),
		drain:       newDrain(),
		rules:       rules(serving.Rules(c.Page)),
		probeRates:  rated{"probe", c.ProbeRates.orUsual(usualProbes)},
		queryRates:  rated{"query", c.QueryRates.orUsual(usualQueries)},
		badgeRates:  rated{"badge", c.BadgeRates.orUsual(usualBadges)},
		visits:      cmp.Or(c.VisitRate, usualVisits),
		flights:     share.Flights{Keep: c.Keep},
		ready:       share.Flights{Keep: share.NewLocal(4096)}, // this process's own
		logKey:      newLogKey(),
		connections: newLimiter(c.Connections, c.ConnectionsEach),
		packets:     newLimiter(c.Connections, c.ConnectionsEach),
		unproven:    rate.NewLimiter(unprovenRate, unprovenBurst),
		times:       usualTimes,
	}
	if len(c.Page.DoH) == 0 {
		s.config.Page.DoH = []string{relayPath}
	}
	if c.Check != nil {
		s.badges = newBadges(c.Check)
	}
	if c.Site != nil {
		s.site = newSite(c.Site)
	}
	return s, nil
}

// KeptOctets is how much of observations is kept in this process's memory.
const KeptOctets = 64 << 20

// fill sets what has a usual value.
func (c *Config) fill() {
	usual := func(n *int, usual int) {
		if *n <= 0 {
			*n = usual
		}
	}
	usual(&c.Probes, 2000)
	usual(&c.ProbesEach, 24)
	usual(&c.Queries, 256)
	usual(&c.Connections, 4096)
	usual(&c.ConnectionsEach, 128)
	if c.Counter == nil {
		c.Counter = limits.NewLocal(LimitedKeys)
	}
	if c.Keep == nil {
		c.Keep = share.NewLocal(KeptOctets)
	}
	if c.Meter == nil {
		c.Meter = unmetered{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// ServeHTTP answers one request, with the security headers on every answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, a, at := time.Now(), &answered{ResponseWriter: w}, endpoint(r.URL.Path)
	headers(w.Header(), s.rules, r.URL.Path)
	defer func() {
		if fault := recover(); fault != nil {
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			s.panicked("request failed", fault)
			problem(a, http.StatusInternalServerError, faultInternal, "")
		}
		s.noteAnswered(r, at, a.status, time.Since(start))
	}()
	if !aboutItself(r.URL.Path) {
		if !s.admit(a, r) {
			return
		}
		defer s.drain.leave()
	}
	if r.ProtoMajor == 3 { // where the server has no such limit of its own
		_ = http.NewResponseController(a).SetWriteDeadline(start.Add(s.times.answer))
	}
	if r.ProtoMajor == 1 && r.ContentLength != 0 {
		s.awaitContent(a)
	}
	if withContent(r) {
		a.Header().Set("Connection", "close")
		problem(a, http.StatusBadRequest, faultContent, "")
		return
	}
	s.route(a, r)
}

// noteAnswered tells the meter, and the log. Arguments of the latter cost more than
// many an answer.
func (s *Server) noteAnswered(r *http.Request, at string, status int, took time.Duration) {
	s.config.Meter.Answered(at, status, took)
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.log.Debug("request", "method", r.Method, "endpoint", at, "proto", r.Proto, "status", status, "took", took)
	}
}

// withContent tells whether a request has content that nobody will read. Over
// HTTP/1.1 that hides from us whether its asker is still there.
func withContent(r *http.Request) bool {
	return r.ProtoMajor == 1 && r.ContentLength != 0 && r.Method != http.MethodPost
}

// awaitContent bounds how long a request's content may take. Over HTTP/1.1 net/http
// reads what a handler leaves of it, and would do so for ever.
func (s *Server) awaitContent(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.times.body)) // a recorder of a test can't
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
	case path == relayPath:
		s.share(w, r)
		answer(w, r, s.serveRelay, http.MethodGet, http.MethodPost)
	case path == "/config.json":
		s.share(w, r)
		answer(w, r, s.serveConfig, http.MethodGet, http.MethodHead)
	case path == "/healthz":
		answer(w, r, s.serveHealth, http.MethodGet, http.MethodHead)
	case path == "/readyz":
		answer(w, r, s.serveReady, http.MethodGet, http.MethodHead)
	case path == descriptionPath:
		s.share(w, r)
		answer(w, r, s.serveDescription, http.MethodGet, http.MethodHead)
	case path == visitsPath:
		answer(w, r, s.serveVisits, http.MethodGet, http.MethodHead)
	case path == visitsStyle:
		answer(w, r, s.serveVisitsStyle, http.MethodGet, http.MethodHead)
	case s.badges != nil && strings.HasPrefix(path, badgePath):
		w.Header().Set("Access-Control-Allow-Origin", anyOrigin) // an image for any page
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		answer(w, r, s.serveBadge, http.MethodGet, http.MethodHead)
	case path == "/" && s.site == nil: // where the name in EHLO leads
		answer(w, r, s.serveVisits, http.MethodGet, http.MethodHead)
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

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, media string, v any) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
