package ui

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/locale"
)

// Whatever is wrong with a text is said in words.
func TestLintHasWords(t *testing.T) {
	lang := locale.English()
	m := NewMachine(Closed())
	v := view{m: m, report: &m.Report, lang: lang, w: lang.UI}
	for _, text := range []string{
		"_mta-sts.example.com. 3600 IN TXT \"v=STSv1, id=2024-01-01;\"\n_smtp._tls.example.com. IN TXT v=TLSRPTv1; rua=tls@example.com",
		"_25._tcp.mx.example.com. IN TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"_443._tcp.mx.example.com. IN TLSA 3 1 1 00\n_25._udp.mx.example.com. IN TLSA 9 9 9 00\nmx.example.com. IN TLSA 1 1 1 00",
		"_mta-sts.example.com.example.com. IN TXT \"v=STSv1; id=1;\"\nexample.com. IN TXT \"v=STSv1; id=1;\nexample.com. IN TXT \"v=STSv1; id=1;\"",
		"_smtp._tls.example.com. IN TXT \"v=TLSRPTv1; rua=mailto:" + strings.Repeat("a", 260) + "@example.com\"",
		"_smtp._tls.example.com. IN TXT \"v=TLSRPTv1;\" \" rua=mailto:a@example.com\"",
		"version: STSv1\nmode: Enforce\nmx: mx1.example.com, mx2.example.com\nmax_age=86400",
		"3 1 1 " + digest, "v=STSv1; id=;", "v=TLSRPTv1; rua=ftp://x",
	} {
		read := lint.Read(text)
		if len(read.Parts) == 0 {
			t.Errorf("nothing is read in %q", text)
		}
		for _, part := range read.Parts {
			for _, d := range part.Diagnostics {
				if said := v.diagnosis(part.Kind.Group(), d); strings.Contains(said, part.Kind.Group()+".") {
					t.Errorf("no words for %s in %q", said, text)
				}
			}
		}
	}
}
