package mtasts

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
)

// unwrap gives the text inside another format: UTF-16, RTF, HTML, JSON. The
// second result is false for a text that is plain already.
func unwrap(text string) (string, bool) {
	big := strings.HasPrefix(text, "\xFE\xFF")
	if big || strings.HasPrefix(text, "\xFF\xFE") {
		plain, _ := unwrap(fromUTF16(text[2:], big))
		return plain, true
	}
	rest := strings.TrimLeft(strings.TrimPrefix(text, bom), " \t\r\n")
	switch {
	case isRTF(rest):
		return fromRTF(rest), true
	case strings.HasPrefix(rest, "<"):
		return fromHTML(rest), true
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "["):
		return fromJSON(rest), true
	}
	return text, false
}

func fromUTF16(s string, big bool) string {
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(s[2*i : 2*i+2]))
	}
	return string(utf16.Decode(units))
}

// isRTF tells whether a text is in the Rich Text Format, or what is left of one
// whose head was cut off: it begins with a control word.
func isRTF(s string) bool {
	return strings.HasPrefix(s, `{\rtf`) || len(s) > 2 && s[0] == '\\' && 'a' <= s[1] && s[1] <= 'z'
}

// fromRTF gives the text of a Rich Text Format file.
func fromRTF(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '{' && unseen(s[i:]):
			i = groupEnd(s, i)
		case c == '{' || c == '}':
			i++
		case c != '\\':
			b.WriteByte(c)
			i++
		default:
			i = control(&b, s, i+1)
		}
	}
	return b.String()
}

// unseen tells whether an RTF group holds no text of the document.
func unseen(group string) bool {
	for _, name := range [...]string{`{\*`, `{\fonttbl`, `{\colortbl`, `{\stylesheet`, `{\info`} {
		if strings.HasPrefix(group, name) {
			return true
		}
	}
	return false
}

// groupEnd gives the index behind the brace that closes the group at i.
func groupEnd(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// control writes what the RTF control word or symbol at i, behind the
// backslash, stands for, and gives the index behind it.
func control(b *strings.Builder, s string, i int) int {
	end := i
	for end < len(s) && 'a' <= s[end]|0x20 && s[end]|0x20 <= 'z' {
		end++
	}
	if end == i {
		switch {
		case i == len(s):
			return i
		case s[i] == '\'' && i+3 <= len(s):
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteRune(rune(n))
			}
			return i + 3
		case s[i] == '~':
			b.WriteByte(' ')
		default:
			b.WriteByte(s[i]) // a line break, or a brace or backslash itself
		}
		return i + 1
	}
	name, digits := s[i:end], end
	for end < len(s) && (s[end] == '-' && end == digits || '0' <= s[end] && s[end] <= '9') {
		end++
	}
	switch number, _ := strconv.Atoi(s[digits:end]); name {
	case "par", "line":
		b.WriteByte('\n')
	case "tab":
		b.WriteByte(' ')
	case "u":
		b.WriteRune(rune(number & 0xFFFF))
		if end < len(s) && s[end] == '?' {
			return end + 1
		}
	}
	if end < len(s) && s[end] == ' ' {
		end++
	}
	return end
}

// fromHTML gives the text of a web page, a line for each block.
func fromHTML(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		tag := strings.ToLower(s[:end])
		s = s[end+1:]
		name := strings.TrimLeft(tag, "/")
		if stop := strings.IndexAny(name, " \t\r\n/"); stop >= 0 {
			name = name[:stop]
		}
		switch name {
		case "head", "script", "style":
			if shut := strings.Index(s, "</"+name); tag[0] != '/' && shut >= 0 {
				s = s[shut:]
			}
		case "br", "p", "div", "li", "tr", "pre", "body", "h1", "h2", "td":
			b.WriteByte('\n')
		}
	}
	return strings.NewReplacer("&nbsp;", " ", "&#160;", " ", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&amp;", "&").Replace(b.String())
}

// fromJSON gives names and values of an object line by line; a list's members
// have a line each. It takes what is only nearly JSON too.
func fromJSON(s string) string {
	return strings.NewReplacer("{", "\n", "}", "\n", "[", " ", "]", "\n", `"`, "", "'", "", ",", "\n", `\/`, "/").Replace(s)
}
