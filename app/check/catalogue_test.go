package check

import (
	"os"
	"strings"
	"testing"
)

// TestCatalogueHoldsTheFindings compares the catalogue with the list of findings
// that it was planned from (its §4), but for those about reports.
func TestCatalogueHoldsTheFindings(t *testing.T) {
	text, err := os.ReadFile("../../../shared/design/findings.md")
	if err != nil {
		t.Skip("no list of findings beside the repository")
	}
	_, text4, _ := strings.Cut(string(text), "\n## 4. ")
	text4, _, _ = strings.Cut(text4, "\n## 5. ")
	planned := 0
	for line := range strings.Lines(text4) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		code := Code(strings.TrimSpace(cells[1]))
		group, _, dotted := strings.Cut(string(code), ".")
		if !dotted || group == "tlsrpt-report" || strings.Contains(string(code), " ") {
			continue
		}
		planned++
		if _, known := code.Lookup(); !known {
			t.Errorf("%s is not in the catalogue", code)
		}
	}
	history := 0
	for _, e := range Catalogue() {
		if e.History {
			history++
		}
	}
	t.Logf("%d findings planned, %d in the catalogue, %d of them need an earlier check", planned, len(Catalogue()), history)
	if planned < 300 {
		t.Errorf("only %d findings were read", planned)
	}
}
