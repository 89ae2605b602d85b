package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
)

// chained is a report with a chain of trust that ends in a name of markup and
// control characters.
func chained() check.Report {
	return check.Report{Domain: dnsname.MustParse("example.com"), Chain: check.ChainView{
		Zones: []dnssec.Zone{{Name: ".", Status: dnssec.Secure}, {Name: "com", Parent: ".", Status: dnssec.Bogus, Reason: dnssec.DNSKEYMissing}},
		Hops:  []dnssec.Hop{{Name: "<b>\x1b[31m\u202e", Type: doh.TypeMX, Status: dnssec.Bogus, Reason: dnssec.DNSKEYMissing, Zone: "com"}},
	}}
}

// TestChainIsPrinted in the report, and in none without one.
func TestChainIsPrinted(t *testing.T) {
	printed := func(r check.Report) string {
		var out bytes.Buffer
		p := &program{out: &out, words: locale.English(), cli: locale.EnglishCLI()}
		p.print(r)
		return out.String()
	}
	r := chained()
	out := printed(r)
	for _, want := range []string{"\nChain of trust: broken at com\n", "\n    ✗ com: broken: the key that the DS names is not there\n", "<b>"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
	if strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("control characters: %q", out)
	}
	r.Chain = check.ChainView{}
	if out := printed(r); strings.Contains(out, "Chain of trust") || out == "" {
		t.Errorf("a chain of nothing: %q", out)
	}
}

// TestChainFile wants the picture in the file, over a longer one too, but not of
// a check that was stopped.
func TestChainFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chain.svg")
	write := func(done bool) string {
		p := &program{words: locale.English(), cli: locale.EnglishCLI()}
		o := output{chain: file}
		if err := o.open(p); err != nil {
			t.Fatal(err)
		}
		if err := o.draw(p, chained(), done); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := write(false); text != strings.Repeat("x", 1<<20) {
		t.Errorf("a check that was stopped drew over the file: %.80q", text)
	}
	text := write(true)
	if !strings.HasPrefix(text, "<svg ") || !strings.HasSuffix(text, "</svg>\n") || !strings.Contains(text, "&lt;b&gt;") {
		t.Errorf("no picture: %.200q", text)
	}
}

// TestChainFlag draws beside a report, and beside one of saved evidence.
func TestChainFlag(t *testing.T) {
	dir := t.TempDir()
	facts, checked, judged := filepath.Join(dir, "facts.json"), filepath.Join(dir, "checked.svg"), filepath.Join(dir, "judged.svg")
	if r := run(t, "check", "perfect.test", "-save", facts, "-chain", checked); r.code != exitClean || r.err != "" {
		t.Fatalf("%+v", r)
	}
	if r := run(t, "judge", facts, "-chain", judged, "-json"); r.code != exitClean || r.err != "" {
		t.Fatalf("%+v", r)
	}
	a, errA := os.ReadFile(checked)
	b, errB := os.ReadFile(judged)
	if errA != nil || errB != nil || !bytes.Equal(a, b) || !bytes.HasPrefix(a, []byte("<svg ")) {
		t.Errorf("%v, %v: %.100q and %.100q", errA, errB, a, b)
	}
	refused(t, run(t, "judge", facts, "-chain", dir))
}

// TestChainUnwritten wants a disk without room to be no clean domain.
func TestChainUnwritten(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	r := run(t, "check", "perfect.test", "-chain", "/dev/full")
	if r.code != exitUnable || !strings.Contains(r.err, "/dev/full") || r.out == "" {
		t.Errorf("%+v", r)
	}
}
