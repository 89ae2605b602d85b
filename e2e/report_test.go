package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Where things are on the page, for the tests that follow.
const (
	report = `article.report[data-state]`
	field  = `#d`
	wrong  = `#said [data-wrong]`
)

// ready waits until the program runs: the loader of the prerendered page goes
// when it has started.
func (p *page) ready() {
	p.t.Helper()
	p.await("running program", `document.readyState === "complete" && !document.getElementById("app-wasm-loader") && document.querySelector("main")`)
}

// finished waits for the whole report on a domain.
func (p *page) finished(domain string) {
	p.t.Helper()
	p.await("report on "+domain, fmt.Sprintf(`document.querySelector('%s[data-state="done"][data-domain=%q]')`, "article.report", domain))
}

// goTo follows a deep link.
func (p *page) goTo(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.origin + path))
}

// check follows the deep link to a domain and waits for the report.
func (p *page) check(domain string) {
	p.t.Helper()
	p.goTo("/?d=" + url.QueryEscape(domain))
	p.finished(domain)
}

// codes gives the set of codes that the report shows.
func (p *page) codes() []string {
	p.t.Helper()
	return sorted(eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll('%s [data-code]')].map(e => e.dataset.code)`, report)))
}

// path gives what stands behind the origin in the address bar.
func (p *page) path() string {
	p.t.Helper()
	return eval[string](p, `location.pathname + location.search`)
}

// put sets the field's content as a paste does.
func (p *page) put(text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS(field)), inserted(text))
}

// submit presses Enter in the field.
func (p *page) submit() {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS(field)), chromedp.KeyEvent("\r"))
}

// in gives the same tab to a subtest, which the browser's complaints then fail.
func (p *page) in(t *testing.T) *page {
	p.mu.Lock()
	p.t, p.requests = t, nil
	p.mu.Unlock()
	t.Cleanup(func() {
		for _, problem := range p.complaints() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	return p
}

// headline gives the sentences at the top of the report.
func (p *page) headline() string {
	p.t.Helper()
	return strings.Join(strings.Fields(eval[string](p, fmt.Sprintf(`document.querySelector('%s .headline').textContent`, report))), " ")
}

// click clicks the first element of a selector, scrolled into view.
func (p *page) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

func escape(text string) string { return url.QueryEscape(text) }
