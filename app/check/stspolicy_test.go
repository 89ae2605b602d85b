package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// policyFor makes a policy of lines in place of goodPolicy's of the same keys,
// and others behind.
func policyFor(lines ...string) string {
	body := "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 2592000\r\n"
	for _, line := range lines {
		key, value, _ := strings.Cut(line, ":")
		start := strings.Index(body, key+":")
		if start < 0 {
			body += line + "\r\n"
			continue
		}
		end := start + strings.Index(body[start:], "\r\n")
		if value == "" {
			end += 2
			line = ""
		}
		body = body[:start] + line + body[end:]
	}
	return body
}

// without takes the TLS reporting record away.
func without(s *scenario, name string, typ doh.Type) *scenario {
	k := scenarioKey(name, typ)
	s.records[k] = nil
	return s
}

// listing is a good policy with one more host in it.
func listing(pattern string, change func(s *scenario)) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := stsPolicy(goodPolicy + "mx: " + pattern + "\r\n")(t)
		change(s)
		return s
	}
}

// TestUnusedPattern holds that one pattern makes one finding: a host that there
// is none of, or one that no mail goes to today.
func TestUnusedPattern(t *testing.T) {
	gone := func(s *scenario) { s.nxdomain("old.example.com", doh.TypeA, doh.TypeAAAA) }
	there := func(s *scenario) { s.address("old.example.com", "192.0.2.5") }
	for _, c := range []struct {
		change func(s *scenario)
		not    Code
	}{{gone, "sts-mx.extra-pattern"}, {there, "sts-policy.mx-not-exist"}} {
		if got := listing("old.example.com", c.change)(t).codes(); slices.Contains(got, c.not) {
			t.Errorf("%s: %v", c.not, got)
		}
	}
}

