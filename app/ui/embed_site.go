//go:build !js

package ui

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/senders"
)

// Embed is the page at EmbedPath. It is written once, when the site is built;
// embed.js fills it with the choices and the origin of the site.
type Embed struct {
	app.Compo
	Lang locale.Language
}

// Title gives the title of the document.
func (e *Embed) Title() string {
	return fill(e.Lang.UI.Shell.TitleOf, "domain", e.Lang.Embed().Title)
}

// Summary gives what search engines show.
func (e *Embed) Summary() string { return e.Lang.Embed().Lede }

// Scripts names the scripts that it loads.
func (e *Embed) Scripts() []string { return []string{"widget.js", "embed.js"} }

// exampleOrigin stands for the site's own until embed.js puts that there.
const exampleOrigin = "https://SEALANE"

// Render shows the form, what to copy, and the widget.
func (e *Embed) Render() app.UI {
	w := e.Lang.Embed()
	link := fill(w.Link, "domain", "example.com")
	whole := exampleOrigin + "/?d=example.com"
	lines := `<script async src="` + exampleOrigin + `/widget.js"></script>` + "\n" +
		`<sealane-check domain="example.com" lang="en" theme="auto"><a href="` + whole + `">` + link + `</a></sealane-check>`
	badge := exampleOrigin + "/badge/example.com.svg"
	alt := fill(w.Alt, "domain", "example.com")
	return shell(NewMachine(Closed()), e.Lang, EmbedPath, el("article").class("embed").data("badge-none", w.BadgeNone).data("accent-wrong", w.AccentWrong).
		data("link", w.Link).data("make-link", w.MakeLink).data("copied", w.Copied).data("select", w.Select).data("alt", w.Alt).body(
		el("section").class("ask").body(el("h1").text(w.Title), el("p").class("lede").text(w.Lede)),
		el("noscript").body(el("p").text(w.NoScript)),
		e.form(),
		e.part(w.Lines, w.LinesAbout, code{"lines", lines}),
		el("section").body(
			el("h2").text(w.Preview), el("p").class("muted").text(w.PreviewAbout),
			el("div").class("embed-preview").attr("id", "preview").body(),
		),
		e.part(w.Generators, w.GeneratorsAbout, code{"docusaurus", `scripts: [{ src: "` + exampleOrigin + `/widget.js", async: true }],`}),
		e.part(w.Policy, w.PolicyAbout, code{"policy", "script-src " + exampleOrigin + "; frame-src " + exampleOrigin}),
		e.part(w.Event, w.EventAbout,
			code{"event", `document.addEventListener("sealane-report", (event) => console.log(event.detail));`},
			code{"detail", exampleSummary(e.Lang)}),
		e.part(w.Badge, w.BadgeAbout,
			code{"markdown", "[![" + alt + "](" + badge + ")](" + whole + ")"},
			code{"html", `<a href="` + whole + `"><img src="` + badge + `" alt="` + alt + `"></a>`},
			code{"image", "img-src " + exampleOrigin}),
	))
}

// code is something to copy, by its name.
type code struct{ name, text string }

func (e *Embed) part(title, about string, codes ...code) app.UI {
	w := e.Lang.Embed()
	content := []app.UI{el("h2").text(title), el("p").class("muted").text(about)}
	for _, c := range codes {
		content = append(content, el("div").class("publication").body(
			el("p").class("publication-head").body(
				el("strong").text(w.Heads.Of(c.name)),
				el("button").attr("type", "button").class("quiet copy").data("copy", c.name).aria("live", "polite").text(w.Copy),
			),
			el("pre").attr("tabindex", "0").body(el("code").data("code", c.name).text(c.text)),
		))
	}
	return el("section").body(content...)
}

// form is the choices; nothing is sent anywhere.
func (e *Embed) form() app.UI {
	w := e.Lang.Embed()
	text := func(value string) app.UI {
		return el("input").attr("type", "text").attr("value", value).
			attr("autocomplete", "off").attr("spellcheck", "false").attr("autocapitalize", "none").html
	}
	return el("form").class("embed-form").body(
		choice("kind", w.Kind, "", options(w.Kinds)),
		choice("domain", w.Domain, "", text("example.com")),
		choice("theme", w.Theme, w.ThemeHint, options(w.Themes)),
		choice("accent", w.Accent, w.AccentHint, text("")),
		choice("lang", w.Language, w.LanguageHint, options(locale.Terms{{Key: e.Lang.Tag, Text: e.Lang.Name}})),
	)
}

func options(of locale.Terms) app.UI {
	return el("select").body(each(len(of), func(i int) app.UI { return el("option").attr("value", of[i].Key).text(of[i].Text) })...)
}

// choice is one field of the form, with what is to know about it.
func choice(name, label, hint string, control app.UI) app.UI {
	field := elem{control.(app.HTMLElem)}.attr("id", "embed-"+name).data("choice", name)
	content := []app.UI{el("label").attr("for", "embed-"+name).text(label), control}
	if hint != "" {
		field.aria("describedby", name+"-said")
		content = append(content, el("p").attr("id", name+"-said").class("muted").text(hint))
	}
	return el("div").body(content...)
}

// exampleSummary is what Summarize makes of a report with one warning, as the
// page around a frame gets it.
func exampleSummary(lang locale.Language) string {
	r := check.Report{
		Domain:   dnsname.MustParse("example.com"),
		Headline: []check.Phrase{{Key: "headline.sts-testing"}, {Key: "headline.dane-absent"}},
		Findings: []check.Finding{{Level: check.Warning}, {Level: check.OK}, {Level: check.OK}},
		Senders:  []senders.Verdict{{Sender: "gmail", Outcome: senders.Delivers}},
	}
	text, err := json.MarshalIndent(Summarize(&r, lang), "", "  ")
	if err != nil {
		panic(err) // of strings and numbers there is none
	}
	return string(text)
}
