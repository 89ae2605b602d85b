package e2e

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestWidgetOnOtherPages puts the widget into pages as generators make them,
// under a strict policy, on another origin.
func TestWidgetOnOtherPages(t *testing.T) { widgetOnOtherPages(t, serve(t, "-lab")) }

func widgetOnOtherPages(t *testing.T, s *server) {
	t.Helper()
	for _, name := range []string{"plain", "mkdocs", "material", "docusaurus", "hugo"} {
		t.Run(name, func(t *testing.T) {
			h := host(t, fixture(t, name), s.Origin)
			p := visitHost(t, h, s.Origin, s.Beside)
			eval[bool](p, `(document.querySelector("sealane-check").scrollIntoView(), true)`)
			p.await("report", `reports.length`)
			report := eval[[]sealaneReport](p, `reports`)[0]
			if d := report.Detail; report.By != "sealane-check" || d.Domain != "perfect.test" || d.Headline == "" || !d.Complete ||
				d.Findings["ok"] == 0 || d.Findings["error"] != 0 || d.Senders["gmail"] != "delivers" {
				t.Errorf("the page is told %+v", report)
			}
			p.await("hidden link", `!document.querySelector("sealane-check a")?.checkVisibility()`)
			p.followsHeight(s.Origin)
		})
	}
}

