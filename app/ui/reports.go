package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// ReportsPath is where TLS reports are read and summed.
const ReportsPath = "/reports"

// Reports is the page at ReportsPath. What is dropped stays in the page. As with
// Page, one Reporter is behind all.
type Reports struct {
	app.Compo
	M    *Machine // for what stands around every page
	R    *Reporter
	Lang locale.Language
}

// OnMount takes the files that are dropped or chosen, and asks for the
// configuration.
func (p *Reports) OnMount(ctx app.Context) {
	p.M.Door.Files(func(files Files) {
		ctx.Dispatch(func(ctx app.Context) { p.add(ctx, files) })
	})
	p.R.Watch(func() { ctx.Dispatch(p.look) })
	p.R.Look() // what was read before
	configure(ctx, p.M)
}

// OnNav sets the title.
func (p *Reports) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(p.Title())
	ctx.Defer(func(app.Context) { p.M.Door.Ready() })
}

// OnDismount gives up what nobody would see any more. What was read stays.
func (p *Reports) OnDismount() { p.R.Leave() }

// Title gives the title of the document.
func (p *Reports) Title() string {
	return fill(p.Lang.UI.Shell.TitleOf, "domain", p.Lang.UI.Reports.Title)
}

// Summary gives what search engines show.
func (p *Reports) Summary() string { return p.Lang.UI.Reports.Lede }

// add has the files read, and shows now and then what there is.
func (p *Reports) add(ctx app.Context, files Files) {
	begin := p.R.Add(files)
	p.R.Look()
	if !begin {
		return
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		p.R.Read()
	})
}

// look shows what there is, and measures what that takes.
func (p *Reports) look(ctx app.Context) {
	began := p.M.Door.Now()
	p.R.Look()
	ctx.Update()
	ctx.Defer(func(app.Context) { p.R.Took(p.M.Door.Now().Sub(began)) })
}

// check checks a domain that a row names.
func (p *Reports) check(ctx app.Context, domain string) {
	run := p.R.Check(domain)
	if run == nil {
		return
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		facts := p.M.Door.Check(run.Context, run.Domain, func(check.Facts) {})
		ctx.Dispatch(func(ctx app.Context) {
			p.R.Answered(run.ID, facts)
			ctx.Update()
		})
	})
}

func (p *Reports) view() view {
	return view{m: p.M, report: &p.M.Report, lang: p.Lang, w: p.Lang.UI}
}

// Render shows the page.
func (p *Reports) Render() app.UI {
	w, s := &p.Lang.UI.Reports, &p.R.Sums
	body := []app.UI{
		el("section").class("ask").body(worded("h1", "", w.Title), worded("p", "lede", w.Lede), p.choose()),
		el("div").aria("live", "polite").body(p.progress()...),
	}
	if s.Reports > 0 || len(s.Unreads) > 0 {
		body = append(body, el("section").class("reports").data("view", p.R.View).body(p.sums()...))
	}
	return shell(p.M, p.Lang, ReportsPath, body...)
}

// choose is what takes files, and what can be done with them.
func (p *Reports) choose() app.UI {
	w, v, s := &p.Lang.UI.Reports, p.view(), &p.R.Sums
	input := el("input").attr("type", "file").attr("multiple", "true").attr("accept", ".json,.gz,.eml,.mbox,.zip").class("sr").data("reports", "file")
	acts := []app.UI{el("label").class("button", "quiet").body(worded("span", "", w.Choose), input.html)}
	act := func(name, text string, do func(app.Context)) { acts = append(acts, v.act(name, text, do, "")) }
	switch {
	case s.Running:
		act("stop", w.Stop, func(app.Context) { p.R.Stop() })
	case s.Reports == 0:
		acts = append(acts, worded("span", "muted", w.Drop))
	default:
		act("csv", w.Save.Of("csv"), func(app.Context) { p.M.Door.Save(p.R.CSV()) })
		act("json", w.Save.Of("json"), func(app.Context) { p.M.Door.Save(p.R.JSON()) })
		act("print", w.Save.Of("print"), p.print)
	}
	if s.OfFiles > 0 {
		act("clear", w.Clear, func(app.Context) { p.R.Clear() })
	}
	return el("div").class("buttons").body(acts...)
}

// print prints the page with the table of the view.
func (p *Reports) print(ctx app.Context) {
	if key := tableOf(p.R.View); !p.M.IsOpen(key) {
		p.M.Toggle(key)
	}
	ctx.Update()
	ctx.Defer(func(app.Context) { p.M.Door.Print() })
}

// progress says how far the reading is, and what was read.
func (p *Reports) progress() []app.UI {
	w, s := &p.Lang.UI.Reports, &p.R.Sums
	if s.OfFiles == 0 {
		return nil
	}
	text := w.Read
	switch {
	case s.Running:
		text = w.Reading
	case s.Stopped:
		text = w.Stopped
	}
	text = fill(text, "reports", count(uint64(s.Reports)), "files", count(uint64(s.Files)), "all", count(uint64(s.OfFiles)), "size", size(s.Octets))
	bar := el("progress").class("bar").attr("max", itoa(s.OfFiles)).attr("value", itoa(s.Files)).aria("hidden", "true")
	shown := []app.UI{el("div").class("progress").data("reading", strconv.FormatBool(s.Running)).body(
		when(s.Running, func() app.UI { return bar.body() }), worded("p", "", text))}
	for _, n := range []struct {
		text, level string
		count       int
	}{{w.Duplicates, "notice", s.Duplicates}, {w.Mended, "notice", s.Mended}, {w.Unread, "warning", s.Unread}} {
		if n.count > 0 {
			shown = append(shown, el("p").class("make-note").body(mark(n.level), worded("span", "", fill(n.text, "count", count(uint64(n.count))))))
		}
	}
	return shown
}

// count writes a number with its thousands apart.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}

// size writes octets.
func size(n int64) string {
	switch {
	case n >= 1e6:
		return tenths(float64(n)/1e6) + " MB"
	case n >= 1e3:
		return tenths(float64(n)/1e3) + " KB"
	}
	return itoa(int(n)) + " B"
}

// tenths cuts what is less, so that nothing is called all that is not.
func tenths(f float64) string {
	n := int(10 * f)
	return itoa(n/10) + "." + itoa(n%10)
}
