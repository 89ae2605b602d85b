//go:build !js

package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/html"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
)

// written builds a site around a program that is only its first bytes.
func written(t *testing.T) (*site, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := writeSite(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, filepath.Join(dir, "site")
}

func writeSite(dir string) (*site, error) {
	program := filepath.Join(dir, "app.wasm")
	if err := os.WriteFile(program, []byte("\x00asm\x01\x00\x00\x00"+strings.Repeat("x", 1000)), 0o600); err != nil {
		return nil, err
	}
	s, err := newSite(program, "../static", place{origin: "https://sealane.example", proxy: "https://proxy.example"})
	if err != nil {
		return nil, err
	}
	return s, s.write(filepath.Join(dir, "site"), 5)
}

// whole is one site for the tests that only read it: it has hundreds of pages.
var whole struct {
	sync.Once
	dir  string
	site *site
	err  error
}

// TestMain removes the site that the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(whole.dir) // "" when no test asked for it
	os.Exit(code)
}

// toRead gives the site that the tests share.
func toRead(t *testing.T) (*site, string) {
	t.Helper()
	whole.Do(func() {
		if whole.dir, whole.err = os.MkdirTemp("", "sealane-"); whole.err == nil {
			whole.site, whole.err = writeSite(whole.dir)
		}
	})
	if whole.err != nil {
		t.Fatal(whole.err)
	}
	return whole.site, filepath.Join(whole.dir, "site")
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestSiteIsComplete(t *testing.T) {
	s, out := toRead(t)
	for _, name := range []string{"index.html", "lab.html", "learn.html", "app.js", "app-worker.js", "wasm_exec.js", "manifest.webmanifest",
		"404.html", "config.json", "sitemap.xml", "_headers", "_redirects", "embed.html", "widget.js", "widget.html", "widget/make.html", "robots.txt", "icon.svg", "icon-192.png", "icon-512.png"} {
		if read(t, out, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	worker := read(t, out, "app-worker.js")
	list := regexp.MustCompile(`const resources = \[(.*)\]`).FindStringSubmatch(worker)
	if list == nil {
		t.Fatal("the worker keeps nothing")
	}
	// The worker's list is all or nothing: one missing file, and it keeps none.
	for _, p := range strings.Split(list[1], ", ") {
		name := strings.Trim(p, `"/`)
		switch name {
		case "":
			name = "index.html"
		case "lab", "learn", "embed", "widget", "widget/make", "make", "lint", "reports", "explain":
			name += ".html"
		}
		if _, there := s.files[name]; !there {
			t.Errorf("the worker wants %s, which is not there", p)
		}
	}
}

func TestPagesKeepThePolicy(t *testing.T) {
	_, out := toRead(t)
	for _, name := range []string{"index.html", "lab.html", "learn.html", "make.html", "lint.html", "explain.html"} {
		page := read(t, out, name)
		if strings.Contains(page, " style=") || regexp.MustCompile(`<script(?:>| [^>]*[^"]>[^<])`).MatchString(page) ||
			regexp.MustCompile(` on[a-z]+=`).MatchString(page) {
			t.Errorf("%s: an inline script or style", name)
		}
		page = strings.ReplaceAll(page, `<link rel="canonical" href="https://sealane.example/`, "") // nothing that is loaded
		if m := regexp.MustCompile(`(?:src|href)="(?:https?:)?//[^"]*"`).FindString(page); m != "" {
			t.Errorf("%s: a third party: %s", name, m)
		}
		if name == "learn.html" {
			continue
		}
		for _, id := range []string{"app-wasm-loader", "app-wasm-loader-icon", "app-wasm-loader-label", "broken"} {
			if !strings.Contains(page, `id="`+id+`"`) {
				t.Errorf("%s: no element %s", name, id)
			}
		}
	}
	index := read(t, out, "index.html")
	for _, want := range []string{`method="get"`, `name="d"`, `id="d"`, locale.English().UI.Ask.Question, `aria-hidden="true"`} {
		if !strings.Contains(index, want) {
			t.Errorf("index.html has no %s", want)
		}
	}
	if strings.Contains(index, `="false"`) && regexp.MustCompile(`(?:open|disabled|hidden|required)="false"`).MatchString(index) {
		t.Error("a boolean attribute that says false is read as true")
	}
}

// The pages about findings don't load the program, nor anything of the engine.
func TestLearnPagesAreLight(t *testing.T) {
	s, out := toRead(t)
	for _, name := range []string{"learn.html", "learn/dns.null-mx.html"} {
		page := read(t, out, name)
		for _, heavy := range []string{"wasm", "app.js", `id="broken"`, "<noscript"} {
			if strings.Contains(page, heavy) {
				t.Errorf("%s has %s", name, heavy)
			}
		}
		if !strings.Contains(page, `<script src="`+s.hashed["learn.js"]+`" defer></script>`) || !strings.Contains(page, s.hashed["boot.js"]) {
			t.Errorf("%s doesn't load its scripts", name)
		}
	}
	if lines := strings.Count(string(s.files[s.hashed["learn.js"][1:]]), "\n"); lines > 120 {
		t.Errorf("learn.js has %d lines", lines)
	}
}

// widget.js is short, has its words, and is what the frames expect.
func TestWidgetScript(t *testing.T) {
	s, out := toRead(t)
	script := s.files["widget.js"]
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(script); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("widget.js: %d octets, %d as gzip", len(script), packed.Len())
	if packed.Len() > 3072 {
		t.Errorf("widget.js has %d octets as gzip", packed.Len())
	}
	if text := string(script); strings.Contains(text, "{{") || !strings.Contains(text, locale.English().Widget().Check) {
		t.Error("widget.js lacks its words")
	}
	for name, framed := range map[string]bool{"widget": true, "widget/make": true, "index": false, "make": false, "embed": false} {
		page := read(t, out, name+".html")
		if got := strings.Contains(page, `<script src="`+s.hashed["frame.js"]+`"></script>`); got != framed {
			t.Errorf("%s: frame.js is there: %v", name, got)
		}
		if got := strings.Contains(page, `<header class="top"`); got == framed {
			t.Errorf("%s: the header is there: %v", name, got)
		}
	}
	if page := read(t, out, "embed.html"); strings.Contains(page, "wasm") || !strings.Contains(page, s.hashed["embed.js"]) || !strings.Contains(page, `"/widget.js"`) {
		t.Error("the page about embedding loads the program, or not its scripts")
	}
}

// named is a literal of static/learn.js; its syntax is also Go's.
var named = regexp.MustCompile(`(?m)^  var isName = /(.*)/;$`)

// learn.js takes a name exactly where dnsname does, but for one that a program
// would take for an option.
func FuzzNamesOfLearnPages(f *testing.F) {
	script, err := os.ReadFile("../static/learn.js")
	if err != nil {
		f.Fatal(err)
	}
	literal := named.FindSubmatch(script)
	if literal == nil {
		f.Fatal("learn.js has no isName")
	}
	isName := regexp.MustCompile(string(literal[1]))
	for _, s := range []string{
		"example.com", "Foo.Example.", "_25._tcp.mx", "a", "-x.example", "--help", "x-", "a.-b", "a..b", ".", "..", "", ".a", "a b", "a;b", "$(id).example", "`id`",
		"a\n", "a\nb", "\na", "a'b", `a"b`, "ä.example", "*.example", "{host}", "~root", strings.Repeat("x", 63), strings.Repeat("x", 64),
		strings.Repeat("x.", 126) + "x", strings.Repeat("x.", 127) + "x", "a." + strings.Repeat("y", 64),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		value := strings.TrimSuffix(s, ".")
		n, err := dnsname.Parse(s)
		want := err == nil && n != dnsname.Root && n.String()[0] != '-'
		if got := len(value) <= 253 && isName.MatchString(value); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	})
}

// Every code has a page of its own that says what it is and is whole without a
// script; the worker keeps none of them, they are too many.
func TestEveryCodeHasAPage(t *testing.T) {
	s, out := toRead(t)
	worker, lang := read(t, out, "app-worker.js"), locale.English()
	titles := map[string]bool{}
	for _, e := range check.Catalogue() {
		code := string(e.Code)
		page := read(t, out, "learn", code+".html")
		parsed := parse(t, page)
		words, _ := lang.Finding(code)
		title := strings.ReplaceAll(locale.Fill(words.Title, lang.Examples(code)), "`", "") + " · Sealane"
		if parsed.title != title {
			t.Errorf("%s: the title is %q, want %q", code, parsed.title, title)
		}
		titles[title] = true
		if parsed.canonical != "https://sealane.example/learn/"+code || parsed.summary == lang.UI.Shell.Description || len(parsed.summary) < 10 {
			t.Errorf("%s: canonical %q, summary %q", code, parsed.canonical, parsed.summary)
		}
		if !strings.Contains(page, `data-learn="`+code+`"`) || parsed.odd != "" {
			t.Errorf("%s: it is another's, or has an odd attribute: %s", code, parsed.odd)
		}
		for _, link := range parsed.links {
			link, _, _ = strings.Cut(strings.TrimPrefix(link, "/"), "#")
			if _, there := s.files[link+".html"]; link != "" && !there {
				t.Errorf("%s leads to %s, which is not there", code, link)
			}
		}
		if strings.Contains(worker, code) {
			t.Errorf("the worker keeps %s", code)
		}
	}
	if len(titles) < 300 {
		t.Errorf("only %d different titles", len(titles))
	}
}

// A page says the same of itself to who reads it without the program, such as
// those who show links, as it does in the browser.
func TestPagesSayWhatTheyAre(t *testing.T) {
	_, out := toRead(t)
	ui := locale.English().UI
	for name, want := range map[string]head{
		"index":       {title: ui.Shell.Title, summary: ui.Shell.Description},
		"make":        {title: ui.Make.Title + " · Sealane", summary: ui.Make.Lede},
		"widget/make": {title: ui.Make.Title + " · Sealane", summary: ui.Make.Lede},
		"lint":        {title: ui.Lint.Title + " · Sealane", summary: ui.Lint.Lede},
		"reports":     {title: ui.Reports.Title + " · Sealane", summary: ui.Reports.Lede},
		"lab":         {title: ui.Lab.Title + " · Sealane", summary: ui.Lab.Explain},
	} {
		page := read(t, out, name+".html")
		if got := parse(t, page); got.title != want.title || got.summary != want.summary {
			t.Errorf("%s: %q, %q", name, got.title, got.summary)
		}
		if og := `<meta property="og:title" content="` + want.title + `">`; !strings.Contains(page, og) {
			t.Errorf("%s: no %s", name, og)
		}
	}
}

// head is what a page says to search engines, and where it leads within the site.
type head struct {
	title, summary, canonical string
	links                     []string
	odd                       string // an attribute that no page of ours has
}

func parse(t *testing.T, page string) (h head) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return h
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			attr := map[string]string{}
			for _, a := range token.Attr {
				attr[a.Key] = a.Val
				if !regexp.MustCompile(`^[a-zA-Z:-]+$`).MatchString(a.Key) {
					h.odd = token.String()
				}
			}
			switch {
			case token.Data == "title":
				tokens.Next()
				h.title = tokens.Token().Data
			case attr["name"] == "description":
				h.summary = attr["content"]
			case attr["rel"] == "canonical":
				h.canonical = attr["href"]
			case token.Data == "a" && strings.HasPrefix(attr["href"], "/"):
				h.links = append(h.links, attr["href"])
			}
		}
	}
}

