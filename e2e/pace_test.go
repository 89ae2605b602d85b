package e2e

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// visits is of how many visits the medians are printed.
const visits = 5

// watcher notes in the page when what a visitor waits for is there.
//
//go:embed testdata/pace.js
var watcher string

// paceParts are the parts of a visit in their order, and their bars in ms for
// the first and the repeated one, 0 without one.
var paceParts = []struct {
	key, what     string
	first, repeat float64
}{
	{"html", "first octet of the page", 0, 0},
	{"readable", "prerendered page readable", 1000, 0},
	{"usable", "form usable", 1200, 0},
	{"asked", "program asked for", 0, 0},
	{"downloaded", "program downloaded", 0, 0},
	{"compiled", "program instantiated", 0, 0},
	{"started", "program has drawn the page", 0, 0},
	{"lookup", "first lookup", 0, 0},
	{"finding", "first finding of this check", 6000, 0},
	{"earlier", "first finding of the last check", 0, 1500},
}

// TestVisitsInChromium prints the pace of a first and of a repeated visit to the link of a check,
// over a line of 10 Mbit/s and 40 ms, on a processor slowed four times.
func TestVisitsInChromium(t *testing.T) {
	if os.Getenv("SEALANE_BENCH") == "" {
		t.Skip("needs SEALANE_BENCH=1, which `make bench` sets")
	}
	end2end(t)
	must(t, "make", "-C", "..", "release")
	built(t)
	// Over plain HTTP, as the line is one of TCP.
	s := slowed(t, startServer(t, "-lab", "-site", buildDir+"/release"))
	path := strings.TrimSpace(need(t, "browser"))
	var first, repeat []map[string]float64
	for range visits {
		profile := t.TempDir()
		first = append(first, pacedVisit(t, path, profile, s, true))
		repeat = append(repeat, pacedVisit(t, path, profile, s, false))
	}
	t.Logf("medians of %d visits, in ms              first            repeated", visits)
	for _, p := range paceParts {
		t.Logf("%-28s %s %s", p.what, figure(first, p.key, p.first), figure(repeat, p.key, p.repeat))
	}
}

// figure prints a median with the smallest and the largest, and the bar.
func figure(all []map[string]float64, key string, bar float64) string {
	var ms []float64
	for _, visit := range all {
		ms = append(ms, visit[key])
	}
	slices.Sort(ms)
	if ms[len(ms)-1] == 0 {
		return fmt.Sprintf("%-30s", "     –") // there is no such thing in this visit
	}
	text := fmt.Sprintf("%6.0f (%.0f–%.0f", ms[len(ms)/2], ms[0], ms[len(ms)-1])
	if bar > 0 {
		text += fmt.Sprintf("; bar %.0f", bar)
	}
	return fmt.Sprintf("%-30s", text+")")
}

// pacedVisit starts a browser with a profile and follows the link of a check. After the
// first visit it stays until the worker and the browser have kept what they keep: the
// browser of a visitor who comes back another day has nothing else.
func pacedVisit(t *testing.T, path, profile string, s *server, first bool) map[string]float64 {
	t.Helper()
	c := startChromiumIn(path, profile, trust(t).pin())
	defer c.stop()
	if c.err != nil {
		t.Fatal(c.err)
	}
	p := &page{t: t, origin: s.Origin}
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithListener(p.heard))
	defer cancel()
	p.ctx = ctx
	p.do(chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: watcher}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
		return err
	}))
	p.goTo("/?d=dane-no-starttls.test")
	p.finished("dane-no-starttls.test")
	seen := eval[map[string]float64](p, `window.pace()`)
	if eval[bool](p, `performance.getEntriesByType("navigation")[0].workerStart > 0`) == first {
		t.Errorf("first visit: %t, but the worker answered the other way", first)
	}
	if n := eval[int](p, `performance.getEntriesByType("resource").filter(e => e.name.endsWith(".wasm")).length`); n != 1 {
		t.Errorf("the program was asked for %d times", n)
	}
	if first {
		p.await("worker that has kept all", `navigator.serviceWorker.controller`)
		time.Sleep(3 * time.Second) // the compiled code is kept when there was none to compile for 2 s
	}
	for _, problem := range p.complaints() {
		t.Errorf("the browser says: %s", problem)
	}
	return seen
}
