package ui

import (
	"net/url"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// MakePath is where what to publish is made.
const MakePath = "/make"

// Make is the page at MakePath, or Framed for a frame, at WidgetMakePath. As with Page, one Maker is behind all.
type Make struct {
	app.Compo
	M      *Machine // for what stands around every page
	Maker  *Maker
	Lang   locale.Language
	Framed bool
}

// OnMount takes the keys and certificates that are dropped or chosen, and asks for
// the configuration.
func (p *Make) OnMount(ctx app.Context) {
	p.M.Door.Load(func(content []byte) {
		ctx.Dispatch(func(ctx app.Context) {
			p.Maker.Key(content)
			p.changed(ctx)
		})
	})
	configure(ctx, p.M)
}

// OnNav fills the form from the URL, and sets the title.
func (p *Make) OnNav(ctx app.Context) {
	query := ctx.Page().URL().Query()
	p.Maker.Navigate(query)
	ctx.Page().SetTitle(p.Title())
	ctx.Update()
	ctx.Defer(func(app.Context) { p.M.Door.Ready() })
}

// Title gives the title of the document.
func (p *Make) Title() string {
	return fill(p.Lang.UI.Shell.TitleOf, "domain", p.Lang.UI.Make.Title)
}

// Summary gives what search engines show.
func (p *Make) Summary() string { return p.Lang.UI.Make.Lede }

// OnDismount gives up a check that nobody would see any more.
func (p *Make) OnDismount() { p.Maker.Stop() }

func (p *Make) path() string {
	if p.Framed {
		return WidgetMakePath
	}
	return MakePath
}

// pause is how long the URL waits for more: a browser takes only so many changes of
// it in a time, and what is typed would be more.
const pause = 300 * time.Millisecond

// changed shows the state in the URL without a step in the history; that of a
// frame is the other page's.
func (p *Make) changed(ctx app.Context) {
	ctx.Update()
	if p.Framed {
		return
	}
	rev := p.Maker.Rev
	ctx.After(pause, func(ctx app.Context) {
		if p.Mounted() && rev == p.Maker.Rev {
			ctx.Page().ReplaceURL(&url.URL{Path: MakePath, RawQuery: p.Maker.Query().Encode()})
		}
	})
}

// fill checks the domain and fills the form from the report.
func (p *Make) fill(ctx app.Context, e app.Event) {
	e.PreventDefault()
	p.check(ctx, p.Maker.Fill(), p.Maker.Learned)
}

// Render shows the page.
func (p *Make) Render() app.UI {
	w := p.Lang.UI.Make
	form := el("div").class("make").body(p.fields(), p.made())
	if p.Framed {
		return framed(p.Lang, p.whole(), el("section").class("ask", "asked").body(el("h1").text(w.Title)), form)
	}
	return shell(p.M, p.Lang, MakePath,
		el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Lede)),
		form,
	)
}
