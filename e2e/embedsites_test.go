package e2e

import (
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// generator is a program that makes a whole site of sources in testdata/embed/sites.
type generator struct {
	name string
	// build makes the site in out, for a site at an origin.
	build func(src, out, origin string) *exec.Cmd
	// inPlace: it shows another page by changing the one that is there.
	inPlace bool
}

func generators() []generator {
	mkdocs := func(src, out, origin string) *exec.Cmd {
		c := exec.Command("mkdocs", "-q", "build", "-d", out)
		c.Env = append(os.Environ(), "SITE="+origin+"/")
		return c
	}
	return []generator{
		{name: "mkdocs", build: mkdocs},
		{name: "material", build: mkdocs, inPlace: true},
		{name: "hugo", build: func(src, out, _ string) *exec.Cmd { return exec.Command("hugo", "--quiet", "--minify", "-d", out) }},
		{name: "docusaurus", inPlace: true, build: func(src, out, _ string) *exec.Cmd {
			modules, err := filepath.Abs(filepath.Join(buildDir, "docusaurus", "node_modules"))
			if err == nil {
				err = os.Symlink(modules, filepath.Join(src, "node_modules"))
			}
			c := exec.Command("node_modules/.bin/docusaurus", "build", "--out-dir", out)
			c.Env = append(os.Environ(), "DOCUSAURUS_NO_PERSISTENT_CACHE=true", "DISABLE_VERSION_CHECK=true")
			c.Err = err
			return c
		}},
	}
}

// TestWidgetInGeneratedSites puts what the page about embedding says to copy into
// sites that real generators make, and walks through them by their own links:
// Material for MkDocs and Docusaurus put in and take out the element by script.
func TestWidgetInGeneratedSites(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/embed")
	p.choose("domain", "perfect.test")
	p.await("lines", `document.querySelector('[data-code="lines"]').textContent.includes("perfect.test")`)
	copied := func(name string) string {
		return eval[string](p, `document.querySelector('[data-code="`+name+`"]').textContent`)
	}
	_, element, _ := strings.Cut(copied("lines"), "\n")
	replace := strings.NewReplacer("LINES", copied("lines"), "ELEMENT", element, "DOCUSAURUS", copied("docusaurus"))
	for _, g := range generators() {
		t.Run(g.name, func(t *testing.T) { g.try(t, s.Origin, replace) })
	}
}

func (g generator) try(t *testing.T, sealane string, replace *strings.Replacer) {
	if g.name == "docusaurus" {
		if _, err := os.Stat(filepath.Join(buildDir, "docusaurus", "node_modules")); err != nil {
			t.Skip("needs Docusaurus: see testdata/embed/README.md")
		}
	} else {
		need(t, "generators")
	}
	src, out := t.TempDir(), t.TempDir()
	h := hostFolder(t, os.DirFS(out), statedPolicy(t, sealane))
	sources := os.DirFS(filepath.Join("testdata", "embed", "sites", g.name))
	err := fs.WalkDir(sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			return err
		}
		write(t, filepath.Join(src, name), 0o644, replace.Replace(string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	build := g.build(src, out, h.URL)
	build.Dir = src
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, tail(string(said), 3000))
	}
	p := visitHost(t, h, sealane)
	p.await("link", `document.querySelector('a[href*="mail"]')`)
	visits := 1
	if g.inPlace {
		visits = 2
	}
	for visit := range visits {
		p.await("whole page", `document.readyState === "complete" && document.querySelector('article a[href*="mail"], main a[href*="mail"], [role=main] a[href*="mail"]')`)
		eval[bool](p, `(document.querySelector('article a[href*="mail"], main a[href*="mail"], [role=main] a[href*="mail"]').click(), true)`)
		p.await("element", `document.querySelector("sealane-check")`)
		if stayed := eval[bool](p, `Boolean(window.reports)`); stayed != g.inPlace {
			t.Fatalf("the page stayed: %v, so that this shows nothing", stayed)
		}
		p.note()
		p.await("report", `reports.length`)
		if got := eval[[]sealaneReport](p, `reports`)[0].Detail.Domain; got != "perfect.test" {
			t.Errorf("visit %d: a report of %s", visit, got)
		}
		p.await("frame with its content", `!document.querySelector("sealane-check a")?.checkVisibility() && `+frameOf+`.getBoundingClientRect().height > 200`)
		if visit+1 < visits {
			eval[bool](p, `(window.reports.length = 0, [...document.querySelectorAll("article a")].find((a) => a.textContent === "Back").click(), true)`)
			p.await("first page", `!document.querySelector("sealane-check")`)
		}
	}
}

// hostFolder serves a site of somebody else, each page under a strict policy.
func hostFolder(t *testing.T, site fs.FS, stated string) *front {
	t.Helper()
	return newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.Trim(path.Clean(r.URL.Path), "/")
		if page, err := fs.ReadFile(site, path.Join(name, "index.html")); err == nil {
			w.Header().Set("Content-Security-Policy", strict(string(page), stated))
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(page)
			return
		}
		if path.Ext(name) == ".ico" { // which browsers ask for of themselves
			return
		}
		http.ServeFileFS(w, r, site, name)
	}))
}
