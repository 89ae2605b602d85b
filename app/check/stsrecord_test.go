package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

const (
	stsName    = "_mta-sts.example.com"
	rptName    = "_smtp._tls.example.com"
	goodRecord = "v=STSv1; id=20260601"
	goodPolicy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 2592000\r\n"
)

// stsBase is a domain with one mail host and TLS reporting; record and policy
// are the case's.
func stsBase(t testing.TB) *scenario {
	s := oneHost(t, "mx.example.com").txt(rptName, "v=TLSRPTv1; rua=mailto:tls@example.com")
	return s.address("mta-sts.example.com", "192.0.2.80")
}

// stsRecords is stsBase with a good policy and the TXT records.
func stsRecords(texts ...string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario { return stsBase(t).txt(stsName, texts...).policy(goodPolicy) }
}

// stsPolicy is stsBase with a good record and the policy.
func stsPolicy(body string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario { return stsBase(t).txt(stsName, goodRecord).policy(body) }
}

// absentHere is stsBase without a record, and nothing at the usual wrong names.
func absentHere(t testing.TB) *scenario {
	s := stsBase(t).nxdomain(stsName, doh.TypeTXT)
	for _, name := range []string{"mta-sts", "_mta_sts", "_mtasts", stsName} {
		s.nxdomain(name+".example.com", doh.TypeTXT)
	}
	return s.none("example.com", doh.TypeTXT)
}

const wildcardName = wildcardLabel + ".example.com"

// proxied is absentHere with an address at _mta-sts and a wildcard of another.
func proxied(ip string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := noPolicy(absentHere(t).address(stsName, ip).address(wildcardName, "192.0.2.7"))
		s.rcodes[scenarioKey(stsName, doh.TypeTXT)] = 0
		return s
	}
}

// under is a mail domain below example.com without a record, and that one's.
func under(above string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := newScenario(t, "mail.example.com").mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1")
		return noPolicy(s.nxdomain("_mta-sts.mail.example.com", doh.TypeTXT).txt(stsName, above))
	}
}

func noPolicy(s *scenario) *scenario {
	return s.fetched(probe.Policy{URL: policyURL, Failure: &probe.Failure{Class: probe.DNSNotFound}})
}

// policyCase is one scenario that fires a code about a subject, and one that is
// close and silent.
type policyCase struct {
	code          Code
	fires, silent func(testing.TB) *scenario
	subject       string
}

func runPolicyCases(t *testing.T, cases []policyCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(string(c.code), func(t *testing.T) {
			s := c.fires(t)
			found := s.report().Findings
			if e, _ := c.code.Lookup(); e.History && s.firesAlone(c.code) {
				t.Error("fires without an earlier check")
			}
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == c.code && f.Subject == c.subject }) {
				t.Errorf("silent where it should fire: %+v", found)
			}
			if got := c.silent(t).codes(); slices.Contains(got, c.code) {
				t.Errorf("fires where it should be silent: %v", got)
			}
		})
	}
}

const policyURL = "https://mta-sts.example.com/.well-known/mta-sts.txt"

