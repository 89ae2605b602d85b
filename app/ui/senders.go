package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/senders"
)

// senderVerdicts are the cards, those of no verdict before there is a report, so that
// nothing jumps while there is no report.
func (v view) senderVerdicts() []senders.Verdict {
	if len(v.report.Senders) > 0 {
		return v.report.Senders
	}
	var all []senders.Verdict
	for _, id := range senders.All() {
		all = append(all, senders.Verdict{Sender: id})
	}
	return all
}

// senders is the matrix: a card for each sender with what it does, and the
// reason one click away. A list of cards, so that a narrow screen needs no
// second form.
func (v view) senders() app.UI {
	all := v.senderVerdicts()
	cards := each(len(all), func(i int) app.UI { return v.sender(all[i], "li") })
	return el("section").class("senders").body(
		el("h3").body(v.words("senders.title", nil)...),
		el("ul").class("matrix").body(cards...),
		when(v.report.Cached != nil, func() app.UI { return v.cached(v.report.Cached) }),
	)
}

func (v view) words(key string, args map[string]string) []app.UI {
	return v.phrase(check.Phrase{Key: key, Args: args})
}

// sender is the card of one verdict.
func (v view) sender(s senders.Verdict, tag string) app.UI {
	name := outcomeMarks[s.Outcome]
	said := v.words("outcome."+s.Outcome.String(), nil)
	if s.Outcome == senders.Unknown && v.m.State == Running {
		name, said = "pending", []app.UI{app.Text(v.w.Verdict.Pending)}
	}
	why, _ := v.lang.Phrase("senders.why")
	return el(tag).class("sender", "level-"+name).data("sender", string(s.Sender)).data("outcome", s.Outcome.String()).body(
		el("h4").body(v.words("sender."+string(s.Sender), nil)...),
		el("p").class("outcome").body(
			mark(name), el("span").body(said...),
			when(len(s.Codes) > 0, func() app.UI { return el("code").text(strings.Join(s.Codes, " ")) }),
		),
		v.fold("sender "+string(s.Sender), why, "why", v.senderReasons(s)...),
	)
}

// outcomeMarks are the marks of the outcomes.
var outcomeMarks = [...]string{"unknown", "ok", "notice", "warning", "error", "error", "notice"}

// senderReasons is why: the hosts in the order tried, when it tries again, and
// where that is written.
func (v view) senderReasons(s senders.Verdict) []app.UI {
	var parts []app.UI
	if s.Reason != "" {
		parts = append(parts, el("p").body(v.because(s.Reason, s.Source)...))
	}
	parts = append(parts, el("ol").class("steps").body(each(len(s.Steps), func(i int) app.UI {
		step := s.Steps[i]
		how := ""
		if step.How != "" {
			how = " (" + step.How + ")"
		}
		line := append([]app.UI{el("code").text(visible(step.Host)), app.Text(" ")}, v.words("outcome."+step.Outcome.String(), nil)...)
		line = append(line, app.Text(how+". "))
		return el("li").data("outcome", step.Outcome.String()).body(append(line, v.because(step.Reason, step.Source)...)...)
	})...))
	if r := s.Retry; r != nil && len(r.Tries) > 0 {
		parts = append(parts, el("p").body(v.retry(r)...))
	}
	return parts
}

// because is a reason and its source.
func (v view) because(reason, source string) []app.UI {
	parts := append(v.words("reason."+reason, nil), app.Text(" "))
	number, section, isRFC := strings.Cut(strings.TrimPrefix(source, "RFC "), " §")
	switch {
	case isRFC:
		n := 0
		for _, digit := range number {
			n = n*10 + int(digit-'0')
		}
		return append(parts, citations([]check.Citation{{RFC: n, Section: section}})...)
	case source != "":
		parts = append(parts, el("span").class("muted").body(v.words("source."+source, nil)...))
	}
	return parts
}

// retry says when a mail that is held is tried again.
func (v view) retry(r *senders.Retry) []app.UI {
	var minutes []string
	for i, at := range r.Tries {
		before := v.report.At
		if i > 0 {
			before = r.Tries[i-1]
		}
		minutes = append(minutes, itoa(int(at.Sub(before).Minutes())))
	}
	parts := v.words("senders.retry", map[string]string{
		"minutes": strings.Join(minutes, ", "), "every": itoa(r.Every),
		"hours": itoa(int(r.GivesUp.Sub(v.report.At).Hours())),
	})
	if len(r.Returned) > 0 {
		parts = append(append(parts, app.Text(" ")), v.words("senders.returned", map[string]string{"codes": strings.Join(r.Returned, ", ")})...)
	}
	return append(append(parts, app.Text(" ")), el("span").class("muted").body(v.words("source."+r.Source, nil)...))
}

// cached is the card of a sender that still holds the policy seen before.
func (v view) cached(c *senders.Cached) app.UI {
	outcome, _ := v.lang.Phrase("outcome." + c.Verdict.Outcome.String())
	until := v.words("senders.cached", map[string]string{"until": moment(c.Until), "outcome": outcome})
	if c.Replaced {
		until = append(append(until, app.Text(" ")), v.words("senders.replaced", nil)...)
	}
	return el("div").class("cached").body(v.sender(c.Verdict, "div"), el("p").class("muted").body(until...))
}
