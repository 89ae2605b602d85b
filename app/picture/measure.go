package picture

import (
	"strings"
	"unicode/utf8"
)

// style is how a text is set; it names the class too.
type style string

// The styles there are. Sizes are in units,
// which on narrow screens are pixels.
const (
	words style = "p-words" // the page's face, 12
	quiet style = "p-quiet" // the same, for what matters less
	token style = "p-token" // fixed width, 12: names and numbers of the protocol
	name  style = "p-name"  // the same in bold, 13
)

// leading is the distance of two lines' baselines; ascent the part above one.
const (
	leading = 16
	ascent  = 12
)

// width is what a text takes at most, in units. Faces differ: it is reckoned
// with the widest of those that sealane.css names, DejaVu.
func (s style) width(text string) int {
	size, fixed := 12, s == token || s == name
	if s == name {
		size = 13
	}
	thousandths := 0
	for _, r := range text {
		switch {
		case r >= 0x1100 && r != '–' && r != '…' && r != utf8.RuneError: // ideographs and the like
			thousandths += 1200
		case fixed:
			thousandths += 603
		case strings.ContainsRune("ijl'|.,:;!", r):
			thousandths += 340
		case strings.ContainsRune(" \u00a0frt()-/[]", r):
			thousandths += 420
		case r == 'm' || r == 'M' || r == 'W' || r == '…' || r == utf8.RuneError:
			thousandths += 1000
		case r == 'w' || r >= 'A' && r <= 'Z':
			thousandths += 800
		default:
			thousandths += 640
		}
	}
	return (thousandths*size + 999) / 1000
}

// wrap breaks a text into lines of a width, between words where it can.
func (s style) wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if both := join(" ", line, word); s.width(both) <= width {
			line = both
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; s.width(line) > width; {
			end := s.fitting(line, width)
			lines, line = append(lines, line[:end]), line[end:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting gives how many bytes of a text go on a line, at least one character:
// up to the last dot, if that is far enough along, as names are read by labels.
func (s style) fitting(text string, width int) int {
	end := 0
	for at, r := range text {
		next := at + utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size := utf8.DecodeRuneInString(text[at:])
			next = at + size
		}
		if at > 0 && s.width(text[:next]) > width {
			break
		}
		end = next
	}
	if dot := strings.LastIndexByte(text[:end], '.'); dot >= end/2 && end < len(text) {
		return dot + 1
	}
	return end
}

// clean makes a name of a record or of saved evidence fit to be shown. Names in
// presentation form are printable ASCII (RFC 1035 §5.1); whatever isn't stands
// as U+FFFD, and so does a name of nothing.
func clean(s string) string {
	if s == "" {
		return string(utf8.RuneError)
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return utf8.RuneError
		}
		return r
	}, s)
}

// shorten cleans a name and takes its middle out where it is longer than n
// characters: both ends tell it from others.
func shorten(s string, n int) string {
	s = clean(s)
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	head := (n - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(n-1-head):])
}
