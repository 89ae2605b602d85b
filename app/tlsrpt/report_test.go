package tlsrpt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// clean is a report without a fault (RFC 8460 §4.4, Appendix B).
const clean = `{
 "organization-name": "Company-X",
 "date-range": {"start-datetime": "2016-04-01T00:00:00Z", "end-datetime": "2016-04-01T23:59:59Z"},
 "contact-info": "sts-reporting@company-x.example",
 "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
 "policies": [{
  "policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: testing"],
   "policy-domain": "company-y.example", "mx-host": ["*.mail.company-y.example"]},
  "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
  "failure-details": [{"result-type": "certificate-expired", "sending-mta-ip": "2001:db8:abcd:0012::1",
   "receiving-mx-hostname": "mx1.mail.company-y.example", "receiving-ip": "192.0.2.1", "failed-session-count": 303}]
 }]
}`

// changed gives the clean report with one text for another, which must be there.
func changed(t testing.TB, old, new string) []byte {
	t.Helper()
	if !strings.Contains(clean, old) {
		t.Fatalf("no %q in the clean report", old)
	}
	return []byte(strings.Replace(clean, old, new, 1))
}

// brief writes repairs as "kind path", one after the other.
func brief(all []Repair) string {
	var out []string
	for _, r := range all {
		out = append(out, strings.TrimSpace(string(r.Kind)+" "+r.Path))
	}
	return strings.Join(out, ", ")
}

