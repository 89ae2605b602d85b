package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// run runs statements in the page.
func (p *page) run(statements string) {
	p.t.Helper()
	eval[bool](p, "(() => { "+statements+"; return true; })()")
}

// TestWidgetMake puts the form for records on another page.
func TestWidgetMake(t *testing.T) {
	s := serve(t, "-lab")
	page := strings.NewReplacer("sealane-check", "sealane-make", "/?d=", "/make?d=").Replace(fixture(t, "plain"))
	p := visitHost(t, host(t, page, s.Origin), s.Origin)
	const frame = `document.querySelector("sealane-make").shadowRoot.querySelector("iframe")`
	p.await("form", `!document.querySelector("sealane-make a").checkVisibility() && `+frame+`.getBoundingClientRect().height > 200`)
	p.awaitFrame(s.Origin, "name in the form", `[...document.querySelectorAll("input")].some((e) => e.value === "perfect.test")`)
	p.awaitFrame(s.Origin, "theme", `document.documentElement.dataset.theme === "dark"`)
	if title := eval[string](p, frame+`.title`); title != "Make mail security records with Sealane" {
		t.Errorf("the frame's title is %q", title)
	}
	if own := eval[string](p, `document.querySelector("sealane-make").shadowRoot.querySelector("a").href`); own != s.Origin+"/make?d=perfect.test" {
		t.Errorf("its own link leads to %s", own)
	}
	open, _ := framed[string](p, s.Origin, `document.querySelector('[data-act="open"]').href`)
	if !strings.HasPrefix(open, s.Origin+"/make?d=perfect.test") {
		t.Errorf("the whole page is said to be %s", open)
	}
}

// empty is a page without a widget.
func empty(t *testing.T) string {
	t.Helper()
	before, rest, found := strings.Cut(fixture(t, "plain"), "<sealane-check")
	_, after, ends := strings.Cut(rest, "</sealane-check>")
	if !found || !ends {
		t.Fatal("the page has no widget to leave out")
	}
	return before + after
}

// TestWidgetsByScript puts several widgets in by script, moves one, takes one out,
// and changes attributes whenever that may come.
func TestWidgetsByScript(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, empty(t), s.Origin), s.Origin)
	p.await("defined element", `customElements.get("sealane-check")`)
	p.run(`window.put = (tag, attributes, at) => {
		const e = document.createElement(tag);
		for (const name in attributes) e.setAttribute(name, attributes[name]);
		(at || document.body).append(e);
		return e;
	};
	window.one = put("sealane-check", {domain: "perfect.test"});
	window.two = put("sealane-check", {domain: "nothing.test", lang: "constructor"});
	window.three = put("sealane-make", {});
	// While the frames load, which hear nothing yet.
	one.setAttribute("theme", "dark");
	one.setAttribute("accent", "#0b5");
	two.setAttribute("domain", "null-mx.test")`)
	if got := eval[string](p, `two.shadowRoot.querySelector("a").textContent`); got != "Check null-mx.test with Sealane" {
		t.Errorf("in a language that there is not: %q", got)
	}
	p.await("two reports", `reports.length >= 2`)
	p.await("form", `three.shadowRoot.querySelector("a").checkVisibility() === false`)
	domains := func() []string { return eval[[]string](p, `reports.map((r) => r.detail.domain).sort()`) }
	if got := domains(); !slices.Equal(got, []string{"null-mx.test", "perfect.test"}) {
		t.Errorf("reports of %s", got)
	}
	// Moved, it loads anew where it is; the others stay as they are.
	p.run(`reports.length = 0; window.kept = two.shadowRoot.querySelector("iframe"); document.getElementById("after").before(one)`)
	p.await("report of the moved one", `reports.length`)
	if got := domains(); !slices.Equal(got, []string{"perfect.test"}) || !eval[bool](p, `two.shadowRoot.querySelector("iframe") === kept`) {
		t.Errorf("after a move: reports of %s", got)
	}
	// Taken out, it says no more; put in anew, it works again.
	p.run(`one.remove(); reports.length = 0; one.setAttribute("domain", "sts-testing.test")`)
	if eval[bool](p, `one.shadowRoot.querySelector("iframe") !== null`) {
		t.Error("a widget out of the page keeps its frame")
	}
	p.run(`document.body.append(one); one.scrollIntoView()`)
	p.await("report of the one put in anew", `reports.length`)
	if got := domains(); !slices.Equal(got, []string{"sts-testing.test"}) {
		t.Errorf("put in anew: reports of %s", got)
	}
	// Without its domain it is the form.
	p.run(`one.removeAttribute("domain")`)
	p.await("frame without a domain", `!one.shadowRoot.querySelector("iframe").src.includes("d=") && !one.shadowRoot.querySelector("a").checkVisibility()`)
	if got := eval[string](p, `one.shadowRoot.querySelector("iframe").title`); got != "Check a mail domain with Sealane" {
		t.Errorf("without a domain its title is %q", got)
	}
}

