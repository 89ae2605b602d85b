package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestLearnPage goes from a finding to its page, which is filled with the names
// of the check, copies a command there, and goes on to the list and back.
func TestLearnPage(t *testing.T) { learnPage(t, serve(t, "-lab")) }

func learnPage(t *testing.T, s *server) {
	t.Helper()
	d := find(t, "dane-mismatch").Domain
	p := visit(t, s, "/?d="+d)
	p.allowClipboard()
	p.finished(d)
	const link = `article.report a.code[href^="/learn/dane.mismatch-old-certificate?"]`
	eval[bool](p, fmt.Sprintf(`(document.querySelector('%s').scrollIntoView(), true)`, link))
	p.click(link)
	p.await("the finding's page", `document.querySelector('[data-learn="dane.mismatch-old-certificate"]')`)
	p.await("the names", `!document.querySelector("[data-lab-of]").hidden`)
	if n := eval[int](p, `performance.getEntriesByType("resource").filter(e => e.name.includes("wasm") || e.name.includes("/app.js")).length`); n > 0 {
		t.Errorf("the page loads the program: %d files", n)
	}
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
	p.click(`.theme`)
	theme := eval[string](p, `document.documentElement.dataset.theme`)
	p.click(`article a[href^="/learn#"]`)
	p.await("the list", `document.querySelector("#dane .code-list li")`)
	if got := eval[string](p, `document.documentElement.dataset.theme`); got != theme || theme == "" {
		t.Errorf("the theme was %q and is %q", theme, got)
	}
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
	p.await("the lab", `!document.querySelector('nav a[href="/lab"]').hidden`)
}

// TestLearnPageUnknown asks for a code that there isn't, which is a 404 in the
// browser's log too.
func TestLearnPageUnknown(t *testing.T) { learnPageUnknown(t, serve(t, "-lab")) }

func learnPageUnknown(t *testing.T, s *server) {
	t.Helper()
	p := open(t, s.Origin)
	p.beside = []string{s.Beside}
	p.goTo("/learn/dns.nul-mx?domain=foo.example")
	p.ready()
	if got := eval[string](p, `document.querySelector("main h1").innerText + " / " + document.title`); got != "There is no finding dns.nul-mx / There is no finding dns.nul-mx · Sealane" {
		t.Errorf("it says %q", got)
	}
	p.fits("the list in place of a page")
	p.await("the near code", `document.querySelector('[data-missing] a[href="/learn/dns.null-mx?domain=foo.example"]')`)
	p.click(`[data-missing] a`)
	p.await("its page", `document.querySelector('[data-learn="dns.null-mx"]')`)
	if got := eval[string](p, `document.querySelector("pre").innerText`); got != "dig MX foo.example" {
		t.Errorf("the command is %q", got)
	}
	p.goTo("/learn/%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE" + strings.Repeat("x", 3000))
	p.ready()
	if got := eval[string](p, `document.querySelector("main h1").innerHTML`); strings.Contains(got, "<script") || strings.Contains(got, "\u202e") || len(got) > 200 {
		t.Errorf("a code from outside is not cut, or not shown as text: %q", got)
	}
}

// TestLearnPageWithoutAScript reads a page as a search engine does.
func TestLearnPageWithoutAScript(t *testing.T) {
	s := serve(t, "-lab")
	r, err := client(t).Get(s.Origin + "/learn/dane.mismatch-all")
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

// TestLearnPageTakesNamesOnly puts into the query what nobody may paste into a
// shell, and wants examples in its place.
func TestLearnPageTakesNamesOnly(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/learn/cert.expired")
	const said = `[...document.querySelectorAll("header.ask, dl, pre, [data-check]")].map(e => e.textContent + e.href).join("\n")`
	want := eval[string](p, said)
	for _, hostile := range []string{
		"a.example;rm -rf ~", "$(id).example", "`id`", "-f/etc/passwd", "--help.example", "a b", "a\nb", "a'b", `a"b`, "a|b", "a&b", ".", "..", "a..b",
		"a.example/", "{host}", "ä.example", "a>b", "*.example", "fe80::1%eth0", "1.2.3.4.5:25", "~root", "!1", "\\a", "<img src=x>", "\u212a.example",
		strings.Repeat("x", 64), strings.Repeat("x.", 127) + "x",
	} {
		v := url.QueryEscape(hostile)
		p.goTo("/learn/cert.expired?domain=" + v + "&host=" + v + "&name=" + v + "&ip=" + v)
		p.ready()
		if got := eval[string](p, said); got != want {
			t.Errorf("%q gives\n%s", hostile, got)
		}
	}
	for _, ip := range []string{"1.2.3", "01.2.3.4", "256.1.1.1", "1.2.3.4.", "0x7f.1", "2130706433", "::1]", "1::2::3", "[::1]", "a.example", ":"} {
		p.goTo("/learn/cert.expired?ip=" + url.QueryEscape(ip))
		p.ready()
		if got := eval[string](p, said); got != want {
			t.Errorf("ip %q gives\n%s", ip, got)
		}
	}
	for query, want := range map[string]string{
		"domain=Foo.Example.&host=mx7.foo.example&ip=192.0.2.7": "-connect 192.0.2.7:25 -servername mx7.foo.example",
		"host=mx7.foo.example&ip=2001:DB8::1":                   "-connect [2001:db8::1]:25 -servername mx7.foo.example",
		"host=mx7.foo.example":                                  "-connect mx7.foo.example:25 -servername mx7.foo.example",
		"domain=foo.example":                                    "-connect mx.example.com:25 -servername mx.example.com",
	} {
		p.goTo("/learn/cert.expired?" + query)
		p.ready()
		if got := eval[string](p, `document.querySelector("pre").textContent`); !strings.Contains(got, want) {
			t.Errorf("%s: %s", query, got)
		}
	}
	p.goTo("/learn/tls.cbc-only?domain=Foo.Example.&host=mx7.foo.example")
	p.ready()
	if got := eval[string](p, `document.querySelector('dl a[href^="/learn/"]').search + document.querySelector("[data-check]").innerText + document.querySelector("[data-own]").hidden`); got != "?domain=foo.example&host=mx7.foo.exampleCheck foo.exampletrue" {
		t.Errorf("what leads on says %s", got)
	}
}
