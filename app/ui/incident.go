package ui

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/explain/letter"
)

// incident is one thing that the text tells of, folded but for its head.
func (p *Explain) incident(at int) app.UI {
	i := &p.X.Incidents[at]
	m := p.X.Match(i)
	details := el("details").class("fold incident").data("form", string(m.Form))
	if i.Open { // never Open(false): written out, browsers read it as open
		details = details.attr("open", "true")
	}
	var content []app.UI
	if i.Open {
		content = p.told(at, i, m)
	}
	software, side := m.Software, p.Lang.Errors.Sides.Of(string(m.Side))
	if software == "" { // which one it is decides the side, too
		software, side = p.Lang.UI.Explain.Several, ""
	}
	return details.body(
		el("summary").on("click", func(_ app.Context, e app.Event) {
			e.PreventDefault()
			p.X.Incidents[at].Open = !p.X.Incidents[at].Open
		}, at).body(chevron(), el("h2").text(software), el("span").class("muted").text(side)),
		el("div").class("fold-body").body(content...),
	)
}

// told is what an incident means, and what can be behind it.
func (p *Explain) told(at int, i *Incident, m explain.Match) []app.UI {
	content := []app.UI{
		p.quoted(m),
		el("p").data("meaning", "true").body(rich(p.Lang.Errors.Meanings.Of(m.Form.Meaning()), map[string]string{"software": m.Software})...),
		p.facts(m),
		p.question(at, i),
	}
	if len(m.Causes) == 0 {
		return content
	}
	causes := p.X.Weighed(i)
	return append(content,
		p.checking(at, i, m),
		el("h3").text(p.Lang.UI.Explain.Causes),
		el("ol").class("causes").body(each(len(causes), func(n int) app.UI { return p.cause(m, causes[n]) })...),
		p.letter(at, m, causes),
	)
}

// quoted is the line that says it, with what is recognised in it marked; of a long one
// what stands around that.
func (p *Explain) quoted(m explain.Match) app.UI {
	before, after := p.X.Text[:m.Span.Start], p.X.Text[m.Span.End:]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	after, _, _ = strings.Cut(after, "\n")
	if from := len(before) - around; from > 0 {
		for !utf8.RuneStart(before[from]) {
			from++
		}
		before = "…" + before[from:]
	}
	return el("pre").class("quoted").body(el("code").body(app.Text(visible(before)),
		el("mark").text(lines(shorten(p.X.Text[m.Span.Start:m.Span.End], 3*around))), app.Text(visible(shorten(strings.TrimSuffix(after, "\r"), around)))))
}

// around is how many bytes of a line are quoted on either side of what it says.
const around = 200

// facts are what the text says whom it is about.
func (p *Explain) facts(m explain.Match) app.UI {
	var terms []app.UI
	add := func(term, text string) {
		if text != "" {
			terms = append(terms, el("dt").text(term), el("dd").body(el("code").text(visible(text))))
		}
	}
	w := p.Lang.Errors.Letter.Facts
	add(w.Of("domain"), m.Domain.String())
	add(w.Of("host"), m.Host.String())
	if m.Address != (netip.Addr{}) {
		add(w.Of("address"), m.Address.String())
	}
	if m.Time != "" && m.Count > 1 {
		add(w.Of("time"), m.Time+" ("+fill(p.Lang.UI.Explain.Count, "count", itoa(m.Count))+")")
	} else {
		add(w.Of("time"), m.Time)
	}
	return el("dl").class("terms").body(terms...)
}

// question is the one that decides what an ambiguous text means.
func (p *Explain) question(at int, i *Incident) app.UI {
	asks, ask := p.Lang.Errors.Asks, i.read.Ask
	if ask == "" {
		return nil
	}
	return el("div").class("question").attr("role", "group").aria("label", asks.Of(ask)).body(
		el("p").body(el("strong").text(asks.Of(ask))),
		el("div").class("buttons").body(each(len(i.read.Answers), func(n int) app.UI {
			id := i.read.Answers[n].ID
			b := el("button").attr("type", "button").class("quiet").data("answer", id).aria("pressed", "false")
			if i.Answer == id {
				b = b.aria("pressed", "true")
			}
			return b.on("click", func(app.Context, app.Event) { p.X.Incidents[at].Answer = id }, at, id).text(asks.Of(ask + "." + id))
		})...),
	)
}

// causeMarks are the marks of states.
var causeMarks = [...]string{explain.Open: "unknown", explain.Holds: "error", explain.Struck: "ok"}

// cause is one of them: what it is and what to do, and what a check says of it.
func (p *Explain) cause(m explain.Match, c explain.Weighed) app.UI {
	words, _ := p.Lang.Errors.Cause(string(c.ID))
	tag := "span"
	if c.State == explain.Struck {
		tag = "s"
	}
	says := append([]app.UI{}, rich(words.Says, nil)...)
	content := []app.UI{
		el("p").body(mark(causeMarks[c.State]), el(tag).class("says").body(says...)),
		el("p").class("muted state").text(p.state(m, c)),
	}
	if c.State != explain.Struck {
		content = append(content, el("p").body(append(rich(words.Do, nil),
			app.Text(" "), el("span").class("muted").text("("+p.Lang.Errors.Fixers.Of(string(c.Side))+")"))...))
	}
	return el("li").class("cause").data("cause", string(c.ID)).data("state", c.State.String()).body(append(content, p.shown(m, c))...)
}