// TestWidgetIsAlwaysALink wants a link in whatever stands in the element, and
// leaves the element's looks to the page.
func TestWidgetIsAlwaysALink(t *testing.T) {
	s := serve(t, "-lab")
	page := strings.Replace(empty(t), "<p><button id=\"after\"", strings.Repeat("<p>far away</p>\n", 200)+`
<div><sealane-check domain="a.test"></sealane-check></div>
<div><sealane-check domain="b.test">
  </sealane-check></div>
<div><sealane-check domain="c.test"><!-- nothing --></sealane-check></div>
<div><sealane-check domain="d.test" hidden></sealane-check></div>
<div><sealane-check domain="e.test"><noscript><a href="/e">who has no JavaScript</a></noscript></sealane-check></div>
<div><sealane-make></sealane-make></div>
<p><button id="after"`, 1)
	p := visitHost(t, host(t, page, s.Origin), s.Origin)
	p.await("defined elements", `customElements.get("sealane-make")`)
	got := eval[string](p, `[...document.querySelectorAll("sealane-check, sealane-make")].map((e) => {
		const a = e.shadowRoot.querySelector("a");
		return [a.checkVisibility() && a.getBoundingClientRect().width > 0, a.getAttribute("href"), a.textContent].join(" ");
	}).join("\n")`)
	want := strings.ReplaceAll(`true ORIGIN/?d=a.test Check a.test with Sealane
true ORIGIN/?d=b.test Check b.test with Sealane
true ORIGIN/?d=c.test Check c.test with Sealane
false ORIGIN/?d=d.test Check d.test with Sealane
true ORIGIN/?d=e.test Check e.test with Sealane
true ORIGIN/make Make mail security records with Sealane`, "ORIGIN", s.Origin)
	if got != want {
		t.Errorf("the links are\n%s\nwant\n%s", got, want)
	}
	if shown := eval[string](p, `getComputedStyle(document.querySelector("sealane-make")).display`); shown != "block" {
		t.Errorf("it is %s", shown)
	}
	p.run(`const sheet = new CSSStyleSheet(); sheet.replaceSync("sealane-make { display: none }"); document.adoptedStyleSheets = [sheet]`)
	if shown := eval[string](p, `getComputedStyle(document.querySelector("sealane-make")).display`); shown != "none" {
		t.Errorf("against the page's styles it is %s", shown)
	}
	if attributes := eval[string](p, `document.querySelector("sealane-make").getAttributeNames().join()`); attributes != "" {
		t.Errorf("it was given attributes: %s", attributes)
	}
}

// TestWidgetScriptInThePage copies the script into a page, where it can't know whose
// frames to load: the link stays, and nothing is thrown.
func TestWidgetScriptInThePage(t *testing.T) {
	s := serve(t, "-lab")
	_, script := fetched(t, s.Origin+"/widget.js")
	page := strings.Replace(fixture(t, "plain"), `<script async src="SEALANE/widget.js"></script>`, "<script>"+script+"</script>", 1)
	p := visitHost(t, host(t, page, s.Origin), s.Origin)
	p.await("whole page", `document.readyState === "complete"`)
	if !eval[bool](p, `document.querySelector("sealane-check a").checkVisibility()`) {
		t.Error("the link is not seen")
	}
}

