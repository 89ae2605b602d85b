package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// octoDNS writes a zone's file for the YamlProvider ("octoDNS documentation: YAML
// Provider"), which by default refuses names that are out of its order.
func octoDNS(z compose.Zone) []File {
	var owners []string
	entries := map[string]string{}
	for _, s := range sets(z.Records) {
		owner := ""
		if s.name != z.Origin {
			owner = relative(s.name, z.Origin)
		}
		if _, known := entries[owner]; !known {
			at := 0
			for at < len(owners) && !naturallyBefore(owner, owners[at]) {
				at++
			}
			owners = append(owners[:at], append([]string{owner}, owners[at:]...)...)
		}
		entries[owner] += octoDNSEntry(s)
	}
	var out strings.Builder
	out.WriteString("---\n")
	for _, owner := range owners {
		out.WriteString(apostrophes(owner) + ":\n" + entries[owner])
	}
	return []File{{z.Origin.String() + ".yaml", YAML, out.String()}}
}

// octoDNSEntry writes a set as an item of its name's list, the keys in order.
func octoDNSEntry(s set) string {
	head := "- ttl: " + seconds(s.ttl) + "\n  type: " + s.typ.String() + "\n  "
	if s.typ == doh.TypeCNAME {
		return head + "value: " + s.join(octoDNSValue, "") + "\n"
	}
	return head + "values:\n  - " + s.join(octoDNSValue, "\n  - ") + "\n"
}

func octoDNSValue(r compose.Record) string {
	switch r.Type {
	case doh.TypeTXT:
		return apostrophes(octoDNSText(r.Data))
	case doh.TypeTLSA:
		t := associationOf(r)
		return strings.Join([]string{"certificate_association_data: " + apostrophes(t.digits),
			"certificate_usage: " + t.usage, "matching_type: " + t.matching, "selector: " + t.selector}, "\n    ")
	}
	return apostrophes(r.Data)
}

// octoDNSText writes text as octoDNS holds it ("octoDNS documentation: Records, TXT"):
// in one piece, semicolons with a backslash before them, and other backslashes
// doubled. Quotes stay as they are, but it would take the first for one around the
// text, and a blank between two for the end of a string, which it leaves out.
//
// It refuses two backslashes before a semicolon, so such an end stands between. And it
// finds no place to cut where two end the text: the last is written by its number
// (RFC 1035 §5.1), which it may yet cut in two where text fills its strings.
func octoDNSText(text string) string {
	last := ""
	if before, found := strings.CutSuffix(text, `\`); found {
		text, last = before, `\092`
	}
	text = strings.NewReplacer(`\;`, `\\" "\;`, `;`, `\;`, `\`, `\\`, `" `, `"\ `).Replace(text) + last
	if strings.HasPrefix(text, `"`) {
		return `"` + text + `"`
	}
	return text
}

// naturallyBefore compares names as octoDNS does: numbers in them by their value, what
// is between octet by octet.
func naturallyBefore(a, b string) bool {
	for a != "" && b != "" {
		wordA, wordB := upTo(a, true), upTo(b, true)
		if wordA != wordB {
			return wordA < wordB
		}
		a, b = a[len(wordA):], b[len(wordB):]
		numberA, numberB := upTo(a, false), upTo(b, false)
		a, b = a[len(numberA):], b[len(numberB):]
		if numberA == "" || numberB == "" {
			return numberA == "" && numberB != ""
		}
		numberA, numberB = strings.TrimLeft(numberA, "0"), strings.TrimLeft(numberB, "0")
		if len(numberA) != len(numberB) {
			return len(numberA) < len(numberB)
		}
		if numberA != numberB {
			return numberA < numberB
		}
	}
	return a == "" && b != ""
}

// upTo gives what stands before the first digit, or before the first other octet.
func upTo(s string, digit bool) string {
	for i := range len(s) {
		if (s[i] >= '0' && s[i] <= '9') == digit {
			return s[:i]
		}
	}
	return s
}
