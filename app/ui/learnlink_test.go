package ui

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
)

// The code of every finding in a report leads to its page, with its names.
func TestFindingsLeadToTheirPages(t *testing.T) {
	page := shown(nil)
	for _, f := range fixture().Findings {
		if !strings.Contains(page, `href="/learn/`+string(f.Code)+`?domain=example.com&host=`) {
			t.Errorf("no link to the page of %s", f.Code)
		}
	}
	if !strings.Contains(page, `href="/learn/starttls.ok?domain=example.com&host=mx2.example.com"`) {
		t.Error("a finding about a host leads to another's commands")
	}
}

func TestLevelsOfAnEntry(t *testing.T) {
	for code, want := range map[check.Code]string{"dns.null-mx": "notice", "starttls.not-offered": "error warning", "cert.self-signed": "error warning notice"} {
		e, _ := code.Lookup()
		var got []string
		for _, l := range e.Levels() {
			got = append(got, level(l))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", code, got, want)
		}
	}
	for _, e := range check.Catalogue() {
		if len(e.Levels()) == 0 {
			t.Errorf("%s has no level", e.Code)
		}
	}
}

// What is no name doesn't come into a link.
func TestLearnLinkTakesNamesOnly(t *testing.T) {
	for _, hostile := range []string{"", "a b", "a&b", "a?b", "a#b", "a\"b", "<b>", "$(id)", "a%20b", "ä.example", "a/b", strings.Repeat("x", 254)} {
		if got := learnLink("dns.null-mx", "domain", hostile, "host", "mx.example"); got != "/learn/dns.null-mx?host=mx.example" {
			t.Errorf("%q: %s", hostile, got)
		}
	}
	if got, want := learnLink("dns.null-mx", "ip", "2001:db8::1", "name", "_25._tcp.mx-1.example"), "/learn/dns.null-mx?ip=2001:db8::1&name=_25._tcp.mx-1.example"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
