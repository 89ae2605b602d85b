package ui

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

// mostEarlier is how many findings of the check before are shown.
const mostEarlier = 5

// Earlier is what the last check of a domain came to, in words. Whoever comes back
// reads it until the new check has found something: boot.js shows it before the
// program is there, in the same form.
type Earlier struct {
	Note     string           `json:"note"` // says of when it is
	Headline string           `json:"headline"`
	Findings []EarlierFinding `json:"findings"`
}

// EarlierFinding is one finding: its level, as in data-level and as a word, and
// what comes of it, and of what.
type EarlierFinding struct {
	Level string `json:"level"`
	Word  string `json:"word"`
	Text  string `json:"text"`
}

// Retell makes an Earlier of a report, the most urgent findings first, and what holds
// for several servers once.
func Retell(r *check.Report, at string, lang locale.Language) Earlier {
	e := Earlier{Note: fill(lang.UI.Verdict.Earlier, "time", at), Headline: headline(r, lang), Findings: []EarlierFinding{}}
	for _, f := range r.Findings {
		words, known := lang.Finding(string(f.Code))
		if !known {
			continue
		}
		name := level(f.Level)
		text := locale.Fill(words.Consequence, f.Args) + " (" + locale.Fill(words.Title, f.Args) + ")"
		one := EarlierFinding{name, lang.UI.Verdict.Levels.Of(name), visible(strings.ReplaceAll(text, "`", ""))}
		if slices.Contains(e.Findings, one) { // of another server
			continue
		}
		if e.Findings = append(e.Findings, one); len(e.Findings) == mostEarlier {
			break
		}
	}
	return e
}

// keep keeps the report for the next visit.
func (m *Machine) keep(lang locale.Language) {
	if !m.Facts.Done {
		return
	}
	if text, err := json.Marshal(Retell(&m.Report, moment(m.Facts.At), lang)); err == nil {
		m.Door.Keep(m.Domain, string(text))
	}
}

// retold gives what was kept of the last check of the domain, nil for nothing.
func (m *Machine) retold() *Earlier {
	var e Earlier
	if json.Unmarshal([]byte(m.Door.Kept(m.Domain)), &e) != nil || e.Note == "" {
		return nil
	}
	return &e
}

// earlier shows the last check until the new one has found something.
func (v view) earlier() app.UI {
	e := v.m.Earlier
	if e == nil || v.m.State != Running || len(v.report.Findings) > 0 {
		return el("section").class("earlier").attr("hidden", "true").body()
	}
	return el("section").class("earlier").body(
		el("h3").text(e.Note),
		el("p").text(e.Headline),
		el("ul").body(each(len(e.Findings), func(i int) app.UI {
			f := e.Findings[i]
			return el("li").data("earlier", f.Level).body(el("strong").text(f.Word), app.Text(" "+f.Text))
		})...),
	)
}
