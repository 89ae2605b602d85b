package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// inline is a script within a page.
var inline = regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)

// host serves one page of somebody else under the strict policy that the page
// about embedding states, with a hash for each of its own inline scripts; its
// other files are empty.
func host(t *testing.T, page string, sealane string) *httptest.Server {
	t.Helper()
	page = strings.ReplaceAll(page, "SEALANE", sealane)
	own := ""
	for _, m := range inline.FindAllStringSubmatch(page, -1) {
		if m[1] != "" {
			sum := sha256.Sum256([]byte(m[1]))
			own += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; "+
				"script-src 'self' "+sealane+own+"; frame-src "+sealane)
			_, _ = w.Write([]byte(page))
		case strings.HasSuffix(r.URL.Path, ".css"):
			w.Header().Set("Content-Type", "text/css")
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
		case strings.HasSuffix(r.URL.Path, ".png"), strings.HasSuffix(r.URL.Path, ".ico"):
			w.Header().Set("Content-Type", "image/png")
		default:
			w.Header().Set("Content-Type", "text/plain")
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "embed", name+".html"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// visitHost opens a host page, with a note of every event of the widget and of
// what was global before.
func visitHost(t *testing.T, h *httptest.Server, sealane ...string) *page {
	t.Helper()
	p := open(t, h.URL)
	p.beside = sealane
	t.Cleanup(func() {
		for _, problem := range p.complaints() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	p.goTo("/")
	eval[bool](p, `(() => {
		window.reports = [];
		document.addEventListener("sealane-report", (e) => reports.push({by: e.target.localName, detail: e.detail}));
		return true;
	})()`)
	return p
}

// framed evaluates in the widget's frame, whose origin is the server's; the zero
// value while there is none.
func framed[T any](p *page, origin, expression string) (value T, ok bool) {
	p.t.Helper()
	p.mu.Lock()
	id := ""
	for _, c := range p.contexts {
		if c.Origin == origin {
			id = c.UniqueID
		}
	}
	p.mu.Unlock()
	if id == "" {
		return value, false
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, func(e *runtime.EvaluateParams) { e.UniqueContextID = id }))
	return value, err == nil
}

// awaitFrame waits until a condition holds in the frame, for at most a minute.
func (p *page) awaitFrame(origin, what, condition string) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds, ok := framed[bool](p, origin, "!!("+condition+")"); ok && holds {
			return
		}
	}
	text, _ := framed[string](p, origin, "document.body.innerText")
	p.t.Fatalf("within a minute no %s in the frame, which says:\n%s", what, tail(text, 3000))
}

// sealaneReport is the detail of the event.
type sealaneReport struct {
	By     string `json:"by"`
	Detail struct {
		Domain, Headline, Level string
		Complete                bool
		Findings                map[string]int
		Senders                 map[string]string
	} `json:"detail"`
}

const frameOf = `document.querySelector("sealane-check").shadowRoot.querySelector("iframe")`

// passOn asks another server the same.
func passOn(w http.ResponseWriter, r *http.Request, origin string) {
	answer, err := http.Get(origin + r.URL.RequestURI())
	if err != nil {
		http.Error(w, "", http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	for _, name := range []string{"Content-Type", "Content-Security-Policy", "Cross-Origin-Resource-Policy"} {
		w.Header().Set(name, answer.Header.Get(name))
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}