// followsHeight wants the frame as high as its content, also when that changes.
func (p *page) followsHeight(origin string) {
	p.t.Helper()
	high := func() float64 { return eval[float64](p, frameOf+`.getBoundingClientRect().height`) }
	fits := func() {
		p.t.Helper()
		for range 100 {
			inner, _ := framed[float64](p, origin, `document.documentElement.getBoundingClientRect().height`)
			if outer := high(); inner > 100 && outer >= inner && outer < inner+1 {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		p.t.Errorf("the frame is %.1f px high, not as its content", high())
	}
	fits()
	before := high()
	for _, change := range []string{">", "==="} { // unfolded, and folded again
		framed[bool](p, origin, `(document.querySelector("article details > summary").click(), true)`)
		p.await("other height", fmt.Sprintf(frameOf+`.getBoundingClientRect().height %s %f`, change, before))
		fits()
	}
	p.do(chromedp.EmulateViewport(400, 900))
	fits()
	p.do(chromedp.EmulateViewport(1280, 900))
}

// TestWidgetLooksAsTold wants theme and accent from the attributes, at first and
// when they change, and nothing of what is no colour.
func TestWidgetLooksAsTold(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	look := func(theme, accent string) {
		t.Helper()
		p.awaitFrame(s.Origin, theme+" and "+accent, fmt.Sprintf(
			`(document.documentElement.dataset.theme || "") === %q && document.documentElement.style.getPropertyValue("--accent") === %q`, theme, accent))
	}
	look("dark", "#c145da")
	set := func(name, value string) {
		eval[bool](p, fmt.Sprintf(`(document.querySelector("sealane-check").setAttribute(%q, %q), true)`, name, value))
	}
	set("theme", "light")
	look("light", "#aa00cc")
	set("accent", "#123456")
	look("light", "#123456")
	set("accent", "#fff")
	look("light", "#6e6e6e") // white can't be read on white
	set("accent", "#123456;}")
	look("light", "")
	set("accent", "red")
	set("theme", "auto")
	look("", "")
	if n := eval[int](p, `reports.length`); n != 1 {
		t.Errorf("%d checks: a change of looks is none", n)
	}
	set("domain", "nothing.test")
	p.await("second report", `reports.length === 2`)
	if got := eval[[]sealaneReport](p, `reports`)[1].Detail; got.Domain != "nothing.test" || got.Senders["gmail"] != "delivers-unauthenticated" {
		t.Errorf("the second report is %+v", got)
	}
}

// TestWidgetKeepsNothing wants no worker and no cache in the frame's storage.
func TestWidgetKeepsNothing(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	for _, kept := range []string{`navigator.serviceWorker.getRegistrations().then((all) => all.length)`, `caches.keys().then((all) => all.length)`} {
		framed[bool](p, s.Origin, `(`+kept+`.then((n) => { window.kept = n; }), true)`)
		p.awaitFrame(s.Origin, "answer", `window.kept !== undefined`)
		if n, _ := framed[int](p, s.Origin, `window.kept`); n != 0 {
			t.Errorf("%s: %d", kept, n)
		}
		framed[bool](p, s.Origin, `delete window.kept`)
	}
}

// TestWidgetSetsNothingGlobal compares the names of the window with and without.
func TestWidgetSetsNothingGlobal(t *testing.T) {
	s := serve(t, "-lab")
	names := func(page string) []string {
		p := visitHost(t, host(t, page, s.Origin), s.Origin)
		p.await("whole page", `document.readyState === "complete"`)
		if scripted := strings.Contains(page, "widget.js"); scripted && !eval[bool](p, `Boolean(customElements.get("sealane-check") && customElements.get("sealane-make"))`) {
			t.Error("the script has defined nothing")
		}
		return eval[[]string](p, `Object.entries({window, document, root: document.documentElement, Object: Object.prototype, Array: Array.prototype, Function: Function.prototype, Element: Element.prototype, HTMLElement: HTMLElement.prototype, history, navigator})
			.flatMap(([of, object]) => Object.getOwnPropertyNames(object).map((name) => of + "." + name))
			.concat(document.documentElement.getAttributeNames(), document.body.getAttributeNames(), document.head.innerHTML, document.adoptedStyleSheets.length, document.cookie).map(String).sort()`)
	}
	with := fixture(t, "plain")
	p := strings.Replace(with, `<script async src="SEALANE/widget.js"></script>`, "", 1)
	if p == with {
		t.Fatal("the page has no script to leave out")
	}
	// A frame is a number among the window's names.
	isFrame := func(name string) bool { return name == "window.0" }
	if got, want := slices.DeleteFunc(names(with), isFrame), names(p); !slices.Equal(got, want) {
		t.Errorf("the window has\n%v\nwithout the script\n%v", got, want)
	}
}

// TestWidgetWaits wants nothing of the program before the widget is seen or used.
func TestWidgetWaits(t *testing.T) {
	s := serve(t, "-lab")
	far := strings.Replace(fixture(t, "plain"), "<sealane-check", strings.Repeat("<p>far away</p>\n", 200)+"<sealane-check", 1)
	for name, use := range map[string]string{
		"scrolled": `document.querySelector("sealane-check").scrollIntoView()`,
		"used":     `document.querySelector("sealane-check a").click()`,
	} {
		t.Run(name, func(t *testing.T) {
			p := visitHost(t, host(t, far, s.Origin), s.Origin)
			p.await("defined element", `customElements.get("sealane-check") && document.querySelector("sealane-check").shadowRoot`)
			time.Sleep(500 * time.Millisecond)
			p.mu.Lock()
			asked := slices.Clone(p.requests)
			p.mu.Unlock()
			if slices.ContainsFunc(asked, func(r string) bool { return strings.HasPrefix(r, "/widget?") || strings.Contains(r, ".wasm") }) {
				t.Errorf("asked for already: %s", asked)
			}
			eval[bool](p, "("+use+", true)")
			p.await("report", `reports.length`)
		})
	}
}

// TestWidgetWithoutSealane wants the link, and a host page that is whole, when
// the script, the program, or all of the server is gone, and without JavaScript.
func TestWidgetWithoutSealane(t *testing.T) {
	t.Parallel()
	linked := func(t *testing.T, p *page, origin string) {
		t.Helper()
		if got := eval[string](p, `document.querySelector("sealane-check a").href`); got != origin+"/?d=perfect.test" {
			t.Errorf("the link leads to %s", got)
		}
		if !eval[bool](p, `document.querySelector("sealane-check a").checkVisibility()`) {
			t.Error("the link is not seen")
		}
	}
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		origin := "http://" + l.Addr().String()
		_ = l.Close() // nobody is there now
		p := open(t, "")
		h := host(t, fixture(t, "plain"), origin)
		p.origin, p.beside = h.URL, []string{origin}
		p.expectOffline()
		p.goTo("/")
		p.await("whole page", `document.readyState === "complete"`)
		linked(t, p, origin)
		for _, problem := range p.complaints() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	t.Run("gone since", func(t *testing.T) {
		s := serve(t, "-lab")
		far := strings.Replace(fixture(t, "plain"), "<sealane-check", strings.Repeat("<p>far away</p>\n", 200)+"<sealane-check", 1)
		p := visitHost(t, host(t, far, s.Origin), s.Origin)
		p.await("defined element", `document.querySelector("sealane-check").shadowRoot`)
		p.expectOffline()
		s.stop()
		eval[bool](p, `(document.querySelector("sealane-check").scrollIntoView(), true)`)
		p.await("frame", frameOf)
		linked(t, p, s.Origin)
		p.await("end of the silent frame", `!`+frameOf)
		linked(t, p, s.Origin)
	})
	t.Run("program missing", func(t *testing.T) {
		s := serve(t, "-lab")
		// The site as built, but for the program.
		proxy := newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".wasm") {
				http.NotFound(w, r)
				return
			}
			passOn(t, w, r, s.Origin)
		}))
		p := visitHost(t, host(t, fixture(t, "plain"), proxy.URL), proxy.URL)
		p.await("frame", `document.querySelector("sealane-check").shadowRoot && `+frameOf)
		p.await("end of the frame", `!`+frameOf)
		linked(t, p, proxy.URL)
		p.complaints() // those of the frame itself
	})
	t.Run("no JavaScript", func(t *testing.T) {
		h := host(t, fixture(t, "plain"), "https://sealane.example")
		r, err := client(t).Get(h.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text := make([]byte, 4096)
		n, _ := r.Body.Read(text)
		if !strings.Contains(string(text[:n]), `<a href="https://sealane.example/?d=perfect.test">`) {
			t.Error("no link in the page")
		}
	})
}

