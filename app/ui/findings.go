package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
)

// mendFirst lists errors and warnings, numbered.
func (v view) mendFirst() app.UI {
	w := v.w.Verdict
	var rows []app.UI
	for i, f := range v.report.Findings {
		if f.Level >= check.Warning {
			rows = append(rows, v.finding(i, len(rows)+1))
		}
	}
	section := el("section").class("mend")
	title := el("h3").text(w.Mend)
	if len(rows) > 0 {
		return section.body(title, el("ol").class("findings").body(rows...))
	}
	text, name := w.MendPending, "pending"
	switch {
	case v.m.State != Done:
	case v.report.Complete():
		text, name = w.MendNothing, "ok"
	default:
		text, name = w.MendUnseen, "unknown"
	}
	return section.body(title, el("p").class("nothing").body(mark(name), app.Text(text)))
}

// others folds away what needs no mending.
func (v view) others() app.UI {
	var notices, fine []app.UI
	for i, f := range v.report.Findings {
		switch f.Level {
		case check.Notice, check.Unknown:
			notices = append(notices, v.finding(i, 0))
		case check.OK:
			fine = append(fine, v.finding(i, 0))
		}
	}
	w := v.w.Verdict
	return el("section").class("others").body(
		v.fold("notices", fill(w.Also, "count", itoa(len(notices))), "", el("ul").class("findings").body(notices...)),
		v.fold("fine", fill(w.InOrder, "count", itoa(len(fine))), "", el("ul").class("findings").body(fine...)),
	)
}

// findingKey names a finding by code, subject and, where it was made more than
// once, by how many of the same go before.
func (v view) findingKey(i int) string {
	f, before := v.report.Findings[i], 0
	for _, other := range v.report.Findings[:i] {
		if other.Code == f.Code && other.Subject == f.Subject {
			before++
		}
	}
	return string(f.Code) + " " + f.Subject + " " + itoa(before)
}

// finding is the row of the i-th finding: the consequence first, then the code,
// then on demand why and how to mend it. Number 0 stands for none.
func (v view) finding(i, number int) app.UI {
	f, key := v.report.Findings[i], v.findingKey(i)
	words, known := v.lang.Finding(string(f.Code))
	consequence := rich(words.Consequence, f.Args)
	if !known {
		consequence = []app.UI{app.Text(fill(v.w.Finding.NoWords, "code", string(f.Code)))}
	}
	name := level(f.Level)
	return el("li").class("finding", "level-"+name).
		data("code", string(f.Code)).data("level", name).data("subject", f.Subject).body(
		el("div").class("finding-mark").body(
			when(number > 0, func() app.UI { return el("span").class("number").text(itoa(number)) }),
			mark(name),
			el("span").class("sr").text(v.w.Verdict.Levels.Of(name)),
		),
		el("div").class("finding-body").body(
			el("p").class("consequence").body(consequence...),
			el("p").class("about").body(
				el("code").class("subject").text(visible(f.Subject)),
				el("span").class("title").body(rich(words.Title, f.Args)...),
				v.learnMore(f),
			),
			v.fold("finding "+key, v.w.Finding.Why, "why", v.explanation(f, key, words)...),
		),
	)
}

// learnMore is the finding's code: a link to its page about the names here.
func (v view) learnMore(f check.Finding) app.UI {
	name, host := f.Args["name"], f.Args["host"]
	if name == "" {
		name = f.Args["pattern"]
	}
	if !isName(host) {
		host = v.hostOf(f).String()
	}
	code := string(f.Code)
	href := learnLink(code, "domain", v.report.Domain.String(), "host", host, "ip", f.Args["ip"], "name", name)
	return el("a").class("code").attr("href", href).
		attr("title", fill(v.w.Finding.Learn, "code", code)).body(el("code").text(code))
}

// hostOf is the mail host that a finding is about, the first where it is about
// none: commands that need one show it there.
func (v view) hostOf(f check.Finding) dnsname.Name {
	subject, _, _ := strings.Cut(f.Subject, " ")
	for _, h := range v.report.Hosts {
		if h.Host.String() == subject {
			return h.Host
		}
	}
	if len(v.report.Hosts) > 0 {
		return v.report.Hosts[0].Host
	}
	return dnsname.Name{}
}

