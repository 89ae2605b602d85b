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
	return el("section").class("details").body(
		el("h3").text(v.w.Verdict.Details),
		v.chainTopic(),
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
	content := el("div").body()
	if v.m.State != Running || v.m.IsOpen(key) {
		content = shown()
	}
	return el("div").class("topic").data("topic", key).body(
		v.fold(key, title, "", content),
		el("span").class("brief").text(brief),
	)
}

// lookupState gives the key of a lookup's state in locale.
func lookupState(s check.LookupState) string {
	return [...]string{"pending", "found", "no-data", "nxdomain", "failed", "blind"}[min(s, check.Blind)]
}

// state names a lookup's state, or of a record found, whether it is valid.
func (v view) state(s check.LookupState, valid bool) string {
	if s == check.NoData || s == check.NXDomain {
		return v.w.Details.States.Of("absent")
	}
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
		rows[i] = el("tr").data("lookup", l.Name.String()+" "+l.Type.String()).body(
			el("td").body(el("code").text(l.Name.String()), when(l.CD, func() app.UI {
				return el("span").class("muted").text(" " + w.Unchecked)
			})),
			el("td").body(el("code").text(l.Type.String())),
			el("td").body(v.dnsAnswer(l)...),
			el("td").body(v.security(l)),
		)
	}
	return el("div").class("scroll").attr("tabindex", "0").attr("role", "region").aria("label", w.DNS).body(
		when(v.resolver() != "", func() app.UI {
			return el("p").class("muted").text(fill(w.AskedOf, "resolver", v.resolver()))
		}),
		el("table").class("lookups").body(
			el("thead").body(el("tr").body(
				el("th").attr("scope", "col").text(w.Name), el("th").attr("scope", "col").text(w.Type),
				el("th").attr("scope", "col").text(w.Answer), el("th").attr("scope", "col").text(w.Security))),
			el("tbody").body(rows...),
		))
}

// resolver names who was asked; "" for a report from saved evidence, which
// doesn't tell.
func (v view) resolver() string {
	asked := v.m.Facts.Resolver
	if v.m.Replay || asked >= len(v.m.Config.DoH) {
		return ""
	}
	if url := v.m.Config.DoH[asked]; !strings.HasPrefix(url, "/") {
		return url
	}
	return v.w.Details.OwnRelay
}

func (v view) dnsAnswer(l check.LookupView) []app.UI {
	w := v.w.Details
	var parts []app.UI
	for _, text := range l.Text {
		parts = append(parts, el("code").class("record").text(visible(shorten(text, 600))))
	}
	if len(parts) == 0 {
		parts = append(parts, el("span").text(w.States.Of(lookupState(l.State))))
	}
	if l.Rcode != 0 && l.Rcode != 3 {
		parts = append(parts, el("span").class("muted").text(" "+fill(w.Rcode, "code", itoa(l.Rcode))))
	}
	for _, e := range l.EDE {
		parts = append(parts, el("span").class("muted").text(
			" "+fill(w.EDE, "code", itoa(int(e.Code)), "text", visible(shorten(e.Text, 200)))))
	}
	if l.Failure != nil {
		parts = append(parts, el("span").class("muted").text(" "+v.failure(l.Failure)))
	}
	return parts
}

// security names a DNSSEC status, with a mark, and beside it the resolver's own
// word, the AD bit (RFC 4035 §3.2.3).
func (v view) security(l check.LookupView) app.UI {
	name := statusLevel(l.Verdict.Status)
	parts := []app.UI{mark(name), app.Text(v.w.Details.Statuses.Of(l.Verdict.Status.String()))}
	if l.AD {
		parts = append(parts, el("code").class("muted").attr("title", v.w.Details.Resolver).text(" AD"))
	}
	return el("span").class("status", "level-"+name).body(parts...)
}

// statusLevel is the level whose mark goes with a DNSSEC status.
func statusLevel(s dnssec.Status) string {
	return [...]string{dnssec.Indeterminate: "unknown", dnssec.Bogus: "error", dnssec.Insecure: "notice", dnssec.Secure: "ok"}[s&3]
}

// failure says why an observation ended; the class alone, for the software's
// own text is in the evidence.
func (v view) failure(f *probe.Failure) string { return v.w.Mail.Failures.Of(string(f.Class)) }

// txt shows the TXT records at a name, each with its diagnostics under the
// characters that they are about.
func (v view) txt(records []check.TXTView, name, group string) []app.UI {
	w := v.w.Details
	if len(records) == 0 {
		return []app.UI{el("p").class("muted").text(fill(w.NoRecord, "name", name))}
	}
	var parts []app.UI
	for i, r := range records {
		head := []app.UI{el("span").text(fill(w.Record, "name", visible(r.Owner))),
			el("span").class("muted").text(fill(w.TTL, "seconds", itoa(int(r.TTL))))}
		if r.Chosen {
			head = append(head, el("span").class("badge").text(w.Chosen))
		}
		parts = append(parts, el("p").class("source-head").body(head...),
			v.source(shorten(r.Text, 4000), r.Diagnostics, group, false))
		if !syntax.Valid(r.Diagnostics) && r.Diagnostics[0].Mend != "" {
			parts = append(parts, v.mended(r.Owner+" "+itoa(i), r.Diagnostics[0].Mend))
		}
	}
	return parts
}

// reporting is the _smtp._tls record.
func (v view) reporting() app.UI {
	r := v.report.TLSRPT
	parts := v.txt(r.TXT, "_smtp._tls."+v.m.Domain.String(), "tlsrpt-record")
	if r.Valid {
		for _, uri := range r.Value.RUA {
			parts = append(parts, el("p").body(v.tokens(v.w.Details.Reports, "uri", shorten(uri, 300))...))
		}
	}
	return el("div").body(parts...)
}

// tokens fills one placeholder of a text with a token in monospace.
func (v view) tokens(text, name, value string) []app.UI {
	before, after, _ := strings.Cut(text, "{"+name+"}")
	return []app.UI{app.Text(before), el("code").text(visible(value)), app.Text(after)}
}

// diagnosis gives the words of a diagnostic of a group of codes.
func (v view) diagnosis(group string, d syntax.Diagnostic) string {
	return v.lang.Diagnosis(group, string(d.Kind))
}
