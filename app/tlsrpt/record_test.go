package tlsrpt

import (
	"bufio"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/syntax"
)

var recordTests = []struct{ text, want string }{
	{"v=TLSRPTv1; rua=mailto:a@b.example", ""},
	{"v=TLSRPTv1;rua=https://b.example/r?x,mailto:a@b.example;", ""},
	{"v=TLSRPTv1; rua=HTTPS://r.example.com/,MAILTO:a@example.com", ""},
	{"v=TLSRPTv1; rua=mailto:a@b.example?subject=x", ""},
	{"v=TLSRPTv1; rua=mailto:a@b.example; ext=yes", ""},
	{"v=TLSRPTv1 ; rua=mailto:a@b.example", "space-before-semicolon@ "},
	{"v=TLSRPTv1; rua=mailto:a@b.example , https://c.example/", "rua-space-around-comma@ "},
	{"v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example", "rua-repeated@rua=mailto:c@d.example"},
	{"v=TLSRPTv1;", "rua-missing@!"},
	{"v=TLSRPTv1; ext=1", "rua-missing@!"},
	{"v=TLSRPTv1; rua=", "rua-empty@!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example,", "rua-empty@!"},
	{"v=TLSRPTv1; rua=a@b.example", "rua-no-scheme@a@b.example!"},
	{"v=TLSRPTv1; rua=http://b.example/", "rua-scheme-unsupported@http://b.example/!"},
	{"v=TLSRPTv1; rua=http://b.example/,mailto:a@b.example", "rua-scheme-unsupported@http://b.example/"},
	{"v=TLSRPTv1; rua=mailto:nobody", "rua-invalid-address@mailto:nobody!"},
	{"v=TLSRPTv1; rua=mailto: a@b.example", "rua-invalid-address@mailto: a@b.example!"},
	{"v=TLSRPTv1; rua=https://b.example/%", "rua-invalid-address@https://b.example/%!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example.", "rua-trailing-dot@."},
	{"v=TLSRPTv1; rua=mailto:a@b.example!10m", "rua-unencoded-reserved@!!"},
	{"v=TLSRPTv1; rua=https://b.example/?a,b", "rua-unencoded-reserved@,!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example;mailto:c@d.example", "rua-wrong-separator@;!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example mailto:c@d.example", "rua-wrong-separator@ !"},
	{"v=TLSRPTv1; rua=mailto:a@b.example; p=none; sp=none", "dmarc-tags@p=none"},
	{"v=TLSRPTv1; rua=mailto:a@b.example; more=", "extension-invalid@more=!"},
	{"v=TLSRPTv1; rua=mailto:a@b.example;;", "extension-invalid@;!"},
	{"v=TLSRPTv1, rua=mailto:a@b.example", "wrong-separator@,!"},
	{"v=TLSRPTv1; rua: mailto:a@b.example", "wrong-separator@: !"},
	{`v=TLSRPTv1\; rua=mailto:a@b.example`, `escaped-semicolon@\!`},
	{"v=TLSRPTv1; \\\n\trua=https://b.example/", "line-break@\\\n!"},
	{"v=TLSRPTv1;\nrua=mailto:a@b.example\n", "line-break@\n!"},
	{"rua=mailto:a@b.example; v=TLSRPTv1", "version-not-first@v=TLSRPTv1!"},
	{"v=tlsrptv1; rua=mailto:a@b.example", "version-case@v=tlsrptv1!"},
	{"v=TLSRPT1; rua=mailto:a@b.example", "version-unknown@v=TLSRPT1!"},
	{"v=TLSRPTv10; rua=mailto:a@b.example", "version-unknown@v=TLSRPTv10!"},
	{" v=TLSRPTv1; rua=mailto:a@b.example", "version-leading-junk@ !"},
	{`"v=TLSRPTv1; rua=mailto:a@b.example"`, `version-leading-junk@"!`},
	{"v=TLSRPTv1; rua=mailto:ä@b.example", "non-ascii@ä!"},
	{"v=STSv1; id=1", "version-unknown@v=STSv1! | rua-missing@!"},
}

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

