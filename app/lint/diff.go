package lint

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// Op says what becomes of a piece of text.
type Op uint8

// The operations.
const (
	Keep Op = iota
	Delete
	Insert
)

// Piece is a run of text with one fate. Those to keep and to delete make the old
// text, those to keep and to insert the new one.
type Piece struct {
	Op   Op
	Text string
}

// edit puts text in the place of a span.
type edit struct {
	span syntax.Span
	text string
}

// ordered sorts edits by place. They don't overlap.
func ordered(edits []edit) []edit {
	edits = slices.Clone(edits)
	for i := 1; i < len(edits); i++ {
		for k := i; k > 0 && edits[k].span.Start < edits[k-1].span.Start; k-- {
			edits[k], edits[k-1] = edits[k-1], edits[k]
		}
	}
	return edits
}

// apply makes edits.
func apply(text string, edits []edit) string {
	var out strings.Builder
	at := 0
	for _, e := range ordered(edits) {
		out.WriteString(text[at:e.span.Start] + e.text)
		at = e.span.End
	}
	out.WriteString(text[at:])
	return out.String()
}

// difference gives the pieces that edits come to, word by word.
func difference(text string, edits []edit) []Piece {
	var d pieces
	at := 0
	for _, e := range ordered(edits) {
		d.add(Keep, text[at:e.span.Start])
		d.words(words(e.span.Cut(text)), words(e.text))
		at = e.span.End
	}
	d.add(Keep, text[at:])
	return d
}

type pieces []Piece

// add appends text, to the last piece where that has the same fate.
func (d *pieces) add(op Op, text string) {
	last := len(*d) - 1
	switch {
	case text == "":
	case last >= 0 && (*d)[last].Op == op:
		(*d)[last].Text += text
	default:
		*d = append(*d, Piece{op, text})
	}
}

// maxTable is how large the table of a comparison can be, in cells: enough for a
// policy with a hundred mail hosts. What is larger is replaced as a whole.
const maxTable = 1 << 20

// words compares by a longest common subsequence.
func (d *pieces) words(old, new []string) {
	for len(old) > 0 && len(new) > 0 && old[0] == new[0] {
		d.add(Keep, old[0])
		old, new = old[1:], new[1:]
	}
	same := 0
	for same < len(old) && same < len(new) && old[len(old)-1-same] == new[len(new)-1-same] {
		same++
	}
	tail := old[len(old)-same:]
	old, new = old[:len(old)-same], new[:len(new)-same]
	if len(old)*len(new) > maxTable {
		d.add(Delete, strings.Join(old, ""))
		d.add(Insert, strings.Join(new, ""))
	} else {
		d.compare(old, new)
	}
	d.add(Keep, strings.Join(tail, ""))
}

func (d *pieces) compare(old, new []string) {
	// common[i][k] is how much old[i:] and new[k:] have in common, in bytes: so that
	// a name counts for more than the blanks and dots around it.
	width := len(new) + 1
	common := make([]int, (len(old)+1)*width)
	for i := len(old) - 1; i >= 0; i-- {
		for k := len(new) - 1; k >= 0; k-- {
			common[i*width+k] = max(common[(i+1)*width+k], common[i*width+k+1])
			if old[i] == new[k] {
				common[i*width+k] = max(common[i*width+k], common[(i+1)*width+k+1]+len(old[i]))
			}
		}
	}
	i, k := 0, 0
	for i < len(old) && k < len(new) {
		switch here := common[i*width+k]; {
		case old[i] == new[k] && here == common[(i+1)*width+k+1]+len(old[i]):
			d.add(Keep, old[i])
			i, k = i+1, k+1
		case here == common[(i+1)*width+k]:
			d.add(Delete, old[i])
			i++
		default:
			d.add(Insert, new[k])
			k++
		}
	}
	d.add(Delete, strings.Join(old[i:], ""))
	d.add(Insert, strings.Join(new[k:], ""))
}

// words cuts a text into runs of letters and digits, line ends, and single
// characters.
func words(text string) []string {
	var all []string
	for len(text) > 0 {
		n := 1
		switch {
		case strings.HasPrefix(text, "\r\n"):
			n = 2
		case wordByte(text[0]):
			for n < len(text) && wordByte(text[n]) {
				n++
			}
		}
		all, text = append(all, text[:n]), text[n:]
	}
	return all
}

// wordByte tells letters and digits; what is outside ASCII is one.
func wordByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0x80
}
