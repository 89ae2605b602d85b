package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/sealane/sealane/app/reports/mill"
)

// TestBenchReportsInChromium drops 10 000 reports of 10 KB in all forms on the page, and
// prints what reading and showing them takes: time, the longest task, and memory.
func TestBenchReportsInChromium(t *testing.T) {
	bench(t)
	s := serve(t, "-lab")
	dir := t.TempDir()
	files, size := make([]string, 10_000), 0
	for n := range files {
		name, content := mill.File(n, 39)
		size += len(mill.Report(n, 39))
		files[n] = filepath.Join(dir, fmt.Sprint(n, "-", filepath.Base(name)))
		write(t, files[n], 0o600, string(content))
	}
	p := open(t, s.Origin)
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `
			const make = WebAssembly.instantiateStreaming;
			WebAssembly.instantiateStreaming = async (...a) => { const made = await make.apply(WebAssembly, a); window.programMemory = made.instance.exports.mem; return made; };`})
		return err
	}))
	p.goTo("/reports")
	p.ready()
	time.Sleep(2 * time.Second) // the program's start is not measured
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, performance.Enable, performance.EnableParams{})
		return err
	}))
	eval[bool](p, `(window.tasks = [], window.began = 0,
		new PerformanceObserver(l => l.getEntries().forEach(e => window.tasks.push([e.startTime, e.duration]))).observe({type: "longtask"}),
		document.addEventListener("change", () => { window.began ||= performance.now(); }, true),
		new MutationObserver(() => { if (!window.ended && document.querySelector('[data-reading="false"]')) window.ended = performance.now(); }).observe(document.body, {childList: true, subtree: true, attributes: true}),
		true)`)
	most := 0.0
	p.drop(files...)
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end) && !eval[bool](p, `!!window.ended`); time.Sleep(250 * time.Millisecond) {
		most = max(most, p.heap())
	}
	reading := most
	took := eval[float64](p, `(window.ended - window.began) / 1000`)
	for _, view := range []string{"source", "mx", "day", "domain", "policies", "failures", "log", "result"} {
		p.click(fmt.Sprintf(`[data-show=%q]`, view))
		p.await("view "+view, fmt.Sprintf(`document.querySelector('[data-view=%q]')`, view))
	}
	most = max(most, p.heap())
	time.Sleep(500 * time.Millisecond)
	// What the browser does before the page hears of the files is not the page's.
	tasks := eval[[][]float64](p, `window.tasks.filter(t => t[0] >= window.began).sort((a, b) => b[1] - a[1]).slice(0, 8)`)
	longest := 0.0
	if len(tasks) > 0 {
		longest = tasks[0][1]
	}
	t.Logf("the page says: %s", strings.Join(strings.Fields(eval[string](p, `document.querySelector("[data-reading]").innerText`)), " "))
	t.Logf("longest tasks (since, ms): %.0f, began at %.0f", tasks, eval[float64](p, `window.began`))
	bar(t, took <= 20, "10 000 reports, %d MB: %.1f s (bar: 20)", size/1_000_000, took)
	bar(t, longest <= 100, "longest task: %.0f ms (bar: 100)", longest)
	bar(t, most <= 300, "memory: %.0f MB, %.0f while reading (bar: 300)", most, reading)
}

// heap is what JavaScript and the program hold, in MB: the memory of WebAssembly is no
// part of the former.
func (p *page) heap() (mb float64) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		got, err := cdp.Call(ctx, target, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, m := range got.Metrics {
			if m.Name == "JSHeapUsedSize" {
				mb = m.Value / 1e6
			}
		}
		return nil
	}))
	return mb + eval[float64](p, `window.programMemory.buffer.byteLength / 1e6`)
}
