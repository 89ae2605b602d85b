package locale

// ReportsWords stand on the page that reads TLS reports.
type ReportsWords struct {
	Link         string // to the page
	Title        string
	Lede         string
	Choose, Drop string
	Stop, Clear  string
	Save         Terms  // buttons, by what they save
	Reading      string // {files} {all} {size}
	Stopped      string // the same
	Read         string // {reports} {files} {size}
	Duplicates   string // {count}
	Mended       string // {count}
	Unread       string // {count}
	NoSessions   string
	AllWell      string // {all}
	Some         string // {failed} {all} {share}
	Well         string // {share}
	Detailed     string // {count}: what a filter lets through
	Inexact      string // {detailed} {failed}
	StandsOut    string
	Filters      string // names them
	From, To     string
	Domain       string
	Source       string
	Result       string
	Any          string
	Views        Terms // by their key
	Days         string
	Table        string
	NoFailures   string
	NotTold      string
	Address      string
	Sessions     string
	Successful   string
	Failed       string
	InDetail     string
	Lines        string // names what turns to other lines
	Back, On     string
	Page         string // {first} {last} {count}
	Meaning      string
	Results      Terms // what each result type says (RFC 8460 §4.3)
	Foreign      string
	MayBe        string
	Again        string
	Outcomes     Terms
	Seen         string // {sources} {days}
	Today        string
	Same         string
	Differs      string
	TodayUnknown string
	NotTwice     string
	Log, LogNone string
	Times        string // {count}
	Duplicate    string
	At           Terms // where reading stopped: "line" with {line} {column}, "octet" with {octet}
}

var englishReports = ReportsWords{
	Link:   "Reports",
	Title:  "What do the senders report?",
	Lede:   "Drop the TLS reports that arrive by mail, as many as you have: .json, .gz, .eml, .mbox, .zip. They are read in your browser and go nowhere.",
	Choose: "Choose files", Drop: "or drop them anywhere on this page",
	Stop: "Stop", Clear: "Clear all",
	Save:       Terms{{"csv", "Save this view as CSV"}, {"json", "Save all as JSON"}, {"print", "Print"}},
	Reading:    "Reading: {files} of {all} files, {size}",
	Stopped:    "Stopped after {files} of {all} files, {size}. What was read is summed below.",
	Read:       "{reports} reports from {files} files, {size}",
	Duplicates: "{count} came twice and are counted once",
	Mended:     "{count} depart from RFC 8460 and were mended",
	Unread:     "{count} could not be read",
	NoSessions: "No sessions are reported here.",
	AllWell:    "All {all} sessions succeeded: mail came encrypted, and verified where a policy asks for it.",
	Some:       "{failed} of {all} sessions failed. Where a policy is enforced, senders hold that mail, and return it if nothing changes.",
	Well:       "{share} % succeeded: encrypted, and verified where a policy asks for it.",
	Detailed:   "{count} sessions failed in this way. Reports don't tell how many succeeded beside them.",
	Inexact:    "The details name {detailed} failures, the summaries {failed}: some senders leave details out, or count a session under several results.",
	StandsOut:  "What stands out",
	Filters:    "Show only",
	From:       "From", To: "To", Domain: "Domain", Source: "Sent by", Result: "Result", Any: "all",
	Views: Terms{{"result", "By result"}, {"source", "By sender"}, {"mx", "By mail server"}, {"day", "By day"}, {"domain", "By domain"},
		{"policies", "Policies seen"}, {"failures", "Failures"}, {"log", "Log"}},
	Days: "Failed sessions by day", Table: "As a table", NoFailures: "No failures are reported here.", NotTold: "not told",
	Address: "Sending addresses", Sessions: "Sessions", Successful: "Succeeded", Failed: "Failed", InDetail: "In detail",
	Lines: "Other lines", Back: "Previous", On: "Next", Page: "{first}–{last} of {count}",
	Meaning: "What it means",
	Results: Terms{
		{"starttls-not-supported", "The mail server did not offer STARTTLS, or took it back: to senders that insist, mail could not be sent."},
		{"certificate-host-mismatch", "The certificate does not name the mail server."},
		{"certificate-expired", "The mail server's certificate had expired."},
		{"certificate-not-trusted", "The certificate leads to no authority that the sender trusts."},
		{"validation-failure", "A failure that has no type of its own; the reason code says more. Google reports so when the policy does not list the mail server."},
		{"tlsa-invalid", "No TLSA record matched what the mail server showed, or none was usable."},
		{"dnssec-invalid", "DNSSEC answers could not be validated, so the sender could not ask for TLSA records safely."},
		{"dane-required", "The sender insists on DANE for this domain and found no TLSA records."},
		{"sts-policy-fetch-error", "The policy file could not be fetched; a sender that holds an older one goes on with that."},
		{"sts-policy-invalid", "The policy file was fetched, but is not valid."},
		{"sts-webpki-invalid", "The policy host's certificate was not valid, so the policy was not taken."},
	},
	Foreign: "RFC 8460 knows no such result: ask the sender.",
	MayBe:   "Behind it may be:",
	Again:   "Check again now",
	Outcomes: Terms{{"asking", "Checking…"}, {"failing", "Still so:"}, {"mended", "Mended since: the check finds none of its causes."},
		{"gone", "This host receives no mail for the domain any more."}, {"unsure", "Not known: the check could not look at all that may cause it."}},
	Seen: "seen by {sources}, {days}", Today: "Compare with today's",
	Same: "Today's is the same.", Differs: "Today's differs:", TodayUnknown: "Today's could not be seen.",
	NotTwice: "Sessions that a report counts under an sts and under a tlsa policy of one domain stand here under both, and in the sums once.",
	Log:      "What was mended", LogNone: "All was read, and nothing had to be mended.",
	Times:     "{count} times",
	Duplicate: "A report of this sender with this report-id was there before.",
	At:        Terms{{"line", "stopped at line {line}, column {column}"}, {"octet", "stopped at octet {octet}"}},
}
