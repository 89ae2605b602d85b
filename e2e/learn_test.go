package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestLearnPage goes from a finding to its page, which is filled with the names
// of the check, copies a command there, and goes on to the list and back.
func TestLearnPage(t *testing.T) {
	s := serve(t, "-lab")
	d := find(t, "dane-mismatch").Domain
	p := visit(t, s, "/?d="+d)
	p.allowClipboard()
	p.finished(d)
	const link = `article.report a.code[href^="/learn/dane.mismatch-old-certificate?"]`
	eval[bool](p, fmt.Sprintf(`(document.querySelector('%s').scrollIntoView(), true)`, link))
	p.click(link)
	p.await("the finding's page", `document.querySelector('[data-learn="dane.mismatch-old-certificate"]')`)
	if y := eval[float64](p, `scrollY`); y > 1 {
		t.Errorf("the page begins %.0f px below its top", y)
	}
	text := eval[string](p, `document.querySelector("article").innerText`)
	for _, want := range []string{"posttls-finger -c -l dane -L summary " + d, "-servername mx1." + d, "Domains of the lab that show it"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	p.click(`[data-copy]`)
	if got, want := eval[string](p, `navigator.clipboard.readText()`), "posttls-finger -c -l dane -L summary "+d; got != want {
		t.Errorf("the clipboard holds %q, want %q", got, want)
	}
	if title := eval[string](p, `document.title`); !strings.HasSuffix(title, " · Sealane") || strings.Contains(title, d) {
		t.Errorf("the title is %q", title)
	}
	p.click(`article a[href^="/learn#"]`)
	p.await("the list", `document.querySelector("#dane .code-list li")`)
	eval[bool](p, `(history.back(), true)`)
	p.await("the finding's page again", `document.querySelector('[data-learn]')`)
	eval[bool](p, `(history.back(), true)`)
	p.finished(d)
}

// TestLearnPageByLink opens a page and one that there isn't by their addresses.
func TestLearnPageByLink(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/learn/starttls.not-offered")
	p.ready()
	if got := eval[string](p, `document.querySelector("[data-learn] h1").innerText`); got != "No encryption offered" {
		t.Errorf("the heading is %q", got)
	}
	p.fits("a learn page")
	p.goTo("/learn/dns.nul-mx")
	p.ready()
	p.await("the near code", `document.querySelector('main a[href="/learn/dns.null-mx"]')`)
	p.click(`main a[href="/learn/dns.null-mx"]`)
	p.await("its page", `document.querySelector('[data-learn="dns.null-mx"]')`)
}

// TestLearnPageWithoutAScript reads a page as a search engine does.
func TestLearnPageWithoutAScript(t *testing.T) {
	s := serve(t, "-lab")
	r, err := http.Get(s.Origin + "/learn/dane.mismatch-all")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>No TLSA record matches · Sealane</title>", `data-learn="dane.mismatch-all"`, `rel="canonical" href="/learn/dane.mismatch-all"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s", want)
		}
	}
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s, %s", r.Status, r.Header.Get("Content-Type"))
	}
}
