package reports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// on makes a report of a day.
func on(day int, organization, id string, policies ...tlsrpt.Reported) tlsrpt.Report {
	begin := time.Date(2025, 5, day, 0, 0, 0, 0, time.UTC)
	return tlsrpt.Report{Organization: organization, ID: id, Begin: begin, End: begin.Add(24 * time.Hour), Policies: policies}
}

// entry makes one of a policy, with details that all name the same hosts.
func entry(kind, domain string, successful, failed uint64, details ...tlsrpt.FailureDetail) tlsrpt.Reported {
	return tlsrpt.Reported{Type: kind, Domain: domain, Strings: []string{kind + " of " + domain}, Successful: successful, Failed: failed, Details: details}
}

func detail(result, from, mx string, failed uint64) tlsrpt.FailureDetail {
	return tlsrpt.FailureDetail{Result: result, SendingIP: from, ReceivingMX: mx, Failed: failed}
}

// set is what the tests of views look at.
func set() *reports.Set {
	s := &reports.Set{}
	s.Add("1", on(1, "A", "1", entry("sts", "X.example.", 10, 3, detail("expired", "192.0.2.1", "MX1.example.", 2), detail("other", "192.0.2.2", "mx2.example", 2))))
	s.Add("2", on(2, "A", "2", entry("sts", "x.example", 5, 1, detail("expired", "192.0.2.1", "mx1.example", 1))))
	s.Add("3", on(2, "B", "1", entry("no-policy-found", "y.example", 7, 0)))
	return s
}

