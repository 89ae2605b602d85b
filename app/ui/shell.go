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
	labLink := navLink(LabPath, path)
	if len(m.Config.Lab) == 0 && path != LabPath {
		labLink = labLink.attr("hidden", "true") // learn.js shows it too
	}
	return el("div").class("shell").body(
		el("a").class("skip").attr("href", "#main").text(w.Skip),
		el("header").class("top").body(
			el("a").class("brand").attr("href", "/").aria("label", "Sealane").body(
				logo(),
				el("span").text("Sealane"),
			),
			el("nav").aria("label", w.Nav).body(
				navLink("/", path).text(w.Check),
				navLink(MakePath, path).text(lang.UI.Make.Link),
				navLink(LintPath, path).text(lang.UI.Lint.Link),
				navLink(ReportsPath, path).text(lang.UI.Reports.Link),
				navLink(ExplainPath, path).text(lang.UI.Explain.Link),
				navLink(LearnPath, path).text(w.Learn),
				labLink.text(w.Lab),
			),
			el("button").attr("type", "button").class("theme").aria("label", w.Theme).attr("title", w.Theme).
				on("click", func(app.Context, app.Event) { m.Door.Theme() }).
				body(halfMoon()),
		),
		el("main").attr("id", "main").attr("tabindex", "-1").body(content...),
		el("footer").class("foot").body(append(
			each(len(w.Footer), func(i int) app.UI { return el("p").text(w.Footer[i]) }),
			el("p").body(el("a").attr("href", EmbedPath).text(w.Embed)),
		)...),
	)
}

func navLink(href, path string) elem {
	a := el("a").attr("href", href)
	if href == path {
		a = a.aria("current", "page")
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
