package syntax

import "strings"

// Fold writes what editors, guides and keyboards put in the place of ASCII as
// the ASCII that was meant: typographic quotes and dashes, full-width forms,
// no-break and wide spaces, line separators; invisible characters vanish. Other
// characters, and bytes that aren't UTF-8, stay as they are.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x80
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch c := foldRune(r); {
		case c == r && r == 0xFFFD:
			b.WriteByte(s[i]) // not UTF-8, or the replacement itself: byte by byte
			if strings.HasPrefix(s[i:], "\uFFFD") {
				b.WriteString("\uFFFD"[1:])
			}
		case c >= 0:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// foldRune gives the ASCII meant by r, r itself, or -1 for nothing.
func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case 0xFF01 <= r && r <= 0xFF5E: // full-width forms
		return r - 0xFEE0
	case r == 0xA0, r == 0x1680, 0x2000 <= r && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return ' '
	case r == 0x85, r == 0x2028, r == 0x2029:
		return '\n'
	case r == 0xAD, r == 0x180E, 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F, r == 0xFEFF:
		return -1
	case 0x2010 <= r && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63:
		return '-'
	}
	if i := strings.IndexRune("“”„‟«»″「」『』", r); i >= 0 {
		return '"'
	}
	if i := strings.IndexRune("‘’‚‛′‹›", r); i >= 0 {
		return '\''
	}
	for i := 0; i+1 < len(lookalikes); i += 2 {
		if lookalikes[i] == r {
			return lookalikes[i+1]
		}
	}
	return r
}

// lookalikes are pairs of a character and the ASCII that it is taken for.
var lookalikes = [...]rune{
	'。', '.', '｡', '.', '、', ',', '､', ',', '﹐', ',', '꞉', ':', '∶', ':', '﹕', ':', ';', ';', '﹔', ';',
	'∗', '*', '¦', '|', '•', '-', '‣', '-', '·', '-',
}
