package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the one browser of the test run, started when the first test
// asks; every page is a profile of its own in it.
type chromium struct {
	ctx  context.Context
	stop func()
	err  error

	outside *outside
}

var theBrowser struct {
	sync.Once
	chromium
}

// TestMain ends the browser after the last test.
func TestMain(m *testing.M) {
	if over := os.Getenv("SEALANE_OVER"); over != "" && over != "h3" {
		fmt.Fprintf(os.Stderr, "FAIL: SEALANE_OVER is %q, and can only be h3\n", over)
		os.Exit(1)
	}
	code := m.Run()
	if theBrowser.stop != nil {
		theBrowser.stop()
		if left := theBrowser.outside.hosts(); len(left) > 0 {
			fmt.Fprintf(os.Stderr, "FAIL: the browser asked for %s\n", left)
			code = 1
		}
	}
	if trusted.dir != "" {
		_ = os.RemoveAll(trusted.dir)
	}
	os.Exit(code)
}

// outside stands for the rest of the internet: the browser's proxy for all
// but loopback. It answers nothing and notes who was asked for, by pages and
// by their workers alike.
type outside struct {
	mu    sync.Mutex
	asked []string
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	if !slices.Contains(chromiumsOwn, host) {
		o.mu.Lock()
		o.asked = append(o.asked, host)
		o.mu.Unlock()
	}
	http.Error(w, "there is no outside", http.StatusBadGateway)
}

// chromiumsOwn are the hosts that the browser itself asks, whatever it shows.
var chromiumsOwn = []string{
	"accounts.google.com", "clients2.google.com", "update.googleapis.com", "www.google.com",
	"optimizationguide-pa.googleapis.com", "content-autofill.googleapis.com", "safebrowsing.googleapis.com",
	"redirector.gvt1.com", "edgedl.me.gvt1.com", "android.clients.google.com", "mtalk.google.com",
}

func (o *outside) hosts() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return sorted(o.asked)
}

func chrome(t *testing.T) context.Context {
	t.Helper()
	path := strings.TrimSpace(need(t, "browser"))
	pin := trust(t).pin()
	theBrowser.Do(func() { theBrowser.chromium = startChromium(path, pin) })
	if theBrowser.err != nil {
		t.Fatalf("%s does not start: %v", path, theBrowser.err)
	}
	return theBrowser.ctx
}

// startChromium starts a browser of which nothing is left.
func startChromium(path, pin string) chromium {
	dir, err := os.MkdirTemp("", "sealane-")
	if err != nil {
		return chromium{err: err}
	}
	c := startChromiumIn(path, dir, pin)
	stop := c.stop
	c.stop = func() {
		stop()
		_ = os.RemoveAll(dir)
	}
	return c
}

// startChromiumIn starts a browser with a folder for what it keeps, and a key that it
// accepts. Over https it speaks HTTP/3 only. It is stopped as a person does, so that
// all is written.
func startChromiumIn(path, dir, pin string) chromium {
	nowhere := &outside{}
	proxy := httptest.NewServer(nowhere)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(dir),
		chromedp.Headless,
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en"),
		chromedp.Flag("ignore-certificate-errors-spki-list", pin),
		chromedp.Flag("origin-to-force-quic-on", "*"),
		chromedp.ProxyServer(proxy.URL),
	}
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	base, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopTab := chromedp.NewContext(base)
	stop := func() {
		_ = chromedp.Cancel(ctx) // it may have ended by itself
		stopTab()
		stopAll()
		proxy.Close()
	}
	return chromium{ctx: ctx, stop: stop, err: chromedp.Do(ctx), outside: nowhere}
}

// page is one visitor: a tab in a fresh profile. What the browser complains
// of, and any request to another origin than the server's, fails the test.
type page struct {
	t      *testing.T
	ctx    context.Context
	origin string
	// beside are other origins that the page may ask.
	beside []string

	mu       sync.Mutex
	requests []string // paths with their query, in order
	h3       []string // URLs that the network answered over HTTP/3
	problems []string
	contexts []*runtime.ExecutionContextDescription
	// onlyH3 is whether the network may answer over nothing else.
	onlyH3 bool
	// offline lets requests fail: the server was stopped on purpose.
	offline bool
}