func TestCleanReport(t *testing.T) {
	got, err := parseReport([]byte(clean), nil)
	if err != nil || len(got.Repairs) > 0 {
		t.Fatalf("%v, %v", err, got.Repairs)
	}
	want := Report{
		Organization: "Company-X", Contact: "sts-reporting@company-x.example", ID: "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
		Begin: time.Date(2016, 4, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2016, 4, 1, 23, 59, 59, 0, time.UTC),
		Policies: []Reported{{Type: "sts", Domain: "company-y.example", Strings: []string{"version: STSv1", "mode: testing"},
			MXHosts: []string{"*.mail.company-y.example"}, Successful: 5326, Failed: 303,
			Details: []FailureDetail{{Result: "certificate-expired", SendingIP: "2001:db8:abcd:0012::1",
				ReceivingMX: "mx1.mail.company-y.example", ReceivingIP: "192.0.2.1", Failed: 303}}}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read %+v", got)
	}
}

// repairs are what is mended, each by one change to the clean report, and how it reads then.
var repairs = []struct {
	old, new, repairs string
	reads             func(Report) any
	want              any
}{
	{`"contact-info": "sts-reporting@company-x.example",`, ``, "missing-field contact-info", nil, nil},
	{`"sts-reporting@company-x.example"`, `null`, "null-field contact-info", func(r Report) any { return r.Contact }, ""},
	{`"Company-X"`, `" "`, "empty-field organization-name", func(r Report) any { return r.Organization }, ""},
	{`"Company-X"`, `12`, "field-type organization-name", func(r Report) any { return r.Organization }, "12"},
	{`"Company-X"`, `["a"]`, "field-type organization-name", func(r Report) any { return r.Organization }, ""},
	{`"Company-X"`, `"\u00fc\ud83d\ude00\n\/"`, "", func(r Report) any { return r.Organization }, "ü😀\n/"},
	{`"Company-X"`, `"\q\ud800"`, "bad-escape organization-name", func(r Report) any { return r.Organization }, "\\q\uFFFD"},
	{`"Company-X"`, "\"a\xfc\"", "charset organization-name", func(r Report) any { return r.Organization }, "aü"},
	{`"Company-X"`, "\"a\nb\"", "control-in-string organization-name", func(r Report) any { return r.Organization }, "a\nb"},
	{`"Company-X"`, `"Company-X", "organization-name": "B"`, "field-repeated organization-name", func(r Report) any { return r.Organization }, "B"},
	{`"Company-X"`, `"Company-X", "more": {"a": [1, true, null, "x", -1.5e3]}`, "", nil, nil},
	{`be"`, `be+"`, "report-id-cut report-id", nil, nil},
	{`"organization-name"`, `"Organisation_Name"`, "field-name organization-name", func(r Report) any { return r.Organization }, "Company-X"},
	{`2016-04-01T00:00:00Z`, `2016-04-01T00:00:00`, "datetime-no-timezone date-range.start-datetime", begins, "2016-04-01T00:00:00Z"},
	{`2016-04-01T00:00:00Z`, `2016-04-01`, "datetime-no-time date-range.start-datetime", begins, "2016-04-01T00:00:00Z"},
	{`2016-04-01T00:00:00Z`, `2016-04-01 00:00:00 UTC`, "datetime-form date-range.start-datetime", begins, "2016-04-01T00:00:00Z"},
	{`2016-04-01T00:00:00Z`, `2016-04-01T02:00:00+02:00`, "", begins, "2016-04-01T00:00:00Z"},
	{`2016-04-01T00:00:00Z`, `2016-04-01T02:00:00+0200`, "datetime-form date-range.start-datetime", begins, "2016-04-01T00:00:00Z"},
	{`"2016-04-01T00:00:00Z"`, `1459468800`, "datetime-form date-range.start-datetime", begins, "2016-04-01T00:00:00Z"},
	{`2016-04-01T00:00:00Z`, `yesterday`, "datetime-invalid date-range.start-datetime", begins, "0001-01-01T00:00:00Z"},
	{`2016-04-01T23:59:59Z`, `2016-04-01T24:00:00Z`, "datetime-form date-range.end-datetime", nil, nil},
	{`2016-04-01T23:59:59Z`, `2016-04-02T00:00:00Z`, "", nil, nil},
	{`2016-04-01T23:59:59Z`, `2016-04-07T23:59:59Z`, "range-not-utc-day date-range", nil, nil},
	{`"sts", "policy-string"`, `"mine", "policy-string"`, "policy-type-unknown policies[0].policy.policy-type", nil, nil},
	{`["version: STSv1", "mode: testing"]`, `"version: STSv1\nmode: testing"`, "policy-string-not-array policies[0].policy.policy-string", lines, "version: STSv1|mode: testing"},
	{`["version: STSv1", "mode: testing"]`, `["version: STSv1\r", "mode: testing\r"]`, "policy-string-line-ends policies[0].policy.policy-string", lines, "version: STSv1|mode: testing"},
	{`["version: STSv1", "mode: testing"]`, `["[\"3 1 1 AB\",\"3 1 1 CD\"]"]`, "list-in-string policies[0].policy.policy-string[0]", lines, "3 1 1 AB|3 1 1 CD"},
	{`["version: STSv1", "mode: testing"]`, `[["a"], {"b": 1}, "c"]`, "field-type policies[0].policy.policy-string[0]", lines, "c"},
	{`"mx-host": ["*.mail.company-y.example"]`, `"mx-host": "*.mail.company-y.example"`, "mx-host-not-array policies[0].policy.mx-host", hosts, "*.mail.company-y.example"},
	{`"mx-host": ["*.mail.company-y.example"]`, `"mx-host": []`, "empty-field policies[0].policy.mx-host", hosts, ""},
	{`"mx-host": [`, `"mx-host-pattern": [`, "field-name policies[0].policy.mx-host", hosts, "*.mail.company-y.example"},
	{`"total-successful-session-count": 5326, `, ``, "count-missing policies[0].summary.total-successful-session-count", ok, uint64(0)},
	{`5326`, `"5326"`, "count-not-number policies[0].summary.total-successful-session-count", ok, uint64(5326)},
	{`5326`, `5326.0`, "count-not-number policies[0].summary.total-successful-session-count", ok, uint64(5326)},
	{`5326`, `-1`, "count-invalid policies[0].summary.total-successful-session-count", ok, uint64(0)},
	{`5326`, `99999999999999999999`, "count-invalid policies[0].summary.total-successful-session-count", ok, uint64(0)},
	{`5326`, `"many"`, "count-not-number policies[0].summary.total-successful-session-count, count-invalid policies[0].summary.total-successful-session-count", ok, uint64(0)},
	{`5326`, `[5326]`, "field-type policies[0].summary.total-successful-session-count", ok, uint64(0)},
	{`count": 303}]`, `count": 302}]`, "counts-inconsistent policies[0].summary", nil, nil},
	{`"certificate-expired"`, `"Certificate_Expired"`, "result-type-case policies[0].failure-details[0].result-type", result, "certificate-expired"},
	{`"certificate-expired"`, `"sunspots"`, "unknown-result-type policies[0].failure-details[0].result-type", result, "sunspots"},
	{`"certificate-expired"`, `"validation-failure"`, "missing-field policies[0].failure-details[0].failure-reason-code", nil, nil},
	{`"certificate-expired"`, `"sts-policy-fetch-error"`, "policy-despite-failure policies[0].policy", nil, nil},
	{`"failed-session-count": 303`, `"x": 1`, "count-missing policies[0].failure-details[0].failed-session-count, counts-inconsistent policies[0].summary", nil, nil},
	{`303}]
 }]
}`, `303}]
 },]
,}`, "trailing-comma policies, trailing-comma", nil, nil},
	{`303}]
 }]
}`, `303}]
 }]
} bye`, "text-around", nil, nil},
	{`"failure-details": [{`, `"other": [{`, "details-missing policies[0].failure-details", nil, nil},
}

func begins(r Report) any { return r.Begin.Format(time.RFC3339) }
func lines(r Report) any  { return strings.Join(r.Policies[0].Strings, "|") }
func hosts(r Report) any  { return strings.Join(r.Policies[0].MXHosts, "|") }
func ok(r Report) any     { return r.Policies[0].Successful }
func result(r Report) any { return r.Policies[0].Details[0].Result }

func TestRepairs(t *testing.T) {
	for _, c := range repairs {
		got, err := parseReport(changed(t, c.old, c.new), nil)
		if err != nil {
			t.Errorf("%s: %v", c.new, err)
			continue
		}
		if names := brief(got.Repairs); names != c.repairs {
			t.Errorf("%s: %q, want %q", c.new, names, c.repairs)
		}
		if c.reads != nil && c.reads(got) != c.want {
			t.Errorf("%s: read as %v, want %v", c.new, c.reads(got), c.want)
		}
	}
}

// TestRepairsOfEntries are those that need entries of their own.
func TestRepairsOfEntries(t *testing.T) {
	const sts, tlsa = `{"policy": {"policy-type": "sts", "policy-domain": "a.example", "policy-string": ["x"], "mx-host": ["y"]}, "summary": {"total-successful-session-count": 1, "total-failure-session-count": 0}}`,
		`{"policy": {"policy-type": "tlsa", "policy-domain": "A.example", "policy-string": ["3 1 1 AB"]}, "summary": {"total-successful-session-count": 1, "total-failure-session-count": 0}}`
	for _, c := range []struct{ policies, repairs string }{
		{"[" + sts + "]", ""},
		{sts, "policies-not-array policies"},
		{"[" + sts + "," + sts + "]", "policy-repeated policies[1].policy"},
		{"[" + sts + "," + tlsa + "]", "sessions-twice policies[1].policy"},
		{"[" + strings.Replace(sts, `"policy": {`, `"x": {}, `, 1) + "]", ""},
		{`[{"policy-type": "sts", "policy-domain": "a.example", "summary": {"total-successful-session-count": 1, "total-failure-session-count": 1}, "failure-details": {"result-type": "tlsa-invalid", "sending-mta-ip": "::1", "receiving-mx-hostname": "m", "receiving-ip": "::2", "failed-session-count": 1}}]`,
			"details-not-array policies[0].failure-details, flat-policy policies[0].policy"},
		{`[{}]`, "missing-field policies[0].policy, missing-field policies[0].summary"},
		{`[3]`, "field-type policies[0], missing-field policies[0].policy, missing-field policies[0].summary"},
	} {
		got, err := parseReport([]byte(`{"organization-name": "a", "report-id": "b", "contact-info": "c", "date-range": {"start-datetime": "2016-04-01T00:00:00Z", "end-datetime": "2016-04-02T00:00:00Z"}, "policies": `+c.policies+"}"), nil)
		if strings.Contains(c.policies, `"x": {}`) {
			var stop *ReportError
			if !errors.As(err, &stop) || stop.Kind != Syntax {
				t.Errorf("%s: %v", c.policies, err)
			}
			continue
		}
		if err != nil || brief(got.Repairs) != c.repairs {
			t.Errorf("%s: %v, %q, want %q", c.policies, err, brief(got.Repairs), c.repairs)
		}
	}
}

func TestDatagram(t *testing.T) {
	got, err := parseReport([]byte(`{"d": "a.example","pr":"v=TLSRPTv1;rua=mailto:x@a.example","policies":[
		{"policy-type":1,"policy-string":["3 1 1 AB"],"failure-details":[{"c":304,"s":"192.0.2.1","n":"mx.a.example","h":"250 x","r":"192.0.2.2","f":"why"},{"c":201}],"t":2,"f":1},
		{"policy-type":2,"policy-domain":"b.example","f":0},{"policy-type":9,"f":0}]}`), nil)
	if err != nil || brief(got.Repairs) != "datagram" || len(got.Policies) != 3 {
		t.Fatalf("%v %+v", err, got)
	}
	dane := got.Policies[0]
	if dane.Type != "tlsa" || dane.Domain != "a.example" || dane.Successful != 0 || dane.Failed != 1 || len(dane.Details) != 2 ||
		dane.Details[0] != (FailureDetail{Result: "tlsa-invalid", SendingIP: "192.0.2.1", ReceivingMX: "mx.a.example", ReceivingHELO: "250 x", ReceivingIP: "192.0.2.2", Failed: 1, Reason: "why"}) ||
		dane.Details[1].Result != "starttls-not-supported" {
		t.Errorf("%+v", dane)
	}
	if sts := got.Policies[1]; sts.Type != "sts" || sts.Domain != "b.example" || sts.Successful != 1 || got.Policies[2].Type != "no-policy-found" {
		t.Errorf("%+v", got.Policies)
	}
}

// TestReportErrors holds what can't be read to a kind and a place.
func TestReportErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		want ReportError
	}{
		{"", ReportError{Empty, 0, 1, 1}},
		{" \n ", ReportError{Empty, 3, 2, 2}},
		{"hello", ReportError{NotJSON, 0, 1, 1}},
		{"[1]", ReportError{NotTLSRPT, 0, 1, 1}},
		{"7", ReportError{NotTLSRPT, 0, 1, 1}},
		{`{"a": 1}`, ReportError{NotTLSRPT, 0, 1, 1}},
		{`{"d": 1}`, ReportError{NotTLSRPT, 0, 1, 1}},
		{"<?xml version=\"1.0\"?>\n<feedback><report_metadata/></feedback>", ReportError{IsDMARC, 0, 1, 1}},
		{"<html>", ReportError{IsXML, 0, 1, 1}},
		{"{\n \"ü\": x}", ReportError{Syntax, 9, 2, 7}},
		{`{"a" 1}`, ReportError{Syntax, 5, 1, 6}},
		{`{"a": 1 "b": 2}`, ReportError{Syntax, 8, 1, 9}},
		{`{a: 1}`, ReportError{Syntax, 1, 1, 2}},
		{`{"a": 1.}`, ReportError{Syntax, 6, 1, 7}},
		{`{"policies": [}`, ReportError{Syntax, 14, 1, 15}},
		{`{"a": tru`, ReportError{CutOff, 9, 1, 10}},
		{`{"a": "b\`, ReportError{CutOff, 9, 1, 10}},
		{`{"policies": [`, ReportError{CutOff, 14, 1, 15}},
		{`{"a": ` + strings.Repeat("[", 100), ReportError{TooDeep, 6 + maxDepth - 1, 1, 6 + maxDepth}},
		{`{"policies": [` + strings.Repeat("{},", maxRows) + "{}]}", ReportError{TooManyRows, 14 + 3*maxRows, 1, 15 + 3*maxRows}},
	} {
		_, err := parseReport([]byte(c.text), nil)
		var got *ReportError
		if !errors.As(err, &got) || *got != c.want {
			t.Errorf("%.60q: %#v, want %#v", c.text, got, c.want)
		}
	}
}

// TestParseReportBreathes holds reading to a step for each 64 KB, whatever they are, and to
// stopping when the step says so.
func TestParseReportBreathes(t *testing.T) {
	stop := errors.New("stop")
	for _, filler := range []string{`"x": "` + strings.Repeat("a", 1<<20) + `",`, strings.Repeat(" ", 1<<20), `"x": [` + strings.Repeat("1,", 1<<19) + `1],`, `"x": ` + strings.Repeat("1", 1<<20) + ","} {
		text := changed(t, `"organization-name"`, filler+`"organization-name"`)
		steps := 0
		if _, err := parseReport(text, func() error { steps++; return nil }); err != nil || steps < 15 || steps > 20 {
			t.Errorf("%.10q: %d steps, %v", filler, steps, err)
		}
		steps = 0
		if _, err := parseReport(text, func() error {
			if steps++; steps == 3 {
				return stop
			}
			return nil
		}); err != stop || steps != 3 {
			t.Errorf("%.10q: after %d steps %v", filler, steps, err)
		}
	}
}

func FuzzParseReports(f *testing.F) {
	f.Add([]byte(clean))
	for _, c := range repairs {
		f.Add(changed(f, c.old, c.new))
	}
	f.Add([]byte(`{"d":"a","policies":[{"policy-type":1,"f":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := parseReport(text, nil)
		var stop *ReportError
		switch {
		case errors.As(err, &stop):
			if stop.Offset < 0 || stop.Offset > int64(len(text)) || stop.Line < 1 || stop.Column < 1 || stop.Kind == "" {
				t.Errorf("%+v", stop)
			}
		case err != nil:
			t.Error(err)
		case len(report.Repairs) > 500:
			t.Errorf("%d repairs", len(report.Repairs))
		}
	})
}

// parseReport reads the last of the reports in a text.
func parseReport(text []byte, step func() error) (last Report, err error) {
	err = ParseReports(text, step, func(r Report) error {
		last = r
		return nil
	})
	return last, err
}

// An entry takes no more memory than what it says: 100 000 of them may say nothing.
func TestEmptyEntriesAreSmall(t *testing.T) {
	text := []byte(`{"policies":[` + strings.Repeat(`{"failure-details":[]},`, 100_000) + `{}]}`)
	took := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parseReport(text, nil); err != nil {
				b.Fatal(err)
			}
		}
	}).AllocedBytesPerOp()
	if took > 200<<20 {
		t.Errorf("%d MB", took>>20)
	}
}

func TestParseSeveral(t *testing.T) {
	second := strings.Replace(clean, `"report-id": "`, `"report-id": "2`, 1)
	for name, c := range map[string]struct {
		text    string
		reports int
		repairs string // of the last
		kind    ErrorKind
	}{
		"one":                 {clean, 1, "", ""},
		"lines":               {clean + "\n" + second, 2, "several", ""},
		"list":                {"[" + clean + ",\n" + second + "]", 2, "several", ""},
		"list of one":         {" [" + clean + "] ", 1, "several", ""},
		"list, then a word":   {"[" + clean + " nonsense", 1, "several", Syntax},
		"then a word":         {clean + "nonsense", 1, "text-around", ""},
		"then half of one":    {clean + second[:200], 1, "several", CutOff},
		"then something else": {clean + `{"a": 1}`, 1, "several", NotTLSRPT},
		"a list of others":    {`[1, 2]`, 0, "", NotTLSRPT},
	} {
		var all []Report
		err := ParseReports([]byte(c.text), nil, func(r Report) error {
			all = append(all, r)
			return nil
		})
		var reason *ReportError
		kind := ErrorKind("")
		if errors.As(err, &reason) {
			kind = reason.Kind
		}
		if len(all) != c.reports || kind != c.kind {
			t.Errorf("%s: %d reports, %q", name, len(all), kind)
			continue
		}
		if n := len(all); n > 0 && brief(all[n-1].Repairs) != c.repairs {
			t.Errorf("%s: %s", name, brief(all[n-1].Repairs))
		}
		if len(all) == 2 && all[0].ID == all[1].ID {
			t.Errorf("%s: twice the same", name)
		}
		if kind == NotTLSRPT && len(all) == 1 && reason.Offset != int64(len(clean)) {
			t.Errorf("%s: stopped at %d", name, reason.Offset)
		}
	}
	stop := errors.New("enough")
	if err := ParseReports([]byte(clean+clean), nil, func(Report) error { return stop }); err != stop {
		t.Error(err)
	}
}
