//go:build !js

package ui

import (
	"html"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
)

// Learn is the page at LearnPath, and that of each code below it. It is written
// once, when the site is built, and stays as it is but for what learn.js does.
type Learn struct {
	app.Compo
	Lang locale.Language
	Code check.Code // of the catalogue; "" for the list
}

// Title gives the title of the document.
func (l *Learn) Title() string {
	title := l.Lang.Learn().Title
	if said, known := l.Lang.Finding(string(l.Code)); known {
		title = l.plain(said.Title)
	}
	return fill(l.Lang.UI.Shell.TitleOf, "domain", title)
}

// Summary gives what search engines show: what happens to mail.
func (l *Learn) Summary() string {
	if said, known := l.Lang.Finding(string(l.Code)); known {
		return l.plain(said.Consequence)
	}
	return l.Lang.Learn().Lede
}

// Scripts names the scripts that it loads.
func (l *Learn) Scripts() []string { return []string{"learn.js"} }

func (l *Learn) plain(text string) string {
	return strings.ReplaceAll(locale.Fill(text, l.Lang.Examples(string(l.Code))), "`", "")
}

// Render shows the finding, or the list.
func (l *Learn) Render() app.UI {
	var content []app.UI
	if entry, known := l.Code.Lookup(); known {
		content = append(content, l.finding(&entry))
	} else {
		content = l.list()
	}
	return shell(NewMachine(Closed()), l.Lang, LearnPath, content...)
}

// list links to every code, group by group.
func (l *Learn) list() []app.UI {
	w := l.Lang.Learn()
	var contents, groups, codes []app.UI
	all := check.Catalogue()
	for i := range all {
		codes = append(codes, l.row(all[i].Code))
		group := all[i].Code.Group()
		if i+1 < len(all) && all[i+1].Code.Group() == group {
			continue
		}
		title := w.Groups.Of(group)
		contents = append(contents, box("li", "", anchor(LearnPath+"#"+group, app.Text(title))))
		groups = append(groups, el("section").class("codes-of").attr("id", group).body(
			words("h2", "", title), box("ul", "code-list", codes...)))
		codes = nil
	}
	heading := box("section", "ask", words("h1", "", w.Title), words("p", "lede", w.Lede))
	return append([]app.UI{l.missing(), heading, box("ul", "contents", contents...)}, groups...)
}

// missing stands in the list's place of a heading where it is shown for a code
// that there isn't, or whose page the browser has not kept.
func (l *Learn) missing() app.UI {
	w := l.Lang.Learn()
	return el("section").class("ask").attr("hidden", "true").data("missing", w.Unknown).data("offline", w.Offline).body(
		words("h1", "", ""), words("p", "lede", w.Near), box("ul", "code-list"))
}

// row is a link to a code's page, by its title.
func (l *Learn) row(code check.Code) app.UI {
	said, _ := l.Lang.Finding(string(code))
	args := l.Lang.Examples(string(code))
	title := coded(said.Title, func(piece string) string { return html.EscapeString(visible(locale.Fill(piece, args))) })
	return box("li", "", app.Raw(`<a href="`+learnLink(string(code))+`">`+title+"</a>"), words("code", "", string(code)))
}

// finding is the page of a code. The article has the examples of the places,
// and the words of its buttons, for learn.js.
func (l *Learn) finding(e *check.Entry) app.UI {
	code, group, w := string(e.Code), e.Code.Group(), l.Lang.Learn()
	said, _ := l.Lang.Finding(code)
	article := el("article").class("learn").data("learn", code).
		data("copied", l.Lang.UI.Finding.Copied).data("select", l.Lang.UI.Finding.Select)
	for _, place := range locale.Places {
		example, _ := l.Lang.Example(code, place)
		article = article.data("example-"+place, example)
	}
	return article.body(
		box("header", "ask",
			box("p", "about", anchor(LearnPath+"#"+group, app.Text(w.Groups.Of(group))), words("code", "", code)),
			line("h1", "", l.rich(said.Title)),
			line("p", "lede", l.rich(said.Consequence)),
		),
		box("section", "", box("dl", "terms", l.terms(e, said)...)),
		box("section", "", l.commands()...),
		el("section").attr("hidden", "true").data("lab-of", code).body(words("h2", "", w.Lab), box("ul", "lab short")),
		box("p", "onward", el("a").attr("href", "/").data("check", w.CheckOf).text(w.Check), anchor(LearnPath, app.Text(w.All))),
	)
}

