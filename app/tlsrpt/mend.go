package tlsrpt

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// MendRecord writes what a TXT record was to say, with all URIs in one rua
// field; false when no report address can be made out, or when it would be longer
// than what is searched. What is written is valid (RFC 8460 §3).
func MendRecord(txt string) (string, bool) {
	read, _ := parseRecord(txt)
	return mendRecord(txt, read)
}

// maxRecord is how much of a TXT record is searched, in bytes.
const maxRecord = 8 << 10

// mendRecord mends until there is nothing left to mend, which is mostly once.
func mendRecord(txt string, read Record) (string, bool) {
	text, ok := mendOnce(txt, read)
	for range 4 {
		if !ok || text == txt {
			return text, ok
		}
		txt = text
		read, _ = parseRecord(txt)
		text, ok = mendOnce(txt, read)
	}
	return text, false
}

func mendOnce(txt string, read Record) (string, bool) {
	var mended Record
	for _, piece := range meantURIs(written.Replace(syntax.Fold(txt[:min(len(txt), maxRecord)]))) {
		uri := meantURI(piece)
		if _, odd := parseRecord(Record{RUA: []string{uri}}.String()); len(odd) > 0 || slices.Contains(mended.RUA, uri) || len(mended.RUA) == 20 {
			continue
		}
		mended.RUA = append(mended.RUA, uri)
	}
	for _, e := range read.Extensions {
		if !dmarcTag(e.Name) && e.Name != "v" && !strings.EqualFold(e.Name, "rua") && !strings.HasSuffix(e.Value, `\`) &&
			(tagName(e.Name) || !strings.Contains(e.Value, "@")) && len(mended.Extensions) < 20 { // or it would be read as an address
			mended.Extensions = append(mended.Extensions, e)
		}
	}
	text := mended.String()
	_, diagnostics := parseRecord(text)
	return text, len(mended.RUA) > 0 && len(text) <= maxRecord && syntax.Valid(diagnostics)
}

// written takes out what never belongs into a record's text, and joins what
// belongs together.
var written = strings.NewReplacer(`"`, "", "`", "", `\`, "", "<", " ", ">", " ", "\r", " ", "\n", " ", "\t", " ",
	"mailto: ", "mailto:", "mailto://", "mailto:", "MAILTO: ", "mailto:", "Mailto:", "mailto:", " @ ", "@")

// meantURIs cuts a text into what may be report URIs: those of rua, and those
// behind it without a name of their own.
func meantURIs(s string) (all []string) {
	ours, https := true, false
	for _, field := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '|' }) {
		for i, list := range strings.Split(field, ",") {
			for k, one := range strings.Fields(list) {
				if name, value, found := strings.Cut(one, "="); found && tagName(name) {
					ours, one = strings.EqualFold(name, "rua"), value
				} else if name, value, found := strings.Cut(one, ":"); found && strings.EqualFold(name, "rua") {
					ours, one = true, value
				}
				switch {
				case !ours || one == "":
				case i > 0 && k == 0 && https && scheme(one) == "" && !strings.Contains(one, "@"):
					all[len(all)-1] += "%2C" + one // a comma of the URI before
				default:
					all = append(all, one)
					https = scheme(one) == "https"
				}
			}
		}
	}
	return all
}

// tagName tells whether s is the name of a field, and no part of a URI.
func tagName(s string) bool { return len(s) <= 5 && syntax.ExtensionName(s) && scheme(s+":") != "" }

// meantURI gives the URI that a piece of text was to be.
func meantURI(s string) string {
	s = strings.Trim(s, " '=()[].")
	if i := strings.IndexByte(s, '!'); i > 0 && strings.Trim(s[i+1:], "0123456789kmgtKMGT") == "" {
		s = s[:i] // the size limit of DMARC (RFC 7489 §6.2)
	}
	switch {
	case scheme(s) == "http":
		s = "https" + s[len("http"):]
	case scheme(s) == "" && strings.Contains(s, "@"):
		s = "mailto:" + s
	}
	if scheme(s) == "mailto" {
		address, query, found := strings.Cut(s[len("mailto:"):], "?")
		s = "mailto:" + meantAddress(strings.TrimLeft(strings.TrimRight(address, "."), "/"))
		if found {
			s += "?" + query
		}
	}
	return encoded(s)
}

// meantAddress writes the domain of an address in A-labels.
func meantAddress(s string) string {
	local, domain, _ := strings.Cut(s, "@")
	if ascii(domain) {
		return s
	}
	name, _ := dnsname.FromUnicode(domain)
	return local + "@" + name.String()
}

// encoded writes in percent form what can't stand in a report URI (RFC 3986 §2,
// RFC 8460 §3).
func encoded(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x80, c <= ' ', strings.IndexByte(`!,;"<>\^{|}`+"`", c) >= 0,
			c == '%' && (i+2 >= len(s) || !hex(s[i+1]) || !hex(s[i+2])):
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
