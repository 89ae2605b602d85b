package mtasts

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// ParsePolicy reads a policy file's bytes by RFC 8461 §3.2. The Policy is as
// far as it could be read; it is valid when syntax.Valid holds of the
// diagnostics. Where the RFC's example and its ABNF differ (LF line endings,
// erratum 6253), the ABNF counts.
func ParsePolicy(body []byte) (Policy, []syntax.Diagnostic) {
	text := string(body)
	policy, diagnostics := parsePolicy(text)
	if len(diagnostics) > 0 {
		mean(text).mend(text, diagnostics)
	}
	return policy, diagnostics
}

// parsePolicy is ParsePolicy without what to write instead.
func parsePolicy(text string) (Policy, []syntax.Diagnostic) {
	p := policyParser{text: text, out: syntax.NewDiagnostics(text), yaml: -1}
	if p.shape() {
		p.endings()
		p.lines()
		p.finish()
	}
	return p.policy, p.out.Sorted()
}

// String gives the policy in canonical form: version, mode, mx in order,
// max_age, extensions; each line ends in CRLF.
func (p Policy) String() string {
	var b strings.Builder
	line := func(key, value string) { b.WriteString(key + ": " + value + "\r\n") }
	line("version", "STSv1")
	line("mode", p.Mode.String())
	for _, mx := range p.MX {
		line("mx", mx.String())
	}
	line("max_age", strconv.FormatUint(uint64(p.MaxAge), 10))
	for _, e := range p.Extensions {
		line(e.Name, e.Value)
	}
	return b.String()
}

type policyParser struct {
	text   string
	at     int // start of the text behind a byte order mark
	out    *syntax.Diagnostics
	policy Policy
	seen   [4]bool // by index of keys: the key, or what was meant as it, was there
	// meant are keys that a line was to give which is damaged otherwise.
	meant  [4]bool
	fields int // lines that were a field of any kind
	// near are lines whose key is almost a known one; what they amount to is
	// known at the end.
	near []near
	// yaml is the start of an empty mx line whose list may follow, or -1.
	yaml int
	// unparsed are the lines that are nothing; told at the end.
	unparsed []syntax.Span
}

// near is a field with a misspelt key.
type near struct {
	known int // index of keys
	kind  syntax.Kind
	key   syntax.Span
	value syntax.Span
}

// The keys of RFC 8461 §3.2, and their indices.
var keys = [4]string{"version", "mode", "max_age", "mx"}

const (
	keyVersion = iota
	keyMode
	keyMaxAge
	keyMX
)

const bom = "\xEF\xBB\xBF"

// shape looks at the whole: a byte order mark, another format altogether. It
// tells whether there are lines worth reading.
func (p *policyParser) shape() bool {
	switch {
	case p.text == "":
		p.out.Fatal(Unparsable, syntax.Span{})
		return false
	case strings.HasPrefix(p.text, "\xFE\xFF"), strings.HasPrefix(p.text, "\xFF\xFE"):
		p.out.Fatal(BOM, syntax.Span{End: 2})
		return false
	case strings.HasPrefix(p.text, bom):
		p.at = len(bom)
		p.out.Fatal(BOM, syntax.Span{End: p.at})
	}
	start := p.at
	for start < len(p.text) && strings.IndexByte(" \t\r\n", p.text[start]) >= 0 {
		start++
	}
	rest := p.text[start:]
	switch {
	case rest == "":
		p.out.Fatal(Unparsable, syntax.Span{Start: start, End: start})
		return false
	case isRTF(rest):
		p.out.Fatal(RTFBody, syntax.Span{Start: start, End: p.lineEnd(start)})
		return false
	case rest[0] == '{' || rest[0] == '[' || rest[0] == '<' || strings.HasPrefix(rest, "```"):
		p.out.Fatal(JSONBody, syntax.Span{Start: start, End: p.lineEnd(start)})
		return false
	}
	return true
}

// lineEnd is the end of the line that holds the index.
func (p *policyParser) lineEnd(from int) int {
	if i := strings.IndexAny(p.text[from:], "\r\n"); i >= 0 {
		return from + i
	}
	return len(p.text)
}

// endings tells which line endings there are. A bare CR ends no line by the
// ABNF; lines treats it as one, so that the rest can be read.
func (p *policyParser) endings() {
	lf, crlf, cr := -1, -1, -1
	for i := p.at; i < len(p.text); i++ {
		switch {
		case p.text[i] == '\n' && lf < 0:
			lf = i
		case p.text[i] == '\r' && i+1 < len(p.text) && p.text[i+1] == '\n':
			if crlf < 0 {
				crlf = i
			}
			i++
		case p.text[i] == '\r' && cr < 0:
			cr = i
		}
	}
	switch {
	case cr >= 0:
		p.out.Fatal(CRLineEndings, syntax.Span{Start: cr, End: cr + 1})
	case lf >= 0 && crlf >= 0:
		p.out.Note(MixedLineEndings, syntax.Span{Start: max(lf, crlf), End: max(lf, crlf) + 1})
	case lf >= 0:
		p.out.Note(LFLineEndings, syntax.Span{Start: lf, End: lf + 1})
	}
	if last := p.text[len(p.text)-1]; last != '\n' && last != '\r' {
		p.out.Note(MissingFinalNewline, syntax.Span{Start: len(p.text), End: len(p.text)})
	}
}

