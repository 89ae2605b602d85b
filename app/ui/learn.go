package ui

import (
	"net/url"
	"slices"
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
	moved := l.M.arrived && here.Fragment == ""
	l.M.arrived = true
	ctx.Defer(func(ctx app.Context) {
		if moved { // the engine leaves the window where the page before was read
			ctx.ScrollTo(topID)
		}
		l.M.Door.Ready()
	})
}

// Code gives the code in the path, "" for the list.
func (l *Learn) Code() string {
	return strings.Trim(strings.TrimPrefix(l.Path, LearnPath), "/")
}

// Title gives the title of the document.
func (l *Learn) Title() string {
	code, title := l.Code(), l.Lang.UI.Learn.Title
	if said, known := l.Lang.Finding(code); known {
		title = l.plain(said.Title)
	} else if code != "" {
		title = l.noSuch(code)
	}
	return fill(l.Lang.UI.Shell.TitleOf, "domain", title)
}

// Summary gives what search engines show: what happens to mail.
func (l *Learn) Summary() string {
	if said, known := l.Lang.Finding(l.Code()); known {
		return l.plain(said.Consequence)
	}
	return l.Lang.UI.Learn.Lede
}

func (l *Learn) plain(text string) string {
	return strings.ReplaceAll(locale.Fill(text, l.args(l.Code())), "`", "")
}

func (l *Learn) noSuch(code string) string {
	return fill(l.Lang.UI.Learn.Unknown, "code", visible(shorten(code, 80)))
}

// args fills words and commands: the names of the URL, else examples.
func (l *Learn) args(code string) map[string]string {
	return l.Lang.Examples(code, l.names.Args())
}

// Render shows the finding, the list, or that there is no such code.
func (l *Learn) Render() app.UI {
	code := l.Code()
	entry, known := check.Code(code).Lookup()
	var content []app.UI
	switch {
	case l.Path == "":
	case code == "":
		content = l.list()
	case known:
		content = l.finding(&entry)
	default:
		content = l.unknown(code)
	}
	return shell(l.M, l.Lang, LearnPath, content...)
}

// list links to every code, group by group.
func (l *Learn) list() []app.UI {
	w := &l.Lang.UI.Learn
	var contents, groups, codes []app.UI
	all := catalogued()
	for i, code := range all {
		codes = append(codes, l.row(code))
		group := check.Code(code).Group()
		if i+1 < len(all) && check.Code(all[i+1]).Group() == group {
			continue
		}
		title := w.Groups.Of(group)
		contents = append(contents, box("li", "", anchor(LearnPath+"#"+group, app.Text(title))))
		groups = append(groups, el("section").class("codes-of").attr("id", group).body(
			words("h2", "", title), box("ul", "code-list", codes...)))
		codes = nil
	}
	return append([]app.UI{heading(w.Title, w.Lede), box("ul", "contents", contents...)}, groups...)
}

// heading is how a page begins.
func heading(title, lede string) app.UI {
	return box("section", "ask", words("h1", "", title), words("p", "lede", lede))
}

// row is a link to a code's page, by its title.
func (l *Learn) row(code string) app.UI {
	said, _ := l.Lang.Finding(code)
	return box("li", "", anchor(learnLink(code, l.names), rich(said.Title, l.args(code))...), words("code", "", code))
}

// learnLink gives the URL of a code's page about those names.
func learnLink(code string, names learn.Names) string {
	return LearnPath + "/" + code + names.Query()
}

// unknown says that there is no such code, and which are near.
func (l *Learn) unknown(code string) []app.UI {
	return []app.UI{heading(l.noSuch(code), l.Lang.UI.Learn.Near), l.rows(learn.Near(code, catalogued())), l.onward()}
}

// catalogued are all codes.
func catalogued() []string {
	all := check.Catalogue()
	codes := make([]string, len(all))
	for i := range all {
		codes[i] = string(all[i].Code)
	}
	return codes
}

// rows is a list of codes.
func (l *Learn) rows(codes []string) app.UI {
	return box("ul", "code-list", each(len(codes), func(i int) app.UI { return l.row(codes[i]) })...)
}

// finding is the page of a code.
func (l *Learn) finding(e *check.Entry) []app.UI {
	code, group := string(e.Code), e.Code.Group()
	said, _ := l.Lang.Finding(code)
	args := l.args(code)
	return []app.UI{el("article").class("learn").data("learn", code).body(
		box("header", "ask",
			box("p", "about", anchor(LearnPath+"#"+group, app.Text(l.Lang.UI.Learn.Groups.Of(group))), words("code", "", code)),
			box("h1", "", rich(said.Title, args)...),
			box("p", "lede", rich(said.Consequence, args)...),
		),
		box("section", "", box("dl", "terms", l.terms(e, said, args)...)),
		box("section", "", l.commands(code, args)...),
		l.shownBy(code),
		l.onward(),
	)}
}

