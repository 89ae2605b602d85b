package explain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/locale"
)

// TestTablesAgree holds forms, meanings, causes, codes and words to each other, both ways.
func TestTablesAgree(t *testing.T) {
	forms, meant, behind, asked := explain.Known()
	used := map[string]bool{}
	for _, id := range forms {
		used[id.Meaning()] = true
		if !slices.Contains(meant, id.Meaning()) {
			t.Errorf("%s means nothing", id)
		}
	}
	caused := map[string]bool{}
	for _, m := range meant {
		if !used[m] {
			t.Errorf("no form means %s", m)
		}
		for _, c := range explain.CausesOf(explain.FormID("any." + m)) {
			caused[string(c.ID)] = true
			if c.Side == "" {
				t.Errorf("%s: nobody can mend the cause %s", m, c.ID)
			}
			for _, code := range c.Codes {
				if _, known := code.Lookup(); !known {
					t.Errorf("%s: the catalogue has no %s", c.ID, code)
				}
			}
		}
	}
	for _, c := range behind {
		if !caused[c] {
			t.Errorf("no meaning has the cause %s", c)
		}
	}
	w := locale.English().Errors
	var causes []string
	for _, c := range w.Causes {
		causes = append(causes, c.ID)
		if c.Says == "" || c.Do == "" {
			t.Errorf("%s lacks words", c.ID)
		}
	}
	for _, c := range []struct {
		what        string
		known, said []string
	}{
		{"meaning", meant, keys(w.Meanings)}, {"cause", behind, causes}, {"question", asked, keys(w.Asks)},
		{"side", []string{"checking", "receiving", "sending"}, keys(w.Sides)}, {"fixer", []string{"checking", "receiving", "sending"}, keys(w.Fixers)},
		{"state", []string{"open", "holds", "struck"}, keys(w.States)}, {"fact", []string{"domain", "host", "address", "time"}, keys(w.Letter.Facts)},
	} {
		if !slices.Equal(c.known, c.said) {
			t.Errorf("%s: known %v, words for %v", c.what, c.known, c.said)
		}
	}
	for _, sorted := range [][]string{meant, behind} {
		if !slices.IsSorted(sorted) {
			t.Errorf("not sorted: %v", sorted)
		}
	}
	t.Logf("%d forms, %d meanings, %d causes", len(forms), len(meant), len(behind))
}

func keys(terms locale.Terms) (all []string) {
	for _, t := range terms {
		all = append(all, t.Key)
	}
	return all
}

// TestWays finds each way to say each form, by itself and in the middle of something,
// and gives it to no other form of the same rank.
func TestWays(t *testing.T) {
	n := 0
	explain.Ways(func(id explain.FormID, rank int, way string, pieces []string) {
		n++
		if way != strings.ToLower(way) || len(pieces[0]) < explain.Gram {
			t.Errorf("%s: %q is not in lower case, or too short to be found", id, way)
		}
		text := strings.Join(pieces, " a.example ")
		if text[0] == '.' {
			text = "5" + text
		}
		for _, said := range []string{text, "» " + strings.ToUpper(text) + " «", strings.ReplaceAll(text, " ", "\r\n   ")} {
			found := explain.Read(said).Matches
			if len(found) == 0 || !slices.ContainsFunc(found, func(m explain.Match) bool { return m.Form.Meaning() == id.Meaning() }) {
				t.Errorf("%s: %q is read as %v", id, said, found)
			}
		}
	})
	if n < 150 {
		t.Errorf("only %d ways", n)
	}
	t.Logf("%d ways", n)
}
