package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/reports"
)

// failures is a row for each failure that the senders detail.
func (p *Reports) failures() []app.UI {
	w, all := &p.Lang.UI.Reports, p.R.Sums.Failures
	if len(all) == 0 {
		return []app.UI{worded("p", "muted", w.NoFailures)}
	}
	first, end := p.R.Shown(viewFailures, len(all))
	rows := each(end-first, func(i int) app.UI { return p.failure(all[first+i], first+i) })
	return []app.UI{el("ol").class("rows").body(rows...), p.pager(viewFailures, p.R.Sums.All)}
}

func (p *Reports) failure(f reports.Failure, i int) app.UI {
	w, v := &p.Lang.UI.Reports, p.view()
	facts := []string{f.Source, f.SendingIP, f.Domain, f.PolicyType, f.ReceivingMX, f.ReceivingIP, f.Reason, f.Information, p.between(f.First, f.Last)}
	var shown []string
	for _, fact := range facts {
		if fact != "" {
			shown = append(shown, p.told(fact))
		}
	}
	key := "reports failure " + itoa(i)
	return el("li").data("failure", f.Result).data("domain", f.Domain).body(
		el("p").body(worded("strong", "", count(f.Failed)), app.Text(" "), worded("code", "", p.told(f.Result))),
		worded("p", "muted", strings.Join(shown, " · ")),
		el("div").class("buttons").body(p.again(w.Again, f.Domain), el("span").aria("live", "polite").body(p.outcome(f)...),
			v.fold(key, w.Meaning, "small", when(v.m.IsOpen(key), func() app.UI { return p.meaning(f.Result) }))),
	)
}

// between is a day, or two.
func (p *Reports) between(first, last string) string {
	if first == last {
		return p.told(first)
	}
	return p.told(first) + " – " + p.told(last)
}

// again is the button that checks a domain; a report may name none.
func (p *Reports) again(text, domain string) app.UI {
	if !isName(domain) {
		return nil
	}
	return p.view().act("check", text, func(ctx app.Context) { p.check(ctx, domain) }, "", domain)
}

// outcome says what a check found of a failure.
func (p *Reports) outcome(f reports.Failure) []app.UI {
	o, found := p.R.Of(f)
	if o == "" {
		return nil
	}
	level := map[Outcome]string{Asking: "pending", Failing: "error", Mended: "ok", Gone: "notice", Unsure: "unknown"}[o]
	shown := []app.UI{el("span").class("status").data("outcome", string(o)).body(mark(level), worded("span", "", p.Lang.UI.Reports.Outcomes.Of(string(o))))}
	for _, x := range found {
		shown = append(shown, app.Text(" "), p.learn(x.Code))
	}
	return shown
}

// learn links to the page about a finding.
func (p *Reports) learn(code check.Code) app.UI {
	group, kind, _ := strings.Cut(string(code), ".")
	return el("a").attr("href", learnLink(string(code))).text(p.Lang.Diagnosis(group, kind))
}

// meaning says what a result is, and which findings may be behind it.
func (p *Reports) meaning(result string) app.UI {
	w := &p.Lang.UI.Reports
	said := w.Results.Of(result)
	if said == result {
		said = w.Foreign
	}
	shown := []app.UI{worded("p", "", said)}
	if codes := causes(result); len(codes) > 0 {
		shown = append(shown, worded("p", "muted", w.MayBe),
			el("ul").class("code-list").body(each(len(codes), func(i int) app.UI { return el("li").body(p.learn(codes[i])) })...))
	}
	return el("div").body(shown...)
}

// policies are those that senders saw, each to be held to today's.
func (p *Reports) policies() []app.UI {
	w, all := &p.Lang.UI.Reports, p.R.Sums.Policies
	first, end := p.R.Shown(viewPolicies, len(all))
	rows := each(end-first, func(i int) app.UI { return p.policy(all[first+i]) })
	return []app.UI{el("ol").class("rows").body(rows...), p.pager(viewPolicies, len(all)), worded("p", "muted", w.NotTwice)}
}

func (p *Reports) policy(seen reports.Policy) app.UI {
	w := &p.Lang.UI.Reports
	var named []string
	for _, source := range seen.Sources[:min(len(seen.Sources), 5)] {
		named = append(named, p.told(source))
	}
	sources := strings.Join(named, ", ")
	if len(seen.Sources) > 5 {
		sources += ", …"
	}
	body := []app.UI{
		el("p").body(worded("strong", "", p.told(seen.Domain)), app.Text(" "), worded("code", "", p.told(seen.Type)), app.Text(" "),
			worded("span", "muted", visible(fill(w.Seen, "sources", shorten(sources, 200), "days", p.between(seen.First, seen.Last))))),
		worded("p", "muted", w.Successful+" "+count(seen.Successful)+" · "+w.Failed+" "+count(seen.Failed)),
	}
	if len(seen.Strings) > 0 {
		body = append(body, el("pre").attr("tabindex", "0").body(worded("code", "", lines(shorten(strings.Join(seen.Strings, "\n"), 4000)))))
	}
	if seen.Type == "sts" || seen.Type == "tlsa" {
		body = append(body, p.again(w.Today, seen.Domain), el("div").class("lint").aria("live", "polite").body(p.today(seen)...))
	}
	return el("li").data("policy", seen.Type).data("domain", seen.Domain).body(body...)
}

// today is the policy of today, held to that which was seen.
func (p *Reports) today(seen reports.Policy) []app.UI {
	w, made := &p.Lang.UI.Reports, p.R.made
	said := func(level, text string) app.UI {
		return el("p").class("make-note").data("today", level).body(mark(level), worded("span", "", text))
	}
	answer, asked := made[seen.Domain]
	switch {
	case !asked:
		return nil
	case !answer.Done:
		return []app.UI{said("pending", w.Outcomes.Of(string(Asking)))}
	}
	compared, known := p.R.Compare(seen)
	if !known {
		return []app.UI{said("unknown", w.TodayUnknown)}
	}
	var pieces []app.UI
	same := true
	for _, line := range compared {
		tag := [...]string{lint.Keep: "span", lint.Delete: "del", lint.Insert: "ins"}[line.Op]
		sign := [...]string{lint.Keep: "  ", lint.Delete: "− ", lint.Insert: "+ "}[line.Op]
		same = same && line.Op == lint.Keep
		pieces = append(pieces, el(tag).text(sign+visible(shorten(line.Text, 500))+"\n"))
	}
	if same {
		return []app.UI{said("ok", w.Same)}
	}
	return []app.UI{said("notice", w.Differs), el("pre").attr("tabindex", "0").body(el("code").body(pieces...))}
}
