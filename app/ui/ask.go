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
	return app.Section().Class("ask").Body(
		app.H1().Text(w.Question),
		app.P().Class("lede").Text(w.Lede),
		app.Form().Class("form").Method("get").Action("/").Role("search").OnSubmit(p.submit).Body(
			app.Label().Class("sr").For(fieldID).Text(w.Label),
			&input{Field: m.Field, Wrong: m.Wrong != "", m: m, label: w.Label, placeholder: w.Placeholder},
			app.Button().Type("submit").Class("primary").Text(w.Check),
		),
		app.P().ID("said").Class("said").Aria("live", "polite").Body(p.said()...),
		p.examples(),
	)
}

// said is the line under the field: what is wrong, or what was made of it.
func (p *Page) said() []app.UI {
	w, m := p.Lang.UI.Ask, p.M
	switch {
	case m.Wrong != "":
		return []app.UI{app.Span().Class("wrong").DataSet("wrong", m.Wrong).Body(
			mark("error"), app.Text(fill(w.Wrong.Of(m.Wrong), "input", visible(shorten(m.WrongAt, 80)))))}
	case m.Reading != nil:
		return []app.UI{app.Span().Class("reading").DataSet("reading", string(m.Reading.Form)).Text(
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
		shown = append(shown, app.A().Href("/?d="+url.QueryEscape(d)).Text(d))
	}
	line := app.P().Class("examples")
	if len(shown) == 0 {
		return line
	}
	return line.Body(append([]app.UI{app.Span().Text(p.Lang.UI.Ask.Try)}, shown...)...)
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
	in := app.Input().ID(fieldID).Name("d").Type("text").Class("field").
		Placeholder(c.placeholder).AutoComplete(false).Spellcheck(false).
		Attr("autocapitalize", "none").Attr("autocorrect", "off").Attr("inputmode", "url").
		Attr("enterkeyhint", "go").Aria("describedby", "said").
		Value(c.m.Typed).OnInput(c.typed)
	if c.Wrong {
		in = in.Aria("invalid", "true")
	}
	return in
}

// typed keeps what stands in the field; nothing needs painting for it.
func (c *input) typed(ctx app.Context, e app.Event) {
	c.ValueTo(&c.m.Typed)(ctx, e)
	ctx.PreventUpdate()
}
