package mtasts

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// pair is a key and a value as they were meant: an index of keys, or -1 and the
// name of an extension.
type pair struct {
	key   int
	name  string
	value string
	// typo marks a key that isn't written as it must be.
	typo bool
}

// row is one line of a text, without its end.
type row struct {
	start, end int
	pairs      []pair
}

// meaning is what a policy was to say, however much is damaged.
type meaning struct {
	rows []row
	has  [len(keys)]bool // by index of keys
	// wrapped: the lines are of the text inside another format.
	wrapped bool
}

// maxMeant is how much of a text is searched for its meaning, in bytes: twice
// what a sender takes (RFC 8461 §3.3).
const maxMeant = 128 << 10

// mean reads what a text was to say.
func mean(text string) *meaning {
	m := &meaning{}
	text, m.wrapped = unwrap(text[:min(len(text), maxMeant)])
	if m.wrapped {
		text = strings.TrimLeft(text, " \t\r\n")
	}
	last := -1 // the key that a line without one goes on with
	for start := m.frontMatter(text); start < len(text); {
		end := len(text)
		if i := strings.IndexAny(text[start:], "\r\n"); i >= 0 {
			end = start + i
		}
		r := row{start: start, end: end}
		for _, line := range strings.FieldsFunc(written.Replace(syntax.Fold(text[start:end])), newline) {
			r.pairs = append(r.pairs, pairs(line, &last)...)
		}
		m.rows = append(m.rows, r)
		start = end + 1
	}
	for _, typo := range [...]bool{false, true} {
		for _, r := range m.rows {
			for _, p := range r.pairs {
				if p.key >= 0 && p.typo == typo {
					m.has[p.key] = true
				}
			}
		}
		if !typo {
			m.drop()
		}
	}
	return m
}

// written are line ends written out, as in a program's source.
var written = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "\n")

func newline(r rune) bool { return r == '\n' || r == '\r' }

// frontMatter gives where the lines begin: behind the block of a site
// generator.
func (m *meaning) frontMatter(text string) int {
	p := policyParser{text: text, out: syntax.NewDiagnostics(text)}
	if strings.HasPrefix(text, bom) {
		p.at = len(bom)
	}
	return p.frontMatter()
}

// drop takes out nearly keys of which the right one is there: they are
// extensions. Of mx there may be several.
func (m *meaning) drop() {
	for i := range m.rows {
		for k := range m.rows[i].pairs {
			if p := &m.rows[i].pairs[k]; p.typo && p.key != keyMX && m.has[p.key] {
				p.key = -1
			}
		}
	}
}

// pairs reads one line, folded.
func pairs(line string, last *int) (all []pair) {
	line = strings.Trim(line, " \t\"'`,")
	if bullet, found := strings.CutPrefix(line, "- "); found {
		line = strings.Trim(bullet, " \t\"'`,")
	}
	if line == "" || line[0] == '#' || line[0] == ';' || strings.HasPrefix(line, "//") || strings.Trim(line, "-=~`") == "" {
		return nil
	}
	found := keyedParts(line)
	if name, _, colon := strings.Cut(line, ":"); colon && syntax.ExtensionName(name) && meantKey(name) < 0 && nearKey(name) < 0 {
		found = nil // an extension, whatever its value looks like
	}
	if len(found) == 0 {
		return loosePair(line, *last)
	}
	for i, p := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1].start
		}
		value := strings.Trim(line[p.value:end], " \t;,|\"'`\\{}[]()")
		all = append(all, pair{p.key, line[p.start:p.end], value, p.typo})
		*last = p.key
	}
	return all
}

// part is where a key stands in a line, and its value begins.
type part struct {
	key, start, end, value int
	typo                   bool
}

// keyedParts finds the keys of a line: words before a colon or an equals sign.
func keyedParts(line string) (all []part) {
	for i := 0; i < len(line); i++ {
		if line[i] != ':' && line[i] != '=' {
			continue
		}
		end := len(strings.TrimRight(line[:i], " \t\"'"))
		start := wordStart(line, end)
		p := part{key: meantKey(line[start:end]), start: start, end: end, value: i + 1}
		if before := len(strings.TrimRight(line[:start], " ")); p.key < 0 && before < start && before > 0 {
			// Two words, such as "max age".
			first := wordStart(line, before)
			if key := meantKey(line[first:end]); key >= 0 {
				p.key, p.start = key, first
			}
		}
		if p.key < 0 && start == 0 {
			p.key = nearKey(line[start:end])
		}
		p.typo = p.key >= 0 && line[p.start:end] != keys[p.key]
		if p.key >= 0 && (len(all) == 0 || p.start >= all[len(all)-1].value) {
			all = append(all, p)
		}
	}
	return all
}

// wordStart gives where the word that ends at end begins.
func wordStart(s string, end int) int {
	for end > 0 && (nameByte(s[end-1]) || s[end-1] >= 0x80) {
		end--
	}
	return end
}

func nameByte(c byte) bool { return alphanumeric(c) || c == '_' || c == '-' || c == '.' }

// meantKey gives the key that a word stands for, in any language, or -1.
func meantKey(word string) int {
	if len(word) > 64 {
		return -1
	}
	switch plainWord(word) {
	case "version", "v":
		return keyVersion
	case "mode":
		return keyMode
	case "maxage", "maximumage":
		return keyMaxAge
	case "mx":
		return keyMX
	}
	return translatedKey(word)
}

func nearKey(word string) int {
	if i, _ := almost(word); i >= 0 {
		return i
	}
	i, _ := almost(plainWord(word))
	return i
}

