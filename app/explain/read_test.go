package explain_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/explain"
)

// wild is a text found in public, with what its finder made of it.
type wild struct {
	Text     string
	Meaning  string
	Software string `json:"sender_software"`
	Category string
}

// accepts are the meanings and causes of this package that say what a category of
// the collection does.
var accepts = map[string]string{
	"cert-not-verified": "tlsa-mismatch cert-name policy-pinned", "dane-no-tlsa": "resolver-plain", "dane-non-dnssec": "policy-pinned dnssec-unsigned",
	"tlsa-lookup": "tlsa-servfail tlsa-denial resolver-broken", "policy-daemon": "daemon-down", "sts-policy-invalid": "policy-invalid",
	"postfix-version": "postfix-old", "info": "sts-found sts-unheld tlsa-absent dane-ok tls-verified sts-ok", "dns": "dns-broken",
	"starttls-missing": "tls-missing path", "cert-mismatch": "cert-name submission-name", "sts-missing": "record-absent box-certificate",
	"tlsrpt-name": "tool-old", "tlsrpt-missing": "tool-old reporting-absent", "dnssec-broken": "dnssec-broken", "tls-handshake": "tls-handshake tls-old",
	"own-cert": "own-certificate", "not-sts": "local-interface hybrid-certificate hybrid-validation connect-failed wrong-region",
	"sts-mx-mismatch": "mx-not-listed", "sts-cert": "cert-name cert-untrusted", "dane-starttls": "tls-missing", "dane-cert-expired": "cert-expired",
	"dane-mismatch": "tlsa-mismatch", "dane-localised": "dane-starttls dane-cert-expired", "tls-required-by-receiver": "sender-plain",
	"tlsrpt-parse": "reporter-omits",
}

// named tells whether a match calls the software what the finder called it. A library
// is as right as the software that it is a part of.
func named(m explain.Match, software string) bool {
	got, want := strings.ToLower(m.Software), strings.ToLower(software)
	for word := range strings.FieldsFuncSeq(got, func(c rune) bool { return c == ' ' }) {
		if strings.Contains(want, word) {
			return true
		}
	}
	return got == "postfix" && want == "postmap"
}

func TestWild(t *testing.T) {
	file, err := os.Open("../../../shared/data/wild/errors.jsonl")
	if err != nil {
		t.Skip("no collection of error texts beside the repository")
	}
	defer file.Close()
	rows, software, meant := 0, 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var w wild
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		rows++
		x := explain.Read(w.Text)
		if len(x.Matches) == 0 {
			t.Logf("unknown: %s; near %v", w.Text, x.Near)
			continue
		}
		m := x.Matches[0]
		if named(m, w.Software) {
			software++
		} else {
			t.Logf("software %s, should be %s: %s", m.Software, w.Software, w.Text)
		}
		said := []string{m.Form.Meaning()}
		for _, c := range m.Causes[:min(2, len(m.Causes))] {
			said = append(said, string(c.ID))
		}
		right := false
		for _, a := range strings.Fields(accepts[w.Category]) {
			for _, s := range said {
				right = right || a == s
			}
		}
		if right {
			meant++
		} else {
			t.Logf("%s says %v: %s", w.Category, said, w.Text)
		}
	}
	t.Logf("%d texts: software right for %d %%, meaning among the first two causes for %d %%", rows, 100*software/rows, 100*meant/rows)
	if 100*software < 95*rows || 100*meant < 90*rows {
		t.Error("the bars are 95 % and 90 %")
	}
}

