package lint_test

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/lint"
)

func TestTLSA(t *testing.T) {
	empty := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	colons := strings.Trim(strings.Join(strings.SplitAfter(strings.ToUpper(digest), ""), ""), "")
	var octets []string
	for i := 0; i < len(colons); i += 2 {
		octets = append(octets, colons[i:i+2])
	}
	for _, c := range []struct{ data, want, mended string }{
		{"3 1 1 " + digest, "", "3 1 1 " + digest},
		{"2 0 1 " + digest, "", "2 0 1 " + digest},
		{"3 1 2 " + digest + digest, "", "3 1 2 " + digest + digest},
		{"3 0 1 " + digest, "selector-cert-ee <0>", "3 0 1 " + digest},
		{"1 1 1 " + digest, "!usage-pkix <1>", "3 1 1 " + digest},
		{"0 1 1 " + digest, "!usage-pkix <0>", ""},
		{"4 1 1 " + digest, "!usage-unknown <4>", ""},
		{"3 2 1 " + digest, "!selector-unknown <2>", ""},
		{"3 1 3 " + digest, "!matching-unknown <3>", "3 1 1 " + digest},
		{"3 1 2 " + digest, "!digest-wrong-length <" + digest + ">", "3 1 1 " + digest},
		{"3 1 1 " + digest + " " + digest, "!digest-wrong-length <" + digest + " " + digest + ">", "3 1 2 " + digest + " " + digest},
		{"3 1 1 " + digest[2:], "!digest-wrong-length <" + digest[2:] + ">", ""},
		{"3 1 0 " + digest, "!malformed <" + digest + ">", "3 1 1 " + digest},
		{"3 1 1 " + digest[1:], "!malformed <" + digest[1:] + ">", ""},
		{"3 1 1 " + digest[1:] + "g", "!malformed <g>", ""},
		{"3 1 1", "!malformed <>", ""},
		{"3 1 256 " + digest, "!malformed <256>", ""},
		{"DANE-EE 1 1 " + digest, "!malformed <DANE-EE>", ""},
		{"3 1 1 " + strings.Join(octets, ":"), "!malformed <:>", "3 1 1 " + strings.ToUpper(digest)},
		{"3 1 1 " + empty, "!digest-of-empty <" + empty + ">", ""},
		{"3 1 1 " + strings.Repeat("00", 32), "!placeholder-data <" + strings.Repeat("00", 32) + ">", ""},
		{`\# 35 030101` + digest, "", `\# 35 030101` + digest},
		{`\# 35 01 01 01 ` + digest, "!usage-pkix <01>", `\# 35 03 01 01 ` + digest},
		{`\# 35 030102` + digest, "!digest-wrong-length <" + digest + ">", `\# 35 030101` + digest},
		{`\# 34 030101` + digest, "!malformed <34>", `\# 35 030101` + digest},
		{`\# 35 030101` + digest[1:], "!malformed <030101" + digest[1:] + ">", ""},
		{`\# 3 030101`, "!malformed <>", ""},
		{`\# x 030101` + digest, "!malformed <x>", `\# 35 030101` + digest},
	} {
		for _, before := range []string{"_25._tcp.mx.example.com. 3600 IN TLSA ", "_25._tcp.mx IN TYPE52 ("} {
			after := strings.Repeat(" )", strings.Count(before, "("))
			l := lint.Read(before + c.data + after)
			_, got, _ := strings.Cut(show(l), "|")
			want := c.mended
			if want != "" {
				want = before + want + after
			}
			if len(l.Parts) != 1 || l.Parts[0].Span.Cut(l.Text) != c.data || got != c.want || l.Mended != want {
				t.Errorf("%s: %s, mended %q", c.data, show(l), l.Mended)
			}
		}
	}
}

// TestFields gives TLSA records in parts, each behind its label.
// The data alone is known by a long digest, also where it is written octet by octet;
// other rows of numbers are none.
func TestSpreadDigest(t *testing.T) {
	for _, size := range []int{2, 8, 63, 64} {
		var words []string
		for rest := digest; rest != ""; rest = rest[min(size, len(rest)):] {
			words = append(words, rest[:min(size, len(rest))])
		}
		l := lint.Read("3 1 1 " + strings.Join(words, " "))
		if len(l.Parts) != 1 || l.Parts[0].Kind != lint.TLSARecord {
			t.Errorf("words of %d: %s", size, show(l))
		}
	}
	for _, text := range []string{"3 1 1 01 02 03 04", "3 1 1 " + strings.Repeat("01 ", 31) + "x", "1 2 3 " + strings.Repeat("4 ", 30) + "to"} {
		if l := lint.Read(text); len(l.Parts) != 0 {
			t.Errorf("%q: %s", text, show(l))
		}
	}
}

func TestFields(t *testing.T) {
	for text, want := range map[string]string{
		"Name: _25._tcp.mx1\nUsage: 3\nSelector: 1\nMatching type: 1\nCertificate (hex): " + digest:                                      "",
		"TLSA\n_25._tcp.mx1\nUsage\n3\nSelector\n1\nMatching-type\n1\nCertificate association data\n" + digest + "\nTTL\n3600":           "",
		`{"name": "_25._tcp.mx1", "data": {"certificate": "` + digest + `", "matching_type": 1, "selector": 1, "usage": 1}}`:             "|!usage-pkix <1>",
		`TLSA("_25._tcp.mx1", 3, 1, 2, "` + digest + `"),`:                                                                               "|!digest-wrong-length <" + digest + ">",
		"Name: 25._tcp.mx1\nType: TLSA\n_25._tcp.mx1 Usage 3 Selector 0 Matching type 1 Hash " + digest + " Usage 3 Selector 1 Matching": "|selector-cert-ee <0>",
	} {
		l := lint.Read(text)
		if len(l.Parts) != 1 || l.Kind() != lint.TLSARecord || l.Parts[0].Owner.Cut(text) != "_25._tcp.mx1" {
			t.Errorf("%q: %s", text, show(l))
			continue
		}
		if got := show(l); !strings.HasSuffix(got, l.Parts[0].Span.Cut(text)+want) || l.Mended == "" || !lint.Read(l.Mended).Valid() {
			t.Errorf("%q: %s, %q", text, got, l.Mended)
		}
	}
	for _, text := range []string{
		"Usage: 3\nSelector: 1\nMatching type: 1", "Name: _443._tcp.www Usage 1 Selector 0 Matching 1 Certificate " + digest,
		"The usage is 3, the selector 1 and the certificate is new", "Certificate " + digest + " TTL 3600 Usage Selector Matching",
	} {
		if l := lint.Read(text); l.Kind() != lint.Unknown {
			t.Errorf("%q: %s", text, show(l))
		}
	}
}
