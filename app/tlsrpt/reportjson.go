package tlsrpt

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxRows bounds policies, details and lines of policies in a report.
	maxRows = 200_000
	// maxDepth is far above the five of RFC 8460 §4.4.
	maxDepth = 32
	// stride is how much is read between two calls of step.
	stride = 64 << 10
)

// reader reads JSON (RFC 8259) in one pass. After a failure it stands still, and
// each of its methods returns at once: stopped is looked at where loops end.
type reader struct {
	text    string
	at      int
	breath  int // where step is to be called next
	depth   int
	rows    int
	step    func() error
	stopped error
	path    []place
	mended  repairLog
	likely  int // how many details an entry has: as many as the last one
}

// place is a part of the path to what is read: a member, or an index.
type place struct {
	name  string
	index int
}

// fail stops the reading, here.
func (r *reader) fail(kind ErrorKind) {
	if r.stopped == nil {
		r.stopped = placed(kind, r.text, r.at)
	}
}

// placed is an error at an offset of a text.
func placed(kind ErrorKind, text string, at int) *ReportError {
	before := text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return &ReportError{kind, int64(at), strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1}
}

// unexpected stops at what can't stand here.
func (r *reader) unexpected() {
	if r.at >= len(r.text) {
		r.fail(CutOff)
	} else {
		r.fail(Syntax)
	}
}

// mend notes a repair of what is being read.
func (r *reader) mend(kind RepairKind, value string) { r.mended.add(kind, r.path, "", value) }

// mendAt notes a repair of a member of what is being read.
func (r *reader) mendAt(kind RepairKind, name, value string) {
	r.mended.add(kind, r.path, name, value)
}

// breathe calls step when enough was read since the last time.
func (r *reader) breathe(at int) {
	if at < r.breath {
		return
	}
	r.breath = at + stride
	r.pause()
}

// pause calls step.
func (r *reader) pause() {
	if r.step != nil && r.stopped == nil {
		if err := r.step(); err != nil {
			r.stopped = err
		}
	}
}

// peek skips white space and gives the next octet, 0 at the end and when stopped.
func (r *reader) peek() byte {
	for r.stopped == nil {
		for end := min(len(r.text), r.breath); r.at < end; r.at++ {
			if c := r.text[r.at]; c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c
			}
		}
		if r.at >= len(r.text) {
			break
		}
		r.breathe(r.at)
	}
	return 0
}

// list reads what stands between brackets: each reads one element, or member.
func (r *reader) list(open, end byte, each func(i int)) {
	if r.peek() != open {
		r.unexpected()
		return
	}
	if r.depth++; r.depth > maxDepth {
		r.fail(TooDeep)
	}
	r.at++
	for i := 0; r.stopped == nil; i++ {
		if r.peek() == end {
			if i > 0 {
				r.mend(TrailingComma, "")
			}
			break
		}
		each(i)
		if r.peek() != ',' {
			break
		}
		r.at++
	}
	r.depth--
	if r.stopped != nil {
		return
	}
	if r.peek() != end {
		r.unexpected()
		return
	}
	r.at++
}

// row counts what takes memory.
func (r *reader) row() {
	if r.rows++; r.rows > maxRows {
		r.fail(TooManyRows)
	}
}

// elements reads a list, or a single value as a list of one.
func (r *reader) elements(single RepairKind, each func()) {
	if r.peek() != '[' {
		r.mend(single, "")
		each()
		return
	}
	r.list('[', ']', func(i int) {
		r.row()
		r.path = append(r.path, place{index: i})
		each()
		r.path = r.path[:len(r.path)-1]
	})
}

// skip reads a value of any kind for nothing.
func (r *reader) skip() {
	switch r.peek() {
	case '{':
		r.list('{', '}', func(int) {
			r.key()
			r.skip()
		})
	case '[':
		r.list('[', ']', func(int) { r.skip() })
	case '"':
		r.string()
	default:
		r.literal()
	}
}

// key reads the name of a member, and the colon.
func (r *reader) key() string {
	if r.peek() != '"' {
		r.unexpected()
		return ""
	}
	name := r.string()
	if r.peek() != ':' {
		r.unexpected()
		return ""
	}
	r.at++
	return name
}

// literal reads a number, true, false or null, and gives it as written.
func (r *reader) literal() string {
	start := r.at
	for r.at < len(r.text) && literalByte(r.text[r.at]) {
		r.at++
		r.breathe(r.at)
	}
	word := r.text[start:r.at]
	if word == "true" || word == "false" || word == "null" || number(word) {
		return word
	}
	if r.at < len(r.text) || !begun(word) {
		r.at = start
		r.fail(Syntax)
	}
	r.fail(CutOff)
	return ""
}

// begun tells whether more text could make a literal of s.
func begun(s string) bool {
	return strings.HasPrefix("true", s) || strings.HasPrefix("false", s) || strings.HasPrefix("null", s) || number(s+"0")
}

func literalByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == 'E' || c == '+' || c == '-' || c == '.'
}

// number tells whether s is a number of JSON (RFC 8259 §6); zeros in front are
// let pass.
func number(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, s := digits(s)
	if whole == 0 {
		return false
	}
	if strings.HasPrefix(s, ".") {
		fraction, rest := digits(s[1:])
		if s = rest; fraction == 0 {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		exponent, rest := digits(s)
		return exponent > 0 && rest == ""
	}
	return s == ""
}

// digits counts those in front of s, and gives what follows.
func digits(s string) (int, string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i, s[i:]
}