// TestRead reads texts in the shapes in which people paste them.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // form, software, domain, host, address, time and count of each match
	}{
		{"three lines of one incident", "mars  3 07:00:01 mx postfix/smtp[7]: warning: DANE TLSA lookup problem: Host or domain name not found. Name service error for name=_25._tcp.mx.b.example type=TLSA: Host not found, try again\n" +
			"mars  3 07:00:01 mx postfix/smtp[7]: warning: TLS policy lookup for b.example/mx.b.example: TLSA lookup error for mx.b.example:25\n" +
			"mars  3 07:00:01 mx postfix/smtp[7]: 4F: to=<x@b.example>, relay=none, delay=1, dsn=4.7.5, status=deferred (TLSA lookup error for mx.b.example:25)\n",
			"postfix.tlsa-lookup Postfix b.example mx.b.example - mars  3 07:00:01 3"},
		{"two domains", "to=<a@a.example>, relay=mx.a.example[192.0.2.1]:25, dsn=4.7.5, status=deferred (Server certificate not verified)\n" +
			"to=<a@b.example>, relay=mx.b.example[2001:db8::1]:25, dsn=4.7.5, status=deferred (Server certificate not verified)\n" +
			"to=<b@b.example>, relay=mx.b.example[2001:db8::1]:25, dsn=4.7.5, status=deferred (Server certificate not verified)",
			"postfix.cert-not-verified Postfix a.example mx.a.example 192.0.2.1 - 1|postfix.cert-not-verified Postfix b.example mx.b.example 2001:db8::1 - 2"},
		{"a bounce, wrapped and quoted", "> <x@b.example>: TLS is required, but was not\r\n>     offered by host mx.b.example[192.0.2.7]\r\n",
			"postfix.starttls-missing Postfix b.example mx.b.example 192.0.2.7 - 1"},
		{"a delivery status", "Reporting-MTA: dns; out.a.example\n\nFinal-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 4.7.5\nRemote-MTA: dns; mx.b.example\nDiagnostic-Code: X-Postfix; Server certificate not\n    verified\n",
			"postfix.cert-not-verified Postfix b.example - - - 1"},
		{"quoted-printable", "Remote Server returned =27550 5.7.323 tlsa-invalid: The domain failed DANE=\n validation=27", "exchange.dane-mismatch Exchange Online - - - - 1"},
		{"a message trace", `Reason: [{LED=450 4.7.324 dnssec-invalid: Destination domain returned invalid DNSSEC records [LastAttemptedServerName=b.example]};{MSG=};{FQDN=mx.b.example};{IP=192.0.2.3};{LRT=3/4/2026 5:06:07 AM}]`,
			"exchange.dnssec-broken Exchange Online - mx.b.example 192.0.2.3 3/4/2026 5:06:07 AM 1"},
		{"Korean", "원격 서버에서 ‘550 5.7.325 인증서-호스트-불일치’를 반환했습니다.", "exchange.dane-name Exchange Online - - - - 1"},
		{"both classes", "4/5.4.8 MX-värdar för b.example", "exchange.sts-mx Exchange Online - - - - 1"},
		{"MX hosts", "554 5.4.8 MX hosts of b.example failed MTA-STS validation", "exchange.sts-mx Exchange Online b.example - - - 1"},
		{"a colour and a tab", "\x1b[33mWARN\x1b[0m\tError fetching MTA-STS policy (mta-sts.policy-fetch-error) to = [\"x@b.example\"], domain = \"b.example\"", "stalwart.sts-fetch Stalwart b.example - - - 1"},
		{"JSON in JSON", `{"log":"remote: cannot use MX\t{\"domain\":\"b.example\",\"reason\":\"dns: rcode SERVFAIL when looking up _25._tcp.mx.b.example.\",\"remote_server\":\"mx.b.example.\"}\n"}`,
			"maddy.tlsa-lookup maddy b.example mx.b.example - - 1"},
		{"rows of a report", `{"failure-details":[{"result-type":"certificate-expired","receiving-mx-hostname":"mx1.b.example","receiving-ip":"192.0.2.1"},{"result-type": "validation-failure", "receiving-mx-hostname": "mx2.b.example", "failure-reason-code":"mtasts-policy-mx-mismatch"}]}`,
			"tlsrpt.cert-expired TLS-RPT - mx1.b.example 192.0.2.1 - 1|tlsrpt.sts-mx TLS-RPT - mx2.b.example - - 1"},
		{"a library in Postfix", "2026-03-04T05:06:07.123+09:00 h postfix/smtp[1]: warning: TLS library problem: error:0A000410:SSL routines::ssl/tls alert handshake failure", "openssl.tls-handshake Postfix - - - 2026-03-04T05:06:07.123+09:00 1"},
		{"Postfix as the receiver", "postfix/smtpd[1]: warning: TLS library problem: no shared cipher", "openssl.tls-handshake Postfix - - - - 1"},
		{"Exim", "2026-03-04 05:06:07 1x-2y-3z == x@b.example R=dns T=smtp defer (-36) H=mx.b.example [192.0.2.9]: DANE error: tlsa lookup DEFER", "exim.tlsa-lookup Exim b.example mx.b.example 192.0.2.9 2026-03-04 05:06:07 1"},
		{"Exim, older", "H=mx.b.example [192.0.2.9]: a TLS session is required for this host, but the server did not offer TLS support", "exim.starttls-missing Exim - mx.b.example 192.0.2.9 - 1"},
		{"mox", `l=error m="fetching policy" err="mtasts: multiple mta-sts records" domain=b.example`, "mox.sts-several mox b.example - - - 1"},
		{"KumoMTA", "451 4.4.4 failed to resolve queue b.example: MTA-STS enforce policy for b.example permits none of its MX hosts [mx.b.example.]; allowed mx patterns: [*.a.example]", "kumomta.sts-mx KumoMTA b.example - - - 1"},
		{"tlspol", `WARN DNS error during TLSA lookup for "b.example": SERVFAIL`, "tlspol.tlsa-lookup postfix-tlspol b.example - - - 1"},
		{"dig", ";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1\n; EDE: 9 (DNSKEY Missing): (no SEP matching the DS found for b.example.)", "dns.dnssec-broken DNS - - - - 1"},
		{"Mail-in-a-Box", "✖  MTA-STS policy is missing: STSFetchResult.NONE", "mail-in-a-box.box-none Mail-in-a-Box - - - - 1"},
		{"the enum alone", "(<STSFetchResult.NONE: 0>, None)", "mta-sts-resolver.sts-none postfix-mta-sts-resolver - - - - 1"},
		{"a bare code", "451 4.7.5 잠시 후 다시", "smtp.code-475  - - - - 1"},
		{"a code that is an address or a version", "10.4.7.5 libfoo-4.7.50 5.7.323.1 4.4.8.8", ""},
		{"another checker", "MTA-STS policy is missing 'version: STSv1' header", ""},
		{"nothing", "Your mailbox is full", ""},
		{"empty", "", ""},
	} {
		var got []string
		for _, m := range explain.Read(c.text).Matches {
			or := func(s string) string {
				if s == "" || s == "invalid IP" {
					return "-"
				}
				return s
			}
			got = append(got, fmt.Sprintf("%s %s %s %s %s %s %d", m.Form, m.Software, or(m.Domain.String()), or(m.Host.String()), or(m.Address.String()), or(m.Time), m.Count))
		}
		if all := strings.Join(got, "|"); all != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, all, c.want)
		}
	}
}

