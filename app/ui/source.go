package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

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
		rows = append(rows, v.under(line, start, d, group, numbered))
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
		))
	return el("div").class("line under", level).data("diagnostic", group+"."+string(d.Kind)).body(cells...)
}

// clip keeps an index within the line and off the middle of a character.
func clip(i int, line string) int {
	i = max(0, min(i, len(line)))
	for i > 0 && i < len(line) && line[i]&0xc0 == 0x80 {
		i--
	}
	return i
}
