package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
)

// TestProviderRows holds each row to itself: every MX name belongs to it, its
// own lines cover each (RFC 8461 §4.1), every line is good grammar and covers
// one, and it says who states it.
func TestProviderRows(t *testing.T) {
	for i := range providers {
		p := &providers[i]
		status, title, _ := strings.Cut(p.source, " ")
		if !slices.Contains([]string{"P", "O", "S"}, status) || title == "" {
			t.Errorf("%s %s: source %q", p.name, p.zones, p.source)
		}
		var patterns []mtasts.Pattern
		hosts := strings.Fields(p.mx)
		for _, line := range strings.Fields(p.lines) {
			covers := 0
			for _, host := range hosts {
				pattern := p.pattern(line, dnsname.MustParse(host))
				if _, odd := mtasts.ParsePattern(pattern.String()); odd != "" {
					t.Errorf("%s: %s is %s", p.name, line, odd)
				}
				if pattern.Matches(dnsname.MustParse(host)) {
					covers++
				}
				patterns = append(patterns, pattern)
			}
			if covers == 0 && len(hosts) > 0 {
				t.Errorf("%s: %s covers none of %s", p.name, line, p.mx)
			}
		}
		for _, host := range hosts {
			name := dnsname.MustParse(host)
			if got := providerOf(name); got != p {
				t.Errorf("%s is not of its row, %s %s", host, p.name, p.zones)
			}
			if !slices.ContainsFunc(patterns, func(one mtasts.Pattern) bool { return one.Matches(name) }) {
				t.Errorf("%s: no line covers %s", p.name, host)
			}
			if line := PolicyLine(name); !line.Matches(name) || line.Wildcard && shared(line.Name) {
				t.Errorf("%s: proposes %s", host, line)
			}
		}
		if p.lines == "" || len(hosts) == 0 && p.name != "Migadu" { // whose MX names no source gives
			t.Errorf("%s %s: no lines or no MX names", p.name, p.zones)
		}
	}
	if len(providers) < 25 {
		t.Errorf("only %d rows", len(providers))
	}
}

// TestProviderLines holds what belongs into a policy for hosts of known
// providers, and what people write that doesn't cover them.
func TestProviderLines(t *testing.T) {
	for _, c := range []struct{ host, line, wrong string }{
		{"contoso-com.h-v1.mx.microsoft", "contoso-com.h-v1.mx.microsoft", "*.mx.microsoft mx.microsoft.com h-v1.mx.microsoft"},
		{"contoso-com.mail.protection.outlook.com", "contoso-com.mail.protection.outlook.com", "mail.protection.outlook.com *.outlook.com"},
		{"aspmx.l.google.com", "aspmx.l.google.com", "*.google.com *.googlemail.com *.gmail.com *.aspmx.l.google.com"},
		{"alt4.aspmx.l.google.com", "*.aspmx.l.google.com", "*.l.google.com *.google.com aspmx.l.google.com"},
		{"smtp.google.com", "smtp.google.com", "*.aspmx.l.google.com"},
		{"alt.aspmx.daum.net", "alt.aspmx.daum.net", "*.daum.net"},
		{"mx2.pub.mailpod1-cph3.one.com", "*.pub.mailpod1-cph3.one.com", "*.one.com *.pub.one.com"},
		{"route2.mx.cloudflare.net", "*.mx.cloudflare.net", "*.cloudflare.net"},
		{"mail.example.com", "mail.example.com", "*.mail.example.com"},
	} {
		host := dnsname.MustParse(c.host)
		if got := PolicyLine(host); got.String() != c.line {
			t.Errorf("%s: %s, want %s", c.host, got, c.line)
		}
		for wrong := range strings.FieldsSeq(c.wrong) {
			if p, _ := mtasts.ParsePattern(wrong); p.Name.IsZero() || p.Matches(host) {
				t.Errorf("%s covers %s", wrong, c.host)
			}
		}
	}
}

// TestPolicyHostRows holds each alias to its own row and to a source.
func TestPolicyHostRows(t *testing.T) {
	left := map[afterLeaving]int{}
	for i := range policyHosts {
		p := &policyHosts[i]
		left[p.left]++
		for _, alias := range []string{p.alias, p.policy, p.reports} {
			if alias != "" && policyProvider(dnsname.MustParse(alias)) != p {
				t.Errorf("%s is another row's", alias)
			}
		}
		if p.alias == "" || p.name == "" || p.source == "" {
			t.Errorf("%+v", p)
		}
	}
	if left[servesEmpty] != 1 || left[servesNone] != 3 || left[servesStale] != 3 { // A25 table 2
		t.Errorf("after leaving: %v", left)
	}
	if policyProvider(dnsname.MustParse("mta-sts.example.com")) != nil {
		t.Error("a company for a name of nobody's")
	}
}

