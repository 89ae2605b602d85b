package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/sealane/sealane/app/reports/mill"
)

// TestLooks shows every kind of page, and the perfect and the worst domain, at two widths and in both
// colour schemes, keeps the pictures, and wants no sideways scrolling.
func TestLooks(t *testing.T) {
	t.Parallel()
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	pictures := filepath.Join(buildDir, "screenshots")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	worst := worstOf(t)
	for _, width := range []int64{320, 375, 1280} {
		p.do(chromedp.EmulateViewport(width, 900))
		for name, path := range map[string]string{
			"start": "/", "lab": "/lab", "learn": "/learn", "finding": "/learn/dane.mismatch-all", "perfect": "/?d=perfect.test", "worst": "/?d=" + worst,
			"make": "/make?d=example.com&mode=testing&mx=mx1.example.com&rua=tls@example.com&web=192.0.2.1&tlsa=mx1.example.com+3+1+1+" + strings.Repeat("01", 32),
			"made": "/make?d=example.com&mode=testing&mx=mx1.example.com&form=terraform-aws&host=nginx", "lint": "/lint", "reports": "/reports", "explain": "/explain",
		} {
			p.goTo(path)
			p.ready()
			if name == "perfect" || name == "worst" {
				p.finished(path[len("/?d="):])
			}
			p.fits(fmt.Sprintf("%s at %d px", name, width))
			for _, scheme := range []string{"light", "dark"} {
				p.scheme(scheme)
				p.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)))
			}
			if name == "worst" || name == "perfect" {
				p.unfold()
				p.fits(fmt.Sprintf("%s at %d px, unfolded", name, width))
				p.picture(filepath.Join(pictures, fmt.Sprintf("%s-%d-unfolded.png", name, width)))
			}
			if name == "reports" {
				p.filled(pictures, width)
			}
		}
	}
}

// filled looks at each view of the page of reports with some of them on it.
func (p *page) filled(pictures string, width int64) {
	p.t.Helper()
	var files []string
	for n := range 20 {
		name, content := mill.File(n, 1+n%9)
		files = append(files, filepath.Join(p.t.TempDir(), name))
		write(p.t, files[n], 0o600, string(content))
	}
	broken := filepath.Join(p.t.TempDir(), strings.Repeat("a long name of a file ", 9)+".json")
	write(p.t, broken, 0o600, "{")
	p.drop(append(files, broken)...)
	p.await("the reports", `document.querySelector('[data-reading="false"]') && document.querySelector('[data-show="log"]')`)
	for _, view := range []string{"result", "source", "mx", "day", "domain", "policies", "failures", "log"} {
		p.click(fmt.Sprintf(`[data-show=%q]`, view))
		p.await("view "+view, fmt.Sprintf(`document.querySelector('[data-view=%q]')`, view))
		eval[bool](p, `([...document.querySelectorAll(".reports details.fold:not([open]) summary")].slice(0, 2).forEach(s => s.click()), true)`)
		p.fits(fmt.Sprintf("reports by %s at %d px", view, width))
		if view == "source" || view == "failures" || view == "log" {
			p.picture(filepath.Join(pictures, fmt.Sprintf("reports-%s-%d.png", view, width)))
		}
	}
}

// worstOf gives the lab domain of which there is most to say.
func worstOf(t *testing.T) string {
	t.Helper()
	worst := slices.MaxFunc(lab(t), func(a, b labDomain) int { return len(a.Codes) - len(b.Codes) })
	t.Logf("the worst lab domain is %s, with %d findings", worst.Domain, len(worst.Codes))
	return worst.Domain
}

// fits wants everything within the window's width.
func (p *page) fits(what string) {
	p.t.Helper()
	over := eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	if over <= 0 {
		return
	}
	p.t.Errorf("%s is %d px wider than the window: %s", what, over, eval[string](p, `[...document.querySelectorAll("body *")]
		.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.slice(0, 8).map(e => e.tagName + "." + e.className).join(", ")`))
}

// scheme sets the preferred colour scheme.
func (p *page) scheme(name string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return err
	}))
}

// picture keeps a picture of the whole page.
func (p *page) picture(file string) {
	p.t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
