package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/senders"
)

// ran is what one command line did.
type ran struct {
	code     int
	out, err string
}

// run carries out a command line as main does, without a terminal.
func run(t *testing.T, args ...string) ran {
	t.Helper()
	return runIn(t.Context(), false, args...)
}

func runIn(ctx context.Context, terminal bool, args ...string) ran {
	var out, err bytes.Buffer
	p := &program{in: strings.NewReader(""), out: &out, err: &err, terminal: terminal, words: locale.English(), cli: locale.EnglishCLI()}
	code := p.run(ctx, args)
	return ran{code, out.String(), err.String()}
}

// goTexts are pieces of errors of Go's own packages, which are no words for a
// person.
var goTexts = []string{
	"unmarshal", "JSON input", "tls:", "x509:", "dns:", "check:", "resolve:", "lab:", "listen tcp", "bind:", "lookup ", "open ", "read udp",
	"stat ", "parse error", "flag provided", "invalid value", "EOF", "goroutine", "panic", ".go:", "%!", "<nil>",
}

// refused wants one line, exit 2 and nothing else.
func refused(t *testing.T, r ran) {
	t.Helper()
	if r.code != exitUnable {
		t.Errorf("exit %d, want 2", r.code)
	}
	if r.out != "" {
		t.Errorf("printed %.200q", r.out)
	}
	line, rest, ended := strings.Cut(r.err, "\n")
	if !ended || rest != "" || !strings.HasPrefix(line, "sealane: ") || len(line) < 20 || len(line) > 400 {
		t.Errorf("not one line: %.600q", r.err)
	}
	for _, piece := range goTexts {
		if strings.Contains(line, piece) {
			t.Errorf("%q speaks Go: %q", line, piece)
		}
	}
	for _, c := range line {
		if c < ' ' || c >= 0x7F && c < 0xA0 || c == '\u202E' {
			t.Errorf("%q holds a control character", line)
		}
	}
}

// files makes the files that command lines name, and gives their folder.
func files(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "text": "hello\n", "truncated.json": `{"version":1,"domain":"a.test","loo`,
		"array.json": `[]`, "number.json": `7`, "null.json": `null`, "other.json": `{"version":` + strconv.Itoa(check.FactsVersion+1) + `,"domain":"a.test"}`,
		"unnamed.json": `{"version":` + strconv.Itoa(check.FactsVersion) + `}`, "types.json": `{"version":1,"domain":7,"lookups":{}}`,
		"deep.json": strings.Repeat("[", 1<<20), "mx.zone": "example. 60 IN MX 10 mx.example.\n", "bad.zone": "example. IN DS 1 2 3 zz\n",
		"include.zone": "$INCLUDE /etc/passwd\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	huge, err := os.Create(filepath.Join(dir, "huge.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(maxFile + 1); err != nil { // sparse
		t.Fatal(err)
	}
	huge.Close()
	return dir
}

