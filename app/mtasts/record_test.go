package mtasts

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/syntax"
)

// told writes diagnostics as "kind@text", with "!" behind fatal ones.
func told(text string, diagnostics []syntax.Diagnostic) string {
	var all []string
	for _, d := range diagnostics {
		one := string(d.Kind) + "@" + d.Span.Cut(text)
		if d.Fatal {
			one += "!"
		}
		all = append(all, one)
	}
	return strings.Join(all, " | ")
}

var recordTests = []struct{ text, want string }{
	{"v=STSv1; id=20160831085700Z;", ""},
	{"v=STSv1;id=a", ""},
	{"v=STSv1; \t id=20160831085700Z  \t;", ""},
	{"v=STSv1; foo=bar; id=a", ""},
	{"v=STSv1; id=a ; ", ""},
	{"v=STSv1; id=a ", "trailing-garbage@ !"},
	{"v=STSv1 ; id=a", "space-before-semicolon@ "},
	{"v=STSv1; id=2019-01-01", "id-invalid-chars@-!"},
	{"v=STSv1; id=" + strings.Repeat("a", 32), ""},
	{"v=STSv1; id=" + strings.Repeat("a", 32) + "bc", "id-too-long@bc!"},
	{"v=STSv1; id=", "id-empty@!"},
	{"v=STSv1; id=;", "id-empty@!"},
	{"v=STSv1;", "id-missing@!"},
	{"v=STSv1", "id-missing@!"},
	{"v=STSv1; ID=abc", "id-missing@ID!"},
	{"v=STSv1; id=<ID>", "id-placeholder@<ID>!"},
	{"v=STSv1; id=${var.id};", "id-placeholder@${var.id}!"},
	{"v=STSv1; id=UNIX_TIMESTAMP", "id-placeholder@UNIX_TIMESTAMP!"},
	{"v=STSv1; id=yyyymmddhhmmss", "id-placeholder@yyyymmddhhmmss"},
	{"v=STSv1; id=x", ""},
	{"v=STSv1; id=a; id=b", "id-duplicate@id=b"},
	{"v=STSv1; id=a;; b=c", "trailing-garbage@;!"},
	{"v=STSv1;; id=a", "trailing-garbage@;!"},
	{"v=STSv1; id=a rest", "trailing-garbage@ rest!"},
	{"v=STSv1; id=a; rest", "trailing-garbage@rest!"},
	{"v=STSv1; id=a; more=", "extension-invalid@more=!"},
	{"v=STSv1; id=a; -x=1", "extension-invalid@-x=1!"},
	{"v=STSv1; id=a; mode=enforce; mx=a.example", "policy-in-txt@mode=enforce; mx=a.example"},
	{"v=STSv1; mx: a.com; mode: testing;", "policy-in-txt@mx: a.com; mode: testing!"},
	{"v=STSv1, id=a", "wrong-separator@,!"},
	{"v=STSv1 id=a", "wrong-separator@ !"},
	{"v=STSv1; id=a b=c", "wrong-separator@ !"},
	{"v=STSv1; id: a", "wrong-separator@: !"},
	{`v=STSv1\; id=a`, `escaped-semicolon@\!`},
	{`v=STSv1\; id=a\;`, `escaped-semicolon@\!`},
	{`"v=STSv1; id=a"`, `literal-quotes@"!`},
	{`v=STSv1; id="a"`, `literal-quotes@"!`},
	{` v=STSv1; id=a`, `version-leading-junk@ !`},
	{"\xEF\xBB\xBFv=STSv1; id=a", "version-leading-junk@\xEF\xBB\xBF!"},
	{`_mta-sts.a.example. TXT "v=STSv1; id=a"`, `version-leading-junk@_mta-sts.a.example. TXT "!`},
	{"id=a; v=STSv1", "version-not-first@v=STSv1!"},
	{"v=stsv1; id=a", "version-case@v=stsv1!"},
	{"V=STSv1; id=a", "version-case@V=STSv1!"},
	{"v=STSv2; id=a", "version-unknown@v=STSv2!"},
	{"v=STSv10; id=a", "version-unknown@v=STSv10!"},
	{"v = STSv1; id=a", "version-unknown@v = STSv1!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example", "version-unknown@v=TLSRPTv1! | id-missing@!"},
	{"v=spf1 -all", "version-unknown@v=spf1!"},
	{"", "version-unknown@!"},
	{"v=STSv1;\n  id=a\r\n", "line-break@\n!"},
	{"v=STSv1; id=“a”", "non-ascii@“!"},
	{"v=STSv1;\u00a0id=a", "non-ascii@\u00a0!"},
}

