package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// typeInto writes into a field of the form, as a person who replaces its text.
func (p *page) typeInto(field, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(e => { e.focus(); e.select(); return true; })(document.getElementById("make-%s"))`, field))
	p.do(inserted(text))
}

// made gives the records in the table, a line each, as "name TYPE value".
func (p *page) made() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(".publish tbody tr")].map(r => [...r.querySelectorAll("code")].map(c => c.textContent).join(" "))`)
}

// TestMakeWhileTyping types a domain's wishes and sees what to publish change; the
// URL gives a colleague the same page.
func TestMakeWhileTyping(t *testing.T) { makeWhileTyping(t, serve(t, "-lab")) }

func makeWhileTyping(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/make")
	p.ready()
	p.typeInto("d", "example.com")
	p.typeInto("rua", "tls@example.net")
	p.await("the record", `document.querySelector('[data-record="_smtp._tls.example.com TXT"]')`)
	if got := p.made(); len(got) != 1 || got[0] != "_smtp._tls TXT v=TLSRPTv1; rua=mailto:tls@example.net" {
		t.Errorf("made %q", got)
	}
	p.typeInto("rua", "tls@example.net, nonsense")
	p.await("the fault beside the field", `document.querySelector('[data-field="rua"] [data-wrong="rua-no-scheme"]')`)
	if got := eval[string](p, `document.getElementById("make-rua").value`); got != "tls@example.net, nonsense" || len(p.made()) != 1 {
		t.Errorf("the field holds %q, made %q", got, p.made())
	}
	p.typeInto("rua", "tls@example.net")
	p.typeInto("mx", "mx1.example.com")
	eval[bool](p, `(e => { e.value = "testing"; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("make-mode"))`)
	p.await("the policy", `document.querySelector('[data-file="mta-sts.txt"] pre')`)
	file := eval[string](p, `document.querySelector('[data-file="mta-sts.txt"] pre').textContent`)
	sum := sha256.Sum256([]byte(strings.ReplaceAll(strings.TrimSuffix(file, "\n")+"\n", "\n", "\r\n")))
	if want := "_mta-sts TXT v=STSv1; id=" + hex.EncodeToString(sum[:])[:20] + ";"; p.made()[0] != want {
		t.Errorf("made %q, want %q of %q", p.made(), want, file)
	}
	for _, form := range []string{"bind", "route53", "terraform-aws"} {
		eval[bool](p, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("make-form"))`, form))
		p.await("the form "+form, fmt.Sprintf(`new URLSearchParams(location.search).get("form") === %q && document.querySelector('[data-zone] .publication pre')`, form))
	}
	here := eval[string](p, `location.href`)
	u, err := url.Parse(here)
	if err != nil || u.Query().Get("mx") != "mx1.example.com" || u.Query().Get("form") != "terraform-aws" {
		t.Errorf("the URL is %s", here)
	}
	colleague := visit(t, s, u.RequestURI())
	colleague.ready()
	colleague.await("the same page", `document.getElementById("make-mx").value === "mx1.example.com" && document.querySelector('[data-zone] .publication pre')`)
}

// TestMakeFillsItself fills the form from a check of the domain.
func TestMakeFillsItself(t *testing.T) { makeFillsItself(t, serve(t, "-lab")) }

func makeFillsItself(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/make?d=perfect.test")
	p.ready()
	p.click(`.make-fill button`)
	p.await("the filled form", `document.getElementById("make-mx").value.includes("mx1.perfect.test") && document.querySelector('[data-record="_25._tcp.mx1.perfect.test TLSA"]')`)
	eval[bool](p, `(e => { e.value = "down"; e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(document.getElementById("make-plan"))`)
	p.await("the plan to take MTA-STS down", `document.querySelectorAll(".plan-step").length >= 2 && document.querySelector('[data-step="0"]').dataset.state !== "done"`)
	if mode := eval[string](p, `document.getElementById("make-mode").value.trim()`); mode != "enforce" {
		t.Errorf("the mode is %q", mode)
	}
}
