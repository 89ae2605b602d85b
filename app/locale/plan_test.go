package locale_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/locale"
)

var planKey = regexp.MustCompile(`"((?:step|wait|ask|why|note)\.[a-z0-9-]+)"`)

// TestPlanWords holds the keys named in app/compose/plan to those that have words,
// and the words to what product.md asks of them.
func TestPlanWords(t *testing.T) {
	w := locale.English().UI.Plan
	tables := map[string][]locale.Terms{"step": {w.Steps, w.Texts}, "wait": {w.Waits}, "ask": {w.Asks}, "why": {w.Whys}, "note": {w.Notes}}
	named := planKeys(t)
	for group, all := range tables {
		for _, terms := range all {
			planTerms(t, terms, group != "wait")
			for _, key := range named {
				if strings.HasPrefix(key, group+".") && terms.Of(key) == key {
					t.Errorf("app/compose/plan names %s, which has no words", key)
				}
			}
			for _, term := range terms {
				if !slices.Contains(named, term.Key) {
					t.Errorf("%s has words, but app/compose/plan never names it", term.Key)
				}
			}
		}
	}
	for _, terms := range []locale.Terms{w.Names, w.Ledes} {
		planTerms(t, terms, false)
		for _, id := range plan.IDs {
			if terms.Of(string(id)) == string(id) || len(terms) != len(plan.IDs) {
				t.Errorf("%s has no words, or others have", id)
			}
		}
	}
	for _, state := range []plan.State{plan.Unknown, plan.Done, plan.NotYet} {
		if w.States.Of(state.String()) == state.String() {
			t.Errorf("no word for %s", state)
		}
	}
}

// planKeys are the keys in the program text of app/compose/plan.
func planKeys(t *testing.T) []string {
	files, err := filepath.Glob("../compose/plan/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no program text of app/compose/plan: %v", err)
	}
	var all []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range planKey.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(name, "_test.go") && !slices.Contains(all, m[1]) {
				all = append(all, m[1])
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d keys", len(all))
	}
	return all
}

// planTerms holds one table to its order and its form.
func planTerms(t *testing.T, terms locale.Terms, sentences bool) {
	for i, term := range terms {
		text := term.Text
		switch {
		case i > 0 && terms[i-1].Key >= term.Key:
			t.Errorf("%s stands behind %s", term.Key, terms[i-1].Key)
		case text == "" || strings.TrimSpace(text) != text || strings.Contains(text, "  ") || strings.Count(text, "`")%2 != 0:
			t.Errorf("%s: %q", term.Key, text)
		case sentences && strings.HasSuffix(text, ".") != (len(text) > 60 || !strings.HasPrefix(term.Key, "step.")):
			t.Errorf("%s: a title is short and has no full stop, a sentence has one: %q", term.Key, text)
		}
	}
}
