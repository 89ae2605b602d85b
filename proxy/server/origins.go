package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// anyOrigin among the origins allowed is all of them.
const anyOrigin = "*"

// byOrigin is the Vary of answers that depend on who asks.
var byOrigin = []string{"Origin"}

// share lets a page of an origin on the list read the answer (Fetch standard
// §3.3, without credentials) and tells whether a page that asks may ask. Caches
// are told that the answer depends on who asks.
func (s *Server) share(w http.ResponseWriter, r *http.Request) bool {
	h, origin := w.Header(), r.Header.Get("Origin")
	every := slices.Contains(s.config.Origins, anyOrigin)
	if !every {
		h["Vary"] = byOrigin
	}
	switch {
	case every:
		origin = anyOrigin
	case origin == "":
		return !foreign(r)
	case sameOrigin(r, origin):
		return true
	case !slices.Contains(s.config.Origins, origin):
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Age, RateLimit, RateLimit-Policy, Retry-After")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return true
}

// sameOrigin tells whether a page of ours asks. The scheme isn't compared: it is
// another's to know where TLS ends in front of us.
func sameOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// foreign tells whether a browser says that another site's page asks, which it
// does (Fetch Metadata §2.3) also where no Origin is sent: for images, frames,
// and fetch without CORS.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}

// observe answers a part that makes connections for who asks: pages of other
// origins, which could drive it without reading a word, are refused.
func (s *Server) observe(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc) {
	if !s.share(w, r) {
		problem(w, http.StatusForbidden, faultOrigin, "")
		return
	}
	answer(w, r, handle, http.MethodGet)
}

// answer hands a request to what answers its methods. OPTIONS is a preflight's.
func answer(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc, methods ...string) {
	if slices.Contains(methods, r.Method) {
		handle(w, r)
		return
	}
	allow := append(methods, http.MethodOptions)
	if r.Method != http.MethodOptions {
		wrongMethod(w, allow...)
		return
	}
	h := w.Header()
	h.Set("Allow", strings.Join(allow, ", "))
	if h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
		h.Set("Access-Control-Allow-Headers", "Accept, Content-Type")
		h.Set("Access-Control-Max-Age", "86400")
	}
	w.WriteHeader(http.StatusNoContent)
}
