package senders

import (
	"slices"
	"strings"
)

// Manner is what a reader does with an oddity; its words are in app/locale at
// "reads." and Manner.
type Manner string

// The manners. Undocumented is that of every reader of which no source says it.
const (
	Undocumented  Manner = "unknown"
	Takes         Manner = "takes"
	Refuses       Manner = "refuses"
	FirstWins     Manner = "first-wins"      // of several values the first counts
	LastWins      Manner = "last-wins"       // and here the last
	JoinsStrings  Manner = "joins"           // several records are read as one
	CapsAge       Manner = "caps"            // max_age is lowered to the maximum
	DefaultsDay   Manner = "default-86400"   // max_age counts as 86400
	DefaultsZero  Manner = "default-0"       // max_age counts as 0
	IgnoresLine   Manner = "ignores-line"    // the line counts as not there
	TrimsSpace    Manner = "trims"           // white space is cut off
	KeepsDot      Manner = "keeps-dot"       // the name goes to Postfix with the dot
	NeverMatches  Manner = "never-matches"   // taken, and no host is ever like it
	PassesThrough Manner = "passes-through"  // taken as it is written
	Converts      Manner = "converts"        // to A-labels
	Warns         Manner = "warns"           // takes it, and says so
	Follows       Manner = "follows"         // goes where it is sent
	NoStatusCheck Manner = "no-status-check" // it isn't seen to look at the status
	AnyDepth      Manner = "any-depth"       // a wildcard stands for any number of labels
	OneLabel      Manner = "one-label"       // and here for one
	BothChecked   Manner = "both-checked"    // DANE and MTA-STS must both pass
	DANEFirst     Manner = "dane-first"      // MTA-STS isn't asked
	OverridesDANE Manner = "overrides-dane"  // DANE isn't asked
	Limit1MiB     Manner = "limit-1-mib"
	NoLimit       Manner = "no-limit"
	Waits2        Manner = "waits-2" // seconds
	Waits4        Manner = "waits-4"
	Waits20       Manner = "waits-20"
	Waits60       Manner = "waits-60"
	Configurable  Manner = "configurable"
)

// Reading is what one implementation does with an oddity.
type Reading struct {
	Reader ID     `json:"reader"`
	Manner Manner `json:"manner"`
	// Source is where that is written, "" for Undocumented.
	Source string `json:"source,omitempty"`
}

// readers are the columns of the table, with where they are read. checkdmarc
// sends no mail. Nothing that the two last do with a text that the RFC refuses
// is documented.
var readers = [...]struct {
	id     ID
	source string
}{
	{"mox", "MOX"}, {"postfix-mta-sts-resolver", "PMSR"}, {"postfix-tlspol", "TLSPOL"}, {"kumomta", "KUMO"},
	{"stalwart", "STAL"}, {"checkdmarc", "CDMARC"}, {"exchange-online", ""}, {"gmail", ""},
}

// manners gives the manner of a letter of the table.
var manners = map[byte]Manner{
	'.': Undocumented, 'T': Takes, 'R': Refuses, 'F': FirstWins, 'L': LastWins, 'J': JoinsStrings, 'C': CapsAge, 'D': DefaultsDay,
	'0': DefaultsZero, 'I': IgnoresLine, 'S': TrimsSpace, 'K': KeepsDot, 'N': NeverMatches, 'P': PassesThrough, 'X': Converts,
	'W': Warns, 'f': Follows, 'U': NoStatusCheck, 'A': AnyDepth, 'o': OneLabel, 'B': BothChecked, 'd': DANEFirst, 'O': OverridesDANE,
	'M': Limit1MiB, 'n': NoLimit, '2': Waits2, '4': Waits4, '3': Waits20, '6': Waits60, 'c': Configurable,
}

