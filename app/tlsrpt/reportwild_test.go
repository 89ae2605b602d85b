//go:build !js

package tlsrpt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// wild is where reports lie as they were found: shared test data that is no part of the
// repository.
const wild = "../../../shared/data/wild/reports/"

// deviations say in which repairs what the index notes of a file is named; none where RFC 8460
// allows it, for the reason beside.
var deviations = map[string][]string{
	"sending-mta-ip, receiving-ip, receiving-mx-hostname, additional-information are empty strings": {
		"empty-field sending-mta-ip", "empty-field receiving-ip", "empty-field receiving-mx-hostname", "empty-field additional-information"},
	"no mx-host": {"missing-field mx-host"},
	"policy-string present although the result is sts-policy-fetch-error": {"policy-despite-failure policy"},
	"details sum to 2 but total-failure-session-count is 1":               {"counts-inconsistent summary"},
	"no sending-mta-ip / receiving-* in details": {
		"missing-field sending-mta-ip", "missing-field receiving-mx-hostname", "missing-field receiving-ip"},
	"no policy-string, no mx-host":                                                      {"missing-field policy-string", "missing-field mx-host"},
	"end-datetime is the next midnight (half-open day)":                                 nil, // §4.1: 00:00-24:00
	"end-datetime = next midnight":                                                      nil,
	"keys sorted alphabetically: policies before report-id":                             nil, // RFC 8259 §4: unordered
	"free text failure-reason-code with the HTTP status":                                nil, // §4.3.3: an error code or error text
	"no blank line before the closing boundary":                                         nil, // RFC 2046 §5.1.1: the line break is the boundary's
	"no TLS-Report-Domain / TLS-Report-Submitter headers in this copy":                  {"headers-missing "},
	"policy-string shows max_age before mx (as served)":                                 nil, // §4.5: as declared
	"every policy-string element ends in '\\r': Google splits a CRLF policy at LF only": {"policy-string-line-ends policy-string"},
	"seven-day range instead of one day":                                                {"range-not-utc-day date-range"},
	"no policy-domain":                                                                  {"missing-field policy-domain"},
	"total-failure-session-count missing (old Google reports omit zero counts)":         {"count-missing total-failure-session-count"},
	"unknown policy-type":                                                               {"policy-type-unknown policy-type"},
	"tlsa policy-string is ONE string holding a JSON array (double-encoded)":            {"list-in-string [0]"},
	"same sessions counted under sts and under tlsa: summing policies doubles the mail": {"sessions-twice policy"},
	"upper-case hex": nil, // RFC 6698 §2.2
	"tlsa policy-domain is the mail domain, not the TLSA base domain":                         {"sessions-twice policy"}, // by nothing else does the report show it
	"no policy-string (allowed: no policy found)":                                             nil,
	"failure detail without sending-mta-ip and receiving-*":                                   {"missing-field sending-mta-ip", "missing-field receiving-ip"},
	"report-id ends in '+' (domain part lost)":                                                {"report-id-cut report-id"},
	"report-id ends in '+'":                                                                   {"report-id-cut report-id"},
	"no policy-string":                                                                        {"missing-field policy-string"},
	"key receiving-mx-host-name instead of receiving-mx-hostname":                             {"field-name receiving-mx-hostname"},
	"same policy listed twice: once for successes, once for failures":                         {"policy-repeated policy"},
	"second mx-host is an empty array":                                                        {"empty-field mx-host"},
	"no sending-mta-ip":                                                                       {"missing-field sending-mta-ip"},
	"5 failures but no failure-details":                                                       {"details-missing failure-details"},
	"no nested 'policy' object: policy-type and policy-domain directly in the policies entry": {"flat-policy policy"},
	"no contact-info":                                                                         {"missing-field contact-info"},
	"details (2) do not add up to 5":                                                          {"counts-inconsistent summary"},
	"dates without time":                                                                      {"datetime-no-time start-datetime", "datetime-no-time end-datetime"},
	"tlsa without policy-string":                                                              {"missing-field policy-string"},
	"not an RFC 8460 report: short keys d/pr/c/s/n/h/r/f, numeric policy-type and result code": {"datagram "},
	"a user may paste it: a parser should say what it is":                                      {"datagram "},
}

// broken are the files that no report can be got from, and where reading stops.
var broken = map[string]ReportError{
	"issue_parsedmarc561_microsoft.truncated.txt":   {CutOff, 754, 26, 45},
	"issue_psmtasts33_google_icewolf.truncated.txt": {CutOff, 1187, 45, 28},
	"slides_google_bad.mangled.txt":                 {Syntax, 36, 1, 37},
}

func TestWildReports(t *testing.T) {
	index, err := os.ReadFile(wild + "index.jsonl")
	if err != nil {
		t.Skip("no reports of the wild here")
	}
	files := 0
	for lines := bufio.NewScanner(bytes.NewReader(index)); lines.Scan(); files++ {
		var row struct {
			File       string
			Deviations []string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		in, err := os.Open(wild + row.File)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		visited := 0
		if err := Peel(row.File, in, DefaultLimits(), nil, func(f Found) error {
			visited++
			if f.Err != nil {
				t.Errorf("%s: %v", f.Name, f.Err)
				return nil
			}
			report, err := parseReport(f.JSON, nil)
			if want, ok := broken[row.File]; ok {
				if got, _ := err.(*ReportError); got == nil || *got != want {
					t.Errorf("%s: stops with %#v, want %#v", row.File, got, want)
				}
				return nil
			}
			if err != nil {
				t.Errorf("%s: %+v", row.File, err)
			}
			for _, r := range append(f.Repairs, report.Repairs...) {
				member := r.Path[bytes.LastIndexByte([]byte(r.Path), '.')+1:]
				if i := bytes.IndexByte([]byte(member), '['); i >= 0 {
					member = member[i:]
				}
				names = append(names, string(r.Kind)+" "+member)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		in.Close()
		if visited != 1 {
			t.Errorf("%s holds %d reports", row.File, visited)
		}
		if _, ok := broken[row.File]; ok {
			continue
		}
		for _, d := range row.Deviations {
			wanted, known := deviations[d]
			if !known {
				t.Errorf("%s: nobody said what names %q", row.File, d)
			}
			for _, want := range wanted {
				if !slices.Contains(names, want) {
					t.Errorf("%s: %q is not named: %q", row.File, want, names)
				}
			}
		}
	}
	if files != 21 {
		t.Errorf("%d files", files)
	}
}