func TestCompressedFormsHoldTheSame(t *testing.T) {
	s, out := toRead(t)
	packed := 0
	for name, content := range s.files {
		if b, err := os.ReadFile(filepath.Join(out, name+".br")); err == nil {
			packed++
			got, err := io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s.br holds something else: %v", name, err)
			}
		}
		if b, err := os.ReadFile(filepath.Join(out, name+".gz")); err == nil {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s.gz holds something else: %v", name, err)
			}
		}
	}
	if packed < 8 {
		t.Errorf("only %d files have a .br", packed)
	}
}

func TestVersionFollowsTheContent(t *testing.T) {
	s, _ := written(t)
	before := s.version()
	s.files["widget.js"] = append(s.files["widget.js"], ' ')
	if s.version() == before {
		t.Error("a changed file leaves the version as it was")
	}
}

func TestOldProgramsGo(t *testing.T) {
	s, out := written(t)
	delete(s.files, "_redirects") // of a site that had a proxy
	delete(s.files, "sitemap.xml")
	old := []string{"web/app-0000000000000000.wasm", "web/app-0000000000000000.wasm.br", "web/learn-0.js", "_redirects", "sitemap.xml", "sitemap.xml.gz"}
	for _, name := range old {
		if err := os.WriteFile(filepath.Join(out, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.write(out, 1); err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if _, err := os.Stat(filepath.Join(out, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s of an earlier build stays: %v", name, err)
		}
	}
	for name := range s.files {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Errorf("%s went, too: %v", name, err)
		}
	}
}

func TestNoWebAssemblyIsRefused(t *testing.T) {
	program := filepath.Join(t.TempDir(), "app.wasm")
	if err := os.WriteFile(program, []byte("<!doctype html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newSite(program, "../static", place{}); !errors.Is(err, errSite) {
		t.Errorf("%v", err)
	}
}

// The engine brings its own copy of the loader, which must be this Go's.
func TestLoaderIsThisGo(t *testing.T) {
	s, _ := toRead(t)
	want, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "lib", "wasm", "wasm_exec.js")) //nolint:staticcheck // the toolchain that runs the test
	if err != nil {
		t.Skip("this Go has no lib/wasm")
	}
	strip := func(b []byte) string { return strings.Join(strings.Fields(string(b)), " ") }
	if strip(s.files["wasm_exec.js"]) != strip(want) {
		t.Error("go-app's wasm_exec.js differs from this Go's")
	}
}
