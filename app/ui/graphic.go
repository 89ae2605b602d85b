package ui

import (
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// graphic is an SVG drawing, written as a text: as elements, each of its pieces would keep
// the engine for a quarter of a millisecond. What it is told is escaped.
type graphic struct{ text strings.Builder }

// begin opens an element, with attributes in pairs; an empty value sets none.
func (g *graphic) begin(tag string, attrs ...string) *graphic {
	g.text.WriteString("<" + tag)
	for i := 0; i < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			g.text.WriteString(" " + attrs[i] + `="` + html.EscapeString(attrs[i+1]) + `"`)
		}
	}
	g.text.WriteByte('>')
	return g
}

// end closes an element.
func (g *graphic) end(tag string) *graphic {
	g.text.WriteString("</" + tag + ">")
	return g
}

// rect adds a rectangle that tells under the pointer what it is.
func (g *graphic) rect(x, y, width, height, fill, title string) {
	g.begin("rect", "x", x, "y", y, "width", width, "height", height, "fill", fill)
	if title != "" {
		g.begin("title").text.WriteString(html.EscapeString(title))
		g.end("title")
	}
	g.end("rect")
}

// done closes the drawing.
func (g *graphic) done() app.UI { return app.Raw(g.end("svg").text.String()) }

// band begins a drawing as wide as there is room for. With a label it is an image of
// that name; without, it is for the eye only.
func band(class, height, label string) *graphic {
	g := &graphic{}
	if label == "" {
		return g.begin("svg", "class", class, "width", "100%", "height", height, "aria-hidden", "true")
	}
	return g.begin("svg", "class", class, "width", "100%", "height", height, "role", "img", "aria-label", label)
}

// icon draws paths in a square of 16 by 16.
func icon(class string, paths ...string) app.UI {
	g := &graphic{}
	g.begin("svg", "class", class, "viewBox", "0 0 16 16", "width", "16", "height", "16", "focusable", "false", "aria-hidden", "true")
	for _, d := range paths {
		g.begin("path", "d", d).end("path")
	}
	return g.done()
}
