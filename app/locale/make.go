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
	// Modes say what a policy's mode does, by mode; "" is none.
	Modes Terms
	// Wrong says what is wrong with a field, by kind of fault; {input} is the piece
	// at fault.
	Wrong     Terms
	WrongElse string // {kind} {input}
	Waiting   string // where something is wrong: what is shown is of before
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
	Keys      string // how to make TLSA records of a file
	Choose    string // the link that opens the file dialogue
	Refused   Terms  // by keyfile.Kind
	Cautions  Terms  // by keyfile.Caution
	Files     string // heading
	FileAt    string // {url}
	Save      string
	Replace   string // of TXT records one only may stand at a name
	Rule      string // how the id is made
	Plan      string // heading of the plans
	PlanFor   string // names the choice of them
	NoPlan    string
	Calendar  string // saves the plan
	Document  string
	Check     string // the link to a check
	OwnReport string // the mailbox for reports lies in the domain they are about
}
