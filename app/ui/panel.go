package ui

import (
	"net/url"
	"slices"
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

	m      *Machine
	lang   locale.Language
	again  app.EventHandler
	framed bool
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
	root := el("article").class("report").data("state", string(p.m.State))
	if p.m.State == Idle {
		if p.framed {
			return root.body()
		}
		return root.body(v.introduction(), v.evidence())
	}
	root = root.data("domain", p.m.Domain.String())
	if p.m.State == Running {
		root = root.aria("busy", "true")
	}
	if p.framed { // the rest is a link away
		return root.body(v.verdict(p.again), v.earlier(), v.lane(), v.mendFirst(), v.senders(), v.notChecked())
	}
	return root.body(
		v.verdict(p.again),
		v.earlier(),
		v.lane(),
		v.senders(),
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
	return el("ul").class("intro").body(
		each(len(looks), func(i int) app.UI {
			return el("li").body(el("h2").text(looks[i].Key), el("p").text(looks[i].Text))
		})...,
	)
}

// verdict is the domain, the headline and the progress.
func (v view) verdict(again app.EventHandler) app.UI {
	w := v.w.Verdict
	domain := v.m.Domain.String()
	headline := make([]app.UI, 0, 3)
	for _, phrase := range v.report.Headline {
		headline = append(headline, el("span").data("key", phrase.Key).body(v.phrase(phrase)...), app.Text(" "))
	}
	if len(headline) == 0 {
		headline = append(headline, el("span").text(fill(w.Waiting, "domain", domain)))
	}
	return el("header").class("verdict").body(append([]app.UI{
		el("div").class("verdict-top").body(
			el("h2").class("domain").text(domain),
			v.againOrStop(again),
		),
		v.progress(),
		el("p").class("headline").aria("live", "polite").body(headline...),
	}, v.withoutProxy()...)...)
}

// proxyGuide says how to run a proxy.
const proxyGuide = "https://github.com/sealane/sealane#publish-the-site"

// withoutProxy says where the verdict stands what a site without a proxy can't
// see, and what it takes.
func (v view) withoutProxy() []app.UI {
	all := v.report.NotChecked
	i := slices.IndexFunc(all, func(n check.NotChecked) bool { return n.Key == "not-checked.no-proxy" })
	if i < 0 {
		return nil
	}
	return []app.UI{el("p").class("muted").data("note", "no-proxy").body(append(v.phrase(all[i].Phrase), app.Text(" "),
		el("a").attr("href", proxyGuide).attr("target", "_blank").attr("rel", "noopener").text(v.w.Verdict.ProxyGuide))...)}
}

// againOrStop is one button in one place: the row keeps its height.
func (v view) againOrStop(again app.EventHandler) app.UI {
	b := el("button").attr("type", "button").class("quiet again")
	if v.m.State == Running {
		return b.data("act", "stop").
			on("click", func(app.Context, app.Event) { v.m.Stop() }, "stop").text(v.w.Ask.Stop)
	}
	return b.data("act", "again").on("click", again, "again").text(v.w.Ask.Again)
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
	bar := el("progress").class("bar").attr("max", itoa(max(1, p.Asked))).attr("value", itoa(p.Answered))
	if v.m.State == Done {
		bar = el("progress").class("bar done").attr("max", "1").attr("value", "1")
	}
	return el("div").class("progress").body(bar.aria("hidden", "true").body(), el("p").text(line))
}

// phrase fills a text of app/locale; a key without one is shown itself, so that
// it is seen and mended.
func (v view) phrase(p check.Phrase) []app.UI {
	text, ok := v.lang.Phrase(p.Key)
	if !ok {
		return []app.UI{app.Text(p.Key)}
	}
	args := p.Args
	if len(p.Senders) > 0 {
		args = map[string]string{"senders": locale.Senders(v.lang, p.Senders)}
	}
	return rich(text, args)
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
			parts = append(parts, el("code").text(piece))
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
	return el("section").class("evidence").body(
		el("h3").text(w.Title),
		when(shown, func() app.UI { return el("p").class("muted").text(w.Explain) }),
		el("div").class("buttons").body(
			when(shown, func() app.UI {
				return v.act("copy-link", w.CopyLink, func(ctx app.Context) {
					v.m.Copy("link", link(ctx.Page().URL(), v.m.Domain.String()))
				}, v.copied("link"))
			}),
			when(shown, func() app.UI {
				return v.act("save", w.Save, func(app.Context) {
					if name, content := v.m.Evidence(); name != "" {
						v.m.Door.Save(name, content)
					}
				}, "")
			}),
			el("label").class("button quiet").body(
				el("span").text(w.Load),
				el("input").attr("type", "file").attr("accept", ".json,application/json").class("sr").data("evidence", "file").html,
			),
			when(shown, func() app.UI {
				return v.act("print", w.Print, func(app.Context) { v.m.Door.Print() }, "")
			}),
		),
		el("p").class("muted drop").aria("live", "polite").body(v.loadFault()),
	)
}

func (v view) loadFault() app.UI {
	w := v.w.Saved
	switch v.m.Fault {
	case "bad":
		return el("span").class("wrong").data("fault", "bad").text(w.Bad)
	case "too-large":
		return el("span").class("wrong").data("fault", "too-large").text(w.TooLarge)
	}
	return el("span").text(w.Drop)
}

// act is a quiet button; said replaces its text after it was pressed.
func (v view) act(name, text string, do func(app.Context), said string, scope ...any) app.UI {
	if said != "" {
		text = said
	}
	return el("button").attr("type", "button").class("quiet").data("act", name).aria("live", "polite").
		on("click", func(ctx app.Context, _ app.Event) { do(ctx) }, append(scope, name)...).text(text)
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
