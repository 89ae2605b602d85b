package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sealane/sealane/app/reports/mill"
	"github.com/sealane/sealane/app/tlsrpt"

	sums "github.com/sealane/sealane/app/reports"
)

// TestReportsPage drops files of all kinds, holds the totals to those of the same reader
// here, and goes through the page.
func TestReportsPage(t *testing.T) { reportsPage(t, serve(t, "-lab")) }

func reportsPage(t *testing.T, s *server) {
	t.Helper()
	dir := t.TempDir()
	var files []string
	var want sums.Set
	add := func(name string, content []byte) {
		file := filepath.Join(dir, name)
		write(t, file, 0o600, string(content))
		files = append(files, file)
		if err := want.Read(name, bytes.NewReader(content), tlsrpt.DefaultLimits(), nil); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 24 {
		name, content := mill.File(n, 5)
		add(fmt.Sprintf("%d-%s", n, filepath.Base(name)), content)
	}
	add("again.json", mill.Report(3, 5))
	add("broken.json", []byte("{\"organization-name\": \"Example\",\n \"policies\": [}"))
	total := want.Total(sums.Filter{})

	p := visit(t, s, "/reports")
	p.ready()
	asked := len(p.all())
	p.drop(files...)
	p.await("the totals", `document.querySelector('[data-reading="false"]') && document.querySelector('[data-by="result"]')`)
	text := p.spoken()
	for _, said := range []string{
		fmt.Sprintf("%d of %d sessions failed", total.Failed, total.Failed+total.Successful), "1 came twice", "1 could not be read",
	} {
		if !strings.Contains(text, said) {
			t.Errorf("the page doesn't say %q: %s", said, tail(text, 1500))
		}
	}
	for by, view := range map[sums.By]string{sums.ByResult: "result", sums.BySource: "source", sums.ByReceivingMX: "mx", sums.ByDay: "day", sums.ByDomain: "domain"} {
		p.click(fmt.Sprintf(`[data-show=%q]`, view))
		p.await("view "+view, fmt.Sprintf(`document.querySelector('[data-by=%q]')`, view))
		groups := want.Sum(by, sums.Filter{})
		if eval[bool](p, `!!document.querySelector('[data-act="more"]')`) {
			p.click(`[data-act="more"]`)
			p.await("more lines", fmt.Sprintf(`document.querySelectorAll('[data-by=%q] tbody tr').length === %d`, view, len(groups)))
		}
		for _, g := range groups {
			figure := g.Failed
			if g.Successful+g.Failed == 0 {
				figure = g.Detailed
			}
			cells := eval[string](p, fmt.Sprintf(`[...document.querySelectorAll('[data-by=%q] tbody tr')].filter(r => r.dataset.key === %q).map(r => r.textContent.replace(/\u00a0/g, "")).join()`, view, g.Key))
			if !strings.Contains(cells, fmt.Sprint(figure)) {
				t.Errorf("%s %q: %d failed, the page says %q", view, g.Key, figure, cells)
			}
		}
	}

	p.click(`[data-show="log"]`)
	p.await("the place where reading stopped", `document.querySelector('[data-unread="syntax"]')?.textContent.includes("line 2, column 15")`)
	p.await("the repairs", `document.querySelector('[data-repair="sessions-twice"]') && document.querySelector('[data-repair="duplicate"]')`)
	if left := len(p.all()) - asked; left != 0 {
		t.Errorf("the page made %d requests: %s", left, p.all()[asked:])
	}
	p.filtered(&want)
	p.exported(&want)
	p.click(`[data-act="clear"]`)
	p.await("nothing", `!document.querySelector(".reports")`)
}

// filtered narrows the page to a domain.
func (p *page) filtered(want *sums.Set) {
	p.t.Helper()
	domains, _, _ := want.Choices()
	total := want.Total(sums.Filter{Domain: domains[0]})
	eval[bool](p, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("reports-domain"))`, domains[0]))
	p.await("the sums of "+domains[0], fmt.Sprintf(`document.querySelector("[data-total]").textContent.replace(/\u00a0/g, "").startsWith("%d of %d ")`, total.Failed, total.Failed+total.Successful))
}

// exported saves a view as CSV, under the filter that is set.
func (p *page) exported(want *sums.Set) {
	p.t.Helper()
	domains, _, _ := want.Choices()
	p.click(`[data-show="source"]`)
	p.await("sources", `document.querySelector('[data-by="source"]')`)
	var csv bytes.Buffer
	if err := want.CSV(&csv, sums.BySource, sums.Filter{Domain: domains[0]}); err != nil {
		p.t.Fatal(err)
	}
	content, err := os.ReadFile(p.saved("csv", "csv"))
	if err != nil || string(content) != csv.String() {
		p.t.Errorf("saved as CSV (%v):\n%s\nwant:\n%s", err, content, csv.String())
	}
}

// drop gives files to the page.
func (p *page) drop(files ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-reports="file"]`), files, chromedp.NodeReady))
}

// spoken is the text of the page, with plain spaces.
func (p *page) spoken() string {
	p.t.Helper()
	return strings.ReplaceAll(eval[string](p, `document.querySelector("main").innerText`), "\u00a0", "")
}

// all gives the requests since the page opened, but for its icon, which the browser
// takes when it likes.
func (p *page) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.requests), func(r string) bool { return strings.HasPrefix(r, "/icon") })
}

