package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
)

// lane draws the way of a mail as a list of stops: read aloud in order, drawn
// side by side, or below each other on a narrow screen. The mail servers share
// one place, since a mail takes only one of them.
func (v view) lane() app.UI {
	var before, servers, after []app.UI
	for _, stop := range v.stops() {
		switch {
		case stop.Kind == "mx":
			servers = append(servers, v.stop(stop))
		case len(servers) == 0:
			before = append(before, v.stop(stop))
		default:
			after = append(after, v.stop(stop))
		}
	}
	items := append(before, el("li").class("fork").body(el("ul").body(servers...)))
	return el("section").class("lane").aria("label", v.w.Verdict.Lane).body(
		el("ol").body(append(items, after...)...))
}

// stops gives the report's stops, or pending ones before there are any, so
// that the drawing has its place from the start.
func (v view) stops() []check.Stop {
	stops := v.report.Lane
	for _, s := range stops {
		if s.Kind == "mx" {
			return stops
		}
	}
	kinds := []string{"sender", "dns", "policy", "mx", "mailbox"}
	full := make([]check.Stop, 0, len(kinds))
	for _, kind := range kinds {
		stop := check.Stop{Kind: kind}
		for _, s := range stops {
			if s.Kind == kind {
				stop = s
			}
		}
		full = append(full, stop)
	}
	return full
}

func (v view) stop(s check.Stop) app.UI {
	name := level(s.Level)
	var words []app.UI
	switch {
	case s.Kind == "sender" || s.Kind == "mailbox":
		name = "plain"
	case s.Key != "":
		words = v.phrase(s.Phrase)
	case v.m.State == Running:
		name, words = "pending", []app.UI{app.Text(v.w.Verdict.Pending)}
	}
	title := v.w.Verdict.Stops.Of(s.Kind)
	if s.Subject != "" {
		title = visible(s.Subject)
	}
	return el("li").class("stop", "stop-"+s.Kind, "level-"+name).data("stop", s.Kind).data("level", name).body(
		el("span").class("node").body(stopMark(s.Kind, name)),
		el("span").class("stop-words").body(
			el("span").class("stop-name").attr("title", title).text(title),
			el("span").class("stop-said").body(words...),
		),
	)
}

func stopMark(kind, name string) app.UI {
	switch kind {
	case "sender":
		return icon("mark", "M1.5 3.5h13v9h-13z", "M1.8 4 8 8.8 14.2 4")
	case "mailbox":
		return icon("mark", "M2 13V7.2L8 2.5l6 4.7V13z", "M5.5 13V9h5v4")
	}
	return mark(name)
}
