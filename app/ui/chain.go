package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/picture"
)

// chainTopic is the chain of trust: drawn, and as a table for those who can't
// see that or want to copy from it.
func (v view) chainTopic() app.UI {
	w, p := v.w.Chain, picture.New(v.m.Domain.String(), v.report.Chain.Zones, v.report.Chain.Hops, v.lang)
	if p.Empty() {
		return v.topic("chain", w.Topic, "", func() app.UI { return el("p").class("muted").text(w.Empty) })
	}
	sum, _ := p.Sum()
	return v.topic("chain", w.Topic, sum, func() app.UI {
		return el("div").body(drawing(p, sum), v.fold("chain table", w.Table, "small", v.chainTable(p)))
	})
}

// drawing shows a picture. Its classes are those of the SVG file, and sealane.css
// colours them.
func drawing(p *picture.Picture, sum string) app.UI {
	l := p.Layout()
	var parts []app.UI
	for _, b := range l.Boxes {
		parts = append(parts, place(svg("rect"), b.Class, b.X, b.Y).attr("width", itoa(b.Width)).attr("height", itoa(b.Height)).attr("rx", "5").html)
	}
	for _, line := range l.Paths {
		parts = append(parts, svg("path").attr("d", line.D).class(line.Class).html)
	}
	for _, t := range l.Texts {
		parts = append(parts, place(svg("text"), t.Class, t.X, t.Y).text(t.Text))
	}
	return svg("svg").class("picture").attr("viewBox", "0 0 "+itoa(l.Width)+" "+itoa(l.Height)).
		attr("role", "img").aria("label", p.Title()+": "+sum).body(parts...)
}

func place(e elem, class string, x, y int) elem {
	return e.attr("x", itoa(x)).attr("y", itoa(y)).class(class)
}

// chainTable is a row for each zone and for each answer that stands on it.
func (v view) chainTable(p *picture.Picture) app.UI {
	w := v.w.Chain
	var head []app.UI
	for _, title := range []string{w.What, w.Status, w.Keys, w.DS, w.Until, w.Note} {
		head = append(head, el("th").attr("scope", "col").text(title))
	}
	var rows []app.UI
	for _, r := range p.Rows() {
		level := statusLevel(r.Status)
		cells := []app.UI{
			el("th").attr("scope", "row").body(el("code").text(r.Name), app.Text(" "), el("code").text(r.Type)),
			el("td").body(el("span").class("status", "level-"+level).body(mark(level), app.Text(r.Said))),
		}
		for _, text := range []string{r.Keys, r.DS, r.Until, r.Note} {
			cells = append(cells, el("td").text(text))
		}
		rows = append(rows, el("tr").data("chain", strings.TrimSpace(r.Name+" "+r.Type)).data("status", r.Status.String()).body(cells...))
	}
	return el("div").class("scroll").attr("tabindex", "0").attr("role", "region").aria("label", p.Title()).body(
		el("table").class("lookups chain").body(
			el("thead").body(el("tr").body(head...)),
			el("tbody").body(rows...)))
}
