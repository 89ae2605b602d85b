package explain

import (
	"strings"

	"github.com/sealane/sealane/app/check"
)

// Read tells what a text says. It is total, and takes time in proportion to the
// text's length.
func Read(text string) Explanation {
	r := reader{text: fold(text), index: newIndex(), original: text}
	r.found.Cut = len(text) > MaxText
	for start := 0; start < len(r.text.s); {
		end := unitEnd(r.text.s, start)
		if end == start { // an empty line
			r.paragraph()
		}
		r.unit(start, end)
		start = end + 1
	}
	r.paragraph()
	r.recipients()
	if len(r.found.Matches) == 0 {
		r.found.Near = near(r.text.s)
	}
	return r.found
}

type reader struct {
	text     folded
	original string
	index    *index
	found    Explanation
	// since is how many incidents were known before this paragraph, plain whether it
	// says something that needs no question.
	since int
	plain bool
}

// paragraph ends a paragraph: a bare code in it is no incident of its own where the
// paragraph also says in words what happened.
func (r *reader) paragraph() {
	if r.plain {
		kept := r.found.Matches[:r.since]
		for _, m := range r.found.Matches[r.since:] {
			if m.Ask == "" {
				kept = append(kept, m)
			}
		}
		r.found.Matches = kept
	}
	r.since, r.plain = len(r.found.Matches), false
}

// unitEnd is where what belongs together ends: at a line feed, or between two
// objects of a JSON array.
func unitEnd(s string, start int) int {
	for i := start; i < len(s); i++ {
		if s[i] == '\n' || s[i] == ',' && i > start && s[i-1] == '}' {
			return i
		}
	}
	return len(s)
}

// maxForms is how many different things one line is taken to say.
const maxForms = 8

// hit is a form found.
type hit struct {
	needle     *needle
	start, end int
}

// unit explains one line: of the forms found in it, those of the highest rank that
// don't overlap.
func (r *reader) unit(start, end int) {
	var hits []hit
	for i := start; i+gram <= end; i++ {
		for _, n := range r.index.at(r.text.s[i:]) {
			if to, ok := n.match(r.text.s, i, end); ok {
				hits = best(hits, hit{n, i, to})
			}
		}
	}
	if len(hits) == 0 {
		return
	}
	about := r.about(start, end, hits[0].start)
	for _, h := range hits {
		r.add(h, about, r.text.s[start:end])
	}
}

// best adds a hit where it isn't outranked, and drops what it outranks.
func best(hits []hit, h hit) []hit {
	if len(hits) > 0 {
		switch top := hits[0].needle.program.rank; {
		case top > h.needle.program.rank:
			return hits
		case top < h.needle.program.rank:
			hits = hits[:0]
		}
	}
	for i, other := range hits {
		if h.start >= other.end && h.needle.form != other.needle.form {
			continue
		}
		if h.needle.length > other.needle.length {
			hits[i] = h // the one that says more
		}
		return hits
	}
	if len(hits) == maxForms {
		return hits
	}
	return append(hits, h)
}

// add enters a hit, as one more place of an incident known, or as a new one.
func (r *reader) add(h hit, about about, unit string) {
	p := h.needle.program
	m := Match{Form: p.id(h.needle.form), Software: p.name, Side: p.side, Count: 1,
		Domain: about.domain, Host: about.host, Address: about.address, Time: about.time}
	if p.rank == library {
		m.caller(unit)
	}
	r.plain = r.plain || p.rank > number
	for i := range r.found.Matches {
		if r.found.Matches[i].merge(m) {
			return
		}
	}
	if len(r.found.Matches) == maxMatches {
		r.found.More++
		return
	}
	m.Span.Start, m.Span.End = r.text.of(h.start, h.end)
	m.Causes = m.Form.causes()
	for _, q := range questions {
		if q.meaning == h.needle.form.meaning {
			m.Ask, m.Answers = q.meaning, q.all()
		}
	}
	r.found.Matches = append(r.found.Matches, m)
}

// callers are marks of the software that calls a library.
var callers = [...]struct {
	mark, name string
	side       Side
}{
	{"postfix/smtpd", "Postfix", Receiving}, {"postfix/", "Postfix", Sending}, {"x-postfix", "Postfix", Sending},
	{"posttls-finger", "posttls-finger", Checking}, {"exim", "Exim", Sending}, {"stalwart", "Stalwart", Sending},
	{"kumod", "KumoMTA", Sending}, {"smtp_lookup_rcpt", "Halon", Sending}, {"maddy", "maddy", Sending},
	{"sendmail[", "Sendmail", Sending}, {"sm-mta[", "Sendmail", Sending}, {"opensmtpd", "OpenSMTPD", Sending},
	{"haraka", "Haraka", Sending}, {"zone-mta", "ZoneMTA", Sending},
}

// caller names the software that a library's text is a part of, where it shows.
func (m *Match) caller(unit string) {
	for _, c := range callers {
		if strings.Contains(unit[:min(len(unit), 2000)], c.mark) {
			m.Software, m.Side = c.name, c.side
			return
		}
	}
}

// merge takes another place in, where it may tell of the same incident.
func (m *Match) merge(o Match) bool {
	if m.Form != o.Form || m.Software != o.Software ||
		!m.Domain.IsZero() && !o.Domain.IsZero() && m.Domain != o.Domain ||
		!m.Host.IsZero() && !o.Host.IsZero() && m.Host != o.Host {
		return false
	}
	m.Count += o.Count
	if m.Domain.IsZero() {
		m.Domain = o.Domain
	}
	if m.Host.IsZero() {
		m.Host = o.Host
	}
	if !m.Address.IsValid() {
		m.Address = o.Address
	}
	if m.Time == "" {
		m.Time = o.Time
	}
	return true
}

func (p *program) id(f *form) FormID { return FormID(p.key + "." + f.meaning) }

// all gives the answers to a question with what each means.
func (q question) all() []Answer {
	var all []Answer
	for _, a := range q.answers {
		id := FormID(a.form)
		key := a.form[:strings.IndexByte(a.form, '.')]
		for _, p := range programs() {
			if p.key == key {
				all = append(all, Answer{a.id, id, p.name, p.side, id.causes()})
				break
			}
		}
	}
	return all
}

// causes gives the causes of a form, the likeliest first.
func (id FormID) causes() []Cause {
	var all []Cause
	for i := range meanings {
		if meanings[i].id != id.Meaning() {
			continue
		}
		for _, name := range strings.Fields(meanings[i].causes) {
			all = append(all, CauseID(name).cause())
		}
	}
	return all
}

func (id CauseID) cause() Cause {
	c := Cause{ID: id}
	for i := range causes {
		if causes[i].id != id {
			continue
		}
		c.Side = causes[i].side
		for _, code := range strings.Fields(causes[i].codes) {
			c.Codes = append(c.Codes, check.Code(code))
		}
	}
	return c
}