// TestHostedAliases writes a customer's domain as each company has it.
func TestHostedAliases(t *testing.T) {
	for company, want := range map[string]string{
		"Tutanota":     "mta-sts.tutanota.de mta-sts.tutanota.de .",
		"EasyDMARC":    "mail_example_org__mta_sts.easydmarc.pro mail_example_org_mta_sts.easydmarc.pro mail_example_org__smtp_tls.easydmarc.pro",
		"PowerDMARC":   "mail-example-org._mta.mta-sts.tech . .",
		"Mailhardener": "mail.example.org._mta-sts.mailhardener.com . .",
		"nobody":       ". . .",
	} {
		record, policy, reports := HostedAliases(company, dnsname.MustParse("mail.example.org"))
		got := ""
		for _, n := range []dnsname.Name{record, policy, reports} {
			if got += " "; n.IsZero() {
				got += "."
			}
			got += n.String()
		}
		if got[1:] != want {
			t.Errorf("%s: %s, want %s", company, got[1:], want)
		}
	}
	if all := PolicyHosts(); len(all) != len(policyHosts) || all[0] == "" {
		t.Error(all)
	}
}

// TestLeftEmpty holds that an empty file at a company that serves it to those
// who left is that company's, and at another host an empty file.
func TestLeftEmpty(t *testing.T) {
	for target, want := range map[string]Code{
		"a-com.mta-sts.dmarcinput.com": "sts-policy-fetch.provider-deprovisioned",
		"a.com._mta-sts.sdmarc.net":    "sts-policy-fetch.body-empty",
		"sts.example.net":              "sts-policy-fetch.body-empty",
	} {
		s := hostedAt(stsPolicy("")(t), target)
		if got := s.codes(); !slices.Contains(got, want) {
			t.Errorf("%s: %v, want %s", target, got, want)
		}
	}
}

// TestProviderIsNamed holds that what a known provider's host has wrong is the
// provider's to mend, by name, and what the owner publishes is not.
func TestProviderIsNamed(t *testing.T) {
	named := func(s *scenario, code Code) string {
		for _, f := range s.report().Findings {
			if f.Code == code {
				return f.Provider
			}
		}
		t.Fatalf("%s does not fire: %v", code, s.codes())
		return ""
	}
	proton := func() *scenario { return oneHost(t, "mail.protonmail.ch").tlsa("mail.protonmail.ch") }
	if got := named(proton(), "tlsa.absent"); got != "Proton" {
		t.Errorf("tlsa.absent: %q", got)
	}
	if got := named(proton().servfail("_25._tcp.mail.protonmail.ch", tlsaType), "tlsa.lookup-servfail"); got != "Proton" {
		t.Errorf("tlsa.lookup-servfail: %q", got)
	}
	for _, code := range []Code{"dns.mx-duplicate", "dns.ok"} {
		if got := named(proton().mx(20, "mail.protonmail.ch"), code); got != "" {
			t.Errorf("%s: %q", code, got)
		}
	}
	v6only := newScenario(t, "example.com").mx(10, "mail.protonmail.ch").address("mail.protonmail.ch", "2001:db8::1")
	if got := named(v6only, "dns.mx-ipv6-only"); got != "Proton" { // about the domain, and all its hosts are Proton's
		t.Errorf("dns.mx-ipv6-only: %q", got)
	}
	v6only.mx(20, "mx.example.com").address("mx.example.com", "2001:db8::2")
	if got := named(v6only, "dns.mx-ipv6-only"); got != "" {
		t.Errorf("dns.mx-ipv6-only with another host: %q", got)
	}
}

// TestProviderDANE holds that a provider is said to have no DANE only as far as
// the DNS says so, and one where it can be switched on not at all.
func TestProviderDANE(t *testing.T) {
	for host, want := range map[string]Code{
		"mx.zoho.com":                   "dane.provider-unsupported",
		"mail.protonmail.ch":            "",
		"contoso-com.h-v1.mx.microsoft": "dane.provider-available-not-enabled",
		"mx.example.net":                "",
	} {
		provider := func(codes []Code) []Code {
			return slices.DeleteFunc(codes, func(c Code) bool { return !strings.HasPrefix(string(c), "dane.provider-") })
		}
		got := provider(oneHost(t, host).tlsa(host).codes())
		if want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []Code{want}) {
			t.Errorf("%s without TLSA records: %v, want %q", host, got, want)
		}
		got = provider(oneHost(t, host).tlsa(host, nextKey).codes())
		if len(got) > 0 {
			t.Errorf("%s with TLSA records: %v", host, got)
		}
	}
}
