package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/locale"
)

// plan lays what is wanted out over days.
func (p *Make) plan() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	ids, names := []string{""}, locale.Terms{{Key: "", Text: w.NoPlan}}
	for _, id := range plan.IDs {
		ids, names = append(ids, string(id)), append(names, locale.Term{Key: string(id), Text: p.Lang.UI.Plan.Names.Of(string(id))})
	}
	content := []app.UI{el("h2").text(w.Plan), el("p").class("make-choice").body(
		el("label").attr("for", "make-plan").text(w.PlanFor),
		p.choice("make-plan", planParameter, m.Plan, ids, names),
	)}
	if m.Plan != "" {
		content = append(content, p.steps()...)
	}
	return el("section").class("plan").data("plan", m.Plan).body(content...)
}

// steps are the steps of the chosen plan, with what a check says of each.
func (p *Make) steps() []app.UI {
	w, m := p.Lang.UI.Plan, p.Maker
	made, outcomes := m.plan()
	notes, steps := plan.Show(made, p.Lang)
	content := []app.UI{el("p").class("muted").text(w.Ledes.Of(m.Plan))}
	for _, f := range m.planFields() {
		content = append(content, p.field(f))
	}
	acts := []app.UI{p.view().act("plan-look", p.Lang.UI.Make.Look, p.look, "")}
	if len(steps) > 0 {
		content = append(content, el("p").data("instead", "true").text(w.Instead))
		name := "sealane-" + made.Domain.String() + "-" + string(made.ID)
		acts = append(acts,
			p.view().act("plan-ics", p.Lang.UI.Make.Calendar, func(app.Context) { m.Door.Save(name+".ics", []byte(plan.ICS(made, p.Lang, m.Door.Now()))) }, "", m.Rev),
			p.view().act("plan-md", p.Lang.UI.Make.Document, func(app.Context) { m.Door.Save(name+".md", []byte(plan.Markdown(made, p.Lang))) }, "", m.Rev),
		)
	}
	content = append(content, el("p").class("plan-acts").body(append(acts, el("span").class("muted").aria("live", "polite").text(p.looked()))...))
	for _, n := range notes {
		content = append(content, el("p").class("make-note").body(mark("notice"), el("span").body(rich(n, nil)...)))
	}
	next := slices.IndexFunc(outcomes, func(o plan.Outcome) bool { return o.State != plan.Done })
	for i, s := range steps {
		content = append(content, p.step(i, s, outcomes[i], i == next))
	}
	return content
}

// looked says when the domain was looked at for the plan.
func (p *Make) looked() string {
	w, m := p.Lang.UI.Make, p.Maker
	switch {
	case m.Looking:
		return w.Filling
	case !m.Report.At.IsZero():
		return fill(w.Seen, "date", m.Report.At.Local().Format(time.DateOnly))
	}
	return ""
}

func (p *Make) look(ctx app.Context)   { p.check(ctx, p.Maker.Look(), p.Maker.Verified) }
func (p *Make) verify(ctx app.Context) { p.check(ctx, p.Maker.Verify(), p.Maker.Verified) }

// levels are the marks of states.
var levels = [...]string{plan.Unknown: "unknown", plan.Done: "ok", plan.NotYet: "warning"}

// step is one step: when, what to change, and what must hold then; of the next one to
// be done also what does and what doesn't.
func (p *Make) step(at int, s plan.Shown, o plan.Outcome, next bool) app.UI {
	w, m := p.Lang.UI.Plan, p.Maker
	content := []app.UI{el("h3").text(s.Title), el("p").body(el("strong").text(s.Dates)), el("p").body(rich(s.Text, nil)...)}
	if len(s.Waits) > 0 {
		content = append(content, el("p").class("muted").body(rich(w.Because+": "+strings.Join(s.Waits, "; "), nil)...))
	}
	for i, c := range s.Changes {
		if c.Text == "" {
			content = append(content, el("p").text(c.Heading))
			continue
		}
		content = append(content, el("div").class("publication").body(
			el("p").class("publication-head").body(el("span").text(c.Heading), p.view().copyButton("step "+itoa(at)+" "+itoa(i), c.Text)),
			el("pre").attr("tabindex", "0").body(el("code").text(lines(c.Text))),
		))
	}
	content = append(content, el("p").text(w.Then+":"), el("ul").body(each(len(s.Asks), func(i int) app.UI {
		ask := rich(s.Asks[i], nil)
		if next && !m.Seen.Domain.IsZero() && i < len(o.Checks) {
			ask = append([]app.UI{mark(levels[o.Checks[i]])}, ask...)
			for _, why := range plan.Why(o, i, p.Lang) {
				ask = append(ask, el("p").class("muted").body(rich(why, nil)...))
			}
		}
		return el("li").body(ask...)
	})...))
	said := []app.UI{}
	switch {
	case m.Verifying:
		said = append(said, el("span").class("muted").text(p.Lang.UI.Make.Filling))
	case !m.Seen.Domain.IsZero():
		said = append(said, mark(levels[o.State]), el("span").text(w.States.Of(o.State.String())))
	}
	content = append(content,
		el("p").class("plan-acts").body(p.view().act("check "+itoa(at), w.Check, p.verify, ""),
			el("span").class("make-note").aria("live", "polite").body(said...)),
		el("p").class("muted").text(w.Sources+": "+s.Sources))
	state := ""
	if !m.Seen.Domain.IsZero() {
		state = o.State.String()
	}
	return el("section").class("plan-step").data("step", itoa(at)).data("state", state).body(content...)
}
