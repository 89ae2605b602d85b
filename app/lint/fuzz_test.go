package lint_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// seeds are asserted in number, so that none gets lost.
var seeds = []string{
	"", good, report, "3 1 1 " + digest, `_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=2024-01-01;" ; comment`, `"v=TLSRPTv1\; rua=tls@exa" "mple.com"`,
	"version: STSv1\nmode: enforced\nmx: mx.example.com\nmax_age: 1\n", "$ORIGIN example.com.\n_25._tcp.mx.example.com IN TYPE52 ( \\# 35 010101\n" + digest + " )",
	`{"name":"_mta-sts","content":"\"v=STSv1; id=a-b\""}`, "Type TXT Name mta-sts Value v=STSv1 id=1 TTL 60", "a.example\ttext =\r\n\r\n\t\"V=STSv1; id=1\"",
	"_mta-sts IN TXT v=STSv1; id=1", "| `v=STSv1;id=1` |", "a TXT 60 Answer {v=stsv1; id=}", "v=STSv1; mode=testing; mx=a.example; max_age=1",
	"_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:a@b.example" + strings.Repeat(",mailto:aaaaaaaaaaaaaaaaaaaaa@b.example", 9), "HTTP/1.1 200\n\nmode: none",
}

const seedCount = 17

// FuzzRead holds every reading to what a page and a command line build on: spans lie
// inside the text, and in a record they cut what its parser named; the text mended is
// valid, and needs no mending; the difference leads from the one to the other.
func FuzzRead(f *testing.F) {
	if len(seeds) != seedCount {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 8<<10 {
			return
		}
		l := lint.Read(text)
		for _, p := range l.Parts {
			inside(t, l, p)
		}
		if l.Valid() && len(l.Parts) == 1 && len(l.Parts[0].Diagnostics) == 0 && l.Mended != text {
			t.Errorf("%q has no fault and became %q", text, l.Mended)
		}
		leads(t, l)
		if l.Mended == "" || l.Mended == text {
			return
		}
		again := lint.Read(l.Mended)
		if !again.Valid() || len(again.Parts) != len(l.Parts) {
			t.Errorf("%q mended is %q: %s", text, l.Mended, show(again))
		}
	})
}

// TestMutated damages the seeds.
func TestMutated(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{`"`, `\`, ";", "\n", " ", "(", ")", "=", "v=", "TXT ", "IN ", ".", "_", "{", "}", "\t", "'", "\xff", "TLSA ", "\\# "}
	for range 4000 {
		text := seeds[random.IntN(len(seeds))]
		for range 1 + random.IntN(3) {
			at := random.IntN(len(text) + 1)
			end := min(len(text), at+random.IntN(3))
			text = text[:at] + pieces[random.IntN(len(pieces))] + text[end:]
		}
		l := lint.Read(text)
		for _, p := range l.Parts {
			inside(t, l, p)
		}
		leads(t, l)
	}
}

// inside holds a part's spans to the text.
func inside(t *testing.T, l lint.Lint, p lint.Part) {
	last := 0
	for _, s := range []syntax.Span{p.Span, p.Owner} {
		if s.Start < 0 || s.End < s.Start || s.End > len(l.Text) {
			t.Fatalf("%q: span %v", l.Text, s)
		}
	}
	for _, d := range p.Diagnostics {
		if d.Span.Start < last || d.Span.End < d.Span.Start || d.Span.End > len(l.Text) || d.Kind == "" {
			t.Fatalf("%q: %+v", l.Text, d)
		}
		last = d.Span.Start
		// In one string and without escapes the bytes are those that the parser named.
		plain := !strings.ContainsAny(d.Span.Cut(l.Text), `"\`) && !slices.ContainsFunc(p.Diagnostics, func(d syntax.Diagnostic) bool { return d.Kind == lint.SplitStrings })
		if d.Value != "" && plain && len(d.Value) < 190 && !ofWhole(d.Kind) && d.Span.Cut(l.Text) != d.Value {
			t.Errorf("%q: %s cuts %q, its parser %q", l.Text, d.Kind, d.Span.Cut(l.Text), d.Value)
		}
	}
}

// ofWhole tells the diagnostics whose value is more than their span.
func ofWhole(k syntax.Kind) bool {
	switch k {
	case mtasts.IDInvalidChars, mtasts.IDTooLong, mtasts.IDPlaceholder, mtasts.PolicyInTXT, tlsrpt.RUATrailingDot:
		return true
	}
	return false
}

// leads holds the difference to both texts.
func leads(t *testing.T, l lint.Lint) {
	if (l.Diff == nil) != (l.Mended == "" || l.Mended == l.Text) {
		t.Errorf("%q mended %q: %v", l.Text, l.Mended, l.Diff)
	}
	var old, mended strings.Builder
	for _, p := range l.Diff {
		if p.Op != lint.Insert {
			old.WriteString(p.Text)
		}
		if p.Op != lint.Delete {
			mended.WriteString(p.Text)
		}
	}
	if l.Diff != nil && (old.String() != l.Text || mended.String() != l.Mended) {
		t.Errorf("%q to %q: %v", l.Text, l.Mended, l.Diff)
	}
}

// FuzzInForm puts a record's text into forms: what its parser says of the text, and
// where, is said in every form.
func FuzzInForm(f *testing.F) {
	for _, s := range []string{good, report, "v=STSv1; id=a-b", "v=STSv1 id=1", "v=STSv1; id=1; mode: none", `v=STSv1; id="1"`, "v=TLSRPTv1; rua=a@b.example,,", "v=STSv1;", "v=STSv1; id=\u00fc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, diagnostics := lint.STSRecord, []syntax.Diagnostic(nil)
		switch _, odd := mtasts.ParseRecord(text); {
		case strings.HasPrefix(text, "v=STSv1"):
			diagnostics = odd
		case strings.HasPrefix(text, "v=TLSRPTv1"):
			kind = lint.TLSRPTRecord
			_, diagnostics = tlsrpt.ParseRecord(text)
		default:
			return
		}
		if len(text) < 12 || len(text) > 255 || strings.ContainsAny(text, "\r\n") || strings.Contains(text[8:], "v=") {
			return
		}
		owner := map[lint.Kind]string{lint.STSRecord: "_mta-sts", lint.TLSRPTRecord: "_smtp._tls"}[kind]
		half := len(text) / 2
		quote := func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
		for _, form := range []string{
			quote(text), owner + ".example. IN TXT " + quote(text), owner + " 60 TXT ( " + quote(text[:half]) + "\n " + quote(text[half:]) + " ) ; end",
			`{"name": "` + owner + `", "content": ` + quote(text) + `}`, "# " + owner + "\ttext = " + quote(text),
		} {
			l := lint.Read(form)
			if len(l.Parts) != 1 || l.Kind() != kind || l.Valid() != syntax.Valid(diagnostics) {
				t.Fatalf("%s: %s, want %v", form, show(l), diagnostics)
			}
			at := 0
			for _, d := range l.Parts[0].Diagnostics {
				if d.Kind == lint.SplitStrings {
					continue
				}
				want := diagnostics[at]
				at++
				if d.Kind != want.Kind || d.Fatal != want.Fatal || d.Value != want.Value || d.Mend != want.Mend || bare(d.Span.Cut(form)) != want.Span.Cut(text) {
					t.Errorf("%s: %+v cuts %q, want %+v", form, d, d.Span.Cut(form), want)
				}
			}
		}
	})
}

// bare takes the quotes and escapes off a piece of a zone file.
func bare(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			out.WriteByte(s[i])
		case s[i] == '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
			}
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String()
}
