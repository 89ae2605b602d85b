package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/dane"
)

// TestEverythingThatNeedsNoNetwork visits once, stops the server, and goes from page to
// page: saved evidence, records from nothing, records from a certificate, and what is
// wrong with a policy.
func TestEverythingThatNeedsNoNetwork(t *testing.T) {
	s := serve(t, "-lab")
	keys := newKeyFiles(t, keyKinds[3].genpkey)
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	want, saved := p.codes(), p.save()
	p.await("service worker that has kept all", `navigator.serviceWorker.controller`)
	p.expectOffline()
	s.stop()
	p.goTo("/")
	p.ready()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-evidence="file"]`), []string{saved}, chromedp.NodeReady))
	p.finished("perfect.test")
	if diff := cmp.Diff(want, p.codes()); diff != "" {
		t.Errorf("the replay differs:\n%s", diff)
	}

	p.click(`a[href="/make"]`)
	p.await("page that makes", `document.getElementById("make-d")`)
	p.typeInto("d", "example.com")
	p.typeInto("rua", "tls@example.net")
	p.typeInto("mx", "mx.example.com")
	eval[bool](p, `(e => { e.value = "testing"; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("make-mode"))`)
	p.await("made records", `document.querySelector('[data-record="_smtp._tls.example.com TXT"]') && document.querySelector('[data-file="mta-sts.txt"] pre')`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-keys="file"]`), []string{keys.path("mx.pem")}, chromedp.NodeReady))
	p.await("record of the certificate", fmt.Sprintf(`[...document.querySelectorAll(".publish tbody tr")].some(r => r.textContent.includes("3 1 1 %s"))`,
		keys.data(t, "mx.pem", dane.SPKISelector, dane.SHA256)))
	made := p.made()
	p.await("the URL", `(new URLSearchParams(location.search).get("tlsa") || "").includes(" 3 1 1 ")`)
	eval[bool](p, `(location.reload(), true)`)
	p.ready()
	p.await("the same records", fmt.Sprintf(`document.querySelectorAll(".publish tbody tr").length === %d`, len(made)))
	if diff := cmp.Diff(made, p.made()); diff != "" {
		t.Errorf("loaded anew, the page makes others:\n%s", diff)
	}

	p.click(`a[href="/lint"]`)
	p.await("page that lints", `document.getElementById("lint-text")`)
	p.goTo("/lint")
	p.ready()
	eval[bool](p, `(document.getElementById("lint-text").focus(), true)`)
	p.do(inserted("version: STSv1\nmode: Enforce\nmx: mx1.example.com\nmax_age: 5184000\n"))
	p.await("the fault", `document.querySelector('[data-diagnostic="sts-policy.mode-case"]')`)
}
