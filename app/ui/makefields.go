package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/mtasts"
)

// fields is the form. Sent before the program has come it reloads the page with
// the fields in the URL.
func (p *Make) fields() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	said := ""
	switch {
	case m.Filling:
		said = w.Filling
	case !m.Filled.IsZero():
		said = fill(w.Filled, "domain", m.Filled.String())
	}
	return el("form").class("make-form").attr("method", "get").attr("action", p.path()).on("submit", p.fill).body(
		group(w.Domain,
			p.field(compose.FieldDomain),
			el("div").class("make-fill").body(
				el("button").attr("type", "submit").class("primary").text(w.Fill),
				el("p").class("said").aria("live", "polite").text(said),
			),
		),
		group(w.Policy, p.mode(), p.field(compose.FieldMX), p.field(compose.FieldMaxAge), p.field(compose.FieldWeb)),
		group(w.Reports, p.field(compose.FieldRUA)),
		group(w.DANE, p.keys(), p.field(compose.FieldTLSA)),
		p.more(),
	)
}

func group(title string, content ...app.UI) app.UI {
	return el("fieldset").body(append([]app.UI{el("legend").text(title)}, content...)...)
}

// more holds the fields that few need; it is open where one of them says something,
// and stays so when that is deleted: the cursor is in it.
func (p *Make) more() app.UI {
	few := []compose.Field{compose.FieldBelow, compose.FieldZone, compose.FieldTTL, compose.FieldHostedRecord, compose.FieldHostedPolicy, compose.FieldHostedReport}
	fold := el("details").class("fold")
	var shown []app.UI
	for _, f := range few {
		if f == compose.FieldHostedRecord {
			shown = append(shown, p.hoster())
		}
		shown = append(shown, p.field(f))
		if p.Maker.Draft[f] != "" || p.Maker.Touched[f] {
			fold = fold.attr("open", "true")
		}
	}
	return fold.body(el("summary").body(chevron(), el("span").text(p.Lang.UI.Make.More)), el("div").class("fold-body").body(shown...))
}

func inputID(f compose.Field) string { return "make-" + f.Name() }

// field is one field with its name, what goes into it, and what is wrong.
func (p *Make) field(f compose.Field) app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	fault, wrong := m.Fault(f)
	hint := w.Hints.Of(f.Name())
	if f == compose.FieldDomain {
		hint = ""
	}
	return el("div").class("make-field").data("field", f.Name()).body(
		el("label").attr("for", inputID(f)).text(w.Fields.Of(f.Name())),
		&entry{Field: f, Written: m.Written[f], Wrong: wrong, page: p},
		el("p").attr("id", inputID(f)+"-said").class("said").aria("live", "polite").body(p.about(hint, fault, wrong)...),
	)
}

// about says what is wrong with a field, else what goes into it.
func (p *Make) about(hint string, fault compose.Fault, wrong bool) []app.UI {
	switch {
	case wrong:
		return []app.UI{el("span").class("wrong").data("wrong", fault.Kind).body(mark("error"), app.Text(p.sentence(fault)))}
	case hint != "":
		return []app.UI{el("span").class("muted").text(hint)}
	}
	return nil
}

// sentence says what a fault is. A kind has words of its own in a field whose limits
// they name.
func (p *Make) sentence(f compose.Fault) string {
	w := p.Lang.UI.Make
	words := w.Wrong
	if f.Field == compose.FieldDomain {
		words = p.Lang.UI.Ask.Wrong
	}
	text := w.WrongElse
	for _, key := range [...]string{f.Kind, f.Kind + " " + f.Field.Name()} {
		if known := words.Of(key); known != key {
			text = known
		}
	}
	return fill(text, "input", visible(shorten(f.Text, 80)), "kind", f.Kind)
}

// mode chooses the policy's mode.
func (p *Make) mode() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	choices := []string{"", mtasts.ModeTesting.String(), mtasts.ModeEnforce.String(), mtasts.ModeNone.String()}
	fault, wrong := m.Fault(compose.FieldMode)
	id := inputID(compose.FieldMode)
	return el("div").class("make-field").data("field", compose.FieldMode.Name()).body(
		el("label").attr("for", id).text(w.Fields.Of(compose.FieldMode.Name())),
		&chooser{ID: id, Name: compose.FieldMode.Name(), Chosen: m.Draft[compose.FieldMode], Turned: m.Written[compose.FieldMode],
			values: choices, words: w.Modes, take: func(ctx app.Context, chosen string) {
				m.Type(compose.FieldMode, chosen)
				p.changed(ctx)
			}},
		el("p").attr("id", id+"-said").class("said").aria("live", "polite").body(p.about(w.Effects.Of(strings.TrimSpace(m.Draft[compose.FieldMode])), fault, wrong)...),
	)
}

