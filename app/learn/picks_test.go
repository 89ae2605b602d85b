//go:build !js

package learn

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// Every pick names lines that there are, every line is picked, and what a line
// shows has words, all of which are used.
func TestPicksAreWhole(t *testing.T) {
	var groups []string
	for _, e := range check.Catalogue() {
		groups = append(groups, e.Code.Group())
	}
	words := locale.English().Learn()
	picked, shown, codes := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(strings.TrimPrefix(picks, "\n")) {
		code, commands, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		group, _, _ := strings.Cut(code, ".")
		if !slices.Contains(groups, group) || codes[code] || words.Groups.Of(group) == group {
			t.Errorf("%q: a group that there isn't or that has no title, or a code for the second time", code)
		}
		codes[code] = true
		if _, known := check.Code(code).Lookup(); !known && code != group {
			t.Logf("%s is in no catalogue yet", code)
		}
		if got, want := len(read(commands)), len(strings.Fields(commands)); got != want || want == 0 {
			t.Errorf("%s: %d of %q are lines", code, got, commands)
		}
		for word := range strings.FieldsSeq(commands) {
			key, _, _ := strings.Cut(word, ":")
			picked[key] = true
		}
		for _, c := range read(commands) {
			shown[c.Shows] = true
			if words.Shows.Of(c.Shows) == c.Shows {
				t.Errorf("%s: there are no words for what %q shows", code, c.Shows)
			}
		}
	}
	for _, s := range shells {
		if !picked[s.key] {
			t.Errorf("nobody picks %s", s.key)
		}
	}
	for i, w := range words.Shows {
		if !shown[w.Key] {
			t.Errorf("no command shows %q", w.Key)
		}
		for _, other := range words.Shows[:i] {
			if other.Key == w.Key || other.Text == w.Text {
				t.Errorf("%q and %q are the same", other, w)
			}
		}
		if !strings.HasSuffix(w.Text, ".") || strings.Count(w.Text, "`")%2 != 0 || len(w.Text) > 150 {
			t.Errorf("%s: no short sentence: %q", w.Key, w.Text)
		}
	}
}