// TestSpan points at the words in the text as it was given.
func TestSpan(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\u201cx\u201d =\r\nServer certificate not =\r\nverified", "Server certificate not =\r\nverified"},
		{"é 5.7.322 abgelaufen", ".7.322"},
		{`"a\"b Evaluating policy for é.example failed temporarily"`, "Evaluating policy for é.example failed temporarily"},
	} {
		m := explain.Read(c.text).Matches
		if len(m) != 1 || c.text[m[0].Span.Start:m[0].Span.End] != c.want {
			t.Errorf("%q: %v", c.text, m)
		}
	}
}

// TestNear names forms for a text that resembles them, and none for one that doesn't.
func TestNear(t *testing.T) {
	if x := explain.Read("the server certificate was not really verified"); len(x.Matches) > 0 || len(x.Near) == 0 || x.Near[0] != "postfix.cert-not-verified" {
		t.Errorf("%+v", x)
	}
	if x := explain.Read("good morning"); len(x.Near) > 0 {
		t.Errorf("%+v", x)
	}
}

// TestMany bounds what is listed, and counts the rest.
func TestMany(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "to=<x@d%d.example>, status=deferred (Server certificate not verified)\n", i)
	}
	if x := explain.Read(b.String()); len(x.Matches) != 200 || x.More != 300 {
		t.Errorf("%d and %d", len(x.Matches), x.More)
	}
	if x := explain.Read(strings.Repeat("x", explain.MaxText) + " 5.7.323"); !x.Cut || len(x.Matches) != 0 {
		t.Errorf("%+v", x)
	}
}