func TestPolicyRules(t *testing.T) {
	t.Parallel()
	good := stsPolicy(goodPolicy)
	rehearsed := stsPolicy(policyFor("mode: testing"))
	const d = "example.com"
	cases := []policyCase{
		{"sts-policy.valid", good, stsPolicy(policyFor("mode: Enforce")), d},
		{"sts-policy.mode-none", stsPolicy(policyFor("mode: none")), good, d},
		{"sts-policy.mode-testing", rehearsed, good, d},
		{"sts-policy.none-without-mx", stsPolicy("version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n"), stsPolicy(policyFor("mode: none")), d},
		{"sts-policy.testing-without-tlsrpt", func(t testing.TB) *scenario { return without(rehearsed(t), rptName, doh.TypeTXT) },
			rehearsed, d},
		{"sts-policy.enforce-without-tlsrpt", func(t testing.TB) *scenario { return without(good(t), rptName, doh.TypeTXT) },
			func(t testing.TB) *scenario {
				return without(good(t), rptName, doh.TypeTXT).fail(rptName, doh.TypeTXT, probe.NoResolver)
			}, d},
		{"sts-policy.enforce-would-fail", stsPolicy(policyFor("mode: testing", "mx: other.example.net")), rehearsed, d},
		{"sts-policy.max-age-long-in-rollout", changed("v=STSv1; id=9", policyFor("mode: testing", "max_age: 31557600")),
			stsPolicy(policyFor("mode: testing", "max_age: 31557600")), d},
		{"sts-policy.mx-not-exist", listing("old.example.com", func(s *scenario) { s.nxdomain("old.example.com", doh.TypeA, doh.TypeAAAA) }),
			listing("old.example.com", func(s *scenario) { s.address("old.example.com", "192.0.2.5") }), d},
		{"sts-policy.mx-not-exist", listing("old.example.com", func(s *scenario) { s.address("old.example.com") }),
			listing("old.example.com", func(s *scenario) {
				s.fail("old.example.com", doh.TypeA, probe.NoResolver).fail("old.example.com", doh.TypeAAAA, probe.NoResolver)
			}), d},
		{"sts-policy.mx-not-exist", listing("old.example.com", func(s *scenario) { s.address("old.example.com") }),
			listing("*.old.example.com", func(s *scenario) { s.nxdomain("old.example.com", doh.TypeA, doh.TypeAAAA) }), d},
		{"sts-policy.removed-without-none", func(t testing.TB) *scenario {
			return noPolicy(absentHere(t)).after(good(t))
		}, func(t testing.TB) *scenario { return noPolicy(absentHere(t)).after(rehearsed(t)) }, d},
	}
	for kind, body := range map[syntax.Kind]string{
		mtasts.BOM:                    "\xEF\xBB\xBF" + goodPolicy,
		mtasts.LeadingWhitespace:      " " + goodPolicy,
		mtasts.BlankLine:              goodPolicy + "\r\n",
		mtasts.LFLineEndings:          strings.ReplaceAll(goodPolicy, "\r", ""),
		mtasts.CRLineEndings:          strings.ReplaceAll(goodPolicy, "\n", ""),
		mtasts.MixedLineEndings:       strings.Replace(goodPolicy, "\r", "", 1),
		mtasts.MissingFinalNewline:    strings.TrimRight(goodPolicy, "\r\n"),
		mtasts.SingleLine:             strings.ReplaceAll(goodPolicy, "\r\n", "; "),
		mtasts.TrailingSemicolon:      policyFor("mode: enforce;"),
		mtasts.EqualsSign:             strings.Replace(goodPolicy, "mode: ", "mode=", 1),
		mtasts.SpaceBeforeColon:       strings.Replace(goodPolicy, "mode:", "mode :", 1),
		mtasts.CommentLine:            "# here\r\n" + goodPolicy,
		mtasts.JSONBody:               `{"mode": "enforce"}`,
		mtasts.Unparsable:             goodPolicy + "hello\r\n",
		syntax.NonASCII:               strings.Replace(goodPolicy, "mode: enforce", "mode: “enforce”", 1),
		mtasts.RTFBody:                `{\rtf1\ansi ` + strings.ReplaceAll(goodPolicy, "\r", `\`) + "}",
		mtasts.FrontMatter:            "---\nlayout: none\n---\n" + goodPolicy,
		mtasts.TXTRecord:              "_mta-sts.example.com. TXT \"v=STSv1; id=1\"\r\n" + goodPolicy,
		mtasts.Translated:             strings.Replace(goodPolicy, "mode: enforce", "모드: 테스트", 1),
		mtasts.MXYAMLList:             policyFor("mx:\r\n  - mx.example.com"),
		mtasts.MXDoubledZone:          goodPolicy + "mx: mail.example.com.example.com\r\n",
		mtasts.VersionMissing:         policyFor("version:"),
		mtasts.VersionWrong:           policyFor("version: STSv2"),
		mtasts.VersionNotFirst:        policyFor("version:") + "version: STSv1\r\n",
		mtasts.ModeMissing:            policyFor("mode:"),
		mtasts.ModeInvalid:            policyFor("mode: report"),
		mtasts.ModeCase:               policyFor("mode: Enforce"),
		mtasts.MaxAgeMissing:          policyFor("max_age:"),
		mtasts.MaxAgeInvalid:          policyFor("max_age: 7d"),
		mtasts.MaxAgeTooLarge:         policyFor("max_age: 31557601"),
		mtasts.MaxAgeZero:             policyFor("max_age: 0"),
		mtasts.MaxAgeBelowDay:         policyFor("max_age: 3600"),
		mtasts.MaxAgeShort:            policyFor("max_age: 604800"),
		mtasts.MXMissing:              policyFor("mx:"),
		mtasts.KeyTypo:                strings.Replace(goodPolicy, "mx:", "nmx:", 1),
		mtasts.KeyCase:                strings.Replace(goodPolicy, "mode:", "Mode:", 1),
		mtasts.DuplicateKey:           goodPolicy + "mode: none\r\n",
		mtasts.UnknownExtensionField:  policyFor("note: hello"),
		mtasts.MXEmpty:                policyFor("mx: "),
		mtasts.MXListOnOneLine:        policyFor("mx: mx.example.com, b.example.com"),
		mtasts.MXTrailingDot:          policyFor("mx: mx.example.com."),
		mtasts.MXEmailAddress:         policyFor("mx: a@example.com"),
		mtasts.MXURL:                  policyFor("mx: https://mx.example.com"),
		mtasts.MXPriorityIncluded:     policyFor("mx: 10 mx.example.com"),
		mtasts.MXPortIncluded:         policyFor("mx: mx.example.com:25"),
		mtasts.MXIPAddress:            policyFor("mx: 192.0.2.1"),
		mtasts.MXULabel:               policyFor("mx: bücher.example"),
		mtasts.MXInvalidHostname:      policyFor("mx: a_b.example.com"),
		mtasts.MXLeadingDot:           policyFor("mx: .example.com"),
		mtasts.MXBareWildcard:         policyFor("mx: *"),
		mtasts.MXWildcardInside:       policyFor("mx: mx.*.com"),
		mtasts.MXWildcardPublicSuffix: policyFor("mx: *.com"),
	} {
		cases = append(cases, policyCase{Code("sts-policy." + kind), stsPolicy(body), good, d})
	}
	runPolicyCases(t, cases)
	fires(t, stsPolicyEntries, cases)
}

// TestForeignContent holds that what another host's web server answers isn't
// judged as the domain's policy.
func TestForeignContent(t *testing.T) {
	s := certified(certificate{names: []string{"parking.example"}})(t)
	s.facts.Policy.Policy.Body = []byte("welcome\n")
	if got := group("sts-policy", s.codes()); len(got) > 0 {
		t.Errorf("%v", got)
	}
	s.facts.Policy.Policy.Body = []byte(policyFor("mode: Enforce"))
	if got := group("sts-policy", s.codes()); !slices.Contains(got, "sts-policy.mode-case") {
		t.Errorf("a policy all the same: %v", got)
	}
}

// TestMendedPolicies holds that every policy proposed is valid and covers the
// mail hosts.
func TestMendedPolicies(t *testing.T) {
	count := 0
	for _, body := range []string{
		policyFor("mode: Enforce"), policyFor("mx: .example.com"), policyFor("max_age:"), policyFor("mx: a@example.com"),
		policyFor("mode:"), policyFor("mx: other.example.net"), policyFor("mx: mta-sts.example.com"), "hello\n",
		strings.ReplaceAll(goodPolicy, "\r\n", "; "), policyFor("max_age: 99999999999"), policyFor("note: hello", "mode: Enforce"),
	} {
		s := stsPolicy(body)(t)
		for _, f := range s.report().Findings {
			for _, p := range f.Publish {
				if p.Type != "file" {
					continue
				}
				count++
				policy, diagnostics := mtasts.ParsePolicy([]byte(p.Value))
				covered := slices.ContainsFunc(policy.MX, func(one mtasts.Pattern) bool { return one.Matches(dnsname.MustParse("mx.example.com")) })
				if !syntax.Valid(diagnostics) || !covered {
					t.Errorf("%s: proposes %q: %v", f.Code, p.Value, diagnostics)
				}
			}
		}
	}
	if count < 11 {
		t.Errorf("only %d policies proposed", count)
	}
}

// TestPolicyInAPage holds that a policy which was wrapped in a web page is found
// in it, and that nothing is made of a page without one.
func TestPolicyInAPage(t *testing.T) {
	for body, want := range map[string]int{
		"<html><body><p>" + strings.ReplaceAll(goodPolicy, "\r\n", "<br>") + "</p></body></html>": 1,
		"<html><body><p>Welcome</p></body></html>":                                                0,
	} {
		p := published(t, stsPolicy(body)(t), "sts-policy-fetch.body-html")
		if len(p) != want || want > 0 && p[0].Value != goodPolicy {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

// TestInvalidRecordStillJudgesThePolicy holds that everything can be mended at
// once.
func TestInvalidRecordStillJudgesThePolicy(t *testing.T) {
	s := stsBase(t).txt(stsName, "v=STSv1; id=a-b").policy(policyFor("mode: Enforce"))
	codes := s.codes()
	for _, want := range []Code{"sts-record.id-invalid-chars", "sts-policy.mode-case"} {
		if !slices.Contains(codes, want) {
			t.Errorf("no %s: %v", want, codes)
		}
	}
}