// groups writes a view as "key successful/failed/detailed".
func groups(all []reports.Group) string {
	var out []string
	for _, g := range all {
		line := fmt.Sprintf("%s %d/%d/%d", g.Key, g.Successful, g.Failed, g.Detailed)
		if g.Within != "" {
			line = g.Within + " " + line
		}
		for _, r := range g.Results {
			line += fmt.Sprintf(" %s=%d", r.Type, r.Failed)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestViews(t *testing.T) {
	for _, c := range []struct {
		by     reports.By
		filter reports.Filter
		want   string
	}{
		{reports.ByResult, reports.Filter{}, "expired 0/0/3 expired=3; other 0/0/2 other=2"},
		{reports.BySource, reports.Filter{}, "A 15/4/5 expired=3 other=2; B 7/0/0"},
		{reports.BySendingIP, reports.Filter{}, "A 192.0.2.1 0/0/3 expired=3; A 192.0.2.2 0/0/2 other=2"},
		{reports.ByReceivingMX, reports.Filter{}, "mx1.example 0/0/3 expired=3; mx2.example 0/0/2 other=2"},
		{reports.ByDay, reports.Filter{}, "2025-05-01 10/3/4 expired=2 other=2; 2025-05-02 12/1/1 expired=1"},
		{reports.ByDomain, reports.Filter{}, "x.example 15/4/5 expired=3 other=2; y.example 7/0/0"},
		{reports.ByDay, reports.Filter{From: "2025-05-02"}, "2025-05-02 12/1/1 expired=1"},
		{reports.ByDay, reports.Filter{To: "2025-05-01"}, "2025-05-01 10/3/4 expired=2 other=2"},
		{reports.ByDay, reports.Filter{Domain: "Y.EXAMPLE."}, "2025-05-02 7/0/0"},
		{reports.ByDay, reports.Filter{Domain: "z.example"}, ""},
		{reports.ByDay, reports.Filter{Source: "B"}, "2025-05-02 7/0/0"},
		{reports.ByDay, reports.Filter{Source: "192.0.2.2"}, "2025-05-01 0/0/2 other=2"},
		{reports.ByDay, reports.Filter{Result: "other"}, "2025-05-01 0/0/2 other=2"},
		{reports.ByDay, reports.Filter{Result: "nothing"}, ""},
	} {
		if got := groups(set().Sum(c.by, c.filter)); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.by, c.filter, got, c.want)
		}
	}
	if got := set().Total(reports.Filter{}); got != (reports.Counts{Successful: 22, Failed: 4, Detailed: 5}) {
		t.Errorf("%+v", got)
	}
	domains, sources, results := set().Choices()
	if got := fmt.Sprint(domains, sources, results); got != "[x.example y.example] [A B] [expired other]" {
		t.Error(got)
	}
}

func TestPoliciesAndFailures(t *testing.T) {
	var policies, failures []string
	for _, p := range set().Policies(reports.Filter{}) {
		policies = append(policies, fmt.Sprint(p.Type, p.Domain, p.Strings, p.Sources, p.First, p.Last, p.Counts))
	}
	if got, want := strings.Join(policies, "; "), "sts x.example [sts of x.example] [A] 2025-05-02 2025-05-02 {5 1 1}; no-policy-found y.example [no-policy-found of y.example] [B] 2025-05-02 2025-05-02 {7 0 0}; sts x.example [sts of X.example.] [A] 2025-05-01 2025-05-01 {10 3 4}"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, f := range set().Failures(reports.Filter{}) {
		failures = append(failures, fmt.Sprint(f.Failed, " ", f.Result, " ", f.ReceivingMX, " ", f.First, " ", f.Last))
	}
	if got := strings.Join(failures, "; "); got != "3 expired mx1.example 2025-05-01 2025-05-02; 2 other mx2.example 2025-05-01 2025-05-01" {
		t.Error(got)
	}
}

// TestSessionsTwice holds sessions under sts and tlsa of one domain to being summed once.
func TestSessionsTwice(t *testing.T) {
	x := func(n uint64) tlsrpt.FailureDetail { return detail("x", "", "mx", n) }
	y := func(n uint64) tlsrpt.FailureDetail { return detail("y", "", "mx", n) }
	for _, c := range []struct {
		policies []tlsrpt.Reported
		want     reports.Counts
	}{
		{[]tlsrpt.Reported{entry("sts", "a", 2, 0), entry("tlsa", "A", 2, 0)}, reports.Counts{Successful: 2}},
		{[]tlsrpt.Reported{entry("sts", "a", 2, 0), entry("tlsa", "b", 2, 0)}, reports.Counts{Successful: 4}},
		{[]tlsrpt.Reported{entry("sts", "a", 2, 0), entry("sts", "a", 2, 0)}, reports.Counts{Successful: 4}},
		{[]tlsrpt.Reported{entry("tlsa", "a", 8, 2, x(2)), entry("sts", "a", 10, 0)}, reports.Counts{Successful: 8, Failed: 2, Detailed: 2}},
		{[]tlsrpt.Reported{entry("sts", "a", 8, 2, x(2)), entry("tlsa", "a", 8, 2, x(2))}, reports.Counts{Successful: 8, Failed: 2, Detailed: 2}},
		{[]tlsrpt.Reported{entry("sts", "a", 8, 2, x(2)), entry("tlsa", "a", 7, 3, x(1), y(2))}, reports.Counts{Successful: 7, Failed: 3, Detailed: 4}},
		{[]tlsrpt.Reported{entry("sts", "a", 1, 0), entry("sts", "a", 1, 1, x(1)), entry("tlsa", "a", 3, 0), entry("no-policy-found", "a", 5, 0)}, reports.Counts{Successful: 7, Failed: 1, Detailed: 1}},
		{[]tlsrpt.Reported{entry("sts", "", 1, 0), entry("tlsa", "", 1, 0)}, reports.Counts{Successful: 2}},
	} {
		var s reports.Set
		s.Add("f", on(1, "M", "1", c.policies...))
		if got := s.Total(reports.Filter{}); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.policies, got, c.want)
		}
		if len(s.Sum(reports.BySource, reports.Filter{})) != 1 || s.Sum(reports.BySource, reports.Filter{})[0].Counts != c.want {
			t.Errorf("%+v: by source otherwise", c.policies)
		}
	}
}

func TestDuplicates(t *testing.T) {
	var s reports.Set
	for _, r := range []tlsrpt.Report{
		on(1, "A", "1", entry("sts", "x", 1, 0)), on(2, "A", "1", entry("sts", "x", 5, 0)), // the second is none of its own
		on(1, "B", "1", entry("sts", "x", 1, 0)),
		on(1, "A", "", entry("sts", "x", 1, 0)), on(1, "A", "", entry("sts", "x", 1, 0)), on(1, "A", "", entry("sts", "x", 2, 0)),
	} {
		s.Add("f", r)
	}
	var twice []bool
	for _, e := range s.Entries() {
		twice = append(twice, e.Duplicate)
	}
	if got := fmt.Sprint(twice, s.Total(reports.Filter{}).Successful); got != "[false true false false true false] 5" {
		t.Error(got)
	}
}

