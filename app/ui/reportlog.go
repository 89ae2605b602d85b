package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// log is what could not be read, and where reading stopped; then what was mended in
// which report.
func (p *Reports) log() []app.UI {
	w, s := &p.Lang.UI.Reports, &p.R.Sums
	var all []app.UI
	if n := len(s.Unreads); n > 0 {
		first, end := p.R.Shown("unread", n)
		all = append(all, worded("h2", "", fill(w.Unread, "count", count(uint64(s.Unread)))),
			el("ul").class("rows").body(each(end-first, func(i int) app.UI { return p.unread(s.Unreads[first+i]) })...), p.pager("unread", n))
	}
	if n := len(s.Entries); n > 0 {
		first, end := p.R.Shown(viewLog, n)
		all = append(all, worded("h2", "", w.Log),
			el("ul").class("rows").body(each(end-first, func(i int) app.UI { return p.entry(s.Entries[first+i]) })...), p.pager(viewLog, n))
	}
	if len(all) == 0 {
		return []app.UI{worded("p", "muted", w.LogNone)}
	}
	return all
}

func (p *Reports) unread(u reports.Unread) app.UI {
	w := &p.Lang.UI.Reports
	where := fill(w.At.Of("octet"), "octet", itoa(int(u.Err.Offset)))
	if u.Err.Line > 0 {
		where = fill(w.At.Of("line"), "line", itoa(u.Err.Line), "column", itoa(u.Err.Column))
	}
	return el("li").data("unread", string(u.Err.Kind)).body(
		el("p").body(mark("warning"), app.Text(" "), worded("code", "", p.told(u.File))),
		el("p").body(el("span").body(rich(p.Lang.Reports.Errors.Of(string(u.Err.Kind)), nil)...), app.Text(" "), worded("span", "muted", where)),
	)
}

func (p *Reports) entry(e reports.Entry) app.UI {
	w := &p.Lang.UI.Reports
	lines := make([]app.UI, 0, len(e.Repairs)+1)
	if e.Duplicate {
		lines = append(lines, el("li").data("repair", "duplicate").text(w.Duplicate))
	}
	for _, r := range e.Repairs {
		lines = append(lines, p.repair(r))
	}
	return el("li").body(
		el("p").body(worded("code", "", p.told(e.File))),
		worded("p", "muted", visible(shorten(e.Organization+" · "+e.ID, 160))),
		el("ul").class("repairs").body(lines...),
	)
}

// repair is one departure from RFC 8460: what, where, and what stands there.
func (p *Reports) repair(r tlsrpt.Repair) app.UI {
	parts := rich(p.Lang.Reports.Repairs.Of(string(r.Kind)), nil)
	for _, text := range []string{r.Path, r.Value} {
		if text != "" {
			parts = append(parts, app.Text(" "), worded("code", "", p.told(text)))
		}
	}
	if r.Count > 1 {
		parts = append(parts, app.Text(" "), worded("span", "muted", fill(p.Lang.UI.Reports.Times, "count", count(uint64(r.Count)))))
	}
	return el("li").data("repair", string(r.Kind)).body(parts...)
}
