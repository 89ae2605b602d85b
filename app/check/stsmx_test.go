package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// matched is a domain with mail hosts, in order of preference, and a policy
// with the patterns.
func matched(hosts, patterns string) func(testing.TB) *scenario {
	return matchedIn("enforce", hosts, patterns)
}

func matchedIn(mode, hosts, patterns string) func(testing.TB) *scenario {
	return func(t testing.TB) *scenario {
		s := newScenario(t, "example.com").txt(stsName, goodRecord).txt(rptName, "v=TLSRPTv1; rua=mailto:a@example.com")
		for i, h := range strings.Fields(hosts) {
			s.mx(10*(i+1), h).address(h, "192.0.2.1")
		}
		body := "version: STSv1\r\nmode: " + mode + "\r\nmax_age: 2592000\r\n"
		for _, p := range strings.Fields(patterns) {
			body += "mx: " + p + "\r\n"
		}
		return s.address("mta-sts.example.com", "192.0.2.80").policy(body)
	}
}

func TestMXRules(t *testing.T) {
	t.Parallel()
	const d = "example.com"
	good := matched("mx1.example.com mx2.example.com", "mx1.example.com mx2.example.com")
	implicit := func(pattern string) func(testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			return matched("", pattern)(t).none(d, doh.TypeMX).address(d, "192.0.2.1")
		}
	}
	cases := []policyCase{
		{"sts-mx.all-matched", good, matched("mx1.example.com mx2.example.com", "mx1.example.com"), d},
		{"sts-mx.none-match", matched("mx.elsewhere.net", "mail.unrelated.org"), matchedIn("none", "mx.elsewhere.net", "mail.unrelated.org"), d},
		{"sts-mx.primary-unmatched", matched("mx1.example.com mx2.example.com", "mx2.example.com"),
			matched("mx1.example.com mx2.example.com", "mx1.example.com"), d},
		{"sts-mx.some-unmatched", matched("mx1.example.com mx2.example.com", "mx1.example.com"), good, d},
		{"sts-mx.wildcard-too-shallow", matched("example-com.h-v1.mx.microsoft", "*.mx.microsoft"),
			matched("example-com.h-v1.mx.microsoft", "*.h-v1.mx.microsoft"), d},
		{"sts-mx.wildcard-vs-apex", matched("example.com", "*.example.com"), matched("mx.example.com", "*.example.com"), d},
		{"sts-mx.missing-wildcard-prefix", matched("example-com.mail.protection.outlook.com", "mail.protection.outlook.com"),
			matched("example-com.mail.protection.outlook.com", "*.mail.protection.outlook.com"), d},
		{"sts-mx.typo", matched("mail.example.com", "mail.exmaple.com"), matched("mx1.example.com", "mx2.example.com"), d},
		{"sts-mx.tld-mismatch", matched("mx.provider.net", "mx.provider.org"), matched("mx.provider.net", "mx.another.org"), d},
		{"sts-mx.label-mismatch", matched("mx1.example.com", "mx2.example.com"), matched("mx1.provider.net", "mx2.another.net"), d},
		{"sts-mx.policy-host-listed", matched("mx.example.com", "mta-sts.example.com"), matched("mx.example.com", "mta-sts.example.net"), d},
		{"sts-mx.domain-listed", matched("mx.provider.net", "mail.example.com"), matched("mx.provider.net", "mail.another.com"), d},
		{"sts-mx.stale-provider", matched("mx.provider.net", "mail.protonmail.ch mailsec.protonmail.ch"),
			matched("in1-smtp.messagingengine.com", "*.messagingengine.com"), d},
		{"sts-mx.migration-window", matched("smtp.google.com mail.protonmail.ch", "smtp.google.com"),
			matched("smtp.google.com mail.protonmail.ch", "smtp.google.com mail.protonmail.ch"), d},
		{"sts-mx.provider-set-incomplete", matched("aspmx.l.google.com alt1.aspmx.l.google.com alt2.aspmx.l.google.com", "aspmx.l.google.com"),
			matched("aspmx.l.google.com alt1.aspmx.l.google.com alt2.aspmx.l.google.com", "aspmx.l.google.com *.aspmx.l.google.com"), d},
		{"sts-mx.cname-target-listed", func(t testing.TB) *scenario {
			s := matched("mx.example.com", "real.provider.net")(t)
			s.records[scenarioKey("mx.example.com", doh.TypeA)] = []string{"CNAME real.provider.net.", "192.0.2.1"}
			return s
		}, matched("mx.example.com", "real.provider.net"), d},
		{"sts-mx.implicit-mx-unlisted", implicit("mail.example.com"), implicit("example.com"), d},
		{"sts-mx.extra-pattern", matched("mx1.example.com", "mx1.example.com old.example.com"), good, d},
		{"sts-mx.broad-wildcard", matched("example-com.mail.protection.outlook.com", "*.mail.protection.outlook.com"),
			matched("mx1.example.com", "*.example.com"), d},
		{"sts-mx.split-operators", func(t testing.TB) *scenario {
			return hostedAt(matched("mx.provider.net", "mx.provider.net")(t), "sts.other.org")
		}, func(t testing.TB) *scenario {
			return hostedAt(matched("mx.provider.net", "mx.provider.net")(t), "sts.provider.net")
		}, d},
	}
	runPolicyCases(t, cases)
	fires(t, stsMXEntries, cases)
}

