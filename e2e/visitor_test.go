package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// TestLinkIsACheck follows a link, then moves through the history.
func TestLinkIsACheck(t *testing.T) { linkIsACheck(t, serve(t, "-lab")) }

func linkIsACheck(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	if v := eval[string](p, fmt.Sprintf(`document.querySelector(%q).value`, field)); v != "perfect.test" {
		t.Errorf("the field holds %q", v)
	}
	first := p.codes()
	other := find(t, "nothing").Domain
	p.replace(other)
	p.submit()
	p.finished(other)
	if got := p.path(); got != "/?d="+other {
		t.Errorf("the address is %s", got)
	}
	eval[bool](p, `(history.back(), true)`)
	p.finished("perfect.test")
	if diff := cmp.Diff(first, p.codes()); diff != "" {
		t.Errorf("back shows another report:\n%s", diff)
	}
	eval[bool](p, `(history.forward(), true)`)
	p.finished(other)
	if v := eval[string](p, fmt.Sprintf(`document.querySelector(%q).value`, field)); v != other {
		t.Errorf("forward leaves %q in the field", v)
	}
}

// replace types over what stands in the field.
func (p *page) replace(text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).select(), true)`, field))
	p.put(text)
}

// TestKeyboardOnly reaches the field, a finding's explanation and the evidence
// without a pointer.
func TestKeyboardOnly(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.ready()
	p.tabTo(`document.activeElement.id === "d"`)
	p.do(inserted("perfect.test"), chromedp.KeyEvent("\r"))
	p.finished("perfect.test")
	p.tabTo(`document.activeElement.tagName === "SUMMARY" && document.activeElement.closest("article")`)
	p.do(chromedp.KeyEvent("\r"))
	p.await("opened explanation", `document.activeElement.closest("details").open`)
	p.tabTo(`document.activeElement.dataset.act === "copy-link"`)
	p.tabTo(`document.activeElement.type === "file"`)
	if !eval[bool](p, `document.activeElement.matches(":focus-visible")`) {
		t.Error("the focus is not visible")
	}
}

// tabTo presses Tab until a condition holds, at most 120 times.
func (p *page) tabTo(condition string) {
	p.t.Helper()
	for range 120 {
		p.do(chromedp.KeyEvent("\t"))
		if eval[bool](p, "!!("+condition+")") {
			return
		}
	}
	p.t.Fatalf("no Tab leads to %s", condition)
}

// TestHostileTextIsText checks a domain whose banner, TXT records and policy
// hold markup.
func TestHostileTextIsText(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.check(find(t, "hostile").Domain)
	p.unfold()
	if n := eval[int](p, `document.querySelectorAll("article script, article img, article iframe, article object, article embed, article style, article link, article base").length`); n != 0 {
		t.Errorf("%d elements came out of hostile text", n)
	}
	if found := eval[[]string](p, `[...document.querySelectorAll("article *")].flatMap(e => [...e.attributes].filter(a => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value)).map(a => a.name + "=" + a.value))`); len(found) > 0 {
		t.Errorf("attributes that would run: %s", found)
	}
	text := eval[string](p, `document.querySelector("article").textContent`)
	if !strings.Contains(text, "<script") && !strings.Contains(text, "<img") {
		t.Error("the markup is not shown as text, so this proves nothing")
	}
	if title := eval[string](p, `document.title`); !strings.Contains(title, "hostile.test") {
		t.Errorf("a script ran: the title is %q", title)
	}
}

// TestSlowHostHidesNothing wants all else on the page while one mail host of
// the lab is still waited for.
func TestSlowHostHidesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, "-lab")
	d := find(t, "slow-mx").Domain
	p := visit(t, s, "/?d="+d)
	for _, code := range []string{"sts-policy.valid", "sts-record.ok", "tlsrpt-record.ok"} {
		p.await(code+" while mx1 is waited for", fmt.Sprintf(`document.querySelector('%s [data-code=%q]')`, runningReport, code))
	}
	p.waitsFor("mx1."+d, "mx2."+d)
	top := eval[float64](p, `document.querySelector("article .headline").getBoundingClientRect().top`)
	p.finished(d)
	if now := eval[float64](p, `document.querySelector("article .headline").getBoundingClientRect().top`); now != top {
		t.Errorf("the headline jumped from %.0f to %.0f px", top, now)
	}
}

// runningReport is a report that still waits for answers.
const runningReport = `article.report[data-state="running"]`

// waitsFor wants one mail host pending on the lane of a running report and
// the other judged already.
func (p *page) waitsFor(pending, judged string) {
	p.t.Helper()
	stop := func(host, level string) string {
		return fmt.Sprintf(`[...document.querySelectorAll('%s [data-stop="mx"]')].some(s => s.textContent.includes(%q) && %s)`, runningReport, host, level)
	}
	p.await("verdict on "+judged+" while "+pending+" is waited for", stop(pending, `s.dataset.level === "pending"`)+
		" && "+stop(judged, `["ok", "notice", "warning", "error"].includes(s.dataset.level)`))
}

// unfold opens everything that can be opened.
func (p *page) unfold() {
	p.t.Helper()
	const closed = `document.querySelectorAll("article details:not([open]) > summary")`
	for range 200 {
		n := eval[int](p, closed+`.length`)
		if n == 0 {
			return
		}
		eval[bool](p, `(`+closed+`[0].click(), true)`)
		p.await("opened fold", fmt.Sprintf(`%s.length < %d`, closed, n))
	}
	p.t.Fatal("the page unfolds without end")
}

// TestContentSecurityPolicy reads the header of every page.
func TestContentSecurityPolicy(t *testing.T) {
	s := serve(t, "-lab")
	for _, path := range []string{"/", "/?d=perfect.test", "/lab", "/nowhere"} {
		r, err := client(t).Get(s.Origin + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		policy := r.Header.Get("Content-Security-Policy")
		directives := map[string]string{}
		for d := range strings.SplitSeq(policy, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
			directives[name] = value
		}
		scripts := directives["script-src"]
		if scripts == "" || directives["default-src"] != "'none'" {
			t.Errorf("%s: %q", path, policy)
		}
		for _, loose := range []string{"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"} {
			for source := range strings.FieldsSeq(scripts) {
				if source == loose {
					t.Errorf("%s: scripts are allowed from %s", path, loose)
				}
			}
		}
	}
}

// TestCopyLink copies the link of a report and follows it.
func TestCopyLink(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.allowClipboard()
	p.check("perfect.test")
	p.click(`[data-act="copy-link"]`)
	if got, want := eval[string](p, `navigator.clipboard.readText()`), s.Origin+"/?d=perfect.test"; got != want {
		t.Errorf("the clipboard holds %q, want %q", got, want)
	}
}