// TestReportsAgain checks a failure of a domain of the lab again, and holds the policy that a
// sender saw to today's.
func TestReportsAgain(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/reports")
	p.ready()
	broken, well := find(t, "expired-policy-cert").Domain, "perfect.test"
	var files []string
	for _, domain := range []string{broken, well} {
		file := filepath.Join(t.TempDir(), domain+".json")
		write(t, file, 0o600, fmt.Sprintf(`{"organization-name":"Example","contact-info":"a@example.net","report-id":%q,
"date-range":{"start-datetime":"2026-11-20T00:00:00Z","end-datetime":"2026-11-20T23:59:59Z"},
"policies":[{"policy":{"policy-type":"sts","policy-domain":%q,"policy-string":["version: STSv1","mode: testing","mx: old.example","max_age: 86400"],"mx-host":["old.example"]},
"summary":{"total-successful-session-count":9,"total-failure-session-count":1},
"failure-details":[{"result-type":"sts-webpki-invalid","sending-mta-ip":"192.0.2.1","failed-session-count":1}]}]}`, domain, domain))
		files = append(files, file)
	}
	p.drop(files...)
	p.await("the reports", `document.querySelector('[data-reading="false"]')`)
	p.click(`[data-show="failures"]`)
	for domain, want := range map[string]string{broken: "failing", well: "mended"} {
		row := fmt.Sprintf(`[data-failure="sts-webpki-invalid"][data-domain=%q] `, domain)
		p.await("row of "+domain, fmt.Sprintf(`document.querySelector('%s')`, row))
		p.click(row + `[data-act="check"]`)
		p.await(domain+" "+want, fmt.Sprintf(`document.querySelector('%s [data-outcome=%q]')`, row, want))
	}
	p.await("link to the finding", `document.querySelector('[data-outcome="failing"] ~ a[href^="/learn/"]')`)
	p.click(`[data-show="policies"]`)
	p.await("what today's differs in", fmt.Sprintf(`document.querySelector('[data-policy="sts"][data-domain=%q] del')?.textContent.includes("mode: testing")`, well))
}

// TestReportsStop stops the reading of many files, and goes on with one more.
func TestReportsStop(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/reports")
	p.ready()
	dir, files := t.TempDir(), []string(nil)
	for n := range 3000 {
		file := filepath.Join(dir, fmt.Sprint(n, ".json"))
		write(t, file, 0o600, string(mill.Report(n, 32)))
		files = append(files, file)
	}
	eval[bool](p, `(new MutationObserver((_, o) => { const b = document.querySelector('[data-act="stop"]'); if (b) { o.disconnect(); b.click(); } }).observe(document.body, {childList: true, subtree: true}), true)`)
	p.drop(files...)
	p.await("the end", `document.querySelector('[data-reading="false"]')`)
	if text := p.spoken(); !strings.Contains(text, "Stopped after ") || strings.Contains(text, "Stopped after 3000") {
		t.Errorf("stopped, the page says: %s", tail(text, 800))
	}
	p.drop(files[2999])
	p.await("one more", `[...document.querySelectorAll("[data-reading=false]")].some(e => e.textContent.includes("reports from"))`)
}

// TestReportsHostile gives the page what would fill its memory, or hang it: of each a line,
// and the page lives.
func TestReportsHostile(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/reports")
	p.ready()
	dir := t.TempDir()
	zeros := mill.Gzip(bytes.Repeat([]byte(" "), 64<<20))
	for name, content := range map[string][]byte{
		"bomb.json.gz":   append([]byte(nil), bytes.Repeat(zeros, 40)...), // members of one gzip: 2.5 GB
		"nested.zip":     nested(8),
		"deep.json":      []byte(strings.Repeat("[", 1_000_000)),
		"empty.json":     nil,
		"cut.json.gz":    mill.Gzip(mill.Report(1, 30))[:300],
		"dmarc.xml":      []byte(`<?xml version="1.0"?><feedback><report_metadata><org_name>x</org_name></report_metadata></feedback>`),
		"text.eml":       []byte("From: a@example.com\r\nSubject: hello\r\n\r\nNo report.\r\n"),
		"<img src=x>.gz": []byte("\x1f\x8bnothing"),
	} {
		write(t, filepath.Join(dir, strings.ReplaceAll(name, "/", "_")), 0o600, string(content))
	}
	sparse := filepath.Join(dir, "sparse.json")
	write(t, sparse, 0o600, "{")
	if err := os.Truncate(sparse, 1<<30); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	began := time.Now()
	p.drop(files...)
	p.await("the end", `document.querySelector('[data-reading="false"]') && document.querySelector('[data-show="log"]')`)
	t.Logf("%d files in %v", len(files), time.Since(began).Round(time.Millisecond))
	p.click(`[data-show="log"]`)
	p.await("the log", `document.querySelector('[data-unread]')`)
	lines := eval[[]string](p, `[...document.querySelectorAll("[data-unread]")].map(e => e.dataset.unread + ": " + e.innerText.replace(/\s+/g, " "))`)
	for _, line := range lines {
		t.Log(line)
	}
	for _, file := range files {
		if name := filepath.Base(file); !strings.Contains(strings.Join(lines, "\n"), name) {
			t.Errorf("no line about %s", name)
		}
	}
	if n := eval[int](p, `document.querySelectorAll("main img").length`); n != 0 {
		t.Error("a file name came alive")
	}
	p.drop(filepath.Join(dir, "empty.json"))
	p.await("more", fmt.Sprintf(`document.querySelectorAll("[data-unread]").length === %d`, len(lines)+1))
}

// nested is a zip in a zip, so many times.
func nested(n int) []byte {
	content := mill.Report(1, 3)
	name := "report.json"
	for range n {
		content = mill.Zip(map[string][]byte{name: content})
		name = "inner.zip"
	}
	return content
}
