package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

const goodReporting = "v=TLSRPTv1; rua=mailto:tls@example.com"

// reports is a domain with a good record and policy, and TXT records at
// _smtp._tls.
func reports(texts ...string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := oneHost(t, "mx.example.com").address("mta-sts.example.com", "192.0.2.80")
		return s.txt(stsName, goodRecord).policy(goodPolicy).txt(rptName, texts...)
	}
}

// bare is a domain with nothing but a mail host and TXT records at _smtp._tls.
func bare(texts ...string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario { return noPolicy(absentHere(t)).only(rptName, texts...) }
}

// only replaces the TXT records of a name.
func (s *scenario) only(name string, texts ...string) *scenario {
	s.records[scenarioKey(name, doh.TypeTXT)] = nil
	delete(s.rcodes, scenarioKey(name, doh.TypeTXT))
	return s.txt(name, texts...)
}

func TestReportingRules(t *testing.T) {
	t.Parallel()
	good := reports(goodReporting)
	const d = "example.com"
	elsewhere := reports("v=TLSRPTv1; rua=mailto:tls@reports.example")
	posted := reports("v=TLSRPTv1; rua=https://reports.example/v1")
	cases := []policyCase{
		{"tlsrpt-record.ok", good, reports("v=TLSRPTv1;"), d},
		{"tlsrpt-record.absent", bare(), good, d},
		{"tlsrpt-record.lookup-failed", func(t testing.TB) *scenario { return reports()(t).servfail(rptName, doh.TypeTXT, 22) },
			func(t testing.TB) *scenario { return reports()(t).fail(rptName, doh.TypeTXT, probe.NoResolver) }, d},
		{"tlsrpt-record.wrong-name", func(t testing.TB) *scenario { return bare()(t).txt("_tlsrpt.example.com", goodReporting) },
			func(t testing.TB) *scenario { return good(t).txt("_tlsrpt.example.com", goodReporting) }, d},
		{"tlsrpt-record.multiple", reports(goodReporting, "v=TLSRPTv1; rua=mailto:b@example.com"), reports(goodReporting, "v=spf1 -all"), d},
		{"tlsrpt-record.foreign-txt", reports(goodReporting, "v=spf1 -all"), good, d},
		{"tlsrpt-record.split-strings", reports(goodReporting + "; x=" + strings.Repeat("a", 250)), good, d},
		{"tlsrpt-record.cname-dangling", func(t testing.TB) *scenario {
			return oneHost(t, "mx.example.com").nxdomain(rptName, doh.TypeTXT).add(rptName, doh.TypeTXT, "CNAME gone.provider.example.")
		}, bare(), d},
		{"tlsrpt-record.rua-domain-no-mail", func(t testing.TB) *scenario {
			return elsewhere(t).add("reports.example", doh.TypeMX, "0 .")
		}, func(t testing.TB) *scenario {
			return elsewhere(t).add("reports.example", doh.TypeMX, "10 mx.reports.example.")
		}, d},
		{"tlsrpt-record.rua-external", elsewhere, reports("v=TLSRPTv1; rua=mailto:tls@reports.example.com"), d},
		{"tlsrpt-record.rua-own-broken-domain", func(t testing.TB) *scenario {
			return matched("mx.elsewhere.net", "mail.unrelated.org")(t).only(rptName, goodReporting)
		}, func(t testing.TB) *scenario {
			return matched("mx.elsewhere.net", "mail.unrelated.org")(t).only(rptName, goodReporting+",mailto:tls@reports.example")
		}, d},
		{"tlsrpt-record.rua-https-unreachable", func(t testing.TB) *scenario {
			return posted(t).nxdomain("reports.example", doh.TypeA, doh.TypeAAAA)
		}, func(t testing.TB) *scenario { return posted(t).address("reports.example", "192.0.2.8") }, d},
		{"tlsrpt-record.rua-https-unreachable", func(t testing.TB) *scenario { return posted(t).address("reports.example") },
			func(t testing.TB) *scenario {
				return posted(t).none("reports.example", doh.TypeA).fail("reports.example", doh.TypeAAAA, probe.DNSTimeout)
			}, d},
		{"tlsrpt-record.mx-host-missing", func(t testing.TB) *scenario {
			return good(t).tlsa("mx.example.com", nextKey).nxdomain("_smtp._tls.mx.example.com", doh.TypeTXT)
		}, func(t testing.TB) *scenario {
			return good(t).tlsa("mx.example.com", nextKey).txt("_smtp._tls.mx.example.com", goodReporting)
		}, d},
		{"tlsrpt-record.mx-host-missing", func(t testing.TB) *scenario {
			return good(t).tlsa("mx.example.com", nextKey).txt("_smtp._tls.mx.example.com", "v=spf1 -all")
		}, func(t testing.TB) *scenario {
			return good(t).tlsa("mx.example.com").nxdomain("_smtp._tls.mx.example.com", doh.TypeTXT)
		}, d},
		{"tlsrpt-record.nothing-to-report", bare(goodReporting), good, d},
	}
	for kind, text := range map[syntax.Kind]string{
		syntax.VersionNotFirst:      "rua=mailto:a@example.com; v=TLSRPTv1",
		syntax.VersionCase:          "v=tlsrptv1; rua=mailto:a@example.com",
		syntax.VersionUnknown:       "v=TLSRPTv2; rua=mailto:a@example.com",
		syntax.VersionLeadingJunk:   " " + goodReporting,
		syntax.SpaceBeforeSemicolon: "v=TLSRPTv1 ; rua=mailto:a@example.com",
		syntax.WrongSeparator:       "v=TLSRPTv1, rua=mailto:a@example.com",
		syntax.ExtensionInvalid:     goodReporting + "; x=",
		syntax.NonASCII:             "v=TLSRPTv1; rua=mailto:ä@example.com",
		syntax.LineBreak:            "v=TLSRPTv1;\n rua=mailto:a@example.com",
		syntax.EscapedSemicolon:     `v=TLSRPTv1\; rua=mailto:a@example.com`,
		tlsrpt.RUAMissing:           "v=TLSRPTv1;",
		tlsrpt.RUAEmpty:             "v=TLSRPTv1; rua=",
		tlsrpt.RUANoScheme:          "v=TLSRPTv1; rua=a@example.com",
		tlsrpt.RUASchemeUnsupported: "v=TLSRPTv1; rua=http://example.com/",
		tlsrpt.RUAWrongSeparator:    goodReporting + ";mailto:b@example.com",
		tlsrpt.RUASpaceAroundComma:  goodReporting + " , mailto:b@example.com",
		tlsrpt.RUARepeated:          goodReporting + "; rua=mailto:b@example.com",
		tlsrpt.RUAUnencodedReserved: goodReporting + "!10m",
		tlsrpt.RUAInvalidAddress:    "v=TLSRPTv1; rua=mailto:nobody",
		tlsrpt.RUATrailingDot:       goodReporting + ".",
		tlsrpt.DMARCTags:            goodReporting + "; p=none",
	} {
		cases = append(cases, policyCase{Code("tlsrpt-record." + kind), reports(text), good, d})
	}
	runPolicyCases(t, cases)
	fires(t, tlsrptRecordEntries, cases)
}

