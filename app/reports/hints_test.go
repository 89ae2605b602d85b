package reports_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// sts makes an entry under a policy of a mode that lists mx1.example.
func sts(mode string, successful, failed uint64, details ...tlsrpt.FailureDetail) tlsrpt.Reported {
	e := entry("sts", "x.example", successful, failed, details...)
	e.Strings = []string{"version: STSv1", "mode: " + mode, "mx: mx1.example", "mx: *.mail.example", "max_age: 86400"}
	return e
}

func TestHints(t *testing.T) {
	failure := func(result, from, mx, ip string) tlsrpt.FailureDetail {
		d := detail(result, from, mx, 2)
		d.ReceivingIP = ip
		return d
	}
	two := []tlsrpt.FailureDetail{failure("certificate-expired", "192.0.2.1", "mx1.example", "192.0.2.9"), failure("certificate-expired", "192.0.2.2", "mx1.example", "192.0.2.8")}
	other := sts("enforce", 50, 4, two...)
	other.Strings[4] = "max_age: 172800"
	hosted := sts("enforce", 50, 4, two...)
	hosted.MXHosts = []string{"mx1.example"}
	for name, c := range map[string]struct {
		all  []tlsrpt.Report
		want string // kind subject failed first last
	}{
		"nothing": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0))}, ""},
		"a host that the policy doesn't list": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 4,
			failure("validation-failure", "192.0.2.1", "MX2.example.", "192.0.2.9"), failure("validation-failure", "192.0.2.2", "mx1.example", "192.0.2.8")))},
			"mx-mismatch mx2.example 2 2025-05-01 2025-05-01"},
		"a host below a pattern, and another reason": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 4,
			failure("validation-failure", "192.0.2.1", "a.mail.example", "192.0.2.9"), failure("certificate-expired", "192.0.2.2", "mx2.example", "192.0.2.8")))}, ""},
		"patterns that nobody tells": {[]tlsrpt.Report{on(1, "A", "1", entry("sts", "x.example", 9, 4,
			failure("validation-failure", "192.0.2.1", "mx2.example", "192.0.2.9"), failure("validation-failure", "192.0.2.2", "mx3.example", "192.0.2.8")))}, ""},
		"nothing got through": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 0, 4, two...)), on(3, "A", "2", sts("enforce", 0, 4, two...)), on(2, "B", "1", sts("enforce", 9, 0))},
			"all-failed A 8 2025-05-01 2025-05-03"},
		"in testing":                  {[]tlsrpt.Report{on(1, "A", "1", sts("testing", 9, 4, two...)), on(2, "A", "2", sts("testing", 9, 0))}, "failure-in-testing  4 2025-05-01 2025-05-01"},
		"one receiver":                {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 4, two[0], failure("certificate-expired", "192.0.2.3", "mx1.example", "192.0.2.9")))}, "single-ip 192.0.2.9 4 2025-05-01 2025-05-01"},
		"one sender":                  {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 4, two[0], failure("certificate-expired", "192.0.2.1", "mx1.example", "192.0.2.8")))}, "single-sender-ip 192.0.2.1 4 2025-05-01 2025-05-01"},
		"addresses that nobody tells": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 4, two[0], failure("certificate-expired", "", "mx1.example", "")))}, ""},
		"none found, though others did": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0)), on(2, "B", "1", entry("no-policy-found", "x.example", 7, 0))},
			"no-policy-found B 0 2025-05-02 2025-05-02"},
		"none to be found": {[]tlsrpt.Report{on(2, "B", "1", entry("no-policy-found", "x.example", 7, 0))}, ""},
		"few of many":      {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 900, 4, two...))}, "sporadic  4 2025-05-01 2025-05-01"},
		"since a change": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0)), on(2, "A", "2", sts("enforce", 9, 0)), on(3, "A", "3", other), on(4, "A", "4", other)},
			"starts-with-change  8 2025-05-03 2025-05-04"},
		"a whole day, under one of two policies": {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 0, 2), other)}, ""},
		"another source, and the same policy":    {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0)), on(3, "B", "1", hosted)}, ""},
		"a policy that could not be fetched":     {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0)), on(3, "A", "2", entry("sts", "x.example", 9, 4, two...))}, ""},
		"one address, and failures without one":  {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 40, two[0], two[0]))}, ""},
		"found a day later by the same":          {[]tlsrpt.Report{on(1, "A", "1", entry("no-policy-found", "x.example", 7, 0)), on(2, "A", "2", sts("enforce", 9, 0))}, ""},
		"found later by another":                 {[]tlsrpt.Report{on(1, "A", "1", entry("no-policy-found", "x.example", 7, 0)), on(2, "B", "2", sts("enforce", 9, 0))}, ""},
		"a detail of nothing":                    {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0, detail("validation-failure", "192.0.2.1", "mx2.example", 0)))}, ""},
		"one in a hundred":                       {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 198, 2, two[0], two[1]))}, ""},
		"later than a change":                    {[]tlsrpt.Report{on(1, "A", "1", sts("enforce", 9, 0)), on(3, "A", "2", sts("enforce", 50, 4, two...))}, ""},
	} {
		s := &reports.Set{}
		for _, r := range c.all {
			s.Add("x", r)
		}
		var got []string
		for _, h := range s.Hints(reports.Filter{Result: "certificate-expired"}) {
			got = append(got, fmt.Sprintf("%s %s %d %s %s", h.Kind, h.Subject, h.Failed, h.First, h.Last))
			if h.Domain != "x.example" || !slices.Contains(reports.HintKinds(), h.Kind) {
				t.Errorf("%s: %+v", name, h)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