func TestParseRecord(t *testing.T) {
	for _, test := range recordTests {
		_, diagnostics := ParseRecord(test.text)
		if got := told(test.text, diagnostics); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestRecordValue(t *testing.T) {
	got, _ := ParseRecord("v=TLSRPTv1; a=1; rua=mailto:a@b.example , https://c.example/; rua=mailto:d@e.example")
	want := Record{[]string{"mailto:a@b.example", "https://c.example/", "mailto:d@e.example"}, []syntax.Field{{Name: "a", Value: "1"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if text := got.String(); text != "v=TLSRPTv1; rua=mailto:a@b.example,https://c.example/,mailto:d@e.example; a=1" {
		t.Errorf("printed %q", text)
	}
}

func TestSelectRecord(t *testing.T) {
	if got := SelectRecord([]string{"v=spf1", "v=TLSRPTv1;", "v=TLSRPTv1", "v=TLSRPTv10;", "v=TLSRPTv1 ; x"}); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("got %v", got)
	}
}

func TestAddress(t *testing.T) {
	for uri, want := range map[string]string{"mailto:a@b.example?x=y": "a@b.example", "MAILTO:a@b.example.": "a@b.example", "https://b.example": "", "mailto:a": ""} {
		if got, ok := Address(uri); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q %v", uri, got, ok)
		}
	}
}

const seedCount = 70 // at least

func FuzzRecord(f *testing.F) {
	seeds := 0
	for _, test := range recordTests {
		f.Add(test.text)
		seeds++
	}
	for _, test := range mends {
		f.Add(test.text)
		seeds++
	}
	// What fuzzing found: percent signs that swell beyond what is searched.
	f.Add("v;" + strings.Repeat("%", 2800) + "rua=0@0.0;a")
	if seeds < seedCount {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, text string) {
		record, diagnostics := ParseRecord(text)
		for _, d := range diagnostics {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) || d.Kind == "" {
				t.Errorf("%q: %v", text, d)
			}
		}
		mendsHold(t, text)
		if !syntax.Valid(diagnostics) {
			return
		}
		again, diagnostics := ParseRecord(record.String())
		if !syntax.Valid(diagnostics) || !reflect.DeepEqual(record, again) {
			t.Errorf("%q: %+v became %+v, %v", text, record, again, diagnostics)
		}
		if len(record.RUA) == 0 {
			t.Errorf("%q: accepted without a URI", text)
		}
	})
}

// TestHuge: what takes more than linear time doesn't end within the limit of
// go test.
func TestHuge(t *testing.T) {
	for _, piece := range []string{"a", ";", ",", "mailto:a@b.example,", "rua=x:y;", " ", "a b=c,", "x:y ", `\`} {
		ParseRecord("v=TLSRPTv1; rua=" + strings.Repeat(piece, 2<<20/len(piece)))
	}
	ParseRecord("v=TLSRPTv1; rua=" + strings.Repeat("a", 10<<20))
}

const shared = "../../../shared/data/"

func rows[T any](t *testing.T, path string) []T {
	t.Helper()
	file, err := os.Open(shared + path)
	if err != nil {
		t.Skipf("no %s here", path)
	}
	defer file.Close()
	var all []T
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var one T
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// valid tells whether a sender would report by txt.
func valid(txt string) bool {
	_, diagnostics := ParseRecord(txt)
	return len(SelectRecord([]string{txt})) == 1 && syntax.Valid(diagnostics)
}

// TestConformance holds the parser to another project's cases.
func TestConformance(t *testing.T) {
	type row struct {
		ID, Kind          string
		Input             any
		Valid, RFC, Agree bool
	}
	agreed, held, rest, asRFC := 0, 0, 0, 0
	for _, r := range rows[row](t, "conformance/tlsrpt_cases.jsonl") {
		var txts []string
		switch input := r.Input.(type) {
		case string:
			txts = []string{input}
		case []any:
			for _, one := range input {
				txts = append(txts, one.(string))
			}
		}
		chosen := SelectRecord(txts)
		got := len(chosen) == 1 && valid(txts[chosen[0]])
		switch {
		case !r.Agree:
			rest++
			if got == r.RFC {
				asRFC++
			}
			continue
		case got == r.Valid:
			held++
		default:
			t.Errorf("%s: %v: valid = %v", r.ID, r.Input, got)
		}
		agreed++
	}
	t.Logf("TLS-RPT: %d of %d agreed rows hold; of %d others %d are as the RFC's text", held, agreed, rest, asRFC)
	if agreed == 0 {
		t.Error("no agreed row was read")
	}
}

// wildRecords are the causes of the invalid records found in the wild, by their
// text, and whether a report address can be made out.
var wildRecords = map[string]struct {
	kind   syntax.Kind
	mended bool
}{
	`v=TLSRPTv1\; rua=mailto:postmaster@mxdove.com.`: {syntax.EscapedSemicolon, true},
	`v=TLSRPTv1\; rua=mailto:postmaster@fogbox.uk`:   {syntax.EscapedSemicolon, true},
	`v=TLSRPTv1\; rua=mailto:tlsrpt@example.com`:     {syntax.EscapedSemicolon, true},
	"v=TLSRPTv10; rua=mailto:tlsrpt@example.com":     {syntax.VersionUnknown, true},
	"v=TLSRPTv1": {RUAMissing, false},
	"v=TLSRPTv1; \\\n\trua=https://reporting.example.com/v1/tlsrpt": {syntax.LineBreak, true},
}

// TestWildRecords holds the parser to records found in the wild: the verdict,
// the true cause, and the record that was meant. Of the two unsure rows, one has
// schemes in upper case, which RFC 3986 §3.1 allows; the other no URI that
// RFC 8460 §3 supports.
func TestWildRecords(t *testing.T) {
	counted, invalid := 0, 0
	for i, r := range rows[struct{ Kind, Text, Strict, Why string }](t, "wild/txt.jsonl") {
		if r.Kind != "tlsrpt" || r.Strict == "unsure" {
			continue
		}
		counted++
		if got, want := valid(r.Text), r.Strict == "valid"; got != want {
			t.Errorf("row %d: valid = %v, want %v (%s): %q", i, got, want, r.Why, r.Text)
		}
		mendsHold(t, r.Text)
		if r.Strict == "valid" {
			continue
		}
		invalid++
		_, diagnostics := ParseRecord(r.Text)
		var fatal []syntax.Kind
		for _, d := range diagnostics {
			if d.Fatal {
				fatal = append(fatal, d.Kind)
			}
		}
		want, known := wildRecords[r.Text]
		if _, ok := MendRecord(r.Text); !known || !slices.Equal(fatal, []syntax.Kind{want.kind}) || ok != want.mended {
			t.Errorf("row %d (%s): %v, mended %v; want %v: %q", i, r.Why, fatal, ok, want, r.Text)
		}
	}
	t.Logf("%d wild records read as they should be, %d causes named", counted, invalid)
	if counted < 20 || invalid != len(wildRecords) {
		t.Error("not all rows were read")
	}
}

func TestHost(t *testing.T) {
	for uri, want := range map[string]string{
		"https://reports.example/v1":        "reports.example",
		"https://Reports.Example":           "reports.example",
		"HTTPS://user@reports.example:8443": "reports.example",
		"https://reports.example?a=@b":      "reports.example",
		"https://reports.example.":          "reports.example",
		"https://192.0.2.1/":                "",
		"https://[2001:db8::1]/":            "",
		"https:reports.example":             "",
		"https:///v1":                       "",
		"mailto:tls@reports.example":        "",
		"http://reports.example/":           "",
		"":                                  "",
	} {
		if got, ok := Host(uri); got.String() != want || ok != (want != "") {
			t.Errorf("%s: %s %v", uri, got, ok)
		}
	}
}