// TestWidgetKeyboard goes with Tab from the host page into the frame and out.
func TestWidgetKeyboard(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("report", `reports.length`)
	eval[bool](p, `(document.getElementById("before").focus(), true)`)
	p.tabTo(`document.activeElement.localName === "sealane-check"`)
	p.awaitFrame(s.Origin, "focus on the field", `document.hasFocus() && document.activeElement.id === "d"`)
	if through := p.throughFrame(s.Origin, false, "after"); through < 5 {
		t.Errorf("%d stops on the way through", through)
	}
	if back := p.throughFrame(s.Origin, true, "before"); back < 5 {
		t.Errorf("%d stops on the way back", back)
	}
}

// throughFrame presses Tab, or Shift and Tab, until an element of the page has the
// focus, and counts the stops in the frame, each of which must be seen.
func (p *page) throughFrame(origin string, back bool, until string) (stops int) {
	p.t.Helper()
	for range 150 {
		if back {
			p.do(chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)))
		} else {
			p.do(chromedp.KeyEvent("\t"))
		}
		if eval[bool](p, fmt.Sprintf(`document.activeElement.id === %q`, until)) {
			return stops
		}
		if seen, _ := framed[bool](p, origin, `document.activeElement !== document.body && document.activeElement.matches(":focus-visible") && document.activeElement.checkVisibility()`); !seen {
			what, _ := framed[string](p, origin, `document.activeElement.outerHTML.slice(0, 120)`)
			p.t.Errorf("the focus is not seen on %s", what)
		}
		stops++
	}
	p.t.Errorf("no way out of the frame to %s", until)
	return stops
}

// TestWidgetByKeyboard uses the link and goes on in the frame.
func TestWidgetByKeyboard(t *testing.T) {
	s := serve(t, "-lab")
	p := visitHost(t, host(t, fixture(t, "plain"), s.Origin), s.Origin)
	p.await("defined element", `customElements.get("sealane-check")`)
	// What is seen would load by itself.
	p.run(`const e = document.querySelector("sealane-check").cloneNode(true);
		document.querySelector("sealane-check").remove();
		window.IntersectionObserver = undefined;
		document.getElementById("after").before(e);
		e.querySelector("a").focus()`)
	p.do(chromedp.KeyEvent("\r"))
	p.await("report", `reports.length`)
	p.await("focus in the frame", `document.activeElement.localName === "sealane-check"`)
	p.do(chromedp.KeyEvent("\t"))
	p.awaitFrame(s.Origin, "visible focus", `document.hasFocus() && document.activeElement !== document.body && document.activeElement.matches(":focus-visible")`)
}
