package ui

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// WidgetPath is the check for the frames of other people's pages; below it is the
// page that makes records.
const (
	WidgetPath     = "/widget"
	WidgetMakePath = WidgetPath + MakePath
	// EmbedPath is the page that shows how to put them on a page; the builder of
	// the site makes it, without the program.
	EmbedPath = "/embed"
)

// Summary is what the page around the frame is told about a check, as the detail
// of its event.
type Summary struct {
	Domain   string `json:"domain"`
	Headline string `json:"headline"`
	// Level is that of the most urgent finding, "unknown" without one.
	Level string `json:"level"`
	// Complete tells that the check saw all that it looks for.
	Complete bool `json:"complete"`
	// Findings counts them by level, Senders gives the outcome by sender.
	Findings map[string]int    `json:"findings"`
	Senders  map[string]string `json:"senders"`
}

// Summarize makes a summary of a report.
func Summarize(r *check.Report, lang locale.Language) Summary {
	s := Summary{
		Domain: r.Domain.String(), Level: check.Unknown.String(), Complete: r.Complete() && !r.Blind,
		Findings: map[string]int{}, Senders: map[string]string{},
	}
	s.Headline = headline(r, lang)
	for _, f := range r.Findings {
		s.Findings[level(f.Level)]++
	}
	if len(r.Findings) > 0 { // the most urgent is first
		s.Level = level(r.Findings[0].Level)
	}
	for _, v := range r.Senders {
		s.Senders[string(v.Sender)] = v.Outcome.String()
	}
	return s
}

// headline is a report's, as plain text.
func headline(r *check.Report, lang locale.Language) string {
	all := make([]string, 0, len(r.Headline))
	for _, p := range r.Headline {
		text, _ := lang.Phrase(p.Key)
		args := p.Args
		if len(p.Senders) > 0 {
			args = map[string]string{"senders": locale.Senders(lang, p.Senders)}
		}
		all = append(all, locale.Fill(text, args))
	}
	return strings.Join(all, " ")
}

// tell gives the page around the frame the summary of a finished check.
func (p *Page) tell() {
	if !p.Framed || p.M.State != Done || !p.M.Facts.Done {
		return
	}
	if text, err := json.Marshal(Summarize(&p.M.Report, p.Lang)); err == nil {
		p.M.Door.Tell(string(text))
	}
}

// framed puts a page's content into a frame, with a link to the whole page.
func framed(lang locale.Language, whole string, content ...app.UI) app.UI {
	return el("div").class("shell framed").body(
		el("main").attr("id", "main").body(content...),
		el("footer").class("foot").body(
			el("a").attr("href", whole).attr("target", "_blank").attr("rel", "noopener").data("act", "open").text(lang.UI.Shell.Open),
		),
	)
}

// whole is where the whole page shows what this one does.
func (p *Page) whole() string {
	if p.M.Domain.IsZero() {
		return "/"
	}
	return checkLink(p.M.Domain.String())
}

func (p *Make) whole() string {
	if query := p.Maker.Query().Encode(); query != "" {
		return (&url.URL{Path: MakePath, RawQuery: query}).String()
	}
	return MakePath
}
