package e2e

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// realCase is a mail domain of the real servers and what has to be found.
type realCase struct {
	domain string
	// verdict looks at the whole; it is the same for the command line and,
	// by its codes, for the page.
	verdict func(t *testing.T, j judged)
}

var realCases = []realCase{
	{realHealthy, func(t *testing.T, j judged) {
		wants(t, j, map[string]string{"dane.verified": "ok"})
		for _, f := range j.Findings {
			if f.Level == "error" || f.Level == "warning" {
				t.Errorf("%s at level %s on %s: the domain is healthy", f.Code, f.Level, f.Subject)
			}
		}
	}},
	{realOtherKey, func(t *testing.T, j judged) {
		i := slices.IndexFunc(j.codes(), func(c string) bool { return strings.HasPrefix(c, "dane.mismatch") })
		if i < 0 {
			t.Fatalf("no dane.mismatch-*: %v", j.codes())
		}
		wants(t, j, map[string]string{j.codes()[i]: "error", "dane.verified": "", "tls.legacy-enabled": "warning"})
	}},
	{realPlain, func(t *testing.T, j judged) {
		wants(t, j, map[string]string{
			"starttls.not-offered": "error", "tlsa.published-without-starttls": "error", "dane.verified": "",
		})
	}},
}

// wants compares levels by code; "" wants the code absent.
func wants(t *testing.T, j judged, levels map[string]string) {
	t.Helper()
	for code, level := range levels {
		if got := j.level(code); got != level {
			t.Errorf("%s: %q at level %q, want %q; all: %v", j.Domain, code, got, level, j.codes())
		}
	}
}

// TestRealServers checks domains that real servers serve: by the command line,
// and by the page.
func TestRealServers(t *testing.T) {
	end2end(t)
	w := startRealWorld(t)
	s := serve(t, w.args()...)
	p := visit(t, s, "/")
	for _, c := range realCases {
		t.Run(c.domain, func(t *testing.T) {
			native := checkJSON(t, c.domain, w.args()...)
			t.Logf("%s: %s %v", c.domain, native.Headline, native.codes())
			c.verdict(t, native)
			for _, n := range native.NotChecked {
				if n.Subject != c.domain {
					t.Errorf("%s was not checked: %s", n.Subject, n.Key)
				}
			}
			p := p.in(t)
			p.check(c.domain)
			if diff := cmp.Diff(native.codes(), p.codes()); diff != "" {
				t.Errorf("the command line (-) and the page (+) differ:\n%s", diff)
			}
		})
	}
}

// TestDeadHostHidesNothing adds a mail host that takes a connection and never
// speaks: all else is on the page while that host is still waited for.
func TestDeadHostHidesNothing(t *testing.T) {
	t.Parallel()
	end2end(t)
	w := startRealWorld(t)
	silent(t, fmt.Sprintf("%s:%d", silentIP, w.SMTP))
	s := serve(t, w.args()...)
	p := visit(t, s, "/?d="+realSilent)
	p.waitsFor("mx."+realSilent, "mx."+realHealthy)
	p.finished(realSilent)
}

// silent listens and says nothing until the test ends.
func silent(t *testing.T, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for _, c := range open {
			_ = c.Close()
		}
	})
}