// visit opens a page of the server.
func visit(t *testing.T, s *server, path string) *page {
	t.Helper()
	p := open(t, s.Origin)
	p.beside = []string{s.Beside}
	t.Cleanup(func() {
		for _, problem := range p.complaints() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	p.goTo(path)
	return p
}

// open opens an empty tab for an origin; it ends with the test.
func open(t *testing.T, origin string) *page {
	t.Helper()
	p := &page{t: t, origin: origin, onlyH3: overH3() || strings.HasPrefix(origin, "https:")}
	ctx, cancel := chromedp.NewContext(chrome(t),
		chromedp.WithNewBrowserContext(), chromedp.WithListener(p.heard))
	p.ctx = ctx
	t.Cleanup(cancel)
	p.do(chromedp.EmulateViewport(1280, 900))
	return p
}

// complaints gives what the browser complained of, once.
func (p *page) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	problems := p.problems
	p.problems = nil
	return problems
}

// heard keeps what the tests ask about from the browser's events.
func (p *page) heard(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		p.problem("exception: %s", (&chromedp.ExceptionError{ExceptionDetails: ev.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range ev.Args {
				words = append(words, strings.Trim(string(a.Value), `"`)+a.Description)
			}
			p.problem("console: %s", strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		// Content security policy violations come here too.
		if ev.Entry.Level == log.EntryLevelError && !(p.offline && ev.Entry.Source == log.EntrySourceNetwork) {
			p.problem("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		}
	case *runtime.EventExecutionContextCreated:
		p.contexts = append(p.contexts, ev.Context)
	case *runtime.EventExecutionContextDestroyed:
		p.contexts = slices.DeleteFunc(p.contexts, func(c *runtime.ExecutionContextDescription) bool { return c.UniqueID == ev.ExecutionContextUniqueID })
	case *network.EventRequestWillBeSent:
		if ev.RedirectResponse != nil {
			p.answered(ev.RedirectResponse)
		}
		p.requested(ev.Request.URL)
	case *network.EventResponseReceived:
		p.answered(ev.Response)
	}
}

// answered notes by which protocol the network answered. What a worker or the cache did,
// they once had from the network, too.
func (p *page) answered(r *network.Response) {
	switch {
	case r.FromServiceWorker || r.FromDiskCache || !strings.HasPrefix(r.URL, "http"):
	case r.Protocol == "h3":
		p.h3 = append(p.h3, r.URL)
	case p.onlyH3:
		p.problem("over %s: %s", r.Protocol, r.URL)
	}
}

func (p *page) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

func (p *page) requested(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" {
		return
	}
	if origin := u.Scheme + "://" + u.Host; origin != p.origin && !slices.Contains(p.beside, origin) {
		p.problem("a request to another origin: %s", address)
	}
	p.requests = append(p.requests, u.RequestURI())
}

// asked gives the requests to the proxy's own paths since the page opened.
func (p *page) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var asked []string
	for _, r := range p.requests {
		if strings.HasPrefix(r, "/dns-query") || strings.HasPrefix(r, "/v1/") {
			asked = append(asked, r)
		}
	}
	return asked
}

// expectOffline allows failed requests from here on.
func (p *page) expectOffline() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offline = true
}

// do runs steps in the page, for at most a minute.
func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	// The first run starts the tab, whose life must not end with a timeout.
	if chromedp.FromContext(p.ctx).Target == nil {
		if err := chromedp.Do(p.ctx); err != nil {
			p.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("in the page: %v", err)
	}
}

// eval gives the value of a JavaScript expression in the page.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// await waits until a JavaScript condition holds, for at most a minute.
func (p *page) await(what, condition string) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
		// Between two documents there is nothing to evaluate in.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		cancel()
		if err == nil && ok {
			return
		}
	}
	p.t.Fatalf("within a minute no %s; the page says:\n%s", what, tail(eval[string](p, "document.body.innerText"), 3000))
}