// TestOneMXExplanation holds the order of explanations: only the surest is told.
func TestOneMXExplanation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hosts, patterns string
		want            Code
	}{
		{"mx.example.com", "mta-sts.example.com *.mx.example.com", "sts-mx.policy-host-listed"},
		{"a.b.example.com", "*.example.com mail.protonmail.ch", "sts-mx.wildcard-too-shallow"},
		{"aspmx.l.google.com", "*.google.com", "sts-mx.wildcard-too-shallow"},
		{"mx.provider.net", "mail.example.com mail.protonmail.ch", "sts-mx.stale-provider"},
		{"mail.example.com", "mial.example.com", "sts-mx.typo"},
		{"mail.example.com", "example.com", "sts-mx.label-mismatch"},
		{"mx.provider.net", "example.com", "sts-mx.domain-listed"},
		{"smtp.google.com", "example-com.mail.protection.outlook.com", "sts-mx.stale-provider"},
		{"mx.provider.co.uk", "mx.provider.de", "sts-mx.tld-mismatch"},
	} {
		got := group("sts-mx", matched(c.hosts, c.patterns)(t).codes())
		if !slices.Equal(got, []Code{c.want}) {
			t.Errorf("%s against %s: %v, want %s", c.patterns, c.hosts, got, c.want)
		}
	}
}

// TestOrderOfMXExplanations sets each explanation beside the next one in the order
// of certainty, with a host and a pattern for each: the first alone is told.
func TestOrderOfMXExplanations(t *testing.T) {
	t.Parallel()
	alias := func(s *scenario) *scenario {
		s.records[scenarioKey("mx.example.com", doh.TypeA)] = []string{"CNAME real.provider.net.", "192.0.2.1"}
		return s
	}
	implicit := func(s *scenario) *scenario {
		return s.none("example.com", doh.TypeMX).address("example.com", "192.0.2.1")
	}
	same := func(s *scenario) *scenario { return s }
	for _, c := range []struct {
		hosts, patterns string
		change          func(s *scenario) *scenario
		want            Code
	}{
		{"", "*.example.com mta-sts.example.com", implicit, "sts-mx.policy-host-listed"},
		{"", "*.example.com", implicit, "sts-mx.implicit-mx-unlisted"},
		{"mx.example.com a.b.example.org", "real.provider.net *.example.org", alias, "sts-mx.wildcard-too-shallow"},
		{"mx.example.com a.example.org", "real.provider.net *.a.example.org", alias, "sts-mx.wildcard-vs-apex"},
		{"mx.example.com a.b.example.org", "real.provider.net b.example.org", alias, "sts-mx.missing-wildcard-prefix"},
		{"mx.example.com", "mail.protonmail.ch real.provider.net", alias, "sts-mx.cname-target-listed"},
		{"mail.example.com", "mial.example.com mail.protonmail.ch", same, "sts-mx.stale-provider"},
		{"mail.example.com mx.provider.net", "mx.provider.org mial.example.com", same, "sts-mx.typo"},
		{"mx1.example.com mx.provider.net", "mx2.example.com mx.provider.org", same, "sts-mx.tld-mismatch"},
		{"mx1.provider.net", "mail.example.com mx2.provider.net", same, "sts-mx.label-mismatch"},
		{"mx.provider.net", "mail.example.com mail.unrelated.org", same, "sts-mx.domain-listed"},
		{"mx.provider.net", "mail.unrelated.org", same, "sts-mx.none-match"},
	} {
		s := matched(c.hosts, c.patterns)(t)
		if got := group("sts-mx", c.change(s).codes()); !slices.Equal(got, []Code{c.want}) {
			t.Errorf("%s against %s: %v, want %s", c.patterns, c.hosts, got, c.want)
		}
	}
}

// TestPreviousHostsExplain holds that an earlier check tells a policy of before.
func TestPreviousHostsExplain(t *testing.T) {
	s := matched("mx.new.example", "mx.before.example")(t)
	if got := group("sts-mx", s.codes()); !slices.Equal(got, []Code{"sts-mx.none-match"}) {
		t.Errorf("without: %v", got)
	}
	s.after(matched("mx.before.example", "mx.before.example")(t))
	if got := group("sts-mx", s.codes()); !slices.Equal(got, []Code{"sts-mx.stale-provider"}) {
		t.Errorf("with: %v", got)
	}
}

// TestMismatchLevel holds that a mismatch is as bad as the mode makes it.
func TestMismatchLevel(t *testing.T) {
	for mode, want := range map[string]Level{"enforce": Error, "testing": Warning} {
		for _, f := range matchedIn(mode, "mx.elsewhere.net", "mail.unrelated.org")(t).report().Findings {
			if f.Code == "sts-mx.none-match" && f.Level != want {
				t.Errorf("%s: level %d", mode, f.Level)
			}
		}
	}
}

// TestMismatchIsMended holds that policy and record are proposed together, the
// policy first (RFC 8461 §8.1).
func TestMismatchIsMended(t *testing.T) {
	p := published(t, matched("mx1.example.com mx2.example.com", "mta-sts.example.com")(t), "sts-mx.policy-host-listed")
	if len(p) != 2 || p[0].Type != "file" || p[1].Type != "TXT" || p[1].Name != stsName {
		t.Fatalf("%+v", p)
	}
	if want := "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 2592000\r\n"; p[0].Value != want {
		t.Errorf("%q", p[0].Value)
	}
}

func TestRegistrable(t *testing.T) {
	for name, want := range map[string]string{
		"mx.example.com": "example.com", "example.com": "example.com", "a.b.example.co.uk": "example.co.uk",
		"co.uk": "", "com": "", "mx.example.test": "example.test",
	} {
		if got := registrable(dnsname.MustParse(name)); got.String() != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