// TestExtendedErrors explains every code of RFC 8914 §4 and those registered since, by its
// number and by its name.
func TestExtendedErrors(t *testing.T) {
	meanings := map[string]string{
		"other": "0 Other Error|21 Not Supported|26 Too Early", "unsupported": "1 Unsupported DNSKEY Algorithm|2 Unsupported DS Digest Type|27 Unsupported NSEC3 Iterations Value",
		"stale": "3 Stale Answer|13 Cached Error|14 Not Ready|19 Stale NXDomain Answer", "blocked": "4 Forged Answer|15 Blocked|16 Censored|17 Filtered|18 Prohibited",
		"denial": "12 NSEC Missing", "signature": "7 Signature Expired|8 Signature Not Yet Valid|25 Signature Expired before Valid",
		"unreachable": "20 Not Authoritative|22 No Reachable Authority|23 Network Error|24 Invalid Data",
		"":            "5 DNSSEC Indeterminate|6 DNSSEC Bogus|9 DNSKEY Missing|10 RRSIGs Missing|11 No Zone Key Bit Set",
	}
	count := 0
	for kind, codes := range meanings {
		want := "ede-" + kind
		if kind == "" {
			want = "dnssec-broken"
		}
		for _, code := range strings.Split(codes, "|") {
			number, name, _ := strings.Cut(code, " ")
			count++
			for _, text := range []string{"; EDE: " + number, "; EDE: " + number + " (" + name + ")", "status: SERVFAIL dns-extended-error-" + number + "-" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))} {
				x := explain.Read(text)
				if len(x.Matches) != 1 || x.Matches[0].Form.Meaning() != want {
					t.Errorf("%s: %+v, want %s", text, x.Matches, want)
				}
			}
		}
	}
	if count != 28 {
		t.Errorf("%d codes", count)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "> =\n=", "5.7.323", "<@>: 4.7.5\n\n4.7.5", "{LRT=},{IP=[}", "Status: 4.7.5\nDiagnostic-Code: X-Postfix; Server certificate not verified",
		"\x1b[\\\"\xff\u2028 to=<@.> TLSA lookup error for :25",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x := explain.Read(text)
		if len(x.Matches) > 0 == (len(x.Near) > 0) && len(x.Matches) > 0 {
			t.Errorf("%q: matches and near forms", text)
		}
		for _, m := range x.Matches {
			if m.Count < 1 || m.Span.Start < 0 || m.Span.End > len(text) || m.Span.Start >= m.Span.End || len(m.Causes) > 0 && m.Ask != "" {
				t.Errorf("%q: %+v", text, m)
			}
		}
	})
}

// BenchmarkRead reads the longest text: of ordinary log lines, and of what costs most.
func BenchmarkRead(b *testing.B) {
	line := "Jan 12 18:18:38 h postfix/smtp[1]: 8C: to=<mail@b.example>, relay=mx.b.example[192.0.2.1]:25, dsn=4.7.5, status=deferred (Server certificate not verified)\n"
	for name, piece := range map[string]string{
		"log": line, "one line": strings.ReplaceAll(line, "\n", " "), "first pieces": "mx hosts of ", "codes": "4.7.5 ", "newlines": "\n", "backslashes": `\`, "other lines": "Jan 12 18:18:38 h postfix/qmgr[1]: 8C: removed\n",
	} {
		text := strings.Repeat(piece, explain.MaxText/len(piece))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				explain.Read(text)
			}
		})
	}
}
