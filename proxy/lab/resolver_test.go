package lab

import (
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestAliasesAcrossZones: an answer is authentic when every zone on the way is.
func TestAliasesAcrossZones(t *testing.T) {
	now := time.Now()
	keys, err := newKeyring(now)
	if err != nil {
		t.Fatal(err)
	}
	var files []*domainFile
	for name, zone := range map[string]string{
		"secure":   "to-good CNAME host.also.test.\nto-plain CNAME host.plain.test.\nto-bad CNAME host.bad.test.\naway CNAME host.example.\nloop CNAME loop.also.test.\nnowhere CNAME none.also.test.\nhost A 192.0.2.1",
		"also":     "host A 192.0.2.2\nloop CNAME loop.secure.test.",
		"plain":    "host A 192.0.2.3\n-- dnssec --\nunsigned",
		"bad":      "host A 192.0.2.4\n-- dnssec --\nunsigned-set host A",
		"past":     "host A 192.0.2.5\nother A 192.0.2.6\n-- dnssec --\nexpired-set host A",
		"tomorrow": "host A 192.0.2.7\n-- dnssec --\ninception 1d",
	} {
		f, err := parseFile(name+".test.txtar", []byte("Wrong.\n-- zone --\n"+zone+"\n-- expect --\ndns.ok\n"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	w, err := build(files, keys, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		rcode   int
		ad      bool
		records int // with signatures
		ede     uint16
	}{
		{"to-good.secure.test.", dns.RcodeSuccess, true, 4, 0},
		{"to-plain.secure.test.", dns.RcodeSuccess, false, 3, 0},
		{"nowhere.secure.test.", dns.RcodeNameError, true, 2, 0},
		{"to-bad.secure.test.", dns.RcodeServerFailure, false, 0, dns.ExtendedErrorCodeRRSIGsMissing},
		{"away.secure.test.", dns.RcodeServerFailure, false, 0, dns.ExtendedErrorCodeNoReachableAuthority},
		{"host.past.test.", dns.RcodeServerFailure, false, 0, dns.ExtendedErrorCodeSignatureExpired},
		{"other.past.test.", dns.RcodeSuccess, true, 2, 0},
		{"host.tomorrow.test.", dns.RcodeServerFailure, false, 0, dns.ExtendedErrorCodeSignatureNotYetValid},
		{"host.example.", dns.RcodeRefused, false, 0, dns.ExtendedErrorCodeNotAuthoritative},
	} {
		q := new(dns.Msg).SetQuestion(c.name, dns.TypeA)
		q.SetEdns0(1232, true)
		m := w.resolve(q, now)
		code := uint16(0)
		for _, o := range m.IsEdns0().Option {
			code = o.(*dns.EDNS0_EDE).InfoCode
		}
		if m.Rcode != c.rcode || m.AuthenticatedData != c.ad || len(m.Answer) != c.records || code != c.ede {
			t.Errorf("%s:\n%s", c.name, m)
		}
	}
	// A loop over zones ends.
	q := new(dns.Msg).SetQuestion("loop.secure.test.", dns.TypeA)
	if m := w.resolve(q, now); len(m.Answer) != 2 || m.Answer[0].Header().Rrtype != dns.TypeCNAME || m.Answer[1].Header().Rrtype != dns.TypeCNAME {
		t.Errorf("loop:\n%s", m)
	}
	// Without DO and AD nothing of DNSSEC shows.
	q = new(dns.Msg).SetQuestion("to-good.secure.test.", dns.TypeA)
	if m := w.resolve(q, now); m.AuthenticatedData || len(m.Answer) != 2 || m.IsEdns0() != nil {
		t.Errorf("plain:\n%s", m)
	}
	// Two questions, or another kind of message, are not for a resolver.
	q.Question = append(q.Question, q.Question[0])
	if m := w.resolve(q, now); m.Rcode != dns.RcodeNotImplemented {
		t.Errorf("two questions:\n%s", m)
	}
}
