package locale

// ExplainWords stand on the page that explains a pasted error text; what it says of
// the text is in ErrorWords.
type ExplainWords struct {
	Link    string // to the page
	Title   string
	Lede    string
	Label   string // names the field
	Drop    string // before the button that chooses a file
	Fault   Terms  // of a file
	Cut     string // only the beginning of the text was read
	Found   string // {count} incidents
	More    string // {count} places that are not listed
	Several string // in the place of software
	Unknown string // nothing was recognised
	Near    string // before the nearest known forms
	Count   string // {count}: how often the text says it
	Causes  string // heads the list
	Apart   string // before the findings that would show a cause
	Unasked string // no check was made that would show a cause
	Unseen  string // one was, and could not look at all of it
	Domain  string // names the field for a domain
	Checks  Terms  // the button: unnamed, new, running, again; {domain}
	Whole   string // {domain}: the link to the report
	Letter  string // unfolds the letter
	Mail    string // opens the letter in the mail program
}

var englishExplain = ExplainWords{
	Link:    "Explain",
	Title:   "What does this error mean?",
	Lede:    "Paste a bounce, log lines, a status page or a row of a report. It stays in your browser.",
	Label:   "Error text",
	Drop:    "Or drop a file on the page.",
	Fault:   Terms{{"too-large", "That file is larger than 8 MB, so it was not read."}, {"empty", "Nothing could be read from that file."}},
	Cut:     "Only the first megabyte was read.",
	Found:   "Recognised: {count}",
	More:    "{count} further places are not listed.",
	Several: "Several programs",
	Unknown: "Sealane doesn't know this text. The whole log line or bounce says more than a part of it.",
	Near:    "The nearest texts that it knows say:",
	Count:   "{count} times",
	Causes:  "What can be behind it, the likeliest first",
	Apart:   "What would show it",
	Unasked: "Not checked yet",
	Unseen:  "Still open: not all of it could be looked at",
	Domain:  "Domain of the recipient",
	Checks: Terms{
		{"again", "Check {domain} again"}, {"new", "Check {domain}"}, {"running", "Checking {domain} …"}, {"unnamed", "Check it"},
	},
	Whole:  "The whole report about {domain}",
	Letter: "A letter to the other side",
	Mail:   "Open in your mail program",
}
