package ui

import (
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
)

// made is what to publish.
func (p *Make) made() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	out := el("section").class("make-made").aria("live", "polite").data("made", itoa(len(m.Made.Records)))
	if len(m.Made.Records) == 0 {
		text := p.lacking()
		if text == "" {
			text = w.Nothing
		}
		return out.body(el("p").class("muted").text(text), p.outbound())
	}
	content := []app.UI{when(m.Behind, func() app.UI {
		return el("p").class("wrong").data("behind", "true").body(mark("error"), app.Text(p.lacking()+" "+w.Older))
	}), el("h2").text(w.Records), p.forms()}
	for i, z := range m.Made.Zones() {
		content = append(content, p.zone(i, z))
	}
	content = append(content, p.advice(), p.files(), p.plan(), p.outbound(), el("p").body(
		el("a").attr("href", checkLink(m.Made.Domain.String())).text(w.Check)))
	return out.body(content...)
}

// lacking says why nothing can be made of the form: that it is marked there, or what
// fields lack in which nobody has been; "" for a form without a domain.
func (p *Make) lacking() string {
	m, text := p.Maker, ""
	for _, f := range m.Faults {
		if _, shown := m.Fault(f.Field); shown {
			return p.Lang.UI.Make.Waiting
		}
		if text == "" && f.Field != compose.FieldDomain {
			text = p.sentence(f)
		}
	}
	return text
}

// forms chooses the form of the records.
func (p *Make) forms() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	ids, names := []string{""}, locale.Terms{{Key: "", Text: w.Table}}
	for _, f := range publish.DNSForms {
		ids, names = append(ids, f.ID), append(names, locale.Term{Key: f.ID, Text: f.Name})
	}
	return el("p").class("make-choice").body(
		el("label").attr("for", "make-form").text(w.Form),
		p.choice("make-form", formParameter, m.Form, ids, names),
	)
}

// zone is what belongs into one zone, in the chosen form.
func (p *Make) zone(at int, z compose.Zone) app.UI {
	w := p.Lang.UI.Make
	title := fill(w.InZone, "zone", z.Origin.String())
	if z.Guessed {
		title = fill(w.Elsewhere, "zone", z.Origin.String())
	}
	content := []app.UI{el("h3").text(title)}
	form, chosen := p.Maker.dnsForm()
	if !chosen {
		return el("section").data("zone", z.Origin.String()).body(append(content, p.table(z))...)
	}
	for _, typ := range form.Lacks {
		if slices.ContainsFunc(z.Records, func(r compose.Record) bool { return r.Type == typ }) {
			content = append(content, el("p").data("lacks", typ.String()).class("make-note").body(mark("warning"), app.Text(fill(w.Lacks, "type", typ.String()))))
		}
	}
	for i, f := range form.Write(z) {
		content = append(content, p.file("zone "+itoa(at)+" "+itoa(i), f.Name, f.Text))
	}
	return el("section").data("zone", z.Origin.String()).body(content...)
}

// table has a row for each record and a copy button for each cell.
func (p *Make) table(z compose.Zone) app.UI {
	w := p.Lang.UI.Make
	rows := make([]app.UI, len(z.Records))
	for i, r := range z.Records {
		key := "cell " + z.Origin.String() + " " + itoa(i) + " "
		owner := inZone(r.Name, z.Origin)
		rows[i] = el("tr").data("record", r.Name.String()+" "+r.Type.String()).body(
			p.cell(key+"name", w.Name, owner), p.cell(key+"type", w.Type, r.Type.String()), p.cell(key+"value", w.Value, r.Data))
	}
	head := el("tr").body(el("th").attr("scope", "col").text(w.Name), el("th").attr("scope", "col").text(w.Type), el("th").attr("scope", "col").text(w.Value))
	return el("table").class("publish").body(el("thead").body(head), el("tbody").body(rows...))
}

// inZone is an owner name as the panels of DNS hosts take it.
func inZone(n, origin dnsname.Name) string {
	if n == origin {
		return "@"
	}
	return strings.TrimSuffix(n.String(), "."+origin.String())
}

