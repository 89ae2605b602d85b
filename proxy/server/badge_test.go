package server

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// badgeOf gives the words of a badge, with its description first.
func badgeOf(t *testing.T, r *http.Response) (texts []string) {
	t.Helper()
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "image/svg+xml" {
		t.Fatalf("status %d, %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
	d := xml.NewDecoder(r.Body)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "svg", "title", "g", "rect", "text":
			default:
				t.Errorf("an element %s", token.Name.Local)
			}
		case xml.CharData:
			texts = append(texts, strings.TrimSpace(string(token)))
		}
	}
}

// badgeServer is a server whose checks find what find says.
func badgeServer(t *testing.T, find func(context.Context, dnsname.Name) Summary) *Server {
	return start(t, func(c *Config) { c.Check = find })
}

func TestBadge(t *testing.T) {
	at := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		found      Summary
		right, age string
	}{
		"protected":   {Summary{[]string{"sts-enforce", "dane-ok"}, at}, "MTA-STS enforce · DANE ok", "600"},
		"nothing":     {Summary{[]string{"sts-absent", "dane-absent"}, at}, "no MTA-STS · no DANE", "600"},
		"not checked": {Summary{}, "not checked", "60"},
		"no words":    {Summary{[]string{"<b>&"}, at}, "<b>&", "600"},
	} {
		r := get(badgeServer(t, func(context.Context, dnsname.Name) Summary { return c.found }), "/badge/example.com.svg")
		if got, want := r.Header.Get("Cache-Control"), "public, max-age="+c.age; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if r.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: other pages can't show it", name)
		}
		texts := strings.Join(badgeOf(t, r), "|")
		if !strings.Contains(texts, "|"+c.right+"|") || !strings.HasPrefix(texts, "Mail to example.com: "+c.right) {
			t.Errorf("%s: %s", name, texts)
		}
		if said := strings.Contains(texts, "2026-11-26T06:00:00Z"); said != (c.age == "600") {
			t.Errorf("%s: the time of the check: %s", name, texts)
		}
	}
}

// Who has a badge is told when it is still the same.
func TestBadgeIsRevalidated(t *testing.T) {
	found := Summary{Parts: []string{"dane-ok"}, At: time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)}
	s := badgeServer(t, func(_ context.Context, d dnsname.Name) Summary { return found })
	tag := get(s, "/badge/example.com.svg").Header.Get("ETag")
	for _, c := range []struct {
		domain, has string
		status      int
	}{
		{"example.com", tag, http.StatusNotModified}, {"example.com", "W/" + tag, http.StatusNotModified},
		{"example.com", `"other"`, http.StatusOK}, {"example.com", "", http.StatusOK}, {"perfect.test", tag, http.StatusOK},
	} {
		request := httptest.NewRequest(http.MethodGet, "/badge/"+c.domain+".svg", nil)
		request.Header.Set("If-None-Match", c.has)
		r := ask(s, request)
		body, err := io.ReadAll(r.Body)
		if r.StatusCode != c.status || err != nil || (len(body) == 0) != (c.status == http.StatusNotModified) || r.Header.Get("Cache-Control") != "public, max-age=600" {
			t.Errorf("%s, which has %s: status %d, %d octets", c.domain, c.has, r.StatusCode, len(body))
		}
	}
}

// White on each of a badge's colours has the contrast of text (WCAG 2.2, 1.4.3),
// whatever page is around.
func TestBadgeIsReadable(t *testing.T) {
	for _, colour := range []string{badgeLeft, badgeRight, badgeUnknown} {
		luminance := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			octet, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(octet) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			luminance += weight * c
		}
		if contrast := 1.05 / (luminance + 0.05); contrast < 4.5 {
			t.Errorf("white on %s has a contrast of %.1f", colour, contrast)
		}
	}
}

func TestBadgeAddresses(t *testing.T) {
	s := badgeServer(t, func(_ context.Context, d dnsname.Name) Summary { return Summary{Parts: []string{d.String()}} })
	for target, want := range map[string]string{
		"/badge/example.com.svg": "example.com", "/badge/EXAMPLE.com.svg": "example.com", "/badge/xn--bcher-kva.example.svg": "xn--bcher-kva.example", "/badge/svg.svg": "svg",
		"/badge/": "", "/badge/.svg": "", "/badge/example.com": "", "/badge/a/b.svg": "", "/badge/..svg": "", "/badge/example.com.SVG": "", "/badge/a%20b.svg": "",
	} {
		r := get(s, target)
		if want == "" {
			if r.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: status %d", target, r.StatusCode)
			}
			continue
		}
		if texts := strings.Join(badgeOf(t, r), "|"); !strings.Contains(texts, "|"+want+"|") {
			t.Errorf("%s: %s", target, texts)
		}
	}
	if r := get(start(t, nil), "/badge/example.com.svg"); r.StatusCode != http.StatusNotFound {
		t.Errorf("without checks: status %d", r.StatusCode)
	}
}

