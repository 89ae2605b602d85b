//go:build !js

package lint_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// rows reads what was found in the wild: shared test data that is no part of the
// repository.
func rows(t *testing.T, name string) (all []row) {
	t.Helper()
	file, err := os.Open("../../../shared/data/wild/" + name)
	if err != nil {
		t.Skipf("no %s here", name)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var one row
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

type row struct{ Kind, Text string }

// mends holds a mended text to being valid, and to being there whenever what was
// meant can be known; it tells whether it is there.
func mends(t *testing.T, text string, possible bool) bool {
	t.Helper()
	l := lint.Read(text)
	if l.Valid() != (l.Mended == text) && l.Mended == "" == possible || l.Mended != "" && !lint.Read(l.Mended).Valid() {
		t.Errorf("%q: mended %q", text, l.Mended)
	}
	return l.Mended != ""
}

func TestWildPolicies(t *testing.T) {
	read, invalid, mended, others := 0, 0, 0, 0
	for i, r := range rows(t, "policies.jsonl") {
		_, diagnostics := mtasts.ParsePolicy([]byte(r.Text))
		l := lint.Read(r.Text)
		if l.Kind() != lint.Policy {
			// A workflow, and a line of a zone file that somebody served as a policy:
			// that it was, the text doesn't say.
			if others++; mtasts.PolicyKeys(r.Text) > 1 {
				t.Errorf("row %d: %s", i, show(l))
			}
			continue
		}
		read++
		if l.Valid() != syntax.Valid(diagnostics) || len(l.Parts[0].Diagnostics) != len(diagnostics) {
			t.Errorf("row %d: %s, %v", i, show(l), diagnostics)
		}
		if l.Valid() {
			continue
		}
		invalid++
		if _, possible := mtasts.MendPolicy(r.Text); mends(t, r.Text, possible) {
			mended++
		}
	}
	t.Logf("%d policies read as their parser reads them, %d of them invalid and %d of those mended; %d texts are no policy", read, invalid, mended, others)
	if read < 73 || others > 2 || mended < 11 {
		t.Error("too few")
	}
}

func TestWildRecords(t *testing.T) {
	read, invalid, mended := 0, 0, 0
	for i, r := range rows(t, "txt.jsonl") {
		want, group := lint.STSRecord, mtasts.MendRecord
		_, diagnostics := mtasts.ParseRecord(r.Text)
		if r.Kind == "tlsrpt" {
			want, group = lint.TLSRPTRecord, tlsrpt.MendRecord
			_, diagnostics = tlsrpt.ParseRecord(r.Text)
		}
		l := lint.Read(r.Text)
		if l.Kind() != want || len(l.Parts) != 1 {
			t.Errorf("row %d: %q: %s", i, r.Text, show(l))
			continue
		}
		read++
		whole := l.Parts[0].Span == syntax.Span{End: len(r.Text)} // or else a line of a zone file
		if l.Valid() != syntax.Valid(diagnostics) && whole || !whole && r.Text[0] != '_' {
			t.Errorf("row %d: %q: %s, %v", i, r.Text, show(l), diagnostics)
		}
		if l.Valid() {
			continue
		}
		invalid++
		if _, possible := group(r.Text); mends(t, r.Text, possible) {
			mended++
		}
	}
	t.Logf("%d records read as their parser reads them, %d of them invalid and %d of those mended", read, invalid, mended)
	if read < 43 || mended < 15 {
		t.Error("too few")
	}
}
