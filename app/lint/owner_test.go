package lint_test

import (
	"testing"

	"github.com/sealane/sealane/app/lint"
)

// TestWholeNames gives zone files as BIND writes them, with an origin before each few
// records (RFC 1035 §5.1): it is the whole name that counts.
func TestWholeNames(t *testing.T) {
	const sts, tlsa = ` IN TXT "` + good + `"`, " IN TLSA 3 1 1 " + digest
	for text, want := range map[string]string{
		"$ORIGIN _mta-sts.example.com.\n@" + sts:                                            "",
		"$ORIGIN _tls.example.com.\n_smtp IN TXT \"" + report + `"`:                         "",
		"$ORIGIN _tcp.mx.example.com.\n_25" + tlsa:                                          "",
		"$ORIGIN mx.example.com.\n$ORIGIN _tcp\n_25" + tlsa:                                 "",
		"$ORIGIN _tcp.mx.example.com.\n_465" + tlsa:                                         "wrong-port",
		"$ORIGIN _tcp.mx.example.com.\nmx" + tlsa:                                           "wrong-protocol-label",
		"$ORIGIN example.com.\n@" + sts:                                                     "wrong-name",
		"$ORIGIN example.com.\n_mta-sts" + sts + "\n_MTA-STS.example.com." + sts:            "multiple",
		"$ORIGIN example.com.\n_mta-sts" + sts + "\n$ORIGIN example.net.\n_mta-sts" + sts:   "",
		"$ORIGIN example.com.\n_mta-sts" + sts + "\n$ORIGIN _mta-sts.example.com.\n@" + sts: "multiple",
		"_25._tcp.mx.example.com. IN CNAME tlsa.example.com.\ntlsa.example.com." + tlsa:     "",
		// As in RFC 7672 §3.1.2.
		"_25._tcp.mx1.example.com. IN CNAME tlsa201._dane.example.com.\ntlsa201._dane.example.com. IN TLSA 2 0 1 " + digest: "",
		"_dane.mx1.example.com." + tlsa:                                                                               "",
		"tlsa201._dane.example.com." + tlsa:                                                                           "",
		"$ORIGIN example.com.\ntlsa" + tlsa + "\n_25._tcp.mx 60 CNAME tlsa\n":                                         "",
		"_443._tcp.www.example.com. IN CNAME tlsa.example.com.\ntlsa.example.com." + tlsa:                             "",
		"mx.example.com. IN CNAME tlsa.example.com.\ntlsa.example.com." + tlsa:                                        "wrong-name",
		"_mta-sts.example.com. IN CNAME example-com.host.example.\nexample-com.host.example." + sts:                   "",
		"_25._tcp.mx.example.com. IN CNAME sts.example.com.\nsts.example.com." + sts:                                  "wrong-name",
		"_25._tcp.mx.example.com is an alias for tlsa.example.com.\ntlsa.example.com has TLSA record 3 1 1 " + digest: "",
		"_mta-sts.example.com\tcanonical name = sts.host.example.\nsts.host.example\ttext = \"" + good + `"`:          "",
	} {
		l := lint.Read(text)
		got := ""
		for _, p := range l.Parts {
			for _, d := range p.Diagnostics {
				got += string(d.Kind)
			}
		}
		if got != want || len(l.Parts) == 0 || want == "" && l.Mended != text {
			t.Errorf("%q: %q, want %q; mended %q", text, got, want, l.Mended)
		}
		if (want == "wrong-name" || want == "wrong-protocol-label") && (l.Mended == "" || !lint.Read(l.Mended).Valid()) {
			t.Errorf("%q: mended %q", text, l.Mended)
		}
	}
	if l := lint.Read("$ORIGIN _tcp.www.example.com.\n_443" + tlsa); l.Kind() != lint.Unknown {
		t.Error(show(l))
	}
}
