package ui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/reports"
)

// sums is what was read: in words first, then what a view shows.
func (p *Reports) sums() []app.UI {
	w := &p.Lang.UI.Reports
	all := append(append(p.words(), p.hints()...), p.filters())
	if days := p.R.Sums.Days; failures(days) > 0 && p.R.View != string(reports.ByDay) {
		all = append(all, worded("h2", "", w.Days), p.days(days), p.behind(daysList, latest(days)))
	}
	tabs := each(len(w.Views), func(i int) app.UI {
		key := w.Views[i].Key
		tab := el("button").attr("type", "button").class("quiet").data("show", key)
		if key == p.R.View {
			tab = tab.aria("pressed", "true")
		} else {
			tab = tab.aria("pressed", "false")
		}
		return tab.on("click", func(app.Context, app.Event) { p.R.Show(key) }, key).text(w.Views[i].Text)
	})
	all = append(all, defs(), el("div").class("buttons", "tabs").attr("role", "group").body(tabs...))
	switch p.R.View {
	case viewPolicies:
		return append(all, p.policies()...)
	case viewFailures:
		return append(all, p.failures()...)
	case viewLog:
		return append(all, p.log()...)
	}
	all = append(all, p.groups(p.R.View, p.R.Sums.Groups)...)
	if p.R.View == string(reports.BySource) && failures(p.R.Sums.Addresses) > 0 {
		all = append(all, worded("h2", "", w.Address))
		all = append(all, p.groups(string(reports.BySendingIP), p.R.Sums.Addresses)...)
	}
	return all
}

// words says the totals, what comes of them first.
func (p *Reports) words() []app.UI {
	w, t := &p.Lang.UI.Reports, p.R.Sums.Total
	all := t.Successful + t.Failed
	sentence := func(level, text string, rest ...app.UI) []app.UI {
		return append([]app.UI{el("p").class("headline").data("total", level).body(mark(level), worded("span", "", text))}, rest...)
	}
	switch {
	case p.R.Filter.Result != "" || all == 0 && t.Detailed > 0:
		return sentence("warning", fill(w.Detailed, "count", count(t.Detailed)))
	case all == 0:
		return sentence("unknown", w.NoSessions)
	case t.Failed == 0:
		return sentence("ok", fill(w.AllWell, "all", count(all)))
	}
	rest := []app.UI{worded("p", "", fill(w.Well, "share", tenths(100*(float64(t.Successful)/float64(all)))))}
	if t.Detailed != t.Failed {
		rest = append(rest, worded("p", "muted", fill(w.Inexact, "detailed", count(t.Detailed), "failed", count(t.Failed))))
	}
	return sentence("warning", fill(w.Some, "failed", count(t.Failed), "all", count(all)), rest...)
}

// hintLevels are the marks of hints.
var hintLevels = map[reports.HintKind]string{
	reports.MXMismatch: "error", reports.AllFailed: "error", reports.FailureInTesting: "warning", reports.StartsWithChange: "warning",
}

// hints says what stands out.
func (p *Reports) hints() []app.UI {
	all := p.R.Sums.Hints
	if len(all) == 0 {
		return nil
	}
	first, end := p.R.Shown(hints, len(all))
	lines := each(end-first, func(i int) app.UI {
		h := all[first+i]
		level := cmp.Or(hintLevels[h.Kind], "notice")
		text := fill(p.Lang.Reports.Hints.Of(string(h.Kind)), "domain", p.told(h.Domain), "subject", p.told(h.Subject), "count", count(h.Failed), "days", p.between(h.First, h.Last))
		return el("li").class("make-note").data("hint", string(h.Kind)).body(mark(level), worded("span", "", text))
	})
	return []app.UI{worded("h2", "", p.Lang.UI.Reports.StandsOut), el("ul").class("hints").body(lines...), p.pager(hints, len(all))}
}

// mostChoices is how many lines a list to choose from has at most; of more, the
// visitor writes which.
const mostChoices = 100

// filters narrow all views.
func (p *Reports) filters() app.UI {
	w, f, s := &p.Lang.UI.Reports, &p.R.Filter, &p.R.Sums
	field := func(id, label, kind string, to *string, values []string) app.UI {
		content := el("input").attr("id", id).attr("type", kind).attr("value", *to).attr("autocomplete", "off").on("change", func(ctx app.Context, e app.Event) {
			value := ""
			p.ValueTo(&value)(ctx, e)
			p.R.Narrow(to, strings.TrimSpace(value))
		}, id).html
		shown := app.UI(content)
		if len(values) > 0 && len(values) <= mostChoices {
			shown = &chooser{ID: id, Name: id, Chosen: *to, Turned: len(values), values: append([]string{""}, values...), words: locale.Terms{{Key: "", Text: w.Any}},
				take: func(_ app.Context, value string) { p.R.Narrow(to, value) }}
		}
		return el("div").body(el("label").attr("for", id).text(label), shown)
	}
	return el("fieldset").class("filters").body(worded("legend", "sr", w.Filters),
		field("reports-domain", w.Domain, "text", &f.Domain, s.Domains),
		field("reports-source", w.Source, "text", &f.Source, s.Sources),
		field("reports-result", w.Result, "text", &f.Result, s.Results),
		field("reports-from", w.From, "date", &f.From, nil),
		field("reports-to", w.To, "date", &f.To, nil),
	)
}

