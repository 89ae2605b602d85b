package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/lint"
)

const someDigest = "5f9ce5b1e8c5a3a1c6c2f3a7d9e4b8c7a6f5e4d3c2b1a09f8e7d6c5b4a392817"

// records are zone file lines, tabs as spaces.
func records(r ran) string { return strings.ReplaceAll(strings.TrimSuffix(r.out, "\n"), "\t", " ") }

func TestMake(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "mta-sts.txt")
	if err := os.WriteFile(policy, []byte("version: STSv1\nmode: none\nmax_age: 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"policy Example.COM -mx mx1.example.com -mx *.mail.example.com": "version: STSv1\r\nmode: testing\r\nmx: mx1.example.com\r\nmx: *.mail.example.com\r\nmax_age: 604800\r",
		"policy example.com -mode none -max-age 4w":                     "version: STSv1\r\nmode: none\r\nmax_age: 2419200\r",
		"txt example.com -mode none -max-age 1d -ttl 5m":                "",
		"txt example.com -mode none -max-age 1d -ttl 300":               `_mta-sts.example.com. 300 IN TXT "v=STSv1; id=94815eb6141fb6e55268;"`,
		// sha256sum of the file as it is, with LF
		"txt example.com -below news.example.com -policy " + policy:  `_mta-sts.example.com. 3600 IN TXT "v=STSv1; id=36ae6c8613aa0ce1bcff;"` + "\n" + `_mta-sts.news.example.com. 3600 IN TXT "v=STSv1; id=36ae6c8613aa0ce1bcff;"`,
		"tlsrpt example.com -rua tls@example.net -mx mx.example.com": `_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.net"`,
		"zone mail.example.com -zone example.com -rua tls@example.net -cname-record _mta-sts.host.example -cname-policy mta-sts.host.example -form bind": "$ORIGIN example.com.\n_mta-sts.mail 3600 IN CNAME _mta-sts.host.example.\nmta-sts.mail 3600 IN CNAME mta-sts.host.example.\n" +
			`_smtp._tls.mail 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.net"`,
		"zone example.com -hosted easydmarc -rua tls@example.net": "_mta-sts.example.com. 3600 IN CNAME example_com__mta_sts.easydmarc.pro.\nmta-sts.example.com. 3600 IN CNAME example_com_mta_sts.easydmarc.pro.\n" +
			`_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.net"`,
	} {
		if r := run(t, append([]string{"make"}, strings.Fields(args)...)...); (r.code != exitClean || r.err != "") && want != "" || records(r) != want {
			t.Errorf("%s: exit %d, said %q\n%s", args, r.code, r.err, records(r))
		}
	}
}

// TestMakeFaults wants each fault on a line of its own, by the flag at fault.
func TestMakeFaults(t *testing.T) {
	for args, flags := range map[string]string{
		"policy example.com": "-mx",
		"policy example.com -mx 10 -mx 192.0.2.1 -max-age 1":          "-max-age -mx -mx",
		"policy example.com -mode Enforce -mx a.example.com":          "-mode",
		"tlsrpt example.com -rua nobody":                              "-rua",
		"zone example.com -below example.net -web 10.0.0.1":           "-below -web",
		"zone example.com -cname-policy mta-sts.host.example":         "-cname-record",
		"zone example.com -zone example.net -ttl 1 -tlsa x":           "-zone -ttl -tlsa",
		"zone example.com -cname-report r.example -rua t@example.net": "-rua",
	} {
		r := run(t, append([]string{"make"}, strings.Fields(args)...)...)
		var got []string
		for line := range strings.Lines(r.err) {
			flag, words, ok := strings.Cut(strings.TrimPrefix(line, "sealane: "), ": ")
			if got = append(got, flag); !ok || len(words) < 10 {
				t.Errorf("%s: %q", args, line)
			}
		}
		if strings.Join(got, " ") != flags || r.code != exitUnable || r.out != "" {
			t.Errorf("%s: exit %d, said %q", args, r.code, r.err)
		}
	}
}

