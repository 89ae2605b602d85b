package explain_test

import (
	"bufio"
	"encoding/json"
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