// TestRefusals gives command lines that can't be carried out.
func TestRefusals(t *testing.T) {
	t.Chdir(files(t))
	long := strings.Repeat("x", 10<<20)
	cases := [][]string{
		{}, {"nonsense"}, {""}, {long}, {"a\nb\x1b[31mc\u202Ed"}, {"-json"},
		{"check"}, {"check", "a.test", "b.test"}, {"check", "-"}, {"check", "--", "-json"},
		{"check", "-nonsense", "a.test"}, {"check", "a.test", "-nonsense"}, {"check", "a.test", "--nonsense=1"}, {"check", "a.test", "-non\nsense"},
		{"check", "a.test", "-" + long}, {"check", "a.test", "-save"}, {"check", "a.test", "-json=perhaps"},
		{"check", "a.test", "-fail-on", "never"}, {"check", "a.test", "-fail-on", "unknown"}, {"check", "a.test", "-fail-on", ""}, {"check", "a.test", "-fail-on", long},
		{"check", "a.test", "-smtp-port", "0"}, {"check", "a.test", "-smtp-port", "70000"}, {"check", "a.test", "-smtp-port", "-1"},
		{"check", "a.test", "-https-port", "0"}, {"check", "a.test", "-https-port", "70000"}, {"check", "a.test", "-https-port", "https"},
		{"check", "a.test", "-allow-private"}, {"check", "a.test", "-allow-private", "-smtp-port", "25"},
		{"check", "a.test", "-previous", "nowhere"}, {"check", "a.test", "-previous", "."}, {"check", "a.test", "-previous", "truncated.json"},
		{"check", "a.test", "-save", "."}, {"check", "a.test", "-save", "nowhere/facts.json"}, {"check", "a.test", "-save", "text/facts.json"},
		{"check", "a.test", "-chain"}, {"check", "a.test", "-chain", "."}, {"check", "a.test", "-chain", "nowhere/chain.svg"}, {"check", "a.test", "-chain", "text/chain.svg"},
		{"judge"}, {"judge", "a", "b"}, {"judge", "-save", "x", "text"}, {"judge", "text", "-fail-on", "never"},
		{"lab", "perfect.test"}, {"lab", "-nonsense"}, {"serve", "a.test"}, {"serve", "-nonsense"}, {"serve", "-allow-private"},
		{"serve", "-cert", "text"}, {"serve", "-key", "text"}, {"serve", "-cert", "text", "-key", "text"}, {"serve", "-cert", ".", "-key", "text"},
		{"serve", "-cert", "text", "-key", "nowhere"}, {"serve", "-site", "nowhere"}, {"serve", "-site", "text"},
		{"serve", "-listen", "nowhere"}, {"serve", "-listen", ""}, {"serve", "-listen", "127.0.0.1:70000"}, {"serve", "-listen", "127.0.0.1:-1"},
		{"serve", "-listen", "192.0.2.1:0"}, {"serve", "-listen", "[::1"}, {"serve", "-smtp-port", "0"},
		{"serve", "-acme-domain", "a.example"}, {"serve", "-acme-domain", "a b", "-acme-dir", "."}, {"serve", "-acme-domain", "_a.example", "-acme-dir", "."},
		{"serve", "-acme-domain", "a.example", "-acme-dir", ".", "-cert", "text", "-key", "text"}, {"serve", "-acme-domain", "a.example", "-acme-dir", ".", "-acme-ca", "http://ca.example"},
		{"serve", "-acme-domain", "a.example", "-acme-dir", ".", "-acme-roots", "text"}, {"serve", "-acme-domain", "a.example", "-acme-dir", ".", "-acme-roots", "nowhere"},
		{"serve", "-log", "xml"}, {"serve", "-log", ""}, {"serve", "-log-level", "loud"}, {"serve", "-log-level", "INFO+1"}, {"serve", "-grace", "-1s"}, {"serve", "-grace", "soon"},
		{"serve", "-metrics", "nowhere"}, {"serve", "-metrics", "192.0.2.1:0"}, {"serve", "-ehlo", ""}, {"serve", "-ehlo", "a b"}, {"serve", "-ehlo", "."}, {"check", "a.test", "-ehlo", "a_b"},
		{"serve", "-allow-origin", "sealane.example"}, {"serve", "-allow-origin", "https://sealane.example/"}, {"serve", "-allow-origin", "null"}, {"serve", "-allow-origin", ""},
	}
	for _, name := range []string{".", "nowhere", "nowhere/x", "text/x", "/dev/null", "/dev/zero", "empty", "text", "truncated.json", "array.json",
		"number.json", "null.json", "other.json", "unnamed.json", "types.json", "deep.json", "huge.json", "", "no\x00name", long, "a\nb"} {
		cases = append(cases, []string{"judge", name}, []string{"judge", "-json", name})
	}
	for _, name := range []string{".", "nowhere", "/dev/null", "/dev/zero", "empty", "text", "huge.json", "mx.zone", "bad.zone", "include.zone"} {
		cases = append(cases, []string{"check", "a.test", "-anchor", name}, []string{"check", "a.test", "-roots", name},
			[]string{"serve", "-anchor", name}, []string{"serve", "-roots", name})
	}
	for _, name := range []string{".", "nowhere", "/dev/null", "/dev/zero", "array.json", "huge.json", "mx.zone"} {
		cases = append(cases, []string{"check", "a.test", "-opt-out", name}, []string{"serve", "-opt-out", name})
	}
	for _, resolver := range []string{"", "nowhere", "localhost:53", "192.0.2.1:0", "192.0.2.1:99999", "http://dns.example/", "https://", "https://user:pw@dns.example/", "x\ny", long} {
		cases = append(cases, []string{"check", "a.test", "-resolver", resolver}, []string{"serve", "-resolver", resolver})
	}
	for _, args := range cases {
		t.Run(brief(strings.Join(args, " ")), func(t *testing.T) { refused(t, run(t, args...)) })
	}
}

