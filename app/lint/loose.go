package lint

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// hints are what the words before a record tell of it: labels of a DNS host's page,
// the head of what nslookup prints.
type hints struct {
	name   syntax.Span // the owner name
	used   bool        // by a TLSA record already, beside which others can be
	naming bool        // a label was the last word, and the name follows
	typed  Kind        // of the type
	typing bool        // the type was the last word
	fields             // of a TLSA record
}

// token is a word of a line that is no zone file's, or what stands between quotes.
type token struct {
	span, inside syntax.Span
	quote        byte // 0 for a word
}

// looseLine takes the records out of a line of any other text, and gives where the
// reading goes on.
func (s *scanner) looseLine(at, end int) int {
	for _, leads := range [...]string{" is an alias for ", "canonical name = "} { // of host and nslookup
		if from, to, found := strings.Cut(s.text[at:end], leads); found {
			s.lead(strings.TrimSpace(from), strings.TrimSpace(to))
		}
	}
	first := true
	for at < end {
		t, ok := s.token(at, end)
		if !ok {
			break
		}
		next, found := s.looseText(t, end, first)
		if !found {
			next, found = s.looseTLSA(t, end, first)
		}
		if !found {
			s.heed(t, first, end)
			next = t.span.End
		}
		at, first = next, false
	}
	return at
}

// maxQuoted is how far the end of a record in braces or other quotes is looked for.
const maxQuoted = 8 << 10

// token gives the next word or quoted text of a line. A quote that nothing closes is
// part of a word, unless a record begins behind it.
func (s *scanner) token(at, end int) (token, bool) {
	for at < end && strings.IndexByte(" \t,([", s.text[at]) >= 0 {
		at++
	}
	if at == end {
		return token{}, false
	}
	switch c := s.text[at]; c {
	case '"':
		i := s.quoted(at, len(s.text))
		if t := (token{i.span, i.inside(), c}); !i.open || begins(t.inside.Cut(s.text)) {
			return t, true
		}
	case '\'', '`', '{':
		shut := c
		if c == '{' {
			shut = '}'
		}
		i := strings.IndexByte(s.text[at+1:min(end, at+maxQuoted)], shut)
		if i > 0 && s.text[at+1] != '"' && (begins(s.text[at+1:at+1+i]) || c == '\'' && len(s.data(at+1, at+1+i)) > 0) {
			return token{syntax.Span{Start: at, End: at + i + 2}, syntax.Span{Start: at + 1, End: at + 1 + i}, c}, true
		}
	}
	t := token{span: syntax.Span{Start: at, End: at + 1}}
	for i := at + 1; i < end && !isBlank(s.text[i]) && s.text[i] != '"' && (s.text[i] != '\'' || s.text[i-1] != '='); i++ {
		t.span.End = i + 1
	}
	if label, _, found := strings.Cut(t.span.Cut(s.text), ":"); found && isLabel(label) && len(label)+1 < t.span.End-at {
		t.span.End = at + len(label) + 1
	}
	t.inside = t.span
	return t, true
}

// begins tells whether a text may be a record from its first word on.
func begins(text string) bool {
	text = strings.TrimLeft(strings.ToLower(syntax.Fold(text[:min(len(text), 200)])), " \t\"'\\")
	first, rest := text, ""
	if i := strings.IndexAny(text, " \t\""); i >= 0 {
		first, rest = text[:i], text[i:]
	}
	return strings.Contains(first, "v=") || strings.HasPrefix(first, "v:") || strings.HasPrefix(first, "id=") || strings.HasPrefix(first, "rua=") ||
		strings.HasPrefix(first, "stsv") || strings.HasPrefix(first, "tlsrptv") || first == "v" && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "=")
}

// looseText reads a TXT record that begins with a token.
func (s *scanner) looseText(t token, end int, first bool) (next int, ok bool) {
	text := t.inside.Cut(s.text)
	if t.quote == 0 && (t.span.End == end || isBlank(s.text[t.span.End])) {
		text = s.text[t.span.Start:end] // what follows belongs to it
	}
	if !begins(text) {
		return 0, false
	}
	r := record{owner: s.textName(), data: t.inside, write: asIs}
	switch {
	case t.quote == 0:
		r.data = s.unquotedEnd(t.span.Start, end, first)
		r.content.plain(s.text, r.data)
	case t.quote == '"':
		return s.looseQuoted(t, first)
	case !first && strings.Contains(text, `\;`): // octoDNS has zone files' escapes in YAML
		r.content.escaped(s.text, r.data)
		r.write = func(text string) string { return strings.ReplaceAll(text, ";", `\;`) }
	default:
		r.content.plain(s.text, r.data)
	}
	if r.kind = kindOf(string(r.content.text), r.owner.Cut(s.text)); r.kind == Unknown {
		return 0, false
	}
	s.add(r, false)
	return max(t.span.End, r.data.End), true
}