// terms are what is fixed about a finding.
func (l *Learn) terms(e *check.Entry, said locale.Words, args map[string]string) []app.UI {
	w := &l.Lang.UI
	var rows []app.UI
	add := func(term string, content ...app.UI) {
		rows = append(rows, words("dt", "", term), box("dd", "", content...))
	}
	code := func(term, text string) {
		if text != "" {
			add(term, words("code", "", text))
		}
	}
	add(w.Finding.Cause, rich(said.Cause, args)...)
	add(w.Finding.Fix, rich(said.Fix, args)...)
	who, _ := l.Lang.Phrase("who." + string(e.Who))
	add(w.Finding.Who, app.Text(who))
	add(w.Learn.Levels, box("span", "levels", l.levels(e)...))
	add(w.Finding.Written, citations(e.RFC)...)
	code(w.Finding.Reports, e.Result)
	code(w.Finding.Bounces, strings.Join(e.NDR, ", "))
	if len(e.DependsOn) > 0 {
		var causes []string
		for _, c := range e.DependsOn {
			causes = append(causes, string(c))
		}
		add(w.Learn.Causes, l.rows(causes))
	}
	return rows
}

// levels says how much a finding counts, and whether it takes an earlier check
// to know.
func (l *Learn) levels(e *check.Entry) []app.UI {
	w := &l.Lang.UI
	var names []string
	var parts []app.UI
	for _, possible := range e.Levels() {
		names = append(names, w.Verdict.Levels.Of(level(possible)))
		parts = append(parts, mark(level(possible)))
	}
	text := strings.Join(names, w.Learn.Or)
	if len(names) > 1 {
		text = fill(w.Learn.Depends, "levels", text)
	}
	if e.NeedsHistory() {
		text += ". " + w.Learn.History
	}
	return append(parts, app.Text(text))
}

// commands are the lines by which to see it, each to be copied.
func (l *Learn) commands(code string, args map[string]string) []app.UI {
	w := &l.Lang.UI.Learn
	v := view{m: l.M, lang: l.Lang, w: l.Lang.UI}
	parts := []app.UI{words("h2", "", w.See)}
	if l.names.Domain.IsZero() || l.names.Host.IsZero() {
		parts = append(parts, words("p", "muted", w.Own))
	}
	for i, c := range learn.Commands(code) {
		line := locale.Fill(c.Shell, args)
		look := []app.UI{words("span", "muted", w.LookFor), app.Text(" ")}
		parts = append(parts, box("div", "publication",
			box("div", "command", box("pre", "", box("code", "", pieces(line)...)), v.copyButton(code+" "+itoa(i), line)),
			box("p", "look", append(look, rich(w.Shows.Of(c.Shows), args)...)...),
		))
	}
	return parts
}

// pieces are the words of a line, which breaks between them only: browsers would
// break behind a hyphen too, and a flag is no flag then.
func pieces(line string) []app.UI {
	var parts []app.UI
	for word := range strings.FieldsSeq(line) {
		if len(parts) > 0 {
			parts = append(parts, app.Text(" "))
		}
		parts = append(parts, words("span", "", word))
	}
	return parts
}

// shownBy links to the lab's domains that have the finding.
func (l *Learn) shownBy(code string) app.UI {
	var rows []app.UI
	for i := range l.M.Config.Lab {
		if d := &l.M.Config.Lab[i]; slices.Contains(d.Codes, code) {
			rows = append(rows, box("li", "", anchor(checkLink(d.Domain), words("code", "", d.Domain)), words("p", "", visible(d.Wrong))))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return box("section", "", words("h2", "", l.Lang.UI.Learn.Lab), box("ul", "lab short", rows...))
}

// onward leads to a check, and to the list.
func (l *Learn) onward() app.UI {
	w := &l.Lang.UI.Learn
	href, text := "/", w.Check
	if d := l.names.Domain.String(); d != "" {
		href, text = checkLink(d), fill(w.CheckOf, "domain", d)
	}
	return box("p", "onward", anchor(href, app.Text(text)), anchor(LearnPath, app.Text(w.All)))
}

func checkLink(domain string) string { return "/?d=" + url.QueryEscape(domain) }

// box is an element with content and, where it isn't "", a class.
func box(tag, class string, content ...app.UI) app.UI {
	return el(tag).attr("class", class).body(content...)
}

// words is an element with text alone.
func words(tag, class, text string) app.UI { return el(tag).attr("class", class).text(text) }

// anchor is a link.
func anchor(href string, content ...app.UI) app.UI {
	return el("a").attr("href", href).body(content...)
}