// loosePair reads a line without a key before a colon.
func loosePair(line string, last int) []pair {
	first, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	if key := keyIndex(first); key >= 0 && rest != "" {
		return []pair{{key, first, strings.Trim(rest, " "), false}}
	}
	name, value, colon := strings.Cut(line, ":")
	value = strings.Trim(value, wsp)
	switch {
	case last == keyMX && len(hosts(line)) > 0:
		return []pair{{keyMX, "", line, false}}
	case colon && syntax.ExtensionName(name) && extensionValue(value):
		return []pair{{-1, name, value, false}}
	}
	return nil
}

// lines gives the lines of a policy that a row was to be.
func (r row) lines() (all []string) {
	for _, p := range r.pairs {
		switch p.key {
		case keyVersion:
			all = append(all, "version: STSv1")
		case keyMode:
			if mode := meantMode(p.value); mode != ModeUnknown {
				all = append(all, "mode: "+mode.String())
			}
		case keyMaxAge:
			if seconds, ok := meantAge(p.value); ok {
				all = append(all, "max_age: "+strconv.FormatUint(uint64(seconds), 10))
			}
		case keyMX:
			for _, pattern := range hosts(p.value) {
				all = append(all, "mx: "+pattern.String())
			}
		default:
			if syntax.ExtensionName(p.name) && extensionValue(p.value) && meantKey(p.name) < 0 {
				all = append(all, p.name+": "+p.value)
			}
		}
	}
	return all
}

// meantMode gives the mode that a value stands for.
func meantMode(value string) Mode {
	value = value[:min(len(value), 200)]
	first, _, _ := strings.Cut(value, " ")
	for _, s := range [...]string{value, first} {
		plain := plainWord(s)
		if mode := ParseMode(plain); mode != ModeUnknown {
			return mode
		}
		if mode := ParseMode(find(loose[:], plain)); mode != ModeUnknown {
			return mode
		}
		if mode := translatedMode(s); mode != ModeUnknown {
			return mode
		}
		for mode := ModeNone; mode <= ModeEnforce; mode++ {
			if Distance(plain, mode.String()) <= len(mode.String())/4 {
				return mode
			}
		}
	}
	return ModeUnknown
}

// meantAge gives the seconds that a value stands for: digits, perhaps grouped,
// perhaps with a unit, and perhaps a comment.
func meantAge(value string) (uint32, bool) {
	digits, i := "", 0
	for ; i < len(value) && i < 100; i++ {
		c := value[i]
		group := strings.IndexByte(",._' ", c) >= 0 && digits != "" && i+3 < len(value) && strings.Trim(value[i+1:i+4], "0123456789") == ""
		if group {
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits += string(c)
	}
	seconds, err := strconv.ParseUint(digits, 10, 64)
	if digits == "" {
		return 0, false
	}
	behind := value[i:min(len(value), i+20)]
	if comment := strings.IndexAny(behind, "#;(/"); comment >= 0 {
		behind = behind[:comment]
	}
	unit := strings.ToLower(strings.Trim(behind, " \t.,"))
	factor := uint64(0)
	for _, u := range [...]struct {
		names   string
		seconds uint64
	}{{" s sec secs second seconds ", 1}, {" m min minutes ", 60}, {" h hour hours ", 3600}, {" d day days ", 86400}, {" w week weeks ", 604800}, {" y year years ", 31536000}} {
		if unit != "" && strings.Contains(u.names, " "+unit+" ") {
			factor = u.seconds
		}
	}
	switch {
	case unit == "":
		factor = 1
	case factor == 0:
		return 0, false
	}
	if err != nil || seconds > MaxMaxAge/factor {
		return MaxMaxAge, true
	}
	return uint32(seconds * factor), true
}

// hosts gives the patterns that a value of mx was to list.
func hosts(value string) (all []Pattern) {
	if p, kind := ParsePattern(value); kind == "" || kind == MXWildcardPublicSuffix {
		return []Pattern{p}
	}
	for i, text := range strings.FieldsFunc(value[:min(len(value), 4096)], func(r rune) bool { return strings.ContainsRune(",;| \t\"'`", r) }) {
		if p, ok := meantHost(text); ok && i < 1000 {
			all = append(all, p)
		}
	}
	return all
}

// meantHost reads one name: no scheme, path, port, final dot or doubled zone; a
// leading dot is a wildcard. An address is no name.
func meantHost(text string) (Pattern, bool) {
	if _, rest, found := strings.Cut(text, "//"); found {
		text = rest
	}
	text, _, _ = strings.Cut(text, "/")
	if port(text) {
		text = text[:strings.LastIndexByte(text, ':')]
	}
	text = strings.TrimRight(strings.Trim(text, "<>()[]{}\\"), ".")
	if strings.HasPrefix(text, ".") {
		text = "*" + text
	}
	text, wildcard := strings.CutPrefix(text, "*.")
	if hasNonASCII(text) {
		name, _ := dnsname.FromUnicode(text)
		text = name.String()
	}
	if strings.IndexByte(text, '.') < 0 {
		return Pattern{}, false
	}
	if once, doubled := Undoubled(text); doubled {
		text = once
	}
	if wildcard {
		text = "*." + text
	}
	pattern, kind := ParsePattern(text)
	return pattern, kind == "" || kind == MXWildcardPublicSuffix
}

// Undoubled takes away the zone's name where it stands twice at the end, as
// when a name of a zone file lacks its final dot. A zone has two labels here,
// at least.
func Undoubled(name string) (string, bool) {
	if strings.Count(name, ".") < 3 {
		return "", false
	}
	labels := strings.Split(strings.ToLower(name), ".")
	for n := len(labels) / 2; n >= 2; n-- {
		end := len(labels)
		if strings.Join(labels[end-n:], ".") == strings.Join(labels[end-2*n:end-n], ".") {
			return strings.Join(labels[:end-n], "."), true
		}
	}
	return "", false
}
