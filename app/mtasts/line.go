package mtasts

import (
	"strings"
	"unicode/utf8"

	"github.com/sealane/sealane/app/syntax"
)

// line reads one line without its ending.
func (p *policyParser) line(s syntax.Span) {
	if strings.Trim(s.Cut(p.text), wsp) == "" {
		p.blank(s)
		return
	}
	lead := s.Start
	for strings.IndexByte(wsp, p.text[s.Start]) >= 0 {
		s.Start++
	}
	if p.listItem(s) {
		return
	}
	p.yaml = -1
	if lead < s.Start {
		p.out.Fatal(LeadingWhitespace, syntax.Span{Start: lead, End: s.Start})
	}
	s.End = p.trimRight(s)
	text := s.Cut(p.text)
	switch {
	case text[0] == '#' || text[0] == ';' || strings.HasPrefix(text, "//"):
		p.out.Fatal(CommentLine, s)
	case p.dnsLine(s):
	case !p.oneLine(s):
		p.field(s)
	}
}

// dnsLine reports a line that is a TXT record, or written as one.
func (p *policyParser) dnsLine(s syntax.Span) bool {
	text := s.Cut(p.text)
	prefix := strings.HasPrefix(text, "v=") || strings.HasPrefix(text, "v:")
	if !prefix && !strings.Contains(text, recordVersion) || len(text) > 4096 {
		return false
	}
	last := -1
	all := pairs(text, &last)
	switch id := strings.Contains(text, "id="); {
	case len(all) <= 1 && (id || !prefix):
		p.out.Fatal(TXTRecord, s)
		return true
	case len(all) > 1:
		p.out.Fatal(SingleLine, s)
	default:
		p.out.Fatal(VersionWrong, s)
	}
	p.fields++
	p.meantBy(all)
	return true
}

// meantBy notes which keys a damaged line was to give.
func (p *policyParser) meantBy(all []pair) {
	for _, one := range all {
		if one.key >= 0 {
			p.meant[one.key] = true
		}
	}
}

// wsp is WSP of RFC 5234 appendix B.1.
const wsp = " \t"

func (p *policyParser) trimRight(s syntax.Span) int {
	for s.End > s.Start && strings.IndexByte(wsp, p.text[s.End-1]) >= 0 {
		s.End--
	}
	return s.End
}

// blank reports an empty line: the ABNF has none, not even at the end.
func (p *policyParser) blank(s syntax.Span) {
	kind := BlankLine
	if s.Start == p.at {
		kind = LeadingWhitespace
	}
	p.out.Fatal(kind, s)
}

// listItem takes a YAML list's item below an empty mx line, as part of one
// diagnostic: each host needs its own mx line.
func (p *policyParser) listItem(s syntax.Span) bool {
	item, is := strings.CutPrefix(s.Cut(p.text), "- ")
	if !is || p.yaml < 0 {
		return false
	}
	if !p.out.Has(MXYAMLList) {
		p.out.Fatal(MXYAMLList, s)
	}
	p.pattern(item)
	return true
}

// oneLine reads several fields that stand on one line, and tells whether
// there were such.
func (p *policyParser) oneLine(s syntax.Span) bool {
	cuts := p.innerKeys(s)
	if len(cuts) == 0 {
		return false
	}
	p.out.Fatal(SingleLine, s)
	start := s.Start
	for _, cut := range append(cuts, s.End) {
		part := syntax.Span{Start: start, End: cut}
		for part.End > part.Start && strings.IndexByte(" \t;,|", p.text[part.End-1]) >= 0 {
			part.End--
		}
		part.End -= len(part.Cut(p.text)) - len(strings.TrimSuffix(strings.TrimSuffix(part.Cut(p.text), `\n`), `\r`))
		if part.End > part.Start {
			p.field(part)
		}
		start = cut
	}
	return true
}

// innerKeys finds where further known keys begin inside a line: behind white
// space, a separator or a written-out "\n", and with a colon.
func (p *policyParser) innerKeys(s syntax.Span) (cuts []int) {
	text := s.Cut(p.text)
	colon := strings.IndexByte(text, ':')
	if colon < 0 || !isKey(strings.TrimRight(text[:colon], wsp)) {
		return nil
	}
	for i := colon + 1; i < len(text); i++ {
		if text[i] != ':' {
			continue
		}
		end := i
		for end > 0 && strings.IndexByte(wsp, text[end-1]) >= 0 {
			end--
		}
		for _, key := range keys {
			start := end - len(key)
			if start > colon+1 && text[start:end] == key &&
				(strings.IndexByte(" \t;,|", text[start-1]) >= 0 || strings.HasSuffix(text[:start], `\n`)) {
				cuts = append(cuts, s.Start+start)
			}
		}
	}
	return cuts
}

func isKey(s string) bool {
	for _, key := range keys {
		if key == s {
			return true
		}
	}
	return false
}

