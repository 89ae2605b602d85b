package ui

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// LabPath is the page that lists the lab.
const LabPath = "/lab"

// Lab is the page at LabPath: the broken-on-purpose domains of this proxy.
type Lab struct {
	app.Compo
	M    *Machine
	Lang locale.Language
}

// OnMount asks for the configuration, which lists the domains.
func (l *Lab) OnMount(ctx app.Context) { configure(ctx, l.M) }

// OnNav sets the title.
func (l *Lab) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(l.Title())
}

// Title gives the title of the document.
func (l *Lab) Title() string {
	return fill(l.Lang.UI.Shell.TitleOf, "domain", l.Lang.UI.Lab.Title)
}

// Summary gives what search engines show.
func (l *Lab) Summary() string { return l.Lang.UI.Lab.Explain }

// Render shows the list.
func (l *Lab) Render() app.UI {
	w := l.Lang.UI.Lab
	list := make([]app.UI, len(l.M.Config.Lab))
	for i, d := range l.M.Config.Lab {
		list[i] = el("li").data("lab", d.Domain).body(
			el("a").attr("href", checkLink(d.Domain)).body(el("code").text(d.Domain)),
			el("p").text(visible(d.Wrong)),
			el("p").class("codes").body(faults(d.Codes)...),
		)
	}
	content := app.UI(el("ul").class("lab").body(list...))
	if l.M.Configured && len(list) == 0 {
		content = el("p").class("muted").text(w.None)
	}
	return shell(l.M, l.Lang, LabPath,
		el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Explain)),
		content,
	)
}

func checkLink(domain string) string { return "/?d=" + url.QueryEscape(domain) }

// faults leaves out the codes of what is in order or merely good to know.
func faults(codes []string) []app.UI {
	var shown []app.UI
	for _, code := range codes {
		entry, known := check.Code(code).Lookup()
		if !known || entry.LevelIn == nil && (entry.Level == check.OK || entry.Level == check.Notice) {
			continue
		}
		shown = append(shown, el("code").text(code))
	}
	return shown
}
