package syntax

import "strings"

// Token is one field of a TXT record as written, with the places of its parts.
type Token struct {
	Name, Value Span
	Whole       Span
	// Equal tells whether an equals sign stood between name and value. Without
	// one, Name is the whole and Value is empty.
	Equal bool
	// Colon marks a colon that stood where the equals sign belongs; Name and
	// Value are its sides then.
	Colon bool
}

// Fields cuts the TXT record text into the fields behind its version field,
// which must read version (such as "v=STSv1"). known are the field names that
// mark the start of a field where the separator was forgotten. Diagnosed are
// the version, the separators, line breaks and bytes outside ASCII; the fields
// themselves are the caller's to judge.
//
//	record = version 1*(*WSP ";" *WSP field) [*WSP ";" *WSP]
func Fields(text, version string, known []string, out *Diagnostics) (tokens []Token, ok bool) {
	l := lexer{text: text, version: version, known: known, out: out, end: len(text)}
	l.breaks()
	l.bytes()
	rest, ok := l.start()
	if !ok {
		return nil, false
	}
	l.fields(rest)
	return l.tokens, true
}

// Candidate tells whether text is taken for a record of the version at all:
// it begins with it and a semicolon. White space between the two is what the
// ABNF allows and the prose "begin with v=STSv1;" doesn't (erratum 6285 of
// RFC 8461); it counts as a candidate here.
func Candidate(text, version string) bool {
	rest, ok := strings.CutPrefix(text, version)
	return ok && strings.HasPrefix(strings.TrimLeft(rest, wsp), ";")
}

// wsp is WSP of RFC 5234 appendix B.1.
const wsp = " \t"

type lexer struct {
	text, version string
	known         []string
	out           *Diagnostics
	end           int // of the text without a closing quote
	quoted        bool
	tokens        []Token
}

// breaks reports line breaks, as copied from a zone file with the backslashes
// that continue its lines, and goes on as if they were blanks.
func (l *lexer) breaks() {
	at := strings.IndexAny(l.text, "\r\n")
	if at < 0 {
		return
	}
	blank := []byte(l.text)
	for i, c := range blank {
		if c != '\r' && c != '\n' {
			continue
		}
		if blank[i] = ' '; i > 0 && blank[i-1] == '\\' {
			blank[i-1] = ' '
		}
	}
	start := at
	if start > 0 && l.text[start-1] == '\\' {
		start--
	}
	for at < len(l.text) && (l.text[at] == '\r' || l.text[at] == '\n') {
		at++
	}
	l.out.Fatal(LineBreak, Span{start, at})
	l.text = string(blank)
}

// bytes reports the first run of bytes outside printable ASCII and TAB.
func (l *lexer) bytes() {
	from := 0
	if strings.HasPrefix(l.text, bom) {
		from = len(bom) // told as leading junk
	}
	for i := from; i < len(l.text); i++ {
		if l.text[i] < 0x80 {
			continue
		}
		end := i
		for end < len(l.text) && l.text[end] >= 0x80 {
			end++
		}
		l.out.Fatal(NonASCII, Span{i, end})
		return
	}
}

const bom = "\xEF\xBB\xBF"

// start reads the version field and gives where the next field begins; false
// when there is nothing to go on with.
func (l *lexer) start() (int, bool) {
	at := strings.Index(l.text, l.version)
	first := l.word(0)
	switch {
	case at == 0:
		return l.afterVersion(len(l.version))
	case at > 0 && strings.ContainsAny(l.text[:at], ";,") && strings.Contains(l.text[:at], "="):
		l.out.Fatal(VersionNotFirst, Span{at, at + len(l.version)})
		return 0, true
	case at > 0:
		l.junk(at)
		return l.afterVersion(at + len(l.version))
	case strings.EqualFold(l.text[:first], l.version):
		l.out.Fatal(VersionCase, Span{0, first})
		return l.afterVersion(first)
	}
	if l.out.Has(NonASCII) && strings.HasPrefix(l.text, "v") && len(l.text) > 1 && l.text[1] >= 0x80 {
		return 0, false
	}
	if i := strings.IndexByte(l.text, ';'); i > 0 && strings.IndexByte("vV", l.text[0]) >= 0 {
		l.out.Fatal(VersionUnknown, l.trim(Span{0, i}))
		return i + 1, true
	}
	l.out.Fatal(VersionUnknown, Span{0, first})
	return 0, false
}

