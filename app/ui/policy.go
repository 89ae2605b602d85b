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
	case r.Record.Valid && r.Policy.State == check.Blind:
		return v.state(r.Policy.State, false)
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
		parts = append(parts, el("p").body(app.Text(v.w.Details.ID+" "), el("code").text(r.Record.Value.ID)))
	}
	fetched := r.Policy.Fetched
	switch {
	case fetched == nil:
		parts = append(parts, el("p").class("muted").text(v.w.Details.States.Of("pending")))
	case fetched.Failure != nil:
		parts = append(parts, el("p").text(fill(v.w.Policy.NotFetched, "reason", v.failure(fetched.Failure))))
	default:
		parts = append(parts, v.fetch(fetched.Policy), v.policyFile(fetched.Policy), v.coverage())
	}
	return el("div").body(parts...)
}

// fetch is what the policy host answered.
func (v view) fetch(p probe.Policy) app.UI {
	w := v.w.Policy
	var rows []app.UI
	add := func(term string, value string) {
		if value != "" {
			rows = append(rows, el("dt").text(term), el("dd").body(el("code").text(visible(shorten(value, 300)))))
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
		rows = append(rows, el("dt").text(w.Certificate),
			el("dd").body(v.certificate(v.report.Policy.Names, -1), el("p").text(w.Trust.Of(string(p.TLS.Trust.Now)))))
	}
	list := el("dl").class("terms").body(rows...)
	if p.Failure == nil {
		return list
	}
	return el("div").body(list, el("p").body(mark("error"),
		app.Text(" "+fill(w.NotFetched, "reason", v.failure(p.Failure)))))
}

// policyFile is the body as served.
func (v view) policyFile(p probe.Policy) app.UI {
	w := v.w.Policy
	if p.Status == 0 {
		return el("div").body()
	}
	parts := []app.UI{el("p").class("source-head").body(el("span").text(w.File))}
	body := string(p.Body)
	if body == "" {
		return el("div").body(append(parts, el("p").class("muted").text(w.Empty))...)
	}
	parts = append(parts, v.source(body, v.report.Policy.Diagnostics, "sts-policy", true))
	if mended := v.report.Policy.Mended; mended != "" {
		parts = append(parts, v.mended("policy", mended))
	}
	if p.Truncated {
		parts = append(parts, el("p").class("muted").text(w.Truncated))
	}
	return el("div").body(parts...)
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
		rows = append(rows, el("li").body(mark(m), el("span").text(visible(text))))
	}
	return el("ul").class("coverage").body(rows...)
}
