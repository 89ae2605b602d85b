package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// fieldID is the id of the one field; boot.js knows it too.
const fieldID = "d"

// shell puts a page's content between header and footer. The root is a div:
// the engine takes the first child of the body for one.
func shell(m *Machine, lang locale.Language, path string, content ...app.UI) app.UI {
	w := lang.UI.Shell
	return app.Div().Class("shell").Body(
		app.A().Class("skip").Href("#main").Text(w.Skip),
		app.Header().Class("top").Body(
			app.A().Class("brand").Href("/").Body(
				logo(),
				app.Span().Text("Sealane"),
			),
			app.Nav().Aria("label", w.Nav).Body(
				navLink("/", w.Check, path),
				app.If(len(m.Config.Lab) > 0 || path == "/lab", func() app.UI {
					return navLink("/lab", w.Lab, path)
				}),
			),
			app.Button().Type("button").Class("theme").Aria("label", w.Theme).Title(w.Theme).
				OnClick(func(app.Context, app.Event) { m.Door.Theme() }).
				Body(halfMoon()),
		),
		app.Main().ID("main").TabIndex(-1).Body(content...),
		app.Footer().Class("foot").Body(
			app.Range(w.Footer).Slice(func(i int) app.UI { return app.P().Text(w.Footer[i]) }),
		),
	)
}

func navLink(href, text, path string) app.UI {
	a := app.A().Href(href).Text(text)
	if href == path {
		a = a.Aria("current", "page")
	}
	return a
}

// fill puts pairs of names and values into a text of app/locale.
func fill(text string, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return locale.Fill(text, args)
}
