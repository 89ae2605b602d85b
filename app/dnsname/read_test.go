package dnsname

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// toASCII is what the native doors give Read: UTS #46, not transitional.
var toASCII = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII

// readings are inputs with what Read makes of them.
var readings = []struct {
	input, name string
	form        Form
	taken       string // "" for the input itself
	unicode     string
}{
	{"example.com", "example.com", FormDomain, "", ""},
	{"EXAMPLE.Com.", "example.com", FormDomain, "", ""},
	{"  mail.example.co.uk\r\n", "mail.example.co.uk", FormDomain, "mail.example.co.uk", ""},
	{"\ufeffexample.com\u200b", "example.com", FormDomain, "example.com", ""},
	{"my_host.example.com", "my_host.example.com", FormDomain, "", ""},
	{"perfect.test", "perfect.test", FormDomain, "", ""},
	{"xn--bcher-kva.example", "xn--bcher-kva.example", FormDomain, "", "bücher.example"},

	{`"example.com"`, "example.com", FormTrimmed, "", ""},
	{"“example.com”", "example.com", FormTrimmed, "", ""},
	{"<example.com>", "example.com", FormTrimmed, "", ""},
	{"[example.com]", "example.com", FormTrimmed, "", ""},
	{"`'example.com'`", "example.com", FormTrimmed, "", ""},
	{"example.com,", "example.com", FormTrimmed, "", ""},
	{"@example.com", "example.com", FormTrimmed, "", ""},

	{"postmaster@example.com", "example.com", FormAddress, "", ""},
	{"Ann Example <ann@Example.com>", "example.com", FormAddress, "ann@Example.com", ""},
	{`"Example, Ann" <ann@example.com>`, "example.com", FormAddress, "ann@example.com", ""},
	{"<ann@example.com>", "example.com", FormAddress, "ann@example.com", ""},
	{"mailto:ann@example.com?subject=Hi%20you", "example.com", FormAddress, "ann@example.com", ""},
	{"MAILTO:ann@example.com", "example.com", FormAddress, "ann@example.com", ""},
	{`"ann@home"@example.com`, "example.com", FormAddress, "", ""},
	{`"ann example"@example.com`, "example.com", FormAddress, "", ""},
	{"ann+tag/x=y@example.com", "example.com", FormAddress, "", ""},
	{"ann＠example．com", "example.com", FormAddress, "", ""},
	{"유저@예제.kr", "xn--2j5b21b.kr", FormAddress, "", "예제.kr"},

	{"https://example.com", "example.com", FormURL, "", ""},
	{"https://user:pass@www.Example.com:8443/a/b?c=d@e#f", "www.example.com", FormURL, "", ""},
	{"//example.com/x", "example.com", FormURL, "", ""},
	{"https://example.com/path?q=1,2;3", "example.com", FormURL, "", ""},
	{"example.com/path", "example.com", FormURL, "", ""},
	{"example.com:25", "example.com", FormURL, "", ""},
	{"mastodon.example/@ann", "mastodon.example", FormURL, "", ""},
	{"smtp://mx.example.com:25", "mx.example.com", FormURL, "", ""},
	{"<https://example.com/>", "example.com", FormURL, "https://example.com/", ""},
	{`http:\\example.com\x`, "example.com", FormURL, "", ""},

	{"bücher.example", "xn--bcher-kva.example", FormUnicode, "", "bücher.example"},
	{"BÜCHER.example", "xn--bcher-kva.example", FormUnicode, "", "bücher.example"},
	{"straße.de", "xn--strae-oqa.de", FormUnicode, "", "straße.de"},
	{"例え。テスト", "xn--r8jz45g.xn--zckzah", FormUnicode, "", "例え.テスト"},
	{"한국mail.kr", "xn--mail-fy4pz03q.kr", FormUnicode, "", "한국mail.kr"},
	{"ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", FormDomain, "", ""},
	{"пример.рф", "xn--e1afmkfd.xn--p1ai", FormUnicode, "", "пример.рф"},

	{"_mta-sts.example.com", "example.com", FormService, "", ""},
	{"_SMTP._TLS.example.com.", "example.com", FormService, "", ""},
	{"_25._tcp.mx1.example.com", "mx1.example.com", FormService, "", ""},
	{`"_mta-sts.example.com"`, "example.com", FormService, "_mta-sts.example.com", ""},
	{"https://mta-sts.example.com/.well-known/mta-sts.txt", "example.com", FormService, "", ""},
	{"mta-sts.example.com", "mta-sts.example.com", FormDomain, "", ""},
}

