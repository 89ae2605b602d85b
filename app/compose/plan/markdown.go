package plan

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/locale"
)

// Markdown writes the plan as a document: a section for each step, with what to
// publish in a fence and what must hold as a list to tick off.
func Markdown(p Plan, l locale.Language) string {
	w := words{l.UI.Plan}
	var out strings.Builder
	line := func(parts ...string) {
		for _, part := range parts {
			out.WriteString(part)
		}
		out.WriteByte('\n')
	}
	line("# ", w.Names.Of(string(p.ID)), ": ", p.Domain.String())
	line()
	line(w.Ledes.Of(string(p.ID)))
	if len(p.Steps) > 0 {
		line()
		line(w.AnyHour)
	}
	if len(p.Notes) > 0 {
		line()
		line("## ", w.Before)
		line()
	}
	for _, n := range p.Notes {
		line("- ", w.say(w.Notes, n))
	}
	for i, s := range p.Steps {
		line()
		line("## ", locale.Fill(w.Step, map[string]string{"count": strconv.Itoa(i + 1), "title": w.say(w.Steps, s.Phrase)}))
		line()
		w.step(s, line)
	}
	return out.String()
}

// step writes what stands under a step's heading.
func (w words) step(s Step, line func(...string)) {
	from := w.fill(w.From, "date", date(s.From))
	if !s.Until.IsZero() {
		from += " · " + w.fill(w.Until, "date", date(s.Until))
	}
	line("**", from, "**")
	line()
	line(w.say(w.Texts, s.Phrase))
	line()
	if len(s.Waits) > 0 {
		line(w.Because, ":")
		line()
		for _, x := range s.Waits {
			line("- ", w.wait(x))
		}
		line()
	}
	for _, b := range w.blocks(s) {
		if b.text == "" {
			line(b.heading)
			line()
			continue
		}
		line(b.heading, ":")
		line()
		line("```")
		line(strings.TrimSuffix(b.text, "\n"))
		line("```")
		line()
	}
	line(w.Then, ":")
	line()
	for _, c := range s.Checks {
		line("- [ ] ", w.say(w.Asks, c.Phrase))
	}
	line()
	line(w.Sources, ": ", w.sources(s))
}
