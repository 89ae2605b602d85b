package locale_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/sealane/sealane/app/locale"
)

// TestReportWords holds what the readers and sums of TLS reports can say to what has words, and the
// words to that.
func TestReportWords(t *testing.T) {
	words := locale.English().Reports
	for _, c := range []struct {
		name  string
		words locale.Terms
		said  []string // patterns of what declares one
	}{
		{"repair", words.Repairs, []string{`\sRepairKind\s+= "([a-z0-9-]+)"`}},
		{"error", words.Errors, []string{`\sErrorKind\s+= "([a-z0-9-]+)"`, `\stlsrpt\.ErrorKind\s+= "([a-z0-9-]+)"`}},
		{"hint", words.Hints, []string{`\sHintKind\s+= "([a-z0-9-]+)"`}},
		{"view", words.By, []string{`\sBy\s+= "([a-z0-9-]+)"`}},
	} {
		var said []string
		for _, pattern := range c.said {
			for _, folder := range []string{"../tlsrpt", "../reports"} {
				said = append(said, declared(t, folder, pattern)...)
			}
		}
		if len(said) < 8 {
			t.Errorf("only %d kinds of %s are declared", len(said), c.name)
		}
		for _, key := range said {
			if !slices.ContainsFunc(c.words, func(term locale.Term) bool { return term.Key == key && term.Text != "" }) {
				t.Errorf("the %s %s has no words", c.name, key)
			}
		}
		for _, term := range c.words {
			if !slices.Contains(said, term.Key) {
				t.Errorf("nothing declares the %s %s, which has words", c.name, term.Key)
			}
		}
	}
}

// declared finds what the sources of a folder declare.
func declared(t *testing.T, folder, pattern string) (all []string) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s: %v", folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			all = append(all, m[1])
		}
	}
	return all
}
