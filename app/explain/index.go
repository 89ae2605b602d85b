package explain

import "strings"

// gram is how many bytes of a form's beginning the index knows; no form is shorter.
const gram = 3

// reach is how far from each other the pieces of a form may be.
const reach = 600

// needle is one way to say a form.
type needle struct {
	program *program
	form    *form
	pieces  []string
	length  int // of all pieces: the longer says more
}

// index finds the needles that may begin somewhere.
type index struct{ slots [1 << 10][]*needle }

func newIndex() *index {
	x := new(index)
	for _, p := range programs() {
		for i := range p.forms {
			for way := range strings.SplitSeq(p.forms[i].pieces, "|") {
				n := &needle{program: &p, form: &p.forms[i], pieces: strings.Split(way, "*"), length: len(way)}
				slot := &x.slots[hash(way)]
				*slot = append(*slot, n)
			}
		}
	}
	return x
}

func hash(s string) int { return (int(s[0])<<6 ^ int(s[1])<<3 ^ int(s[2])) & (1<<10 - 1) }

// at gives the needles that may begin where s, of at least gram bytes, does.
func (x *index) at(s string) []*needle { return x.slots[hash(s)] }

// match tells whether the needle is at a place of s, in front of end, and where it ends.
func (n *needle) match(s string, at, end int) (int, bool) {
	first := n.pieces[0]
	if !strings.HasPrefix(s[at:end], first) || !bounded(s, at, at+len(first)) {
		return 0, false
	}
	to := at + len(first)
	for _, piece := range n.pieces[1:] {
		i := strings.Index(s[to:min(end, to+reach)], piece)
		if i < 0 {
			return 0, false
		}
		to += i + len(piece)
	}
	return to, true
}

// bounded tells whether a piece is no part of a longer word or number; what begins
// with a dot is the tail of a status code.
func bounded(s string, from, to int) bool {
	if s[from] == '.' {
		if from == 0 || s[from-1] != '4' && s[from-1] != '5' || from > 1 && (alphanumeric(s[from-2]) || s[from-2] == '.') {
			return false
		}
	} else if from > 0 && alphanumeric(s[from]) && alphanumeric(s[from-1]) {
		return false
	}
	if to == len(s) || !alphanumeric(s[to-1]) {
		return true
	}
	return !alphanumeric(s[to]) && !(s[to] == '.' && to+1 < len(s) && '0' <= s[to+1] && s[to+1] <= '9' && digit(s[to-1]))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func alphanumeric(c byte) bool { return digit(c) || 'a' <= c && c <= 'z' }