func TestParseRecord(t *testing.T) {
	for _, test := range recordTests {
		_, diagnostics := ParseRecord(test.text)
		if got := told(test.text, diagnostics); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestRecordValue(t *testing.T) {
	got, _ := ParseRecord("v=STSv1;a=1; id=77; id=78; b.c=2")
	want := Record{ID: "77", Extensions: []syntax.Field{{Name: "a", Value: "1"}, {Name: "b.c", Value: "2"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got.String() != "v=STSv1; id=77; a=1; b.c=2;" {
		t.Errorf("printed %q", got.String())
	}
}

func TestSelectRecord(t *testing.T) {
	txts := []string{"v=spf1 -all", "v=STSv1; id=1", "v=STSv1", "v=STSv1 ; bogus", "v=STSv10; id=1", " v=STSv1; id=1", "V=STSv1; id=1"}
	if got := SelectRecord(txts); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("got %v", got)
	}
}

const recordSeeds = 85 // at least

func FuzzRecord(f *testing.F) {
	seeds := 0
	for _, test := range recordTests {
		f.Add(test.text)
		seeds++
	}
	for _, test := range recordMends {
		f.Add(test.text)
		seeds++
	}
	if seeds < recordSeeds {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, text string) {
		record, diagnostics := ParseRecord(text)
		inside(t, text, diagnostics)
		recordMendsHold(t, text)
		if !syntax.Valid(diagnostics) {
			return
		}
		again, diagnostics := ParseRecord(record.String())
		if !syntax.Valid(diagnostics) || !reflect.DeepEqual(record, again) {
			t.Errorf("%q: %+v became %+v, %v", text, record, again, diagnostics)
		}
		if again.String() != record.String() {
			t.Errorf("%q isn't stable", record.String())
		}
		if text != recordVersion && len(SelectRecord([]string{text})) != 1 {
			t.Errorf("%q is valid and no candidate", text)
		}
	})
}

// inside fails for a span that isn't in the text.
func inside(t *testing.T, text string, diagnostics []syntax.Diagnostic) {
	t.Helper()
	for i, d := range diagnostics {
		if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
			t.Errorf("%q: %v is outside", text, d)
		}
		if d.Kind == "" || len(d.Value) > 200 || i > 0 && d.Span.Start < diagnostics[i-1].Span.Start {
			t.Errorf("%q: %v", text, d)
		}
	}
	if len(diagnostics) > syntax.MaxDiagnostics {
		t.Errorf("%d diagnostics", len(diagnostics))
	}
}

// TestHuge feeds every parser long texts that could make it slow: whatever
// takes more than linear time doesn't end within the limit of go test.
func TestHuge(t *testing.T) {
	pieces := []string{"a", ";", "id=a;", `\`, " ", "a b=c,", "mx: a.example\n", "\n", ":", "mx: ", " mx:", "\x80", "\"", "- a\n", "mode: none;", "a:b\r", "=", "nmx: a\n"}
	for _, head := range []string{"", "v=STSv1; ", "mx: "} {
		for _, piece := range pieces {
			parseAll(head + strings.Repeat(piece, 500_000/len(piece)))
		}
	}
	parseAll(strings.Repeat("mx: a.example\n", 10<<20/14))
	parseAll("v=STSv1; " + strings.Repeat("a", 10<<20))
}

func parseAll(long string) {
	ParseRecord(long)
	ParsePolicy([]byte(long))
	ParsePattern(long)
}

// TestSecondID: a later id is ignored, and has to fit the grammar all the same.
func TestSecondID(t *testing.T) {
	for text, valid := range map[string]bool{
		"v=STSv1; id=a; id=b": true, "v=STSv1; id=a; id=2026-01-01": true,
		"v=STSv1; id=a; id=": false, "v=STSv1; id=a; id=b c": false, "v=STSv1; id=a; id=b=c": false,
	} {
		record, diagnostics := ParseRecord(text)
		if syntax.Valid(diagnostics) != valid || record.ID != "a" {
			t.Errorf("%q: id %q, %v", text, record.ID, diagnostics)
		}
	}
}

// TestBackslashInExtension takes what the grammar takes: %x3E-7E holds the
// backslash (RFC 8461 §3.1), so an extension may end in one, and an id may not.
func TestBackslashInExtension(t *testing.T) {
	r, diagnostics := ParseRecord(`v=STSv1; foo=bar\; id=a`)
	if !syntax.Valid(diagnostics) || r.ID != "a" || len(diagnostics) != 1 {
		t.Errorf("%+v %+v", r, diagnostics)
	}
	if _, diagnostics := ParseRecord(`v=STSv1; foo=bar; id=a\;`); syntax.Valid(diagnostics) {
		t.Error("an id that ends in a backslash")
	}
}
