package explain

import "strings"

const (
	nearby     = 3    // forms named at most
	nearestOf  = 8192 // bytes of the text that are compared
	tellingLen = 4    // a shorter word says little
)

// near gives the forms that share the most words with a text: at least two of them,
// and half of what the form is made of.
func near(s string) []FormID {
	s = s[:min(len(s), nearestOf)]
	var ids [nearby + 1]FormID
	var shares [nearby + 1]int
	for _, p := range programs() {
		for i := range p.forms {
			// Into the last place, and up as far as it comes; each form once.
			at := nearby
			ids[at], shares[at] = p.id(&p.forms[i]), share(s, p.forms[i].pieces)
			for ; at > 0 && shares[at] > shares[at-1] && ids[at] != ids[at-1]; at-- {
				ids[at], ids[at-1] = ids[at-1], ids[at]
				shares[at], shares[at-1] = shares[at-1], shares[at]
			}
		}
	}
	found := 0
	for found < nearby && shares[found] > 0 {
		found++
	}
	return ids[:found:found]
}

// share counts the words that a text has in common with the best of several ways to
// say something; 0 for too few.
func share(s, ways string) (most int) {
	shared, of := 0, 0
	for from, i := 0, 0; i <= len(ways); i++ {
		if i < len(ways) && alphanumeric(ways[i]) {
			continue
		}
		if i-from >= tellingLen {
			of++
			if strings.Contains(s, ways[from:i]) {
				shared++
			}
		}
		from = i + 1
		if i == len(ways) || ways[i] == '|' {
			if shared >= 2 && 2*shared >= of {
				most = max(most, shared)
			}
			shared, of = 0, 0
		}
	}
	return most
}
