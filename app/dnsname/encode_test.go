package dnsname

import (
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

func TestFromUnicode(t *testing.T) {
	for in, want := range map[string]string{
		"mx.example": "mx.example", "Bücher.Example": "xn--bcher-kva.example", "mail.räksmörgås.se": "mail.xn--rksmrgs-5wao1o.se",
		"메일.한국": "xn--h32bq4v.xn--3e0b707e", "メール.みんな": "xn--4dkua4c.xn--q9jyb4c", "": "", "a b.example": "", "ü‘.example": "",
		"u\u0308.example": "", "\xff.example": "", "über..example": "",
	} {
		got, ok := FromUnicode(in)
		if got.String() != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

const unicodeSeeds = 6

func FuzzFromUnicode(f *testing.F) {
	all := []string{"bücher.example", "메일.한국", "räksmörgås.se", "例え.テスト", "пример.испытание", "a.b"}
	if len(all) != unicodeSeeds {
		f.Fatalf("%d seeds", len(all))
	}
	for _, s := range all {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := FromUnicode(s)
		if !ok {
			return
		}
		if _, err := Parse(n.String()); err != nil {
			t.Errorf("%q became %q: %v", s, n, err)
		}
		// What the one with the tables takes without change, it writes the same.
		if theirs, err := idna.Registration.ToASCII(s); err == nil && strings.TrimSuffix(theirs, ".") != n.String() {
			t.Errorf("%q became %q, not %q", s, n, theirs)
		}
	})
}
