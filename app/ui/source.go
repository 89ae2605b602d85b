package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/app/syntax"
)

// Limits of a text shown with its diagnostics: enough for any honest one.
const (
	sourceLines = 200
	sourceWidth = 1000 // bytes of one line
)

// source shows a text as a compiler shows it: line by line, with each
// diagnostic under the exact characters. numbered adds line numbers.
func (v view) source(text string, diagnostics []syntax.Diagnostic, group string, numbered bool) app.UI {
	var rows []app.UI
	start, count := 0, 0
	for start < len(text) || count == 0 {
		line, next := text[start:], len(text)
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], start+i+1
		}
		count++
		if count <= sourceLines {
			rows = append(rows, v.sourceLine(line, start, next, count, diagnostics, group, numbered)...)
		}
		start = next
	}
	if count > sourceLines {
		rows = append(rows, el("div").class("muted").text(fill(v.w.Details.More, "count", itoa(count-sourceLines))))
	}
	return el("div").class("source").attr("tabindex", "0").body(rows...)
}

// sourceLine is one line that begins at byte start, and a row for each
// diagnostic in it. The line's own end, [start+len(line), next), belongs to it.
func (v view) sourceLine(line string, start, next, number int, all []syntax.Diagnostic, group string, numbered bool) []app.UI {
	var here []syntax.Diagnostic
	for _, d := range all {
		if d.Span.Start >= start && (d.Span.Start < next || d.Span.Start == next && next == start+len(line)) {
			here = append(here, d)
		}
	}
	line = strings.TrimSuffix(line, "\r")
	row := el("div").class("line")
	var cells []app.UI
	if numbered {
		cells = append(cells, el("span").class("line-number").aria("hidden", "true").text(itoa(number)))
	}
	rows := []app.UI{row.body(append(cells, el("code").body(marked(line, start, here)...))...)}
	for _, d := range here {
		rows = append(rows, v.under(line, start, d, group, numbered), v.readersOf(group, d))
	}
	return rows
}

// marked gives the line with the characters of diagnostics underlined.
func marked(line string, start int, here []syntax.Diagnostic) []app.UI {
	var parts []app.UI
	at := 0
	for _, d := range here {
		from, to := clip(d.Span.Start-start, line), clip(d.Span.End-start, line)
		if from < at || to <= from {
			continue
		}
		if from > at {
			parts = append(parts, app.Text(visible(line[at:from])))
		}
		parts = append(parts, el("span").class("squiggle").text(visible(line[from:to])))
		at = to
	}
	if rest := shorten(line[at:], sourceWidth); rest != "" {
		parts = append(parts, app.Text(visible(rest)))
	}
	return parts
}

// under is the diagnostic's row. It begins with the same characters as the
// line, unseen, so that the arrow stands under the right ones in any font and
// any script.
func (v view) under(line string, start int, d syntax.Diagnostic, group string, numbered bool) app.UI {
	ghost := visible(line[:clip(d.Span.Start-start, line)])
	if len(ghost) > sourceWidth {
		ghost = ""
	}
	level := "level-notice"
	if d.Fatal {
		level = "level-error"
	}
	var cells []app.UI
	if numbered {
		cells = append(cells, el("span").class("line-number").aria("hidden", "true").body())
	}
	cells = append(cells,
		el("code").class("ghost").aria("hidden", "true").text(ghost),
		el("span").class("diagnosis").body(
			el("span").class("arrow").aria("hidden", "true").text("↑ "),
			el("span").text(v.diagnosis(group, d)),
			when(numbered && d.Mend != "" && d.Mend != v.report.Policy.Mended, func() app.UI {
				return el("code").class("mend").text(" → " + lines(shorten(d.Mend, 300)))
			}),
		))
	return el("div").class("line under", level).data("diagnostic", group+"."+string(d.Kind)).body(cells...)
}

// readersOf is the row that says who takes an oddity and who doesn't; none for
// what every reader is to take and of which nothing else is known.
func (v view) readersOf(group string, d syntax.Diagnostic) app.UI {
	code := group + "." + string(d.Kind)
	text := v.readers(code)
	if text == "" && d.Fatal && group != "tlsrpt-record" {
		text, _ = v.lang.Phrase("senders.unread")
	}
	return when(text != "", func() app.UI { return el("p").class("readers").data("readers", code).text(text) })
}

// readers says how implementations read what a code names, "" where none is
// documented.
func (v view) readers(code string) string {
	return senders.ReadersLine(code, func(key string) string {
		text, _ := v.lang.Phrase(key)
		return text
	})
}

// mended is a text as it was meant, ready to copy.
func (v view) mended(key, text string) app.UI {
	return el("div").class("publication").data("mended", key).body(
		el("p").class("publication-head").body(el("strong").text(v.w.Details.Mended), v.copyButton("mended "+key, text)),
		el("pre").attr("tabindex", "0").body(el("code").text(lines(text))),
	)
}

// clip keeps an index within the line and off the middle of a character.
func clip(i int, line string) int {
	i = max(0, min(i, len(line)))
	for i > 0 && i < len(line) && line[i]&0xc0 == 0x80 {
		i--
	}
	return i
}
