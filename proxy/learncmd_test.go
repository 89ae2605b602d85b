package main

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
)

func TestLearnPrintsACode(t *testing.T) {
	r := run(t, "learn", "dane.mismatch-all")
	if r.code != exitClean || r.err != "" {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	for _, want := range []string{
		"dane.mismatch-all: No TLSA record matches\n", "then returns", "whoever runs the mail server", "RFC 7672 §3.2", "tlsa-invalid", "5.7.323",
		"  $ posttls-finger -c -l dane -L summary example.com\n", "Look for:",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in:\n%s", want, r.out)
		}
	}
	if strings.ContainsAny(r.out, "`{") {
		t.Errorf("marks of the words are left:\n%s", r.out)
	}
}

func TestLearnListsTheCodes(t *testing.T) {
	r := run(t, "learn")
	if n := strings.Count(r.out, "\n"); r.code != exitClean || n != len(check.Catalogue()) {
		t.Errorf("exit %d, %d lines", r.code, n)
	}
}

func TestLearnKnowsNoSuchCode(t *testing.T) {
	r := run(t, "learn", "dns.nul-mx\x1b[31m")
	if r.code != exitUnable || r.out != "" || !strings.Contains(r.err, "dns.null-mx\n") || strings.Contains(r.err, "\x1b") {
		t.Errorf("exit %d: %q %q", r.code, r.out, r.err)
	}
	refused(t, run(t, "learn", "dns.ok", "dns.null-mx"))
	refused(t, run(t, "learn", "-json"))
}
