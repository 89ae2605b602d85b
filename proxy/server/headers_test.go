package server

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/serving"
)

// What stands on other people's pages may be framed or loaded there, and nothing else.
func TestEmbedding(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"index.html", "widget.html", "widget/make.html", "widget.js", "widget-other.html", "make.html", "embed.html", "frame.js"} {
		files[name] = &fstest.MapFile{Data: []byte(name)}
	}
	s := start(t, func(c *Config) { c.Site = files })
	for path, want := range map[string]struct {
		framed, shared, frames bool
	}{
		"/widget": {framed: true, shared: true}, "/widget?d=example.com&theme=dark": {framed: true, shared: true}, "/widget/make": {framed: true, shared: true},
		"/widget.js": {shared: true}, "/embed": {frames: true},
		"/widget/": {framed: true, shared: true}, "/embed/": {frames: true}, "/x/..%2fwidget": {framed: true, shared: true},
		"/": {}, "/widget.html": {}, "/widget-other": {}, "/frame.js": {}, "/config.json": {},
		// Browsers take a dot segment out of a path, but not an encoded slash behind one.
		"/widget/../": {}, "/widget/..%2f": {}, "/widget/..%2fmake": {}, "/web/..%2fwidget.html": {},
	} {
		h := get(s, path).Header
		policy := h.Get("Content-Security-Policy")
		if got := strings.Contains(policy, "frame-ancestors *"); got != want.framed || got == strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: framed by others: %q", path, policy)
		}
		if got := strings.Contains(policy, "frame-src 'self'"); got != want.frames {
			t.Errorf("%s: holds frames: %q", path, policy)
		}
		if got := h.Get("Cross-Origin-Resource-Policy") == "cross-origin"; got != want.shared {
			t.Errorf("%s: resource policy %s", path, h.Get("Cross-Origin-Resource-Policy"))
		}
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self' 'wasm-unsafe-eval'") || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: other headers differ: %q", path, policy)
		}
		if h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: kept by %q", path, h.Get("Cache-Control"))
		}
	}
}

// stated is a rule as somebody else's server reads it: a path, and what it sets.
type stated struct {
	For    string
	Values map[string]string
}

// TestStaticHostsSendTheSame holds the rules written for static hosts, as they
// read them, to what this server sends for the same configuration.
func TestStaticHostsSendTheSame(t *testing.T) {
	for _, proxy := range []string{"", "https://proxy.example"} {
		c := serving.SiteConfig(proxy)
		text := serving.Netlify(c)
		if proxy == "" { // that is what netlify.toml says until a build has a proxy
			content, err := os.ReadFile("../../netlify.toml")
			if err != nil {
				t.Fatal(err)
			}
			text = string(content)
		}
		var netlify struct{ Headers []stated }
		if _, err := toml.Decode(text, &netlify); err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		names := []string{"index.html", "make.html", "learn.html", "learn/dns.null-mx.html", "embed.html", "widget.html", "widget/make.html", "widget.js",
			"web/app-0123456789abcdef.wasm", "web/sealane-0123456789abcdef.css", "app.js", "app-worker.js", "icon.svg", "manifest.webmanifest"}
		for _, name := range names {
			files[name] = &fstest.MapFile{Data: []byte(name)}
		}
		s := start(t, func(own *Config) { own.Site, own.Page = files, c })
		for _, name := range names {
			for _, path := range []string{"/" + name, "/" + strings.TrimSuffix(strings.TrimSuffix(name, ".html"), "index")} {
				sent := get(s, path).Header
				for _, own := range []string{"Content-Type", "Content-Length", "Etag", "Vary"} {
					sent.Del(own) // every host has its own way with these
				}
				if diff := cmp.Diff(sent, byLast(netlify.Headers, path)); diff != "" {
					t.Errorf("%s: this server (-), netlify.toml (+):\n%s", path, diff)
				}
				if diff := cmp.Diff(sent, byJoining(t, serving.HeadersFile(c), path)); diff != "" {
					t.Errorf("%s: this server (-), _headers (+):\n%s", path, diff)
				}
			}
		}
	}
}

// byLast is how Netlify goes through rules: the last one decides.
func byLast(rules []stated, path string) http.Header {
	h := http.Header{}
	for _, r := range rules {
		if covers(r.For, path) {
			for name, value := range r.Values {
				h.Set(name, value)
			}
		}
	}
	return h
}

// byJoining is how Cloudflare goes through a file _headers: values are joined,
// but for those taken back.
func byJoining(t *testing.T, text, path string) http.Header {
	t.Helper()
	h, within := http.Header{}, false
	for line := range strings.Lines(text) {
		field, indented := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "  ")
		back, isBack := strings.CutPrefix(field, "! ")
		name, value, isField := strings.Cut(field, ": ")
		switch {
		case !indented:
			within = covers(field, path)
		case !within:
		case isBack:
			h.Del(back)
		case isField && h.Get(name) != "":
			h.Set(name, h.Get(name)+", "+value)
		case isField:
			h.Set(name, value)
		default:
			t.Errorf("no line of _headers: %q", line)
		}
	}
	return h
}

func covers(rule, path string) bool {
	above, all := strings.CutSuffix(rule, "*")
	return rule == path || all && strings.HasPrefix(path, above)
}
