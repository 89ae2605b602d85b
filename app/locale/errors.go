package locale

// ErrorWords say what error texts mean, and what can be behind them (app/explain).
type ErrorWords struct {
	// Meanings say what a text means, by explain.FormID.Meaning: two sentences, in
	// which {software} is what wrote it.
	Meanings Terms
	Causes   []CauseWords // sorted by ID
	// Asks are questions that decide what a text means, and the answers to them: the
	// key of an answer is the question's, a dot, and its own.
	Asks Terms
	// Sides say where software runs, and Fixers who can mend a cause, by explain.Side.
	Sides, Fixers Terms
	// States say what a check says of a cause: open, holds, struck.
	States Terms
	Letter LetterWords
}

// CauseWords are the words of one cause.
type CauseWords struct {
	ID   string
	Says string // one sentence: what is the matter
	Do   string // one instruction, to who can mend it
}

// LetterWords make a letter to the administrator of the other side.
type LetterWords struct {
	Subject string // {domain} {reason}
	// Opening is to the recipient's side, Sender to the sending side; {domain} {software}.
	Opening, Sender string
	Unnamed         string // in the place of {domain}, where the text names none
	Facts           Terms  // labels of domain, host, address and time
	Means           string // before the meaning
	Seen            string // {date}: before the causes that hold
	Possible        string // before those that are open
	Sources         string // {sources}: RFC sections
	Closing         string
	Tool            string // what made it
}

// Cause gives the words of a cause, false when there are none.
func (w ErrorWords) Cause(id string) (CauseWords, bool) {
	for _, c := range w.Causes {
		if c.ID == id {
			return c, true
		}
	}
	return CauseWords{}, false
}
