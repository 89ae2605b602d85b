package locale

// PlanWords stand in plans, on the page, in Markdown and in a calendar.
type PlanWords struct {
	// Names and Ledes are of the kinds of plans, by plan.ID.
	Names, Ledes Terms
	// Steps say what to do, Texts what comes of it and how, both by key.
	Steps, Texts Terms
	Waits        Terms // what is waited for
	Asks         Terms // what must hold
	Whys         Terms // why it doesn't, or isn't known to
	Notes        Terms // what to know first
	// Words around them.
	Before  string // heading of the notes
	Instead string // the steps count, not what is made of the form at once
	Step    string // {count} {title}
	From    string // {date}
	Until   string // {date}
	Because string // before the waits
	Wait    string // {length} {reason}
	Serve   string // {url}
	Hosted  string // {url}: the company that hosts the policy serves it
	Publish string
	Remove  string
	Replace string // what is removed in the change that publishes
	Gone    string // {url}
	Then    string // before the checks
	Sources string
	Source  string // {rfc} {section}
	AnyHour string // what a date means
	// Lengths of time, {count}: one and many.
	Day, Days, Hour, Hours, Minute, Minutes, Second, Seconds string
	// Check asks for a check of a step now; States are its outcomes.
	Check  string
	States Terms
}
