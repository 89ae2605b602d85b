package ui

import (
	"net/url"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
)

// LearnPath is where the list of findings is; a finding's page is below it.
const LearnPath = "/learn"

// Learn is the page at LearnPath, and that of each code below it.
type Learn struct {
	app.Compo
	M    *Machine
	Lang locale.Language
	// Path is the page's, before the browser has told it; "" shows nothing yet.
	Path string

	names learn.Names
}

// OnMount asks for the configuration, which lists the lab's domains.
func (l *Learn) OnMount(ctx app.Context) { configure(ctx, l.M) }

// OnNav shows the code that the URL names, with the names in its query.
func (l *Learn) OnNav(ctx app.Context) {
	here := ctx.Page().URL()
	l.Path, l.names = here.Path, learn.ReadNames(here.Query().Get)
	ctx.Page().SetTitle(l.Title())
	ctx.Update()
	ctx.Defer(func(app.Context) { l.M.Door.Ready() })
}

// Code gives the code in the path, "" for the list.
func (l *Learn) Code() string {
	return strings.Trim(strings.TrimPrefix(l.Path, LearnPath), "/")
}

// Title gives the title of the document.
func (l *Learn) Title() string {
	code, title := l.Code(), l.Lang.UI.Learn.Title
	if words, known := l.Lang.Finding(code); known {
		title = strings.ReplaceAll(locale.Fill(words.Title, l.args(code)), "`", "")
	} else if code != "" {
		title = fill(l.Lang.UI.Learn.Unknown, "code", visible(shorten(code, 80)))
	}
	return fill(l.Lang.UI.Shell.TitleOf, "domain", title)
}

// Summary gives what search engines show: what happens to mail.
func (l *Learn) Summary() string {
	if words, known := l.Lang.Finding(l.Code()); known {
		return strings.ReplaceAll(locale.Fill(words.Consequence, l.args(l.Code())), "`", "")
	}
	return l.Lang.UI.Learn.Lede
}

// args fills words and commands: the names of the URL, else examples.
func (l *Learn) args(code string) map[string]string {
	return l.Lang.Examples(code, l.names.Args())
}

// Render shows the finding, the list, or that there is no such code.
func (l *Learn) Render() app.UI {
	code := l.Code()
	entry, known := check.Code(code).Lookup()
	switch {
	case l.Path == "":
		return shell(l.M, l.Lang, LearnPath)
	case code == "":
		return shell(l.M, l.Lang, LearnPath, l.list()...)
	case !known:
		return shell(l.M, l.Lang, LearnPath, l.unknown(code)...)
	}
	return shell(l.M, l.Lang, LearnPath, l.finding(entry)...)
}

// list links to every code, group by group.
func (l *Learn) list() []app.UI {
	w := l.Lang.UI.Learn
	parts := []app.UI{el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Lede))}
	var contents, groups, rows []app.UI
	all := check.Catalogue()
	for i, e := range all {
		rows = append(rows, l.row(string(e.Code)))
		group := e.Code.Group()
		if i+1 < len(all) && all[i+1].Code.Group() == group {
			continue
		}
		title := w.Groups.Of(group)
		contents = append(contents, el("li").body(el("a").attr("href", LearnPath+"#"+group).text(title)))
		groups = append(groups, el("section").class("codes-of").attr("id", group).body(
			el("h2").text(title), el("ul").class("code-list").body(rows...)))
		rows = nil
	}
	parts = append(parts, el("ul").class("contents").body(contents...))
	return append(parts, groups...)
}

// row is a link to a code's page, by its title.
func (l *Learn) row(code string) app.UI {
	words, _ := l.Lang.Finding(code)
	return el("li").data("code", code).body(
		el("a").attr("href", l.link(code)).body(rich(words.Title, l.args(code))...),
		el("code").text(code),
	)
}

// link leads to another code's page and takes the names along.
func (l *Learn) link(code string) string { return learnLink(code, l.names) }

// learnLink gives the URL of a code's page about those names.
func learnLink(code string, names learn.Names) string {
	query := url.Values{}
	for _, pair := range names.Query() {
		query.Set(pair[0], pair[1])
	}
	link := LearnPath + "/" + url.PathEscape(code)
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return link
}

// unknown says that there is no such code, and which are near.
func (l *Learn) unknown(code string) []app.UI {
	w := l.Lang.UI.Learn
	var all []string
	for _, e := range check.Catalogue() {
		all = append(all, string(e.Code))
	}
	near := learn.Near(code, all)
	return []app.UI{
		el("section").class("ask").data("unknown", "true").body(
			el("h1").text(fill(w.Unknown, "code", visible(shorten(code, 80)))), el("p").class("lede").text(w.Near)),
		el("ul").class("code-list").body(each(len(near), func(i int) app.UI { return l.row(near[i]) })...),
		el("p").class("onward").body(el("a").attr("href", LearnPath).text(w.All)),
	}
}