func TestMakeRefusals(t *testing.T) {
	t.Chdir(files(t))
	for _, args := range []string{
		"", "nonsense", "policy", "policy -from", "zone a.example b.example -mx mx.a.example", "zone localhost -mode none", "zone a.example", "tlsrpt a.example -mode none",
		"policy a.example -form bind -mode none", "zone a.example -form nginx -mode none", "zone a.example -form x -mode none", "zone a.example -policy text -mode none",
		"txt a.example -policy nowhere", "txt a.example -policy .", "txt a.example -policy text", "txt a.example -policy empty", "policy a.example -cname-record a.b -cname-policy b.c",
		"tlsa", "tlsa mx.a.example nowhere", "tlsa mx.a.example text", "tlsa mx.a.example empty", "tlsa mx.a.example huge.json", "tlsa -from perfect.test -smtp-port 0",
		"zone -from 192.0.2.1", "tlsa nothing-there.test", "policy a.example -mode none -out text", "zone a.example -mode none -nonsense",
		"sender", "sender -form exim", "sender -form bind", "sender a.example -form postfix-dane", "zone a.example -mode none -as 211", "zone a.example -mode none -hosted nobody", "zone a.example -hosted Sendmarc",
		"tlsa mx1.perfect.test -as 111", "tlsa mx1.perfect.test -as 3,1", "tlsa mx1.perfect.test -as 313", "tlsa mx1.perfect.test -as 301", "tlsa mx1.mx-cert-chain.test -as 211", "tlsa mx1.starttls-off.test",
	} {
		t.Run(args, func(t *testing.T) { refused(t, run(t, append([]string{"make"}, strings.Fields(args)...)...)) })
	}
}

// TestMakeOfFiles makes TLSA records of keys, of the one that is and the next.
func TestMakeOfFiles(t *testing.T) {
	dir := t.TempDir()
	want := ""
	for _, name := range []string{"current.pem", "next.pem"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		spki, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}), 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(spki)
		want += "_25._tcp.mx1.example.com. 3600 IN TLSA 3 1 1 " + hex.EncodeToString(sum[:]) + "\n"
	}
	t.Chdir(dir)
	if r := run(t, "make", "tlsa", "mx1.example.com", "current.pem", "next.pem"); r.code != exitClean || r.err != "" || records(r)+"\n" != want {
		t.Errorf("%+v, want\n%s", r, want)
	}
	r := run(t, "make", "tlsa", "mx1.example.com", "current.pem", "-form", "bind")
	if head := "$ORIGIN example.com.\n_25._tcp.mx1 3600 IN TLSA 3 1 1 "; r.code != exitClean || !strings.HasPrefix(records(r), head) {
		t.Errorf("%+v", r)
	}
}

// TestMakeOfHosts makes TLSA records of what hosts of the lab show.
func TestMakeOfHosts(t *testing.T) {
	for host, want := range map[string]struct {
		owner string
		keys  int
		said  bool // beside the records
	}{
		"mx1.perfect.test":       {"_25._tcp.mx1.perfect.test.", 1, false},
		"mx1.dane-dual-key.test": {"_25._tcp.mx1.dane-dual-key.test.", 2, false},
		"mx1.dnssec-alias.test":  {"_25._tcp.mx1.mail.dnssec-alias.test.", 1, true},
		"mx1.dane-unsigned.test": {"_25._tcp.mx1.dane-unsigned.test.", 1, true},
		// signed as far as the alias
		"mx1.dnssec-alias-unsigned.test": {"_25._tcp.mx1.dnssec-alias-unsigned.test.", 1, false},
	} {
		r := run(t, "make", "tlsa", host)
		lines := strings.Split(records(r), "\n")
		if r.code != exitClean || len(lines) != want.keys || (r.err != "") != want.said {
			t.Errorf("%s: %+v", host, r)
		}
		for _, line := range lines {
			if !strings.HasPrefix(line, want.owner+" 3600 IN TLSA 3 1 1 ") {
				t.Errorf("%s: %s", host, line)
			}
		}
		if l := lint.Read(r.out); !l.Valid() {
			t.Errorf("%s: %+v", host, l.Parts)
		}
	}
}

// TestMakeOfAuthorities makes other records than those recommended, and what is refused
// only for who insists.
func TestMakeOfAuthorities(t *testing.T) {
	for args, want := range map[string]string{
		"-as 211": "2 1 1", "-as 3-1-2": "3 1 2", "-as 2,0,0": "2 0 0", "-as 301 -insist": "3 0 1",
	} {
		r := run(t, append([]string{"make", "tlsa", "mx1.perfect.test"}, strings.Fields(args)...)...)
		if r.code != exitClean || r.err == "" == (want != "3 1 2") || !strings.HasPrefix(records(r), "_25._tcp.mx1.perfect.test. 3600 IN TLSA "+want+" ") || strings.Contains(records(r), "\n") {
			t.Errorf("%s: %+v", args, r)
		}
	}
	if r := run(t, "make", "sender", "-form", "postfix-dane"); r.code != exitClean || r.err != "" || !strings.Contains(r.out, "smtp_tls_security_level = dane\n") {
		t.Errorf("%+v", r)
	}
}