// textName is the name that the hints give to a TXT record.
func (s *scanner) textName() syntax.Span {
	if s.used {
		return syntax.Span{}
	}
	return s.name
}

// looseQuoted reads a record in double quotes: strings as dig +short and nslookup
// print them, or one of a program's source, which may hold such strings again.
func (s *scanner) looseQuoted(t token, first bool) (next int, ok bool) {
	if first || s.printed(t.span.Start) {
		items, _, _ := s.items(t.span.Start)
		n := 0
		for n < len(items) && items[n].quoted {
			n++
		}
		return items[n-1].span.End, s.strings(s.textName(), items[:n], syntax.Span{})
	}
	r := record{owner: s.textName(), data: t.span, write: inQuotes}
	r.content.escaped(s.text, t.inside)
	if inner, ok := r.content.peel(); ok {
		r.content = inner
		r.write = func(text string) string { return inQuotes(inStrings(text)) }
	}
	if r.kind = kindOf(string(r.content.text), r.owner.Cut(s.text)); r.kind == Unknown {
		return 0, false
	}
	open := item{span: t.span, quoted: true, open: t.inside.End == t.span.End}
	f := s.add(r, open.open)
	if open.open {
		f.tell(s.text, UnclosedQuote, syntax.Span{Start: t.span.Start, End: t.span.Start + 1}, true, "")
	}
	return t.span.End, true
}

// printed tells whether what stands before a quote is what nslookup and host put
// before the strings of a record.
func (s *scanner) printed(at int) bool {
	line := s.text[:at]
	line = strings.TrimRight(line[strings.LastIndexAny(line, "\r\n")+1:], " \t")
	return strings.HasSuffix(line, "text =") || strings.HasSuffix(line, "descriptive text") || typeOf(line[strings.LastIndexAny(line, " \t")+1:]) == STSRecord
}

// unquotedEnd gives the span of a record without quotes. Alone on its line it has the
// whole of it, and the next lines as long as they go on with fields; else it ends
// where a label, or another column, begins.
func (s *scanner) unquotedEnd(start, end int, alone bool) syntax.Span {
	if alone {
		for end < len(s.text) && goesOn(s.text, end) {
			blank := len(s.text[end:]) - len(strings.TrimLeft(s.text[end:], " \t\r\n"))
			end = lineEnd(s.text, end+blank)
		}
		return trimmed(s.text, syntax.Span{Start: start, End: end})
	}
	table := strings.Contains(s.text[lineStart(s.text, start):start], "|")
	at := start
	for w := word(s.text, start, end); w.Start < w.End; w = word(s.text, at, end) {
		text := w.Cut(s.text)
		gap := s.text[at:w.Start]
		column := (strings.Contains(gap, "\t") || len(gap) > 1) && !strings.Contains(text, "=")
		if w.Start > start && (isLabel(strings.TrimSuffix(text, ":")) || column || table && text[0] == '|') {
			break
		}
		at = w.End
	}
	return syntax.Span{Start: start, End: at}
}

func lineStart(text string, at int) int { return strings.LastIndexAny(text[:at], "\r\n") + 1 }

// isLabel tells the words that DNS hosts and tools put before the parts of a record,
// or behind them.
func isLabel(s string) bool {
	switch strings.ToLower(s) {
	case "ttl", "type", "name", "host", "hostname", "subdomain", "record", "value", "content", "data", "answer", "target", "priority",
		"proxy", "proxied", "auto", "edit", "delete", "class", "section", "strings", "text":
		return true
	}
	return false
}

// naming tells the labels before an owner name.
func naming(s string) bool {
	switch strings.ToLower(s) {
	case "name", "host", "hostname", "subdomain", "record":
		return true
	}
	return false
}

// heed takes what a word says of a record behind it.
func (s *scanner) heed(t token, first bool, end int) {
	inside := t.inside
	for inside.Start < inside.End && strings.IndexByte("=:,;|[{(<'`", s.text[inside.Start]) >= 0 {
		inside.Start++
	}
	for inside.Start < inside.End && strings.IndexByte("=:,;|]})>'`", s.text[inside.End-1]) >= 0 {
		inside.End--
	}
	text := inside.Cut(s.text)
	if text == "" {
		return
	}
	named := ownerLike(text) && strings.ContainsAny(text, "._-@") && !isTTL(text)
	switch {
	case named && text[0] == '_', named && s.typed != TLSARecord && (s.naming || s.typing), named && first && s.headed(t.span.End, end):
		s.name, s.used = inside, false
	}
	s.collect(inside)
	s.naming, s.typing = naming(text), false
	if kind := typeOf(text); kind != Unknown {
		s.typed, s.typing = kind, true
	}
}

// headed tells whether the word behind a place is one that tools print behind a name.
func (s *scanner) headed(at, end int) bool {
	w := word(s.text, at, end)
	switch text := w.Cut(s.text); text {
	case "text", "descriptive", "has":
		return true
	default:
		return typeOf(text) != Unknown
	}
}