func TestRead(t *testing.T) {
	for _, c := range readings {
		got, err := Read(c.input, toASCII)
		want := Reading{MustParse(c.name), c.form, c.taken, c.unicode}
		if want.Taken == "" {
			want.Taken = c.input
		}
		if err != nil || got != want {
			t.Errorf("%q:\n got %+v, %v\nwant %+v", c.input, got, err, want)
		}
	}
}

// faults are inputs that give no mail domain, with the piece that is at fault.
var faults = []struct {
	input string
	kind  Fault
	value string
}{
	{"", FaultEmpty, ""},
	{" \u200b\t", FaultEmpty, ""},
	{`""`, FaultEmpty, ""},

	{"https://", FaultOther, "https://"},
	{"<script>alert(1)</script>", FaultOther, "<script>alert(1)</script>"},
	{"<b>example.com</b>", FaultOther, "<b>example.com</b>"},

	{".", FaultEmptyLabel, ""},
	{"..", FaultEmptyLabel, ""},
	{"......", FaultEmptyLabel, ""},
	{"。。", FaultEmptyLabel, ""},
	{"example..com", FaultEmptyLabel, ""},
	{".example.com", FaultEmptyLabel, ""},
	{"example.com..", FaultEmptyLabel, ""},
	{"ann@", FaultEmptyLabel, ""},

	{strings.Repeat("a", 64) + ".com", FaultLabelTooLong, strings.Repeat("a", 64)},
	{strings.Repeat("ü", 63) + ".com", FaultLabelTooLong, strings.Repeat("ü", 63) + ".com"},
	{strings.Repeat("abcdefg.", 32) + "com", FaultTooLong, strings.Repeat("abcdefg.", 25)},

	{"192.0.2.1", FaultIPAddress, "192.0.2.1"},
	{"[192.0.2.1]", FaultIPAddress, "192.0.2.1"},
	{"192.0.2.0/24", FaultIPAddress, "192.0.2.0/24"},
	{"192.0.2.1:25", FaultIPAddress, "192.0.2.1"},
	{"１９２．０．２．１", FaultIPAddress, "１９２．０．２．１"},
	{"2001:db8::1", FaultIPAddress, "2001:db8::1"},
	{"[2001:db8::1]", FaultIPAddress, "2001:db8::1"},
	{"[2001:db8::1]:25", FaultIPAddress, "[2001:db8::1]:25"},
	{"fe80::1%eth0", FaultIPAddress, "fe80::1%eth0"},
	{"https://[2001:db8::1]/x", FaultIPAddress, "[2001:db8::1]"},
	{"http://192.0.2.1:80/", FaultIPAddress, "192.0.2.1"},
	{"ann@[192.0.2.1]", FaultIPAddress, "[192.0.2.1]"},
	{"ann@[IPv6:2001:db8::1]", FaultIPAddress, "[IPv6:2001:db8::1]"},
	{"3221225985", FaultIPAddress, "3221225985"},
	{"0xC0000201", FaultIPAddress, "0xC0000201"},
	{"0xc0.0.2.1", FaultIPAddress, "0xc0.0.2.1"},
	{"127.1", FaultIPAddress, "127.1"},

	{"com", FaultSingleLabel, "com"},
	{"localhost", FaultSingleLabel, "localhost"},
	{"한국", FaultSingleLabel, "한국"},
	{"_mta-sts.com", FaultSingleLabel, "com"},
	{"co.uk", FaultPublicSuffix, "co.uk"},
	{"ann@CO.UK.", FaultPublicSuffix, "CO.UK"},
	{"https://com.au/", FaultPublicSuffix, "com.au"},
	{"or.kr", FaultPublicSuffix, "or.kr"},
	{"anything.np", FaultPublicSuffix, "anything.np"},

	{"pаypal.com", FaultMixedScripts, "pаypal"},      // the second letter is Cyrillic
	{"mail.gοοgle.com", FaultMixedScripts, "gοοgle"}, // Greek omicrons
	{"例えпр.jp", FaultMixedScripts, "例えпр"},           // Japanese with Cyrillic
	{"한かな.kr", FaultMixedScripts, "한かな"},             // Hangul with kana
	{"i❤.ws", FaultEmoji, "❤"},
	{"😀.com", FaultEmoji, "😀"},
	{"a👩‍💻b.com", FaultEmoji, "👩"},
	{"exa mple.com", FaultCharacter, " "},
	{"my domain is example.com", FaultCharacter, " "},
	{"exam!ple.com", FaultCharacter, "!"},
	{"*.example.com", FaultCharacter, "*"},
	{"exam\x00ple.com", FaultCharacter, "\x00"},
	{"example.com\x80", FaultCharacter, "\ufffd"},
	{"exam\u200bple.com", FaultCharacter, "\u200b"},
	{"€.com", FaultCharacter, "€"},
	{"_dmarc.example.com", FaultCharacter, "_dmarc"}, // not one of Sealane's services
	{"example.com:port", FaultCharacter, ":"},
	{"exam%70le.com", FaultCharacter, "%"},
	{"-example.com", FaultHyphen, "-example"},
	{"example-.com", FaultHyphen, "example-"},
	{"xn--a.com", FaultIDNA, "xn--a.com"},

	{"a.com b.com", FaultSeveral, "a.com b.com"},
	{"a.com, b.com", FaultSeveral, "a.com, b.com"},
	{"a.com\nb.com\nc.com", FaultSeveral, "a.com\nb.com\nc.com"},
	{"a.com;b.com", FaultSeveral, "a.com;b.com"},
	{"a@b.com,c@d.com", FaultSeveral, "a@b.com,c@d.com"},
	{"A <a@b.com>, C <c@d.com>", FaultSeveral, "A <a@b.com>, C <c@d.com>"},
	{"mailto:a@b.com,c@d.com", FaultSeveral, "mailto:a@b.com,c@d.com"},
	{"a@b.com@d.com", FaultSeveral, "a@b.com@d.com"},
	{"https://a.com https://b.com", FaultSeveral, "https://a.com https://b.com"},
	{"https://a.com,https://b.com", FaultSeveral, "https://a.com,https://b.com"},
	{"example.com/path?q=1.5,2.5", FaultSeveral, "example.com/path?q=1.5,2.5"},
}

