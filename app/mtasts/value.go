package mtasts

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// known reads the value of one of the RFC's keys.
func (p *policyParser) known(index int, key, value syntax.Span) {
	first := !p.seen[index]
	p.seen[index] = true
	if !first && index != keyMX {
		// "all entries except for the first SHALL be ignored" (RFC 8461 §3.2).
		p.out.Note(DuplicateKey, key)
		return
	}
	value = p.terminator(index, value)
	switch index {
	case keyVersion:
		p.version(key, value)
	case keyMode:
		p.mode(value)
	case keyMaxAge:
		p.maxAge(value)
	case keyMX:
		p.mx(key, value)
	}
}

// terminator takes a semicolon or comma off the end of a value. In an empty
// mx line and in a list of hosts it is the list that is wrong.
func (p *policyParser) terminator(index int, value syntax.Span) syntax.Span {
	end := value.End
	for end > value.Start && strings.IndexByte(";, \t", p.text[end-1]) >= 0 {
		end--
	}
	if end == value.End {
		return value
	}
	rest := syntax.Span{Start: value.Start, End: end}
	if index == keyMX && manyHosts(rest.Cut(p.text)) {
		return value
	}
	p.out.Fatal(TrailingSemicolon, syntax.Span{Start: end, End: value.End})
	return rest
}

func (p *policyParser) version(key, value syntax.Span) {
	if p.fields+len(p.policy.Extensions) > 1 && len(p.unparsed) == 0 {
		p.out.Note(VersionNotFirst, key)
	}
	if text := value.Cut(p.text); text != "STSv1" && !p.odd(value, bareWord(text) == "STSv1") {
		p.out.Fatal(VersionWrong, value)
	}
}

// odd reports characters outside ASCII beside a value that is right without
// them, such as a no-break space.
func (p *policyParser) odd(value syntax.Span, right bool) bool {
	if right && hasNonASCII(value.Cut(p.text)) {
		p.out.Fatal(syntax.NonASCII, p.foreign(value))
		return true
	}
	return false
}

func (p *policyParser) mode(value syntax.Span) {
	text := value.Cut(p.text)
	if p.policy.Mode = ParseMode(text); p.policy.Mode != ModeUnknown {
		return
	}
	if len(text) <= 64 {
		if p.policy.Mode = ParseMode(strings.ToLower(text)); p.policy.Mode != ModeUnknown {
			p.out.Fatal(ModeCase, value)
			return
		}
		if p.policy.Mode = ParseMode(bareWord(text)); p.odd(value, p.policy.Mode != ModeUnknown) {
			return
		}
	}
	p.policy.Mode = ModeUnknown
	if translatedMode(text) != ModeUnknown {
		p.out.Fatal(Translated, value)
		return
	}
	p.out.Fatal(ModeInvalid, value)
}

// maxAge reads 1*10DIGIT, at most MaxMaxAge (RFC 8461 §3.2).
func (p *policyParser) maxAge(value syntax.Span) {
	text := value.Cut(p.text)
	digits := strings.Trim(text, "0123456789") == "" && text != ""
	if bare := bareWord(text); !digits && len(bare) <= 10 && strings.Trim(bare, "0123456789") == "" && p.odd(value, bare != "") {
		text, digits = bare, true
	}
	if !digits {
		p.out.Fatal(MaxAgeInvalid, value)
		return
	}
	seconds, err := strconv.ParseUint(text, 10, 64)
	switch {
	case err != nil || seconds > MaxMaxAge:
		p.out.Fatal(MaxAgeTooLarge, value)
		p.policy.MaxAge = MaxMaxAge
		return
	case len(text) > 10:
		p.out.Fatal(MaxAgeInvalid, value)
	case seconds == 0:
		p.out.Note(MaxAgeZero, value)
	case seconds < 86400:
		p.out.Note(MaxAgeBelowDay, value)
	}
	p.policy.MaxAge = uint32(seconds)
}

func (p *policyParser) mx(key, value syntax.Span) {
	text := value.Cut(p.text)
	if value.Start == value.End && p.yamlList(value.End) {
		p.yaml = key.Start
		return
	}
	pattern, kind := ParsePattern(text)
	if folded := syntax.Fold(text); kind == MXULabel && p.odd(value, !hasNonASCII(folded)) {
		p.salvage(folded, "")
		return
	}
	if pattern.Name.IsZero() {
		p.out.Fatal(kind, value)
		p.salvage(text, kind)
		return
	}
	if kind != "" {
		p.out.Note(kind, value)
	}
	p.policy.MX = append(p.policy.MX, pattern)
}

// yamlList tells whether the next line is an item of a YAML list.
func (p *policyParser) yamlList(from int) bool {
	return strings.HasPrefix(strings.TrimLeft(p.text[from:min(len(p.text), from+100)], " \t\r\n"), "- ")
}

// salvage keeps the hosts that were meant, so that more can be said of them.
// The policy stays invalid.
func (p *policyParser) salvage(text string, kind syntax.Kind) {
	switch kind {
	case "":
		p.pattern(text)
	case MXListOnOneLine:
		for _, host := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' }) {
			if len(p.policy.MX) < 1000 {
				p.pattern(host)
			}
		}
	case MXTrailingDot:
		p.pattern(strings.TrimSuffix(text, "."))
	case MXLeadingDot:
		p.pattern("*" + text)
	case MXPriorityIncluded:
		p.pattern(strings.TrimLeft(text, "0123456789 \t"))
	case MXPortIncluded:
		p.pattern(text[:strings.LastIndexByte(text, ':')])
	case MXURL:
		_, host, _ := strings.Cut(text, "//")
		host, _, _ = strings.Cut(host, "/")
		p.pattern(host)
	}
}

func (p *policyParser) pattern(text string) {
	text = strings.TrimSuffix(strings.Trim(text, wsp), ".")
	if pattern, _ := ParsePattern(text); !pattern.Name.IsZero() {
		p.policy.MX = append(p.policy.MX, pattern)
	}
}
