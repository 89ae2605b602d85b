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
