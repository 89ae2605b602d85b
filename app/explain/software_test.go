package explain

import "testing"

func TestSoftware(t *testing.T) {
	for id, want := range map[FormID]string{"postfix.cert-not-verified": "Postfix", "exchange.sts-mx": "Exchange Online", "smtp.code-475": "", "nobody.says": ""} {
		if got := id.Software(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
