package mtasts

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// policyTests are written with \n for CRLF; \x01 is a lone LF and \r a lone CR.
var policyTests = []struct{ text, want string }{
	{"version: STSv1\nmode: enforce\nmx: *.example.com\nmax_age: 2592000\n", ""},
	{"version:STSv1\nmode:\tenforce \nmx: \t a.example\t\nmax_age: 2592000", "missing-final-newline@"},
	{"version: STSv1\nmode: none\nmax_age: 86400\n", ""},
	{"max_age: 2592000\nmode: testing\nmx: a.example\nversion: STSv1\n", "version-not-first@version"},
	{"version: STSv1\x01mode: none\x01max_age: 86400\x01", "lf-line-endings@\n"},
	{"version: STSv1\x01mode: none\nmax_age: 86400\x01", "mixed-line-endings@\r"},
	{"version: STSv1\rmode: none\rmax_age: 86400\r", "cr-line-endings@\r!"},
	{"\xEF\xBB\xBFversion: STSv1\nmode: none\nmax_age: 86400\n", "bom@\xEF\xBB\xBF!"},
	{"\xFF\xFEv\x00e\x00", "bom@\xFF\xFE!"},
	{"\nversion: STSv1\nmode: none\nmax_age: 86400\n", "leading-whitespace@!"},
	{" version: STSv1\nmode: none\nmax_age: 86400\n", "leading-whitespace@ !"},
	{"version: STSv1\n\nmode: none\nmax_age: 86400\n", "blank-line@!"},
	{"version: STSv1\nmode: none\nmax_age: 86400\n\n", "blank-line@!"},
	{"version: STSv1; mode: none; max_age: 86400\n", "single-line@version: STSv1; mode: none; max_age: 86400!"},
	{`version: STSv1\nmode: none\nmax_age: 86400` + "\n", `single-line@version: STSv1\nmode: none\nmax_age: 86400!`},
	{"version: STSv1\nmode: none;\nmax_age: 86400\n", "trailing-semicolon@;!"},
	{"version: STSv1\nmode=none\nmax_age: 86400\n", "equals-sign@=!"},
	{"version: STSv1\nmode : none\nmax_age: 86400\n", "space-before-colon@ !"},
	{"# mine\nversion: STSv1\nmode: none\nmax_age: 86400\n", "comment-line@# mine!"},
	{`{"version": "STSv1"}`, `json-body@{"version": "STSv1"}!`},
	{"<html>\n<p>", "json-body@<html>!"},
	{"```\nversion: STSv1\n", "json-body@```!"},
	{"", "unparsable@!"},
	{"hello\nworld\n", "unparsable@hello!"},
	{"---\nlayout: none\n---\nversion: STSv1\nmode: none\nmax_age: 86400\n", "front-matter@---\r\nlayout: none\r\n---!"},
	{"version: STSv1\n모드: 테스트\nmx: a.example\nmax_age: 2592000\n", "translated@모드! | translated@테스트!"},
	{"버전: STSv1\n모드: 테스트\nmx: a.example\nmax_age: 2592000\n", "translated@버전! | translated@모드! | translated@테스트!"},
	{"version: STSv1\nläge: testning\nmx: a.example\nmax_age: 2592000\n", "translated@läge! | translated@testning!"},
	{"version: STSv1\nmode:\u00a0none\nmax_age: 86400\n", "non-ascii@\u00a0!"},
	{"version: STSv1\n\u00a0mode: none\nmax_age: 86400\n", "non-ascii@\u00a0!"},
	{"version: STSv1\nmode：none\nmax_age: 86400\n", "non-ascii@：!"},
	{"version: STSv1\nmode: 테스트\nmx: a.example\nmax_age: 2592000\n", "translated@테스트!"},
	{"mode: none\nmax_age: 86400\n", "version-missing@!"},
	{"version: stsv1\nmode: none\nmax_age: 86400\n", "version-wrong@stsv1!"},
	{"v=STSv1\nmode: none\nmax_age: 86400\n", "version-wrong@v=STSv1!"},
	{"version: STSv1\nmax_age: 86400\nmx: a.example\n", "mode-missing@!"},
	{"version: STSv1\nmode: test\nmx: a.example\nmax_age: 86400\n", "mode-invalid@test!"},
	{"version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 2592000\n", "mode-case@Enforce!"},
	{"version: STSv1\nmode: none\n", "max-age-missing@!"},
	{"version: STSv1\nmode: none\nmax_age: 7d\n", "max-age-invalid@7d!"},
	{"version: STSv1\nmode: none\nmax_age: -1\n", "max-age-invalid@-1!"},
	{"version: STSv1\nmode: none\nmax_age: 00000000001\n", "max-age-invalid@00000000001!"},
	{"version: STSv1\nmode: none\nmax_age: 31557600\n", ""},
	{"version: STSv1\nmode: none\nmax_age: 31557601\n", "max-age-too-large@31557601!"},
	{"version: STSv1\nmode: none\nmax_age: 0\n", "max-age-zero@0"},
	{"version: STSv1\nmode: none\nmax_age: 3600\n", "max-age-below-day@3600"},
	{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 604800\n", "max-age-short@604800"},
	{"version: STSv1\nmode: testing\nmx: a.example\nmax_age: 604800\n", ""},
	{"version: STSv1\nmode: enforce\nmax_age: 2592000\n", "mx-missing@!"},
	{"version: STSv1\nmode: enforce\nnmx: a.example\nmax_age: 2592000\n", "key-typo@nmx!"},
	{"version: STSv1\nmode: enforce\nmx: b.example\nnmx: a.example\nmax_age: 2592000\n", "key-typo@nmx"},
	{"version: STSv1\nmodes: none\nmax_age: 2592000\n", "key-typo@modes!"},
	{"version: STSv1\nmode: none\nmax-age: 2592000\n", "key-typo@max-age!"},
	{"version: STSv1\nmode: none\nMax_Age: 2592000\n", "key-case@Max_Age!"},
	{"version: STSv1\nMode: enforce\nmode: none\nmax_age: 2592000\n", "key-case@Mode"},
	{"version: STSv1\nmode: none\nmode: enforce\nmax_age: 2592000\n", "duplicate-key@mode"},
	{"version: STSv1\nmode: none\nmax_age: 2592000\nmore: a b\n", "unknown-extension-field@more"},
	{"version: STSv1\nmode none\nmax_age: 2592000\n", "unparsable@mode none!"},
	{"version: STSv1\nmode: none\nmax_age: 2592000\n_bad: a\n", "unparsable@_bad: a!"},
	{"version: STSv1\nmode: testing\nmx:\n  - a.example\n  - b.example\nmax_age: 604800\n", "mx-yaml-list@- a.example!"},
	{"version: STSv1\nmode: testing\nmx: a.example, b.example\nmax_age: 604800\n", "mx-list-on-one-line@a.example, b.example!"},
	{"version: STSv1\nmode: testing\nmx:\nmax_age: 604800\n", "mx-empty@!"},
	{"version: STSv1\nmode: testing\nmx: a.example.\nmax_age: 604800\n", "mx-trailing-dot@a.example.!"},
	{"version: STSv1\nmode: testing\nmx: 192.0.2.1\nmax_age: 604800\n", "mx-ip-address@192.0.2.1"},
	{"version: STSv1\nmodo: enforce\nmx: a.example\nmax_age: 2592000\n", "translated@modo!"},
	{"version: STSv1\nmodo: enforce\nmode: none\nmax_age: 2592000\n", "unknown-extension-field@modo"},
	{"version: STSv1\nmode: testing\nmx: a.example\nmailserver: b.example\nmax_age: 2592000\n", "unknown-extension-field@mailserver"},
	{"version: STSv1\nmode: none\nmax age: 1\nmax_age: 2592000\n", "key-typo@max age!"},
	{"version: STSv1\nmode: ｎｏｎｅ\nmax_age: 2592000\n", "non-ascii@ｎｏｎｅ!"},
	{"version: STSv1\nmode: testing\nmx: a．example\nmax_age: 2592000\n", "non-ascii@．!"},
	{"version: STSv1\nmode: testing\nmx: ä.example\nmax_age: 2592000\n", "mx-u-label@ä.example!"},
	{"version: STSv1\nmode: testing\nmx: a.b.example.b.example\nmax_age: 2592000\n", "mx-doubled-zone@a.b.example.b.example"},
	{"v=STSv1; mode=none; max_age=1;\n", "single-line@v=STSv1; mode=none; max_age=1;!"},
	{"_mta-sts.a.example. TXT \"v=STSv1; id=1\"\n", "txt-record@_mta-sts.a.example. TXT \"v=STSv1; id=1\"!"},
	{"v=STSv1; id=1\nversion: STSv1\nmode: none\nmax_age: 86400\n", "txt-record@v=STSv1; id=1!"},
	{"{\\rtf1\\ansi version: STSv1\n", "rtf-body@{\\rtf1\\ansi version: STSv1!"},
	{"\\f0\\fs24 version: STSv1\\\nmode: none}\n", "rtf-body@\\f0\\fs24 version: STSv1\\!"},
	{"name: mine\n\non:\n  push:\n", "unparsable@on:!"},
}

func wire(text string) string {
	text = strings.NewReplacer("\r", "\r", "\n", "\r\n").Replace(text)
	return strings.ReplaceAll(text, "\x01", "\n")
}

func TestParsePolicy(t *testing.T) {
	for _, test := range policyTests {
		text := wire(test.text)
		_, diagnostics := ParsePolicy([]byte(text))
		if got := told(text, diagnostics); got != test.want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, test.want)
		}
	}
}

