package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/reports/mill"
)

// mailed writes reports 0 to 6, one in each form, into a folder.
func mailed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range 7 {
		name, text := mill.File(n, 4)
		if err := os.WriteFile(filepath.Join(dir, []string{"", "below"}[n%2], name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReports(t *testing.T) {
	dir := mailed(t)
	for _, c := range []struct {
		args  []string
		code  int
		holds []string // in what is printed
	}{
		{[]string{dir}, 1, []string{"7 reports, of which 0 came twice", "Nothing that Google Inc. sent to domain0.example got through", "Google Inc.", "starttls-not-supported"}},
		{[]string{dir, dir}, 1, []string{"14 reports, of which 7 came twice"}},
		{[]string{filepath.Join(dir, "*.gz")}, 1, []string{"2 reports, of which 0 came twice and 1 depart"}},
		{[]string{dir, "-by", "mx"}, 1, []string{"mx1.domain0.example"}},
		{[]string{dir, "-by", "day"}, 1, []string{"2025-01-01", "2025-01-02"}},
		{[]string{dir, "-by", "sending-ip"}, 1, []string{"192.0.2.3", "Mail.ru"}},
		{[]string{dir, "-by", "policy"}, 1, []string{"tlsa domain1.example, 2025-01-01: Microsoft Corporation", "  mx: *.domain0.example", "  3 1 1 "}},
		{[]string{dir, "-by", "failure"}, 1, []string{"reason 1: no such key", "(not said)"}},
		{[]string{dir, "-domain", "nobody.example"}, 0, []string{"sessions: 0 successful, 0 failed"}},
		{[]string{dir, "-csv", "-by", "source"}, 1, []string{"source,total-successful-session-count", "\r\nGoogle Inc.,"}},
		{[]string{dir, "-csv"}, 1, []string{"organization-name,policy-domain,"}},
		{[]string{dir, "-repairs"}, 1, []string{"report-00004.json.gz: gzip-mislabelled: ", "list-in-string policies[1].policy.policy-string[0]: "}},
	} {
		r := run(t, append([]string{"reports"}, c.args...)...)
		if r.code != c.code || r.err != "" {
			t.Errorf("%v: exit %d, %q", c.args, r.code, r.err)
		}
		for _, piece := range c.holds {
			if !strings.Contains(r.out, piece) {
				t.Errorf("%v: no %q in\n%s", c.args, piece, r.out)
			}
		}
	}
}

func TestReportsJSON(t *testing.T) {
	r := run(t, "reports", mailed(t), "-json", "-source", "Mail.ru")
	var doc reports.Document
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil || r.code != exitFindings {
		t.Fatalf("%v, exit %d: %s", err, r.code, r.err)
	}
	if len(doc.Reports) != 7 || len(doc.Sources) != 1 || doc.Sources[0].Key != "Mail.ru" || doc.Total.Detailed == 0 || doc.Sources[0].Counts != doc.Total {
		t.Errorf("%+v", doc)
	}
}

// TestReportsUnread holds what can't be read to a line with its place, and to exit code 2 only when
// nothing else was there.
func TestReportsUnread(t *testing.T) {
	dir := t.TempDir()
	broken, good := filepath.Join(dir, "broken"), filepath.Join(dir, "good")
	for name, text := range map[string]string{broken: "{\"policies\":\n [", good: `{"policies": []}`} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	place := broken + ":2:3: " + locale.English().Reports.Errors.Of("cut-off") + "\n"
	for _, c := range []struct {
		files []string
		code  int
		says  string // on the other output, first
	}{
		{[]string{broken}, exitUnable, place},
		{[]string{broken, good}, exitClean, place},
		{[]string{good, filepath.Join(dir, "none")}, exitUnable, "sealane: "},
	} {
		if r := run(t, append([]string{"reports"}, c.files...)...); r.code != c.code || !strings.HasPrefix(r.err, c.says) {
			t.Errorf("%v: exit %d, %q", c.files, r.code, r.err)
		}
	}
}

func TestReportsReadsTheStandardInput(t *testing.T) {
	var out, err strings.Builder
	p := &program{in: strings.NewReader(string(mill.Gzip(mill.Report(0, 2)))), out: &out, err: &err, words: locale.English(), cli: locale.EnglishCLI()}
	if code := p.run(t.Context(), []string{"reports", "-"}); code != exitFindings || !strings.Contains(out.String(), "Google Inc.") {
		t.Errorf("exit %d: %s%s", code, &out, &err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if r := runIn(stopped, false, "reports", mailed(t)); r.code != exitUnable || r.out != "" {
		t.Errorf("stopped, exit %d: %s", r.code, r.out)
	}
}

func TestReportsRefusals(t *testing.T) {
	for _, args := range [][]string{
		nil, {"x", "-by", "colour"}, {"x", "-from", "yesterday"}, {"x", "-to", "2025-13-01"}, {"x", "-json", "-csv"},
		{"no-such-file-here", "-frobnicate"}, {"x", "-domain"},
	} {
		refused(t, run(t, append([]string{"reports"}, args...)...))
	}
}
