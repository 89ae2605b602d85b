package dnsname

import (
	"strings"
	"unicode"
)

// The scripts told apart. Han, kana, bopomofo and hangul are written together
// and with Latin.
const (
	scriptLatin = 1 << iota
	scriptHan
	scriptKana
	scriptBopomofo
	scriptHangul
	scriptOther // bits from here on: scripts[i] from the fifth
)

// scripts are those of the labels that registries take; letters of any other
// count as one more.
var scripts = [...]*unicode.RangeTable{
	unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Georgian, unicode.Hebrew, unicode.Arabic,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Thai, unicode.Lao, unicode.Khmer,
	unicode.Ethiopic, unicode.Cherokee,
}

// mixesScripts tells whether a label's letters are of scripts that are not
// written together (UTS #39 §5.2, highly restrictive).
func mixesScripts(label string) bool {
	var seen uint32
	for _, r := range label {
		seen |= scriptOf(r)
	}
	if seen&(seen-1) == 0 {
		return false
	}
	for _, together := range [...]uint32{
		scriptLatin | scriptHan | scriptKana,
		scriptLatin | scriptHan | scriptBopomofo,
		scriptLatin | scriptHan | scriptHangul,
	} {
		if seen&^together == 0 {
			return false
		}
	}
	return true
}

// scriptOf gives a letter's script, 0 for what all scripts share.
func scriptOf(r rune) uint32 {
	switch {
	case r < 0x80:
		if 'a' <= r|0x20 && r|0x20 <= 'z' {
			return scriptLatin
		}
		return 0
	case !unicode.IsLetter(r) || unicode.Is(unicode.Common, r):
		return 0
	case unicode.Is(unicode.Latin, r):
		return scriptLatin
	case unicode.Is(unicode.Han, r):
		return scriptHan
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return scriptKana
	case unicode.Is(unicode.Hangul, r):
		return scriptHangul
	case unicode.Is(unicode.Bopomofo, r):
		return scriptBopomofo
	}
	for i, table := range scripts {
		if unicode.Is(table, r) {
			return scriptOther << (1 + i)
		}
	}
	return scriptOther
}

// characterFault says what is wrong with a character in a label, "" for one
// that may stand there. What exactly IDNA allows, toASCII decides.
func characterFault(r rune) Fault {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		return ""
	case r < 0x80 || r == unicode.ReplacementChar:
		return FaultCharacter
	case isEmoji(r):
		return FaultEmoji
	case unicode.In(r, unicode.L, unicode.M, unicode.Nd), strings.ContainsRune("\u00b7\u0375\u05f3\u05f4\u200c\u200d\u30fb", r):
		return "" // the second group: RFC 5892 appendix A
	}
	return FaultCharacter
}

// isEmoji tells pictographs from other symbols.
func isEmoji(r rune) bool {
	switch {
	case r >= 0x1F000 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x2B05 && r <= 0x2B55,
		r >= 0x231A && r <= 0x23FF, r == 0xFE0F, r == 0x20E3:
		return true
	}
	return false
}