func TestRecordRules(t *testing.T) {
	t.Parallel()
	good := stsRecords(goodRecord)
	cases := []policyCase{
		{"sts-record.ok", good, stsRecords("v=STSv1;"), "example.com"},
		{"sts-record.absent", func(t testing.TB) *scenario { return noPolicy(absentHere(t)) }, good, "example.com"},
		{"sts-record.absent-policy-served", func(t testing.TB) *scenario { return absentHere(t).policy(goodPolicy) },
			func(t testing.TB) *scenario { return noPolicy(absentHere(t)) }, "example.com"},
		{"sts-record.lookup-failed", func(t testing.TB) *scenario { return stsBase(t).servfail(stsName, doh.TypeTXT, 22) },
			func(t testing.TB) *scenario { return stsBase(t).fail(stsName, doh.TypeTXT, probe.NoResolver) }, "example.com"},
		{"sts-record.dnssec-bogus", func(t testing.TB) *scenario { return good(t).status(stsName, doh.TypeTXT, dnssec.Bogus) },
			func(t testing.TB) *scenario { return good(t).status(stsName, doh.TypeTXT, dnssec.Insecure) }, "example.com"},
		{"sts-record.wrong-name", func(t testing.TB) *scenario {
			return stsBase(t).nxdomain(stsName, doh.TypeTXT).txt("mta-sts.example.com", goodRecord)
		}, func(t testing.TB) *scenario { return good(t).txt("mta-sts.example.com", goodRecord) }, "example.com"},
		{"sts-record.multiple", stsRecords(goodRecord, "v=STSv1; id=2"), stsRecords(goodRecord, "v=spf1 -all"), "example.com"},
		{"sts-record.foreign-txt", stsRecords(goodRecord, "v=spf1 -all"), good, "example.com"},
		{"sts-record.split-strings", stsRecords(goodRecord + "; x=" + strings.Repeat("a", 250)), good, "example.com"},
		{"sts-record.cname-delegated", func(t testing.TB) *scenario {
			return stsBase(t).add(stsName, doh.TypeTXT, "CNAME _mta-sts.provider.example.", `"v=STSv1; id=1"`).policy(goodPolicy)
		}, good, "example.com"},
		{"sts-record.cname-dangling", func(t testing.TB) *scenario {
			return stsBase(t).nxdomain(stsName, doh.TypeTXT).add(stsName, doh.TypeTXT, "CNAME gone.provider.example.")
		}, func(t testing.TB) *scenario { return noPolicy(absentHere(t)) }, "example.com"},
		{"sts-record.cname-proxied", proxied("203.0.113.7"), proxied("192.0.2.7"), "example.com"},
		{"sts-record.cname-proxied", proxied("203.0.113.7"), func(t testing.TB) *scenario {
			return good(t).address(stsName, "203.0.113.7").nxdomain(wildcardName, doh.TypeA, doh.TypeAAAA)
		}, "example.com"},
		{"sts-record.subdomain-uncovered", under("v=STSv1; id=1"), under("v=STSv1;"), "mail.example.com"},
		{"sts-record.subdomain-uncovered", under("v=STSv1; id=1"), func(t testing.TB) *scenario {
			return under("v=STSv1; id=1")(t).only("_mta-sts.mail.example.com", goodRecord)
		}, "mail.example.com"},
		{"sts-record.wildcard-only", func(t testing.TB) *scenario {
			return noPolicy(stsBase(t).txt(stsName, "v=spf1 -all").txt(wildcardName, "v=spf1 -all"))
		}, func(t testing.TB) *scenario {
			return noPolicy(stsBase(t).txt(stsName, "v=spf1 -all").txt(wildcardName, "v=spf1 ~all"))
		}, "example.com"},
		{"sts-record.id-unchanged", changed(goodRecord, strings.Replace(goodPolicy, "2592000", "604800", 1)),
			changed("v=STSv1; id=7", strings.Replace(goodPolicy, "2592000", "604800", 1)), "example.com"},
		{"sts-record.updated-before-policy", changed("v=STSv1; id=7", goodPolicy), changed(goodRecord, goodPolicy), "example.com"},
	}
	for kind, text := range map[syntax.Kind]string{
		syntax.VersionNotFirst:      "id=1; v=STSv1",
		syntax.VersionCase:          "v=stsv1; id=1",
		syntax.VersionUnknown:       "v=STSv2; id=1",
		syntax.VersionLeadingJunk:   " v=STSv1; id=1",
		syntax.LiteralQuotes:        `"v=STSv1; id=1"`,
		syntax.EscapedSemicolon:     `v=STSv1\; id=1`,
		syntax.SpaceBeforeSemicolon: "v=STSv1 ; id=1",
		syntax.WrongSeparator:       "v=STSv1, id=1",
		syntax.ExtensionInvalid:     "v=STSv1; id=1; x=",
		syntax.TrailingGarbage:      "v=STSv1; id=1;;",
		syntax.NonASCII:             "v=STSv1; id=“1”",
		syntax.LineBreak:            "v=STSv1;\n id=1",
		mtasts.IDMissing:            "v=STSv1;",
		mtasts.IDEmpty:              "v=STSv1; id=",
		mtasts.IDInvalidChars:       "v=STSv1; id=2026-06-01",
		mtasts.IDTooLong:            "v=STSv1; id=" + strings.Repeat("1", 33),
		mtasts.IDPlaceholder:        "v=STSv1; id=yyyymmdd",
		mtasts.IDDuplicate:          "v=STSv1; id=1; id=2",
		mtasts.PolicyInTXT:          "v=STSv1; id=1; mode=enforce",
	} {
		cases = append(cases, policyCase{Code("sts-record." + kind), stsRecords(text), good, "example.com"})
	}
	runPolicyCases(t, cases)
	fires(t, stsRecordEntries, cases, "sts-record.ttl-too-long")
}

// changed is a check after one that found goodRecord and goodPolicy.
func changed(record, body string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := stsBase(t).txt(stsName, record).policy(body)
		return s.after(stsBase(t).txt(stsName, goodRecord).policy(goodPolicy))
	}
}

// after gives the scenario an earlier check, a day before.
func (s *scenario) after(before *scenario) *scenario {
	past := before.factsNow()
	past.At = scenarioNow.AddDate(0, 0, -1)
	s.facts.Previous = &past
	return s
}

// fires holds that every entry of a table has a case, but those named, which
// are tested by themselves.
func fires(t *testing.T, entries []Entry, cases []policyCase, but ...Code) {
	t.Helper()
	for _, e := range entries {
		if !slices.Contains(but, e.Code) && !slices.ContainsFunc(cases, func(c policyCase) bool { return c.code == e.Code }) {
			t.Errorf("%s has no case", e.Code)
		}
	}
}

