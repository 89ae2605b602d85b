package locale

// MakeWords stand on the page that makes what to publish.
type MakeWords struct {
	Link    string // to the page
	Title   string // the heading
	Lede    string
	Fill    string // the button that fills the form from a check
	Filling string
	Filled  string // {domain}
	// Groups are headings of the fields; Fields name them, and Hints say what goes
	// into them, by the name of a compose.Field.
	Domain, Policy, Reports, DANE, More string
	Fields, Hints                       Terms
	// Modes name a policy's modes, Effects say what each does; "" is none.
	Modes, Effects Terms
	// Wrong says what is wrong with a field, by kind of fault, or by that and the
	// field; {input} is the piece at fault.
	Wrong     Terms
	WrongElse string // {kind} {input}
	Waiting   string // something is wrong, and marked in the form
	Older     string // behind what is wrong: what is shown is of before
	Nothing   string // nothing is wanted yet
	Records   string // heading
	InZone    string // {zone}
	Elsewhere string // {zone}: the zone was guessed
	Form      string // names the choice of forms
	Table     string // the form without one
	Name      string // columns of the table
	Type      string
	Value     string
	Lacks     string // {type}: a form can't hold it
	Alone     string // the form of the file without a server
	// Ask is the button that fetches a mail server's keys, Asking what it says then, and
	// Shown what to know of them: by key, {name} and {value}.
	Ask, Asking string
	Shown       Terms
	// As names the choice of what a TLSA record holds, Kinds are the choices; Insist is
	// the button that makes what was refused.
	As     string
	Kinds  Terms
	Insist string
	// Hoster names the choice of the company that hosts, NoHoster is that of none.
	Hoster, NoHoster string
	Keys             string // how to make TLSA records of a file
	Choose           string // the link that opens the file dialogue
	Refused          Terms  // by keyfile.Kind and what else stands in the way, {name}
	Cautions         Terms  // by keyfile.Caution
	Files            string // heading
	FileAt           string // {url}
	Save             string
	Replace          string // of TXT records one only may stand at a name
	Rule             string // how the id is made
	Plan             string // heading of the plans
	PlanFor          string // names the choice of them
	NoPlan           string
	Look             string // the button that looks at the domain for a plan
	Seen             string // {date}: when that was
	Calendar         string // saves the plan
	Document         string
	Check            string // the link to a check
	Outbound         string // heading of what a mail server does as a sender
	Sending          string // what that is for
	SendingBy        string // names the choice of its forms
	NoSender         string // of them, without one
	OwnReport        string // the mailbox for reports lies in the domain they are about
}
