package lint_test

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/syntax"
)

// show writes what was read: a line for each part, with what was read and the owner
// name, then one for each diagnostic, its place marked by what stands there.
func show(l lint.Lint) string {
	var out []string
	for _, p := range l.Parts {
		out = append(out, p.Kind.Group()+" <"+p.Owner.Cut(l.Text)+"> "+p.Span.Cut(l.Text))
		for _, d := range p.Diagnostics {
			fatal := ""
			if d.Fatal {
				fatal = "!"
			}
			out = append(out, fatal+string(d.Kind)+" <"+d.Span.Cut(l.Text)+">")
		}
	}
	return strings.Join(out, "|")
}

const (
	digest = "5f9ce5b1e8c5a3a1c6c2f3a7d9e4b8c7a6f5e4d3c2b1a09f8e7d6c5b4a392817"
	good   = "v=STSv1; id=20240101;"
	report = "v=TLSRPTv1; rua=mailto:tls@example.com"
)

// TestForms gives the same records in every form in which they are pasted: nothing
// is wrong with them, and nothing changes.
func TestForms(t *testing.T) {
	name := "_mta-sts.example.com"
	for why, c := range map[string]struct{ text, want string }{
		"text":                {good, "sts-record <> " + good},
		"text with line end":  {good + "\n", "sts-record <> " + good},
		"reporting text":      {report, "tlsrpt-record <> " + report},
		"dig":                 {"; <<>> DiG 9.18 <<>> TXT " + name + "\n;; QUESTION SECTION:\n;" + name + ".\t\tIN\tTXT\n\n;; ANSWER SECTION:\n" + name + ".\t3600 IN\tTXT\t\"" + good + "\"\n\n;; Query time: 3 msec\n", "sts-record <" + name + ".> \"" + good + `"`},
		"dig +short":          {`"` + good + `"`, `sts-record <> "` + good + `"`},
		"old dig":             {name + ". 3600 IN TXT \"v=STSv1\\; id=1\\;\"", "sts-record <" + name + `.> "v=STSv1\; id=1\;"`},
		"escapes":             {`@ IN TXT ` + "\n" + `_mta-sts TXT "v=STSv1\059 \105d=1;"`, `sts-record <_mta-sts> "v=STSv1\059 \105d=1;"`},
		"zone file":           {"$ORIGIN example.com.\n@ 3600 IN SOA ns hostmaster (\n 1 ; serial\n 2 3 4 5 )\n  IN MX 10 mx1\n  IN TXT \"v=spf1 mx -all\"\n_mta-sts IN TXT \"" + good + "\" ; the policy's id\n_smtp._tls 300 TXT \"" + report + "\"\n_25._tcp.mx1 IN TLSA 3 1 1 " + digest + "\n  IN TLSA 2 1 1 " + digest + "\n", "sts-record <_mta-sts> \"" + good + "\"|tlsrpt-record <_smtp._tls> \"" + report + "\"|tlsa <_25._tcp.mx1> 3 1 1 " + digest + "|tlsa <_25._tcp.mx1> 2 1 1 " + digest},
		"parentheses":         {"_25._tcp.mx TLSA ( 3 1 1 ; ours\n\t" + digest[:32] + "\n\t" + digest[32:] + " )\n", "tlsa <_25._tcp.mx> 3 1 1 ; ours\n\t" + digest[:32] + "\n\t" + digest[32:]},
		"unquoted, escaped":   {`_mta-sts IN TXT v=STSv1\;id=1 ; right`, `sts-record <_mta-sts> v=STSv1\;id=1`},
		"TLSA alone":          {"3 1 1 " + digest, "tlsa <> 3 1 1 " + digest},
		"TLSA of dig +short":  {"3 1 1 " + strings.ToUpper(digest[:56]) + " " + strings.ToUpper(digest[56:]) + "\n2 1 1 " + digest, "tlsa <> 3 1 1 " + strings.ToUpper(digest[:56]) + " " + strings.ToUpper(digest[56:]) + "|tlsa <> 2 1 1 " + digest},
		"TLSA, broken line":   {"3 1 1 " + digest[:40] + "\n" + digest[40:], "tlsa <> 3 1 1 " + digest[:40] + "\n" + digest[40:]},
		"RFC 3597":            {"_25._tcp.mx.example.com. IN TYPE52 \\# 35 030101" + digest, "tlsa <_25._tcp.mx.example.com.> \\# 35 030101" + digest},
		"RFC 3597 alone":      {"\\# 35 030101" + digest[:4] + " " + digest[4:], "tlsa <> \\# 35 030101" + digest[:4] + " " + digest[4:]},
		"host":                {name + " descriptive text \"" + good + "\"", "sts-record <" + name + "> \"" + good + `"`},
		"host, TLSA":          {"_25._tcp.mx.example.com has TLSA record 3 1 1 " + strings.ToUpper(digest), "tlsa <_25._tcp.mx.example.com> 3 1 1 " + strings.ToUpper(digest)},
		"nslookup":            {"Server:\t\t127.0.0.53\nAddress:\t127.0.0.53#53\n\nNon-authoritative answer:\n" + name + "\ttext = \"" + good + "\"\n", "sts-record <" + name + "> \"" + good + `"`},
		"nslookup, Windows":   {"Server:  dns.example\r\nAddress:  192.0.2.1\r\n\r\n" + name + "\ttext =\r\n\r\n\t\"" + good + "\"\r\n", "sts-record <" + name + "> \"" + good + `"`},
		"resolvectl":          {name + " IN TXT \"" + good + "\"     -- link: eth0", "sts-record <" + name + "> \"" + good + `"`},
		"PowerShell":          {"\nName                    Type   TTL   Section    Strings\n----                    ----   ---   -------    -------\n" + name + "    TXT    3600  Answer     {" + good + "}\n", "sts-record <" + name + "> " + good},
		"PowerShell, list":    {"Name    : " + name + "\nType    : TXT\nTTL     : 3600\nSection : Answer\nStrings : {" + good + "}\n", "sts-record <" + name + "> " + good},
		"panel, one line":     {"Type TXT Name _mta-sts Value " + good + " TTL 1 hour", "sts-record <_mta-sts> " + good},
		"panel, lines":        {"Type\nTXT\nName\n_mta-sts\nContent\n" + good + "\nTTL\nAuto\n", "sts-record <_mta-sts> " + good},
		"panel, colons":       {"Host:_smtp._tls\nValue:" + report + "\n", "tlsrpt-record <_smtp._tls> " + report},
		"panel, columns":      {"TXT\t_mta-sts\t" + good + "\tDNS only\tAuto\tEdit", "sts-record <_mta-sts> " + good},
		"panel, TLSA":         {"TLSA   _25._tcp.mx1   3 1 1 " + digest + "   Auto", "tlsa <_25._tcp.mx1> 3 1 1 " + digest},
		"table":               {"| TXT | `_mta-sts` | " + good + " | 3600 |", "sts-record <_mta-sts> " + good},
		"Terraform":           {"resource \"aws_route53_record\" \"_mta-sts\" {\n  name    = \"_mta-sts.example.com\"\n  type    = \"TXT\"\n  records = [\"" + good + "\"]\n}\n", "sts-record <_mta-sts.example.com> \"" + good + `"`},
		"JSON":                {`{"name":"_mta-sts.example.com","type":"TXT","content":"` + good + `","ttl":1}`, `sts-record <_mta-sts.example.com> "` + good + `"`},
		"JSON in quotes":      {`{"Name": "_mta-sts.example.com.", "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": "\"` + good + `\""}]}`, `sts-record <_mta-sts.example.com.> "\"` + good + `\""`},
		"JSON, TLSA":          {`{"Name":"_25._tcp.mx1.example.com","Type":"TLSA","ResourceRecords":[{"Value":"3 1 1 ` + digest + `"}]}`, "tlsa <_25._tcp.mx1.example.com> 3 1 1 " + digest},
		"shell":               {"nsupdate -l <<< 'update add _mta-sts.example.com. 60 TXT \"" + good + "\"'", "sts-record <_mta-sts.example.com.> \"" + good + `"`},
		"sentence":            {"We publish `" + good + "` now.", "sts-record <> " + good},
		"another port":        {"_443._tcp.www IN TLSA 1 0 1 00\n_mta-sts IN TXT \"" + good + "\"", "sts-record <_mta-sts> \"" + good + `"`},
		"two names":           {"_mta-sts.a.example. IN TXT \"" + good + "\"\n_mta-sts.b.example. IN TXT \"" + good + "\"", "sts-record <_mta-sts.a.example.> \"" + good + "\"|sts-record <_mta-sts.b.example.> \"" + good + `"`},
		"policy":              {"version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 2419200\r\n", "sts-policy <> version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmax_age: 2419200\r\n"},
		"policy from curl -i": {"HTTP/2 200\r\ncontent-type: text/plain\r\n\r\nversion: STSv1\r\nmode: none\r\nmax_age: 86400\r\n", "sts-policy <> version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"},
	} {
		l := lint.Read(c.text)
		if got := show(l); got != c.want || !l.Valid() {
			t.Errorf("%s:\n%s\nwant\n%s", why, got, c.want)
		}
		if l.Mended != c.text || l.Diff != nil {
			t.Errorf("%s became %q", why, l.Mended)
		}
	}
}

