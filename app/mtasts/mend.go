package mtasts

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// MendPolicy writes what a policy file was to say, in canonical form, however
// damaged it is; false when it names no mail host and isn't "none", or is no
// policy at all. What is written is valid (RFC 8461 §3.2). A mode that can't be
// known is testing, under which no mail is refused, and a max_age that can't be
// is a week, as in the RFC's example.
func MendPolicy(text string) (string, bool) { return mean(text).mended() }

// PolicyKeys counts the keys of RFC 8461 §3.2 that a text was to give, each once: none
// is no policy.
func PolicyKeys(text string) int {
	n := 0
	for _, has := range mean(text).has {
		if has {
			n++
		}
	}
	return n
}

// Ages, in seconds, where none is known: that of the example of RFC 8461 §3.2,
// and a small one for a policy that takes MTA-STS down (§8.3).
const (
	usualAge = 604800
	shortAge = 86400
)

func (m *meaning) mended() (string, bool) {
	var lines []string
	seen := [len(keys)]bool{}
	for _, r := range m.rows {
		for _, line := range r.lines() {
			i := keyIndex(line[:strings.IndexByte(line, ':')])
			if i == keyVersion || i >= 0 && i != keyMX && seen[i] || slices.Contains(lines, line) {
				continue
			}
			if i >= 0 {
				seen[i] = true
			}
			if len(lines) < maxLines {
				lines = append(lines, line)
			}
		}
	}
	if m.has == ([len(keys)]bool{}) {
		return "", false
	}
	lines = append(lines, "version: STSv1")
	if !seen[keyMode] {
		lines = append(lines, "mode: "+ModeTesting.String())
	}
	age := usualAge
	if slices.Contains(lines, "mode: none") {
		age = shortAge
	}
	if !seen[keyMaxAge] {
		lines = append(lines, "max_age: "+strconv.Itoa(age))
	}
	policy, diagnostics := parsePolicy(strings.Join(lines, "\r\n"))
	if !syntax.Valid(diagnostics) {
		return "", false
	}
	return policy.String(), true
}

// maxLines is how many lines of a damaged policy are kept: more than any
// sender's mail hosts.
const maxLines = 500

// mend says at each diagnostic what to write instead.
func (m *meaning) mend(text string, all []syntax.Diagnostic) {
	whole, ok := m.mended()
	for i := range all {
		d := &all[i]
		switch d.Kind {
		case LFLineEndings, MixedLineEndings, MissingFinalNewline, VersionNotFirst, UnknownExtensionField, DuplicateKey,
			MaxAgeZero, MaxAgeBelowDay, MaxAgeShort, BlankLine, CommentLine, FrontMatter, TXTRecord, MXMissing, MXIPAddress,
			MXWildcardPublicSuffix:
		case VersionMissing:
			d.Mend = "version: STSv1"
		case ModeMissing:
			d.Mend = "mode: " + ModeTesting.String()
		case MaxAgeMissing:
			d.Mend = "max_age: " + strconv.Itoa(usualAge)
		case JSONBody, RTFBody, CRLineEndings:
			if ok {
				d.Mend = whole
			}
		default:
			d.Mend = m.at(text, d)
		}
		if d.Kind == BOM && m.wrapped && ok {
			d.Mend = whole
		}
	}
}

// at gives the lines that stand for the one where a diagnostic begins, or for
// the whole list of which it marks the first item; "" when that is the line
// already.
func (m *meaning) at(text string, d *syntax.Diagnostic) string {
	if m.wrapped {
		return ""
	}
	var lines []string
	for _, r := range m.rows {
		inside := r.start <= d.Span.Start && d.Span.Start <= r.end || r.start == len(bom) && d.Span.Start == 0
		item := d.Kind == MXYAMLList && r.start > d.Span.Start && len(lines) > 0 &&
			strings.HasPrefix(strings.TrimLeft(text[r.start:r.end], wsp), "- ")
		switch {
		case inside && d.Kind != MXYAMLList && strings.Join(r.lines(), "\n") == strings.TrimRight(text[r.start:r.end], wsp) && d.Kind != BOM:
			return ""
		case inside || item:
			lines = append(lines, r.lines()...)
		case len(lines) > 0 && strings.Trim(text[r.start:r.end], wsp) != "":
			return strings.Join(lines, "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// MendRecord writes what a TXT record was to say, in the form of the example of
// RFC 8461 §3.1; false for a text that isn't meant as an MTA-STS record. What
// is written is valid. An id that is missing or no such, as that of a template,
// is made from the text.
func MendRecord(txt string) (string, bool) {
	record, _ := parseRecord(txt)
	return mendRecord(txt, record)
}

// maxRecord is how much of a TXT record is searched, in bytes.
const maxRecord = 8 << 10

func mendRecord(txt string, read Record) (string, bool) {
	folded := record.Replace(syntax.Fold(txt[:min(len(txt), maxRecord)]))
	raw, found := meantID(folded)
	lower := strings.ToLower(folded)
	if !strings.Contains(lower, "sts") && !(found && !strings.Contains(lower, "v=")) {
		return "", false
	}
	id := ""
	if !placeholder(raw) {
		for i := 0; i < len(raw) && len(id) < 32; i++ {
			if alphanumeric(raw[i]) {
				id += raw[i : i+1]
			}
		}
	}
	if id == "" || placeholder(id) {
		sum := fnv.New64a()
		sum.Write([]byte(txt))
		id = strconv.FormatUint(sum.Sum64(), 36)
	}
	mended := Record{ID: id}
	for _, e := range read.Extensions {
		if !isPolicyKey(e.Name) && e.Name != "v" && !strings.EqualFold(e.Name, "id") && !strings.HasSuffix(e.Value, `\`) && len(mended.Extensions) < 20 {
			mended.Extensions = append(mended.Extensions, e)
		}
	}
	text := mended.String()
	_, diagnostics := parseRecord(text)
	return text, syntax.Valid(diagnostics)
}

// record takes out what never belongs into a record's text.
var record = strings.NewReplacer(`"`, "", `'`, "", `\`, "", "`", "", "\r", " ", "\n", " ", "\t", " ")

// meantID finds the value of the id field, up to the end of the field.
func meantID(s string) (value string, found bool) {
	for i := 0; i+2 < len(s); i++ {
		if !strings.EqualFold(s[i:i+2], "id") || i > 0 && (nameByte(s[i-1]) || s[i-1] >= 0x80) {
			continue
		}
		rest := strings.TrimLeft(s[i+2:], " ")
		if rest == "" || rest[0] != '=' && rest[0] != ':' {
			continue
		}
		value = strings.Trim(rest[1:], " ")
		if stop := strings.IndexAny(value, ";,|"); stop >= 0 {
			value = value[:stop]
		}
		if stop := strings.IndexAny(value, " ="); stop >= 0 && !placeholder(value) {
			value = value[:stop]
		}
		return value, true
	}
	return "", false
}
