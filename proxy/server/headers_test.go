package server

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What stands on other people's pages may be framed or loaded there, and nothing else.
func TestEmbedding(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"index.html", "widget.html", "widget/make.html", "widget.js", "widget-other.html", "embed.html", "frame.js"} {
		files[name] = &fstest.MapFile{Data: []byte(name)}
	}
	s := start(t, func(c *Config) { c.Site = files })
	for path, want := range map[string]struct {
		framed, shared, frames bool
	}{
		"/widget": {framed: true, shared: true}, "/widget?d=example.com&theme=dark": {framed: true, shared: true}, "/widget/make": {framed: true, shared: true},
		"/widget.js": {shared: true}, "/embed": {frames: true},
		"/": {}, "/widget.html": {}, "/widget-other": {}, "/frame.js": {}, "/x/../widget": {}, "/config.json": {shared: true},
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
	}
}
