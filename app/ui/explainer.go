package ui

import (
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/explain"
)

// Explainer is the state behind the page that explains error texts, without any of
// go-app. Its methods are called on the UI goroutine only.
type Explainer struct {
	// Machine makes the checks: it is that of the check page, where the whole report
	// of the last one is there at once.
	Machine *Machine
	// Text is what stands in the field; Written counts how often the page itself has
	// put something there.
	Text    string
	Written int
	Read    explain.Explanation
	// Incidents are the matches of Read, with what the visitor has said to each.
	Incidents []Incident
	// Fault is what was wrong with a file: "too-large" or "empty".
	Fault string

	reports map[dnsname.Name]check.Report // of checks before the Machine's last
}

// Incident is a match, and what the visitor has said to it.
type Incident struct {
	read   explain.Match
	Answer string // the ID of the answer given, "" for none
	Open   bool
	// Typed is the domain to check, where the text names none; Wrong is the kind of
	// fault that it has.
	Typed string
	Wrong string
}

// NewExplainer gives the state of an empty field.
func NewExplainer(m *Machine) *Explainer {
	return &Explainer{Machine: m, reports: map[dnsname.Name]check.Report{}}
}

// Put writes a text into the field.
func (x *Explainer) Put(text string) {
	x.Text = text
	x.Written++
	x.Changed()
}

// Take is Put for a file; nil is one too large. Of one that gives nothing, the text in the
// field stays.
func (x *Explainer) Take(content []byte) {
	switch {
	case content == nil:
		x.Fault = "too-large"
	case len(content) == 0:
		x.Fault = "empty"
	default:
		x.Put(strings.ToValidUTF8(string(content), "\uFFFD"))
	}
}

// Changed reads what stands in the field now. What was said to an incident holds
// while its text is only added to.
func (x *Explainer) Changed() {
	x.Fault = ""
	x.Read = explain.Read(x.Text)
	before := x.Incidents
	x.Incidents = make([]Incident, len(x.Read.Matches))
	for i, m := range x.Read.Matches {
		x.Incidents[i].Open = i == 0
		if i < len(before) && before[i].read.Form == m.Form && before[i].read.Domain == m.Domain {
			x.Incidents[i] = before[i]
		}
		x.Incidents[i].read = m
	}
}

// Match gives an incident as it is meant once its question is answered, about the
// domain that the visitor names where the text names none.
func (x *Explainer) Match(i *Incident) explain.Match {
	m := i.read
	for _, a := range m.Answers {
		if a.ID == i.Answer {
			m = m.Answered(a)
			break
		}
	}
	m.Domain = x.domain(i)
	return m
}

// domain gives the domain that an incident is about, the zero Name for none.
func (x *Explainer) domain(i *Incident) dnsname.Name {
	if !i.read.Domain.IsZero() {
		return i.read.Domain
	}
	reading, _, _ := x.Machine.read(i.Typed)
	return reading.Name
}

// report gives what a check knows of a domain so far, false without one.
func (x *Explainer) report(d dnsname.Name) (check.Report, bool) {
	if m := x.Machine; m.Domain == d && m.State != Idle && !m.Replay {
		return m.Report, true
	}
	r, known := x.reports[d]
	return r, known
}

// Weighed gives the causes of an incident as the check of its domain shows them.
func (x *Explainer) Weighed(i *Incident) []explain.Weighed {
	m := x.Match(i)
	r, _ := x.report(m.Domain)
	return explain.Weigh(m, r)
}

// Check begins the check of an incident's domain, and gives it; nil where there is no
// domain, or it is under way.
func (x *Explainer) Check(i *Incident) *Run {
	i.Wrong = ""
	d := i.read.Domain
	if d.IsZero() {
		var reading Reading
		reading, i.Wrong, _ = x.Machine.read(i.Typed)
		d = reading.Name
	}
	if d.IsZero() {
		return nil
	}
	if m := x.Machine; m.State == Done && !m.Replay {
		x.reports[m.Domain] = m.Report
	}
	return x.Machine.Ask(d)
}
