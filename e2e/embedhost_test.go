package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// inline is a script within a page, styled a style attribute, stated the policy
// on the page about embedding.
var (
	inline = regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)
	styled = regexp.MustCompile(`\sstyle="([^"]*)"`)
	stated = regexp.MustCompile(`data-code="policy"[^>]*>([^<]+)<`)
)

// statedPolicy is the policy that the page about embedding states, for a Sealane
// at an origin; TestEmbedPage holds what the browser shows to the same.
func statedPolicy(t *testing.T, sealane string) string {
	t.Helper()
	built(t)
	page, err := os.ReadFile(filepath.Join(siteDir, "embed.html"))
	if err != nil {
		t.Fatal(err)
	}
	m := stated.FindSubmatch(page)
	if m == nil || !strings.Contains(string(m[1]), "https://SEALANE") {
		t.Fatal("the page about embedding states no policy")
	}
	return strings.ReplaceAll(html.UnescapeString(string(m[1])), "https://SEALANE", sealane)
}

// strict is a policy that allows a page its own files, hashes for what stands in
// it, and beyond that what is stated.
func strict(page, stated string) string {
	hashed := func(in *regexp.Regexp) (all string) {
		for _, m := range in.FindAllStringSubmatch(page, -1) {
			if m[1] != "" {
				sum := sha256.Sum256([]byte(html.UnescapeString(m[1])))
				if in == inline { // no markup is read in there
					sum = sha256.Sum256([]byte(m[1]))
				}
				all += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			}
		}
		return all
	}
	sources := map[string]string{
		"default-src": "'none'", "script-src": "'self'" + hashed(inline), "style-src": "'self'", "img-src": "'self'",
		"font-src": "'self'", "manifest-src": "'self'", "connect-src": "'self'", "base-uri": "'none'", "object-src": "'none'",
	}
	if attributes := hashed(styled); attributes != "" {
		sources["style-src"] += " 'unsafe-hashes'" + attributes
	}
	for directive := range strings.SplitSeq(stated, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		sources[name] += " " + value
	}
	var policy []string
	for name, value := range sources {
		policy = append(policy, strings.TrimSpace(name+" "+value))
	}
	return strings.Join(policy, "; ")
}

// host serves one page of somebody else under a strict policy with what the page
// about embedding states; its other files are empty.
func host(t *testing.T, page string, sealane string) *front {
	t.Helper()
	return hostUnder(t, page, sealane, statedPolicy(t, sealane))
}

// hostUnder is host with another statement.
func hostUnder(t *testing.T, page, sealane, stated string) *front {
	t.Helper()
	page = strings.ReplaceAll(page, "SEALANE", sealane)
	policy := strict(page, stated)
	return newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media := mime.TypeByExtension(path.Ext(r.URL.Path))
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			_, _ = w.Write([]byte(page))
		case media != "":
			w.Header().Set("Content-Type", media)
		default:
			w.Header().Set("Content-Type", "text/plain")
		}
	}))
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
func visitHost(t *testing.T, h *front, sealane ...string) *page {
	t.Helper()
	p := open(t, h.URL)
	p.beside = sealane
	t.Cleanup(func() {
		for _, problem := range p.complaints() {
			t.Errorf("the browser says: %s", problem)
		}
	})
	p.goTo("/")
	p.note()
	return p
}

// note keeps the events of the page that is there, from here on, in reports.
func (p *page) note() {
	p.t.Helper()
	eval[bool](p, `(() => {
		if (!window.reports) {
			window.reports = [];
			document.addEventListener("sealane-report", (e) => reports.push({by: e.target.localName, detail: e.detail}));
		}
		return true;
	})()`)
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
func passOn(t *testing.T, w http.ResponseWriter, r *http.Request, origin string) {
	answer, err := client(t).Get(origin + r.URL.RequestURI())
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
