package dnsname

import (
	"testing"

	"golang.org/x/net/publicsuffix"
)

// countryCodes calls f with every two letters.
func countryCodes(f func(country string)) {
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			f(string([]rune{a, b}))
		}
	}
}

// words are second levels of registries, in our table or not.
var words = append([]string{
	"gov", "mil", "gob", "gouv", "gub", "nic", "school", "k12", "int", "museum", "coop", "tv", "press", "store", "rec",
	"art", "med", "law", "priv", "example", "mail", "google", "anything", "www",
}, tableWords()...)

func tableWords() (all []string) {
	for _, s := range genericSuffixes {
		all = append(all, s.word)
	}
	return all
}

// Every name that our rule refuses is on the public suffix list's ICANN
// section, as itself or by a wildcard. Coverage is printed, not required.
func TestNoFalseRefusal(t *testing.T) {
	listed, refused := 0, 0
	for _, word := range words {
		countryCodes(func(country string) {
			name := word + "." + country
			suffix, icann := publicsuffix.PublicSuffix(name)
			onList := suffix == name && icann
			if onList {
				listed++
			}
			if !IsPublicSuffix(MustParse(name)) {
				return
			}
			refused++
			if !onList {
				t.Errorf("%s is refused and not on the list (%s, %v)", name, suffix, icann)
			}
		})
	}
	if refused < 800 {
		t.Errorf("only %d names are refused: is the table there?", refused)
	}
	t.Logf("of %d listed names (%d second levels × countries) %d are refused: %.1f %%",
		listed, len(words), refused, 100*float64(refused)/float64(listed))
}

// A word of our table lacks no country that the list has, but for governments.
func TestSuffixTableIsComplete(t *testing.T) {
	for _, s := range genericSuffixes {
		if s.word == "gov" {
			continue
		}
		countryCodes(func(country string) {
			name := s.word + "." + country
			suffix, icann := publicsuffix.PublicSuffix(name)
			if suffix == name && icann && !IsPublicSuffix(MustParse(name)) {
				t.Errorf("%s is on the list and not in the table", name)
			}
		})
	}
}

// Names that take mail though they are on the list, and names below suffixes.
func TestNotRefused(t *testing.T) {
	for _, name := range []string{
		"gov.in", "gov.mt", "gov.bm", "mil.no", "nic.in", "example.com", "co.com", "uk.com", "bbc.co.uk", "a.b.np",
		"www.ck", "example.uk", "com.example", "github.io", "tokyo.jp",
	} {
		if IsPublicSuffix(MustParse(name)) {
			t.Errorf("%s is refused", name)
		}
	}
}
