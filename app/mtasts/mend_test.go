package mtasts

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/syntax"
)

const (
	meantText = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"
	noHost    = "" // nothing can be proposed
)

// lf writes a policy's lines with LF; "…" stands for meantText.
func lf(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// in puts a piece of meantText's text another way.
func in(old, text string) string {
	if !strings.Contains(lf(meantText), old) {
		panic(old)
	}
	return strings.Replace(lf(meantText), old, text, 1)
}

// policyMends are damaged policies that all mean meantText, by what happened.
var policyMends = []struct{ why, text string }{
	{"Korean", "버전: STSv1\n모드: 강제\nmx: mail.example.com\nmx: *.example.net\n최대_수명: 604800\n"},
	{"Swedish", in("mode: enforce", "läge: genomdriv")},
	{"Swedish, decomposed", in("mode", "la\u0308ge")},
	{"German", "Version: STSv1\nModus: erzwingen\nmx: mail.example.com\nmx: *.example.net\nmax_alter: 604800\n"},
	{"French", "version: STSv1\nmode: appliquer\nmx: mail.example.com\nmx: *.example.net\nâge_max: 604800\n"},
	{"Spanish", "versión: STSv1\nmodo: forzar\nmx: mail.example.com\nmx: *.example.net\nedad_máxima: 604800\n"},
	{"Japanese", "バージョン: STSv1\nモード: 強制\nmx: mail.example.com\nmx: *.example.net\n最大年齢: 604800\n"},
	{"Japanese, full-width", "バージョン：ＳＴＳｖ１\nモード：強制\nｍｘ：mail．example．com\nｍｘ：＊.example.net\nｍａｘ＿ａｇｅ：６０４８００\n"},
	{"Chinese", in("mode: enforce", "模式：强制")},
	{"typographic quotes", in("enforce", "“enforce”")},
	{"quotes", in("enforce", `"enforce"`)},
	{"no-break spaces", strings.ReplaceAll(lf(meantText), ": ", ":\u00a0")},
	{"zero-width spaces", strings.ReplaceAll(lf(meantText), "mx", "\u200bmx")},
	{"lost underscore", in("max_age", "maxage")},
	{"underscore as a space", in("max_age", "max age")},
	{"hyphen for underscore", in("max_age", "max-age")},
	{"capitals", in("mode: enforce", "MODE: ENFORCE")},
	{"a form of the word", in("enforce", "enforced")},
	{"doubled zone", in("mail.example.com", "mail.example.com.example.com")},
	{"RTF", `{\rtf1\ansi{\fonttbl\f0\fswiss Helvetica;}{\*\expandedcolortbl;;}` + "\n" + `\f0\fs24 \cf0 version: STSv1\` + "\n" + `mode: enforce\` + "\n" + `mx: mail.example.com\par mx: *.example.net\` + "\n" + `max_age: 604800}`},
	{"RTF without its head", `\f0\fs24 \cf0 version: STSv1\` + "\nmode: enforce\\\nmx: mail.example.com\\\nmx: *.example.net\\\nmax_age: 604800}"},
	{"HTML", "<!DOCTYPE html><html><head><title>mode: none</title></head><body><p>version: STSv1<br>mode:&nbsp;enforce</p><div>mx: mail.example.com</div><div>mx: *.example.net</div><p>max_age: 604800</p></body></html>"},
	{"JSON", `{"version": "STSv1", "mode": "enforce", "mx": ["mail.example.com", "*.example.net"], "max_age": 604800}`},
	{"nearly JSON", "{\n  'version': 'STSv1',\n  'mode': 'enforce',\n  'mx': [\n    'mail.example.com',\n    '*.example.net',\n  ],\n  'max_age': 604800,\n}\n"},
	{"YAML", "version: STSv1\nmode: enforce\nmx:\n  - mail.example.com\n  - '*.example.net'\nmax_age: 604800\n"},
	{"front matter", "---\nlayout: none\nmode: none\n---\n\n" + lf(meantText)},
	{"fence", "```\n" + lf(meantText) + "```\n"},
	{"comments", "# policy\n" + lf(meantText) + "// end\n"},
	{"TXT line", "_mta-sts.example.com. IN TXT \"v=STSv1; id=1\"\n" + lf(meantText)},
	{"DMARC", "v=STSv1; mode=enforce; mx=mail.example.com; mx=*.example.net; max_age=604800;"},
	{"semicolons", strings.ReplaceAll(lf(meantText), "\n", ";\n")},
	{"equals signs", strings.ReplaceAll(lf(meantText), ": ", "=")},
	{"one line", strings.ReplaceAll(lf(meantText), "\n", " ")},
	{"one line, written line ends", strings.ReplaceAll(lf(meantText), "\n", `\n`)},
	{"list on one line", in("mail.example.com\nmx: ", "mail.example.com, ")},
	{"ports", in("mail.example.com", "mail.example.com:25")},
	{"priorities", in("mail.example.com", "10 mail.example.com.")},
	{"trailing dots", strings.NewReplacer(".com\n", ".com.\n", ".net\n", ".net.\n").Replace(lf(meantText))},
	{"leading dot", in("*.example.net", ".example.net")},
	{"URL", in("mail.example.com", "smtp://mail.example.com/")},
	{"blank lines", strings.ReplaceAll(lf(meantText), "\n", "\n\n")},
	{"indented", "\n" + strings.ReplaceAll(lf(meantText), "m", "  m")[0:0] + "  " + strings.ReplaceAll(lf(meantText), "\n", "\n  ")},
	{"BOM", bom + lf(meantText)},
	{"UTF-16", "\xFF\xFE" + strings.Join(strings.Split(lf(meantText), ""), "\x00") + "\x00"},
	{"CR", strings.ReplaceAll(lf(meantText), "\n", "\r")},
	{"spaces before colons", strings.ReplaceAll(lf(meantText), ":", " :")},
	{"grouped digits", in("604800", "604,800")},
	{"a unit", in("604800", "7 days")},
	{"no version", in("version: STSv1\n", "")},
	{"version in lower case", in("STSv1", "stsv1")},
	{"no max_age", in("max_age: 604800\n", "")},
	{"a key twice", lf(meantText) + "mode: none\n"},
	{"misspelt", in("mx: *", "nmx: *")},
}

func TestMendPolicy(t *testing.T) {
	for _, test := range policyMends {
		if got, ok := MendPolicy(test.text); !ok || got != meantText {
			t.Errorf("%s: %q, %v", test.why, got, ok)
		}
		_, diagnostics := ParsePolicy([]byte(test.text))
		mendsHold(t, test.text, diagnostics)
		if test.why == "a key twice" || test.why == "doubled zone" || test.why == "misspelt" {
			continue // valid all the same
		}
		if syntax.Valid(diagnostics) {
			t.Errorf("%s: valid as it is", test.why)
		}
	}
}

// TestMendPolicyGuesses are damaged policies of which something can't be known.
func TestMendPolicyGuesses(t *testing.T) {
	for text, want := range map[string]string{
		"mode: none":                                                     "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n",
		"mx: a.example.com\nmode: sometimes\n":                           "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 604800\r\n",
		"mx: bücher.example.com\n":                                       "version: STSv1\r\nmode: testing\r\nmx: xn--bcher-kva.example.com\r\nmax_age: 604800\r\n",
		"mx: a.example.com\nmax_age: 99999999999999999999\n":             "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 31557600\r\n",
		"mx: a.example.com\nmode: enforce\nhint: mode: none\nx y: bad\n": "version: STSv1\r\nmode: enforce\r\nmx: a.example.com\r\nmax_age: 604800\r\nhint: mode: none\r\n",
		"": noHost, "hello": noHost, "mode: enforce\nmx: a@example.com\nmax_age: 1": noHost, "mode: enforce\nmx: *\n": noHost,
		"mode: enforce\nmx: 192.0.2.1\n": noHost, "_mta-sts.a.example. TXT \"v=STSv1; id=1\"\n": noHost, "<html></html>": noHost, "{}": noHost,
	} {
		if got, ok := MendPolicy(text); ok != (want != noHost) || ok && got != want {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

// TestMendAge are values of max_age with what stands behind them: it is the number that
// counts.
func TestMendAge(t *testing.T) {
	for value, want := range map[string]string{
		"2592000 # 30 days": "2592000", "2592000; a month": "2592000", "2592000 (30d)": "2592000", "2592000 // a month": "2592000", "2592000# a month": "2592000",
		"4 weeks # or so": "2419200", "2 592 000 (30d)": "2592000", "2592000 fortnights": "604800", "# 2592000": "604800", "": "604800",
	} {
		want = "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: " + want + "\r\n"
		if got, ok := MendPolicy("mx: a.example.com\nmode: testing\nmax_age: " + value + "\n"); !ok || got != want {
			t.Errorf("%q: %q, %v", value, got, ok)
		}
	}
}

// mendsHold holds every diagnostic's mended text, and that of the whole, to
// having no error when it is parsed again.
func mendsHold(t *testing.T, text string, diagnostics []syntax.Diagnostic) {
	t.Helper()
	whole, ok := MendPolicy(text)
	if ok {
		mustBeValid(t, text, whole)
	}
	for _, d := range diagnostics {
		if d.Mend == "" {
			continue
		}
		mended := d.Mend
		if mended != whole { // lines: what else a policy needs stands around them
			for _, line := range []string{"version: STSv1", "mode: none", "max_age: 1"} {
				if !strings.Contains("\n"+mended, "\n"+line[:strings.IndexByte(line, ':')+1]) {
					mended += "\n" + line
				}
			}
			if !strings.Contains("\n"+mended, "\nmx:") {
				mended += "\nmx: a.example"
			}
		}
		mustBeValid(t, text, mended)
	}
}

func mustBeValid(t *testing.T, text, mended string) {
	t.Helper()
	if _, diagnostics := ParsePolicy([]byte(mended)); !syntax.Valid(diagnostics) {
		t.Errorf("%q is mended as %q: %v", text, mended, diagnostics)
	}
}

// TestEveryKindIsMended holds that there is a mended text for each kind of which
// the catalogue says how to mend it, and for which nothing has to be known that
// the text doesn't say.
func TestEveryKindIsMended(t *testing.T) {
	mended := map[syntax.Kind]bool{}
	for _, test := range policyTests {
		_, diagnostics := ParsePolicy([]byte(wire(test.text)))
		mendsHold(t, test.text, diagnostics)
		for _, d := range diagnostics {
			mended[d.Kind] = mended[d.Kind] || d.Mend != ""
		}
	}
	for _, test := range policyMends {
		_, diagnostics := ParsePolicy([]byte(test.text))
		for _, d := range diagnostics {
			mended[d.Kind] = mended[d.Kind] || d.Mend != ""
		}
	}
	for _, kind := range []syntax.Kind{
		BOM, LeadingWhitespace, CRLineEndings, SingleLine, TrailingSemicolon, EqualsSign, SpaceBeforeColon, JSONBody, RTFBody,
		Unparsable, Translated, syntax.NonASCII, VersionMissing, VersionWrong, ModeMissing, ModeInvalid, ModeCase, MaxAgeMissing,
		MaxAgeInvalid, MaxAgeTooLarge, KeyTypo, KeyCase, MXListOnOneLine, MXYAMLList, MXTrailingDot, MXURL,
		MXPriorityIncluded, MXPortIncluded, MXLeadingDot, MXDoubledZone,
	} {
		if !mended[kind] {
			t.Errorf("%s is never mended", kind)
		}
	}
}

// damages are things that people, editors and panels do to a policy's text, each
// of which leaves its meaning to be seen.
var damages = []func(string) string{
	func(s string) string { return strings.ReplaceAll(s, "mode", "모드") },
	func(s string) string { return strings.ReplaceAll(s, "enforce", "erzwingen") },
	func(s string) string { return strings.ReplaceAll(s, "max_age", "maxage") },
	func(s string) string { return strings.ReplaceAll(s, "max_age", "Max-Age") },
	func(s string) string { return strings.ReplaceAll(s, ": ", ":\u00a0") },
	func(s string) string { return strings.ReplaceAll(s, ":", "：") },
	func(s string) string { return strings.ReplaceAll(s, ":", " :") },
	func(s string) string { return strings.ReplaceAll(s, ": ", "=") },
	func(s string) string { return strings.ReplaceAll(s, "STSv1", "“STSv1”") },
	func(s string) string { return strings.ReplaceAll(s, "\r\n", ";\r\n") },
	func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") },
	func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	func(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") },
	func(s string) string { return strings.ReplaceAll(s, "\r\n", "\r") },
	func(s string) string { return strings.ReplaceAll(s, "mx: ", "mx: 10 ") },
	func(s string) string { return strings.ReplaceAll(s, "mail.example.com", "mail.example.com.") },
	func(s string) string { return strings.ReplaceAll(s, "mail.example.com", "https://mail.example.com") },
	func(s string) string { return strings.ReplaceAll(s, "*.example.net", ".example.net") },
	func(s string) string { return strings.ReplaceAll(s, "version: STSv1", "") },
	func(s string) string { return "\uFEFF" + s },
	func(s string) string { return s + "\r\n# mine" },
	func(s string) string { return strings.ToUpper(s[:1]) + s[1:] },
	func(s string) string { return strings.ReplaceAll(s, "604800", "604.800") },
	func(s string) string { return "---\nlayout: none\n---\n" + s },
	func(s string) string { return "<pre>" + strings.ReplaceAll(s, "\n", "<br>\n") + "</pre>" },
}

func TestDamagedTwiceAndMended(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		text := meantText
		var done []int
		for range 1 + i%3 {
			n := random.IntN(len(damages))
			if slices.Contains(done, n) {
				continue
			}
			done = append(done, n)
		}
		slices.Sort(done) // what goes around the whole comes last
		for _, n := range done {
			text = damages[n](text)
		}
		if got, ok := MendPolicy(text); !ok || got != meantText {
			t.Fatalf("damages %v: %q is mended as %q, %v", done, text, got, ok)
		}
		_, diagnostics := ParsePolicy([]byte(text))
		mendsHold(t, text, diagnostics)
	}
}

// recordMends are damaged records, and what they were to be; the id "?" is any.
var recordMends = []struct{ text, want string }{
	{"v=STSv1; id=2025-11-09", "v=STSv1; id=20251109;"},
	{"v=STSv1; id=logimail-v1", "v=STSv1; id=logimailv1;"},
	{`_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=20250802"`, "v=STSv1; id=20250802;"},
	{`_mta-sts.example.com. IN TXT ( "v=STSv1; " "id=20250802;" )`, "v=STSv1; id=20250802;"},
	{"id=abc; v=STSv1", "v=STSv1; id=abc;"},
	{`v=STSv1\; id=1`, "v=STSv1; id=1;"},
	{`"v=STSv1; id=1"`, "v=STSv1; id=1;"},
	{"“v=STSv1; id=1”", "v=STSv1; id=1;"},
	{"v=STSv1;\u00a0id=1;", "v=STSv1; id=1;"},
	{"ｖ＝ＳＴＳｖ１； ｉｄ＝１", "v=STSv1; id=1;"},
	{"v=STSv1；id=1", "v=STSv1; id=1;"},
	{"v = STSv1; id = 7", "v=STSv1; id=7;"},
	{"V=stsv1; ID=7", "v=STSv1; id=7;"},
	{"v=STSv1, id=7", "v=STSv1; id=7;"},
	{"v=STSv1 id=7", "v=STSv1; id=7;"},
	{"v: STSv1; id: 7", "v=STSv1; id=7;"},
	{"v=STSv1; id=7; id=8", "v=STSv1; id=7;"},
	{"v=STSv1; id=7;; x=1", "v=STSv1; id=7; x=1;"},
	{"v=STSv1; id=7; mode=enforce; mx=a.example; max_age=1", "v=STSv1; id=7;"},
	{"v=STSv1; id=7 rest", "v=STSv1; id=7;"},
	{"\uFEFFv=STSv1; id=7", "v=STSv1; id=7;"},
	{"v=MTASTS1; id=7", "v=STSv1; id=7;"},
	{"v=STSv1 ; id=7", "v=STSv1; id=7;"},
	{"v=STSv1; id=" + strings.Repeat("7", 40), "v=STSv1; id=" + strings.Repeat("7", 32) + ";"},
	{"v=STSv1; id=", "?"}, {"v=STSv1;", "?"}, {"v=STSv1", "?"}, {"v=STSv1; id=<bump on every change>", "?"}, {"v=STSv1; id=${var.id}", "?"},
	{"v=STSv1; mx: a.com; mode: testing;", "?"}, {"v=STSv1; id=---", "?"}, {`v=STSv1; x=\`, "?"},
	{"", ""}, {"v=spf1 -all", ""}, {"hello", ""}, {"v=TLSRPTv1; rua=mailto:a@b.example", ""}, {"v=DKIM1; id=7", ""},
}

func TestMendRecord(t *testing.T) {
	for _, test := range recordMends {
		got, ok := MendRecord(test.text)
		if ok != (test.want != "") || ok && test.want != "?" && got != test.want {
			t.Errorf("%q is mended as %q, %v; want %q", test.text, got, ok, test.want)
		}
		recordMendsHold(t, test.text)
	}
}

// recordMendsHold holds what is written instead of a record to having no fault.
func recordMendsHold(t *testing.T, text string) {
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

// meansTheSame holds the meaning of a valid policy to what the parser reads.
func meansTheSame(t *testing.T, text string, policy Policy) {
	t.Helper()
	policy.MX = slices.DeleteFunc(slices.Clone(policy.MX), func(p Pattern) bool {
		_, kind := ParsePattern(p.String())
		return kind == MXIPAddress || kind == MXDoubledZone
	})
	mended, ok := MendPolicy(text)
	if len(text) > maxMeant || len(policy.MX) == 0 && policy.Mode != ModeNone {
		return
	}
	got, _ := ParsePolicy([]byte(mended))
	if !ok || got.Mode != policy.Mode || got.MaxAge != policy.MaxAge {
		t.Errorf("%q is %v, and is mended as %q, %v", text, policy, mended, ok)
	}
	for _, p := range policy.MX {
		if !slices.ContainsFunc(got.MX, func(q Pattern) bool { return reflect.DeepEqual(p, q) }) && len(policy.MX) < maxLines-10 {
			t.Errorf("%q is mended as %q", text, mended)
		}
	}
}
