package ui

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// ask is the heading, the field, and what there is to say about the input. It
// is a real form: sent before the program has come, it reloads the page with
// the input in the URL.
func (p *Page) ask() app.UI {
	w, m := p.Lang.UI.Ask, p.M
	section, path := el("section").class("ask"), "/"
	if m.State != Idle || p.Framed { // the report is what counts now
		section = section.class("asked")
	}
	if p.Framed {
		path = WidgetPath
	}
	return section.body(
		el("h1").text(w.Question),
		el("p").class("lede").text(w.Lede),
		el("form").class("form").attr("method", "get").attr("action", path).attr("role", "search").on("submit", p.submit).body(
			el("label").class("sr").attr("for", fieldID).text(w.Label),
			&input{Field: m.Field, Wrong: m.Wrong != "", m: m, label: w.Label, placeholder: w.Placeholder},
			el("button").attr("type", "submit").class("primary").text(w.Check),
		),
		el("p").attr("id", "said").class("said").aria("live", "polite").body(p.said()...),
		when(!p.Framed, p.examples),
	)
}

// said is the line under the field: what is wrong, or what was made of it.
func (p *Page) said() []app.UI {
	w, m := p.Lang.UI.Ask, p.M
	switch {
	case m.Wrong != "":
		return []app.UI{el("span").class("wrong").data("wrong", m.Wrong).body(
			mark("error"), app.Text(fill(w.Wrong.Of(m.Wrong), "input", visible(shorten(m.WrongAt, 80)))))}
	case m.Reading != nil:
		return []app.UI{el("span").class("reading").data("reading", string(m.Reading.Form)).text(
			fill(w.ReadAs.Of(string(m.Reading.Form)),
				"domain", m.Reading.Name.String(), "input", visible(shorten(taken(*m.Reading), 120))))}
	}
	return nil
}

// taken is the piece of the input that a reading was made from.
func taken(r Reading) string {
	if r.Form == "unicode" && r.Unicode != "" {
		return r.Unicode
	}
	return r.Taken
}

// examples links to a few domains of the lab; without one the line stays empty.
func (p *Page) examples() app.UI {
	lab := p.M.Config.Lab
	shown := make([]app.UI, 0, 5)
	for i := 0; i < len(lab) && len(shown) < 4; i += max(1, len(lab)/4) {
		d := lab[i].Domain
		shown = append(shown, el("a").attr("href", "/?d="+url.QueryEscape(d)).text(d))
	}
	line := el("p").class("examples")
	if len(shown) == 0 {
		return line.body()
	}
	return line.body(append([]app.UI{el("span").text(p.Lang.UI.Ask.Try)}, shown...)...)
}

// input is the field. It is made anew when the page itself writes into it
// (Field counts that), so that what a person types is never overwritten.
type input struct {
	app.Compo
	Field int
	Wrong bool

	m                  *Machine
	label, placeholder string
}

// CompoID changes with every writing of the page.
func (c *input) CompoID() string { return "input/" + itoa(c.Field) }

// Render shows the field.
func (c *input) Render() app.UI {
	in := el("input").attr("id", fieldID).attr("name", "d").attr("type", "text").class("field").
		attr("placeholder", c.placeholder).verbatim().attr("inputmode", "url").
		attr("enterkeyhint", "go").aria("describedby", "said").
		attr("value", c.m.Typed).on("input", c.typed)
	if c.Wrong {
		in = in.aria("invalid", "true")
	}
	return in.html
}

// typed keeps what stands in the field; nothing needs painting for it.
func (c *input) typed(ctx app.Context, e app.Event) {
	c.ValueTo(&c.m.Typed)(ctx, e)
	ctx.PreventUpdate()
}
