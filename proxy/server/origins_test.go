package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// TestOrigins asks as browsers do, for pages of several origins: who may read,
// whether anybody is called for them, and what caches are told.
func TestOrigins(t *testing.T) {
	const own, friend, stranger = "https://example.com", "https://sealane.example", "https://stranger.example" // httptest's Host is example.com
	dnsQuery, policy := relayed(doh.Query(name, doh.TypeTXT, true)), "/v1/policy?domain=example.com"
	list, every := []string{friend, "http://localhost:8080"}, []string{"*"}
	for _, c := range []struct {
		allowed              []string
		origin, site, target string
		status               int
		read                 string // Access-Control-Allow-Origin
	}{
		// No browser, or a page of ours.
		{nil, "", "", policy, 200, ""}, {nil, "", "same-origin", policy, 200, ""}, {nil, "", "none", policy, 200, ""},
		{nil, own, "same-origin", policy, 200, ""}, {nil, "http://example.com", "", policy, 200, ""}, {nil, "https://EXAMPLE.com", "", policy, 200, ""},
		// A page of another origin.
		{nil, friend, "cross-site", policy, 403, ""}, {nil, "null", "cross-site", policy, 403, ""}, {nil, "https://example.com:8443", "same-site", policy, 403, ""},
		{nil, "https://example.com.stranger.example", "cross-site", policy, 403, ""}, {nil, "https://stranger.example/example.com", "", policy, 403, ""},
		{nil, "", "cross-site", policy, 403, ""}, {nil, "", "same-site", policy, 403, ""},
		{nil, friend, "cross-site", "/v1/starttls?host=mx.example.com", 403, ""}, {nil, friend, "cross-site", "/v1/nameservers?zone=example.com", 403, ""},
		{nil, friend, "cross-site", dnsQuery, 200, ""}, {nil, friend, "cross-site", "/config.json", 200, ""},
		// One on the list, and one that isn't.
		{list, friend, "cross-site", policy, 200, friend}, {list, "http://localhost:8080", "", policy, 200, "http://localhost:8080"},
		{list, friend, "cross-site", dnsQuery, 200, friend}, {list, friend, "cross-site", "/config.json", 200, friend},
		{list, friend, "cross-site", "/v1/policy", 400, friend}, // the page reads also why not
		{list, own, "same-origin", policy, 200, ""}, {list, stranger, "cross-site", policy, 403, ""}, {list, "https://sealane.example:444", "", policy, 403, ""},
		{list, stranger, "cross-site", dnsQuery, 200, ""}, {list, "null", "cross-site", policy, 403, ""}, {list, "", "cross-site", policy, 403, ""},
		// All of them.
		{every, stranger, "cross-site", policy, 200, "*"}, {every, "null", "cross-site", policy, 200, "*"}, {every, "", "cross-site", policy, 200, "*"},
		{every, stranger, "cross-site", dnsQuery, 200, "*"}, {every, "", "", "/config.json", 200, "*"},
	} {
		s := start(t, func(own *Config) { own.Origins = c.allowed })
		request := func(method string) *http.Response {
			r := httptest.NewRequest(method, c.target, nil)
			for name, value := range map[string]string{"Origin": c.origin, "Sec-Fetch-Site": c.site} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			return ask(s, r)
		}
		what := strings.Join([]string{strings.Join(c.allowed, " "), c.origin, c.site, c.target}, " | ")
		got := request(http.MethodGet)
		h := got.Header
		if got.StatusCode != c.status || h.Get("Access-Control-Allow-Origin") != c.read || strings.Contains(h.Get("Access-Control-Expose-Headers"), "Age") != (c.read != "") {
			t.Errorf("%s: %d %v", what, got.StatusCode, h)
		}
		if shared := h.Get("Cross-Origin-Resource-Policy") == "cross-origin"; shared != (c.read != "") {
			t.Errorf("%s: resource policy %s", what, h.Get("Cross-Origin-Resource-Policy"))
		}
		if varies := h.Get("Vary") == "Origin"; varies != (c.read != "*") {
			t.Errorf("%s: varies with %q", what, h.Get("Vary"))
		}
		if h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: with credentials", what)
		}
		if c.status == 403 {
			wantProblem(t, got, 403, "foreign-origin", probe.BadRequest)
		}
		preflight := request(http.MethodOptions)
		h = preflight.Header
		methods := map[bool]string{true: "GET, POST", false: "GET"}[c.target == dnsQuery]
		switch {
		case c.status == 403:
			wantProblem(t, preflight, 403, "foreign-origin", probe.BadRequest)
		case preflight.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != c.read:
			t.Errorf("%s: preflight %d %v", what, preflight.StatusCode, h)
		case c.target == "/config.json":
		case c.read == "" && h.Get("Access-Control-Allow-Methods")+h.Get("Access-Control-Allow-Headers") != "",
			c.read != "" && (h.Get("Access-Control-Allow-Methods") != methods || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Content-Type")):
			t.Errorf("%s: preflight %v", what, h)
		}
	}
}
