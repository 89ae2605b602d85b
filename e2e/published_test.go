package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPublishedSite serves the site as netlify.toml says, with the proxy at another
// origin, and does there what is done on one that serves both.
func TestPublishedSite(t *testing.T) {
	built(t)
	h := &staticHost{}
	on := newFront(t, h)
	s := serveOnly(t, "-lab", "-allow-origin", on.URL)
	s.Origin, s.Beside, s.static = on.URL, s.Origin, on
	h.publish(t, s.Origin, s.Beside)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *server)
	}{
		{"check", sameReports}, {"links", linkIsACheck}, {"lab", labNamesItsDomains},
		{"learn", learnPage}, {"no such finding", learnPageUnknown}, {"no such page", noSuchPage},
		{"make", makeWhileTyping}, {"fill", makeFillsItself}, {"lint", lintPage}, {"explain", explainPage},
		{"widget", widgetOnOtherPages}, {"embed", embedPage}, {"for robots", forRobots}, {"redirects", redirects}, {"strangers", strangersAreRefused},
		{"newer version", func(t *testing.T, s *server) { newerVersion(t, s, h) }},
		{"offline", pageOpensOffline}, // stops the server
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// sameReports wants of several domains what the command line says.
func sameReports(t *testing.T, s *server) {
	p := visit(t, s, "/")
	for _, part := range []string{"perfect", "nothing", "dane-mismatch", "policy-404", "starttls-off", "dnssec-expired"} {
		d := find(t, part).Domain
		native := checkJSON(t, d)
		p.check(d)
		if diff := cmp.Diff(native.codes(), p.codes()); diff != "" {
			t.Errorf("%s: the command line (-) and the page (+) differ:\n%s", d, diff)
		}
		if got := p.headline(); got != strings.TrimSpace(native.Headline) {
			t.Errorf("%s: the page says %q, the command line %q", d, got, native.Headline)
		}
	}
	if asked := p.asked(); !slices.ContainsFunc(asked, func(r string) bool { return strings.HasPrefix(r, "/v1/starttls") }) {
		t.Errorf("nobody was asked about mail servers: %s", asked)
	}
}

// noSuchPage asks for one, which is a 404 in the browser's log too.
func noSuchPage(t *testing.T, s *server) {
	p := open(t, s.Origin)
	p.beside = []string{s.Beside}
	p.goTo("/nowhere/at/all")
	p.ready()
	if got := eval[string](p, `document.title + " / " + document.querySelector("main h1").innerText`); got != "There is no such page. · Sealane / There is no such page." {
		t.Errorf("it says %q", got)
	}
	for _, problem := range p.complaints() {
		if !strings.Contains(problem, "404") {
			t.Errorf("the browser says: %s", problem)
		}
	}
	p.click(`main a[href="/"]`)
	p.await("the way on", `location.pathname === "/" && document.getElementById("d")`)
}

// forRobots reads what search engines and those who show links do.
func forRobots(t *testing.T, s *server) {
	if _, text := fetched(t, s.Origin+"/robots.txt"); !strings.Contains(text, "\nSitemap: "+s.Origin+"/sitemap.xml\n") {
		t.Errorf("robots.txt: %s", text)
	}
	_, sitemap := fetched(t, s.Origin+"/sitemap.xml")
	pages := strings.Split(sitemap, "<loc>")[1:]
	if len(pages) < 300 {
		t.Errorf("%d pages in the sitemap", len(pages))
	}
	for i := 0; i < len(pages); i += 40 {
		page, _, _ := strings.Cut(pages[i], "</loc>")
		r, text := fetched(t, page)
		if r.StatusCode != http.StatusOK || !strings.Contains(text, `<link rel="canonical" href="`+page+`">`) || !strings.Contains(text, `content="`+s.Origin+`/icon-512.png"`) {
			t.Errorf("%s: %s", page, r.Status)
		}
	}
}

// redirects asks the site for what its proxy answers.
func redirects(t *testing.T, s *server) {
	for path, media := range map[string]string{
		"/v1/policy?domain=perfect.test": "application/json", "/badge/perfect.test.svg": "image/svg+xml",
		"/dns-query?dns=AAABAAABAAAAAAAAB3BlcmZlY3QEdGVzdAAADwAB": "application/dns-message",
	} {
		r, _ := fetched(t, s.Origin+path)
		if got := r.Request.URL.String(); r.StatusCode != http.StatusOK || got != s.Beside+path || r.Header.Get("Content-Type") != media {
			t.Errorf("%s: %s at %s, %s", path, r.Status, got, r.Header.Get("Content-Type"))
		}
	}
}

// strangersAreRefused lets a page of a third origin ask the proxy: it can read
// nothing, and have nobody called.
func strangersAreRefused(t *testing.T, s *server) {
	stranger := newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><link rel="icon" href="data:,">`)
	}))
	p := open(t, stranger.URL)
	p.beside = []string{s.Beside}
	p.goTo("/")
	for _, path := range []string{"/v1/policy?domain=perfect.test", "/config.json"} {
		got := eval[string](p, `fetch("`+s.Beside+path+`").then((r) => "read " + r.status, () => "not read")`)
		if got != "not read" {
			t.Errorf("%s: %s", path, got)
		}
	}
	r, err := http.NewRequest(http.MethodGet, s.Beside+"/v1/policy?domain=perfect.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", stranger.URL)
	answer, err := client(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("the proxy did not refuse: %s", answer.Status)
	}
}

// newerVersion publishes another version behind an open page, which says so and
// goes on as it is until it is loaded again.
func newerVersion(t *testing.T, s *server, h *staticHost) {
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	p.await("the first worker", `navigator.serviceWorker.controller`)
	const shown = `document.getElementById("newer").checkVisibility()`
	if eval[bool](p, shown) {
		t.Error("the first worker is called a newer one")
	}
	p.goTo("/?d=perfect.test")
	p.finished("perfect.test")
	eval[bool](p, `(window.same = true, navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true))`)
	if eval[bool](p, shown) {
		t.Error("the same worker is called a newer one")
	}
	h.publishAs("newer")
	eval[bool](p, `navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)`)
	p.await("the notice", shown)
	if !eval[bool](p, `window.same`) || len(p.codes()) == 0 {
		t.Error("the page did not stay as it was")
	}
	p.fits("the notice")
	p.click("#renew")
	p.await("the page again", `window.same === undefined`)
	p.finished("perfect.test")
	if eval[bool](p, shown) {
		t.Error("the notice is still there")
	}
	if caches := eval[[]string](p, `caches.keys()`); len(caches) != 1 || !strings.Contains(caches[0], "newer") {
		t.Errorf("kept are %s", caches)
	}
	// Who comes back after it was published has loaded it already.
	h.publishAs("newest")
	p.goTo("/?d=perfect.test")
	p.finished("perfect.test")
	eval[bool](p, `new Promise((done) => (function look() {
		caches.keys().then((all) => all.every((name) => name.includes("newest")) ? setTimeout(() => done(true), 500) : setTimeout(look, 50));
	})())`)
	if eval[bool](p, shown) {
		t.Error("the page is called older than itself")
	}
}

// TestPublishedWithoutProxy serves the site as it is built by default. Public
// resolvers are out of reach here: the lab's relay stands for the first of them.
func TestPublishedWithoutProxy(t *testing.T) {
	built(t)
	h := &staticHost{}
	on := newFront(t, h)
	s := serveOnly(t, "-lab", "-allow-origin", "*")
	relay := s.Origin
	s.Origin, s.Beside, s.static = on.URL, relay, on
	h.publish(t, s.Origin, "")
	_, own := fetched(t, on.URL+"/config.json")
	config := decode[map[string]any](t, own)
	if config["proxyless"] != true || config["proxy"] != "" {
		t.Errorf("the site says %s", own)
	}
	_, labs := fetched(t, relay+"/config.json")
	config["doh"], config["anchors"] = []string{relay + "/dns-query"}, decode[map[string]any](t, labs)["anchors"]
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.replaced["config.json"] = text
	for _, rule := range h.rules.Headers {
		if policy := rule.Values["Content-Security-Policy"]; policy != "" {
			rule.Values["Content-Security-Policy"] = strings.Replace(policy, "https://cloudflare-dns.com", relay, 1)
		}
	}
	h.mu.Unlock()
	p := visit(t, s, "/")
	for part, want := range map[string][]string{
		"perfect": nil, "record-absent": {"sts-record.absent"}, "dnssec-expired": {"dnssec.rrsig-expired"}, "null-mx": {"dns.null-mx"},
		"policy-404": nil, "dane-mismatch": nil, "starttls-off": nil, "mx-cert-expired": nil,
	} {
		d := find(t, part).Domain
		p.check(d)
		codes := p.codes()
		for _, code := range want {
			if !slices.Contains(codes, code) {
				t.Errorf("%s: DNS tells of %s; found %s", d, code, codes)
			}
		}
		for _, code := range codes {
			group, _, _ := strings.Cut(code, ".")
			if slices.Contains([]string{"sts-policy-fetch", "sts-policy", "starttls", "tls", "cert"}, group) {
				t.Errorf("%s: %s of what nobody saw", d, code)
			}
		}
		if part != "null-mx" && eval[int](p, `document.querySelectorAll('[data-note="no-proxy"] a[href*="#publish"]').length * document.querySelectorAll('[data-not-checked="not-checked.no-proxy"]').length`) != 1 {
			t.Errorf("%s: the page doesn't say once what it takes", d)
		}
	}
	for _, r := range p.asked() {
		if strings.HasPrefix(r, "/v1/") {
			t.Errorf("asked for %s", r)
		}
	}
	p.check("perfect.test")
	if got := eval[int](p, `document.querySelectorAll('[data-level="error"], [data-level="warning"]').length`); got != 0 {
		t.Errorf("%d faults of a domain that has none", got)
	}
	p.fits("a check without a proxy")
	lintPage(t, s)
	makeWhileTyping(t, s)
}

// fetched gets a URL, and what is behind it.
func fetched(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	r, err := client(t).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}