// word gives the end of the first run without semicolon, comma or blank.
func (l *lexer) word(from int) int {
	if i := strings.IndexAny(l.text[from:l.end], "; \t,\\"); i >= 0 {
		return from + i
	}
	return l.end
}

// junk reports what stands before the version, and notes a pair of quotes.
func (l *lexer) junk(at int) {
	before := l.text[:at]
	if quote := before[at-1]; quote == '"' || quote == '\'' {
		l.quoted = true
		if trimmed := strings.TrimRight(l.text, " \t\r\n"); len(trimmed) > at && trimmed[len(trimmed)-1] == quote {
			l.end = len(trimmed) - 1
		}
	}
	switch {
	case l.quoted && strings.Trim(before, " \t\"'") == "":
		l.out.Fatal(LiteralQuotes, Span{0, at})
	case before[0] >= 0x80 && !strings.HasPrefix(before, bom):
		// Such as a typographic quote, told as bytes outside ASCII.
	default:
		l.out.Fatal(VersionLeadingJunk, Span{0, at})
	}
}

// afterVersion reads the separator behind the version field, which ends at i.
func (l *lexer) afterVersion(i int) (int, bool) {
	next := i
	for next < l.end && strings.IndexByte(wsp, l.text[next]) >= 0 {
		next++
	}
	switch {
	case next == l.end:
		return next, true
	case l.text[next] == ';':
		if next > i {
			l.out.Note(SpaceBeforeSemicolon, Span{i, next})
		}
		return next + 1, true
	case strings.HasPrefix(l.text[next:], `\;`):
		l.out.Fatal(EscapedSemicolon, Span{next, next + 1})
		return next + 2, true
	case l.text[next] == ',' || l.text[next] == '|':
		l.out.Fatal(WrongSeparator, Span{next, next + 1})
		return next + 1, true
	case next > i:
		l.out.Fatal(WrongSeparator, Span{i, next})
		return next, true
	case l.text[next] >= 0x80:
		return next, true // told as bytes outside ASCII
	}
	end := l.word(next)
	l.out.Fatal(VersionUnknown, Span{0, end})
	if end < l.end && l.text[end] == ';' {
		end++
	}
	return end, true
}

// fields cuts what stands from the index on at the semicolons.
func (l *lexer) fields(from int) {
	if from >= l.end {
		return
	}
	for {
		i := strings.IndexByte(l.text[from:l.end], ';')
		if i < 0 {
			l.last(from)
			return
		}
		piece := l.trim(Span{from, from + i})
		switch {
		case piece.Start == piece.End:
			l.out.Fatal(TrailingGarbage, Span{from + i, from + i + 1})
		case l.text[piece.End-1] == '\\' && l.fits(piece) && !l.out.Has(EscapedSemicolon):
			// The grammar lets a value end so, whatever was meant.
			l.out.Note(EscapedSemicolon, Span{piece.End - 1, piece.End})
			l.field(piece)
		case l.text[piece.End-1] == '\\':
			if !l.out.Has(EscapedSemicolon) {
				l.out.Fatal(EscapedSemicolon, Span{piece.End - 1, piece.End})
			}
			l.field(l.trim(Span{piece.Start, piece.End - 1}))
		default:
			l.field(piece)
		}
		if from += i + 1; from >= l.end {
			return
		}
	}
}

// fits tells whether a piece is an extension field by the grammar. The fields
// that the two RFCs define allow no backslash in their values.
func (l *lexer) fits(piece Span) bool {
	name, value, found := strings.Cut(l.text[piece.Start:piece.End], "=")
	return found && name != "id" && name != "rua" && ExtensionName(name) && ExtensionValue(value)
}

