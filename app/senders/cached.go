package senders

import "time"

// Cached is what happens to mail from a sender that fetched the policy before
// it changed.
type Cached struct {
	Verdict Verdict   `json:"verdict"`
	Until   time.Time `json:"until"` // when the old policy expires
	// Replaced: such a sender sees the new record, and fetches the new policy
	// before it refuses (RFC 8461 §3.3, §5.1).
	Replaced bool   `json:"replaced"`
	Source   string `json:"source"`
}

// Old is the policy of an earlier check, and when it was fetched.
type Old struct {
	ID      string // of its record
	Mode    Mode
	MaxAge  uint32 // seconds
	Fetched time.Time
	Usable  bool // record and policy were both valid
}

// Cache says what a sender that keeps to RFC 8461, and knows no DANE, does while
// it holds an old policy. In m the hosts' Strict must be that of the old
// policy's patterns. It gives nil when there is none to hold, or it is over.
func Cache(m Mail, old Old, now time.Time) *Cached {
	until := old.Fetched.Add(time.Duration(old.MaxAge) * time.Second)
	if !old.Usable || old.Mode <= Off || !now.Before(until) {
		return nil
	}
	c := &Cached{Until: until, Source: "RFC 8461 §3.3"}
	c.Replaced = m.Record.State == RecordValid && m.Record.ID != old.ID && m.Policy.Valid && m.Policy.Served == Yes
	s := sender{id: "cached", ways: []rules{{}}, sources: []string{"RFC 8461"}}
	c.Verdict = s.try(&s.ways[0], &m, old.Mode)
	c.Verdict.Sender, c.Verdict.Sources = s.id, s.sources
	s.finish(&c.Verdict, now)
	return c
}
