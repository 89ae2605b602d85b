package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// inserted puts text where the cursor is, as a paste does.
func inserted(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// wrongInputs are things that are no mail domain.
var wrongInputs = []struct{ name, text string }{
	{"empty", ""},
	{"over-long name", strings.Repeat("a23456789.", 26) + "test"},
	{"over-long label", strings.Repeat("a", 64) + ".test"},
	{"only dots", "....."},
	{"IPv4 address", "192.0.2.1"},
	{"IPv6 address", "2001:db8::1"},
	{"public suffix", "co.uk"},
	{"mixed scripts", "pаypal.com"}, // its second letter is Cyrillic
	{"emoji", "📧.test"},
	{"spaces", "a mail domain"},
	{"markup", `<img src=x onerror="document.title='run'">`},
}

// TestWrongInput wants a message beside the field, no question asked of
// anyone, and what was typed still there.
func TestWrongInput(t *testing.T) {
	s := serve(t, "-lab")
	for _, c := range wrongInputs {
		t.Run(c.name, func(t *testing.T) {
			p := visit(t, s, "/")
			p.ready()
			if c.text != "" {
				p.put(c.text)
			}
			p.submit()
			p.refused(c.text)
		})
		t.Run(c.name+" by link", func(t *testing.T) {
			if c.text == "" {
				t.Skip("a link without a domain is the empty page")
			}
			p := visit(t, s, "/?d="+escape(c.text))
			p.ready()
			p.refused(c.text)
		})
	}
}

// TestHugePaste pastes ten megabytes.
func TestHugePaste(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.ready()
	const size = 10 << 20
	eval[bool](p, fmt.Sprintf(`(() => {
		const f = document.querySelector(%q);
		f.value = "a".repeat(%d);
		f.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`, field, size))
	p.submit()
	p.await("message beside the field", fmt.Sprintf("document.querySelector(%q)", wrong))
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("something was asked: %s", asked)
	}
	if n := eval[int](p, `document.querySelector("main").innerText.length`); n > 20_000 {
		t.Errorf("the page shows %d characters of it", n)
	}
	// The page still works.
	eval[bool](p, fmt.Sprintf(`(document.querySelector(%q).select(), true)`, field))
	p.do(inserted("perfect.test"))
	p.submit()
	p.finished("perfect.test")
}

func (p *page) refused(text string) {
	p.t.Helper()
	p.await("message beside the field", fmt.Sprintf("document.querySelector(%q)", wrong))
	if said := eval[string](p, fmt.Sprintf(`document.querySelector(%q).innerText.trim()`, wrong)); said == "" {
		p.t.Error("the message is empty")
	}
	if asked := p.asked(); len(asked) > 0 {
		p.t.Errorf("something was asked: %s", asked)
	}
	if kept := eval[string](p, fmt.Sprintf(`document.querySelector(%q).value`, field)); kept != text {
		p.t.Errorf("the field holds %q, not what was typed", kept)
	}
	if invalid := eval[string](p, fmt.Sprintf(`document.querySelector(%q).getAttribute("aria-invalid") || ""`, field)); invalid != "true" {
		p.t.Error("the field is not marked as invalid for a screen reader")
	}
	if state := eval[string](p, fmt.Sprintf(`document.querySelector(%q).dataset.state`, report)); state != "idle" {
		p.t.Errorf("the report's state is %q", state)
	}
}

// TestReadInput types what people type and wants the domain in it checked.
func TestReadInput(t *testing.T) {
	s := serve(t, "-lab")
	for _, text := range []string{
		"perfect.test", " PERFECT.test. ", "postmaster@perfect.test", "https://perfect.test/path?q=1", "mailto:a@perfect.test",
	} {
		t.Run(text, func(t *testing.T) {
			p := visit(t, s, "/")
			p.ready()
			p.put(text)
			p.submit()
			p.finished("perfect.test")
			if got := p.path(); got != "/?d=perfect.test" {
				t.Errorf("the address is %s", got)
			}
		})
	}
}
