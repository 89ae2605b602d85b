package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// postfixLine is what Postfix logs of the lab domain whose TLSA record is of the
// certificate before.
const postfixLine = `Nov 26 09:12:01 mail postfix/smtp[4711]: 4XyZ: to=<somebody@dane-mismatch.test>, relay=mx1.dane-mismatch.test[203.0.113.17]:25, delay=2.1, dsn=4.7.5, status=deferred (Server certificate not trusted)`

// TestExplainPage pastes error texts, and has the causes checked.
func TestExplainPage(t *testing.T) { explainPage(t, serve(t, "-lab")) }

func explainPage(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/explain")
	p.ready()
	p.pasteError(postfixLine)
	p.await("causes", `document.querySelector('[data-cause="tlsa-mismatch"][data-state="open"]')`)
	if got := eval[string](p, `document.querySelector(".incident .terms").innerText`); !strings.Contains(got, "dane-mismatch.test") || !strings.Contains(got, "mx1.dane-mismatch.test") || !strings.Contains(got, "203.0.113.17") {
		t.Errorf("taken from the text: %q", got)
	}
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("asked before the visitor wants it: %s", asked)
	}
	p.click(`[data-act="check"]`)
	p.await("the report", `document.querySelector('[data-whole="dane-mismatch.test"]')`)
	want := map[string]string{"tlsa-mismatch": "holds", "cert-name": "struck", "cert-untrusted": "struck", "cert-expired": "struck", "policy-pinned": "open"}
	if diff := cmp.Diff(want, p.causes()); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	if got := eval[int](p, `document.querySelectorAll('[data-cause="tlsa-mismatch"] a[href^="/learn/dane.mismatch-old-certificate?"]').length`); got != 1 {
		t.Errorf("%d links to the finding", got)
	}
	if struck := eval[int](p, `document.querySelectorAll(".causes s").length`); struck != 3 {
		t.Errorf("%d causes are struck out", struck)
	}
	if letter := eval[string](p, `document.querySelector(".letter pre").textContent`); !strings.Contains(letter, "mx1.dane-mismatch.test") {
		t.Errorf("the letter: %s", letter)
	}
	before := len(p.asked())
	p.click(`[data-whole]`)
	p.finished("dane-mismatch.test")
	if after := len(p.asked()); after != before {
		t.Errorf("the whole report asked %d times again", after-before)
	}
	p.click(`a[href="/explain"]`)
	p.await("the text again", `document.getElementById("explain-text")?.value.includes("postfix/smtp") && document.querySelector('[data-cause="tlsa-mismatch"][data-state="holds"]')`)

	p.pasteError("450 4.7.5 TLS fehlgeschlagen")
	p.await("the question", `document.querySelectorAll("[data-answer]").length === 3`)
	p.click(`[data-answer="exchange"]`)
	p.await("its answer", `document.querySelector('[data-answer="exchange"][aria-pressed="true"]') && document.querySelector('.incident[data-form="exchange.sts-cert"] [data-cause="cert-name"]')`)
	p.click(`[data-act="check"]`)
	p.await("what lacks", `document.querySelector('.checking [data-wrong="empty"]')`)
	p.await("the cursor in the field", `document.activeElement.id === "explain-domain-0"`)
	p.do(inserted("mx-cert-name.test"))
	p.await("the button for it", `document.querySelector('[data-act="check"]').textContent.includes("mx-cert-name.test")`) // which grows
	p.click(`[data-act="check"]`)
	p.await("the cause", `document.querySelector('[data-cause="cert-name"][data-state="holds"]') && document.querySelector('[data-whole="mx-cert-name.test"]')`)

	p.pasteError("The quick brown fox jumps over the lazy dog")
	p.await("an honest word", `document.querySelector("[data-unknown]") && !document.querySelector(".incident")`)
	p.pasteError("Server certificate trusted by nobody at all")
	p.await("the nearest texts", `document.querySelector('[data-unknown]') && document.querySelector('[data-near="postfix.cert-not-verified"]')?.textContent.startsWith("Postfix")`)
	p.keepsToItself("somebody", "postfix", "fehlgeschlagen", "brown", "nobody")
}

// TestErrorInTheFieldForDomains pastes an error text where a domain should be: it is
// explained. What is said there of other wrong input stays as it is.
func TestErrorInTheFieldForDomains(t *testing.T) {
	s := serve(t, "-lab")
	for _, text := range []string{postfixLine, "MTA-STS policy is missing: STSFetchResult.NONE", "STSFetchResult.NONE", strings.Repeat("nobody knows this ", 20)} {
		p := visit(t, s, "/")
		p.ready()
		p.put(text)
		p.submit()
		p.await("page that explains", fmt.Sprintf(`location.pathname === "/explain" && document.getElementById("explain-text")?.value.trim() === %q`, strings.TrimSpace(text)))
		p.await("what it says", `document.querySelector(".incident, [data-unknown]")`)
		p.keepsToItself("somebody", "STSFetchResult", "nobody")
		p.click(`a[href="/"]`)
		p.await("an empty field", `document.querySelector("#d")?.value === "" && !document.querySelector("[data-wrong]")`)
	}
}

// TestFolderForAnErrorText drops a folder where a file should be: what was pasted stays, and
// the page says what is wrong.
func TestFolderForAnErrorText(t *testing.T) {
	p := visit(t, serve(t, "-lab"), "/explain")
	p.ready()
	p.pasteError(postfixLine)
	p.await("what it says", `document.querySelector(".incident")`)
	p.drag(t.TempDir())
	p.await("what is wrong", `document.querySelector("[data-fault=empty]") && document.querySelector(".incident")`)
	if got := eval[string](p, `document.getElementById("explain-text").value`); strings.TrimSpace(got) != strings.TrimSpace(postfixLine) {
		t.Errorf("in the field is %q", got)
	}
}

// pasteError puts a text into the field in the place of what is there.
func (p *page) pasteError(text string) {
	p.t.Helper()
	eval[bool](p, `(document.getElementById("explain-text").focus(), document.getElementById("explain-text").select(), true)`)
	p.do(inserted(text))
}

// causes gives the states of the causes shown.
func (p *page) causes() map[string]string {
	p.t.Helper()
	return eval[map[string]string](p, `Object.fromEntries([...document.querySelectorAll("[data-cause]")].map(e => [e.dataset.cause, e.dataset.state]))`)
}

// keepsToItself wants none of the words in the URL or in anything asked for.
func (p *page) keepsToItself(words ...string) {
	p.t.Helper()
	if got := p.path(); got != "/explain" {
		p.t.Errorf("the URL is %q", got)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) == 0 {
		p.t.Error("no request was noted")
	}
	for _, r := range p.requests {
		for _, w := range words {
			if strings.Contains(r, w) {
				p.t.Errorf("%q is in %s", w, r)
			}
		}
	}
}