// TestNoDomains gives what is no mail domain.
func TestNoDomains(t *testing.T) {
	for _, name := range []string{
		"", " ", ".", "...", "a..test", "192.0.2.1", "192.0.2.1:25", "[192.0.2.1]", "::1", "2001:db8::1", "https://192.0.2.1/", "co.uk", "com", "test",
		"\u0430pple.com", "\U0001F4A9.test", "a b.test", "a\nb.test", "a\x00b.test", "\xff\xfe.test", "-a-.te_st..", "@", "a@", "://",
		strings.Repeat("a", 64) + ".test", strings.Repeat("a.", 130) + "test", strings.Repeat("x", 10<<20), strings.Repeat("x.", 5<<20), strings.Repeat(".", 10<<20),
		strings.Repeat("\u00fc", 5<<20) + ".test", "xn--\u00fc.test", "xn--a.test",
	} {
		t.Run(brief(name), func(t *testing.T) {
			refused(t, run(t, "check", name))
			refused(t, run(t, "check", "-json", name))
		})
	}
}

// printed is what -json has to print.
type printed struct {
	Domain     string                           `json:"domain"`
	Headline   string                           `json:"headline"`
	Findings   []check.Finding                  `json:"findings"`
	Senders    []senders.Verdict                `json:"senders"`
	Cached     *senders.Cached                  `json:"cached"`
	Texts      []textDocument                   `json:"texts"`
	Readers    map[check.Code][]senders.Reading `json:"readers"`
	NotChecked []check.NotChecked               `json:"notChecked"`
	Facts      json.RawMessage                  `json:"facts"`
}

func decode(t *testing.T, text string) printed {
	t.Helper()
	var doc printed
	in := json.NewDecoder(strings.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&doc); err != nil {
		t.Fatalf("%v: %.300s", err, text)
	}
	if in.More() {
		t.Errorf("more than one object")
	}
	return doc
}

// TestCheckAndJudge holds check to its output and its exit codes, and judge to
// the same of what check saved.
func TestCheckAndJudge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.json")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"check", "perfect.test"}, 0},
		{[]string{"check", "-fail-on", "error", "-json", "perfect.test"}, 0},
		{[]string{"check", "perfect.test", "-json", "-fail-on=error"}, 0},
		{[]string{"check", "--json", "Somebody@Perfect.TEST."}, 0},
		{[]string{"check", "-json", "--", "https://perfect.test/about"}, 0},
		{[]string{"check", "perfect.test", "-fail-on", "notice"}, 1},
		{[]string{"check", "dane-mismatch.test"}, 1},
		{[]string{"check", "dane-mismatch.test", "-json"}, 1},
	} {
		r := run(t, append(slices.Clone(c.args), "-save", file)...)
		if slices.Contains(c.args, "--") { // behind it, flags are arguments
			refused(t, r)
			r = run(t, slices.Concat([]string{"check", "-save", file}, c.args[1:])...)
		}
		if r.code != c.code || r.err != "" || r.out == "" {
			t.Errorf("%v: exit %d, want %d; said %q", c.args, r.code, c.code, r.err)
		}
		judge := []string{"judge", file}
		for _, a := range c.args[1:] {
			if strings.HasPrefix(a, "-") && a != "--" {
				judge = append(judge, a)
			} else if a == "notice" || a == "error" {
				judge = append(judge, a)
			}
		}
		if again := run(t, judge...); again != r {
			t.Errorf("%v gave\n%.300v\nbut %v gave\n%.300v", c.args, r, judge, again)
		}
		if !strings.Contains(strings.Join(c.args, " "), "-json") {
			continue
		}
		doc := decode(t, r.out)
		facts, err := check.ReadFacts(doc.Facts)
		if err != nil || facts.Domain.String() != doc.Domain || !facts.Done {
			t.Errorf("%v: facts of %v, done %v, %v", c.args, facts.Domain, facts.Done, err)
		}
		if doc.Headline == "" || len(doc.NotChecked) == 0 || doc.Findings == nil {
			t.Errorf("%v: gaps in %.200q", c.args, r.out)
		}
		for _, f := range doc.Findings {
			if f.Code == "" || f.Level == check.Unknown || f.Subject == "" {
				t.Errorf("%v: a finding with a gap: %+v", c.args, f)
			}
		}
	}
}