func (p *Make) cell(key, column, text string) app.UI {
	return el("td").data("column", column).body(el("div").body(el("code").text(text), p.view().copyButton(key, text)))
}

// view lends what a report's parts are made from: the machine of the page has the
// copy buttons.
func (p *Make) view() view { return view{m: p.M, lang: p.Lang, w: p.Lang.UI} }

// file is a file, or what goes into a terminal, with its buttons.
func (p *Make) file(key, name, text string) app.UI {
	head := []app.UI{el("strong").text(name), p.view().copyButton(key, text)}
	if name != "" {
		head = append(head, p.view().act("save "+key, p.Lang.UI.Make.Save, func(app.Context) { p.M.Door.Save(name[strings.LastIndex(name, "/")+1:], []byte(text)) }, "", text))
	}
	return el("div").class("publication").data("file", name).body(
		el("p").class("publication-head").body(head...),
		el("pre").attr("tabindex", "0").body(el("code").text(lines(text))),
	)
}

// advice is what to think of beside the records.
func (p *Make) advice() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	var said []app.UI
	if m.Want.ReportsToItself() {
		said = append(said, el("li").data("advice", "own-report").body(mark("warning"), app.Text(w.OwnReport)))
	}
	if slices.ContainsFunc(m.Made.Records, func(r compose.Record) bool { return r.Type == doh.TypeTXT }) {
		said = append(said, el("li").data("advice", "replace").body(mark("notice"), app.Text(w.Replace)))
	}
	if slices.ContainsFunc(m.Made.Records, func(r compose.Record) bool { return strings.HasPrefix(r.Data, "v=STSv1") }) {
		said = append(said, el("li").data("advice", "id").body(mark("notice"), app.Text(w.Rule)))
	}
	if len(said) == 0 {
		return nil
	}
	return el("ul").class("make-advice").body(said...)
}

// outbound is what a mail server does as a sender, folded where nobody wants it.
func (p *Make) outbound() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	ids, names := []string{""}, locale.Terms{{Key: "", Text: w.NoSender}}
	for _, f := range publish.MailForms {
		ids, names = append(ids, f.ID), append(names, locale.Term{Key: f.ID, Text: f.Name})
	}
	fold := el("details").class("fold").data("outbound", m.Outbound)
	content := []app.UI{el("p").class("muted").text(w.Sending), el("p").class("make-choice").body(
		el("label").attr("for", "make-sender").text(w.SendingBy),
		p.choice("make-sender", outboundParameter, m.Outbound, ids, names),
	)}
	if form, chosen := publish.MailForm(m.Outbound); chosen {
		fold = fold.attr("open", "true")
		for i, f := range form.Write() {
			content = append(content, p.file("outbound "+itoa(i), f.Name, f.Text))
		}
	}
	return el("section").body(fold.body(el("summary").body(chevron(), el("span").text(w.Outbound)), el("div").class("fold-body").body(content...)))
}

// files are the policies.
func (p *Make) files() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	if len(m.Made.Files) == 0 {
		return nil
	}
	ids, names := []string{""}, locale.Terms{{Key: "", Text: w.Alone}}
	for _, f := range publish.WebForms {
		ids, names = append(ids, f.ID), append(names, locale.Term{Key: f.ID, Text: f.Name})
	}
	content := []app.UI{el("h2").text(w.Files), el("p").class("make-choice").body(
		el("label").attr("for", "make-host").text(w.Form),
		p.choice("make-host", webParameter, m.Web, ids, names),
	)}
	if form, chosen := m.webForm(); chosen {
		for i, f := range form.Write(m.Made.Files) {
			content = append(content, p.file("host "+itoa(i), f.Name, f.Text))
		}
		return el("section").body(content...)
	}
	for i, f := range m.Made.Files {
		content = append(content, el("p").text(fill(w.FileAt, "url", f.URL())), p.file("policy "+itoa(i), "mta-sts.txt", f.Text))
	}
	return el("section").body(content...)
}
