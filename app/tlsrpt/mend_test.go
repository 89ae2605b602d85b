package tlsrpt

import (
	"testing"
)

// mends are damaged records and what they were to be, "" for what can't be
// known.
var mends = []struct{ text, want string }{
	{"v=TLSRPTv1;rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto: a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto://a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"SRPTv18 \\https://b.example.!", "v=TLSRPTv1; rua=https://b.example"},
	{"v=TLSRPTv1; rua=mailtO://a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=TLS <mailto:a@b.example>", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example.", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example!10m", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=https://b.example/!x", "v=TLSRPTv1; rua=https://b.example/%21x"},
	{"v=TLSRPTv1; rua=https://b.example/?a,b", "v=TLSRPTv1; rua=https://b.example/?a%2Cb"},
	{"v=TLSRPTv1; rua=https://b.example/%", "v=TLSRPTv1; rua=https://b.example/%25"},
	{"v=TLSRPTv1; rua=http://b.example/", "v=TLSRPTv1; rua=https://b.example/"},
	{"v=TLSRPTv1; rua=mailto:a@b.example;mailto:c@d.example", "v=TLSRPTv1; rua=mailto:a@b.example,mailto:c@d.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example mailto:c@d.example", "v=TLSRPTv1; rua=mailto:a@b.example,mailto:c@d.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example , c@d.example", "v=TLSRPTv1; rua=mailto:a@b.example,mailto:c@d.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example", "v=TLSRPTv1; rua=mailto:a@b.example,mailto:c@d.example"},
	{"v=TLSRPTv1; p=none; sp=none; ruf=mailto:x@y.example; rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto:a@b.example; ext=yes; more=", "v=TLSRPTv1; rua=mailto:a@b.example; ext=yes"},
	{`v=TLSRPTv1; rua=mailto:a@b.example; ext=\`, "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1, rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1 rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua: mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{`v=TLSRPTv1\; rua=mailto:postmaster@b.example.`, "v=TLSRPTv1; rua=mailto:postmaster@b.example"},
	{"v=TLSRPTv1; \\\n\trua=https://b.example/v1", "v=TLSRPTv1; rua=https://b.example/v1"},
	{"rua=mailto:a@b.example; v=TLSRPTv1", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=tlsrptv1; RUA=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{`_smtp._tls.b.example. 300 IN TXT ( "v=TLSRPTv1; " "rua=mailto:a@b.example" )`, "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"“v=TLSRPTv1; rua=mailto:a@b.example”", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1;\u00a0rua=mailto:a＠b．example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1；rua＝mailto：a@b.example", "v=TLSRPTv1; rua=mailto:a@b.example"},
	{"v=TLSRPTv1; rua=mailto:ä@bücher.example", "v=TLSRPTv1; rua=mailto:%C3%A4@xn--bcher-kva.example"},
	{"v=TLSRPTv1; rua=mailto:nobody", ""}, {"v=TLSRPTv1; rua=", ""}, {"v=TLSRPTv1", ""}, {"", ""}, {"v=spf1 -all", ""},
	{"v=TLSRPTv1; rua=ftp://b.example/", ""}, {"v=TLSRPTv1; ruf=mailto:a@b.example", ""},
}

func TestMendRecord(t *testing.T) {
	for _, test := range mends {
		got, ok := MendRecord(test.text)
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%q is mended as %q, %v; want %q", test.text, got, ok, test.want)
		}
		mendsHold(t, test.text)
	}
	for _, test := range recordTests {
		mendsHold(t, test.text)
	}
}

// mendsHold holds what is written instead of a record to having no fault, and to
// be said at each of its diagnostics.
func mendsHold(t *testing.T, text string) {
	t.Helper()
	_, diagnostics := ParseRecord(text)
	mended, ok := MendRecord(text)
	for _, d := range diagnostics {
		if d.Mend != "" && d.Mend != mended || d.Mend == "" && ok && mended != text {
			t.Errorf("%q: %s mends to %q, the whole to %q", text, d.Kind, d.Mend, mended)
		}
	}
	if !ok {
		return
	}
	if _, again := ParseRecord(mended); len(again) > 0 {
		t.Errorf("%q is mended as %q: %v", text, mended, again)
	}
	if twice, _ := MendRecord(mended); twice != mended {
		t.Errorf("%q is mended as %q, that as %q", text, mended, twice)
	}
}