// state says what a check says of a cause, or why none does.
func (p *Explain) state(m explain.Match, c explain.Weighed) string {
	if c.State == explain.Open && len(c.Codes) > 0 {
		w := p.Lang.UI.Explain
		if r, known := p.X.report(m.Domain); !known || !r.Progress.Done {
			return w.Unasked
		}
		return w.Unseen
	}
	return p.Lang.Errors.States.Of(c.State.String())
}

// shown is what shows a cause: the findings that do, or else those that would.
func (p *Explain) shown(m explain.Match, c explain.Weighed) app.UI {
	if c.State == explain.Holds {
		v := p.view()
		r, _ := p.X.report(m.Domain)
		v.report = &r
		return el("ul").class("plain").body(each(len(c.Findings), func(n int) app.UI {
			f := c.Findings[n]
			words, _ := v.lang.Finding(string(f.Code))
			return el("li").class("about").body(el("code").class("subject").text(visible(f.Subject)),
				el("span").class("title").body(rich(words.Title, f.Args)...), v.learnMore(f))
		})...)
	}
	if len(c.Codes) == 0 || c.State == explain.Struck {
		return nil
	}
	return el("details").class("fold small").body(
		el("summary").body(chevron(), el("span").text(p.Lang.UI.Explain.Apart)),
		el("ul").class("fold-body plain").body(each(len(c.Codes), func(n int) app.UI { return p.learn(c.Codes[n]) })...),
	)
}

// learn links to a code's page.
func (p *Explain) learn(code check.Code) app.UI {
	return el("li").body(el("a").attr("href", learnLink(string(code))).text(p.Lang.Diagnosis(code.Group(), strings.TrimPrefix(string(code), code.Group()+"."))))
}

func (p *Explain) view() view {
	m := p.X.Machine
	return view{m: m, report: &m.Report, lang: p.Lang, w: p.Lang.UI}
}

// domainID is the id of the field that names the domain of an incident.
func domainID(at int) string { return "explain-domain-" + itoa(at) }

// checking is the button that checks the domain, with a field where the text names
// none, and the way to the whole report.
func (p *Explain) checking(at int, i *Incident, m explain.Match) app.UI {
	w, domain := p.Lang.UI.Explain, m.Domain.String()
	r, known := p.X.report(m.Domain)
	running := known && !r.Progress.Done && p.X.Machine.State == Running
	state := "new"
	switch {
	case running:
		state = "running"
	case known:
		state = "again"
	case domain == "":
		state = "unnamed"
	}
	button := el("button").attr("type", "submit").class("primary").data("act", "check").text(fill(w.Checks.Of(state), "domain", domain))
	content := []app.UI{button}
	if i.read.Domain.IsZero() {
		field := el("input").attr("id", domainID(at)).attr("type", "text").class("field").verbatim().attr("inputmode", "url").attr("placeholder", "example.com").
			on("input", func(ctx app.Context, e app.Event) { p.ValueTo(&p.X.Incidents[at].Typed)(ctx, e) }, at)
		if i.Wrong != "" {
			field = field.aria("invalid", "true")
		}
		content = []app.UI{el("label").attr("for", domainID(at)).text(w.Domain), field.html, button}
	}
	if i.Wrong != "" {
		content = append(content, el("span").class("wrong").data("wrong", i.Wrong).body(mark("error"), app.Text(fill(p.Lang.UI.Ask.Wrong.Of(i.Wrong), "input", visible(shorten(i.Typed, 80))))))
	}
	if known && !running {
		content = append(content, el("a").attr("href", "/?d="+url.QueryEscape(domain)).data("whole", domain).text(fill(w.Whole, "domain", domain)))
	}
	return el("form").class("checking").aria("live", "polite").on("submit", func(ctx app.Context, e app.Event) {
		e.PreventDefault()
		p.check(ctx, at)
	}, at).body(content...)
}

// letter is one to the administrator of the other side, to copy or to send.
func (p *Explain) letter(at int, m explain.Match, causes []explain.Weighed) app.UI {
	var seen time.Time
	if r, known := p.X.report(m.Domain); known && r.Progress.Done {
		seen = r.At
	}
	l, ok := letter.Write(p.Lang, p.X.Text, m, causes, seen)
	if !ok {
		return nil
	}
	w := p.Lang.UI.Explain
	mail := "mailto:?subject=" + url.PathEscape(l.Subject) + "&body=" + url.PathEscape(l.Body)
	return el("details").class("fold letter").body(
		el("summary").body(chevron(), el("span").text(w.Letter)),
		el("div").class("publication").body(
			el("p").class("publication-head").body(el("strong").text(l.Subject),
				p.view().copyButton("letter "+itoa(at), l.String()), el("a").attr("href", mail).text(w.Mail)),
			el("pre").attr("tabindex", "0").body(el("code").text(lines(l.Body))),
		),
	)
}

// near are the nearest texts that are known.
func (p *Explain) near() app.UI {
	near := p.X.Read.Near
	return el("ul").class("near").body(each(len(near), func(n int) app.UI {
		return el("li").data("near", string(near[n])).body(rich(p.Lang.Errors.Meanings.Of(near[n].Meaning()), map[string]string{"software": near[n].Software()})...)
	})...)
}
