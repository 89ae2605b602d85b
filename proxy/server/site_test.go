package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sealane/sealane/app/probe"
)

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:8])
}

var program = "web/app-" + sum("program") + ".wasm"

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html": {Data: []byte("home")}, "lab.html": {Data: []byte("lab")},
		"learn/one.html": {Data: []byte("one")},
		program:          {Data: []byte("program")}, program + ".br": {Data: []byte("br")}, program + ".gz": {Data: []byte("gz")},
		"sealane.css": {Data: []byte("css")}, "sealane.css.gz": {Data: []byte("cssgz")},
		"app.js": {Data: []byte("js")}, "manifest.webmanifest": {Data: []byte("{}")}, "icon.svg": {Data: []byte("<svg/>")},
		"folder/deep.txt": {Data: []byte("deep")}, "strange.xyz": {Data: []byte("?")},
		// A static host's:
		"config.json": {Data: []byte(`{"proxyless":true}`)}, "_headers": {Data: []byte("/*")}, "_redirects": {Data: []byte("/*")},
	}
}

func TestSite(t *testing.T) {
	s := start(t, func(c *Config) { c.Site = built() })
	const revalidate, immutable = "no-cache", "public, max-age=31536000, immutable"
	for _, c := range []struct {
		target, accept            string
		body, media, coding, keep string
	}{
		{"/", "", "home", "text/html; charset=utf-8", "", revalidate},
		{"/?domain=example.com", "br", "home", "text/html; charset=utf-8", "", revalidate},
		{"/index.html", "", "home", "text/html; charset=utf-8", "", revalidate},
		{"/check", "", "home", "text/html; charset=utf-8", "", revalidate},
		{"/lab", "", "lab", "text/html; charset=utf-8", "", revalidate},
		{"/lab/", "", "lab", "text/html; charset=utf-8", "", revalidate},
		{"/learn/one", "", "one", "text/html; charset=utf-8", "", revalidate},
		{"/" + program, "gzip, deflate, br", "br", "application/wasm", "br", immutable},
		{"/" + program, "gzip", "gz", "application/wasm", "gzip", immutable},
		{"/" + program, "br;q=0, gzip;q=0.5", "gz", "application/wasm", "gzip", immutable},
		{"/" + program, "identity", "program", "application/wasm", "", immutable},
		{"/" + program, "brrr", "program", "application/wasm", "", immutable},
		{"/sealane.css", "br, gzip", "cssgz", "text/css; charset=utf-8", "gzip", revalidate},
		{"/sealane.css?" + sum("css"), "", "css", "text/css; charset=utf-8", "", revalidate},
		{"/app.js", "", "js", "text/javascript; charset=utf-8", "", revalidate},
		{"/manifest.webmanifest", "", "{}", "application/manifest+json", "", revalidate},
		{"/icon.svg", "", "<svg/>", "image/svg+xml", "", revalidate},
		{"/folder/deep.txt", "", "deep", "text/plain; charset=utf-8", "", revalidate},
		{"/folder/../app.js", "", "js", "text/javascript; charset=utf-8", "", revalidate},
		{"/strange.xyz", "", "?", "application/octet-stream", "", revalidate},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := httptest.NewRequest(method, c.target, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := ask(s, r)
			body, _ := io.ReadAll(w.Body)
			want := c.body
			if method == http.MethodHead {
				want = ""
			}
			if w.StatusCode != 200 || string(body) != want {
				t.Errorf("%s %s: %d %q", method, c.target, w.StatusCode, body)
			}
			h := w.Header
			if h.Get("Content-Type") != c.media || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.keep || h.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s %s: %v", method, c.target, h)
			}
			again := httptest.NewRequest(method, c.target, nil)
			again.Header.Set("Accept-Encoding", c.accept)
			again.Header.Set("If-None-Match", `"x", W/`+h.Get("ETag"))
			if w := ask(s, again); w.StatusCode != http.StatusNotModified || w.Header.Get("ETag") != h.Get("ETag") {
				t.Errorf("%s %s again: %d", method, c.target, w.StatusCode)
			}
		}
	}
}

func TestSiteRefuses(t *testing.T) {
	s := start(t, func(c *Config) { c.Site = built() })
	for _, target := range []string{"/nothing", "/folder", "/folder/", "/web", "/" + program + ".br", "/../../etc/passwd", "/%2e%2e/x", "/learning", "/learn/dane.mismatch", "/check/deep", "/a%00b", "/index.html/x",
		"/config.json/", "/x/../config.json", "/_headers", "/_redirects"} {
		t.Run(target, func(t *testing.T) { wantProblem(t, get(s, target), 404, "not-found", probe.BadRequest) })
	}
	own := built()
	own["learn.html"] = &fstest.MapFile{Data: []byte("list")}
	unknown := get(start(t, func(c *Config) { c.Site = own }), "/learn/dane.mismatch")
	if body, _ := io.ReadAll(unknown.Body); unknown.StatusCode != 404 || string(body) != "list" {
		t.Errorf("%d %q", unknown.StatusCode, body)
	}
	own["404.html"] = &fstest.MapFile{Data: []byte("nothing here")}
	s = start(t, func(c *Config) { c.Site = own })
	r := httptest.NewRequest(http.MethodGet, "/nothing", nil)
	r.Header.Set("Accept", "text/html,*/*")
	w := ask(s, r)
	if body, _ := io.ReadAll(w.Body); w.StatusCode != 404 || string(body) != "nothing here" {
		t.Errorf("%d %q", w.StatusCode, body)
	}
}

func TestSiteSeesAChange(t *testing.T) {
	files := built()
	s := start(t, func(c *Config) { c.Site = files })
	before := get(s, "/app.js").Header.Get("ETag")
	files["app.js"] = &fstest.MapFile{Data: bytes.ToUpper(files["app.js"].Data), ModTime: time.Unix(1000, 0)}
	r := get(s, "/app.js")
	if body, _ := io.ReadAll(r.Body); string(body) != "JS" || r.Header.Get("ETag") == before {
		t.Errorf("%q %s", body, r.Header.Get("ETag"))
	}
}
