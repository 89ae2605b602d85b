package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
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
	p.drag(files...)
	p.await("the totals", `document.querySelector('[data-reading="false"]') && document.querySelector('[data-view="result"]')`)
	text := p.spoken()
	for _, said := range []string{
		fmt.Sprintf("%d of %d sessions failed", total.Failed, total.Failed+total.Successful), "1 came twice", "1 could not be read",
	} {
		if !strings.Contains(text, said) {
			t.Errorf("the page doesn't say %q: %s", said, tail(text, 1500))
		}
	}
	for by, view := range map[sums.By]string{sums.ByResult: "result", sums.BySource: "source", sums.ByReceivingMX: "mx", sums.ByDay: "day", sums.ByDomain: "domain"} {
		rows := p.rows(view)
		groups := want.Sum(by, sums.Filter{})
		if len(rows) != len(groups) {
			t.Errorf("by %s: %d lines, the page has %d", view, len(groups), len(rows))
		}
		for _, g := range groups {
			figure := g.Failed
			if g.Successful+g.Failed == 0 {
				figure = g.Detailed
			}
			if cells := rows[g.Key]; !slices.Contains(cells, fmt.Sprint(figure)) {
				t.Errorf("%s %q: %d failed, the page says %q", view, g.Key, figure, cells)
			}
		}
	}

	p.click(`[data-show="log"]`)
	p.await("the place where reading stopped", `document.querySelector('[data-unread="syntax"]')?.textContent.includes("line 2, column 15")`)
	repairs := map[string]bool{}
	p.pages(func() {
		for _, kind := range eval[[]string](p, `[...document.querySelectorAll("[data-repair]")].map(e => e.dataset.repair)`) {
			repairs[kind] = true
		}
	})
	if !repairs["sessions-twice"] || !repairs["duplicate"] {
		t.Errorf("the log lists %v", repairs)
	}
	if left := len(p.all()) - asked; left != 0 {
		t.Errorf("the page made %d requests: %s", left, p.all()[asked:])
	}
	p.filtered(&want)
	p.exported(&want)
	p.click(`[data-act="clear"]`)
	p.await("nothing", `!document.querySelector(".reports")`)
}

// rows shows a view, and gives the cells of its table by their keys, from all pages.
func (p *page) rows(view string) map[string][]string {
	p.t.Helper()
	p.click(fmt.Sprintf(`[data-show=%q]`, view))
	p.await("view "+view, fmt.Sprintf(`document.querySelector('[data-view=%q]')`, view))
	eval[bool](p, `([...document.querySelectorAll(".reports details.fold:not([open]) summary")].forEach(s => s.click()), true)`)
	p.await("table by "+view, fmt.Sprintf(`document.querySelector('[data-by=%q]')`, view))
	rows := map[string][]string{}
	p.pages(func() {
		for key, cells := range eval[map[string][]string](p, fmt.Sprintf(`Object.fromEntries([...document.querySelectorAll('[data-by=%q] tbody tr')].map(r => [r.dataset.key, [...r.querySelectorAll("td")].map(c => c.textContent.replace(/\u00a0/g, ""))]))`, view)) {
			rows[key] = cells
		}
	})
	return rows
}

// pages looks at each page of the last list that has some.
func (p *page) pages(look func()) {
	p.t.Helper()
	look()
	const pager = `[...document.querySelectorAll(".pager")].pop()`
	for eval[bool](p, pager+`?.querySelector('[data-act="on"]:enabled') ? true : false`) {
		was := eval[string](p, pager+`.innerText`)
		eval[bool](p, `(`+pager+`.querySelector('[data-act="on"]').click(), true)`)
		p.await("the next page", fmt.Sprintf(pager+`.innerText !== %q`, was))
		look()
	}
}

