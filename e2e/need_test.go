package e2e

import (
	"os"
	"testing"
)

// end2end skips a test, in one line, when nobody asked for these.
func end2end(t *testing.T) {
	t.Helper()
	if os.Getenv("SEALANE_E2E") == "" {
		t.Skip("needs SEALANE_E2E=1, which `make test` sets")
	}
}

// need makes sure of a tool by need.sh, which installs what it may, and gives
// what the script prints.
func need(t *testing.T, what string) string {
	t.Helper()
	r := run(t, "sh", "need.sh", what)
	switch r.code {
	case 0:
		return r.out
	case 3:
		t.Skip(r.err)
	}
	t.Fatalf("%s%s", r.out, r.err)
	return ""
}
