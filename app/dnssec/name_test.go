package dnssec

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// The order of RFC 4034 §6.1.
func TestCanonicalOrder(t *testing.T) {
	want := []string{
		"example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.",
		"z.example.", `\001.z.example.`, "*.z.example.", `\200.z.example.`,
	}
	got := slices.Clone(want)
	rand.Shuffle(len(got), func(i, k int) { got[i], got[k] = got[k], got[i] })
	slices.SortFunc(got, func(a, b string) int { return nameOf(a).compare(nameOf(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("sorted %v", got)
	}
}

// Names of random octets: wire form as miekg/dns packs it, and back.
func TestNameForms(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var wire []byte
		for range random.IntN(5) {
			label := make([]byte, 1+random.IntN(60))
			for i := range label {
				label[i] = byte(random.IntN(256))
			}
			wire = append(append(wire, byte(len(label))), label...)
		}
		wire = append(wire, 0)
		n, rest, ok := nameAt(append(wire, "rest"...))
		if len(wire) > 255 {
			if ok {
				t.Fatalf("%d octets are taken", len(wire))
			}
			continue
		}
		text, _, err := dns.UnpackDomainName(wire, 0)
		if err != nil || !ok || string(rest) != "rest" {
			t.Fatalf("%x: %v, %v", wire, err, ok)
		}
		if got := nameOf(text); got != n {
			t.Errorf("%s reads as %x, want %x", text, got, n)
		}
		want := strings.TrimSuffix(text, ".")
		if text == "." {
			want = text
		}
		if got := n.String(); !strings.EqualFold(got, want) || nameOf(got) != n {
			t.Errorf("%x prints as %s, want %s", n, got, want)
		}
	}
}

func TestNoNames(t *testing.T) {
	for _, s := range []string{"", "..", "a..b", ".a", strings.Repeat("a", 64), strings.Repeat("a.", 128) + "a"} {
		if n := nameOf(s); n != "" {
			t.Errorf("%.20q reads as %x", s, n)
		}
	}
	for _, wire := range []string{"", "\x01", "\x01a", "\xC0\x0C", "\x40" + strings.Repeat("a", 64) + "\x00"} {
		if n, _, ok := nameAt([]byte(wire)); ok {
			t.Errorf("%x reads as %s", wire, n)
		}
	}
}

func TestNameRelations(t *testing.T) {
	for _, c := range []struct {
		a, b, shared  string
		within        bool
		labels, depth int // of a
	}{
		{"a.example", "example", "example", true, 2, 2},
		{"example", "a.example", "example", false, 1, 1},
		{"badexample", "example", ".", false, 1, 1},
		{`a\.example`, "example", ".", false, 1, 1},
		{"*.b.example", "c.b.example", "b.example", false, 2, 3},
		{".", ".", ".", true, 0, 0},
		{"example", ".", ".", true, 1, 1},
	} {
		a, b := nameOf(c.a), nameOf(c.b)
		if a.within(b) != c.within || a.shared(b) != nameOf(c.shared) || a.labels() != c.labels || a.depth() != c.depth {
			t.Errorf("%s and %s: within %v, share %s; labels %d, depth %d", c.a, c.b, a.within(b), a.shared(b), a.labels(), a.depth())
		}
	}
	if name("").within(nameOf(".")) || nameOf("a").within("") {
		t.Error("no name lies within, or holds, a name")
	}
	if w := nameOf("b.example").wildcard(); w != nameOf("*.b.example") {
		t.Errorf("wildcard %s", w)
	}
}
