package mtasts

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

const shared = "../../../shared/data/"

// rows reads a file of JSON lines, or skips the test when it isn't there.
func rows[T any](t *testing.T, path string) []T {
	t.Helper()
	file, err := os.Open(shared + path)
	if err != nil {
		t.Skipf("no %s here", path)
	}
	defer file.Close()
	var all []T
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var one T
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

type conformanceRow struct {
	ID    string
	Kind  string
	Input json.RawMessage
	Valid bool
	RFC   bool
	Agree bool
}

// TestConformance holds the parsers to other projects' cases: every row where
// they agree with the RFC's text; the rest is counted.
func TestConformance(t *testing.T) {
	agreed, held, rest, asRFC := 0, 0, 0, 0
	for _, row := range rows[conformanceRow](t, "conformance/mtasts_cases.jsonl") {
		got, asked := verdict(t, row)
		if !asked {
			t.Errorf("%s: unknown kind %q", row.ID, row.Kind)
			continue
		}
		if !row.Agree {
			rest++
			if got == row.RFC {
				asRFC++
			}
			continue
		}
		agreed++
		if got == row.Valid {
			held++
		} else {
			t.Errorf("%s: %s: valid = %v, want %v", row.ID, row.Input, got, row.Valid)
		}
	}
	t.Logf("MTA-STS: %d of %d agreed rows hold; of %d others %d are as the RFC's text", held, agreed, rest, asRFC)
	if agreed == 0 {
		t.Error("no agreed row was read")
	}
}

func verdict(t *testing.T, row conformanceRow) (valid, asked bool) {
	switch row.Kind {
	case "txt":
		return validTXT(text(t, row.Input)), true
	case "policy":
		_, diagnostics := ParsePolicy([]byte(text(t, row.Input)))
		return syntax.Valid(diagnostics), true
	case "txtset":
		var txts []string
		if err := json.Unmarshal(row.Input, &txts); err != nil {
			t.Fatal(err)
		}
		chosen := SelectRecord(txts)
		return len(chosen) == 1 && validTXT(txts[chosen[0]]), true
	case "mxmatch":
		var in struct {
			MX       string
			Patterns []string
		}
		if err := json.Unmarshal(row.Input, &in); err != nil {
			t.Fatal(err)
		}
		return matchesAny(in.MX, in.Patterns), true
	}
	return false, false
}

// validTXT tells whether a sender would read txt: not discarded, and valid.
func validTXT(txt string) bool {
	_, diagnostics := ParseRecord(txt)
	return len(SelectRecord([]string{txt})) == 1 && syntax.Valid(diagnostics)
}

// matchesAny works on U-labels too, which the cases use as a shorthand.
func matchesAny(mx string, patterns []string) bool {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(mx, "."))
	if err != nil {
		return false
	}
	host, err := dnsname.Parse(ascii)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(patterns, func(s string) bool {
		rest, wildcard := strings.CutPrefix(s, "*.")
		ascii, err := idna.Lookup.ToASCII(rest)
		if err != nil {
			return false
		}
		if wildcard {
			ascii = "*." + ascii
		}
		pattern, _ := ParsePattern(ascii)
		return pattern.Matches(host)
	})
}

func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
