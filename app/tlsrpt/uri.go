package tlsrpt

import (
	"net/netip"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// uri judges one report URI.
func (p *parser) uri(one syntax.Span) {
	text := one.Cut(p.text)
	at := func(from, to int) syntax.Span { return syntax.Span{Start: one.Start + from, End: one.Start + to} }
	blank, fault := strings.IndexAny(text, " \t"), uriFault(text)
	reserved := strings.IndexByte(text, '!')
	switch {
	case text == "":
		p.out.Add(RUAEmpty, one, true, "")
		return
	case !ascii(text):
		return // told already, at the bytes
	case blank > 0 && scheme(strings.TrimLeft(text[blank:], " \t")) != "":
		next := blank + len(text[blank:]) - len(strings.TrimLeft(text[blank:], " \t"))
		p.out.Fatal(RUAWrongSeparator, at(blank, next))
		p.uri(at(0, blank))
		p.rest(at(next, len(text)))
		return
	case scheme(text) == "":
		p.out.Fatal(RUANoScheme, one)
		return
	case reserved >= 0:
		p.out.Fatal(RUAUnencodedReserved, at(reserved, reserved+1))
	case fault >= 0:
		p.out.Fatal(RUAInvalidAddress, one)
	default:
		p.scheme(one)
	}
	p.record.RUA = append(p.record.RUA, text)
}

// rest reads what stands behind a blank in a URI list, part after part.
func (p *parser) rest(s syntax.Span) {
	for s.Start < s.End {
		end := s.End
		if i := strings.IndexAny(s.Cut(p.text), " \t"); i >= 0 {
			end = s.Start + i
		}
		p.uri(syntax.Span{Start: s.Start, End: end})
		s = p.trim(syntax.Span{Start: end, End: s.End})
	}
}

// scheme judges a well-formed URI by its scheme: mailto and https are
// supported (RFC 8460 §3).
func (p *parser) scheme(one syntax.Span) {
	text := one.Cut(p.text)
	name := scheme(text)
	rest := text[len(name)+1:]
	useless := func(kind syntax.Kind) {
		p.useless = append(p.useless, syntax.Diagnostic{Kind: kind, Span: one, Value: text})
	}
	switch name {
	default:
		useless(RUASchemeUnsupported)
	case "https":
		authority, found := strings.CutPrefix(rest, "//")
		if !found || authority == "" || strings.IndexByte("/?#:", authority[0]) >= 0 {
			useless(RUAInvalidAddress)
			return
		}
		p.usable++
	case "mailto":
		address, _, _ := strings.Cut(rest, "?")
		switch bare, dot := strings.CutSuffix(address, "."); {
		case !isAddress(bare):
			useless(RUAInvalidAddress)
			return
		case dot:
			end := one.Start + len("mailto:") + len(address)
			p.out.Add(RUATrailingDot, syntax.Span{Start: end - 1, End: end}, false, text)
		}
		p.usable++
	}
}

// scheme gives a URI's scheme in lower case, "" for a text without one
// (RFC 3986 §3.1).
func scheme(s string) string {
	i := strings.IndexByte(s, ':')
	if i < 1 || i > 32 {
		return ""
	}
	for k := 0; k < i; k++ {
		c := s[k] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (k == 0 || s[k] != '+' && s[k] != '-' && s[k] != '.' && (s[k] < '0' || s[k] > '9')) {
			return ""
		}
	}
	return strings.ToLower(s[:i])
}

// uriFault gives the index of the first character that can't stand in a URI
// (RFC 3986 §2), or of a percent sign without two hexadecimal digits; else -1.
func uriFault(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= 0x20 || c >= 0x7F || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			return i
		case c == '%' && (i+2 >= len(s) || !hex(s[i+1]) || !hex(s[i+2])):
			return i
		}
	}
	return -1
}

func hex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// isAddress tells whether s is an addr-spec as a mailto URI writes it
// (RFC 6068 §2): a dot-atom or percent-encoded local part, and a domain. An IP
// address is none: in a mailbox it stands in brackets (RFC 5321 §4.1.3).
func isAddress(s string) bool {
	i := strings.LastIndexByte(s, '@')
	if i < 1 || strings.ContainsAny(s[:i], "@()[]:,") || strings.HasPrefix(s, ".") || s[i-1] == '.' {
		return false
	}
	if _, err := netip.ParseAddr(s[i+1:]); err == nil {
		return false
	}
	name, err := dnsname.Parse(s[i+1:])
	return err == nil && name.IsHostname() && len(name.Labels()) > 1
}

// Address gives the mail address of a mailto URI, false for any other URI.
func Address(uri string) (string, bool) {
	if scheme(uri) != "mailto" {
		return "", false
	}
	address, _, _ := strings.Cut(uri[len("mailto:"):], "?")
	address = strings.TrimSuffix(address, ".")
	return address, isAddress(address)
}

// Host gives the host of an https URI (RFC 3986 §3.2.2), false for any other
// URI, and for an address in a host's place.
func Host(uri string) (dnsname.Name, bool) {
	if scheme(uri) != "https" {
		return dnsname.Name{}, false
	}
	authority, found := strings.CutPrefix(uri[len("https:"):], "//")
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	host, _, _ := strings.Cut(authority[strings.LastIndexByte(authority, '@')+1:], ":")
	name, err := dnsname.Parse(host)
	if _, numeric := netip.ParseAddr(host); !found || err != nil || numeric == nil || !name.IsHostname() {
		return dnsname.Name{}, false
	}
	return name, true
}