func TestReadFaults(t *testing.T) {
	seen := make(map[Fault]bool)
	for _, c := range faults {
		got, err := Read(c.input, toASCII)
		var fault *InputError
		if !errors.As(err, &fault) {
			t.Errorf("%q: read as %+v, %v; want %s", c.input, got, err, c.kind)
			continue
		}
		seen[c.kind] = true
		if fault.Kind != c.kind || fault.Value != c.value || got != (Reading{}) {
			t.Errorf("%q: got %s %q, want %s %q", c.input, fault.Kind, fault.Value, c.kind, c.value)
		}
		if piece := c.input[fault.Start:fault.End]; clip(piece) != fault.Value {
			t.Errorf("%q: the range holds %q, the value is %q", c.input, piece, fault.Value)
		}
	}
	if len(seen) != 14 {
		t.Errorf("%d kinds of fault are tried, want all 14: %v", len(seen), seen)
	}
}

// A paste of 10 MB is refused without being read.
func TestReadHuge(t *testing.T) {
	for _, piece := range []string{"a", " ", "a.com ", "\u200b", "<", "😀", "@", "."} {
		input := strings.Repeat(piece, 10<<20/len(piece))
		var err error
		took := quickest(func() { _, err = Read(input, toASCII) })
		var fault *InputError
		if !errors.As(err, &fault) || fault.Kind != FaultTooLong || len(fault.Value) > 200 {
			t.Errorf("10 MB of %q: %.300v", piece, err)
		}
		if took > 50*time.Millisecond {
			t.Errorf("10 MB of %q took %v", piece, took)
		}
	}
	for _, piece := range []string{"a", " ", "a.com ", "\u200b", "<", "<a.b>", "😀", "@", ".", `"`, "(", "xn--a."} {
		input := strings.Repeat(piece, MaxInput/len(piece))
		var r Reading
		var err error
		took := quickest(func() { r, err = Read(input, toASCII) })
		if err == nil {
			t.Errorf("%q over and over was read as %+v", piece, r)
		}
		if took > 200*time.Millisecond {
			t.Errorf("%q over and over took %v", piece, took)
		}
	}
}

