package dnssec_test

import (
	"testing"

	"github.com/miekg/dns"
)

// TestAnyBelowDNAME: to a question of type ANY too the alias that is made of a
// DNAME has no signature (RFC 6672 §5.3.1), and must say the same.
func TestAnyBelowDNAME(t *testing.T) {
	grown := sound().grow(t)
	truth{"host.tree.z.test ANY", "secure 1", "host.tree.z.test DNAME secure", "z.test", ""}.hold(t, grown, "")
	other := func(m *dns.Msg) {
		for i, rr := range m.Answer {
			if cname, ok := rr.(*dns.CNAME); ok {
				cname = dns.Copy(cname).(*dns.CNAME)
				cname.Target = "host.sub.z.test."
				m.Answer[i] = cname
			}
		}
	}
	if r := grown.lookup("host.tree.z.test ANY", other); words(r.Status.String(), string(r.Reason)) != "bogus rrsig-invalid" {
		t.Errorf("another alias: %s | %s", verdictOf(r), hopsOf(r))
	}
}
