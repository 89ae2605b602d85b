package ui

import (
	"net/url"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// Panel is the report, or the introduction while nothing is asked. It is
// painted again when Rev differs: typing in the field leaves it alone.
type Panel struct {
	app.Compo
	Rev int

	m     *Machine
	lang  locale.Language
	again app.EventHandler
}

// view is what every part of a report is made from. Parts are pure functions
// of it; what they need to act goes through the Machine.
type view struct {
	m      *Machine
	report *check.Report
	lang   locale.Language
	w      locale.UI
}

// Render shows the panel. data-state and data-domain tell tests and visitors'
// scripts how far it is.
func (p *Panel) Render() app.UI {
	v := view{p.m, &p.m.Report, p.lang, p.lang.UI}
	root := app.Article().Class("report").DataSet("state", string(p.m.State))
	if p.m.State == Idle {
		return root.Body(v.introduction(), v.evidence())
	}
	root = root.DataSet("domain", p.m.Domain.String())
	if p.m.State == Running {
		root = root.Aria("busy", "true")
	}
	return root.Body(
		v.verdict(p.again),
		v.lane(),
		v.mendFirst(),
		v.others(),
		v.details(),
		v.notChecked(),
		v.evidence(),
	)
}

// introduction says what is looked at.
func (v view) introduction() app.UI {
	looks := v.w.Ask.Looks
	return app.Ul().Class("intro").Body(
		app.Range(looks).Slice(func(i int) app.UI {
			return app.Li().Body(app.H2().Text(looks[i].Key), app.P().Text(looks[i].Text))
		}),
	)
}

// verdict is the domain, the headline and the progress.
func (v view) verdict(again app.EventHandler) app.UI {
	w := v.w.Verdict
	domain := v.m.Domain.String()
	headline := make([]app.UI, 0, 3)
	for _, phrase := range v.report.Headline {
		headline = append(headline, app.Span().DataSet("key", phrase.Key).Body(v.phrase(phrase)...), app.Text(" "))
	}
	if len(headline) == 0 {
		headline = append(headline, app.Span().Text(fill(w.Waiting, "domain", domain)))
	}
	return app.Header().Class("verdict").Body(
		app.Div().Class("verdict-top").Body(
			app.H2().Class("domain").Text(domain),
			v.againOrStop(again),
		),
		app.P().Class("headline").Aria("live", "polite").Body(headline...),
		v.progress(),
	)
}

// againOrStop is one button in one place: the row keeps its height.
func (v view) againOrStop(again app.EventHandler) app.UI {
	b := app.Button().Type("button").Class("quiet again")
	if v.m.State == Running {
		return b.DataSet("act", "stop").Text(v.w.Ask.Stop).
			OnClick(func(app.Context, app.Event) { v.m.Stop() }, app.EventScope("stop"))
	}
	return b.DataSet("act", "again").Text(v.w.Ask.Again).OnClick(again, app.EventScope("again"))
}

// progress is a bar while the check runs and a line of figures behind.
func (v view) progress() app.UI {
	w, p := v.w.Verdict, v.report.Progress
	line := fill(w.Progress, "answered", itoa(p.Answered), "asked", itoa(p.Asked))
	switch {
	case v.m.Replay:
		line = fill(w.Replay, "time", moment(v.m.Facts.At))
	case v.m.State == Done && !v.m.Facts.Done:
		line = w.Stopped
	case v.m.State == Done:
		line = fill(w.Finished, "asked", itoa(p.Asked), "time", seconds(v.m.Took))
	}
	bar := app.Progress().Class("bar").Max(max(1, p.Asked)).Value(p.Answered).Aria("hidden", "true")
	if v.m.State == Done {
		bar = app.Progress().Class("bar done").Max(1).Value(1).Aria("hidden", "true")
	}
	return app.Div().Class("progress").Body(bar, app.P().Text(line))
}

// phrase fills a text of app/locale; a key without one is shown itself, so that
// it is seen and mended.
func (v view) phrase(p check.Phrase) []app.UI {
	text, ok := v.lang.Phrase(p.Key)
	if !ok {
		return []app.UI{app.Text(p.Key)}
	}
	return rich(text, p.Args)
}

// rich fills a text of app/locale and sets what stands in backticks as code.
// The text is taken apart before it is filled: arguments come from outside and
// set nothing.
func rich(text string, args map[string]string) []app.UI {
	var parts []app.UI
	for i, piece := range strings.Split(text, "`") {
		if piece == "" {
			continue
		}
		piece = visible(locale.Fill(piece, args))
		if i%2 == 1 {
			parts = append(parts, app.Code().Text(piece))
		} else {
			parts = append(parts, app.Text(piece))
		}
	}
	return parts
}

// evidence is what to take along: the link, the file, the print.
func (v view) evidence() app.UI {
	w := v.w.Saved
	shown := v.m.State != Idle
	return app.Section().Class("evidence").Body(
		app.H3().Text(w.Title),
		app.If(shown, func() app.UI { return app.P().Class("muted").Text(w.Explain) }),
		app.Div().Class("buttons").Body(
			app.If(shown, func() app.UI {
				return v.act("copy-link", w.CopyLink, func(ctx app.Context) {
					v.m.Copy("link", link(ctx.Page().URL(), v.m.Domain.String()))
				}, v.copied("link"))
			}),
			app.If(shown, func() app.UI {
				return v.act("save", w.Save, func(app.Context) {
					if name, content := v.m.Evidence(); name != "" {
						v.m.Door.Save(name, content)
					}
				}, "")
			}),
			app.Label().Class("button quiet").Body(
				app.Span().Text(w.Load),
				app.Input().Type("file").Accept(".json,application/json").Class("sr").DataSet("evidence", "file"),
			),
			app.If(shown, func() app.UI {
				return v.act("print", w.Print, func(app.Context) { v.m.Door.Print() }, "")
			}),
		),
		app.P().Class("muted drop").Aria("live", "polite").Body(v.loadFault()),
	)
}

func (v view) loadFault() app.UI {
	w := v.w.Saved
	switch v.m.Fault {
	case "bad":
		return app.Span().Class("wrong").DataSet("fault", "bad").Text(w.Bad)
	case "too-large":
		return app.Span().Class("wrong").DataSet("fault", "too-large").Text(w.TooLarge)
	}
	return app.Span().Text(w.Drop)
}

// act is a quiet button; said replaces its text after it was pressed.
func (v view) act(name, text string, do func(app.Context), said string) app.UI {
	if said != "" {
		text = said
	}
	return app.Button().Type("button").Class("quiet").DataSet("act", name).Aria("live", "polite").
		OnClick(func(ctx app.Context, _ app.Event) { do(ctx) }, app.EventScope(name)).Text(text)
}

// copied is what a copy button says after it was pressed, "" before.
func (v view) copied(key string) string {
	switch {
	case v.m.Copied != key:
		return ""
	case v.m.CopyFailed:
		return v.w.Finding.Select
	}
	return v.w.Finding.Copied
}

// link is the URL that shows this check.
func link(here *url.URL, domain string) string {
	return (&url.URL{Scheme: here.Scheme, Host: here.Host, Path: "/", RawQuery: "d=" + url.QueryEscape(domain)}).String()
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

func seconds(d time.Duration) string {
	tenths := int(d / (100 * time.Millisecond))
	return itoa(tenths/10) + "." + itoa(tenths%10) + " s"
}
