package ui

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/reports"
)

// tones is how many looks there are for result types: four colours in three
// patterns, so that nothing hangs on colour.
const tones = 12

// patterns are drawn over a colour, in a square of 8 by 8.
var patterns = [...]string{"", "M-1 5 5 -1M3 9 9 3", "M2 2h2v2h-2zM6 6h2v2h-2z"}

// defs defines the tones for all bars of the page.
func defs() app.UI {
	g := &graphic{}
	g.begin("svg", "class", "sr", "aria-hidden", "true").begin("defs")
	for i := range tones {
		g.begin("pattern", "id", "tone"+itoa(i), "width", "8", "height", "8", "patternUnits", "userSpaceOnUse")
		g.begin("rect", "class", "tone tone"+itoa(i%4), "width", "8", "height", "8").end("rect")
		g.begin("path", "class", "tone-over", "d", patterns[i/4]).end("path").end("pattern")
	}
	return g.end("defs").done()
}

// tone is the look of a result type: of those that RFC 8460 doesn't know, the last.
func (p *Reports) tone(result string) string {
	for i, known := range p.Lang.UI.Reports.Results {
		if known.Key == result {
			return "url(#tone" + itoa(i) + ")"
		}
	}
	return "url(#tone" + itoa(tones-1) + ")"
}

// others stands for all results for which there is no room.
const others = "…"

// pieces are the failures of a group by result, and those that have no details: no more
// than can be told apart.
func pieces(g reports.Group) []reports.Result {
	all := slices.Clip(g.Results)
	if len(all) >= tones {
		rest := uint64(0)
		for _, r := range all[tones-1:] {
			rest += r.Failed
		}
		all = append(slices.Clip(all[:tones-1]), reports.Result{Type: others, Failed: rest})
	}
	if g.Failed > g.Detailed {
		all = append(all, reports.Result{Failed: g.Failed - g.Detailed})
	}
	return all
}

// percent is a length or place within a drawing.
func percent(part, whole uint64) string {
	return strconv.FormatFloat(100*float64(part)/float64(max(whole, 1)), 'f', 2, 64) + "%"
}

// bar is the failures of a group, by result.
func (p *Reports) bar(view string, g reports.Group, most uint64) app.UI {
	drawn := band("stack", "16", "")
	at := uint64(0)
	for _, r := range pieces(g) {
		drawn.rect(percent(at, most), "0", percent(r.Failed, most), "16", p.tone(r.Type), p.told(r.Type)+": "+count(r.Failed))
		at += r.Failed
	}
	name, number := el("span"), count(max(g.Detailed, g.Failed))
	if view == string(reports.ByResult) {
		name = el("code")
	}
	if whole := g.Successful + g.Failed; whole > 0 {
		number = count(g.Failed) + " / " + count(whole)
	}
	return el("li").data("key", g.Key).body(name.text(p.name(g)), worded("span", "number", number), drawn.done())
}

// mostDays is how many days a drawing has room for.
const mostDays = 92

// days draws the failures of each day.
func (p *Reports) days(groups []reports.Group) app.UI {
	const height = 120
	groups = groups[max(0, len(groups)-mostDays):]
	most, n := failures(groups), uint64(max(len(groups), 14))
	drawn := band("", itoa(height), p.Lang.UI.Reports.Days)
	for i, g := range groups {
		y := float64(height)
		for _, r := range pieces(g) {
			h := max(1, height*float64(r.Failed)/float64(max(most, 1)))
			y -= h
			drawn.rect(percent(uint64(i), n), strconv.FormatFloat(y, 'f', 1, 64), percent(4, 5*n), strconv.FormatFloat(h, 'f', 1, 64),
				p.tone(r.Type), p.told(g.Key)+" · "+p.told(r.Type)+": "+count(r.Failed))
		}
	}
	return el("figure").class("days").body(
		worded("p", "muted", count(most)),
		drawn.done(),
		el("figcaption").class("muted").body(worded("span", "", p.told(groups[0].Key)), worded("span", "", p.told(groups[len(groups)-1].Key))),
		p.legend(groups),
	)
}

// legend says which tone is which result.
func (p *Reports) legend(groups []reports.Group) app.UI {
	var types []string
	for _, g := range groups {
		for _, r := range pieces(g) {
			if !slices.Contains(types, r.Type) && len(types) <= tones {
				types = append(types, r.Type)
			}
		}
	}
	slices.Sort(types)
	return el("ul").class("legend").body(each(len(types), func(i int) app.UI {
		g := (&graphic{}).begin("svg", "width", "16", "height", "16", "aria-hidden", "true")
		g.rect("", "", "16", "16", p.tone(types[i]), "")
		return el("li").body(g.done(),
			worded("code", "", p.told(types[i])))
	})...)
}
