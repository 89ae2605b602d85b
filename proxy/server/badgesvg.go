package server

import (
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/locale"
)

// Colours of a badge. They say whether something is known, never how good it is.
const (
	badgeLeft    = "#414b54"
	badgeRight   = "#0b5876"
	badgeUnknown = "#5c6a75"
)

// drawBadge draws a badge as SVG, without scripts, styles or anything from
// elsewhere.
func drawBadge(domain string, s Summary) string {
	w := locale.EnglishBadge()
	state, about, colour := w.NotChecked, w.AboutUnknown, badgeUnknown
	if len(s.Parts) > 0 {
		said := make([]string, len(s.Parts))
		for i, part := range s.Parts {
			said[i] = w.Parts.Of(part)
		}
		state, about, colour = strings.Join(said, " · "), w.About, badgeRight
	}
	about = locale.Fill(about, map[string]string{"domain": domain, "state": state, "time": s.At.UTC().Format(time.RFC3339)})
	const pad = 7
	left, right := textWidth(w.Label)+2*pad, textWidth(state)+2*pad
	var out strings.Builder
	put := func(parts ...string) {
		for _, p := range parts {
			out.WriteString(p)
		}
	}
	text := func(x, width int, words string) {
		put(`<text x="`, strconv.Itoa(x+pad), `" y="14" textLength="`, strconv.Itoa(width-2*pad), `">`, html.EscapeString(words), `</text>`)
	}
	rect := func(x, width int, colour string) {
		put(`<rect x="`, strconv.Itoa(x), `" width="`, strconv.Itoa(width), `" height="20" fill="`, colour, `"/>`)
	}
	put(`<svg xmlns="http://www.w3.org/2000/svg" width="`, strconv.Itoa(left+right), `" height="20" role="img" aria-label="`, html.EscapeString(about), `">`)
	put(`<title>`, html.EscapeString(about), `</title>`)
	rect(0, left, badgeLeft)
	rect(left, right, colour)
	put(`<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">`)
	text(0, left, w.Label)
	text(left, right, state)
	put("</g></svg>\n")
	return out.String()
}

// textWidth is about how wide a text is in Verdana at 11 pixels; textLength
// makes other fonts fit.
func textWidth(text string) int {
	tenths := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijlI.,:;'|! ·", r):
			tenths += 38
		case strings.ContainsRune("frt()-", r):
			tenths += 48
		case strings.ContainsRune("mwMW", r):
			tenths += 104
		case r >= 'A' && r <= 'Z':
			tenths += 78
		default:
			tenths += 67
		}
	}
	return (tenths + 9) / 10
}
