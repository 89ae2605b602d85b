package plan

import (
	"strconv"

	"github.com/sealane/sealane/app/locale"
)

// Shown is a step in words, for a page.
type Shown struct {
	Title, Dates, Text string
	Waits              []string
	Changes            []Change
	Asks               []string // what must hold before the next step
	Sources            string
}

// Change is one thing that a step changes: a heading, and what stands under it, ""
// for nothing.
type Change struct{ Heading, Text string }

// Show gives a plan's steps in words, and its notes.
func Show(p Plan, l locale.Language) (notes []string, steps []Shown) {
	w := words{l.UI.Plan}
	for _, n := range p.Notes {
		notes = append(notes, w.say(w.Notes, n))
	}
	for i, s := range p.Steps {
		shown := Shown{
			Title:   locale.Fill(w.Step, map[string]string{"count": strconv.Itoa(i + 1), "title": w.say(w.Steps, s.Phrase)}),
			Dates:   w.fill(w.From, "date", date(s.From)),
			Text:    w.say(w.Texts, s.Phrase),
			Sources: w.sources(s),
		}
		if !s.Until.IsZero() {
			shown.Dates += " · " + w.fill(w.Until, "date", date(s.Until))
		}
		for _, x := range s.Waits {
			shown.Waits = append(shown.Waits, w.wait(x))
		}
		for _, b := range w.blocks(s) {
			shown.Changes = append(shown.Changes, Change{b.heading, b.text})
		}
		for _, c := range s.Checks {
			shown.Asks = append(shown.Asks, w.say(w.Asks, c.Phrase))
		}
		steps = append(steps, shown)
	}
	return notes, steps
}

// Why says in words why a check of a step isn't done, or isn't known to be.
func Why(o Outcome, check int, l locale.Language) []string {
	w := words{l.UI.Plan}
	var all []string
	for _, r := range o.Reasons {
		if r.Check == check {
			all = append(all, w.say(w.Whys, r.Phrase))
		}
	}
	return all
}