// terms are what is fixed about a finding.
func (l *Learn) terms(e *check.Entry, said locale.Words) []app.UI {
	w, own := &l.Lang.UI.Finding, l.Lang.Learn()
	var rows []app.UI
	add := func(term string, content ...app.UI) {
		rows = append(rows, words("dt", "", term), box("dd", "", content...))
	}
	code := func(term, text string) {
		if text != "" {
			add(term, words("code", "", text))
		}
	}
	add(w.Cause, line("p", "", l.rich(said.Cause)))
	add(w.Fix, line("p", "", l.rich(said.Fix)))
	add(w.Who, app.Text(l.Lang.Who(string(e.Who), "")))
	add(own.Levels, box("span", "levels", l.levels(e)...))
	add(w.Written, citations(e.RFC)...)
	code(w.Reports, e.Result)
	code(w.Bounces, strings.Join(e.NDR, ", "))
	if len(e.DependsOn) > 0 {
		causes := each(len(e.DependsOn), func(i int) app.UI { return l.row(e.DependsOn[i]) })
		add(own.Causes, box("ul", "code-list", causes...))
	}
	return rows
}

// levels says how much a finding counts, and whether it takes an earlier check
// to know.
func (l *Learn) levels(e *check.Entry) []app.UI {
	w := l.Lang.Learn()
	var names []string
	var parts []app.UI
	for _, possible := range e.Levels() {
		names = append(names, l.Lang.UI.Verdict.Levels.Of(level(possible)))
		parts = append(parts, mark(level(possible)))
	}
	text := strings.Join(names, w.Or)
	if len(names) > 1 {
		text = fill(w.Depends, "levels", text)
	}
	if e.History {
		text += ". " + w.History
	}
	return append(parts, app.Text(text))
}

// commands are the lines by which to see it, each to be copied. The words of a
// line break between them only: browsers would break behind a hyphen too, and a
// flag is no flag then.
func (l *Learn) commands() []app.UI {
	w := l.Lang.Learn()
	parts := []app.UI{words("h2", "", w.See), el("p").class("muted").data("own", "names").text(w.Own)}
	for _, c := range learn.Commands(string(l.Code)) {
		var pieces []string
		for word := range strings.FieldsSeq(c.Shell) {
			pieces = append(pieces, "<span>"+l.placed("var", word, false)+"</span>")
		}
		parts = append(parts, box("div", "publication",
			box("div", "command", line("pre", "", "<code>"+strings.Join(pieces, " ")+"</code>"),
				el("button").attr("type", "button").class("quiet copy").data("copy", "command").aria("live", "polite").text(l.Lang.UI.Finding.Copy)),
			line("p", "look", `<span class="muted">`+html.EscapeString(w.LookFor)+"</span> "+l.rich(w.Shows.Of(c.Shows))),
		))
	}
	return parts
}

// coded is HTML of a text whose `backticks` set code, each piece filled.
func coded(text string, filled func(piece string) string) string {
	var out strings.Builder
	for i, piece := range strings.Split(text, "`") {
		if i%2 == 1 && piece != "" {
			out.WriteString("<code>" + filled(piece) + "</code>")
		} else {
			out.WriteString(filled(piece))
		}
	}
	return out.String()
}

// rich is HTML of a text with its examples.
func (l *Learn) rich(text string) string {
	return coded(text, func(piece string) string { return l.placed("span", piece, true) })
}

// placed is HTML of a text with its examples. Those of places stand in elements
// of the tag, which learn.js finds; those of other arguments are put into words
// alone, for a command may have braces of its own.
func (l *Learn) placed(tag, text string, inWords bool) string {
	args := l.Lang.Examples(string(l.Code))
	var out strings.Builder
	say := func(text string) { out.WriteString(html.EscapeString(visible(text))) }
	for {
		before, rest, found := strings.Cut(text, "{")
		say(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		example, known := l.Lang.Example(string(l.Code), name)
		switch {
		case closed && slices.Contains(locale.Places[:], name):
			out.WriteString("<" + tag + ` data-place="` + name + `">`)
			say(args[name])
			out.WriteString("</" + tag + ">")
			text = after
		case closed && known && inWords:
			text = example + after // it may hold places
		default:
			say("{")
			text = rest
		}
	}
}

// line is an element with HTML in it. The engine puts space between elements,
// which must not come into the middle of a word.
func line(tag, class, inner string) app.UI {
	if class != "" {
		class = ` class="` + class + `"`
	}
	return app.Raw("<" + tag + class + ">" + inner + "</" + tag + ">")
}

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