// lines reads line after line.
func (p *policyParser) lines() {
	matter := p.frontMatter()
	for i := matter; i < len(p.text); {
		end := p.lineEnd(i)
		p.line(syntax.Span{Start: i, End: end})
		i = end
		if i < len(p.text) && p.text[i] == '\r' {
			i++
		}
		if i < len(p.text) && p.text[i] == '\n' && (i == end || p.text[i-1] == '\r') {
			i++
		}
	}
}

// frontMatter reports the "---" block of a site generator as one thing and
// gives where the lines behind it begin.
func (p *policyParser) frontMatter() int {
	if !strings.HasPrefix(p.text[p.at:], "---") {
		return p.at
	}
	i := strings.Index(p.text[p.at+3:], "\n---")
	if i < 0 {
		return p.at
	}
	end := p.lineEnd(p.at + 3 + i + 1)
	p.out.Fatal(FrontMatter, syntax.Span{Start: p.at, End: end})
	next := end
	for next < len(p.text) && strings.IndexByte("\r\n", p.text[next]) >= 0 {
		next++
	}
	return next
}

// finish tells what is known only at the end: what lacks, and lines that are
// nothing.
func (p *policyParser) finish() {
	for _, n := range p.near {
		p.tellNear(n)
	}
	p.tellUnparsed()
	if p.fields == 0 {
		// Of a text that is no policy at all there is nothing more to say.
		p.out.Drop(BlankLine, LeadingWhitespace, UnknownExtensionField, MXYAMLList)
		if !p.out.Has(Unparsable) && !p.out.Has(CommentLine) && !p.out.Has(TXTRecord) {
			p.out.Fatal(Unparsable, syntax.Span{Start: p.at, End: p.lineEnd(p.at)})
		}
		return
	}
	end := syntax.Span{Start: len(p.text), End: len(p.text)}
	for i, kind := range [...]syntax.Kind{VersionMissing, ModeMissing, MaxAgeMissing} {
		if !p.seen[i] && !p.told(i) {
			p.out.Fatal(kind, end)
		}
	}
	if !p.seen[keyMX] && p.policy.Mode > ModeNone && !p.told(keyMX) {
		p.out.Fatal(MXMissing, end)
	}
	if p.policy.Mode == ModeEnforce && p.policy.MaxAge >= 86400 && p.policy.MaxAge < 14*86400 {
		p.shortAge()
	}
}

// told tells whether what a damaged line says of a key was reported already.
func (p *policyParser) told(key int) bool { return p.meant[key] && p.out.Fatals() }

// tellNear reports a misspelt key. It is what makes the policy invalid when the
// right key isn't there and is needed; else it is an extension, ignored.
func (p *policyParser) tellNear(n near) {
	value := n.value.Cut(p.text)
	malformed := !syntax.ExtensionName(n.key.Cut(p.text))
	if p.seen[n.known] && n.known != keyMX && !malformed {
		if n.kind != KeyCase {
			n.kind = UnknownExtensionField
		}
		p.out.Note(n.kind, n.key)
		return
	}
	fatal := malformed || !p.seen[n.known] && (n.known != keyMX || p.policy.Mode != ModeNone)
	if !fatal && n.kind == Translated {
		n.kind = UnknownExtensionField
	}
	p.out.Add(n.kind, n.key, fatal, n.key.Cut(p.text))
	if !fatal {
		return
	}
	p.seen[n.known] = true
	switch n.known {
	case keyMode:
		if n.kind != Translated && p.policy.Mode == ModeUnknown {
			p.policy.Mode = ParseMode(value)
		}
	case keyMaxAge:
		if seconds, err := strconv.ParseUint(value, 10, 32); err == nil && seconds <= MaxMaxAge {
			p.policy.MaxAge = uint32(seconds)
		}
	case keyMX:
		p.pattern(value)
	}
}

// shortAge notes a max_age of an enforced policy under two weeks: "weeks or
// greater" is expected (RFC 8461 §3.2).
func (p *policyParser) shortAge() {
	age := strconv.FormatUint(uint64(p.policy.MaxAge), 10)
	if i := strings.Index(p.text, "max_age"); i >= 0 {
		if k := strings.Index(p.text[i:], age); k >= 0 {
			p.out.Note(MaxAgeShort, syntax.Span{Start: i + k, End: i + k + len(age)})
		}
	}
}

// tellUnparsed reports lines that are nothing: all as one when the text has no
// field at all.
func (p *policyParser) tellUnparsed() {
	if len(p.unparsed) == 0 {
		return
	}
	if p.fields == 0 {
		p.out.Fatal(Unparsable, p.unparsed[0])
		return
	}
	for _, span := range p.unparsed {
		p.out.Fatal(Unparsable, span)
	}
}