// last reads the field behind the last semicolon, if there is one. White space
// behind it is no part of the grammar when no semicolon follows.
func (l *lexer) last(from int) {
	piece := l.trim(Span{from, l.end})
	if piece.Start == piece.End {
		return
	}
	l.field(piece)
	if piece.End < l.end && !l.quoted && !l.out.Has(LineBreak) {
		l.out.Fatal(TrailingGarbage, Span{piece.End, l.end})
	}
}

// trim takes white space off both ends, and quotes where the whole is quoted.
func (l *lexer) trim(s Span) Span {
	cut := wsp
	if l.quoted {
		cut += `"'`
	}
	for s.Start < s.End && strings.IndexByte(cut, l.text[s.Start]) >= 0 {
		s.Start++
	}
	for s.End > s.Start && strings.IndexByte(cut, l.text[s.End-1]) >= 0 {
		s.End--
	}
	return s
}

// field reads one piece, and cuts it where another field begins inside it.
func (l *lexer) field(piece Span) {
	for piece.Start < piece.End {
		gap, found := l.gap(piece)
		if !found {
			l.token(piece)
			return
		}
		l.token(Span{piece.Start, gap.Start})
		if !l.out.Has(WrongSeparator) {
			l.out.Fatal(WrongSeparator, gap)
		}
		piece.Start = gap.End
	}
}

// gap finds white space or a comma inside a piece with a field behind it.
func (l *lexer) gap(piece Span) (Span, bool) {
	i := piece.Start
	if i < piece.End && !nameByte(l.text[i]) {
		return Span{}, false
	}
	for i < piece.End && !separates(l.text[i]) {
		i++
	}
	for i < piece.End {
		start := i
		for i < piece.End && separates(l.text[i]) {
			i++
		}
		name := i
		for i < piece.End && nameByte(l.text[i]) {
			i++
		}
		field := i > name && i+1 < piece.End && l.text[i] == '='
		if field && start > piece.Start && (strings.IndexByte(wsp, l.text[name-1]) >= 0 || l.isKnown(l.text[name:i])) {
			return Span{start, name}, true
		}
		for i < piece.End && !separates(l.text[i]) {
			i++
		}
	}
	return Span{}, false
}

func (l *lexer) isKnown(name string) bool {
	for _, k := range l.known {
		if k == name {
			return true
		}
	}
	return false
}

func separates(c byte) bool { return c == ' ' || c == '\t' || c == ',' }

// token cuts a field at its equals sign.
func (l *lexer) token(whole Span) {
	text := l.text[whole.Start:whole.End]
	t := Token{Name: whole, Value: Span{whole.End, whole.End}, Whole: whole}
	equal, colon := strings.IndexByte(text, '='), strings.IndexByte(text, ':')
	switch {
	case equal >= 0 && (colon < 0 || equal < colon || !nameOnly(text[:colon])):
		t.Equal = true
		t.Name = Span{whole.Start, whole.Start + equal}
		t.Value = Span{whole.Start + equal + 1, whole.End}
	case colon >= 0 && nameOnly(text[:colon]):
		t.Colon = true
		t.Name = Span{whole.Start, whole.Start + colon}
		t.Value = l.trim(Span{whole.Start + colon + 1, whole.End})
	}
	l.tokens = append(l.tokens, t)
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
}

func nameOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if !nameByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// ExtensionName tells whether s fits the name of an extension field: a letter
// or digit and up to 31 letters, digits, "_", "-" and "." (RFC 8461 §3.1 and
// §3.2, RFC 8460 §3).
func ExtensionName(s string) bool {
	return len(s) <= 32 && nameOnly(s) && s[0] != '_' && s[0] != '-' && s[0] != '.'
}

// ExtensionValue tells whether s fits the value of a TXT record's extension
// field: printable ASCII but "=", ";" and space, at least one (RFC 8461 §3.1,
// RFC 8460 §3).
func ExtensionValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x21 || c > 0x7E || c == ';' || c == '=' {
			return false
		}
	}
	return s != ""
}

// Cut gives the text of a span.
func (s Span) Cut(text string) string { return text[s.Start:s.End] }