// readings are finding codes, and a letter for each reader as far as one is
// documented (findings §3.4; rules.md §1, §3, §5, §6).
var readings = map[string]string{
	"sts-record.id-duplicate":           "RLF..R",
	"sts-record.id-empty":               "RTR",
	"sts-record.id-invalid-chars":       "RTRT",
	"sts-record.id-missing":             "RRR",
	"sts-record.id-too-long":            "R",
	"sts-record.multiple":               "RRRJ",
	"sts-record.space-before-semicolon": "TTTT",
	"sts-record.version-case":           "RR",
	"sts-record.version-leading-junk":   "RR",
	"sts-record.version-not-first":      "RR",
	"sts-record.version-unknown":        "RR",

	"sts-policy.blank-line":              "RTRTTT",
	"sts-policy.bom":                     "RRRRI",
	"sts-policy.comment-line":            "RTR.TR",
	"sts-policy.duplicate-key":           "FLFRLR",
	"sts-policy.leading-whitespace":      "RRRSS",
	"sts-policy.lf-line-endings":         "TTTTT",
	"sts-policy.max-age-invalid":         "RR",
	"sts-policy.max-age-missing":         "RRRRD0",
	"sts-policy.max-age-too-large":       "TRCTDR",
	"sts-policy.mode-case":               "RRRRR",
	"sts-policy.mode-invalid":            "RRRRR",
	"sts-policy.mode-missing":            "RR",
	"sts-policy.mx-bare-wildcard":        "R",
	"sts-policy.mx-empty":                "R",
	"sts-policy.mx-invalid-hostname":     "R",
	"sts-policy.mx-leading-dot":          "R",
	"sts-policy.mx-list-on-one-line":     "R",
	"sts-policy.mx-missing":              "RR",
	"sts-policy.mx-trailing-dot":         "RKKN",
	"sts-policy.mx-u-label":              "RPRPXP",
	"sts-policy.mx-wildcard-inside":      "R",
	"sts-policy.none-without-mx":         "TTTTRT",
	"sts-policy.space-before-colon":      "RRRTT",
	"sts-policy.unknown-extension-field": "III.IR",
	"sts-policy.version-missing":         "RRR.TT",
	"sts-policy.version-wrong":           "RRRRT",

	"sts-policy-fetch.body-too-large":     "RRR.Mn",
	"sts-policy-fetch.charset-missing":    "TRTTT",
	"sts-policy-fetch.content-type-html":  "TRRRTW",
	"sts-policy-fetch.content-type-other": "TRRRTW",
	"sts-policy-fetch.http-403":           "RRRRU",
	"sts-policy-fetch.http-404":           "RRRRU",
	"sts-policy-fetch.http-429":           "RRRRU",
	"sts-policy-fetch.http-5xx":           "RRRRU",
	"sts-policy-fetch.http-redirect":      "RRRRUf",
	"sts-policy-fetch.http-status-other":  "RRRRU",
	"sts-policy-fetch.slow":               "6423c",

	"sts-mx.wildcard-too-shallow": "oAA.oA",
	"dane.sts-conflict":           "BOd",
}

// Readers says what each reader does with what a finding code names, such as
// "sts-policy.blank-line"; nil when that is documented of none.
func Readers(code string) []Reading {
	cells, ok := readings[code]
	if !ok {
		return nil
	}
	all := make([]Reading, len(readers))
	for i, r := range readers {
		all[i] = Reading{Reader: r.id, Manner: Undocumented}
		if i < len(cells) && cells[i] != '.' {
			all[i].Manner, all[i].Source = manners[cells[i]], r.source
		}
	}
	return all
}

// ReadersLine says the same in one line: each manner, and who reads so; "" where
// nothing is documented. say gives the words of a key of app/locale, "reads."
// and Manner or "sender." and ID.
func ReadersLine(code string, say func(key string) string) string {
	all := Readers(code)
	var line, open strings.Builder
	for i, r := range all {
		if slices.ContainsFunc(all[:i], func(before Reading) bool { return before.Manner == r.Manner }) {
			continue
		}
		to := &line
		if r.Manner == Undocumented {
			to = &open // comes last
		}
		to.WriteString(" · " + say("reads."+string(r.Manner)) + ": ")
		comma := ""
		for _, other := range all[i:] {
			if other.Manner == r.Manner {
				to.WriteString(comma + say("sender."+string(other.Reader)))
				comma = ", "
			}
		}
	}
	return strings.TrimPrefix(line.String()+open.String(), " · ")
}

// ReadCodes lists the finding codes for which Readers has an answer, unsorted.
func ReadCodes() []string {
	var all []string
	for code := range readings {
		all = append(all, code)
	}
	return all
}

// Manners lists every manner, unsorted.
func Manners() []Manner {
	var all []Manner
	for _, m := range manners {
		all = append(all, m)
	}
	return all
}

// manner gives what a reader does.
func (r *reader) manner(code string) Manner {
	for _, one := range Readers(code) {
		if one.Reader == r.id {
			return one.Manner
		}
	}
	return Undocumented
}

// takes tells whether a reader goes on with the text, and as it stands but for
// what the manner says; Open where that isn't known.
func (m Manner) takes() Answer {
	switch m {
	case Refuses:
		return No
	case Takes, FirstWins, LastWins, CapsAge, DefaultsDay, IgnoresLine, TrimsSpace, Converts:
		return Yes
	}
	return Open
}

// waits gives the milliseconds after which a reader gives up the fetch, 0 where
// that isn't documented.
func (m Manner) waits() int {
	seconds, found := strings.CutPrefix(string(m), "waits-")
	n := 0
	for _, digit := range seconds {
		n = n*10 + int(digit-'0')
	}
	if !found {
		return 0
	}
	return n * 1000
}
