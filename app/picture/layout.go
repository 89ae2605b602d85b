package picture

import (
	"strings"

	"github.com/sealane/sealane/app/dnssec"
)

// Width is the drawing's width in units: what is left in pixels of a screen of
// 375 beside margins and a scroll bar. No text is below 12 units.
const Width = 328

// Layout is a picture laid out: boxes, then lines, then texts over them, in
// units from the upper left corner.
type Layout struct {
	Width, Height int
	Boxes         []Box
	Paths         []Path
	Texts         []Text
}

// Box is a rectangle: of a zone, or within that, a DS record, a key or a name.
type Box struct {
	X, Y, Width, Height int
	Class               string
}

// Path is a line, as the d of an SVG path.
type Path struct{ D, Class string }

// Text is one line of text; X is where it begins, Y its baseline.
type Text struct {
	X, Y        int
	Text, Class string
}

// Distances, in units.
const (
	edge   = 2  // around the drawing
	pad    = 8  // within a box
	gap    = 8  // between boxes side by side
	mark   = 16 // what a mark takes before a text
	step   = 12 // zones below a fork stand further right,
	forks  = 4  // as long as there is room
	arrow  = 14 // from a box's left side to the line that leads to it
	needed = 20 // of a line for its head and its mark
)

// drawing is a layout being made; y is the lower edge of what is drawn.
type drawing struct {
	Layout
	*Picture
	y int
}

// Layout lays the picture out: zones above those that they vouch for, each with
// what delegates to it, its keys and the names found there.
func (p *Picture) Layout() Layout {
	d := &drawing{Picture: p, y: edge}
	d.Width = Width
	for i, z := range p.tops {
		if i > 0 {
			d.y += gap
		}
		d.link(z, edge, edge+arrow, false)
	}
	if len(p.loose) > 0 {
		d.y += gap
		d.block(edge, right(0), p.words.Loose, words, "")
	}
	for _, h := range p.loose {
		d.y += gap
		d.host(nil, h, edge)
	}
	if p.Empty() {
		d.block(edge, right(0), p.words.Empty, words, "")
	}
	d.Height = d.y + edge
	return d.Layout
}

// path draws a line; the numbers stand for # in it.
func (d *drawing) path(class, form string, numbers ...int) {
	for _, n := range numbers {
		form = strings.Replace(form, "#", itoa(n), 1)
	}
	d.Paths = append(d.Paths, Path{form, class})
}

func (d *drawing) text(x, y int, text string, s style, more string) {
	d.Texts = append(d.Texts, Text{x, y, text, join(" ", string(s), more)})
}

// right is how far contents go to the right at a depth of boxes in each other.
func right(depth int) int { return Width - edge - depth*pad }

// block sets a text between two sides, below what is drawn.
func (d *drawing) block(x, to int, text string, s style, class string) {
	for _, line := range s.wrap(text, to-x) {
		d.text(x, d.y+ascent, line, s, class)
		d.y += leading
	}
}

// beside sets a quiet text behind the last line of a block, or below it where
// there is no room.
func (d *drawing) beside(x, to int, text string) {
	if text == "" {
		return
	}
	last := d.Texts[len(d.Texts)-1]
	if end := last.X + words.width(last.Text) + gap; end+quiet.width(text) <= to {
		d.text(end, last.Y, text, quiet, "")
		return
	}
	d.block(x, to, text, quiet, "")
}

// frame draws a box around what draws itself within.
func (d *drawing) frame(x, to int, class string, within func()) {
	at, top := len(d.Boxes), d.y
	d.Boxes = append(d.Boxes, Box{X: x, Y: top, Width: to - x, Class: class})
	d.y += pad - 2
	within()
	d.y += pad - 2
	d.Boxes[at].Height = d.y - top
}

// zone draws a zone and those below it.
func (d *drawing) zone(z *zone, x int) {
	d.frame(x, right(0), "p-zone p-"+z.Status.String(), func() {
		d.title(z, x+pad)
		if len(z.DS)+len(z.Keys) > 0 {
			d.y += 4
			d.trust(z, x+pad, right(1))
		}
		if said := d.signed("DNSKEY", z.KeySignature, date); said != "" {
			d.y += 4
			d.block(x+pad, right(1), said, quiet, fault(z, blames(z)))
		}
		for _, h := range z.hosts {
			d.y += gap
			d.host(z, h, x+pad)
		}
	})
	d.below(z, x)
}

// below draws the zones below one under each other. A single one hangs at its
// box, several at a line that forks, while there is room to stand aside; then
// it is said whose they are.
func (d *drawing) below(z *zone, x int) {
	aside := min(x+step, edge+forks*step)
	switch {
	case len(z.below) == 1:
		d.link(z.below[0], x, x+arrow, true)
		return
	case aside == x:
		for _, b := range z.below {
			d.y += gap
			d.link(b, x, x+arrow, false)
		}
		return
	}
	from, last := d.y, d.y
	for _, b := range z.below {
		d.y += gap
		last = d.y
		d.link(b, aside, x+step/2, true)
	}
	d.path("p-line", "M# #V#", x+step/2, from, last)
}

// title is the zone's name with its status.
func (d *drawing) title(z *zone, x int) {
	d.mark(x, d.y+ascent, z.Status)
	lines := name.wrap(d.called(z.Name, 90), right(1)-x-mark)
	for _, line := range lines {
		d.text(x+mark, d.y+ascent, line, name, "")
		d.y += leading
	}
	said := d.status(z.Status)
	end := x + mark + name.width(lines[len(lines)-1]) + gap
	if end+words.width(said) > right(1) {
		end = x + mark
		d.y += leading
	}
	d.text(end, d.y-leading+ascent, said, words, "p-"+z.Status.String())
}

// host draws a name and what was found there, a row for each type.
func (d *drawing) host(z *zone, h host, x int) {
	depth := 0
	if z != nil {
		depth = 1
	}
	worst := dnssec.Secure
	for _, hop := range h.hops {
		if bad(hop.Status) > bad(worst) {
			worst = hop.Status
		}
	}
	d.frame(x, right(depth), "p-host p-"+worst.String(), func() {
		d.block(x+pad, right(depth+1), d.called(h.name, 90), token, "")
		for _, hop := range h.hops {
			typ := hop.Type.String()
			d.mark(x+pad, d.y+ascent, hop.Status)
			d.text(x+pad+mark, d.y+ascent, typ, token, "")
			class := ""
			if hop.Status != dnssec.Secure {
				class = "p-" + hop.Status.String()
			}
			at := x + pad + mark + token.width(typ) + gap
			d.block(at, right(depth+1), d.found(z, hop), words, class)
			d.beside(at, right(depth+1), d.period(hop.Signature, date))
		}
	})
}

// mark draws a status beside a text's baseline: each has a form of its own, so
// that nothing hangs on colour.
func (d *drawing) mark(x, y int, s dnssec.Status) {
	form := [...]string{
		dnssec.Indeterminate: "m1 -7a3 3 0 1 1 4 2.8q-1 .4-1 2.2m0 2.6v.2",
		dnssec.Bogus:         "m0 -9l9 9m0 -9l-9 9",
		dnssec.Insecure:      "m0 -4.5h9",
		dnssec.Secure:        "m0 -4.5l3 3.5 6 -8",
	}[s&3]
	d.path("p-mark p-"+s.String(), "M# #"+form, x, y)
}
