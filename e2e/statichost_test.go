package e2e

import (
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/BurntSushi/toml"
)

// netlify is what netlify.toml says of serving.
type netlify struct {
	Headers []struct {
		For    string
		Values map[string]string
	}
	Redirects []struct {
		From, To string
		Status   int
	}
}

// staticHost serves a folder as Netlify does, by the rules of netlify.toml: the
// last rule for a field decides, a path without an ending is that of a page, and
// redirects are for what there is no file for.
type staticHost struct {
	dir   string
	rules netlify

	mu       sync.Mutex
	replaced map[string][]byte // files served instead of those of the folder
}

func (h *staticHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, rule := range h.rules.Headers {
		if _, covered := splat(rule.For, r.URL.Path); covered {
			for name, value := range rule.Values {
				w.Header().Set(name, value)
			}
		}
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	for _, file := range []string{name, name + ".html", path.Join(name, "index.html")} {
		if h.serve(w, r, file, http.StatusOK) {
			return
		}
	}
	for _, rule := range h.rules.Redirects {
		rest, covered := splat(rule.From, r.URL.Path)
		switch {
		case !covered:
		case rule.Status == http.StatusNotFound:
			h.serve(w, r, strings.TrimPrefix(rule.To, "/"), rule.Status)
			return
		default:
			to := strings.Replace(rule.To, ":splat", rest, 1)
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, to, rule.Status)
			return
		}
	}
	h.serve(w, r, "404.html", http.StatusNotFound)
}

// serve answers with a file, compressed beforehand where there is such a one, and
// tells whether there is any.
func (h *staticHost) serve(w http.ResponseWriter, r *http.Request, name string, status int) bool {
	content, is := h.replaced[name]
	if !is {
		var err error
		if content, err = os.ReadFile(filepath.Join(h.dir, filepath.FromSlash(name))); err != nil {
			return false
		}
		if packed, err := os.ReadFile(filepath.Join(h.dir, filepath.FromSlash(name)+".br")); err == nil && strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
			w.Header().Set("Content-Encoding", "br")
			content = packed
		}
	}
	media := map[string]string{".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}[path.Ext(name)]
	if media == "" {
		media = mime.TypeByExtension(path.Ext(name))
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(content)
	return true
}

// publishAs publishes the site anew: its program under another name, and a worker
// that keeps that one.
func (h *staticHost) publishAs(version string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(h.dir, filepath.FromSlash(name)))
		if err != nil {
			panic(err) // the site has just been built
		}
		return string(content)
	}
	page := read("index.html")
	_, program, _ := strings.Cut(page, ` data-program="/`)
	program, _, _ = strings.Cut(program, `"`)
	moved := strings.Replace(program, "app-", version+"-", 1)
	h.replaced[moved] = []byte(read(program))
	h.replaced["index.html"] = []byte(strings.ReplaceAll(page, program, moved))
	worker := strings.Replace(read("app-worker.js"), `"sealane-`, `"sealane-`+version+`-`, 1)
	h.replaced["app-worker.js"] = []byte(strings.ReplaceAll(worker, program, moved))
}

// splat gives what a rule's asterisk stands for in a path.
func splat(rule, path string) (rest string, covered bool) {
	above, all := strings.CutSuffix(rule, "*")
	if all {
		return strings.CutPrefix(path, above)
	}
	return "", rule == path
}

// publish builds the site for this host's origin and its proxy, "" for none, as Netlify
// would, and serves it.
func (h *staticHost) publish(t *testing.T, origin, proxy string) {
	t.Helper()
	dir := t.TempDir()
	committed, err := os.ReadFile("../netlify.toml")
	if err != nil {
		t.Fatal(err)
	}
	rules := filepath.Join(dir, "netlify.toml")
	write(t, rules, 0o644, string(committed))
	out, err := exec.Command("make", "-C", "..", "site", "BUILD="+dir, "WASM=.build/app.wasm", "QUALITY=1",
		"ORIGIN="+origin, "PROXY="+proxy, "NETLIFY="+rules).CombinedOutput()
	if err != nil {
		t.Fatalf("make site: %v\n%s", err, out)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dir, h.replaced = filepath.Join(dir, "site"), map[string][]byte{}
	if _, err := toml.DecodeFile(rules, &h.rules); err != nil {
		t.Fatal(err)
	}
}
