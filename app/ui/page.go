package ui

import (
	"context"
	"net/url"
	"runtime"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// pace is how long a report stands before the next facts may replace it.
const pace = 60 * time.Millisecond

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

// check runs a check in the background and shows what it finds at most once
// every pace.
func (p *Page) check(ctx app.Context, run Run) {
	feed := &feed{}
	show := func(app.Context) {
		if f, fresh := feed.take(); fresh {
			p.M.Learned(run.ID, f)
		}
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		facts := p.M.Door.Check(run.Context, run.Domain, func(f check.Facts) {
			if feed.put(f) {
				ctx.After(pace, show)
			}
		})
		ctx.Dispatch(func(app.Context) {
			if p.M.Finished(run.ID, facts) {
				p.M.keep(p.Lang)
				p.tell()
			}
		})
	})
	// The first questions are under way while the page is drawn.
	runtime.Gosched()
}

// submit answers the form.
func (p *Page) submit(ctx app.Context, e app.Event) {
	e.PreventDefault()
	d := p.M.Submit()
	switch {
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

// feed holds the newest facts between two paintings.
type feed struct {
	mu    sync.Mutex
	facts check.Facts
	fresh bool
}

// put keeps the facts and tells whether nothing else was waiting.
func (f *feed) put(facts check.Facts) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := !f.fresh
	f.facts, f.fresh = facts, true
	return first
}

func (f *feed) take() (check.Facts, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fresh := f.fresh
	f.fresh = false
	return f.facts, fresh
}