// field reads "key: value", trimmed at both ends.
func (p *policyParser) field(s syntax.Span) {
	text := s.Cut(p.text)
	colon, equal := strings.IndexByte(text, ':'), strings.IndexByte(text, '=')
	if equal > 0 && (colon < 0 || equal < colon) && isKey(strings.TrimRight(text[:equal], wsp)) {
		p.out.Fatal(EqualsSign, syntax.Span{Start: s.Start + equal, End: s.Start + equal + 1})
		colon = equal
	}
	if colon < 0 {
		p.noColon(s)
		return
	}
	key := syntax.Span{Start: s.Start, End: s.Start + colon}
	key.End = p.trimRight(key)
	if key.End < s.Start+colon && key.End > key.Start {
		p.out.Fatal(SpaceBeforeColon, syntax.Span{Start: key.End, End: s.Start + colon})
	}
	value := syntax.Span{Start: s.Start + colon + 1, End: s.End}
	for value.Start < value.End && strings.IndexByte(wsp, p.text[value.Start]) >= 0 {
		value.Start++
	}
	value.End = p.trimRight(value)
	p.keyed(s, key, value)
}

// noColon reads a line without a colon.
func (p *policyParser) noColon(s syntax.Span) {
	text := s.Cut(p.text)
	for i, key := range keys {
		rest, found := strings.CutPrefix(text, key)
		if !found || rest != "" && strings.IndexByte(wsp, rest[0]) < 0 && rest[0] < 0x80 {
			continue
		}
		p.fields++
		p.seen[i] = true
		if rest != "" && rest[0] >= 0x80 {
			p.out.Fatal(syntax.NonASCII, p.foreign(s))
			return
		}
		p.unparsed = append(p.unparsed, s)
		return
	}
	if hasNonASCII(text) {
		p.fields++
		p.out.Fatal(syntax.NonASCII, p.foreign(s))
		return
	}
	p.unparsed = append(p.unparsed, s)
}

// foreign gives the first run of bytes outside ASCII in a span.
func (p *policyParser) foreign(s syntax.Span) syntax.Span {
	for s.Start < s.End && p.text[s.Start] < 0x80 {
		s.Start++
	}
	end := s.Start
	for end < s.End && p.text[end] >= 0x80 {
		end++
	}
	return syntax.Span{Start: s.Start, End: end}
}

// keyed sorts a field by its key.
func (p *policyParser) keyed(line, key, value syntax.Span) {
	name := key.Cut(p.text)
	if hasNonASCII(name) {
		p.fields++
		if i := translatedKey(name); i >= 0 && hasNonASCII(syntax.Fold(name)) {
			p.translated(i, key, value)
			return
		}
		if bare := bareWord(name); isKey(bare) {
			p.out.Fatal(syntax.NonASCII, p.foreign(key))
			p.known(keyIndex(bare), key, value)
			return
		}
		p.out.Fatal(syntax.NonASCII, key)
		return
	}
	if i := keyIndex(name); i >= 0 {
		p.fields++
		p.known(i, key, value)
		return
	}
	i, kind := translatedKey(name), Translated
	if i < 0 {
		i, kind = almost(name)
	}
	if i >= 0 {
		p.fields++
		p.near = append(p.near, near{i, kind, key, value})
		p.keepNear()
		return
	}
	if !syntax.ExtensionName(name) || !extensionValue(value.Cut(p.text)) {
		p.unparsed = append(p.unparsed, line)
		return
	}
	p.out.Note(UnknownExtensionField, key)
	p.policy.Extensions = append(p.policy.Extensions, syntax.Field{Name: name, Value: value.Cut(p.text)})
}

// translated reports a key in another language, and a mode likewise.
func (p *policyParser) translated(i int, key, value syntax.Span) {
	p.out.Fatal(Translated, key)
	p.meant[i] = true
	if text := value.Cut(p.text); i == keyMode && ParseMode(text) == ModeUnknown {
		if translatedMode(text) != ModeUnknown {
			p.out.Fatal(Translated, value)
		} else {
			p.out.Fatal(ModeInvalid, value)
		}
	}
}

func keyIndex(name string) int {
	for i, key := range keys {
		if key == name {
			return i
		}
	}
	return -1
}

// almost gives the known key that a name was meant as, or -1.
func almost(name string) (int, syntax.Kind) {
	if len(name) > 12 {
		return -1, ""
	}
	for i, key := range keys {
		if strings.EqualFold(name, key) {
			return i, KeyCase
		}
	}
	lower := strings.ToLower(name)
	for i, key := range keys {
		allowed := 2
		if i == keyMX {
			allowed = 1
		}
		if len(name) > 1 && len(name) >= len(key)-1 && Distance(lower, key) <= allowed {
			return i, KeyTypo
		}
	}
	return -1, ""
}

// keepNear keeps a well-formed misspelt field as what it is by the RFC: an
// extension, which senders ignore.
func (p *policyParser) keepNear() {
	n := p.near[len(p.near)-1]
	if value := n.value.Cut(p.text); extensionValue(value) {
		p.policy.Extensions = append(p.policy.Extensions, syntax.Field{Name: n.key.Cut(p.text), Value: value})
		return
	}
	p.unparsed = append(p.unparsed, syntax.Span{Start: n.key.Start, End: n.value.End})
}

// extensionValue tells whether s fits sts-policy-ext-value (RFC 8461 §3.2):
// UTF-8 without control characters.
func extensionValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] == 0x7F {
			return false
		}
	}
	return s != "" && utf8.ValidString(s)
}

// bareWord gives the ASCII word that s is without odd characters around it, or
// that its full-width letters are.
func bareWord(s string) string {
	if folded := strings.Trim(syntax.Fold(s), " \t\"'"); !hasNonASCII(folded) {
		return folded
	}
	return strip(s)
}

// strip takes away the characters outside ASCII.
func strip(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] < 0x80 {
			b.WriteByte(s[i])
		}
	}
	return strings.Trim(b.String(), wsp)
}