// quickest is what the quickest of five tries takes: a busy machine is slow
// once, and not each time.
func quickest(do func()) time.Duration {
	took := time.Hour
	for range 5 {
		begin := time.Now()
		do()
		took = min(took, time.Since(begin))
	}
	return took
}

// What toASCII answers is checked like anything else.
func TestReadMistrustsToASCII(t *testing.T) {
	for answer, want := range map[string]Fault{
		"":               FaultIDNA,
		"a..b":           FaultIDNA,
		".":              FaultEmptyLabel,
		"192.0.2.1":      FaultIPAddress,
		"a b.com":        FaultCharacter,
		"ü.com":          FaultCharacter,
		"com":            FaultSingleLabel,
		"co.uk":          FaultPublicSuffix,
		"xn--\x00.com":   FaultCharacter,
		"-":              FaultSingleLabel,
		"9999999999.com": "",
	} {
		_, err := Read("ü.com", func(string) (string, error) { return answer, nil })
		var fault *InputError
		if errors.As(err, &fault) != (want != "") || fault != nil && fault.Kind != want {
			t.Errorf("toASCII gives %q: %v, want %q", answer, err, want)
		}
	}
}

func TestPunycode(t *testing.T) {
	for _, u := range []string{"bücher", "ü", "mañana", "例え", "한국mail", "пример", "普通话", "tiếng-việt", "𠀋", "a1-ü-b"} {
		encoded, err := idna.Punycode.ToASCII(u)
		if err != nil {
			t.Fatal(err)
		}
		if got := toUnicode(encoded + ".test"); got != u+".test" {
			t.Errorf("%s decodes to %q, want %q", encoded, got, u)
		}
	}
	for _, bad := range []string{"xn--", "xn--a-", "xn--99999999", "xn--\x00", "xn--a-ü"} {
		if got := toUnicode(bad); got != bad && !utf8.ValidString(got) {
			t.Errorf("%q decodes to %q", bad, got)
		}
	}
}

const readSeeds = 123

// Read never panics; what it takes is a name that is taken again, the same.
func FuzzRead(f *testing.F) {
	n := 0
	for _, c := range readings {
		f.Add(c.input)
		n++
	}
	for _, c := range faults {
		f.Add(c.input)
		n++
	}
	if n != readSeeds {
		f.Fatalf("%d seeds, want %d", n, readSeeds)
	}
	f.Fuzz(func(t *testing.T, input string) {
		r, err := Read(input, toASCII)
		var fault *InputError
		if errors.As(err, &fault) {
			if fault.Start < 0 || fault.End < fault.Start || fault.End > len(input) || len(fault.Value) > 200 {
				t.Errorf("range [%d, %d) of %d bytes, value of %d", fault.Start, fault.End, len(input), len(fault.Value))
			}
			return
		}
		if err != nil {
			t.Fatalf("an error of another type: %v", err)
		}
		if again, err := Read(r.Name.String(), toASCII); err != nil || again.Name != r.Name || again.Form != FormDomain {
			t.Errorf("%q is read as %v, and that as %+v, %v", input, r.Name, again, err)
		}
		if parsed, err := Parse(r.Name.FQDN()); err != nil || parsed != r.Name || len(parsed.Labels()) < 2 {
			t.Errorf("%q is read as %v, which parses as %v, %v", input, r.Name, parsed, err)
		}
		if r.Unicode != "" {
			if again, err := Read(r.Unicode, toASCII); err == nil && again.Name != r.Name {
				t.Errorf("%q shows as %q, which is %v, not %v", input, r.Unicode, again.Name, r.Name)
			}
		}
	})
}