// finding is the page of a code.
func (l *Learn) finding(e check.Entry) []app.UI {
	w, code := l.Lang.UI.Learn, string(e.Code)
	words, _ := l.Lang.Finding(code)
	args := l.args(code)
	return []app.UI{
		el("article").class("learn").data("learn", code).body(
			el("header").class("ask").body(
				el("p").class("about").body(
					el("a").attr("href", LearnPath+"#"+e.Code.Group()).text(w.Groups.Of(e.Code.Group())),
					el("code").text(code),
				),
				el("h1").body(rich(words.Title, args)...),
				el("p").class("lede").body(rich(words.Consequence, args)...),
			),
			el("section").body(l.terms(e, words, args)),
			el("section").class("see").body(l.commands(code, args)...),
			l.shownBy(code),
			l.onward(),
		),
	}
}

// terms are what is fixed about a finding.
func (l *Learn) terms(e check.Entry, words locale.Words, args map[string]string) app.UI {
	w := l.Lang.UI
	var rows []app.UI
	add := func(term string, content ...app.UI) {
		if len(content) > 0 {
			rows = append(rows, el("dt").text(term), el("dd").body(content...))
		}
	}
	code := func(text string) []app.UI {
		if text == "" {
			return nil
		}
		return []app.UI{el("code").text(text)}
	}
	add(w.Finding.Cause, rich(words.Cause, args)...)
	add(w.Finding.Fix, rich(words.Fix, args)...)
	who, _ := l.Lang.Phrase("who." + string(e.Who))
	add(w.Finding.Who, app.Text(who))
	add(w.Learn.Levels, l.levels(e)...)
	add(w.Finding.Written, citations(e.RFC)...)
	add(w.Finding.Reports, code(e.Result)...)
	add(w.Finding.Bounces, code(strings.Join(e.NDR, ", "))...)
	if causes := e.DependsOn; len(causes) > 0 {
		add(w.Learn.Causes, el("ul").class("code-list").body(
			each(len(causes), func(i int) app.UI { return l.row(string(causes[i])) })...))
	}
	return el("dl").class("terms").body(rows...)
}

// levels says how much a finding counts, and when that is open, and whether it
// takes an earlier check to know.
func (l *Learn) levels(e check.Entry) []app.UI {
	w := l.Lang.UI
	var parts []app.UI
	names := make([]string, 0, 4)
	for _, l := range e.Levels() {
		names = append(names, w.Verdict.Levels.Of(level(l)))
		parts = append(parts, mark(level(l)))
	}
	text := strings.Join(names, w.Learn.Or)
	if len(names) > 1 {
		text = fill(w.Learn.Depends, "levels", text)
	}
	parts = append(parts, el("span").text(text))
	if e.NeedsHistory() {
		parts = append(parts, el("span").class("muted").text(w.Learn.History))
	}
	return []app.UI{el("span").class("levels").body(parts...)}
}

// commands are the lines by which to see it, each to be copied.
func (l *Learn) commands(code string, args map[string]string) []app.UI {
	w := l.Lang.UI.Learn
	v := view{m: l.M, lang: l.Lang, w: l.Lang.UI}
	parts := []app.UI{el("h2").text(w.See), el("p").class("muted").text(w.Own)}
	for i, c := range learn.Commands(code) {
		line := locale.Fill(c.Shell, args)
		key := "command " + code + " " + itoa(i)
		look := append([]app.UI{el("span").class("muted").text(w.LookFor), app.Text(" ")}, rich(w.Shows.Of(c.Shows), args)...)
		parts = append(parts, el("div").class("publication").data("command", itoa(i)).body(
			el("div").class("publication-head").body(
				el("p").class("look").body(look...), v.copyButton(key, line)),
			el("pre").attr("tabindex", "0").body(el("code").text(line)),
		))
	}
	return parts
}

// shownBy links to the lab's domains that have the finding.
func (l *Learn) shownBy(code string) app.UI {
	var rows []app.UI
	for _, d := range l.M.Config.Lab {
		for _, c := range d.Codes {
			if c == code {
				rows = append(rows, el("li").data("lab", d.Domain).body(
					el("a").attr("href", "/?d="+url.QueryEscape(d.Domain)).body(el("code").text(d.Domain)),
					el("p").text(visible(d.Wrong))))
				break
			}
		}
	}
	return when(len(rows) > 0, func() app.UI {
		return el("section").body(el("h2").text(l.Lang.UI.Learn.Lab), el("ul").class("lab short").body(rows...))
	})
}

// onward leads to a check, and to the list.
func (l *Learn) onward() app.UI {
	w, href, text := l.Lang.UI.Learn, "/", l.Lang.UI.Learn.Check
	if d := l.names.Domain; !d.IsZero() {
		href, text = "/?d="+url.QueryEscape(d.String()), fill(w.CheckOf, "domain", d.String())
	}
	return el("p").class("onward").body(
		el("a").attr("href", href).text(text),
		el("a").attr("href", LearnPath).text(w.All),
	)
}
