package dane

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestParseText(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	cases := []struct{ text, want string }{
		{"3 1 1 " + sum, "3 1 1 " + sum},
		{"3 1 1 " + strings.ToUpper(sum), "3 1 1 " + sum},
		{"3\t1 1 ( " + sum[:20] + "\n   " + sum[20:] + " )", "3 1 1 " + sum},
		{`\# 35 030101` + sum, "3 1 1 " + sum},
		{`\# 35 03 01 01 ` + sum[:7] + " " + sum[7:], "3 1 1 " + sum},
		{"255 255 255 00", "255 255 255 00"},
		{"3 1 1", "3 1 1"},
		{"3 1", ""},
		{"", ""},
		{"3 1 1 abc", ""},
		{"3 1 1 xy", ""},
		{"256 1 1 00", ""},
		{"-3 1 1 00", ""},
		{`\# 34 030101` + sum, ""},
		{`\# 2 0301`, ""},
		{`\#`, ""},
	}
	for _, c := range cases {
		got, err := ParseText(c.text)
		if c.want == "" {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%q: got %v, %v; want ErrMalformed", c.text, got, err)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("%q: got %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestParseBounds(t *testing.T) {
	for _, n := range []int{0, 1, 2, 65536} {
		if _, err := Parse(make([]byte, n)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	for _, n := range []int{3, 4, 35, 65535} {
		rdata := bytes.Repeat([]byte{7}, n)
		got, err := Parse(rdata)
		if err != nil || !bytes.Equal(got.RData(), rdata) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

func TestUnusable(t *testing.T) {
	leaf := newIssued(t, issue{cn: "mx.example.com"})
	cert, _ := Derive(leaf.der, DANEEE, CertSelector, Full)
	spki, _ := Derive(leaf.der, DANEEE, SPKISelector, Full)
	cases := []struct {
		name string
		tlsa TLSA
		want Kind
	}{
		{"3 1 1", TLSA{3, 1, 1, make([]byte, 32)}, ""},
		{"2 0 2", TLSA{2, 0, 2, make([]byte, 64)}, ""},
		{"0 x x", TLSA{0, 1, 1, make([]byte, 32)}, UsagePKIX},
		{"1 x x", TLSA{1, 9, 1, make([]byte, 32)}, UsagePKIX},
		{"4 x x", TLSA{4, 1, 1, make([]byte, 32)}, UsageUnknown},
		{"private use", TLSA{255, 1, 1, make([]byte, 32)}, UsageUnknown},
		{"x 2 x", TLSA{3, 2, 1, make([]byte, 32)}, SelectorUnknown},
		{"x x 3", TLSA{3, 1, 3, make([]byte, 32)}, MatchingUnknown},
		{"31 octets", TLSA{3, 1, 1, make([]byte, 31)}, DigestWrongLength},
		{"SHA2-512 of 32", TLSA{3, 1, 2, make([]byte, 32)}, DigestWrongLength},
		{"no data", TLSA{3, 1, 1, nil}, Malformed},
		{"full certificate", cert, ""},
		{"full key", spki, ""},
		{"key for certificate", TLSA{3, 0, 0, spki.Data}, Malformed},
		{"certificate for key", TLSA{3, 1, 0, cert.Data}, Malformed},
		{"rubbish", TLSA{2, 0, 0, []byte("rubbish")}, Malformed},
		{"certificate and more", TLSA{3, 0, 0, append(bytes.Clone(cert.Data), 0)}, Malformed},
	}
	for _, c := range cases {
		if got := c.tlsa.Unusable(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// seeds of the round trip; their number is asserted so that none gets lost.
var seeds = []string{
	"3 1 1 0c72ac70b745ac19998811b131d662c9ac69dbdbe7cb23e5b514b56664c5d3d6",
	"2 0 1 (E3B0C44298FC1C149AFBF4C8996FB924 27AE41E4649B934CA495991B7852B855)",
	`\# 4 00000001`,
	"0 0 0",
	"255 255 255 ff",
	"3 1 1 0",
	"3 1 1 99: Address not available",
	"03 01 01 00",
}

func TestSeeds(t *testing.T) {
	if len(seeds) != 8 {
		t.Errorf("%d seeds of FuzzRoundTrip, want 8", len(seeds))
	}
	read := 0
	for _, s := range seeds {
		if _, err := ParseText(s); err == nil {
			read++
		}
	}
	if read != 6 {
		t.Errorf("%d seeds are read, want 6", read)
	}
}

// What is accepted prints back, in both forms, as the same record.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, []byte(s))
	}
	f.Fuzz(func(t *testing.T, text string, rdata []byte) {
		if read, err := ParseText(text); err == nil {
			again, err := ParseText(read.String())
			if err != nil || !again.Equal(read) {
				t.Fatalf("%q printed as %q is read as %v, %v", text, read, again, err)
			}
			if again, err = ParseText(read.Generic()); err != nil || !again.Equal(read) {
				t.Fatalf("%q printed as %q is read as %v, %v", text, read.Generic(), again, err)
			}
			read.Unusable()
		}
		if read, err := Parse(rdata); err == nil {
			if !bytes.Equal(read.RData(), rdata) {
				t.Fatalf("%x became %x", rdata, read.RData())
			}
			again, err := ParseText(read.String())
			if err != nil || !again.Equal(read) {
				t.Fatalf("%q is read as %v, %v", read, again, err)
			}
		}
	})
}
