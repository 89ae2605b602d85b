// Package explain tells from an error text which software wrote it, what that
// software means by it, and what can be the cause: replies and log lines of mail
// servers (RFC 3463, RFC 7672, RFC 8461), result types of TLS reports (RFC 8460
// §4.3) and extended DNS errors (RFC 8914). Text in, values out; the words are in
// app/locale.
package explain

import (
	"net/netip"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// Side is where what wrote a text runs, or who can mend a cause.
type Side string

// The sides.
const (
	Sending   Side = "sending"   // the server that delivers, or its resolver
	Receiving Side = "receiving" // the recipient's domain, or its mail host
	Checking  Side = "checking"  // a tool that looks at a domain and delivers nothing
)

// FormID is a text that software is known to write: the software, a dot, and the
// Meaning, such as "postfix.tlsa-lookup".
type FormID string

// Meaning is the part behind the dot, by which app/locale has the words: different
// programs say the same.
func (id FormID) Meaning() string {
	for i := range len(id) {
		if id[i] == '.' {
			return string(id[i+1:])
		}
	}
	return string(id)
}

// CauseID names a cause, such as "mx-not-listed"; its words are in app/locale.
type CauseID string

// Cause is what can be behind a text.
type Cause struct {
	ID   CauseID `json:"id"`
	Side Side    `json:"side"` // who can mend it: Sending or Receiving; Checking for a mistake of the tool
	// Codes are of findings, any of which makes it hold; none for what can't be
	// seen from here.
	Codes []check.Code `json:"codes,omitempty"`
}

// Match is one incident that the text tells of.
type Match struct {
	Form     FormID `json:"form"`
	Software string `json:"software,omitempty"` // its proper name, never translated; "" is open
	Side     Side   `json:"side"`               // where it runs
	// Span is where the text says it first, in bytes of what was read.
	Span  syntax.Span `json:"span"`
	Count int         `json:"count"` // how many places say it
	// What the text says whom it is about; zero where it doesn't.
	Domain  dnsname.Name `json:"domain,omitzero"`  // the recipient's
	Host    dnsname.Name `json:"host,omitzero"`    // the mail host
	Address netip.Addr   `json:"address,omitzero"` // of the mail host
	Time    string       `json:"time,omitempty"`   // as written
	Causes  []Cause      `json:"causes"`           // the likeliest first; none where all is well
	// Ask is the question that decides what an ambiguous text means, "" for a
	// plain one; Answers are what can be said to it.
	Ask     string   `json:"ask,omitempty"`
	Answers []Answer `json:"answers,omitempty"`
}

// Answer is an answer to the question of a Match.
type Answer struct {
	ID   string `json:"id"`   // its words are those of Ask, a dot, and this
	Form FormID `json:"form"` // what the text means then
	// Software and Side are what wrote it then.
	Software string  `json:"software"`
	Side     Side    `json:"side"`
	Causes   []Cause `json:"causes"`
}

// Answered is the match once the question has this answer.
func (m Match) Answered(a Answer) Match {
	m.Form, m.Software, m.Side, m.Causes = a.Form, a.Software, a.Side, a.Causes
	m.Ask, m.Answers = "", nil
	return m
}

// Explanation is what was recognised in a text, in the order of the text.
type Explanation struct {
	Matches []Match
	// More counts places of further incidents, beyond the most that are listed.
	More int
	// Cut tells that the text is longer than MaxText; only its beginning was read.
	Cut bool
	// Near are the nearest known forms where nothing was recognised; none for a
	// text that resembles nothing.
	Near []FormID
}

// MaxText is how much of a text is read, in bytes.
const MaxText = 1 << 20

// maxMatches is how many incidents are listed at most.
const maxMatches = 200

// State is what a check of the domain says of a cause.
type State uint8

// The states of a cause. The zero State is Open: what would show it was not
// looked at, or can't be seen from here.
const (
	Open   State = iota
	Holds        // a finding shows it
	Struck       // what would show it was looked at, and isn't there
)

// String names a state, as app/locale has its words.
func (s State) String() string { return [...]string{Open: "open", Holds: "holds", Struck: "struck"}[s] }

// Weighed is a cause, and what a check says of it.
type Weighed struct {
	Cause
	State State
	// Findings show that it Holds.
	Findings []check.Finding
}