// TestNothing gives texts that are nothing of all this.
func TestNothing(t *testing.T) {
	for _, text := range []string{
		"", "\n", "hello", "example.com", "v=spf1 mx -all", `_dmarc.example.com. IN TXT "v=DMARC1; p=none; rua=mailto:sts@example.com"`,
		"k1._domainkey IN TXT ( \"v=DKIM1; k=rsa; \" \"p=MIG\" )", "mx.example.com. IN A 192.0.2.1", `{"a": 1}`, `version: "3"`, "10 20 30 beef", `_mta-sts IN TXT "site-verification=abc"`,
		"_mta-sts.example.com. IN CNAME _mta-sts.host.example.", "_443._tcp.www IN TLSA 3 1 1 " + digest,
		"(((\n\"", "\x00\xff", "TXT", "Type TXT Name _mta-sts Value", "3 1 1", `\# 3 030101x`, "<html></html>",
	} {
		if l := lint.Read(text); l.Kind() != lint.Unknown || l.Valid() || l.Mended != text {
			t.Errorf("%q: %s, %q", text, show(l), l.Mended)
		}
	}
}

func TestFaults(t *testing.T) {
	for why, c := range map[string]struct{ text, want, mended string }{
		"id": {`_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=2024-01-01;"`,
			`sts-record <_mta-sts.example.com.> "v=STSv1; id=2024-01-01;"|!id-invalid-chars <->`,
			`_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=20240101;"`},
		"through escapes": {`_mta-sts IN TXT "v=STSv1\; i\100=2024" "-01;"`,
			`sts-record <_mta-sts> "v=STSv1\; i\100=2024" "-01;"|split-strings <"v=STSv1\; i\100=2024" "-01;">|!id-invalid-chars <->`,
			`_mta-sts IN TXT "v=STSv1; id=202401;"`},
		"over the seam of strings": {`_smtp._tls IN TXT "v=TLSRPTv1; rua=tls@exa" "mple.com"`,
			`tlsrpt-record <_smtp._tls> "v=TLSRPTv1; rua=tls@exa" "mple.com"|split-strings <"v=TLSRPTv1; rua=tls@exa" "mple.com">|!rua-no-scheme <tls@exa" "mple.com>`,
			`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"`},
		"quotes in quotes": {`_mta-sts IN TXT "\"v=STSv1; id=1\""`,
			`sts-record <_mta-sts> "\"v=STSv1; id=1\""|!literal-quotes <\">`,
			`_mta-sts IN TXT "v=STSv1; id=1;"`},
		"unquoted": {"_mta-sts 300 IN TXT v=STSv1; id=1", "sts-record <_mta-sts> v=STSv1; id=1|!unquoted <v=STSv1; id=1>", `_mta-sts 300 IN TXT "v=STSv1; id=1"`},
		"unquoted and more": {"_mta-sts IN TXT v=STSv1; id=a-b", "sts-record <_mta-sts> v=STSv1; id=a-b|!unquoted <v=STSv1; id=a-b>|!id-invalid-chars <->",
			`_mta-sts IN TXT "v=STSv1; id=ab;"`},
		"no closing quote": {`_mta-sts IN TXT "v=STSv1; id=1;`, `sts-record <_mta-sts> "v=STSv1; id=1;|!unclosed-quote <">`, `_mta-sts IN TXT "v=STSv1; id=1;"`},
		"over two lines":   {"v=TLSRPTv1; \\\n\trua=mailto:tls@example.com", "tlsrpt-record <> v=TLSRPTv1; \\\n\trua=mailto:tls@example.com|!line-break <\\\n>", "v=TLSRPTv1; rua=mailto:tls@example.com"},
		"PowerShell": {"a.example TXT 60 Answer {v=STSv1 id=1}", "sts-record <a.example> v=STSv1 id=1|!wrong-name <a.example>|!wrong-separator < >",
			"_mta-sts.a.example TXT 60 Answer {v=STSv1; id=1;}"},
		"JSON": {`{"name":"_mta-sts","content":"\"v=STSv1; id=a-b\""}`, `sts-record <_mta-sts> "\"v=STSv1; id=a-b\""|!id-invalid-chars <->`,
			`{"name":"_mta-sts","content":"\"v=STSv1; id=ab;\""}`},
		"by its name": {`_mta-sts IN TXT "v=STS; id=1"`, `sts-record <_mta-sts> "v=STS; id=1"|!version-unknown <v=STS>`, `_mta-sts IN TXT "v=STSv1; id=1;"`},
		"of two, one": {"$ORIGIN example.com.\n_mta-sts TXT \"v=STSv1; id=a-b\"\n_smtp._tls TXT \"" + report + "\"\n",
			`sts-record <_mta-sts> "v=STSv1; id=a-b"|!id-invalid-chars <->|tlsrpt-record <_smtp._tls> "` + report + `"`,
			"$ORIGIN example.com.\n_mta-sts TXT \"v=STSv1; id=ab;\"\n_smtp._tls TXT \"" + report + "\"\n"},
		"twice":       {"_mta-sts.a.example. IN TXT \"v=STSv1; id=1\"\n_MTA-STS.a.example. IN TXT \"v=STSv1; id=2\"", `sts-record <_mta-sts.a.example.> "v=STSv1; id=1"|sts-record <_MTA-STS.a.example.> "v=STSv1; id=2"|!multiple <"v=STSv1; id=2">`, ""},
		"beyond help": {`_smtp._tls IN TXT "v=TLSRPTv1; rua=nobody"`, `tlsrpt-record <_smtp._tls> "v=TLSRPTv1; rua=nobody"|!rua-no-scheme <nobody>`, ""},
		"policy": {"version: STSv1\nmode: enforced\nmx: mx.example.com\nmax_age: 2419200\n",
			"sts-policy <> version: STSv1\nmode: enforced\nmx: mx.example.com\nmax_age: 2419200\n|lf-line-endings <\n>|!mode-invalid <enforced>",
			"version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 2419200\n"},
		"policy as a record": {"v=STSv1; mode=testing; mx=mx.example.com; max_age=86400", "sts-policy <> v=STSv1; mode=testing; mx=mx.example.com; max_age=86400|!single-line <v=STSv1; mode=testing; mx=mx.example.com; max_age=86400>|missing-final-newline <>",
			"version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmax_age: 86400\r\n"},
	} {
		l := lint.Read(c.text)
		if got := show(l); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", why, got, c.want)
		}
		if l.Mended != c.mended {
			t.Errorf("%s: mended %q, want %q", why, l.Mended, c.mended)
		}
	}
}

