package locale

import "strings"

// LintWords stand on the page that reads what somebody pastes.
type LintWords struct {
	Link           string // to the page
	Title          string
	Lede           string
	Label          string // names the field
	Kinds          Terms  // what a part is, by the group of its findings
	Form           Terms  // what is wrong with the form of a text, by kind of diagnostic
	Valid, Invalid string // {what}
	Nothing        string // nothing was made out
	NothingToMend  string
	Unknown        string // what was meant can't be known
	Mended         string
	Use            string // puts the mended text into the field
}

// Diagnosis says in a few words what a diagnostic means: by the title of its finding
// where that needs no arguments, else by what is wrong with the form of a text; the
// code itself where there are no words for it.
func (l Language) Diagnosis(group, kind string) string {
	code := group + "." + kind
	if words, ok := l.Finding(code); ok && !strings.Contains(words.Title, "{") {
		return strings.ReplaceAll(words.Title, "`", "")
	}
	if form := l.UI.Lint.Form.Of(kind); form != kind {
		return form
	}
	return code
}

var englishLint = LintWords{
	Link:  "Lint",
	Title: "Is it written right?",
	Lede:  "Paste a policy, a record, a line of a zone file, what dig prints, or a page of your DNS host. It stays in your browser.",
	Label: "Policy or record",
	Kinds: Terms{
		{"sts-policy", "MTA-STS policy"}, {"sts-record", "MTA-STS record"}, {"tlsa", "TLSA record"}, {"tlsrpt-record", "TLS reporting record"},
	},
	Form: Terms{
		{"doubled-origin", "The name ends in the zone twice: a final dot is missing"},
		{"multiple", "A second record of this kind at the same name: senders see none"},
		{"split-strings", "The text is in several strings, which is allowed"},
		{"string-too-long", "A string is longer than 255 characters"},
		{"unclosed-quote", "The closing quote is missing"},
		{"unquoted", "Without quotes a zone file ends the text at the semicolon"},
		{"wrong-name", "The record is at a name where no sender looks"},
		{"wrong-port", "Mail servers look at port 25"},
		{"wrong-protocol-label", "The labels before the name are not _25._tcp"},
	},
	Valid:         "{what}: valid",
	Invalid:       "{what}: not valid, so senders may ignore it",
	Nothing:       "That is no MTA-STS policy or record, no TLS reporting record and no TLSA record.",
	NothingToMend: "There is nothing to mend.",
	Unknown:       "What was meant can't be known, so there is no mended text.",
	Mended:        "Mended",
	Use:           "Take it over",
}
