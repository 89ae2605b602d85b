package explain

import (
	"slices"
	"strings"
)

const (
	nearby     = 3    // forms named at most
	nearestOf  = 8192 // bytes of the text that are compared
	tellingLen = 4    // a shorter word says little
)

// near gives the forms that share the most words with a text: at least two of them,
// and half of what the form is made of.
func near(s string) []FormID {
	words := map[string]bool{}
	for w := range telling(s[:min(len(s), nearestOf)]) {
		words[w] = true
	}
	type candidate struct {
		id    FormID
		share int
	}
	var all []candidate
	for _, p := range programs() {
		for i := range p.forms {
			share := 0
			for way := range strings.SplitSeq(p.forms[i].pieces, "|") {
				shared, of := 0, 0
				for w := range telling(way) {
					of++
					if words[w] {
						shared++
					}
				}
				if shared >= 2 && 2*shared >= of {
					share = max(share, shared)
				}
			}
			id := p.id(&p.forms[i])
			if share > 0 && !slices.ContainsFunc(all, func(c candidate) bool { return c.id == id }) {
				all = append(all, candidate{id, share})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.share - a.share })
	var ids []FormID
	for _, c := range all[:min(nearby, len(all))] {
		ids = append(ids, c.id)
	}
	return ids
}

// telling gives the words of a text that say something.
func telling(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for w := range strings.FieldsFuncSeq(s, func(c rune) bool { return c < 0x80 && !alphanumeric(byte(c)) }) {
			if len(w) >= tellingLen && !yield(w) {
				return
			}
		}
	}
}
