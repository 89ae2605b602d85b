package ui

import (
	"context"
	"net/url"
	"runtime"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
)

// Page is the page of a check, at "/", or Framed for a frame, at WidgetPath. The same Machine must be given to every
// Page, since go-app keeps one component across navigation.
type Page struct {
	app.Compo
	M      *Machine
	Lang   locale.Language
	Framed bool
}

// OnMount takes what was typed before the program came, and asks for the
// configuration.
func (p *Page) OnMount(ctx app.Context) {
	text, focused := p.M.Door.Typed()
	if text != "" && p.M.Typed == "" {
		p.M.put(text)
	}
	if focused {
		ctx.Defer(func(app.Context) { p.M.Door.Focus(fieldID) })
	}
	p.M.Door.Load(func(content []byte) {
		ctx.Dispatch(func(ctx app.Context) {
			p.M.Load(content)
			p.title(ctx)
		})
	})
	configure(ctx, p.M)
}

// configure asks for the configuration, once for all pages.
func configure(ctx app.Context, m *Machine) {
	if m.Configured {
		return
	}
	ctx.Async(func() {
		defer m.Door.Guard()
		config := m.Door.Config(context.Background())
		ctx.Dispatch(func(app.Context) { m.Configure(config) })
	})
}

// OnNav starts the check that the URL asks for.
func (p *Page) OnNav(ctx app.Context) {
	if run := p.M.Navigate(ctx.Page().URL().Query().Get("d")); run != nil {
		p.check(ctx, *run)
	}
	p.title(ctx)
	ctx.Update()
	ctx.Defer(func(app.Context) { p.M.Door.Ready() })
}

// OnDismount gives up a check that nobody would see any more.
func (p *Page) OnDismount() { p.M.Leave() }

func (p *Page) title(ctx app.Context) {
	title := p.Lang.UI.Shell.Title
	if !p.M.Domain.IsZero() {
		title = fill(p.Lang.UI.Shell.TitleOf, "domain", p.M.Domain.String())
	}
	// A single argument is taken as it is: no format is read from it.
	ctx.Page().SetTitle(title)
}

// check shows what a check finds, and keeps and tells what it comes to.
func (p *Page) check(ctx app.Context, run Run) {
	follow(ctx, p.M, run, func() {
		p.M.keep(p.Lang)
		p.tell()
	})
}

// follow shows what a check finds, as it goes; finished is called at its end, if it
// still counts.
func follow(ctx app.Context, m *Machine, run Run, finished func()) {
	m.Begin(run)
	show := func(ctx app.Context) {
		began := m.Door.Now()
		f, fresh, ended := run.feed.take()
		switch {
		case ended:
			if m.Finished(run.ID, f) {
				finished()
			}
		case fresh:
			m.Learned(run.ID, f)
		}
		ctx.Defer(func(app.Context) { run.feed.took(m.Door.Now().Sub(began)) })
	}
	run.feed.wake(func(wait time.Duration) { ctx.After(wait, show) })
	// The first questions are under way while the page is drawn.
	runtime.Gosched()
}

// submit answers the form.
func (p *Page) submit(ctx app.Context, e app.Event) {
	e.PreventDefault()
	d := p.M.Submit()
	switch {
	case !p.Framed && p.M.Pasted != "":
		ctx.NavigateTo(&url.URL{Path: ExplainPath})
	case d.IsZero():
		p.M.Door.Focus(fieldID)
	case p.Framed && d != p.M.Domain: // its URL is the other page's
		if run := p.M.Navigate(d.String()); run != nil {
			p.check(ctx, *run)
		}
	case d == p.M.Domain && !p.M.Replay:
		if run := p.M.Again(); run != nil {
			p.check(ctx, *run)
		}
	default:
		here, there := ctx.Page().URL(), &url.URL{Path: "/", RawQuery: "d=" + url.QueryEscape(d.String())}
		if here.Path == there.Path && here.RawQuery == there.RawQuery {
			if run := p.M.Navigate(d.String()); run != nil {
				p.check(ctx, *run)
			}
			return
		}
		ctx.NavigateTo(there)
	}
}

// Render shows the page.
func (p *Page) Render() app.UI {
	panel := &Panel{Rev: p.M.Rev, m: p.M, lang: p.Lang, again: p.again, framed: p.Framed}
	if p.Framed {
		return framed(p.Lang, p.whole(), p.ask(), panel)
	}
	return shell(p.M, p.Lang, "/", p.ask(), panel)
}

func (p *Page) again(ctx app.Context, _ app.Event) {
	if run := p.M.Again(); run != nil {
		p.check(ctx, *run)
	}
}
