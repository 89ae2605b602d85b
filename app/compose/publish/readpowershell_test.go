package publish_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
)

// psWord is a word of a PowerShell command, and whether it was quoted.
type psWord struct {
	text   string
	quoted bool
}

// psWords takes a command apart as about_Parsing and about_Quoting_Rules say, as far
// as ours go: words, strings of both kinds, brackets and commas. It refuses what else
// means something.
func psWords(t *testing.T, line string) (all []psWord) {
	t.Helper()
	for at := 0; at < len(line); {
		switch c := line[at]; {
		case c == ' ':
			at++
		case c == '(' || c == ')' || c == ',':
			all = append(all, psWord{line[at : at+1], false})
			at++
		case c == '\'':
			text := ""
			for at++; at < len(line) && (line[at] != '\'' || strings.HasPrefix(line[at:], "''")); at++ {
				if line[at] == '\'' {
					at++
				}
				text += line[at : at+1]
			}
			if at++; at > len(line) {
				t.Fatalf("a string without end: %s", line)
			}
			all = append(all, psWord{text, true})
		case strings.HasPrefix(line[at:], "\"`r`n\""):
			all = append(all, psWord{"\r\n", true})
			at += 6
		default:
			n := strings.IndexAny(line[at:]+" ", " (),'\"")
			if strings.ContainsAny(line[at:at+n], "$`;|&{}<>#@\"") || n == 0 {
				t.Fatalf("%q means something in %s", line[at:at+n], line)
			}
			all = append(all, psWord{line[at : at+n], false})
			at += n
		}
	}
	return all
}

// psParameters gives the parameters of a command: switches empty, expressions in
// brackets as their value.
func psParameters(t *testing.T, line string) map[string]string {
	t.Helper()
	words := psWords(t, line)
	if words[0] != (psWord{"Add-DnsServerResourceRecord", false}) {
		t.Fatalf("another command: %s", line)
	}
	all, name := map[string]string{}, ""
	for words = words[1:]; len(words) > 0; words = words[1:] {
		w := words[0]
		if parameter, is := strings.CutPrefix(w.text, "-"); is && !w.quoted {
			name = parameter
			if _, twice := all[name]; twice {
				t.Fatalf("-%s twice: %s", name, line)
			}
			all[name] = ""
			continue
		}
		if w == (psWord{"(", false}) {
			end := slices.Index(words, psWord{")", false})
			w.text, words = psValue(t, words[1:end]), words[end:]
		}
		if name == "" || all[name] != "" {
			t.Fatalf("%q belongs to no parameter: %s", w.text, line)
		}
		all[name] = w.text
	}
	return all
}

// psValue gives the value of an expression: a span in seconds, or strings joined.
func psValue(t *testing.T, words []psWord) string {
	t.Helper()
	if len(words) == 3 && words[0].text == "New-TimeSpan" && words[1].text == "-Seconds" {
		return words[2].text
	}
	join := slices.Index(words, psWord{"-join", false})
	if join < 0 || join != len(words)-2 {
		t.Fatalf("no expression: %v", words)
	}
	var all []string
	for i, w := range words[:join] {
		if w.quoted != (i%2 == 0) {
			t.Fatalf("no list: %v", words)
		}
		if w.quoted {
			all = append(all, w.text)
		}
	}
	return strings.Join(all, words[join+1].text)
}

func readPowerShell(t *testing.T, z compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	index := func(words, word string) string {
		at := slices.Index(strings.Fields(words), word)
		if at < 0 {
			t.Fatalf("%q is none of %s", word, words)
		}
		return strconv.Itoa(at)
	}
	var all []compose.Record
	for line := range strings.Lines(files[0].Text) {
		p := psParameters(t, strings.TrimSuffix(line, "\n"))
		ttl, err := strconv.ParseUint(p["TimeToLive"], 10, 32)
		if err != nil || p["ZoneName"] != z.Origin.String() {
			t.Fatalf("%v, or the wrong zone: %s", err, line)
		}
		typ, data := "", ""
		for parameter, of := range map[string]string{"IPv4Address": "A", "IPv6Address": "AAAA", "HostNameAlias": "CName", "DescriptiveText": "Txt", "CertificateUsage": "TLSA"} {
			if value, has := p[parameter]; has {
				typ, data = of, value
			}
		}
		if _, has := p[typ]; !has {
			t.Fatalf("no -%s: %s", typ, line)
		}
		if typ == "TLSA" {
			data = strings.Join([]string{index("CAConstraint ServiceCertificateConstraint TrustAnchorAssertion DomainIssuedCertificate", data),
				index("FullCertificate SubjectPublicKeyInfo", p["Selector"]), index("ExactMatch Sha256Hash Sha512Hash", p["MatchingType"]), p["CertificateAssociationData"]}, " ")
		}
		if typ == "Txt" {
			r := fromData(t, under(p["Name"], z), uint32(ttl), typ, `""`)
			for _, s := range strings.Split(data, "\r\n") {
				if len(s) > 255 {
					t.Fatalf("a string of %d octets: %s", len(s), line)
				}
				r.Data += s
			}
			all = append(all, r)
			continue
		}
		all = append(all, fromData(t, under(p["Name"], z), uint32(ttl), typ, data))
	}
	return all
}
