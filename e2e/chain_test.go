package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// chainRow is a row of the table beside the picture.
type chainRow struct{ About, Status, Note string }

// chain opens the chain of trust of a domain's report and gives its table, and
// what stands in the picture in the colours of what is broken and not known.
func (p *page) chain(domain string) (rows []chainRow, standsOut string) {
	p.t.Helper()
	p.check(domain)
	p.click(`article [data-topic="chain"] > details:not([open]) > summary`)
	const topic = `document.querySelector('article [data-topic="chain"]')`
	p.await("picture of "+domain, topic+`?.querySelector("details[open] svg[role=img] text")`)
	rows = eval[[]chainRow](p, `[...`+topic+`.querySelectorAll("tr[data-chain]")].map(r =>
		({About: r.dataset.chain, Status: r.dataset.status, Note: r.lastElementChild.textContent}))`)
	standsOut = eval[string](p, `[...`+topic+`.querySelectorAll("svg text.p-bogus, svg text.p-indeterminate")].map(t => t.textContent).join(" ")`)
	if label := eval[string](p, topic+`.querySelector("svg[role=img]").getAttribute("aria-label")`); !strings.Contains(label, domain) {
		p.t.Errorf("%s: the picture is called %q", domain, label)
	}
	if !eval[bool](p, topic+`.querySelector("svg[role=img]").getBoundingClientRect().width <= innerWidth`) {
		p.t.Errorf("%s: the picture is wider than the window", domain)
	}
	return rows, standsOut
}

// TestChainOfTrust reads the picture and its table as a visitor with a small
// window does: where nothing is broken every row is secure, and where something
// is, the link that broke says why, in the picture and in the table.
func TestChainOfTrust(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.do(chromedp.EmulateViewport(375, 812))
	rows, standsOut := p.chain("perfect.test")
	if len(rows) < 5 || standsOut != "" {
		t.Errorf("perfect.test: %d rows, and %q stands out", len(rows), standsOut)
	}
	for _, r := range rows {
		if r.Status != "secure" {
			t.Errorf("perfect.test: %+v", r)
		}
	}
	for _, c := range []struct{ domain, about, status string }{
		{"dnssec-ds-digest.test", "dnssec-ds-digest.test", "bogus"},                          // the link to the zone
		{"dnssec-host-broken.test", "mail.dnssec-host-broken.test", "bogus"},                 // that to one below it
		{"dnssec-tlsa-spoiled.test", "_25._tcp.mx1.dnssec-tlsa-spoiled.test TLSA", "bogus"},  // one answer
		{"dnssec-wildcard-unproven.test", "mx1.eu.dnssec-wildcard-unproven.test A", "bogus"}, // likewise
		{"dnssec-keytrap.test", "dnssec-keytrap.test MX", "indeterminate"},                   // given up
	} {
		rows, standsOut := p.chain(c.domain)
		found := false
		for _, r := range rows {
			if r.About != c.about || r.Status != c.status {
				continue
			}
			found = len(strings.Fields(r.Note)) > 3 && strings.Contains(plain(standsOut), plain(r.Note))
			t.Logf("%s: %q", r.About, r.Note)
		}
		if !found {
			t.Errorf("%s: nothing says what is wrong with %s; the rows are %+v, the picture says %q", c.domain, c.about, rows, standsOut)
		}
	}
}

// plain is a text without regard to how it is broken into lines.
func plain(text string) string { return strings.Join(strings.Fields(text), "") }
