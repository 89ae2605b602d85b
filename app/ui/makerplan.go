package ui

import (
	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/syntax"
)

// planner is the part of a Maker that makes plans.
type planner struct {
	// Plan is the ID of the plan that is shown, "" for none.
	Plan string
	// Schedule is the last one without a fault.
	Schedule compose.Schedule
	// Report is of the check that the plan is made from, and stays so while steps are
	// done; Seen is of the last check, which says how far they are.
	Report, Seen check.Report
	// Looking and Verifying tell that a check for the one or the other runs.
	Looking, Verifying bool
}

// Look begins a check to make the plan from; nil where the domain can't be read.
func (m *Maker) Look() *Run {
	m.Touched[compose.FieldDomain] = true
	run := m.begin(m.Want.Domain)
	m.Looking = run != nil
	return run
}

// Verify begins a check of how far the steps are, or for a plan that no check has
// been made for, Look.
func (m *Maker) Verify() *Run {
	if m.Report.Domain.IsZero() {
		return m.Look()
	}
	run := m.begin(m.Want.Domain)
	m.Verifying = run != nil
	return run
}

// Verified takes the facts of either check.
func (m *Maker) Verified(run int, f check.Facts) {
	switch {
	case run != m.run:
		return
	case m.Looking:
		m.look(f)
	case m.Verifying:
		m.Seen = check.Judge(f, f.At)
	}
	m.Looking, m.Verifying = false, false
	m.Rev++
}

// look makes plans from a check, and keeps it for the next visit.
func (m *Maker) look(f check.Facts) {
	m.Report = check.Judge(f, f.At)
	m.Seen = m.Report
	m.Door.Remember(f)
}

// recall makes the plan from the last check that there was of the domain.
func (m *Maker) recall() {
	if m.Plan == "" || m.Want.Domain.IsZero() || !m.Report.Domain.IsZero() {
		return
	}
	if f := m.Door.Recall(m.Want.Domain); f != nil {
		m.Report = check.Judge(*f, f.At)
	}
}

// plan makes the chosen plan. Where a step that was due hasn't been done, what comes
// after it comes later.
func (m *Maker) plan() (plan.Plan, []plan.Outcome) {
	in := plan.Input{Want: m.Want, Report: m.Report, Start: m.Schedule.Start, Hosts: m.Schedule.To, Longest: m.Schedule.Longest}
	if in.Start.IsZero() {
		in.Start = m.Door.Now()
	}
	p := plan.Make(plan.ID(m.Plan), in)
	return plan.Progress(p, m.Seen)
}

// readPlan reads the fields about plans.
func (m *Maker) readPlan() {
	if m.Report.Domain != m.Want.Domain {
		m.Report, m.Seen = check.Report{}, check.Report{}
	}
	s, faults := m.Draft.Schedule()
	for _, host := range s.To {
		if m.Plan == string(plan.Microsoft) && !plan.IsMicrosoft(host) {
			faults = append(faults, compose.Fault{Field: compose.FieldTo, Kind: "not-microsoft", Span: syntax.Span{End: len(m.Draft[compose.FieldTo])}, Text: host.String()})
		}
	}
	if len(faults) == 0 {
		m.Schedule = s
	}
	m.Faults = append(m.Faults, faults...)
}

// planFields are the fields that the chosen plan goes by.
func (m *Maker) planFields() []compose.Field {
	switch plan.ID(m.Plan) {
	case plan.Move, plan.Microsoft:
		return []compose.Field{compose.FieldStart, compose.FieldTo, compose.FieldLongest}
	case plan.Down:
		return []compose.Field{compose.FieldStart, compose.FieldLongest}
	}
	return []compose.Field{compose.FieldStart}
}
