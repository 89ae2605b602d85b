package locale

// UI is the words of the page itself: labels, buttons, messages. A field named
// after a place on the page holds what stands there; {placeholders} are filled
// by Fill.
type UI struct {
	Shell   ShellWords
	Ask     AskWords
	Verdict VerdictWords
	Finding FindingWords
	Details DetailWords
	Chain   ChainWords
	Mail    MailWords
	Policy  PolicyWords
	Saved   SavedWords
	Lab     LabWords
	Make    MakeWords
	Lint    LintWords
	Reports ReportsWords
	Explain ExplainWords
	Plan    PlanWords
}

// ShellWords stand around every page.
type ShellWords struct {
	Title       string // of the document, without a domain
	TitleOf     string // {domain}
	Description string // for search engines and links
	Skip        string // the link that jumps over the header
	Nav         string // names the navigation
	Check       string
	Lab         string
	Learn       string // the link to the pages about findings
	Embed       string // the link to the page about widgets and badges
	Open        string // in a frame, the link to the whole page
	Theme       string // names the button that turns light to dark and back
	Footer      []string
	Broken      string // the banner when the program has stopped
	Reload      string
	Loading     string
	NoScript    string
	NotFound    string
	Newer       string // a newer version of the program runs behind this page
	Renew       string // names the button that loads it
	Home        string
}

// AskWords stand around the field.
type AskWords struct {
	Question    string // the heading
	Lede        string
	Label       string
	Placeholder string
	Check       string
	Again       string
	Stop        string
	Try         string
	// ReadAs says what was made of the input, by kind of reading: "address",
	// "url", "unicode", "list"; {domain} and {input}.
	ReadAs Terms
	// Wrong says what is wrong with the input, by kind of fault; {input}.
	Wrong Terms
	// Looks are the points of the introduction: heading and sentence.
	Looks []Term
}

// VerdictWords stand in the upper part of a report.
type VerdictWords struct {
	Waiting     string // the headline before there is one; {domain}
	Earlier     string // over what the last check came to, {time}, while this one has nothing yet
	Progress    string // {answered} {asked}
	Finished    string // {asked} {time}
	Replay      string // {time}
	Stopped     string
	Lane        string // names the drawing
	Stops       Terms  // by kind of stop
	Pending     string
	Levels      Terms // one word each, for screen readers and marks
	Mend        string
	MendNothing string
	MendUnseen  string // where a part could not be looked at
	MendPending string
	Also        string // {count}
	InOrder     string // {count}
	Details     string
	NotChecked  string
	NotCheckedN string // {count}
	AllChecked  string
	ProxyGuide  string // the link to how a proxy is run
}

// FindingWords label the parts of a finding.
type FindingWords struct {
	Why     string
	Cause   string
	Fix     string
	Who     string
	Written string
	Read    string // how implementations read it
	Reports string
	Bounces string
	Publish string
	Remove  string
	File    string // {name}
	Record  string // {type} {name}
	Copy    string
	Copied  string
	Select  string // when copying isn't allowed
	NoWords string // {code}
	Learn   string // names the link at the code
}

// DetailWords label the facts of DNS, records and lookups.
type DetailWords struct {
	DNS       string
	STS       string
	Mail      string
	TLSA      string
	Reporting string
	Name      string
	Type      string
	Answer    string
	Security  string
	Statuses  Terms  // of DNSSEC, by dnssec.Status
	AskedOf   string // {resolver}
	OwnRelay  string // names the resolver behind this site
	Resolver  string
	Unchecked string // a lookup with checking disabled
	States    Terms  // of a lookup
	Record    string // a TXT record at {name}
	NoRecord  string // at {name}
	Chosen    string
	TTL       string // {seconds}
	ID        string
	Mended    string // a text as it was meant
	Reports   string // to {uri}
	More      string // {count} lines left out
	Rcode     string // {code}
	EDE       string // {code} {text}
	Lookups   string // {count}
}

// MailWords label the facts of mail servers, certificates and TLSA records.
type MailWords struct {
	None         string
	Preference   string // {preference}
	Implicit     string
	NotAName     string // {raw}
	Addresses    string
	InPolicy     string
	NotInPolicy  string
	DANEOK       string
	DANEFails    string
	WebPKIOK     string
	WebPKIFails  string
	NotProbed    string
	Stages       Terms // where a dialogue ended
	Failures     Terms // by probe.Class
	Dialogue     string
	Client       string
	Server       string
	Chain        string // {count}
	NoTLS        string
	Depth        string // {depth}
	Leaf         string
	Names        string
	NoNames      string
	Issuer       string
	Dates        string
	Valid        string // {from} {to}
	Expired      string
	NotYet       string
	Key          string
	BadDER       string
	WouldMatch   string
	Matches      string // {places}
	MatchesNone  string
	MatchPlace   string // {ip} {depth}
	Usable       string
	Unusable     string // {code}
	TLSAAt       string // {name}
	NoTLSA       string
	CNAME        string // {name}
	Milliseconds string // {ms}
}

// PolicyWords label the policy file.
type PolicyWords struct {
	URL         string
	Status      string
	Redirect    string
	ContentType string
	Address     string
	Server      string
	Certificate string
	Usable      string
	NotUsable   string
	NotFetched  string // {reason}
	Empty       string
	File        string
	Line        string // {line}
	NoBreak     string // the file does not end in a line break
	Truncated   string
	Covers      string // {pattern} {hosts}
	CoversNone  string // {pattern}
	Mode        string
	MaxAge      string // {seconds} {days}
	Trust       Terms  // by probe.TrustResult
}

// SavedWords label the evidence.
type SavedWords struct {
	Title    string
	Explain  string
	CopyLink string
	Save     string
	Load     string
	Print    string
	Drop     string
	Bad      string
	TooLarge string
	NoDomain string
}

// LabWords stand on the page of the lab.
type LabWords struct {
	Title   string
	Explain string
	None    string
	Codes   string
}

// Term is one word or sentence by the key that a protocol or type gives it.
type Term struct{ Key, Text string }

// Terms are looked up by key.
type Terms []Term

// Of gives the text of a key, and the key itself when there is none.
func (t Terms) Of(key string) string {
	for _, term := range t {
		if term.Key == key {
			return term.Text
		}
	}
	return key
}
