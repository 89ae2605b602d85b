package syntax

import (
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	for _, test := range []struct {
		text, fields, kinds string
		ok                  bool
	}{
		{"v=X1; a=1; b=2;", "a=1 b=2", "", true},
		{"v=X1;a=1 ;\tb=2", "a=1 b=2", "", true},
		{"v=X1 ; a=1", "a=1", "space-before-semicolon", true},
		{"v=X1", "", "", true},
		{"v=X1;", "", "", true},
		{"v=X1; a=1,k=2", "a=1 k=2", "wrong-separator", true},
		{"v=X1; a=1,z=2", "a=1,z=2", "", true},
		{"v=X1; a: 1", "a: 1", "", true},
		{"v=X1; a=1;;", "a=1", "trailing-garbage", true},
		{"v=X1; a=1 ", "a=1", "trailing-garbage", true},
		{"v=X2; a=1", "a=1", "version-unknown", true},
		{"v=X12; a=1", "a=1", "version-unknown", true},
		{"a=1; v=X1", "a=1 v=X1", "version-not-first", true},
		{`"v=X1; a=1"`, "a=1", "literal-quotes", true},
		{`v=X1\; a=1\;`, "a=1", "escaped-semicolon", true},
		{"hello", "", "version-unknown", false},
		{"", "", "version-unknown", false},
	} {
		out := NewDiagnostics(test.text)
		tokens, ok := Fields(test.text, "v=X1", []string{"k"}, out)
		var fields, kinds []string
		for _, token := range tokens {
			fields = append(fields, token.Whole.Cut(test.text))
		}
		for _, d := range out.Sorted() {
			kinds = append(kinds, string(d.Kind))
		}
		if strings.Join(fields, " ") != test.fields || strings.Join(kinds, " ") != test.kinds || ok != test.ok {
			t.Errorf("%q: %q %q %v", test.text, fields, kinds, ok)
		}
	}
}

func TestCandidate(t *testing.T) {
	for text, want := range map[string]bool{
		"v=X1;": true, "v=X1 \t; a": true, "v=X1": false, "v=X12;": false, " v=X1;": false, "V=X1;": false,
	} {
		if Candidate(text, "v=X1") != want {
			t.Errorf("%q: not %v", text, want)
		}
	}
}

// TestFull holds that the limit of diagnostics never hides that a text is
// invalid.
func TestFull(t *testing.T) {
	out := NewDiagnostics("text")
	for range 3 * MaxDiagnostics {
		out.Note("odd", Span{0, 1})
	}
	if all := out.Sorted(); len(all) != MaxDiagnostics || !Valid(all) {
		t.Fatalf("%d diagnostics, valid %v", len(all), Valid(all))
	}
	out.Fatal("bad", Span{1, 2})
	if all := out.Sorted(); len(all) != MaxDiagnostics || Valid(all) {
		t.Errorf("%d diagnostics, valid %v", len(all), Valid(all))
	}
}

func TestValueIsShort(t *testing.T) {
	text := strings.Repeat("é", 300)
	out := NewDiagnostics(text)
	out.Fatal(NonASCII, Span{0, len(text)})
	if got := out.Sorted()[0].Value; len(got) != 200 || strings.Trim(got, "é") != "" {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestExtension(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "1.b_c-d": true, "-a": false, "_a": false, ".a": false, "": false,
		strings.Repeat("a", 32): true, strings.Repeat("a", 33): false, "a b": false} {
		if ExtensionName(name) != want {
			t.Errorf("name %q: not %v", name, want)
		}
	}
	for value, want := range map[string]bool{"a": true, "a:b!": true, "": false, "a=b": false, "a;b": false, "a b": false, "é": false} {
		if ExtensionValue(value) != want {
			t.Errorf("value %q: not %v", value, want)
		}
	}
}
