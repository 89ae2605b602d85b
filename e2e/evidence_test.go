package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// TestEvidenceReplaysOffline saves the evidence of a check, stops the proxy,
// and loads it again: in the page, and on the command line.
func TestEvidenceReplaysOffline(t *testing.T) {
	s := serve(t, "-lab")
	d := find(t, "dane-mismatch")
	p := visit(t, s, "/?d="+d.Domain)
	p.finished(d.Domain)
	want := p.codes()
	saved := p.save()

	var facts struct {
		Version int    `json:"version"`
		Domain  string `json:"domain"`
	}
	content, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &facts); err != nil || facts.Domain != d.Domain || facts.Version < 1 {
		t.Fatalf("the file is no evidence of %s: %v", d.Domain, err)
	}

	other := visit(t, s, "/")
	other.ready()
	for _, p := range []*page{p, other} {
		p.await("service worker, which is fetched some seconds after the program", `navigator.serviceWorker.controller`)
		p.expectOffline()
	}
	s.stop()
	other.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-evidence="file"]`), []string{saved}, chromedp.NodeReady))
	other.finished(d.Domain)
	if diff := cmp.Diff(want, other.codes()); diff != "" {
		t.Errorf("the replay differs:\n%s", diff)
	}
	if asked := other.asked(); len(asked) > 0 {
		t.Errorf("the replay asked %s", asked)
	}

	r := run(t, binary, "judge", saved, "-json")
	if r.code > 1 {
		t.Fatalf("sealane judge: exit %d: %s", r.code, r.err)
	}
	if diff := cmp.Diff(want, decode[judged](t, r.out).codes()); diff != "" {
		t.Errorf("the command line judges the page's evidence differently:\n%s", diff)
	}
}

// TestWrongEvidence loads files that are none.
func TestWrongEvidence(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	want := p.codes()
	for name, content := range map[string]string{
		"empty": "", "text": "v=STSv1; id=1;", "other": `{"version":1}`, "deep": strings.Repeat("[", 100_000),
	} {
		file := filepath.Join(t.TempDir(), name+".json")
		write(t, file, 0o600, content)
		p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-evidence="file"]`), []string{file}, chromedp.NodeReady))
		p.await("word about "+name, `document.querySelector("[data-fault]")`)
		if diff := cmp.Diff(want, p.codes()); diff != "" {
			t.Errorf("%s: the report was lost:\n%s", name, diff)
		}
	}
}

// save presses "save evidence" and gives the file.
func (p *page) save() string {
	p.t.Helper()
	return p.saved("save", "json")
}

// saved presses a button and gives the file that it saves.
func (p *page) saved(act, kind string) string {
	p.t.Helper()
	dir := p.t.TempDir()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		c := chromedp.FromContext(ctx)
		_, err := cdp.Call(ctx, c.Browser, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior:         browser.SetDownloadBehaviorBehaviorAllow,
			BrowserContextID: c.BrowserContextID,
			DownloadPath:     dir,
		})
		return err
	}))
	p.click(fmt.Sprintf(`[data-act=%q]`, act))
	for range 200 {
		files, err := filepath.Glob(filepath.Join(dir, "*."+kind))
		if err != nil {
			p.t.Fatal(err)
		}
		if len(files) == 1 {
			return files[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatal("nothing was saved")
	return ""
}

// allowClipboard gives the page what a visitor grants by a click.
func (p *page) allowClipboard() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		c := chromedp.FromContext(ctx)
		for _, name := range []string{"clipboard-read", "clipboard-write"} {
			_, err := cdp.Call(ctx, c.Browser, browser.SetPermission, browser.SetPermissionParams{
				Permission:       &browser.PermissionDescriptor{Name: name},
				Setting:          browser.PermissionSettingGranted,
				Origin:           p.origin,
				BrowserContextID: c.BrowserContextID,
			})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}))
}

// TestPageOpensOffline visits once, stops the server, and comes back.
func TestPageOpensOffline(t *testing.T) { pageOpensOffline(t, serve(t, "-lab")) }

func pageOpensOffline(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	want := p.codes()
	saved := p.save()
	p.await("service worker, all cached", `navigator.serviceWorker.controller`)
	p.goTo("/learn/dns.null-mx")
	if !eval[bool](p, `(async () => {
		for (let i = 0; i < 200 && !await caches.match("/learn/dns.null-mx"); i++) await new Promise(r => setTimeout(r, 50));
		return !!await caches.match("/learn/dns.null-mx");
	})()`) {
		t.Error("the page that was visited is not kept")
	}
	p.expectOffline()
	s.stop()
	p.goTo("/")
	p.ready()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-evidence="file"]`), []string{saved}, chromedp.NodeReady))
	p.finished("perfect.test")
	if diff := cmp.Diff(want, p.codes()); diff != "" {
		t.Errorf("the replay differs:\n%s", diff)
	}
	p.goTo("/learn/dns.null-mx?domain=perfect.test")
	p.await("page about a finding that was visited", `document.querySelector('[data-learn="dns.null-mx"]')`)
	p.goTo("/learn/dns.no-mail-host")
	p.await("word that this one was not", `document.querySelector("main h1").innerText.includes("dns.no-mail-host can't be had")`)
}
