package picture

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// styleSheet colours the drawing where it stands alone. In the page sealane.css
// does, which knows the theme that the visitor chose.
//
//go:embed style.css
var styleSheet string

// SVG gives the picture as an SVG 1.1 file, in UTF-8: well-formed whatever the
// names in it, without scripts, and with nothing from elsewhere. What is drawn
// is also said, in its description.
func (p *Picture) SVG() []byte {
	l := p.Layout()
	var b strings.Builder
	size := itoa(l.Width) + " " + itoa(l.Height)
	open(&b, "svg", "xmlns", "http://www.w3.org/2000/svg", "viewBox", "0 0 "+size, "width", itoa(l.Width), "height", itoa(l.Height),
		"role", "img", "aria-labelledby", "title", "aria-describedby", "desc")
	element(&b, "title", p.Title(), "id", "title")
	element(&b, "desc", strings.Join(p.Text(), "\n"), "id", "desc")
	element(&b, "style", styleSheet)
	element(&b, "rect", "", "class", "p-page", "width", "100%", "height", "100%")
	for _, x := range l.Boxes {
		element(&b, "rect", "", "x", itoa(x.X), "y", itoa(x.Y), "width", itoa(x.Width), "height", itoa(x.Height), "rx", "5", "class", x.Class)
	}
	for _, x := range l.Paths {
		element(&b, "path", "", "d", x.D, "class", x.Class)
	}
	for _, x := range l.Texts {
		element(&b, "text", x.Text, "x", itoa(x.X), "y", itoa(x.Y), "class", x.Class)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// open writes a start tag with pairs of attributes and values.
func open(b *strings.Builder, tag string, pairs ...string) {
	b.WriteString("<" + tag)
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString(" " + pairs[i] + `="` + escape(pairs[i+1]) + `"`)
	}
	b.WriteString(">")
}

func element(b *strings.Builder, tag, text string, pairs ...string) {
	open(b, tag, pairs...)
	b.WriteString(escape(text) + "</" + tag + ">\n")
}

// escape makes a text the content of an element or an attribute. What XML has
// no place for (XML 1.0 §2.2) stands as U+FFFD.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