// TestWidgetHearsOnlyItsFrame sends what a hostile page, or frame, may send.
func TestWidgetHearsOnlyItsFrame(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	p.await("hidden link", `!document.querySelector("sealane-check a").checkVisibility()`)
	before := eval[float64](p, frameOf+`.getBoundingClientRect().height`)
	// From the page itself, with the right origin or source, never both.
	p.run(`const f = ` + frameOf + `.contentWindow, origin = "` + s.Origin + `";
	for (const data of [{sealaneFailed: true}, {sealaneHeight: 7}, {sealaneReport: {domain: "forged.test"}}, {sealaneReady: true}]) {
		window.postMessage(data, "*");
		dispatchEvent(new MessageEvent("message", {data, origin, source: window}));
		dispatchEvent(new MessageEvent("message", {data, origin, source: null}));
		dispatchEvent(new MessageEvent("message", {data, origin: "https://hostile.example", source: f}));
		dispatchEvent(new MessageEvent("message", {data, origin: "null", source: f}));
	}`)
	// From the frame, if its origin were hostile or broken.
	framed[bool](p, s.Origin, `([null, undefined, 0, "", [], {}, {sealaneHeight: -1}, {sealaneHeight: 1e9}, {sealaneHeight: Infinity}, {sealaneHeight: NaN}, {sealaneHeight: "9px;color:red"},
		{sealaneHeight: {}}, {sealaneHeight: null}, {sealaneReport: 0}, {sealaneReport: null}].forEach((m) => parent.postMessage(m, "*")), true)`)
	// From the page to the frame.
	p.run(`const f = ` + frameOf + `.contentWindow; let deep = []; for (let i = 0; i < 100; i++) deep = [deep];
	for (const data of [null, 1, "", [], {}, {sealaneTheme: 1}, {sealaneTheme: "light", sealaneAccent: deep}, {sealaneTheme: "light"}, {sealaneTheme: {}, sealaneAccent: "#fff"}]) f.postMessage(data, "*")`)
	time.Sleep(300 * time.Millisecond)
	if n := eval[int](p, `reports.length`); n != 1 {
		t.Errorf("%d reports", n)
	}
	if got := eval[float64](p, frameOf+`.getBoundingClientRect().height`); got != before {
		t.Errorf("the frame is %.0f px high instead of %.0f", got, before)
	}
	if theme, _ := framed[string](p, s.Origin, `document.documentElement.dataset.theme`); theme != "dark" {
		t.Errorf("the frame's theme is %q", theme)
	}
	if broken, ok := framed[bool](p, s.Origin, `!document.getElementById("broken").hidden`); broken || !ok {
		t.Error("the frame says that it is broken")
	}
	// What it does hear is no style but a colour.
	p.run(frameOf + `.contentWindow.postMessage({sealaneTheme: "light", sealaneAccent: "#fff;}body{display:none"}, "*")`)
	p.awaitFrame(s.Origin, "light theme", `document.documentElement.dataset.theme === "light" && document.documentElement.style.getPropertyValue("--accent") === ""`)
}

// TestWidgetFollowsTheReader wants theme="auto" to be what the reader prefers, as
// it changes.
func TestWidgetFollowsTheReader(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, strings.Replace(fixture(t, "plain"), `theme="dark"`, `theme="auto"`, 1), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	// The frame is told of the scheme when it is next drawn, some time after the
	// browser knows: what it looks like is waited for.
	const ground = `(getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor)`
	const accent = `document.documentElement.style.getPropertyValue("--accent")`
	var light [2]string
	for i, scheme := range []string{"light", "dark", "light"} {
		p.scheme(scheme)
		want := fmt.Sprintf(`matchMedia("(prefers-color-scheme: %s)").matches && !document.documentElement.dataset.theme && %s`, scheme, accent)
		if i > 0 {
			is := map[string]string{"light": "===", "dark": "!=="}[scheme]
			want += fmt.Sprintf(" && %s %s %q && %s %s %q", ground, is, light[0], accent, is, light[1])
		}
		p.awaitFrame(s.Origin, "the looks of "+scheme, want)
		if i == 0 {
			light[0], _ = framed[string](p, s.Origin, ground)
			light[1], _ = framed[string](p, s.Origin, accent)
		}
	}
}

// TestWidgetBlocked wants the link where the page's policy lacks what is stated.
func TestWidgetBlocked(t *testing.T) {
	s := serve(t, "-lab")
	script, frame, _ := strings.Cut(statedPolicy(t, s.Origin), ";")
	for name, c := range map[string]struct{ stated, blocked string }{
		"no frame": {script + "; frame-src 'none'", "frame-src"}, "no script": {frame, "script-src"},
	} {
		t.Run(name, func(t *testing.T) {
			h := hostUnder(t, fixture(t, "plain"), s.Origin, c.stated)
			p := open(t, h.URL)
			p.beside = []string{s.Origin}
			p.goTo("/")
			p.await("whole page", `document.readyState === "complete"`)
			if c.blocked == "frame-src" {
				p.await("frame", `document.querySelector("sealane-check").shadowRoot && `+frameOf)
				p.run(`document.getElementById("before").focus()`)
				p.do(chromedp.KeyEvent("\t"))
				if !eval[bool](p, `document.activeElement.localName === "a"`) {
					t.Error("Tab does not lead to the link")
				}
				p.do(chromedp.KeyEvent("\t"))
				if !eval[bool](p, `document.activeElement.id === "after"`) {
					t.Error("Tab leads to a frame that nobody sees")
				}
				p.await("end of the silent frame", `!`+frameOf)
			}
			if !eval[bool](p, `document.querySelector("sealane-check a").checkVisibility()`) {
				t.Error("the link is not seen")
			}
			said := strings.Join(p.complaints(), "\n")
			if !strings.Contains(said, c.blocked) || strings.Contains(said, "exception") {
				t.Errorf("the browser says %q", said)
			}
		})
	}
}
