package e2e

import "testing"

// TestLintPage pastes a broken policy, sees each fault under its characters, and
// takes the mended text over, which has none.
func TestLintPage(t *testing.T) { lintPage(t, serve(t, "-lab")) }

func lintPage(t *testing.T, s *server) {
	t.Helper()
	p := visit(t, s, "/lint")
	p.ready()
	eval[bool](p, `(document.getElementById("lint-text").focus(), true)`)
	p.do(inserted("version: STSv1\nmode: Enforce\nmx: mx1.example.com, mx2.example.com\nmax_age: 5184000\n"))
	p.await("the faults", `document.querySelector('[data-diagnostic="sts-policy.mode-case"]') && document.querySelector('[data-part="sts-policy"][data-valid="error"]')`)
	if under := eval[string](p, `[...document.querySelectorAll(".lint .squiggle")].map(s => s.textContent).join("|")`); under != "Enforce|mx1.example.com, mx2.example.com" {
		t.Errorf("marked are %q", under)
	}
	p.click(`[data-act="use"]`)
	p.await("the mended text in the field", `document.querySelector('[data-part="sts-policy"][data-valid="ok"]') && document.getElementById("lint-text").value.includes("mx: mx2.example.com")`)
	p.await("the cursor in the field", `document.activeElement.id === "lint-text"`)
	if got := eval[string](p, `location.search`); got != "" {
		t.Errorf("the URL carries %q", got)
	}
}