// narrow sets a filter, and waits for its total.
func (p *page) narrow(field, value, total string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("reports-%s"))`, value, field))
	p.await(total+" of "+field+" "+value, fmt.Sprintf(`document.querySelector("[data-total]").textContent.replace(/\u00a0/g, "").startsWith(%q)`, total))
}

// filtered narrows the page by each of its filters.
func (p *page) filtered(want *sums.Set) {
	p.t.Helper()
	domains, sources, results := want.Choices()
	days := want.Sum(sums.ByDay, sums.Filter{})
	for _, c := range []struct {
		field, value string
		filter       sums.Filter
	}{
		{"domain", domains[0], sums.Filter{Domain: domains[0]}}, {"source", sources[1], sums.Filter{Source: sources[1]}}, {"result", results[0], sums.Filter{Result: results[0]}},
		{"from", days[2].Key, sums.Filter{From: days[2].Key}}, {"to", days[1].Key, sums.Filter{To: days[1].Key}},
	} {
		total := want.Total(c.filter)
		said := fmt.Sprintf("%d of %d ", total.Failed, total.Failed+total.Successful)
		if c.field == "result" {
			said = fmt.Sprintf("%d ", total.Detailed)
		}
		p.narrow(c.field, c.value, said)
		all := want.Total(sums.Filter{})
		p.narrow(c.field, "", fmt.Sprintf("%d of %d ", all.Failed, all.Failed+all.Successful))
	}
}

// exported saves a view as CSV and all as JSON, under a filter, and prints.
func (p *page) exported(want *sums.Set) {
	p.t.Helper()
	domains, _, _ := want.Choices()
	filter := sums.Filter{Domain: domains[0]}
	total := want.Total(filter)
	p.narrow("domain", domains[0], fmt.Sprintf("%d of %d ", total.Failed, total.Failed+total.Successful))
	p.click(`[data-show="source"]`)
	p.await("sources", `document.querySelector('[data-view="source"]')`)
	var csv, doc bytes.Buffer
	if err := errors.Join(want.CSV(&csv, sums.BySource, filter), want.JSON(&doc, filter)); err != nil {
		p.t.Fatal(err)
	}
	for kind, content := range map[string]string{"csv": csv.String(), "json": doc.String()} {
		saved, err := os.ReadFile(p.saved(kind, kind))
		if err != nil || string(saved) != content {
			p.t.Errorf("saved as %s (%v):\n%.2000s\nwant:\n%.2000s", kind, err, saved, content)
		}
	}
	eval[bool](p, `(window.print = () => { window.printed = !!document.querySelector("[data-by=source] tbody tr"); }, true)`)
	p.click(`[data-act="print"]`)
	p.await("the page printed, with its table", `window.printed === true`)
}

// drop gives files to the page.
func (p *page) drop(files ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-reports="file"]`), files, chromedp.NodeReady))
}

// drag drags files onto the page, and lets go.
func (p *page) drag(files ...string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			if _, err := cdp.Call(ctx, target, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 200, Y: 300,
				Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1}}); err != nil {
				return err
			}
		}
		return nil
	}))
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

// manyReports writes more of them than are read at once.
func manyReports(t *testing.T) (files []string) {
	t.Helper()
	dir := t.TempDir()
	for n := range 3000 {
		files = append(files, filepath.Join(dir, fmt.Sprint(n, ".json")))
		write(t, files[n], 0o600, string(mill.Report(n, 32)))
	}
	return files
}

// TestReportsStop stops the reading of many files, and goes on with one more.
func TestReportsStop(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/reports")
	p.ready()
	files := manyReports(t)
	eval[bool](p, `(new MutationObserver((_, o) => { const b = document.querySelector('[data-act="stop"]'); if (b) { o.disconnect(); b.click(); } }).observe(document.body, {childList: true, subtree: true}), true)`)
	p.drop(files...)
	p.await("the end", `document.querySelector('[data-reading="false"]')`)
	if text := p.spoken(); !strings.Contains(text, "Stopped after ") || strings.Contains(text, "Stopped after 3000") {
		t.Errorf("stopped, the page says: %s", tail(text, 800))
	}
	p.drop(files[2999])
	p.await("one more", `[...document.querySelectorAll("[data-reading=false]")].some(e => e.textContent.includes("reports from"))`)
}

// TestReportsLeft leaves the page while it reads, and comes back: what was read is there, and
// more can be read.
func TestReportsLeft(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/reports")
	p.ready()
	files := manyReports(t)
	eval[bool](p, `(new MutationObserver((_, o) => { if (document.querySelector('[data-reading="true"]')) { o.disconnect(); document.querySelector('a[href="/explain"]').click(); } }).observe(document.body, {childList: true, subtree: true}), true)`)
	p.drop(files...)
	p.await("the other page", `location.pathname === "/explain"`)
	p.click(`a[href="/reports"]`)
	p.await("the page at rest", `document.querySelector('[data-reading="false"]')`)
	if text := p.spoken(); !strings.Contains(text, "Stopped after ") || strings.Contains(text, "Stopped after 3000") {
		t.Errorf("come back to, the page says: %s", tail(text, 800))
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
		"rows.json":      []byte(`{"policies": [{"failure-details": [` + strings.Repeat("{},", 10_000_000) + `{}]}]}`),
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
	folder := filepath.Join(dir, "folder.json")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	p.drag(folder)
	p.await("a word about the folder", `[...document.querySelectorAll("[data-unread=unreadable]")].some(e => e.innerText.includes("folder.json"))`)
	lines = append(lines, "")
	latin := filepath.Join(dir, "latin.json")
	write(t, latin, 0o600, strings.Replace(string(mill.Report(0, 3)), "Google", "G\xF6gle", 1))
	p.drop(filepath.Join(dir, "empty.json"), latin)
	p.await("the other charset", `document.querySelector('[data-repair="charset"]')`)
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
