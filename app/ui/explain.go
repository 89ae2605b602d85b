package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// ExplainPath is where an error text is explained.
const ExplainPath = "/explain"

// Explain is the page at ExplainPath. What is pasted stays in the page, and out of
// its URL: it may hold addresses of people.
type Explain struct {
	app.Compo
	X    *Explainer
	Lang locale.Language

	focus bool // the field takes the focus when it is made anew
}

// OnMount takes a file that is dropped or chosen, and asks for the configuration.
func (p *Explain) OnMount(ctx app.Context) {
	p.X.Machine.Door.Load(func(content []byte) {
		ctx.Dispatch(func(app.Context) { p.X.Take(content) })
	})
	configure(ctx, p.X.Machine)
}

// OnNav takes over what was pasted for a domain, and sets the title.
func (p *Explain) OnNav(ctx app.Context) {
	if text := p.X.Machine.Paste(); text != "" {
		p.X.Put(text)
	}
	ctx.Page().SetTitle(p.Title())
	ctx.Update()
	ctx.Defer(func(app.Context) { p.X.Machine.Door.Ready() })
}

// OnDismount gives up a check that nobody would see any more.
func (p *Explain) OnDismount() { p.X.Machine.Leave() }

// Title gives the title of the document.
func (p *Explain) Title() string {
	return fill(p.Lang.UI.Shell.TitleOf, "domain", p.Lang.UI.Explain.Title)
}

// Summary gives what search engines show.
func (p *Explain) Summary() string { return p.Lang.UI.Explain.Lede }

// explainID is the field's.
const explainID = "explain-text"

// Render shows the field, and what was recognised.
func (p *Explain) Render() app.UI {
	w, x := p.Lang.UI.Explain, p.X
	return shell(x.Machine, p.Lang, ExplainPath,
		el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Lede)),
		el("div").class("make-field").body(
			el("label").attr("for", explainID).text(w.Label),
			&area{Written: x.Written, id: explainID, text: &x.Text, changed: x.Changed, focus: &p.focus, door: x.Machine.Door},
			el("p").class("muted").body(
				app.Text(w.Drop+" "),
				el("label").class("choose").body(el("span").text(p.Lang.UI.Make.Choose), el("input").attr("type", "file").class("sr").data("explain", "file").html),
			),
		),
		el("p").class("said").aria("live", "polite").body(p.said()...),
		when(x.Text != "" && len(x.Incidents) == 0, p.near),
		el("section").class("explained").data("found", itoa(len(x.Incidents))).body(each(len(x.Incidents), p.incident)...),
	)
}

// said is what there is to say about the text as a whole.
func (p *Explain) said() []app.UI {
	w, x := p.Lang.UI.Explain, p.X
	switch {
	case x.Fault != "":
		return []app.UI{el("span").class("wrong").data("fault", x.Fault).text(w.Fault.Of(x.Fault))}
	case x.Text == "":
		return nil
	}
	var said []app.UI
	if len(x.Incidents) > 0 {
		said = append(said, app.Text(fill(w.Found, "count", itoa(len(x.Incidents)))+". "))
	} else {
		said = append(said, el("span").data("unknown", "true").text(w.Unknown))
		if len(x.Read.Near) > 0 {
			said = append(said, app.Text(" "+w.Near))
		}
	}
	if x.Read.More > 0 {
		said = append(said, app.Text(fill(w.More, "count", itoa(x.Read.More))+" "))
	}
	if x.Read.Cut {
		said = append(said, app.Text(w.Cut))
	}
	return said
}

// check makes the check that weighs the causes of an incident.
func (p *Explain) check(ctx app.Context, at int) {
	i := &p.X.Incidents[at]
	run := p.X.Check(i)
	if run == nil {
		if i.Wrong != "" {
			p.X.Machine.Door.Focus(domainID(at))
		}
		return
	}
	follow(ctx, p.X.Machine, *run, func() { p.X.Machine.keep(p.Lang) })
}
