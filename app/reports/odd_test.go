package reports_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Datagrams of equal sessions are sessions, and no duplicates.
func TestDatagramsCount(t *testing.T) {
	text := strings.Repeat(`{"d":"x.example","policies":[{"policy-type":9,"f":0}]}`+"\n", 3)
	s := &reports.Set{}
	if err := s.Read("x", strings.NewReader(text), tlsrpt.DefaultLimits(), nil); err != nil || s.Total(reports.Filter{}).Successful != 3 {
		t.Errorf("%+v, %v", s.Total(reports.Filter{}), err)
	}
}

// Days before 1970 and those that nobody tells are what they are.
func TestOddDays(t *testing.T) {
	s := &reports.Set{}
	r := on(1, "A", "1", entry("sts", "x.example", 1, 2, detail("other", "", "mx1.example", 2)))
	r.Begin = time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC)
	s.Add("1", r)
	r.ID, r.Begin = "2", time.Time{}
	s.Add("2", r)
	if days := s.Sum(reports.ByDay, reports.Filter{}); len(days) != 2 || days[0].Key != "" || days[1].Key != "1969-12-31" {
		t.Errorf("%+v", days)
	}
	if told, _ := s.Failures(reports.Filter{}, 0); len(told) != 1 || told[0].First != "1969-12-31" || told[0].Failed != 4 {
		t.Errorf("%+v", told)
	}
	for _, f := range []reports.Filter{{From: "1900-01-01"}, {To: "2030-01-01"}} {
		if got := s.Total(f).Successful; got != 1 {
			t.Errorf("%+v: %d", f, got)
		}
	}
}

// Sums stop at the largest number; two organisations stay two in CSV; an empty set is lists.
func TestOddFigures(t *testing.T) {
	s := &reports.Set{}
	s.Add("1", on(1, "=x", "1", entry("sts", "x.example", 1<<63, 1<<63), entry("sts", "x.example", 1<<63, 1<<63)))
	s.Add("2", on(1, "'=x", "1", entry("sts", "y.example", 1, 0)))
	if p := s.Policies(reports.Filter{Domain: "x.example"}); len(p) != 1 || p[0].Successful != 1<<64-1 || p[0].Failed != 1<<64-1 {
		t.Errorf("%+v", p)
	}
	var csv, doc bytes.Buffer
	if err := s.CSV(&csv, reports.BySource, reports.Filter{}); err != nil || !strings.Contains(csv.String(), "\n'=x,") || !strings.Contains(csv.String(), "\n''=x,") {
		t.Errorf("%s, %v", csv.String(), err)
	}
	if err := (&reports.Set{}).JSON(&doc, reports.Filter{}); err != nil || strings.Contains(doc.String(), "null") {
		t.Errorf("%s, %v", doc.String(), err)
	}
}