// A domain is checked once for all who ask within a quarter of an hour, and a
// failure of ours is tried again after a minute.
func TestBadgesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var checks atomic.Int32
		s := badgeServer(t, func(_ context.Context, d dnsname.Name) Summary {
			checks.Add(1)
			time.Sleep(time.Second)
			if d == labName {
				return Summary{}
			}
			return Summary{Parts: []string{"dane-ok"}}
		})
		for i, step := range []struct {
			target string
			want   int32
			then   time.Duration
		}{
			{"example.com", 1, 10 * time.Minute},
			{"example.com", 1, 6 * time.Minute},
			{"example.com", 2, 0},
			{"perfect.test", 3, 30 * time.Second},
			{"perfect.test", 3, 31 * time.Second},
			{"perfect.test", 4, 0},
		} {
			done := make(chan struct{})
			for range 3 {
				go func() { get(s, "/badge/"+step.target+".svg"); done <- struct{}{} }()
			}
			for range 3 {
				<-done
			}
			if got := checks.Load(); got != step.want {
				t.Errorf("step %d: %d checks, want %d", i, got, step.want)
			}
			time.Sleep(step.then)
		}
	})
}

// A check that takes long is not waited for, goes on, and is shown to the next.
func TestBadgeOfASlowDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := badgeServer(t, func(ctx context.Context, _ dnsname.Name) Summary {
			select {
			case <-time.After(20 * time.Second):
				return Summary{Parts: []string{"dane-ok"}}
			case <-ctx.Done():
				return Summary{}
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // the image proxy hangs up
		defer cancel()
		ask(s, httptest.NewRequest(http.MethodGet, "/badge/example.com.svg", nil).WithContext(ctx))
		if texts := strings.Join(badgeOf(t, get(s, "/badge/example.com.svg")), "|"); !strings.Contains(texts, "|not checked|") {
			t.Errorf("after 13 s: %s", texts)
		}
		time.Sleep(10 * time.Second)
		if texts := strings.Join(badgeOf(t, get(s, "/badge/example.com.svg")), "|"); !strings.Contains(texts, "|DANE ok|") {
			t.Errorf("after 23 s: %s", texts)
		}
	})
}

// More checks than badges may cause at once aren't made; a check that panics
// has checked nothing, and says where.
func TestBadgesAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var checks atomic.Int32
		var log bytes.Buffer
		s := badgeServer(t, func(_ context.Context, d dnsname.Name) Summary {
			if checks.Add(1); d.Within(top) {
				panic("fault")
			}
			time.Sleep(time.Minute)
			return Summary{Parts: []string{"dane-ok"}}
		})
		s.log = slog.New(slog.NewTextHandler(&log, nil))
		for _, domain := range []string{"a", "b", "c", "d", "e", "f"} {
			request := httptest.NewRequest(http.MethodGet, "/badge/"+domain+".example.svg", nil)
			request.RemoteAddr = "192.0.2." + string('1'+domain[0]-'a') + ":1000"
			if texts := strings.Join(badgeOf(t, ask(s, request)), "|"); !strings.Contains(texts, "|not checked|") {
				t.Errorf("%s: %s", domain, texts)
			}
		}
		if got := checks.Load(); got != badgesAtOnce {
			t.Errorf("%d checks at once, want %d", got, badgesAtOnce)
		}
		time.Sleep(time.Minute)
		if texts := strings.Join(badgeOf(t, get(s, "/badge/perfect.test.svg")), "|"); !strings.Contains(texts, "|not checked|") || checks.Load() != badgesAtOnce+1 {
			t.Errorf("after a panic: %s", texts)
		}
		if s.badges.limit.taken() != 0 || !strings.Contains(log.String(), "TestBadgesAreLimited") {
			t.Errorf("after a panic: %d places taken, log %q", s.badges.limit.taken(), &log)
		}
	})
}

func TestBadgesAreForgotten(t *testing.T) {
	b := newBadges(nil)
	now := time.Now()
	for i := range badgesKept {
		b.known[dnsname.MustParse("a"+strings.Repeat("x", i%50)+".example"+strings.Repeat("y", i/50))] = &badge{goneAt: now.Add(time.Hour)}
	}
	b.makeRoom(now)
	if len(b.known) != badgesKept-1 {
		t.Errorf("%d kept", len(b.known))
	}
	b.known[name] = &badge{goneAt: now}
	if b.makeRoom(now); b.known[name] != nil {
		t.Error("one of no use is kept")
	}
}
