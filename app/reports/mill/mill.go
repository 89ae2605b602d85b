// Package mill makes TLS reports (RFC 8460) in the forms in which they come, for tests: the same
// for the same number.
package mill

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// senders are manners of writing reports, and what each departs in.
var senders = []struct{ organization, contact string }{
	{"Google Inc.", "smtp-tls-reporting@google.com"},
	{"Microsoft Corporation", "tlsrpt-noreply@microsoft.com"}, // sts and tlsa, lists in strings, no sending address
	{"Mail.ru", "tls_support@corp.mail.ru"},                   // reasons as free text
	{"Example Mail, \"quoted\" & Söhne", "tls@mail.example"},  // counts as strings, zero counts left out
}

var results = []string{
	"starttls-not-supported", "certificate-host-mismatch", "certificate-expired", "validation-failure", "tlsa-invalid", "sts-policy-fetch-error",
}

// Report writes report n with so many failure details; 39 of them make about ten
// kilobytes.
func Report(n, details int) []byte {
	var b bytes.Buffer
	sender := senders[n%len(senders)]
	day := time.Date(2025, 1, 1+n/len(senders)%90, 0, 0, 0, 0, time.UTC)
	domain := fmt.Sprintf("domain%d.example", n%7)
	fmt.Fprintf(&b, "{\n \"organization-name\": %q,\n \"date-range\": {\"start-datetime\": %q, \"end-datetime\": %q},\n",
		sender.organization, day.Format(time.RFC3339), day.Add(24*time.Hour-time.Second).Format(time.RFC3339))
	fmt.Fprintf(&b, " \"contact-info\": %q,\n \"report-id\": \"%d.%s\",\n \"policies\": [\n", sender.contact, n, domain)
	microsoft, strings := n%len(senders) == 1, n%len(senders) == 3
	entry(&b, "sts", domain, n, details, microsoft, strings)
	if microsoft {
		b.WriteString(",\n")
		entry(&b, "tlsa", domain, n, details/4, microsoft, strings)
	}
	b.WriteString("\n ]\n}\n")
	return b.Bytes()
}

// entry writes what a report says of one policy.
func entry(b *bytes.Buffer, kind, domain string, n, details int, microsoft, text bool) {
	policy := fmt.Sprintf("[\"version: STSv1\", \"mode: enforce\", \"mx: *.%s\", \"max_age: 604800\"], \"mx-host\": [\"*.%s\"]", domain, domain)
	if kind == "tlsa" {
		policy = fmt.Sprintf(`["[\"3 1 1 %064x\",\"3 1 1 %064x\"]"]`, n, n+1)
	}
	fmt.Fprintf(b, "  {\"policy\": {\"policy-type\": %q, \"policy-domain\": %q, \"policy-string\": %s},\n", kind, domain, policy)
	failed := 0
	for i := range details {
		failed += sessions(n, i)
	}
	number := func(n int) string {
		if text {
			return fmt.Sprintf("%q", fmt.Sprint(n))
		}
		return fmt.Sprint(n)
	}
	fmt.Fprintf(b, "   \"summary\": {\"total-successful-session-count\": %s, \"total-failure-session-count\": %s},\n   \"failure-details\": [", number(n%1000), number(failed))
	for i := range details {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n    {\"result-type\": %q, ", results[(n+i)%len(results)])
		if !microsoft {
			fmt.Fprintf(b, "\"sending-mta-ip\": \"192.0.2.%d\", ", (n+i)%251)
		}
		fmt.Fprintf(b, "\"receiving-mx-hostname\": \"mx%d.%s\", \"receiving-ip\": \"2001:db8::%x\", \"failed-session-count\": %s, \"failure-reason-code\": \"reason %d: no\\u0020such key\"}",
			i%4, domain, i%16, number(sessions(n, i)), i%5)
	}
	b.WriteString("\n   ]}")
}

// sessions is how many failed in a detail.
func sessions(n, i int) int { return 1 + (n*31+i*7)%9 }

// File gives report n in one of the forms in which reports come, by turns, and its name.
func File(n, details int) (name string, content []byte) {
	text := Report(n, details)
	switch name = fmt.Sprintf("report-%05d", n); n % 7 {
	case 0:
		return name + ".json.gz", Gzip(text)
	case 1:
		return name + ".eml", Mail("application/tlsrpt+gzip", Gzip(text))
	case 2:
		return name + ".zip", Zip(map[string][]byte{name + ".json": text})
	case 3:
		return name + ".mbox", append([]byte("From a@mail.example Thu Jan  1 00:00:00 2025\n"), Mail("application/tlsrpt+json", text)...)
	case 4:
		return name + ".json.gz", text // as it is called it isn't
	}
	return name + ".json", text
}

// Gzip packs.
func Gzip(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text)
	w.Close()
	return b.Bytes()
}

// Zip packs files.
func Zip(files map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, _ := w.Create(name)
		f.Write(text)
	}
	w.Close()
	return b.Bytes()
}

// Mail writes a mail with a report (RFC 8460 §5.3).
func Mail(media string, attached []byte) []byte {
	var b strings.Builder
	b.WriteString("From: tls@mail.example\r\nTLS-Report-Domain: domain.example\r\nTLS-Report-Submitter: mail.example\r\nDKIM-Signature: v=1; a=rsa-sha256\r\n" +
		"Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n\tboundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nThis is an aggregate TLS report: see {below}.\r\n" +
		"--=_b\r\nContent-Type: " + media + "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for code := base64.StdEncoding.EncodeToString(attached); code != ""; {
		line := code[:min(len(code), 76)]
		code = code[len(line):]
		b.WriteString(line + "\r\n")
	}
	b.WriteString("--=_b--\r\n")
	return []byte(b.String())
}
