package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/syntax"
)

// LintPath is where a policy or record that somebody has is read and mended.
const LintPath = "/lint"

// Lint is the page at LintPath. What is pasted stays in the page, and out of its
// URL: it may be long, and it may be somebody's own.
type Lint struct {
	app.Compo
	M    *Machine
	Lang locale.Language

	text    string
	read    lint.Lint
	written int  // how often the page itself has written into the field
	next    bool // the field takes the focus when it is made anew
}

// OnMount takes a file that is dropped, and asks for the configuration.
func (p *Lint) OnMount(ctx app.Context) {
	p.M.Door.Load(func(content []byte) {
		ctx.Dispatch(func(app.Context) {
			if len(content) > 0 { // else what stands there is worth more
				p.put(string(content))
			}
		})
	})
	configure(ctx, p.M)
}

// OnNav sets the title.
func (p *Lint) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(p.Title())
	ctx.Defer(func(app.Context) { p.M.Door.Ready() })
}

// Title gives the title of the document.
func (p *Lint) Title() string {
	return fill(p.Lang.UI.Shell.TitleOf, "domain", p.Lang.UI.Lint.Title)
}

// Summary gives what search engines show.
func (p *Lint) Summary() string { return p.Lang.UI.Lint.Lede }

func (p *Lint) put(text string) {
	p.text = text
	p.written++
	p.reread()
}

func (p *Lint) reread() { p.read = lint.Read(p.text) }

// use takes the mended text over. The button is gone then, so the visitor goes on in
// the field, once it is there anew.
func (p *Lint) use(app.Context) {
	p.put(p.read.Mended)
	p.next = true
}

// lintID is the field's.
const lintID = "lint-text"

// Render shows the field, and what was read.
func (p *Lint) Render() app.UI {
	w := p.Lang.UI.Lint
	return shell(p.M, p.Lang, LintPath,
		el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Lede)),
		el("div").class("make-field").body(
			el("label").attr("for", lintID).text(w.Label),
			&area{Written: p.written, id: lintID, text: &p.text, changed: p.reread, focus: &p.next, door: p.M.Door},
		),
		el("section").class("lint").aria("live", "polite").data("kind", strconv.Itoa(int(p.read.Kind()))).body(p.said()...),
	)
}

// said is what was read, part by part, and the mended text.
func (p *Lint) said() []app.UI {
	w := p.Lang.UI.Lint
	if p.text == "" {
		return nil
	}
	if len(p.read.Parts) == 0 {
		return []app.UI{el("p").class("muted").text(w.Nothing)}
	}
	v := view{m: p.M, report: &p.M.Report, lang: p.Lang, w: p.Lang.UI}
	var all []app.UI
	for _, part := range p.read.Parts {
		verdict, level := w.Valid, "ok"
		if !syntax.Valid(part.Diagnostics) {
			verdict, level = w.Invalid, "error"
		}
		all = append(all,
			el("h2").data("part", part.Kind.Group()).data("valid", level).body(mark(level), app.Text(fill(verdict, "what", w.Kinds.Of(part.Kind.Group())))),
			p.source(v, part),
		)
	}
	return append(all, p.mended(v)...)
}

// source shows the lines that a part stands on.
func (p *Lint) source(v view, part lint.Part) app.UI {
	text := p.read.Text
	from, to := part.Span.Start, part.Span.End
	if part.Owner.End > 0 {
		from = min(from, part.Owner.Start)
	}
	for _, d := range part.Diagnostics {
		from, to = min(from, d.Span.Start), max(to, d.Span.End)
	}
	from = strings.LastIndexByte(text[:from], '\n') + 1
	if end := strings.IndexByte(text[to:], '\n'); end >= 0 {
		to += end
	} else {
		to = len(text)
	}
	here := slices.Clone(part.Diagnostics)
	for i := range here {
		here[i].Span.Start -= from
		here[i].Span.End -= from
	}
	return v.source(text[from:to], here, part.Kind.Group(), strings.Contains(text[from:to], "\n"))
}

// mended is the text as it was meant, with what changes.
func (p *Lint) mended(v view) []app.UI {
	w := p.Lang.UI.Lint
	switch {
	case p.read.Mended == p.read.Text:
		return []app.UI{el("p").class("muted").text(w.NothingToMend)}
	case p.read.Mended == "":
		return []app.UI{el("p").class("muted").text(w.Unknown)}
	}
	var pieces []app.UI
	for _, d := range p.read.Diff {
		tag := [...]string{lint.Keep: "span", lint.Delete: "del", lint.Insert: "ins"}[d.Op]
		pieces = append(pieces, el(tag).text(lines(d.Text)))
	}
	return []app.UI{
		el("h2").text(w.Mended),
		el("div").class("publication").data("mended", "true").body(
			el("p").class("publication-head").body(v.copyButton("mended", p.read.Mended),
				v.act("use", w.Use, p.use, "")),
			el("pre").attr("tabindex", "0").body(el("code").body(pieces...)),
		),
	}
}
