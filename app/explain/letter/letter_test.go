package letter_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/explain/letter"
	"github.com/sealane/sealane/app/locale"
)

// TestWrite holds the letter to who it is for and to the evidence in it.
func TestWrite(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	mismatch := check.Report{Domain: dnsname.MustParse("b.example"), At: at,
		Findings: []check.Finding{{Code: "dane.mismatch-all", Subject: "mx.b.example", Args: map[string]string{"host": "mx.b.example"}}}}
	for _, c := range []struct {
		name, text string
		report     check.Report
		to         string
		holds      []string // parts of it
		lacks      []string
	}{
		{"to the recipient, with what a check shows",
			"x\n2026-03-04 05:06:07 to=<x@b.example>, relay=mx.b.example[192.0.2.1]:25, status=deferred (Server certificate not verified)\ny", mismatch,
			"postmaster@b.example", []string{"\n> 2026-03-04 05:06:07 to=<x@b.example>", "192.0.2.1", "(mx.b.example)", "2026-03-04 05:06 UTC", "RFC 7672 §", "05:06:07\n"},
			[]string{"> x", "> y", "`", "{"}},
		{"to the recipient, with what it can be", "5.7.324 to=<x@b.example>", check.Report{}, "postmaster@b.example", []string{"RFC 7672 §2.1"}, []string{"0001-01-01", "`", "{"}},
		{"to the sender", "warning: smtp_tls_policy_maps, next-hop destination \"b.example\": policy table lookup error", check.Report{}, "", []string{"b.example"}, []string{"To:", "{"}},
		{"nothing is wrong", "STSFetchResult.VALID", check.Report{}, "", nil, nil},
		{"only the tool is to blame", "Cannot resolve DNS: domain _smtp-tlsrpt.b.example does not exist.", check.Report{}, "", nil, nil},
		{"hostile text", "\x1b[2J\x00" + strings.Repeat("é", 4000) + " 5.7.323 " + strings.Repeat("é\xff", 4000), check.Report{}, "", []string{"5.7.323"}, []string{"\x1b", "\x00"}},
	} {
		m := explain.Read(c.text).Matches[0]
		got, ok := letter.Write(locale.English(), c.text, m, explain.Weigh(m, c.report), c.report.At)
		if ok != (len(c.holds) > 0) || got.To != c.to {
			t.Errorf("%s: %v to %q", c.name, ok, got.To)
		}
		whole := got.String()
		for _, part := range c.holds {
			if !strings.Contains(whole, part) {
				t.Errorf("%s: lacks %q:\n%s", c.name, part, whole)
			}
		}
		for _, part := range c.lacks {
			if strings.Contains(whole, part) {
				t.Errorf("%s: has %q:\n%s", c.name, part, whole)
			}
		}
		if !utf8.ValidString(whole) || len(whole) > 6000 || strings.Count(got.Subject, "\n") > 0 {
			t.Errorf("%s: %d bytes:\n%s", c.name, len(whole), whole)
		}
	}
}