func TestPolicyValue(t *testing.T) {
	got, _ := ParsePolicy([]byte("version: STSv1\nmax_age: 1\nmax_age: 2\nx: y z \nmode: enforce\nmx: *.A.example\nmx: b.example\n"))
	want := Policy{ModeEnforce, 1, []Pattern{
		{true, dnsname.MustParse("a.example")}, {false, dnsname.MustParse("b.example")},
	}, []syntax.Field{{Name: "x", Value: "y z"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	const text = "version: STSv1\r\nmode: enforce\r\nmx: *.a.example\r\nmx: b.example\r\nmax_age: 1\r\nx: y z\r\n"
	if got.String() != text {
		t.Errorf("printed %q", got.String())
	}
}

// TestSalvage holds that an invalid policy is read as far as it can be.
func TestSalvage(t *testing.T) {
	for text, want := range map[string]string{
		"version: STSv1\nmode: Enforce\nmx: a.example.\nmx: .b.example\nmx: 10 c.example\nmax_age: 1\n":        "enforce a.example *.b.example c.example",
		"version: STSv1; mode: testing; mx: a.example; max_age: 1":                                             "testing a.example",
		"version: STSv1\nmode: testing\nmx:\n - a.example\n - b.example\nmax_age: 1":                           "testing a.example b.example",
		"version: STSv1\nmodes: none\nnmx: a.example\nmax_age: 1":                                              "none",
		"version: STSv1\nmode: testing;\nmx: https://a.example/x\nmx: b.example:25\nmx: c.example d.example\n": "testing a.example b.example c.example d.example",
	} {
		policy, diagnostics := ParsePolicy([]byte(text))
		got := policy.Mode.String()
		for _, mx := range policy.MX {
			got += " " + mx.String()
		}
		if got != want || syntax.Valid(diagnostics) {
			t.Errorf("%q: got %q, want %q; %v", text, got, want, diagnostics)
		}
	}
}

func TestParsePattern(t *testing.T) {
	for _, test := range []struct{ text, want, kind string }{
		{"a.example", "a.example", ""},
		{"A.Example", "a.example", ""},
		{"*.a.example", "*.a.example", ""},
		{"localhost", "localhost", ""},
		{"", "", "mx-empty"},
		{"*", "", "mx-bare-wildcard"},
		{"*.", "", "mx-bare-wildcard"},
		{"a.*.example", "", "mx-wildcard-inside"},
		{"mx*.example", "", "mx-wildcard-inside"},
		{"*.*.example", "", "mx-wildcard-inside"},
		{"**.example", "", "mx-wildcard-inside"},
		{".example.com", "", "mx-leading-dot"},
		{"a.example.", "", "mx-trailing-dot"},
		{"*.a.example.", "", "mx-trailing-dot"},
		{"a@b.example", "", "mx-email-address"},
		{"https://a.example/", "", "mx-url"},
		{"a.example/x", "", "mx-url"},
		{"10 a.example", "", "mx-priority-included"},
		{"10\ta.example", "", "mx-priority-included"},
		{"a.example:25", "", "mx-port-included"},
		{"a.example b.example", "", "mx-list-on-one-line"},
		{"a.example,b.example", "", "mx-list-on-one-line"},
		{"a@b.example, c.example", "", "mx-list-on-one-line"},
		{"192.0.2.1", "192.0.2.1", "mx-ip-address"},
		{"[192.0.2.1]", "", "mx-ip-address"},
		{"2001:db8::1", "", "mx-ip-address"},
		{"[IPv6:2001:db8::1]", "", "mx-ip-address"},
		{"bücher.example", "", "mx-u-label"},
		{"a_b.example", "", "mx-invalid-hostname"},
		{"a..example", "", "mx-invalid-hostname"},
		{"-a.example", "", "mx-invalid-hostname"},
		{"a b", "", "mx-invalid-hostname"},
		{"*.com", "*.com", "mx-wildcard-public-suffix"},
		{"*.co.uk", "*.co.uk", "mx-wildcard-public-suffix"},
		{"*.example.uk", "*.example.uk", ""},
	} {
		pattern, kind := ParsePattern(test.text)
		if pattern.String() != test.want || string(kind) != test.kind {
			t.Errorf("%q: got %q %q, want %q %q", test.text, pattern, kind, test.want, test.kind)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, host string
		want          bool
	}{
		{"mail.example.com", "mail.example.com", true},
		{"*.example.com", "mail.example.com", true},
		{"*.example.com", "a.b.example.com", false},
		{"*.example.com", "example.com", false},
		{"*.mx.microsoft", "contoso-com.h-v1.mx.microsoft", false},
		{"mail.example.com", "evil-mail.example.com", false},
		{"*.example.com", "evilexample.com", false},
	} {
		pattern, _ := ParsePattern(test.pattern)
		if pattern.Matches(dnsname.MustParse(test.host)) != test.want {
			t.Errorf("%s against %s: not %v", test.pattern, test.host, test.want)
		}
	}
	if (Pattern{}).Matches(dnsname.Name{}) || (Pattern{Wildcard: true, Name: dnsname.Root}).Matches(dnsname.Name{}) {
		t.Error("no name matches")
	}
}

const policySeeds = 130 // at least

func FuzzPolicy(f *testing.F) {
	seeds := 0
	for _, test := range policyTests {
		f.Add([]byte(wire(test.text)))
		seeds++
	}
	for _, test := range policyMends {
		f.Add([]byte(test.text))
		seeds++
	}
	// What fuzzing found: a wildcard of a top-level domain is a pattern too.
	f.Add([]byte("version: STSv1\nmax_age: 60\nmode: enforce\nmx: mail.example.com.example.com\nmx: *.ex"))
	if seeds < policySeeds {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		policy, diagnostics := ParsePolicy(body)
		inside(t, string(body), diagnostics)
		mendsHold(t, string(body), diagnostics)
		if !syntax.Valid(diagnostics) {
			return
		}
		meansTheSame(t, string(body), policy)
		again, diagnostics := ParsePolicy([]byte(policy.String()))
		if !syntax.Valid(diagnostics) || !reflect.DeepEqual(policy, again) {
			t.Errorf("%q: %+v became %+v, %v", body, policy, again, diagnostics)
		}
		if policy.Mode == ModeUnknown || policy.Mode != ModeNone && len(policy.MX) == 0 {
			t.Errorf("%q: accepted as %+v", body, policy)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"mx", "nmx", 1}, {"mode", "moed", 1}, {"kitten", "sitting", 3}, {"", "abc", 3}} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("%q %q: %d", test.a, test.b, got)
		}
	}
}
