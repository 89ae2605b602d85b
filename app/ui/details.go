package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// details are the facts, topic by topic.
func (v view) details() app.UI {
	w := v.w.Details
	return app.Section().Class("details").Body(
		app.H3().Text(v.w.Verdict.Details),
		v.topic("dns", w.DNS, fill(w.Lookups, "count", itoa(len(v.report.DNS))), v.dns),
		v.topic("sts", w.STS, v.stsBrief(), v.mtasts),
		v.topic("mail", w.Mail, v.mailBrief(), v.mailServers),
		v.topic("tlsa", w.TLSA, v.tlsaBrief(), v.tlsa),
		v.topic("reporting", w.Reporting, v.state(v.report.TLSRPT.State, v.report.TLSRPT.Valid), v.reporting),
	)
}

// topic is a fold with a few words beside its title. While results come in,
// what is folded away isn't made: painting stays quick.
func (v view) topic(key, title, brief string, shown func() app.UI) app.UI {
	content := app.UI(app.Div())
	if v.m.State != Running || v.m.IsOpen(key) {
		content = shown()
	}
	return app.Div().Class("topic").DataSet("topic", key).Body(
		v.fold(key, title, "", content),
		app.Span().Class("brief").Text(brief),
	)
}

// lookupState gives the key of a lookup's state in locale.
func lookupState(s check.LookupState) string {
	return [...]string{"pending", "found", "no-data", "nxdomain", "failed", "blind"}[min(s, check.Blind)]
}

// state names a lookup's state, or of a record found, whether it is valid.
func (v view) state(s check.LookupState, valid bool) string {
	if s != check.Found {
		return v.w.Details.States.Of(lookupState(s))
	}
	if valid {
		return v.w.Policy.Usable
	}
	return v.w.Policy.NotUsable
}

// dns is a row for each lookup.
func (v view) dns() app.UI {
	w := v.w.Details
	rows := make([]app.UI, len(v.report.DNS))
	for i, l := range v.report.DNS {
		rows[i] = app.Tr().DataSet("lookup", l.Name.String()+" "+l.Type.String()).Body(
			app.Td().Body(app.Code().Text(l.Name.String()), app.If(l.CD, func() app.UI {
				return app.Span().Class("muted").Text(" " + w.Unchecked)
			})),
			app.Td().Body(app.Code().Text(l.Type.String())),
			app.Td().Body(v.dnsAnswer(l)...),
			app.Td().Body(v.security(l.Verdict)),
		)
	}
	return app.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", w.DNS).Body(
		app.Table().Class("lookups").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(w.Name), app.Th().Scope("col").Text(w.Type),
				app.Th().Scope("col").Text(w.Answer), app.Th().Scope("col").Text(w.Security))),
			app.TBody().Body(rows...),
		))
}

func (v view) dnsAnswer(l check.LookupView) []app.UI {
	w := v.w.Details
	var parts []app.UI
	for _, text := range l.Text {
		parts = append(parts, app.Code().Class("record").Text(visible(shorten(text, 600))))
	}
	if len(parts) == 0 {
		parts = append(parts, app.Span().Text(w.States.Of(lookupState(l.State))))
	}
	if l.Rcode != 0 && l.Rcode != 3 {
		parts = append(parts, app.Span().Class("muted").Text(" "+fill(w.Rcode, "code", itoa(l.Rcode))))
	}
	for _, e := range l.EDE {
		parts = append(parts, app.Span().Class("muted").Text(
			" "+fill(w.EDE, "code", itoa(int(e.Code)), "text", visible(shorten(e.Text, 200)))))
	}
	if l.Failure != nil {
		parts = append(parts, app.Span().Class("muted").Text(" "+v.failure(l.Failure)))
	}
	return parts
}

// security names a DNSSEC status, with a mark, and who says so.
func (v view) security(verdict dnssec.Verdict) app.UI {
	name := map[dnssec.Status]string{dnssec.Secure: "ok", dnssec.Bogus: "error", dnssec.Insecure: "notice"}[verdict.Status]
	if name == "" {
		name = "unknown"
	}
	said := app.Span().Class("status", "level-"+name).Body(mark(name), app.Text(v.w.Details.Statuses.Of(verdict.Status.String())))
	if verdict.Source == dnssec.ResolverSays {
		said = said.Title(v.w.Details.Resolver)
	}
	return said
}

// failure says why an observation ended; the class alone, for the software's
// own text is in the evidence.
func (v view) failure(f *probe.Failure) string { return v.w.Mail.Failures.Of(string(f.Class)) }

// txt shows the TXT records at a name, each with its diagnostics under the
// characters that they are about.
func (v view) txt(records []check.TXTView, name, group string) []app.UI {
	w := v.w.Details
	if len(records) == 0 {
		return []app.UI{app.P().Class("muted").Text(fill(w.NoRecord, "name", name))}
	}
	var parts []app.UI
	for _, r := range records {
		head := []app.UI{app.Span().Text(fill(w.Record, "name", visible(r.Owner))),
			app.Span().Class("muted").Text(fill(w.TTL, "seconds", itoa(int(r.TTL))))}
		if r.Chosen {
			head = append(head, app.Span().Class("badge").Text(w.Chosen))
		}
		parts = append(parts, app.P().Class("source-head").Body(head...),
			v.source(shorten(r.Text, 4000), r.Diagnostics, group, false))
	}
	return parts
}

// reporting is the _smtp._tls record.
func (v view) reporting() app.UI {
	r := v.report.TLSRPT
	parts := v.txt(r.TXT, "_smtp._tls."+v.m.Domain.String(), "tlsrpt-record")
	if r.Valid {
		for _, uri := range r.Value.RUA {
			parts = append(parts, app.P().Body(v.tokens(v.w.Details.Reports, "uri", shorten(uri, 300))...))
		}
	}
	return app.Div().Body(parts...)
}

// tokens fills one placeholder of a text with a token in monospace.
func (v view) tokens(text, name, value string) []app.UI {
	before, after, _ := strings.Cut(text, "{"+name+"}")
	return []app.UI{app.Text(before), app.Code().Text(visible(value)), app.Text(after)}
}

// diagnosis gives the words of a diagnostic of a group of codes.
func (v view) diagnosis(group string, d syntax.Diagnostic) string {
	code := group + "." + string(d.Kind)
	if words, ok := v.lang.Finding(code); ok && !strings.Contains(words.Title, "{") {
		return words.Title
	}
	return code
}
