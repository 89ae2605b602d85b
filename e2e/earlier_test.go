package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestLastCheckIsReadAtOnce comes back to a check: what the last one came to stands
// there before the program runs, and is gone when the new one is done.
func TestLastCheckIsReadAtOnce(t *testing.T) {
	const domain, first = "dane-no-starttls.test", `document.querySelector("article.report [data-code] .consequence").textContent`
	p := visit(t, serve(t, "-lab"), "/?d="+domain)
	p.finished(domain)
	found := eval[string](p, first)
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `
			new MutationObserver(() => {
				const e = document.querySelector("[data-earlier]");
				if (e && document.getElementById("app-wasm-loader")) {
					window.retold ||= e.closest("section").textContent;
				}
			}).observe(document, {childList: true, subtree: true})`})
		return err
	}))
	p.goTo("/?d=" + domain)
	p.finished(domain)
	if retold := eval[string](p, `window.retold || ""`); !strings.Contains(retold, found) {
		t.Errorf("before the program ran there stood %q, not %q", retold, found)
	}
	if eval[bool](p, `!!document.querySelector("[data-earlier]")`) {
		t.Error("the last check stands beside the new one")
	}
}

// TestOddlyKeptCheck starts with what no program of ours has kept of the last check: it
// is not shown, or as text, and the page starts all the same. Markup that were read
// as such would have the browser complain.
func TestOddlyKeptCheck(t *testing.T) {
	const domain = "perfect.test"
	p := visit(t, serve(t, "-lab"), "/")
	for _, kept := range []string{
		`{`, `{"note":"","findings":[null]}`, `{"note":"x","findings":{}}`,
		`{"note":"<img src=x onerror=odd()>","headline":"<script>odd()</script>","findings":[{"level":"\"><img src=x>","word":"<b>","text":"<i>"}]}`,
	} {
		eval[bool](p, fmt.Sprintf(`(localStorage.setItem("sealane/said/%s", %q), true)`, domain, kept))
		p.goTo("/?d=" + domain)
		p.finished(domain)
		if !eval[bool](p, `document.getElementById("broken").hidden && document.getElementById("d").value === "`+domain+`"`) {
			t.Errorf("%s: the page did not start as it should", kept)
		}
	}
}
