//go:build !js

package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// Missing is shown by static hosts for a page that there isn't. Like Learn, it is
// written once.
type Missing struct {
	app.Compo
	Lang locale.Language
}

// Title gives the title of the document.
func (m *Missing) Title() string {
	return fill(m.Lang.UI.Shell.TitleOf, "domain", m.Lang.UI.Shell.NotFound)
}

// Summary gives what search engines would show.
func (m *Missing) Summary() string { return m.Lang.UI.Shell.NotFound }

// Scripts names the scripts that it loads: that of its header.
func (m *Missing) Scripts() []string { return []string{"learn.js"} }

// Render says so, and leads on.
func (m *Missing) Render() app.UI {
	w := m.Lang.UI.Shell
	return shell(NewMachine(Closed()), m.Lang, "", box("section", "ask", words("h1", "", w.NotFound),
		box("p", "onward", anchor("/", app.Text(w.Home)), anchor(LearnPath, app.Text(w.Learn)))))
}
