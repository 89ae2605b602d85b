package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/reports/mill"
	"github.com/sealane/sealane/app/tlsrpt"
)

// summed are totals, by result, by source and by day.
type summed struct {
	Total   reports.Counts            `json:"total"`
	Results map[string]uint64         `json:"results"`
	Sources map[string]reports.Counts `json:"sources"`
	Days    map[string]reports.Counts `json:"days"`
}

// ours are those of a set.
func ours(s *reports.Set) summed {
	all := summed{s.Total(reports.Filter{}), map[string]uint64{}, map[string]reports.Counts{}, map[string]reports.Counts{}}
	for _, g := range s.Sum(reports.ByResult, reports.Filter{}) {
		all.Results[g.Key] = g.Detailed
	}
	for _, g := range s.Sum(reports.BySource, reports.Filter{}) {
		all.Sources[g.Key] = g.Counts
	}
	for _, g := range s.Sum(reports.ByDay, reports.Filter{}) {
		all.Days[g.Key] = g.Counts
	}
	return all
}

// TestReportSums holds sums to those that jq makes of the same files.
func TestReportSums(t *testing.T) {
	end2end(t)
	need(t, "sums")
	t.Run("made", func(t *testing.T) {
		dir := t.TempDir()
		var set reports.Set
		var files []string
		for n := range 600 {
			plain := filepath.Join(dir, fmt.Sprint(n))
			if err := os.WriteFile(plain, mill.Report(n%590, 12), 0o600); err != nil { // ten come twice
				t.Fatal(err)
			}
			files = append(files, plain)
			name, text := mill.File(n%590, 12) // in whatever form
			set.Read(name, bytes.NewReader(text), tlsrpt.DefaultLimits(), nil)
		}
		sameSums(t, &set, 600, files)
	})
	t.Run("wild", func(t *testing.T) {
		all, err := filepath.Glob("../../shared/data/wild/reports/*.json")
		if err != nil || len(all) == 0 {
			t.Skip("no reports of the wild here")
		}
		var set reports.Set
		var files []string
		for _, name := range all {
			if filepath.Base(name) == "datagram_tlsrpt_library_failure.json" {
				continue // no report
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, name)
			set.Read(name, bytes.NewReader(text), tlsrpt.DefaultLimits(), nil)
		}
		sameSums(t, &set, len(files), files)
	})
}

// sameSums wants all files read, and the same sums of them.
func sameSums(t *testing.T, set *reports.Set, reads int, files []string) {
	t.Helper()
	if unread, _ := set.Unreads(); len(unread) > 0 || len(set.Entries()) != reads {
		t.Fatalf("%d read, not %+v", len(set.Entries()), unread)
	}
	r := run(t, "jq", append([]string{"-s", "-f", "reportsums.jq"}, files...)...)
	if r.code != 0 {
		t.Fatal(r.err)
	}
	var want summed
	if err := json.Unmarshal([]byte(r.out), &want); err != nil {
		t.Fatal(err)
	}
	if got := ours(set); !reflect.DeepEqual(got, want) || want.Total.Detailed == 0 || len(want.Days) < 5 {
		t.Errorf("summed %+v\njq: %+v", got, want)
	}
	t.Logf("%d files, %+v", len(files), want.Total)
}