// TestMakeFromAliases: records go where the aliases of a mail server end, and what a
// company hosts stays with it.
func TestMakeFromAliases(t *testing.T) {
	for domain, want := range map[string]struct {
		owner string
		keys  int
	}{
		"dnssec-alias.test":          {"_25._tcp.mx1.mail.dnssec-alias.test.", 1},
		"dnssec-alias-unsigned.test": {"_25._tcp.mx1.dnssec-alias-unsigned.test.", 1},
		"dane-dual-key.test":         {"_25._tcp.mx1.dane-dual-key.test.", 2},
		"dane-mismatch.test":         {"_25._tcp.mx1.dane-mismatch.test.", 1},
		"dane-unsigned.test":         {"", 0},
		"dane-alias.test":            {"_dane.mx1.dane-alias.test.", 1},
	} {
		r := run(t, "make", "zone", "-from", domain)
		got := 0
		for line := range strings.Lines(r.out) {
			if strings.Contains(line, "TLSA") {
				got++
				if !strings.HasPrefix(line, want.owner+"\t") {
					t.Errorf("%s: %s", domain, line)
				}
			}
		}
		if got != want.keys {
			t.Errorf("%s: %d records\n%s%s", domain, got, r.out, r.err)
		}
	}
}

// TestMakeFrom fills in from a check, and lets flags count for more.
func TestMakeFrom(t *testing.T) {
	r := run(t, "make", "policy", "-from", "perfect.test", "-max-age", "2w")
	if want := "version: STSv1\r\nmode: enforce\r\nmx: mx1.perfect.test\r\nmx: mx2.perfect.test\r\nmax_age: 1209600\r\n"; r.code != exitClean || r.out != want {
		t.Errorf("%+v", r)
	}
	r = run(t, "make", "zone", "-from", "perfect.test", "-rua", "tls@example.net")
	l := lint.Read(r.out)
	kinds := map[lint.Kind]int{}
	for _, part := range l.Parts {
		kinds[part.Kind]++
	}
	if r.code != exitClean || r.err != "" || !l.Valid() || kinds[lint.STSRecord] != 1 || kinds[lint.TLSRPTRecord] != 3 || kinds[lint.TLSARecord] != 4 { // each host's own key, and the next
		t.Errorf("%+v: %v", r, kinds)
	}
	if r := run(t, "make", "zone", "-from", "perfect.test", "-cname-record", "a.host.example", "-cname-policy", "b.host.example", "-cname-report", "c.host.example"); r.code != exitClean || strings.Contains(r.out, "STSv1") || strings.Count(r.out, "CNAME") < 3 {
		t.Errorf("%+v", r)
	}
}

// TestMakeForms writes every form, and lints what can be.
func TestMakeForms(t *testing.T) {
	args := []string{"make", "zone", "example.com", "-mx", "mx1.example.com", "-rua", "tls@example.net", "-tlsa", "mx1.example.com 3 1 1 " + someDigest}
	for _, form := range publish.DNSForms {
		r := run(t, append(args, "-form", form.ID)...)
		if l := lint.Read(r.out); (r.code != exitClean || r.err != "") != (len(form.Lacks) > 0) || !l.Valid() || len(l.Parts) < 3 {
			t.Errorf("%s: %+v", form.ID, r)
		}
	}
	for _, form := range publish.WebForms {
		if r := run(t, "make", "policy", "example.com", "-mode", "none", "-form", form.ID); r.code != exitClean || r.err != "" || !strings.Contains(r.out, "mta-sts") {
			t.Errorf("%s: %+v", form.ID, r)
		}
	}
	dir := t.TempDir()
	r := run(t, append(args, "-form", "route53", "-out", filepath.Join(dir, "new"))...)
	text, err := os.ReadFile(filepath.Join(dir, "new", "example.com.json"))
	if err != nil || r.code != exitClean || !strings.HasPrefix(string(text), "{") || !strings.HasPrefix(r.out, "aws ") {
		t.Errorf("%v, %+v", err, r)
	}
	r = run(t, "make", "policy", "example.com", "-mode", "none", "-out", dir)
	if text, err := os.ReadFile(filepath.Join(dir, "mta-sts.txt")); err != nil || r.out != "" || !strings.HasSuffix(string(text), "max_age: 604800\r\n") {
		t.Errorf("%v, %+v", err, r)
	}
}