// TestPrevious gives evidence of an earlier check, of this domain and another.
func TestPrevious(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.json")
	if r := run(t, "check", "perfect.test", "-save", file); r.code != exitClean {
		t.Fatalf("%+v", r)
	}
	history := func(args ...string) bool {
		doc := decode(t, run(t, append(args, "-json")...).out)
		return !slices.ContainsFunc(doc.NotChecked, func(n check.NotChecked) bool { return n.Key == "not-checked.history" })
	}
	if history("check", "perfect.test") {
		t.Error("compared with nothing")
	}
	if !history("check", "perfect.test", "-previous", file, "-save", file) || !history("judge", file) {
		t.Error("not compared with the earlier evidence")
	}
	refused(t, run(t, "check", "nothing.test", "-previous", file))
}

// TestSaveLosesNothing wants a check that was stopped to leave earlier evidence
// as it is, and one that can't save to say so before it asks anybody.
func TestSaveLosesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.json")
	run(t, "check", "perfect.test", "-save", file)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	r := runIn(stopped, false, "check", "perfect.test", "-json", "-save", file)
	if r.code != exitUnable || r.err != "sealane: "+locale.EnglishCLI().Stopped+"\n" {
		t.Errorf("stopped: exit %d, said %q", r.code, r.err)
	}
	decode(t, r.out)
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("a stopped check replaced the earlier evidence")
	}
	fresh := filepath.Join(t.TempDir(), "partial.json")
	runIn(stopped, false, "check", "perfect.test", "-save", fresh)
	if r := run(t, "judge", fresh); r.code != exitUnable || r.out == "" {
		t.Errorf("judged what was known when it was stopped: %+v", r)
	}
	run(t, "check", "nothing.test", "-save", file) // shorter
	if r := run(t, "judge", file); !strings.HasPrefix(r.out, "nothing.test") {
		t.Errorf("saved over longer evidence: %+v", r)
	}
}

// TestProgress is shown on a terminal only, and gone in the end.
func TestProgress(t *testing.T) {
	if r := runIn(t.Context(), false, "check", "perfect.test"); r.err != "" {
		t.Errorf("in a pipe: %q", r.err)
	}
	r := runIn(t.Context(), true, "check", "perfect.test")
	if !strings.Contains(r.err, "answers") || !strings.HasSuffix(r.err, "\r\x1b[K") || strings.Contains(r.err, "\n") {
		t.Errorf("on a terminal: %q", r.err)
	}
	if strings.ContainsAny(r.out, "\r\x1b") {
		t.Errorf("progress in the report: %q", r.out)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(null) {
		t.Error("the null device is no terminal")
	}
}

// TestHelp is an answer, not a mistake.
func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, {"check", "-h"}, {"check", "a.test", "--help"}, {"serve", "-help"}, {"judge", "-h"}, {"lab", "-h"}, {"lint", "-h"}, {"explain", "-h"}, {"make", "zone", "-help"}} {
		if r := run(t, args...); r.code != exitClean || r.err != "" || !strings.Contains(r.out, "sealane judge") {
			t.Errorf("%v: %+v", args, r)
		}
	}
}

// TestLabCommand lists the lab in both forms.
func TestLabCommand(t *testing.T) {
	r := run(t, "lab", "-json")
	var list []struct {
		Domain, Wrong string
		Codes         []string
	}
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || r.code != exitClean || len(list) < 24 {
		t.Fatalf("exit %d, %d domains, %v", r.code, len(list), err)
	}
	lines := strings.Split(strings.TrimSuffix(run(t, "lab").out, "\n"), "\n")
	if len(lines) != len(list) {
		t.Fatalf("%d lines for %d domains", len(lines), len(list))
	}
	for i, d := range list {
		if d.Wrong == "" || !strings.HasSuffix(d.Domain, ".test") || d.Codes == nil || !strings.HasPrefix(lines[i], d.Domain) || !strings.HasSuffix(lines[i], d.Wrong) {
			t.Errorf("%+v and %q", d, lines[i])
		}
	}
}
