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
	copied := `document.querySelector('[data-file="mta-sts.txt"] [data-copy]').textContent`
	said := eval[string](p, copied)
	p.click(`[data-file="mta-sts.txt"] [data-copy]`)
	p.await("that it was copied", fmt.Sprintf(`%s !== %q`, copied, said))
	p.typeInto("age", "2w")
	p.await("that this file was not", fmt.Sprintf(`document.querySelector('[data-file="mta-sts.txt"] pre').textContent.includes("1209600") && %s === %q`, copied, said))
	p.await("the URL", `new URLSearchParams(location.search).get("age") === "2w"`)
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

// pick chooses in a list of the form, as a person does.
func (p *page) pick(list, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === %q; })(document.getElementById("make-%s"))`, value, value, list))
}

// TestMakeAsksAServer makes TLSA records of what a mail server shows: under the name
// where its aliases end, and what the next renewal breaks only for who insists.
func TestMakeAsksAServer(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/make?d=dnssec-alias.test")
	p.ready()
	p.typeInto("server", "mx1.dnssec-alias.test")
	p.click(`[data-act="keys"]`)
	p.await("the record at the end of the aliases", `document.querySelector('[data-record="_25._tcp.mx1.mail.dnssec-alias.test TLSA"]') && document.querySelector('[data-shown="alias"]')`)
	p.typeInto("server", "mx1.dane-dual-key.test")
	p.click(`[data-act="keys"]`)
	p.await("a record of each key", `document.querySelectorAll('[data-record="_25._tcp.mx1.dane-dual-key.test TLSA"]').length === 2`)
	p.typeInto("server", "mx1.perfect.test")
	p.pick("as", "3 0 1")
	p.click(`[data-act="keys"]`)
	p.await("the refusal", `document.querySelector('[data-refused="short-lived"]')`)
	p.click(`[data-act="insist"]`)
	p.await("the record of the certificate", `document.getElementById("make-tlsa").value.includes("\nmx1.perfect.test 3 0 1 ") && document.querySelector('[data-caution="short-lived"]')`)
	p.pick("as", "2 1 1")
	p.click(`[data-act="keys"]`)
	p.await("the record of the authority", `document.getElementById("make-tlsa").value.includes("\nmx1.perfect.test 2 1 1 ") && document.querySelector('[data-caution="must-be-sent"]')`)
	p.typeInto("server", "mx1.starttls-off.test")
	p.click(`[data-act="keys"]`)
	p.await("that there is none", `document.querySelector('[data-refused="not-shown"]')`)
	p.typeInto("server", "mx1 .example")
	p.await("the fault beside the field", `document.querySelector('[data-field="server"] [data-wrong]') && document.getElementById("make-server").getAttribute("aria-invalid") === "true"`)
}

// TestMakePlans chooses when and where a plan leads, sees mistakes beside the fields
// and how far the steps are, and finds all of it again.
func TestMakePlans(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/make?d=perfect.test")
	p.ready()
	p.click(`.make-fill button`)
	p.await("the filled form", `document.querySelector('[data-record="_mta-sts.perfect.test TXT"]')`)
	p.pick("plan", "move")
	p.await("the day", `document.getElementById("make-start")?.value.match(/^\d{4}-\d\d-\d\d$/)`)
	p.typeInto("to", "*.example.net")
	p.await("the fault beside the field", `document.querySelector('[data-field="to"] [data-wrong="no-server"]')`)
	p.typeInto("to", "mx.example.net")
	p.typeInto("start", "2099-01-32")
	p.await("the fault beside the day", `document.querySelector('[data-field="start"] [data-wrong="not-day"]')`)
	p.typeInto("start", "2099-01-31")
	p.await("the steps", `document.querySelector('[data-step="0"]')?.textContent.includes("2099-01-31") && document.querySelectorAll("[data-step]").length > 4`)
	p.click(`[data-act="check 1"]`)
	p.await("how far they are", `[...document.querySelectorAll("[data-step]")].every(s => s.dataset.state === "not-yet" || s.dataset.state === "unknown")`)
	p.await("the URL", `new URLSearchParams(location.search).get("to") === "mx.example.net" && new URLSearchParams(location.search).get("start") === "2099-01-31"`)
	steps := eval[int](p, `document.querySelectorAll("[data-step]").length`)
	here := eval[string](p, `location.pathname + location.search`)
	p.goTo("/lab")
	p.ready()
	eval[bool](p, `(history.back(), true)`)
	again := fmt.Sprintf(`location.pathname + location.search === %q && document.getElementById("make-to")?.value === "mx.example.net" && document.querySelectorAll("[data-step]").length === %d`, here, steps)
	p.await("the same after going back", again)
	p.goTo(here)
	p.ready()
	p.await("the same after a reload", again)
	colleague := visit(t, s, here)
	colleague.ready()
	colleague.await("the plan's fields, and a way to go on", `document.getElementById("make-start")?.value === "2099-01-31" && document.querySelector('[data-act="plan-look"]')`)
	colleague.click(`[data-act="plan-look"]`)
	colleague.await("the same plan", fmt.Sprintf(`document.querySelectorAll("[data-step]").length === %d && document.querySelector('[data-step="0"]').textContent.includes("2099-01-31")`, steps))
}
