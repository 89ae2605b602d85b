package explain

import (
	"strings"
	"unicode/utf8"
)

// folded is a text with what carries no meaning taken off, so that a form is found
// however it was copied: lower case, one blank between words, no quoting, no soft
// line breaks. A line feed in it ends what belongs together; two end a paragraph.
type folded struct {
	s  string
	at []int32 // for each byte of s, where it came from; one more for the end
}

// of gives the place in the original of a range of the folded text.
func (f folded) of(from, to int) (start, end int) {
	if to <= from {
		return int(f.at[from]), int(f.at[from])
	}
	return int(f.at[from]), int(f.at[to-1]) + 1
}

// wrapsAt is the length from which a line may have been broken by the software
// that sent or showed it: RFC 5322 §2.1.1 recommends 78, DSNs break earlier.
const wrapsAt = 56

// signs are characters and escapes by what they stand for: typographic marks, those
// of HTML, of JSON (RFC 8259 §7) and of quoted-printable (RFC 2045 §6.7).
var signs = [...]struct{ from, to string }{
	{"\u201c", `"`}, {"\u201d", `"`}, {"\u201e", `"`}, {"\u00ab", `"`}, {"\u00bb", `"`},
	{"\u2018", "'"}, {"\u2019", "'"}, {"\u201a", "'"}, {"\uff1a", ":"}, {"\u2026", "..."},
	{"\u2010", "-"}, {"\u2011", "-"}, {"\u2012", "-"}, {"\u2013", "-"}, {"\u2014", "-"},
	{"\u00a0", " "}, {"\u3000", " "}, {"\u00ad", ""}, {"\u200b", ""}, {"\ufeff", ""},
	{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&#39;", "'"}, {"&amp;", "&"}, {"&nbsp;", " "},
	{`\"`, `"`}, {`\/`, "/"}, {`\t`, " "}, {`\r`, " "}, {`\n`, "\n"}, {`\u003c`, "<"}, {`\u003e`, ">"}, {`\u0026`, "&"},
	{"=3D", "="}, {"=3d", "="}, {"=20", " "}, {"=\r\n", ""}, {"=\n", ""},
}

// folder is a text being folded.
type folder struct {
	text string
	out  []byte
	at   []int32
}

// fold takes at most MaxText bytes of a text.
func fold(text string) folded {
	text = text[:min(len(text), MaxText)]
	f := folder{text: text, out: make([]byte, 0, len(text)+1), at: make([]int32, 0, len(text)+2)}
	for i := f.quoting(0); i < len(text); {
		i = f.step(i)
	}
	f.at = append(f.at, int32(len(text)))
	return folded{string(f.out), f.at}
}

func (f *folder) put(c byte, from int) {
	if c == ' ' && (len(f.out) == 0 || f.out[len(f.out)-1] <= ' ') {
		return
	}
	if c == '\n' && len(f.out) > 0 && f.out[len(f.out)-1] == ' ' {
		f.out[len(f.out)-1], f.at[len(f.at)-1] = c, int32(from)
		return
	}
	f.out, f.at = append(f.out, c), append(f.at, int32(from))
}

// step folds what begins at i and says where to go on.
func (f *folder) step(i int) int {
	switch c := f.text[i]; {
	case c == '\n' || c == '\r':
		return f.lineBreak(i)
	case c == 0x1b: // a colour of the terminal
		end := strings.IndexByte(f.text[i:min(i+16, len(f.text))], 'm')
		return i + max(end, 0) + 1
	case c <= ' ' || c == 0x7f:
		f.put(' ', i)
	case c >= utf8.RuneSelf || c == '&' || c == '\\' || c == '=':
		return f.sign(i)
	case 'A' <= c && c <= 'Z':
		f.put(c|0x20, i)
	default:
		f.put(c, i)
	}
	return i + 1
}

// sign folds a sign or escape, or takes what begins at i as it is.
func (f *folder) sign(at int) int {
	rest := f.text[at:]
	for i := range signs {
		s := &signs[i]
		if s.from[0] != rest[0] || !strings.HasPrefix(rest, s.from) {
			continue
		}
		for j := range len(s.to) {
			f.put(s.to[j], at)
		}
		return at + len(s.from)
	}
	_, size := utf8.DecodeRuneInString(rest)
	for j := range size {
		f.put(rest[j], at+j)
	}
	return at + size
}

// lineBreak folds the end of a line: a blank where the next goes on with what it
// says, else a line feed, and two before an empty line.
func (f *folder) lineBreak(i int) int {
	long := i-lineStart(f.text, i) >= wrapsAt
	next := i + 1
	if f.text[i] == '\r' && next < len(f.text) && f.text[next] == '\n' {
		next++
	}
	start := f.quoting(next)
	switch {
	case start == len(f.text) || f.text[start] == '\n' || f.text[start] == '\r':
		f.put('\n', i)
		f.put('\n', i)
	case f.text[start] == ' ' || f.text[start] == '\t', long && !begins(f.text[start:]):
		f.put(' ', i)
	default:
		f.put('\n', i)
	}
	return start
}

func lineStart(text string, end int) int {
	return strings.LastIndexByte(text[max(0, end-wrapsAt-1):end], '\n') + 1 + max(0, end-wrapsAt-1)
}

// quoting skips the marks of quoted mail (RFC 3676 §4.5) at the start of a line. A
// single one may also be how a tool marks its output.
func (f *folder) quoting(i int) int {
	for i < len(f.text) && f.text[i] == '>' {
		if i++; i < len(f.text) && f.text[i] == ' ' {
			i++
		}
	}
	return i
}

// begins tells whether a line begins something of its own rather than going on with
// the line before: a date, a mark of JSON or a list, or a word that a colon, an
// equals sign or more than one digit makes the head of a log line or a field.
func begins(line string) bool {
	if strings.IndexByte("{[<-*#|(", line[0]) >= 0 {
		return true
	}
	line = line[:min(len(line), 48)]
	word, _, _ := strings.Cut(line, " ")
	word = strings.TrimRight(word, "\r\n")
	return strings.Contains(line, ":") && clockAt(line) >= 0 || strings.HasSuffix(word, ":") || strings.Contains(word, "=") ||
		word != "" && '0' <= word[0] && word[0] <= '9'
}

// clockAt finds the first time of day, HH:MM:SS; -1 without one.
func clockAt(s string) int {
	digit := func(i int) bool { return '0' <= s[i] && s[i] <= '9' }
	for i := 0; i+8 <= len(s); i++ {
		if digit(i) && digit(i+1) && s[i+2] == ':' && digit(i+3) && digit(i+4) && s[i+5] == ':' && digit(i+6) && digit(i+7) {
			return i
		}
	}
	return -1
}