// hoster chooses the company that hosts the policy.
func (p *Make) hoster() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	ids, names := []string{""}, locale.Terms{{Key: "", Text: w.NoHoster}}
	for _, company := range check.PolicyHosts() {
		ids, names = append(ids, company), append(names, locale.Term{Key: company, Text: company})
	}
	return el("div").class("make-field").body(
		el("label").attr("for", "make-hoster").text(w.Hoster),
		&chooser{ID: "make-hoster", Chosen: m.Hoster(), Turned: m.Written[compose.FieldHostedRecord], values: ids, words: names, take: func(ctx app.Context, company string) {
			m.Hire(company)
			p.changed(ctx)
		}},
	)
}

// choice is a list to choose from, whose choice the URL carries.
func (p *Make) choice(id, parameter, chosen string, values []string, words locale.Terms) app.UI {
	return &chooser{ID: id, Name: parameter, Chosen: chosen, Turned: p.Maker.Turned, values: values, words: words, take: func(ctx app.Context, value string) {
		p.Maker.Choose(parameter, value)
		p.changed(ctx)
	}}
}

// chooser is a list. It is made anew when the page itself chooses in it, for a
// browser that somebody has chosen in heeds no mark of another choice.
type chooser struct {
	app.Compo
	ID, Name, Chosen string
	Turned           int

	values []string
	words  locale.Terms
	take   func(app.Context, string)
}

// CompoID changes with every choice of the page.
func (c *chooser) CompoID() string { return c.ID + "/" + itoa(c.Turned) }

// Render shows the list.
func (c *chooser) Render() app.UI {
	options := make([]app.UI, len(c.values))
	for i, v := range c.values {
		option := el("option").attr("value", v)
		if v == "" {
			option.html.Attr("value", " ") // written out, an empty one is none
		}
		if v == c.Chosen {
			option = option.attr("selected", "true")
		}
		options[i] = option.text(c.words.Of(v))
	}
	return el("select").attr("id", c.ID).attr("name", c.Name).on("change", func(ctx app.Context, e app.Event) {
		value := ""
		c.ValueTo(&value)(ctx, e)
		c.take(ctx, strings.TrimSpace(value))
	}).body(options...)
}

// entry is where a field is written. It is made anew when the page itself writes
// into it, so that what a person types is never overwritten.
type entry struct {
	app.Compo
	Field   compose.Field
	Written int
	Wrong   bool

	page *Make
}

// CompoID changes with every writing of the page.
func (c *entry) CompoID() string { return inputID(c.Field) + "/" + itoa(c.Written) }

// Render shows the field; lists have a line for each item.
func (c *entry) Render() app.UI {
	p := c.page
	text := p.Maker.Draft[c.Field]
	tag := "input"
	many := c.Field == compose.FieldMX || c.Field == compose.FieldTLSA || c.Field == compose.FieldRUA || c.Field == compose.FieldBelow || c.Field == compose.FieldTo
	if many {
		tag = "textarea"
	}
	in := el(tag).attr("id", inputID(c.Field)).attr("name", c.Field.Name()).class("field").verbatim().
		aria("describedby", inputID(c.Field)+"-said").on("input", c.typed)
	switch c.Field {
	case compose.FieldDomain:
		in = in.attr("placeholder", p.Lang.UI.Make.Hints.Of(c.Field.Name()))
	case compose.FieldServer:
		in = in.attr("placeholder", p.Maker.base().String())
	}
	if c.Wrong {
		in = in.aria("invalid", "true")
	}
	if many {
		return in.attr("rows", "3").text(text)
	}
	return in.attr("type", "text").attr("value", text).html
}

func (c *entry) typed(ctx app.Context, e app.Event) {
	text := ""
	c.ValueTo(&text)(ctx, e)
	c.page.Maker.Type(c.Field, text)
	ctx.Dispatch(c.page.changed)
}
