package senders

import (
	"errors"
	"time"
)

// Outcome is what becomes of a mail, or of trying one host. Zero is Unknown.
type Outcome uint8

// The outcomes; the last is of hosts only.
const (
	Unknown                 Outcome = iota
	Delivers                        // to whom DNSSEC or a trusted policy names
	DeliversUnauthenticated         // TLS, to whoever answers
	DeliversCleartext
	Defers  // queues and tries again
	Returns // gives the mail back at once
	Skips   // goes on to the next host
)

var outcomeNames = [...]string{"unknown", "delivers", "delivers-unauthenticated", "delivers-cleartext", "defers", "returns", "skips"}

// String gives the outcome in kebab case.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[Unknown]
}

// MarshalText gives String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// ErrOutcome is the error of reading an outcome that isn't one.
var ErrOutcome = errors.New("senders: no such outcome")

// UnmarshalText reads what String gives; anything else is ErrOutcome.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return ErrOutcome
}

func (o Outcome) delivers() bool { return o >= Delivers && o <= DeliversCleartext }

// ID names a sender; its words are in app/locale at "sender." and ID.
type ID string

// Verdict is what one sender does.
type Verdict struct {
	Sender  ID      `json:"sender"`
	Outcome Outcome `json:"outcome"`
	// Reason is why, Source where that is written, when no host decides.
	Reason string `json:"reason,omitempty"`
	Source string `json:"source,omitempty"`
	Steps  []Step `json:"steps,omitempty"` // the hosts in the order tried
	// Codes are the enhanced status codes (RFC 3463) of a deferral or return,
	// as far as documented.
	Codes []string `json:"codes,omitempty"`
	Retry *Retry   `json:"retry,omitempty"` // of a deferral, where documented
	// Sources say where the sender's support of DANE and MTA-STS is written.
	Sources []string `json:"sources,omitempty"`
}

// Step is one host tried.
type Step struct {
	Host    string  `json:"host"`
	Outcome Outcome `json:"outcome"`
	How     string  `json:"how,omitempty"` // "DANE", "MTA-STS"; "" for neither
	Reason  string  `json:"reason"`        // key of app/locale, behind "reason."
	Source  string  `json:"source"`
}

// Retry is when a deferred mail is tried again, from the first try on.
type Retry struct {
	Tries   []time.Time `json:"tries"` // the next few
	Every   int         `json:"every"` // minutes between those that follow
	GivesUp time.Time   `json:"givesUp"`
	// Returned are the codes of the mail that comes back then.
	Returned []string `json:"returned,omitempty"`
	Source   string   `json:"source"`
}

// schedule is a documented retry schedule.
type schedule struct {
	after         []int // minutes from one try to the next
	every, giveUp int   // minutes; hours
	source        string
	permanent     bool // the codes come back as 5.x.y
}

func (s *schedule) retry(codes []string, now time.Time) *Retry {
	if s == nil {
		return nil
	}
	r := &Retry{Every: s.every, GivesUp: now.Add(time.Duration(s.giveUp) * time.Hour), Source: s.source}
	at := now
	for _, minutes := range s.after {
		at = at.Add(time.Duration(minutes) * time.Minute)
		r.Tries = append(r.Tries, at)
	}
	for _, c := range codes {
		if s.permanent && c[0] == '4' {
			r.Returned = append(r.Returned, "5"+c[1:])
		}
	}
	return r
}
