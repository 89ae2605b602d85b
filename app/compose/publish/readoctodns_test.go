package publish_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
)

// natural makes a key that sorts as natsort's does: numbers as if all were long.
func natural(name string) string {
	return regexp.MustCompile(`\d+`).ReplaceAllStringFunc(name, func(digits string) string {
		digits = strings.TrimLeft(digits, "0")
		return strings.Repeat("0", 70-len(digits)) + digits
	})
}

// ordered tells whether the keys of every mapping in a document stand in natural
// order, once each.
func ordered(n *yaml.Node) bool {
	for i := 2; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if natural(n.Content[i-2].Value) >= natural(n.Content[i].Value) {
			return false
		}
	}
	return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !ordered(c) })
}

var (
	unescapedSemicolon = regexp.MustCompile(`\w;`)
	doubledBackslash   = regexp.MustCompile(`\\\\;`)
)

// octoDNSChunks gives the strings that octoDNS makes of a TXT record's value, in
// presentation form, as its record types do it.
func octoDNSChunks(t *testing.T, value string) string {
	t.Helper()
	if unescapedSemicolon.MatchString(value) || doubledBackslash.MatchString(value) {
		t.Fatalf("octoDNS refuses %q", value)
	}
	if strings.HasPrefix(value, `"`) {
		value = value[1 : len(value)-1]
	}
	value = strings.ReplaceAll(strings.ReplaceAll(value, `" "`, ""), `"`, `\"`)
	var chunks []string
	for value != "" {
		n := min(255, len(value))
		for value[n-1] == '\\' {
			n--
		}
		chunks, value = append(chunks, `"`+value[:n]+`"`), value[n:]
	}
	return strings.Join(chunks, " ")
}

func readOctoDNS(t *testing.T, z compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(files[0].Text), &document); err != nil || !ordered(&document) {
		t.Fatalf("%v, or keys out of order\n%s", err, files[0].Text)
	}
	var sets map[string][]struct {
		TTL    uint32 `yaml:"ttl"`
		Type   string `yaml:"type"`
		Value  string `yaml:"value"`
		Values []yaml.Node
	}
	if err := document.Decode(&sets); err != nil {
		t.Fatal(err)
	}
	var all []compose.Record
	for name, entries := range sets {
		if name == "" {
			name = "@"
		}
		for _, s := range entries {
			if s.Value != "" {
				all = append(all, fromData(t, under(name, z), s.TTL, s.Type, s.Value))
			}
			for _, v := range s.Values {
				all = append(all, fromData(t, under(name, z), s.TTL, s.Type, octoDNSData(t, s.Type, &v)))
			}
		}
	}
	return all
}

func octoDNSData(t *testing.T, typ string, v *yaml.Node) string {
	t.Helper()
	switch {
	case typ == "TXT":
		return octoDNSChunks(t, v.Value)
	case typ != "TLSA":
		return v.Value
	}
	var a struct {
		Usage    int    `yaml:"certificate_usage"`
		Selector int    `yaml:"selector"`
		Matching int    `yaml:"matching_type"`
		Digits   string `yaml:"certificate_association_data"`
	}
	if err := v.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{strconv.Itoa(a.Usage), strconv.Itoa(a.Selector), strconv.Itoa(a.Matching), a.Digits}, " ")
}
