package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommandLineRefuses wants one line and exit 2 for what is no domain, no
// flag or no file.
func TestCommandLineRefuses(t *testing.T) {
	built(t)
	cases := [][]string{
		{"check"}, {"check", "a.test", "b.test"}, {"check", "perfect.test", "-nonsense"},
		{"check", "perfect.test", "-fail-on", "never"}, {"check", "perfect.test", "-resolver", "nowhere"},
		{"check", "perfect.test", "-anchor", "/nonexistent"}, {"check", "perfect.test", "-roots", "/dev/null"},
		{"check", "perfect.test", "-smtp-port", "65536"}, {"check", "perfect.test", "-allow-private"},
		{"judge"}, {"judge", "/nonexistent.json"}, {"judge", "/dev/null"}, {"serve", "-listen", "nowhere"},
		{"serve", "-site", "/nonexistent", "-listen", "127.0.0.1:0"}, {"nonsense"},
	}
	for _, c := range wrongInputs {
		cases = append(cases, []string{"check", c.text})
	}
	for _, args := range cases {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			r := run(t, binary, args...)
			if r.code != 2 {
				t.Errorf("exit %d, want 2", r.code)
			}
			if lines := strings.Count(r.err, "\n"); lines != 1 || !strings.HasSuffix(r.err, "\n") {
				t.Errorf("%d lines, want one: %q", lines, r.err)
			}
			if r.out != "" {
				t.Errorf("printed %q", r.out)
			}
		})
	}
}

// TestExitCodes wants 0 for a clean domain, 1 for findings at or above the
// level, and no progress line in a pipe.
func TestExitCodes(t *testing.T) {
	built(t)
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"check", "perfect.test"}, 0},
		{[]string{"check", "perfect.test", "-fail-on", "warning"}, 0},
		{[]string{"check", find(t, "dane-mismatch").Domain}, 1},
		{[]string{"check", find(t, "dane-mismatch").Domain, "-json"}, 1},
	} {
		r := run(t, binary, c.args...)
		if r.code != c.code || r.out == "" || r.err != "" {
			t.Errorf("%v: exit %d, want %d; printed %d octets; said %q", c.args, r.code, c.code, len(r.out), r.err)
		}
	}
}

// TestSavedFactsReplay saves what a check saw and judges it again.
func TestSavedFactsReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.json")
	for _, part := range []string{"perfect", "dane-mismatch"} {
		d := find(t, part).Domain
		now := checkJSON(t, d, "-save", file)
		r := run(t, binary, "judge", file, "-json")
		if r.code > 1 {
			t.Fatalf("sealane judge: exit %d: %s", r.code, r.err)
		}
		again := decode[judged](t, r.out)
		if diff := cmp.Diff(now.Findings, again.Findings); diff != "" {
			t.Errorf("%s judged again differs:\n%s", d, diff)
		}
		if content, err := os.ReadFile(file); err != nil || len(content) < 1000 {
			t.Errorf("%s: %d octets saved, %v", d, len(content), err)
		}
	}
}

// TestServeAnswersHealthz asks what a supervisor asks.
func TestServeAnswersHealthz(t *testing.T) {
	s := serve(t, "-lab")
	r, err := client(t).Get(s.Origin + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("/healthz: %s", r.Status)
	}
}
