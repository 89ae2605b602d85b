package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// explainedText writes a file and explains it.
func explainedText(t *testing.T, text string, flags ...string) ran {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, append([]string{"explain", file}, flags...)...)
}

// TestExplain holds exit codes and what is printed to what the text says.
func TestExplain(t *testing.T) {
	for _, c := range []struct {
		text  string
		flags []string
		code  int
		holds []string
	}{
		{"5.7.323 to=<x@b.example>", nil, exitFindings, []string{"exchange.dane-mismatch", "Exchange Online", "b.example"}},
		{"STSFetchResult.VALID", nil, exitClean, []string{"mta-sts-resolver.sts-ok"}},
		{"451 4.7.5 x", nil, exitFindings, []string{"smtp.code-475", "Postfix", "Exchange"}},
		{"5.7.323 to=<x@b.example>", []string{"-letter"}, exitFindings, []string{"To: postmaster@b.example", "Subject: "}},
		{"5.7.323 to=<x@b.example>", []string{"-letter", "-domain", "C.example"}, exitFindings, []string{"To: postmaster@c.example"}},
		{"5.7.323 \x1b[2J to=<x@b.example>\x00", nil, exitFindings, []string{"b.example"}},
	} {
		r := explainedText(t, c.text, c.flags...)
		if r.code != c.code || r.err != "" || strings.ContainsAny(r.out, "\x1b\x00`{") {
			t.Errorf("%q %v: exit %d, %q, %q", c.text, c.flags, r.code, r.err, r.out)
		}
		for _, part := range c.holds {
			if !strings.Contains(r.out, part) {
				t.Errorf("%q %v: no %q in %q", c.text, c.flags, part, r.out)
			}
		}
	}
}

// TestExplainUnknown says so, on the other output.
func TestExplainUnknown(t *testing.T) {
	r := explainedText(t, "the server certificate was not really verified")
	if r.code != exitUnable || r.out != "" || !strings.Contains(r.err, "postfix.cert-not-verified") {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{{"explain", "no-such-file"}, {"explain", "a", "b"}, {"explain", "-domain", "@"}, {"explain"}} {
		refused(t, run(t, args...))
	}
}

// TestExplainChecks shows which causes hold for a domain of the lab, and which don't.
func TestExplainChecks(t *testing.T) {
	r := explainedText(t, "550 5.7.323 tlsa-invalid", "-check", "-domain", "dane-mismatch.test", "-json", "-letter")
	var doc struct {
		Matches []struct {
			Form, Domain string
			Causes       []struct {
				ID, State string
				Findings  []struct{ Code string }
			}
			Letter struct{ To, Body string }
		}
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil || r.code != exitFindings || len(doc.Matches) != 1 {
		t.Fatalf("%v: %+v", err, r)
	}
	m := doc.Matches[0]
	var states []string
	for _, c := range m.Causes {
		states = append(states, c.ID+" "+c.State)
	}
	want := []string{"tlsa-mismatch holds", "tlsa-unusable struck", "cert-future struck", "path open"}
	if !slices.Equal(states, want) || m.Domain != "dane-mismatch.test" || m.Letter.To != "postmaster@dane-mismatch.test" || m.Letter.Body == "" {
		t.Errorf("%v: %+v", states, m)
	}
	if r := explainedText(t, "550 5.7.323 tlsa-invalid", "-check"); r.code != exitFindings || r.err == "" {
		t.Errorf("no domain to check: %+v", r)
	}
}
