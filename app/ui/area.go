package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// area is a field of several lines, to paste into. It is made anew when the page
// itself writes into it (Written counts that), so that what a person types is never
// overwritten.
type area struct {
	app.Compo
	Written int

	id      string
	text    *string // what stands in it
	changed func()
	focus   *bool // it takes the focus when it is made anew
	door    Door
}

// CompoID changes with every writing of the page.
func (c *area) CompoID() string { return c.id + "/" + itoa(c.Written) }

// OnMount takes the focus where it was in what is gone.
func (c *area) OnMount(ctx app.Context) {
	if *c.focus {
		*c.focus = false
		ctx.Defer(func(app.Context) { c.door.Focus(c.id) })
	}
}

// Render shows the field.
func (c *area) Render() app.UI {
	return el("textarea").attr("id", c.id).class("field pasted").attr("rows", "8").verbatim().on("input", c.typed).text(*c.text)
}

func (c *area) typed(ctx app.Context, e app.Event) {
	c.ValueTo(c.text)(ctx, e)
	c.changed()
	ctx.Dispatch(func(ctx app.Context) { ctx.Update() })
}
