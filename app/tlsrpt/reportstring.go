package tlsrpt

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plain tells of each octet whether it stands for itself in a string.
var plain = func() (is [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// string reads a string (RFC 8259 §7): a part of the text, unless something in it is
// escaped or must be mended.
func (r *reader) string() string {
	start := r.at + 1
	whole := true
	for i := start; ; {
		for end := min(len(r.text), r.breath); i < end; i++ {
			c := r.text[i]
			if plain[c] {
				continue
			}
			if c == '"' {
				r.at = i + 1
				if whole || r.stopped != nil {
					return r.text[start:i]
				}
				return r.unescape(r.text[start:i])
			}
			if whole = false; c == '\\' {
				i++
			}
		}
		if i >= len(r.text) || r.stopped != nil {
			r.at = len(r.text)
			r.fail(CutOff)
			return ""
		}
		r.breathe(i)
	}
}

// unescape reads what stands between quotes.
func (r *reader) unescape(s string) string {
	out := make([]byte, 0, len(s))
	next := stride
	foreign, control := false, false // each is noted once
	for i := 0; i < len(s) && r.stopped == nil; {
		if i >= next {
			next += stride
			r.pause()
		}
		run := i
		for i < len(s) && plain[s[i]] {
			i++
		}
		if out = append(out, s[run:i]...); i == len(s) {
			break
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '\\':
			var used int
			out, used = r.escape(out, s[i:])
			i += used
			continue
		case c == utf8.RuneError && size == 1:
			if !foreign {
				r.mend(Charset, s)
			}
			foreign = true
			c = rune(s[i]) // as Latin-1
		case c < ' ' && !control:
			r.mend(ControlInString, s)
			control = true
		}
		out = utf8.AppendRune(out, c)
		i += size
	}
	return string(out)
}

// escape reads the escape in front of s, and gives how much it takes.
func (r *reader) escape(out []byte, s string) ([]byte, int) {
	const codes, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := strings.IndexByte(codes, s[1]); i >= 0 {
		return append(out, meanings[i]), 2
	}
	c, ok := unit(s)
	if !ok {
		r.mend(BadEscape, s)
		return append(out, '\\'), 1
	}
	if !utf16.IsSurrogate(c) {
		return utf8.AppendRune(out, c), 6
	}
	low, _ := unit(s[6:])
	if both := utf16.DecodeRune(c, low); both != utf8.RuneError {
		return utf8.AppendRune(out, both), 12
	}
	r.mend(BadEscape, s)
	return utf8.AppendRune(out, utf8.RuneError), 6
}

// unit reads \uXXXX.
func unit(s string) (c rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, d := range []byte(s[2:6]) {
		switch {
		case d >= '0' && d <= '9':
			d -= '0'
		case d|0x20 >= 'a' && d|0x20 <= 'f':
			d = d | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		c = c<<4 | rune(d)
	}
	return c, true
}
