package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/syntax"
)

// linted writes a file and lints it; on the standard input for "".
func linted(t *testing.T, text string, flags ...string) ran {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, append([]string{"lint", file}, flags...)...)
	r.out = strings.ReplaceAll(r.out, file, "x")
	r.err = strings.ReplaceAll(r.err, file, "x")
	return r
}

func TestLint(t *testing.T) {
	const (
		wrong = "version: STSv1\nmode: enforced\nmx: \u00fc.example.com\nmx: a.example.com\nmax_age: 604800\n"
		odd   = "version: STSv1\r\nmode: enforce\r\nmx: a.example.com\r\nmax_age: 1\r\n"
		clean = "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n"
		lost  = `_smtp._tls IN TXT "v=TLSRPTv1; rua=nobody"`
	)
	for _, c := range []struct {
		text  string
		flags []string
		code  int
		codes string // of the lines printed, with their places
		out   string // of -mend
	}{
		{clean, nil, 0, "", ""},
		{clean, []string{"-mend"}, 0, "", clean},
		{clean, []string{"-fail-on", "notice"}, 0, "", ""},
		{odd, nil, 0, "x:4:10 sts-policy.max-age-below-day", ""},
		{odd, []string{"-fail-on", "warning"}, 1, "x:4:10 sts-policy.max-age-below-day", ""},
		{wrong, nil, 1, "x:1:15 sts-policy.lf-line-endings|x:2:7 sts-policy.mode-invalid|x:3:5 sts-policy.mx-u-label", ""},
		{wrong, []string{"-mend"}, 1, "x:1:15 sts-policy.lf-line-endings|x:2:7 sts-policy.mode-invalid|x:3:5 sts-policy.mx-u-label",
			"version: STSv1\nmode: enforce\nmx: xn--tda.example.com\nmx: a.example.com\nmax_age: 604800\n"},
		{"; \u00fc\n\u00fc  IN TXT \"\u00fc\"\n_mta-sts  IN TXT \"v=STSv1; id=\u00fc\"\n", nil, 1, "x:3:31 sts-record.non-ascii", ""},
		{lost, nil, 1, "x:1:36 tlsrpt-record.rua-no-scheme", ""},
		{lost, []string{"-mend"}, 2, "x:1:36 tlsrpt-record.rua-no-scheme|", ""},
		{"mta-sts.example.com. IN TXT v=STSv1; id=1", []string{"-mend"}, 1, "x:1:1 sts-record.wrong-name|x:1:29 sts-record.unquoted", `_mta-sts.example.com. IN TXT "v=STSv1; id=1"`},
	} {
		r := linted(t, c.text, c.flags...)
		lines := r.out
		if len(c.flags) > 0 && c.flags[0] == "-mend" {
			if lines = r.err; r.out != c.out {
				t.Errorf("%q %v: mended %q", c.text, c.flags, r.out)
			}
		} else if r.err != "" {
			t.Errorf("%q: said %q", c.text, r.err)
		}
		var codes []string
		for line := range strings.Lines(lines) {
			place, rest, _ := strings.Cut(line, ": ")
			code, words, _ := strings.Cut(rest, ": ")
			if place == "sealane" {
				place, code, words = "", "", "words"
			} else {
				place += " "
			}
			if len(words) < 3 {
				t.Errorf("no words in %q", line)
			}
			codes = append(codes, place+code)
		}
		if got := strings.Join(codes, "|"); got != c.codes || r.code != c.code {
			t.Errorf("%q %v: exit %d, %s; want %d, %s", c.text, c.flags, r.code, got, c.code, c.codes)
		}
	}
}

// TestLintJSON holds -json to the same, with spans, the mended text and what changes.
func TestLintJSON(t *testing.T) {
	text := "_mta-sts.example.com. IN TXT \"v=STSv1; id=a-b;\"\n"
	r := linted(t, text, "-json")
	in := json.NewDecoder(strings.NewReader(r.out))
	in.DisallowUnknownFields()
	var doc lintDocument
	if err := in.Decode(&doc); err != nil || r.code != exitFindings || r.err != "" {
		t.Fatalf("%v: %+v", err, r)
	}
	if len(doc.Parts) != 1 || doc.Parts[0].Kind != "sts-record" || doc.Parts[0].Owner != "_mta-sts.example.com." || len(doc.Parts[0].Diagnostics) != 1 {
		t.Fatalf("%+v", doc)
	}
	d := doc.Parts[0].Diagnostics[0]
	if d.Code != "sts-record.id-invalid-chars" || d.Span.Cut(text) != "-" || d.Line != 1 || d.Column != 44 || d.Mend != "v=STSv1; id=ab;" || d.Words == "" {
		t.Errorf("%+v", d)
	}
	mended := ""
	for _, piece := range doc.Diff {
		if piece.Op != "delete" {
			mended += piece.Text
		}
	}
	if doc.Mended == nil || *doc.Mended != mended || mended != strings.Replace(text, "a-b", "ab", 1) {
		t.Errorf("%+v", doc)
	}
}

func TestLintReadsTheStandardInput(t *testing.T) {
	for _, c := range []struct {
		text string
		code int
	}{{"v=STSv1; id=1;", exitClean}, {"v=STSv1; id=", exitFindings}, {"", exitUnable}, {strings.Repeat("x", maxFile+1), exitUnable}} {
		var out, err bytes.Buffer
		p := &program{in: strings.NewReader(c.text), out: &out, err: &err, words: locale.English(), cli: locale.EnglishCLI()}
		if code := p.run(t.Context(), []string{"lint", "-"}); code != c.code {
			t.Errorf("%.20q: exit %d, %s%s", c.text, code, out.String(), err.String())
		}
	}
}

func TestLintRefusals(t *testing.T) {
	t.Chdir(files(t))
	for _, args := range [][]string{
		{}, {"a", "b"}, {"nowhere"}, {"."}, {"empty"}, {"text"}, {"huge.json"}, {"array.json"}, {"mx.zone"}, {"/dev/zero"}, {"a\nb"},
		{"-fail-on", "never", "text"}, {"-save", "x", "text"}, {"-mend=maybe", "text"},
	} {
		refused(t, run(t, append([]string{"lint"}, args...)...))
	}
}

// TestEveryDiagnosisHasWords: what is wrong with the form of a text is no finding, and
// is said all the same.
func TestEveryDiagnosisHasWords(t *testing.T) {
	l := locale.English()
	records := []lint.Kind{lint.STSRecord, lint.TLSRPTRecord}
	for kind, of := range map[syntax.Kind][]lint.Kind{
		lint.WrongName: append(records, lint.TLSARecord), lint.DoubledOrigin: append(records, lint.TLSARecord),
		lint.Multiple: records, lint.SplitStrings: records, lint.Unquoted: records, lint.UnclosedQuote: records, lint.StringTooLong: records,
		lint.WrongPort: {lint.TLSARecord}, lint.WrongProtocolLabel: {lint.TLSARecord}, lint.DigestOfEmpty: {lint.TLSARecord},
		lint.PlaceholderData: {lint.TLSARecord}, lint.SelectorCertEE: {lint.TLSARecord}, lint.MatchingFull: {lint.TLSARecord},
	} {
		for _, k := range of {
			if code := k.Group() + "." + string(kind); l.Diagnosis(k.Group(), string(kind)) == code {
				t.Errorf("%s has no words", code)
			}
		}
	}
}
