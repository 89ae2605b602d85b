package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestHarnessHears proves that the tests would notice: a page with every fault
// that they watch for is reported for each.
func TestHarnessHears(t *testing.T) {
	end2end(t)
	// Over plain HTTP, as that is a fault, too.
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Security-Policy", "default-src 'self'; connect-src *; script-src 'self'; img-src 'none'")
			_, _ = w.Write([]byte(`<!doctype html><link rel="icon" href="/icon"><img src="/image"><script>1</script><script src="/s.js"></script>`))
		case "/s.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(`console.error("said aloud"); fetch("` + other.URL + `/elsewhere").catch(() => 0); fetch("/missing"); throw new Error("thrown")`))
		case "/icon":
			w.Header().Set("Content-Type", "image/png")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	p := open(t, server.URL)
	p.onlyH3 = true
	p.goTo("/")
	time.Sleep(500 * time.Millisecond)
	heard := strings.Join(p.complaints(), "\n")
	for what, sign := range map[string]string{
		"a console error":                   "said aloud",
		"an exception":                      "thrown",
		"an inline script under the policy": "script-src 'self'",
		"an image under the policy":         "/image",
		"a request to another origin":       "another origin: " + other.URL + "/elsewhere",
		"a missing file":                    "/missing",
		"another protocol than HTTP/3":      "over http/1.1: " + server.URL + "/s.js",
	} {
		if !strings.Contains(heard, sign) {
			t.Errorf("%s goes unheard; heard:\n%s", what, heard)
		}
	}
}