// TestTTLTooLong sets the TTL by hand: scenarios have one TTL for all.
func TestTTLTooLong(t *testing.T) {
	for ttl, want := range map[uint32]bool{86400: false, 86401: true} {
		facts := stsRecords(goodRecord)(t).factsNow()
		j := &judge{evidence: newEvidence(facts), now: scenarioNow}
		j.report.Domain = facts.Domain
		k := scenarioKey(stsName, doh.TypeTXT)
		a := j.lookups[k]
		a.records[0].TTL = ttl
		j.lookups[k] = a
		j.readDNS()
		j.readRecord()
		j.judgeRecord()
		if j.has("sts-record.ttl-too-long") != want {
			t.Errorf("TTL %d: not %v", ttl, want)
		}
	}
}

// TestRecordOneFinding holds that one mistake makes one finding of the group.
func TestRecordOneFinding(t *testing.T) {
	for text, want := range map[string][]Code{
		"v=STSv1; id=2026-06-01":         {"sts-record.id-invalid-chars"},
		"id=1; v=STSv1":                  {"sts-record.version-not-first"},
		"v=spf1 -all":                    {"sts-record.absent-policy-served", "sts-record.foreign-txt"},
		"v=TLSRPTv1; rua=mailto:a@b.com": {"sts-record.id-missing", "sts-record.version-unknown"},
		goodRecord:                       {"sts-record.ok"},
		"v=STSv1; mx: a.com; id=1":       {"sts-record.policy-in-txt"},
	} {
		if got := group("sts-record", stsRecords(text)(t).codes()); !slices.Equal(got, want) {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func group(name string, codes []Code) []Code {
	return slices.DeleteFunc(codes, func(c Code) bool { return c.Group() != name })
}

// published gives what a code's finding proposes.
func published(t *testing.T, s *scenario, code Code) []Publication {
	t.Helper()
	for _, f := range s.report().Findings {
		if f.Code == code {
			return f.Publish
		}
	}
	t.Fatalf("%s does not fire: %v", code, s.codes())
	return nil
}

// TestMendedRecord holds that a record proposed is one that senders take, and
// that its id follows the policy.
func TestMendedRecord(t *testing.T) {
	ids := map[string]bool{}
	for _, body := range []string{goodPolicy, strings.Replace(goodPolicy, "enforce", "testing", 1)} {
		s := stsBase(t).txt(stsName, "v=STSv1; id=2026-06-01").policy(body)
		p := published(t, s, "sts-record.id-invalid-chars")
		if len(p) != 1 || p[0].Type != "TXT" || p[0].Name != stsName {
			t.Fatalf("%+v", p)
		}
		record, diagnostics := mtasts.ParseRecord(p[0].Value)
		if len(diagnostics) > 0 {
			t.Errorf("%s: %v", p[0].Value, diagnostics)
		}
		ids[record.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("two policies, ids %v", ids)
	}
	s := noPolicy(stsBase(t).txt(stsName, "v=STSv1; id=2026-06-01"))
	if p := published(t, s, "sts-record.id-invalid-chars"); p[0].Value != "v=STSv1; id=20260601;" {
		t.Errorf("without a policy: %s", p[0].Value)
	}
}

// TestWhatStandsInstead holds that what is in the record's place is told instead
// of its absence, and makes plain that one was meant.
func TestWhatStandsInstead(t *testing.T) {
	for name, c := range map[string]struct {
		s    *scenario
		want []Code
	}{
		"proxied":                {proxied("203.0.113.7")(t), []Code{"sts-record.cname-proxied"}},
		"proxied, with a policy": {proxied("203.0.113.7")(t).policy(goodPolicy), []Code{"sts-record.cname-proxied"}},
		"above":                  {under("v=STSv1; id=1")(t), []Code{"sts-record.subdomain-uncovered"}},
		"nothing":                {noPolicy(absentHere(t)), []Code{"sts-record.absent"}},
		"wildcard":               {noPolicy(stsBase(t).txt(stsName, "a").txt(wildcardName, "a")), []Code{"sts-record.absent", "sts-record.wildcard-only"}},
	} {
		if got := group("sts-record", c.s.codes()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestParents holds how far up is looked (RFC 8461 §3.4).
func TestParents(t *testing.T) {
	for name, want := range map[string]string{
		"example.com": "", "com": "", "co.uk": "", "a.example.co.uk": "example.co.uk", "a.b.example.com": "b.example.com example.com",
		"a.b.c.d.e.f.example.com": "b.c.d.e.f.example.com c.d.e.f.example.com d.e.f.example.com e.f.example.com",
	} {
		var got []string
		for _, n := range parents(dnsname.MustParse(name)) {
			got = append(got, n.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
