package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
)

// stsBrief is the topic in a word: the policy's mode, or why there is none.
func (v view) stsBrief() string {
	r := v.report
	switch {
	case r.Policy.Usable:
		return mode(r.Policy.Value.Mode)
	case r.Record.State == check.Pending || r.Policy.State == check.Pending && r.Policy.Fetched == nil:
		return v.w.Details.States.Of("pending")
	case r.Record.Valid:
		return v.w.Policy.NotUsable
	}
	return v.state(r.Record.State, r.Record.Valid)
}

// mode gives the protocol's token.
func mode(m mtasts.Mode) string {
	return [...]string{"", "none", "testing", "enforce"}[min(m, mtasts.ModeEnforce)]
}

// mtasts is the record and the policy file.
func (v view) mtasts() app.UI {
	r := v.report
	parts := v.txt(r.Record.TXT, "_mta-sts."+v.m.Domain.String(), "sts-record")
	if r.Record.Valid {
		parts = append(parts, app.P().Body(app.Text(v.w.Details.ID+" "), app.Code().Text(r.Record.Value.ID)))
	}
	fetched := r.Policy.Fetched
	switch {
	case fetched == nil:
		parts = append(parts, app.P().Class("muted").Text(v.w.Details.States.Of("pending")))
	case fetched.Failure != nil:
		parts = append(parts, app.P().Text(fill(v.w.Policy.NotFetched, "reason", v.failure(fetched.Failure))))
	default:
		parts = append(parts, v.fetch(fetched.Policy), v.policyFile(fetched.Policy), v.coverage())
	}
	return app.Div().Body(parts...)
}

// fetch is what the policy host answered.
func (v view) fetch(p probe.Policy) app.UI {
	w := v.w.Policy
	var rows []app.UI
	add := func(term string, value string) {
		if value != "" {
			rows = append(rows, app.Dt().Text(term), app.Dd().Body(app.Code().Text(visible(shorten(value, 300)))))
		}
	}
	add(w.URL, p.URL)
	if p.Address.IsValid() {
		add(w.Address, p.Address.String())
	}
	if p.Status != 0 {
		add(w.Status, itoa(p.Status))
	}
	add(w.Redirect, p.Location)
	add(w.ContentType, strings.Join(p.ContentType, ", "))
	add(w.Server, p.Server)
	if p.TLS != nil {
		add("TLS", tlsName(p.TLS))
		rows = append(rows, app.Dt().Text(w.Certificate),
			app.Dd().Body(v.certificate(v.report.Policy.Names, -1), app.P().Text(w.Trust.Of(string(p.TLS.Trust.Now)))))
	}
	list := app.Dl().Class("terms").Body(rows...)
	if p.Failure == nil {
		return list
	}
	return app.Div().Body(list, app.P().Body(mark("error"),
		app.Text(" "+fill(w.NotFetched, "reason", v.failure(p.Failure)))))
}

// policyFile is the body as served.
func (v view) policyFile(p probe.Policy) app.UI {
	w := v.w.Policy
	if p.Status == 0 {
		return app.Div()
	}
	parts := []app.UI{app.P().Class("source-head").Body(app.Span().Text(w.File))}
	body := string(p.Body)
	if body == "" {
		return app.Div().Body(append(parts, app.P().Class("muted").Text(w.Empty))...)
	}
	parts = append(parts, v.source(body, v.report.Policy.Diagnostics, "sts-policy", true))
	if p.Truncated {
		parts = append(parts, app.P().Class("muted").Text(w.Truncated))
	}
	return app.Div().Body(parts...)
}

// coverage says which mail servers each pattern covers.
func (v view) coverage() app.UI {
	w, p := v.w.Policy, v.report.Policy
	rows := make([]app.UI, 0, len(p.Value.MX))
	for i, pattern := range p.Value.MX {
		if i >= sourceLines {
			break
		}
		name := pattern.Name.String()
		if pattern.Wildcard {
			name = "*." + name
		}
		var hosts []string
		if i < len(p.Matches) {
			for _, h := range p.Matches[i] {
				hosts = append(hosts, h.String())
			}
		}
		text, m := fill(w.Covers, "pattern", name, "hosts", strings.Join(hosts, ", ")), "ok"
		if len(hosts) == 0 {
			text, m = fill(w.CoversNone, "pattern", name), "notice"
		}
		rows = append(rows, app.Li().Body(mark(m), app.Span().Text(visible(text))))
	}
	return app.Ul().Class("coverage").Body(rows...)
}