// failures is the largest sum of failures that a group has.
func failures(groups []reports.Group) (most uint64) {
	for _, g := range groups {
		most = max(most, g.Detailed, g.Failed)
	}
	return most
}

// groups is a bar for each group, and the same as a table.
func (p *Reports) groups(view string, groups []reports.Group) []app.UI {
	w, most := &p.Lang.UI.Reports, failures(groups)
	lines := groups
	if view == string(reports.ByDay) {
		lines = latest(groups)
	}
	first, end := p.R.Shown(view, len(lines))
	shown := lines[first:end]
	var all []app.UI
	switch {
	case most == 0:
		all = append(all, worded("p", "muted", w.NoFailures))
	case view == string(reports.ByDay):
		all = append(all, p.days(groups))
	default:
		bars := each(len(shown), func(i int) app.UI { return p.bar(view, shown[i], most) })
		all = append(all, el("ol").class("bars").body(bars...))
		if view != string(reports.ByResult) { // whose bars are named as what they show
			all = append(all, p.legend(shown))
		}
	}
	if v, key := p.view(), tableOf(view); len(groups) > 0 { // closed, it is not made: that takes longer than all else
		all = append(all, v.fold(key, w.Table, "small", when(v.m.IsOpen(key), func() app.UI { return p.table(view, shown) })))
	}
	return append(all, p.pager(view, len(groups)))
}

// daysList is the list behind the drawing of the days.
const daysList = "days"

// latest gives days with the last of them first.
func latest(days []reports.Group) []reports.Group {
	days = slices.Clone(days)
	slices.Reverse(days)
	return days
}

// behind is the table behind a drawing of days.
func (p *Reports) behind(list string, groups []reports.Group) app.UI {
	v, key := p.view(), tableOf(list)
	return v.fold(key, p.Lang.UI.Reports.Table, "small", when(v.m.IsOpen(key), func() app.UI {
		first, end := p.R.Shown(list, len(groups))
		return el("div").body(p.table(string(reports.ByDay), groups[first:end]), p.pager(list, len(groups)))
	}))
}

// tableOf names the fold with the table of a view.
func tableOf(view string) string { return "reports " + view }

// table has the figures of the groups.
func (p *Reports) table(view string, groups []reports.Group) app.UI {
	w := &p.Lang.UI.Reports
	whole := false // some views have failures only
	for _, g := range groups {
		whole = whole || g.Successful+g.Failed > 0
	}
	head := []app.UI{el("th").attr("scope", "col").text(p.Lang.Reports.By.Of(view))}
	titles := []string{w.Failed}
	if whole {
		titles = []string{w.Sessions, w.Successful, w.Failed, w.InDetail}
	}
	for _, title := range titles {
		head = append(head, el("th").attr("scope", "col").text(title))
	}
	rows := each(len(groups), func(i int) app.UI {
		g := groups[i]
		figures := []uint64{g.Detailed}
		if whole {
			figures = []uint64{g.Successful + g.Failed, g.Successful, g.Failed, g.Detailed}
		}
		cells := []app.UI{el("th").attr("scope", "row").text(p.name(g))}
		for _, n := range figures {
			cells = append(cells, worded("td", "", count(n)))
		}
		return el("tr").data("key", g.Key).body(cells...)
	})
	return el("div").class("scroll").attr("tabindex", "0").attr("role", "region").aria("label", w.Views.Of(view)).body(
		el("table").class("figures").data("by", view).body(el("thead").body(el("tr").body(head...)), el("tbody").body(rows...)))
}

// name names a group.
func (p *Reports) name(g reports.Group) string {
	name := p.told(g.Key)
	if g.Within != "" {
		name += " · " + visible(shorten(g.Within, 60))
	}
	return name
}

// told is a text of a report, or the word that there is none.
func (p *Reports) told(text string) string {
	if text == "" {
		return p.Lang.UI.Reports.NotTold
	}
	return visible(shorten(text, 120))
}

// pager says which lines of a list are shown, and turns to others; nil where all are.
func (p *Reports) pager(list string, all int) app.UI {
	if all <= perPage(list) {
		return nil
	}
	w, v := &p.Lang.UI.Reports, p.view()
	first, end := p.R.Shown(list, all)
	turn := func(name, text string, by int, none bool) app.UI {
		if none {
			return el("button").attr("type", "button").class("quiet").data("act", name).attr("disabled", "true").text(text)
		}
		return v.act(name, text, func(app.Context) { p.R.Turn(list, all, by) }, "", list, all)
	}
	return el("div").class("buttons", "pager").attr("role", "group").aria("label", w.Lines).body(
		turn("back", w.Back, -1, first == 0), turn("on", w.On, 1, end == all),
		worded("span", "muted", fill(w.Page, "first", count(uint64(first+1)), "last", count(uint64(end)), "count", count(uint64(all)))))
}
