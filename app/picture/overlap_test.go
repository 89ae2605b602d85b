package picture

import (
	"slices"
	"strings"
	"testing"
)

// box is where a text stands, by what it takes at most.
func (x Text) box() Box {
	s := style(strings.Fields(x.Class)[0])
	return Box{x.X, x.Y - ascent, s.width(x.Text), leading, x.Class}
}

func (b Box) holds(o Box) bool {
	return b.X <= o.X && b.Y <= o.Y && o.X+o.Width <= b.X+b.Width && o.Y+o.Height <= b.Y+b.Height
}

func (b Box) meets(o Box) bool {
	return b.X < o.X+o.Width && o.X < b.X+b.Width && b.Y < o.Y+o.Height && o.Y < b.Y+b.Height
}

// sound wants boxes apart or one within the other, and texts apart, each within
// the drawing and within the box that it begins in.
func sound(t *testing.T, l Layout) {
	t.Helper()
	page := Box{0, 0, l.Width, l.Height, ""}
	for i, a := range l.Boxes {
		if !page.holds(a) || a.Width < 40 || a.Height < leading {
			t.Errorf("a box out of the drawing, or of no size: %+v", a)
		}
		for _, b := range l.Boxes[i+1:] {
			if a.meets(b) && !a.holds(b) {
				t.Errorf("boxes overlap: %+v and %+v", a, b)
			}
		}
	}
	for i, x := range l.Texts {
		a := x.box()
		if !page.holds(a) || x.Text == "" {
			t.Errorf("a text out of the drawing, or of nothing: %+v", x)
		}
		for _, b := range l.Boxes {
			if b.meets(a) && !b.holds(a) {
				t.Errorf("%q lies across the side of %+v", x.Text, b)
			}
		}
		for _, y := range l.Texts[i+1:] {
			if a.meets(y.box()) {
				t.Errorf("texts overlap: %+v and %+v", x, y)
			}
		}
	}
}

func TestNothingOverlaps(t *testing.T) {
	for _, c := range chains() {
		t.Run(c.name, func(t *testing.T) { sound(t, c.picture().Layout()) })
	}
}

// The test above finds what it looks for.
func TestOverlapsAreFound(t *testing.T) {
	good := chains()[0].picture().Layout()
	for what, change := range map[string]func(*Layout){
		"a long text":   func(l *Layout) { l.Texts[1].Text += strings.Repeat("x", 60) },
		"a moved box":   func(l *Layout) { l.Boxes[1].X -= 40 },
		"a text twice":  func(l *Layout) { l.Texts = append(l.Texts, l.Texts[0]) },
		"a low drawing": func(l *Layout) { l.Height /= 2 },
	} {
		l := Layout{good.Width, good.Height, slices.Clone(good.Boxes), good.Paths, slices.Clone(good.Texts)}
		change(&l)
		found := &testing.T{}
		sound(found, l)
		if !found.Failed() {
			t.Errorf("%s isn't found", what)
		}
	}
}