// TestLongString wants a text of more than 255 octets in strings, and in one piece
// where there are no strings.
func TestLongString(t *testing.T) {
	long := "v=TLSRPTv1; rua=mailto:" + strings.Repeat("a", 60) + "@example.com" + strings.Repeat(",mailto:tls@"+strings.Repeat("b", 60)+".example", 3)
	l := lint.Read(`_smtp._tls IN TXT "` + long + `"`)
	want := `_smtp._tls IN TXT "` + long[:255] + `" "` + long[255:] + `"`
	if got := l.Parts[0].Diagnostics; len(got) != 1 || got[0].Kind != lint.StringTooLong || !got[0].Fatal || l.Mended != want {
		t.Errorf("%v, %q", got, l.Mended)
	}
	if l := lint.Read(want); !l.Valid() || l.Mended != want {
		t.Error(show(l))
	}
	if l := lint.Read(long); !l.Valid() || len(l.Parts[0].Diagnostics) > 0 {
		t.Error(show(l))
	}
}

func TestOwners(t *testing.T) {
	sts, tlsa := ` IN TXT "`+good+`"`, " IN TLSA 3 1 1 "+digest
	rpt := ` IN TXT "` + report + `"`
	for _, c := range []struct {
		name, data string
		kind       syntax.Kind
		right      string
	}{
		{"_mta-sts", sts, "", ""},
		{"_MTA-STS.example.com.", sts, "", ""},
		{"_mta-sts.sub.example.com", sts, "", ""},
		{"@", sts, lint.WrongName, "_mta-sts"},
		{"example.com.", sts, lint.WrongName, "_mta-sts.example.com."},
		{"mta-sts.example.com.", sts, lint.WrongName, "_mta-sts.example.com."},
		{"_mta_sts", sts, lint.WrongName, "_mta-sts"},
		{"_mtasts.example.com.", sts, lint.WrongName, "_mta-sts.example.com."},
		{"_smtp._tls.example.com.", sts, lint.WrongName, "_mta-sts.example.com."},
		{"_mta-sts.example.com.example.com.", sts, lint.DoubledOrigin, "_mta-sts.example.com."},
		{"mta-sts.example.com.example.com.", sts, lint.DoubledOrigin, "_mta-sts.example.com."},
		{"*.example.com.", sts, lint.WrongName, ""},
		{"_smtp._tls", rpt, "", ""},
		{"_smtp._tls.example.com.", rpt, "", ""},
		{"_smtp-tlsrpt.example.com.", rpt, lint.WrongName, "_smtp._tls.example.com."},
		{"_tls.example.com.", rpt, lint.WrongName, "_smtp._tls.example.com."},
		{"_smtp.tls.example.com.", rpt, lint.WrongName, "_smtp._tls.example.com."},
		{"smtp._tls.example.com.", rpt, lint.WrongName, "_smtp._tls.example.com."},
		{"_tls._smtp", rpt, lint.WrongName, "_smtp._tls"},
		{"tls.example.com.", rpt, lint.WrongName, "_smtp._tls.tls.example.com."},
		{"_25._tcp.mx.example.com.", tlsa, "", ""},
		{"*._tcp.mx.example.com.", tlsa, "", ""},
		{"_465._tcp.mx.example.com.", tlsa, lint.WrongPort, ""},
		{"_25._udp.mx.example.com.", tlsa, lint.WrongProtocolLabel, "_25._tcp.mx.example.com."},
		{"_tcp._25.mx.example.com.", tlsa, lint.WrongProtocolLabel, "_25._tcp.mx.example.com."},
		{"25._tcp.mx.example.com.", tlsa, lint.WrongProtocolLabel, "_25._tcp.mx.example.com."},
		{"_25.tcp.mx.example.com.", tlsa, lint.WrongProtocolLabel, "_25._tcp.mx.example.com."},
		{"mx.example.com.", tlsa, lint.WrongName, "_25._tcp.mx.example.com."},
		{"_25._tcp.mx.example.com.example.com.", tlsa, lint.DoubledOrigin, "_25._tcp.mx.example.com."},
	} {
		l := lint.Read(c.name + c.data)
		if len(l.Parts) != 1 || l.Parts[0].Owner.Cut(l.Text) != c.name {
			t.Errorf("%s: %s", c.name, show(l))
			continue
		}
		all, want := l.Parts[0].Diagnostics, c.right+c.data
		switch {
		case c.kind == "":
			want = l.Text
			if len(all) > 0 {
				t.Errorf("%s: %v", c.name, all)
			}
		case len(all) == 0 || all[0].Kind != c.kind || all[0].Fatal != (c.kind != lint.WrongPort) || all[0].Mend != c.right:
			t.Errorf("%s: %v", c.name, all)
		case !all[0].Fatal:
			want = l.Text
		case c.right == "":
			want = ""
		}
		if l.Mended != want {
			t.Errorf("%s: mended %q", c.name, l.Mended)
		}
	}
}

// TestOrigin doubles a zone by its $ORIGIN.
func TestOrigin(t *testing.T) {
	rest := ` TXT "` + good + `"`
	l := lint.Read("$ORIGIN Example.com.\n_mta-sts.example.com" + rest)
	if l.Mended != "$ORIGIN Example.com.\n_mta-sts.example.com."+rest || l.Parts[0].Diagnostics[0].Kind != lint.DoubledOrigin {
		t.Errorf("%s, %q", show(l), l.Mended)
	}
	for _, text := range []string{"$ORIGIN example.com.\n_mta-sts.example.com." + rest, "$ORIGIN example.com.\n_mta-sts" + rest, "$ORIGIN example.net.\n_mta-sts.example.com" + rest} {
		if l := lint.Read(text); !l.Valid() {
			t.Errorf("%q: %s", text, show(l))
		}
	}
	shared := lint.Read("25._tcp.mx IN TLSA 3 1 1 " + digest + "\n   IN TLSA 2 1 1 " + digest)
	if got := show(shared); strings.Count(got, "wrong-protocol-label") != 1 || !strings.HasPrefix(shared.Mended, "_25._tcp.mx IN") {
		t.Errorf("%s, %q", got, shared.Mended)
	}
}