// explanation is cause, fix, what to publish, who can, and where it is written.
func (v view) explanation(f check.Finding, key string, words locale.Words) []app.UI {
	w := v.w.Finding
	entry, _ := f.Code.Lookup()
	terms := make([]app.UI, 0, 12)
	add := func(term string, content ...app.UI) {
		terms = append(terms, el("dt").text(term), el("dd").body(content...))
	}
	if words.Cause != "" {
		add(w.Cause, rich(words.Cause, f.Args)...)
	}
	if words.Fix != "" {
		add(w.Fix, rich(words.Fix, f.Args)...)
	}
	if entry.Who != "" {
		add(w.Who, app.Text(v.lang.Who(string(entry.Who), f.Provider)))
	}
	if len(entry.RFC) > 0 {
		add(w.Written, citations(entry.RFC)...)
	}
	if text := v.readers(string(f.Code)); text != "" {
		add(w.Read, app.Text(text))
	}
	if entry.Result != "" {
		add(w.Reports, el("code").text(entry.Result))
	}
	if len(entry.NDR) > 0 {
		add(w.Bounces, el("code").text(strings.Join(entry.NDR, ", ")))
	}
	parts := []app.UI{el("dl").class("terms").body(terms...)}
	for i, p := range f.Publish {
		parts = append(parts, v.publication("publish "+key+" "+itoa(i), p))
	}
	return parts
}

// citations link to the sections at the RFC editor's.
func citations(cited []check.Citation) []app.UI {
	links := make([]app.UI, 0, len(cited))
	for _, c := range cited {
		text, href := "RFC "+itoa(c.RFC), "https://www.rfc-editor.org/rfc/rfc"+strconv.Itoa(c.RFC)
		if c.Section != "" {
			text += " §" + c.Section
			anchor := "#section-"
			if c.Section[0] > '9' {
				anchor = "#appendix-"
			}
			href += anchor + c.Section
		}
		links = append(links, el("a").class("rfc").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer").text(text))
	}
	return links
}

// publication is one thing to publish or to take away, with a copy button.
func (v view) publication(key string, p check.Publication) app.UI {
	w := v.w.Finding
	title := fill(w.Record, "type", p.Type, "name", p.Name)
	whole := p.Value
	if p.Type == "file" {
		title = fill(w.File, "name", p.Name)
	}
	verb := w.Publish
	if p.Remove {
		verb = w.Remove
	}
	return el("div").class("publication").data("type", p.Type).data("name", p.Name).body(
		el("p").class("publication-head").body(
			el("strong").text(verb),
			el("span").text(visible(title)),
			v.copyButton(key, whole),
		),
		el("pre").attr("tabindex", "0").body(el("code").text(lines(whole))),
	)
}

// copyButton copies text, and says that it has until the text is another. The scope
// holds the text too: the engine keeps an old handler where the scope is the same.
func (v view) copyButton(key, text string) app.UI {
	label, pressed := v.w.Finding.Copy, key+"\n"+text
	if said := v.copied(pressed); said != "" {
		label = said
	}
	return el("button").attr("type", "button").class("quiet copy").data("copy", key).aria("live", "polite").
		on("click", func(app.Context, app.Event) { v.m.Copy(pressed, text) }, key, text).text(label)
}

// notChecked says what was not looked at, and why.
func (v view) notChecked() app.UI {
	w := v.w.Verdict
	rows := make([]app.UI, 0, len(v.report.NotChecked))
	for _, n := range v.report.NotChecked {
		rows = append(rows, el("li").data("not-checked", n.Key).data("subject", n.Subject).body(
			mark("unknown"), el("span").body(v.phrase(n.Phrase)...)))
	}
	title, body := w.NotChecked, app.UI(el("p").class("muted").text(w.AllChecked))
	if len(rows) > 0 {
		title, body = fill(w.NotCheckedN, "count", itoa(len(rows))), el("ul").class("not-checked").body(rows...)
	}
	return el("section").class("others").body(v.fold("not-checked", title, "", body))
}

// fold is a part that the visitor unfolds. Its state is ours and goes by key,
// not by place: rows move while results come in.
func (v view) fold(key, title, class string, content ...app.UI) app.UI {
	details := el("details").class("fold", class)
	if v.m.IsOpen(key) { // never Open(false): written out, browsers read it as open
		details = details.attr("open", "true")
	}
	return details.body(
		el("summary").on("click", func(_ app.Context, e app.Event) {
			e.PreventDefault()
			v.m.Toggle(key)
		}, key).body(chevron(), el("span").text(title)),
		el("div").class("fold-body").body(content...),
	)
}

func chevron() app.UI { return icon("chevron", "M6 3.5 10.5 8 6 12.5") }

// lines makes a text of several lines visible line by line.
func lines(s string) string {
	parts := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range parts {
		parts[i] = visible(parts[i])
	}
	return strings.Join(parts, "\n")
}