// TestSetIsBounded fills a set with reports and with faults.
func TestSetIsBounded(t *testing.T) {
	var s reports.Set
	details := make([]tlsrpt.FailureDetail, 100_000)
	for i := range 8 {
		s.Add("f", on(1, "A", fmt.Sprint(i), entry("sts", "x", 0, 1, details...)))
	}
	unread, _ := s.Unreads()
	if len(s.Entries()) != 4 || len(unread) != 4 || unread[0].Err.Kind != reports.Full || s.Total(reports.Filter{}).Failed != 4 {
		t.Errorf("%d read, %d not", len(s.Entries()), len(unread))
	}
	for range 20_000 {
		s.Fail(strings.Repeat("long", 1000), &tlsrpt.ReportError{Kind: tlsrpt.Syntax})
	}
	if unread, more := s.Unreads(); len(unread) != 10_000 || more != 10_004 || len(unread[9999].File) > 310 {
		t.Errorf("%d listed, %d more", len(unread), more)
	}
	breaths := 0
	s.Breathe = func() { breaths++ }
	if s.Total(reports.Filter{}); breaths < 90 {
		t.Errorf("%d breaths for 400 000 rows", breaths)
	}
}

func TestRead(t *testing.T) {
	var s reports.Set
	stop := errors.New("stop")
	if err := s.Read("x", strings.NewReader(`{"policies": [`), tlsrpt.DefaultLimits(), nil); err != nil {
		t.Error(err)
	}
	if err := s.Read("y", strings.NewReader(`{"policies": []}`), tlsrpt.DefaultLimits(), nil); err != nil {
		t.Error(err)
	}
	if err := s.Read("z", strings.NewReader(`{"policies": []}`), tlsrpt.DefaultLimits(), func(int64) error { return stop }); err != stop {
		t.Error(err)
	}
	unread, _ := s.Unreads()
	if len(unread) != 1 || unread[0] != (reports.Unread{File: "x", Err: tlsrpt.ReportError{Kind: tlsrpt.CutOff, Offset: 14, Line: 1, Column: 15}}) || len(s.Entries()) != 1 || s.Entries()[0].File != "y" {
		t.Errorf("%+v, %+v", unread, s.Entries())
	}
}

func TestCSV(t *testing.T) {
	s := set()
	s.Add("4", on(3, "=cmd()", "9", entry("sts", "\"q\",\n", 1, 1, detail("-1", "", "", 1))))
	for by, want := range map[reports.By]string{
		reports.BySource:    "source,total-successful-session-count,total-failure-session-count,failed-session-count\r\nA,15,4,5\r\n'=cmd(),1,1,1\r\nB,7,0,0\r\n",
		reports.BySendingIP: "organization-name,sending-ip,total-successful-session-count,total-failure-session-count,failed-session-count\r\nA,192.0.2.1,0,0,3\r\nA,192.0.2.2,0,0,2\r\n'=cmd(),,0,0,1\r\n",
	} {
		var out bytes.Buffer
		if err := s.CSV(&out, by, reports.Filter{}); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", by, out.String(), err)
		}
	}
	var out bytes.Buffer
	if err := s.CSV(&out, reports.ByFailure, reports.Filter{From: "2025-05-03"}); err != nil || !strings.HasSuffix(out.String(), "\r\n'=cmd(),\"\"\"q\"\",\n\",sts,2025-05-03,2025-05-03,'-1,,,,,1,,\r\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
	out.Reset()
	if err := s.CSV(&out, reports.ByPolicy, reports.Filter{Domain: "y.example"}); err != nil || !strings.HasSuffix(out.String(), "\r\nno-policy-found,y.example,no-policy-found of y.example,,B,2025-05-02,2025-05-02,7,0,0\r\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestJSON(t *testing.T) {
	s := set()
	s.Fail("broken", &tlsrpt.ReportError{Kind: tlsrpt.Syntax, Offset: 3, Line: 1, Column: 4})
	var out bytes.Buffer
	var doc reports.Document
	if err := s.JSON(&out, reports.Filter{}); err != nil || json.Unmarshal(out.Bytes(), &doc) != nil {
		t.Fatal(err)
	}
	if doc.Total != s.Total(reports.Filter{}) || groups(doc.Sources) != groups(s.Sum(reports.BySource, reports.Filter{})) || len(doc.Reports) != 3 ||
		doc.Reports[0].Begin != "2025-05-01T00:00:00Z" || len(doc.Failures) != 2 || doc.Failures[0].Result != "expired" || len(doc.Unread) != 1 || doc.Unread[0].Column != 4 {
		t.Errorf("%s", out.Bytes())
	}
}
