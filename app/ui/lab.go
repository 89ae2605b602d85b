package ui

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// Lab is the page at "/lab": the broken-on-purpose domains of this proxy.
type Lab struct {
	app.Compo
	M    *Machine
	Lang locale.Language
}

// OnMount asks for the configuration, which lists the domains.
func (l *Lab) OnMount(ctx app.Context) { configure(ctx, l.M) }

// OnNav sets the title.
func (l *Lab) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(fill(l.Lang.UI.Shell.TitleOf, "domain", l.Lang.UI.Lab.Title))
}

// Render shows the list.
func (l *Lab) Render() app.UI {
	w := l.Lang.UI.Lab
	list := make([]app.UI, len(l.M.Config.Lab))
	for i, d := range l.M.Config.Lab {
		list[i] = app.Li().DataSet("lab", d.Domain).Body(
			app.A().Href("/?d="+url.QueryEscape(d.Domain)).Body(app.Code().Text(d.Domain)),
			app.P().Text(visible(d.Wrong)),
			app.P().Class("codes").Body(app.Range(d.Codes).Slice(func(c int) app.UI {
				return app.Code().Text(d.Codes[c] + " ")
			})),
		)
	}
	content := app.UI(app.Ul().Class("lab").Body(list...))
	if l.M.Configured && len(list) == 0 {
		content = app.P().Class("muted").Text(w.None)
	}
	return shell(l.M, l.Lang, "/lab",
		app.Section().Class("ask").Body(app.H1().Text(w.Title), app.P().Class("lede").Text(w.Explain)),
		content,
	)
}
