package ui

import (
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// graphic is an SVG drawing of many pieces, written as a text: as elements, each
// piece would keep the engine for a third of a millisecond.
type graphic struct{ text strings.Builder }

// draw begins a drawing as wide as there is room for, and so many pixels high. With a
// label it is an image of that name; without, it is for the eye only.
func draw(class, height, label string) *graphic {
	d := &graphic{}
	d.open("svg", "class", class, "width", "100%", "height", height)
	if label == "" {
		d.attrs("aria-hidden", "true")
	} else {
		d.attrs("role", "img", "aria-label", label)
	}
	d.text.WriteByte('>')
	return d
}

// rect adds a piece that tells what it is under the pointer.
func (d *graphic) rect(x, y, width, height, fill, title string) {
	d.open("rect", "x", x, "y", y, "width", width, "height", height, "fill", fill)
	d.text.WriteString("><title>" + html.EscapeString(title) + "</title></rect>")
}

func (d *graphic) open(tag string, attrs ...string) {
	d.text.WriteString("<" + tag)
	d.attrs(attrs...)
}

func (d *graphic) attrs(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		d.text.WriteString(" " + pairs[i] + `="` + html.EscapeString(pairs[i+1]) + `"`)
	}
}

func (d *graphic) done() app.UI {
	d.text.WriteString("</svg>")
	return app.Raw(d.text.String())
}
