package senders

import "slices"

// reader is how a sender reads the record and the policy, where that differs
// from the RFC or goes beyond it. Of a kind of oddity that is neither taken nor
// refused, and of a limit of 0, nothing is documented.
type reader struct {
	// anyMedia takes every Content-Type; plainOnly text/plain alone. Neither:
	// not documented.
	anyMedia, plainOnly bool
	millis              int  // the time after which the fetch is given up
	anyStatus           bool // it isn't documented that a status is looked at
	large               Answer
	takes, refuses      []string // kinds of oddities, of the policy
	recordTakes         []string // and of the record
	recordRefuses       []string
}

// modes lists what the reader may make of the policy: one mode when it is
// known, several when it isn't documented. A nil reader knows no MTA-STS.
func (r *reader) modes(m *Mail) []Mode {
	if r == nil {
		return []Mode{Off}
	}
	p := &m.Policy
	reads := r.record(&m.Record)
	if m.Record.State == RecordOpen {
		return []Mode{ModeOpen}
	}
	if reads != No {
		switch policy := r.policy(p); {
		case policy == No:
			reads = No
		case p.Served == Open || p.Mode == ModeOpen:
			return []Mode{ModeOpen}
		case policy == Open:
			reads = Open
		}
	}
	switch reads {
	case Yes:
		return []Mode{p.Mode}
	case No:
		return []Mode{Off}
	}
	return []Mode{p.Mode, Off}
}

// record tells whether the reader takes the record (RFC 8461 §3.1).
func (r *reader) record(d *Record) Answer {
	switch d.State {
	case RecordAbsent, RecordFailed: // RFC 8461 §3.1, §3.3: as if there were none
		return No
	case RecordOpen:
		return Open
	}
	return odd(d.State == RecordValid, d.Kinds, r.recordTakes, r.recordRefuses)
}

// policy tells whether the reader takes the policy (RFC 8461 §3.2, §3.3).
func (r *reader) policy(p *Policy) Answer {
	if p.Served != Yes {
		return p.Served
	}
	has := func(kind string) bool { return slices.Contains(p.Kinds, kind) }
	if has(NoPolicy) || has("json-body") || has("mode-missing") && !has("key-case") && !has("key-typo") {
		return No // nobody reads a mode out of that
	}
	result := odd(p.Valid, p.Kinds, r.takes, r.refuses)
	note := func(a Answer) {
		if a == No || result == Yes {
			result = a
		}
	}
	if p.Status != 200 {
		if r.anyStatus {
			return Open
		}
		note(No) // RFC 8461 §3.3
	}
	if p.Media != "text/plain" && !r.anyMedia {
		if r.plainOnly {
			note(No)
		} else {
			note(Open)
		}
	}
	switch {
	case r.millis > 0 && p.Millis > r.millis:
		note(No)
	case r.millis == 0 && p.Millis > impatient:
		note(Open)
	}
	if p.Truncated {
		note(r.large)
	}
	return result
}

// NoPolicy is the kind of what is no policy at all, but a web page or nothing.
const NoPolicy = "unparsable"

// impatient is when the first of the senders gives up whose limit is known, in
// milliseconds: above it nothing is said of the others.
const impatient = 2000

// odd tells whether a text with these oddities is taken. What is valid by the
// RFC is, unless a kind is refused by name.
func odd(valid bool, kinds, takes, refuses []string) Answer {
	known := !valid && len(kinds) > 0
	for _, k := range kinds {
		switch {
		case slices.Contains(refuses, k):
			return No
		case !slices.Contains(takes, k):
			known = false
		}
	}
	switch {
	case valid:
		return Yes
	case known:
		return Yes
	}
	return Open
}
