package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
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
		p.choice("make-plan", planParameter, m.Plan, ids, names, func(ctx app.Context, id string) {
			m.ChoosePlan(id)
			p.changed(ctx)
		}),
	)}
	if m.Plan != "" {
		content = append(content, p.steps()...)
	}
	return el("section").class("plan").data("plan", m.Plan).body(content...)
}

// steps are the steps of the chosen plan, with what a check says of each.
func (p *Make) steps() []app.UI {
	w, m := p.Lang.UI.Plan, p.Maker
	made := m.plan()
	notes, steps := plan.Show(made, p.Lang)
	content := []app.UI{el("p").class("muted").text(w.Ledes.Of(m.Plan))}
	for _, n := range notes {
		content = append(content, el("p").class("make-note").body(mark("notice"), el("span").body(rich(n, nil)...)))
	}
	if len(steps) == 0 {
		return content
	}
	now := m.Door.Now()
	name := "sealane-" + made.Domain.String() + "-" + string(made.ID)
	content = append(content, el("p").class("plan-acts").body(
		p.view().act("plan-ics", p.Lang.UI.Make.Calendar, func(app.Context) { m.Door.Save(name+".ics", []byte(plan.ICS(made, p.Lang, now))) }, ""),
		p.view().act("plan-md", p.Lang.UI.Make.Document, func(app.Context) { m.Door.Save(name+".md", []byte(plan.Markdown(made, p.Lang))) }, ""),
		p.view().act("plan-check", w.Check, p.verify, ""),
		el("span").class("muted").aria("live", "polite").text(p.verifying()),
	))
	for i, s := range steps {
		content = append(content, p.step(i, s, made.Steps[i]))
	}
	return content
}

func (p *Make) verifying() string {
	if p.Maker.Verifying {
		return p.Lang.UI.Make.Filling
	}
	return ""
}

// verify checks the domain, for what that says of the steps.
func (p *Make) verify(ctx app.Context) {
	run := p.Maker.Verify()
	if run == nil {
		return
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		facts := p.M.Door.Check(run.Context, run.Domain, func(check.Facts) {})
		ctx.Dispatch(func(ctx app.Context) {
			p.Maker.Verified(run.ID, facts)
			ctx.Update()
		})
	})
}

// step is one step: when, what to change, and what must hold then.
func (p *Make) step(at int, s plan.Shown, step plan.Step) app.UI {
	w := p.Lang.UI.Plan
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
	content = append(content, el("p").text(w.Then+":"), el("ul").body(each(len(s.Asks), func(i int) app.UI { return el("li").body(rich(s.Asks[i], nil)...) })...))
	state := ""
	if r := p.Maker.Report; !r.Domain.IsZero() {
		o := plan.Verify(step, r)
		state = o.State.String()
		level := [...]string{plan.Unknown: "unknown", plan.Done: "ok", plan.NotYet: "warning"}[o.State]
		content = append(content, el("p").class("make-note").body(mark(level), el("span").body(rich(strings.Join(append([]string{w.States.Of(state) + "."}, plan.Why(o, p.Lang)...), " "), nil)...)))
	}
	return el("section").class("plan-step").data("step", itoa(at)).data("state", state).body(append(content, el("p").class("muted").text(w.Sources+": "+s.Sources))...)
}
