package locale

import (
	"sort"
	"strings"
)

// Language is every word of one language.
type Language struct {
	Tag  string // BCP 47, for the page's lang attribute
	Name string // in the language itself
	UI   UI
	// Errors are the words of app/explain.
	Errors ErrorWords
	// Reports are the words about TLS reports.
	Reports ReportWords
	// groups are the words of the findings, one table for each group of codes,
	// sorted by group; each table is sorted by code.
	groups []group
	// phrases are all other sentences, and senders those of app/senders, each
	// sorted by key.
	phrases, senders []text
}

// group is the words of all codes that begin with name and a dot.
type group struct {
	name  string
	words []Words
}

// text is one phrase by its key.
type text struct{ key, text string }

// English gives the language that every other is translated from.
func English() Language {
	return Language{
		Tag: "en", Name: "English", UI: englishUI, Errors: englishErrors, Reports: englishReportWords,
		groups: englishGroups, phrases: englishPhrases, senders: englishSenders,
	}
}

// Finding gives the words of a finding's code, false when there are none.
func (l Language) Finding(code string) (Words, bool) {
	name, _, _ := strings.Cut(code, ".")
	g := sort.Search(len(l.groups), func(i int) bool { return l.groups[i].name >= name })
	if g == len(l.groups) || l.groups[g].name != name {
		return Words{}, false
	}
	words := l.groups[g].words
	i := sort.Search(len(words), func(i int) bool { return words[i].Code >= code })
	if i == len(words) || words[i].Code != code {
		return Words{}, false
	}
	return words[i], true
}

// Phrase gives the text of a key such as "headline.null-mx", false when there
// is none. Its {placeholders} are still to be filled.
func (l Language) Phrase(key string) (string, bool) {
	for _, table := range [][]text{l.phrases, l.senders} {
		i := sort.Search(len(table), func(i int) bool { return table[i].key >= key })
		if i < len(table) && table[i].key == key {
			return table[i].text, true
		}
	}
	return "", false
}

// Who says who can mend a finding: one of the catalogue's fixers, or the known
// mail provider of that name where it isn't "".
func (l Language) Who(fixer, provider string) string {
	if provider != "" {
		fixer = "named"
	}
	text, _ := l.Phrase("who." + fixer)
	return Fill(text, map[string]string{"provider": provider})
}

// Codes lists every code that has words, sorted within its group.
func (l Language) Codes() []string {
	var codes []string
	for _, g := range l.groups {
		for _, w := range g.words {
			codes = append(codes, w.Code)
		}
	}
	return codes
}

// Keys lists every key that has a phrase, sorted within its table.
func (l Language) Keys() []string {
	keys := make([]string, 0, len(l.phrases)+len(l.senders))
	for _, table := range [][]text{l.phrases, l.senders} {
		for _, p := range table {
			keys = append(keys, p.key)
		}
	}
	return keys
}
