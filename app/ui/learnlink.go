package ui

import "strings"

// LearnPath is where the list of findings is; a finding's page is below it. They
// are pages of their own, without the program: the builder of the site makes them.
const LearnPath = "/learn"

// learnLink gives the URL of a code's page about names, given in pairs of their
// key and value. What is no name is left out.
func learnLink(code string, pairs ...string) string {
	link, sep := LearnPath+"/"+code, "?"
	for i := 0; i+1 < len(pairs); i += 2 {
		if isName(pairs[i+1]) {
			link += sep + pairs[i] + "=" + pairs[i+1]
			sep = "&"
		}
	}
	return link
}

// isName tells whether s is a name or address, which stands in a URL as it is.
// The page looks again: its readers paste names into a shell.
func isName(s string) bool {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:", r)
	}
	return s != "" && len(s) <= 253 && strings.IndexFunc(s, foreign) < 0
}
