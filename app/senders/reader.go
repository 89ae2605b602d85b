package senders

import "slices"

// reader is how a sender reads the record and the policy, where that differs
// from the RFC or goes beyond it: its column of the readings.
type reader struct{ id ID }

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
	switch {
	case reads == No:
		return []Mode{Off}
	case slices.Contains(p.Kinds, "duplicate-key") && r.manner("sts-policy.duplicate-key") == LastWins:
		return []Mode{p.Mode, Off, Testing, Enforce} // which is the last isn't known here
	case reads == Yes:
		return []Mode{p.Mode}
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
	return r.odd(d.State == RecordValid, "sts-record.", d.Kinds)
}

// policy tells whether the reader takes the policy (RFC 8461 §3.2, §3.3).
func (r *reader) policy(p *Policy) Answer {
	if p.Served != Yes {
		return p.Served
	}
	has := func(kind string) bool { return slices.Contains(p.Kinds, kind) }
	if has(NoPolicy) || has("json-body") || has("rtf-body") || has("mode-missing") && !has("key-case") && !has("key-typo") {
		return No // nobody reads a mode out of that
	}
	result := r.odd(p.Valid, "sts-policy.", p.Kinds)
	note := func(a Answer) {
		if a == No || result == Yes {
			result = a
		}
	}
	if p.Status != 200 {
		if r.manner("sts-policy-fetch.http-status-other") == NoStatusCheck {
			return Open
		}
		note(No) // RFC 8461 §3.3
	}
	switch p.Media {
	case "text/plain":
	case "text/html":
		note(r.manner("sts-policy-fetch.content-type-html").takes())
	default:
		note(r.manner("sts-policy-fetch.content-type-other").takes())
	}
	switch limit := r.manner("sts-policy-fetch.slow").waits(); {
	case limit > 0 && p.Millis > limit:
		note(No)
	case limit == 0 && p.Millis > impatient:
		note(Open)
	}
	if p.NoCharset && r.manner("sts-policy-fetch.charset-missing") == Refuses {
		note(No)
	}
	if p.Truncated {
		note(r.manner("sts-policy-fetch.body-too-large").takes())
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
func (r *reader) odd(valid bool, group string, kinds []string) Answer {
	known := !valid && len(kinds) > 0
	for _, k := range kinds {
		switch r.manner(group + k).takes() {
		case No:
			return No
		case Open:
			known = false
		}
	}
	if valid || known {
		return Yes
	}
	return Open
}
