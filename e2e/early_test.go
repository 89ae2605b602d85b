package e2e

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// held puts a server before another that keeps the program back until it is let go.
func held(t *testing.T, s *server) (before *server, letGo func()) {
	t.Helper()
	target, err := url.Parse(s.Origin)
	if err != nil {
		t.Fatal(err)
	}
	gate, proxy := make(chan struct{}), httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = client(t).Transport
	h := newFront(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".wasm") {
			select {
			case <-gate:
			case <-r.Context().Done(): // another page is asked for meanwhile
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	return &server{process: s.process, Origin: h.URL}, func() { close(gate) }
}

// absent wants a page whose program has not come.
func (p *page) absent() {
	p.t.Helper()
	if !eval[bool](p, `!!document.getElementById("app-wasm-loader")`) {
		p.t.Fatal("the program runs already, so this proves nothing")
	}
}

// TestSubmitBeforeTheProgramRuns submits the prerendered form: what was asked for is
// checked once the program is there.
func TestSubmitBeforeTheProgramRuns(t *testing.T) {
	s, letGo := held(t, serve(t, "-lab"))
	p := visit(t, s, "/")
	p.put("perfect.test")
	p.absent()
	p.submit()
	p.await("sign that it was heard", `document.documentElement.classList.contains("asked")`)
	p.absent()
	letGo()
	p.finished("perfect.test")
	if got := p.path(); got != "/?d=perfect.test" {
		t.Errorf("the URL is %q", got)
	}
}

// TestErrorBeforeTheProgramRuns submits an error text in the same way: no server sees it.
func TestErrorBeforeTheProgramRuns(t *testing.T) {
	s, letGo := held(t, serve(t, "-lab"))
	p := visit(t, s, "/")
	p.put("STSFetchResult.NONE")
	p.absent()
	p.submit()
	p.absent()
	letGo()
	p.await("what it means", `location.pathname === "/explain" && document.querySelector(".incident")`)
	p.keepsToItself("STSFetchResult")
}

// TestTypeBeforeTheProgramRuns types into the prerendered form, and goes on in the same
// field when the program has replaced it.
func TestTypeBeforeTheProgramRuns(t *testing.T) {
	s, letGo := held(t, serve(t, "-lab"))
	p := visit(t, s, "/")
	p.put("perfect")
	p.absent()
	letGo()
	p.ready()
	p.await("focus in the field", `document.activeElement.id === "d" && document.activeElement.value === "perfect"`)
	p.do(inserted(".test"))
	p.submit()
	p.finished("perfect.test")
}