// TestReportingOneFinding holds that one mistake makes one finding of the group.
func TestReportingOneFinding(t *testing.T) {
	for text, want := range map[string][]Code{
		goodReporting:                              {"tlsrpt-record.ok"},
		"v=TLSRPTv1; rua=a@example.com":            {"tlsrpt-record.rua-no-scheme"},
		`v=TLSRPTv1\; rua=mailto:a@example.com`:    {"tlsrpt-record.escaped-semicolon"},
		"v=TLSRPTv1; rua=mailto:a@example.com;;":   {"tlsrpt-record.extension-invalid"},
		goodReporting + ";mailto:b@example.com":    {"tlsrpt-record.rua-wrong-separator"},
		"v=TLSRPTv1; rua=mailto:a@example.com; p=": {"tlsrpt-record.extension-invalid"},
	} {
		if got := group("tlsrpt-record", reports(text)(t).codes()); !slices.Equal(got, want) {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestMendedReporting holds that a record proposed is valid.
func TestMendedReporting(t *testing.T) {
	for text, code := range map[string]Code{
		goodReporting + ";mailto:b@example.com":  "tlsrpt-record.rua-wrong-separator",
		"v=TLSRPTv1, rua=mailto:a@example.com":   "tlsrpt-record.wrong-separator",
		"v=TLSRPTv1; rua=mailto:a@example.com;;": "tlsrpt-record.extension-invalid",
	} {
		p := published(t, reports(text)(t), code)
		if len(p) != 1 || p[0].Name != rptName {
			t.Errorf("%s: %+v", text, p)
			continue
		}
		if _, diagnostics := tlsrpt.ParseRecord(p[0].Value); len(diagnostics) > 0 {
			t.Errorf("%s: %v", p[0].Value, diagnostics)
		}
	}
	p := published(t, reports(goodReporting, "v=TLSRPTv1; rua=mailto:b@example.com")(t), "tlsrpt-record.multiple")
	if last := p[len(p)-1]; last.Remove || last.Value != "v=TLSRPTv1; rua=mailto:tls@example.com,mailto:b@example.com" {
		t.Errorf("%+v", p)
	}
}
