package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
)

// keys makes TLSA records of what a mail server shows, and of certificates and keys,
// and says what came of the last ones.
func (p *Make) keys() app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	return el("div").class("make-keys").body(
		el("div").class("make-field").body(
			el("label").attr("for", "make-as").text(w.As),
			p.choice("make-as", kindParameter, m.Kind, kinds, w.Kinds),
		),
		p.field(compose.FieldServer),
		p.view().act("keys", w.Ask, p.ask, ""),
		el("p").class("muted").body(
			app.Text(w.Keys+" "),
			el("label").class("choose").body(el("span").text(w.Choose), el("input").attr("type", "file").class("sr").data("keys", "file").html),
		),
		el("div").aria("live", "polite").body(p.ofKeys()...),
	)
}

// ofKeys says what came of the last keys.
func (p *Make) ofKeys() []app.UI {
	w, m := p.Lang.UI.Make, p.Maker
	var said []app.UI
	if !m.Asking.IsZero() {
		said = append(said, el("p").class("muted").text(fill(w.Asking, "name", m.Asking.String())))
	}
	if m.Refused != "" {
		said = append(said, el("p").class("wrong").data("refused", string(m.Refused)).body(mark("error"), el("span").text(fill(w.Refused.Of(string(m.Refused)), "name", m.keys.Host.String()))))
	}
	if m.Refused == keyfile.Breaks {
		said = append(said, p.view().act("insist", w.Insist, func(ctx app.Context) {
			m.Insist()
			p.changed(ctx)
		}, ""))
	}
	for _, s := range m.Shown {
		said = append(said, el("p").class("make-note").data("shown", s.Key).body(mark("notice"), el("span").text(fill(w.Shown.Of(s.Key), "name", s.Name, "value", s.Value))))
	}
	for _, c := range m.Cautions {
		said = append(said, el("p").class("make-note").data("caution", string(c)).body(mark("notice"), el("span").text(w.Cautions.Of(string(c)))))
	}
	return said
}

// ask asks the mail server for its keys.
func (p *Make) ask(ctx app.Context) {
	run := p.Maker.Ask()
	if run == nil {
		p.M.Door.Focus(inputID(compose.FieldServer))
		return
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		keys, err := p.M.Door.Keys(run.Context, run.Domain)
		ctx.Dispatch(func(ctx app.Context) {
			p.Maker.Answered(run.ID, keys, err)
			p.changed(ctx)
		})
	})
}

// check checks a name for the page.
func (p *Make) check(ctx app.Context, run *Run, take func(int, check.Facts)) {
	if run == nil {
		p.M.Door.Focus(inputID(compose.FieldDomain))
		return
	}
	ctx.Async(func() {
		defer p.M.Door.Guard()
		facts := p.M.Door.Check(run.Context, run.Domain, func(check.Facts) {})
		ctx.Dispatch(func(ctx app.Context) {
			take(run.ID, facts)
			p.changed(ctx)
		})
	})
}
