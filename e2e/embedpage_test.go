package e2e

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEmbedPage chooses, copies, and sees the widget.
func TestEmbedPage(t *testing.T) { embedPage(t, serve(t, "-lab")) }

func embedPage(t *testing.T, s *server) {
	t.Helper()
	proxy := s.Origin
	if s.Beside != "" {
		proxy = s.Beside
	}
	p := visit(t, s, "/embed")
	p.allowClipboard()
	p.choose("domain", "perfect.test")
	p.choose("theme", "dark")
	p.choose("accent", "#0b5")
	lines := `<script async src="` + s.Origin + `/widget.js"></script>` + "\n" +
		`<sealane-check domain="perfect.test" lang="en" theme="dark" accent="#0b5"><a href="` + s.Origin + `/?d=perfect.test">Check perfect.test with Sealane</a></sealane-check>`
	p.await("lines", fmt.Sprintf(`document.querySelector('[data-code="lines"]').textContent === %q`, lines))
	p.click(`[data-copy="lines"]`)
	if got := eval[string](p, `navigator.clipboard.readText()`); got != lines {
		t.Errorf("the clipboard holds\n%s", got)
	}
	for name, want := range map[string]string{
		"policy":   statedPolicy(t, s.Origin),
		"image":    "img-src " + proxy,
		"markdown": "[![Mail to perfect.test](" + proxy + "/badge/perfect.test.svg)](" + s.Origin + "/?d=perfect.test)",
	} {
		if got := eval[string](p, fmt.Sprintf(`document.querySelector('[data-code=%q]').textContent`, name)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	eval[bool](p, `(window.reports = [], document.addEventListener("sealane-report", (e) => reports.push(e.detail)), document.getElementById("preview").scrollIntoView(), true)`)
	p.await("report of the preview", `reports.some((r) => r.domain === "perfect.test")`)
	p.choose("domain", `a"><script>alert(1)</script>`)
	p.await("escaped lines", `document.querySelector('[data-code="lines"]').textContent.includes('domain="a&quot;&gt;&lt;script&gt;')`)
	p.choose("kind", "make")
	p.await("form in the preview", `document.querySelector("#preview sealane-make")?.shadowRoot?.querySelector("iframe")?.getBoundingClientRect().height > 200`)
	for _, width := range []int64{320, 1280} {
		p.do(chromedp.EmulateViewport(width, 900))
		p.fits(fmt.Sprintf("the page at %d px", width))
	}
	// The badge that it names is an image; the page itself shows none, and may not
	// where it comes from elsewhere.
	if s.Beside != "" {
		r, err := client(t).Get(s.Origin + "/badge/perfect.test.svg")
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("the badge: %s, %s", r.Status, r.Header.Get("Content-Type"))
		}
		return
	}
	size := eval[float64](p, `new Promise((done) => { const i = new Image(); i.onload = () => done(i.naturalWidth); i.onerror = () => done(0); i.src = "/badge/perfect.test.svg"; })`)
	if size < 100 {
		t.Errorf("the badge is %.0f px wide", size)
	}
}

// choose fills a field of the page about embedding.
func (p *page) choose(name, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const e = document.querySelector('[data-choice=%q]');
		e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`, name, value))
}

// TestEmbedWithTheProxyElsewhere copies a badge's lines from a site whose proxy has
// another origin, and shows the badge on a third under the policy that is stated; a
// site without a proxy offers none.
func TestEmbedWithTheProxyElsewhere(t *testing.T) {
	s := serve(t, "-lab")
	site := func(config string) *page {
		front := newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/config.json" {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(config))
				return
			}
			passOn(t, w, r, s.Origin)
		}))
		return visit(t, &server{Origin: front.URL}, "/embed")
	}
	p := site(`{"proxy": "` + s.Origin + `/"}`)
	p.choose("domain", "perfect.test")
	p.await("lines", `document.querySelector('[data-code="html"]').textContent.includes("`+s.Origin+`/badge/perfect.test.svg")`)
	copied := func(name string) string {
		return eval[string](p, `document.querySelector('[data-code="`+name+`"]').textContent`)
	}
	if lines := copied("lines"); strings.Contains(lines, s.Origin) || !strings.Contains(lines, p.origin+"/widget.js") {
		t.Errorf("the widget is the site's:\n%s", lines)
	}
	if markdown := copied("markdown"); markdown != "[![Mail to perfect.test]("+s.Origin+"/badge/perfect.test.svg)]("+p.origin+"/?d=perfect.test)" {
		t.Errorf("in Markdown: %s", markdown)
	}
	other := hostUnder(t, "<!doctype html><title>README</title>"+copied("html"), s.Origin, copied("image"))
	readme := visitHost(t, other, s.Origin)
	readme.await("badge", `document.images[0].complete && document.images[0].naturalWidth > 100 && document.images[0].naturalHeight === 20`)

	none := site(`{"proxyless": true}`)
	none.await("end of the badges", `!document.querySelector('[data-code="markdown"]')`)
	none.choose("domain", "perfect.test")
	none.await("lines", `document.querySelector('[data-code="lines"]').textContent.includes("perfect.test")`)
}

var detail = regexp.MustCompile(`data-code="detail"[^>]*>([^<]+)<`)

// TestReportIsAsStated compares the names and kinds of the event's detail with what
// the page about embedding shows.
func TestReportIsAsStated(t *testing.T) {
	s := serve(t, "-lab")
	page, err := os.ReadFile(filepath.Join(siteDir, "embed.html"))
	if err != nil {
		t.Fatal(err)
	}
	m := detail.FindSubmatch(page)
	if m == nil {
		t.Fatal("the page about embedding shows no detail")
	}
	var stated map[string]any
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &stated); err != nil {
		t.Fatal(err)
	}
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	got := eval[map[string]any](p, `reports[0].detail`)
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, slices.Sorted(maps.Keys(stated))) {
		t.Errorf("the detail has %s", names)
	}
	for name, value := range stated {
		if fmt.Sprintf("%T", value) != fmt.Sprintf("%T", got[name]) {
			t.Errorf("%s is %v", name, got[name])
		}
	}
}
