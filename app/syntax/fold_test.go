package syntax

import (
	"testing"
)

var folds = []struct{ in, want string }{
	{"mode: enforce", "mode: enforce"},
	{"ｍｏｄｅ：　ｎｏｎｅ", "mode: none"},
	{"“a” ‘b’ „c“ «d»", `"a" 'b' "c" "d"`},
	{"a\u00a0b\u202fc\u3000d", "a b c d"},
	{"a\u200bb\u00adc\ufeffd", "abcd"},
	{"a–b−c", "a-b-c"},
	{"a。b、c", "a.b,c"},
	{"a\u2028b\u0085c", "a\nb\nc"},
	{"모드 läge", "모드 läge"},
	{"\xff\xfea\ufffd", "\xff\xfea\ufffd"},
	{"", ""},
}

func TestFold(t *testing.T) {
	for _, test := range folds {
		if got := Fold(test.in); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

const foldSeeds = 11

func FuzzFold(f *testing.F) {
	if len(folds) != foldSeeds {
		f.Fatalf("%d seeds", len(folds))
	}
	for _, test := range folds {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if len(once) > len(s) {
			t.Errorf("%q became %q, which is longer", s, once)
		}
		plain := true
		for i := range len(s) {
			plain = plain && s[i] < 0x80
		}
		if plain && once != s {
			t.Errorf("%q became %q", s, once)
		}
	})
}

func TestDrop(t *testing.T) {
	out := NewDiagnostics("abc")
	out.Fatal("x", Span{0, 1})
	out.Note("y", Span{1, 2})
	if out.Drop("x"); out.Fatals() || out.Has("x") || !out.Has("y") {
		t.Errorf("%v", out.Sorted())
	}
}
