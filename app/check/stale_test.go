package check

import (
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// TestStaleAnswersAreNobodysFault: signatures that have ended in an answer which the
// resolver calls stale (RFC 8914 §4.4, §4.20) say nothing of the domain, and that is
// said.
func TestStaleAnswersAreNobodysFault(t *testing.T) {
	const days = 24 * time.Hour
	expired := dated(-20*days, -2*days)
	mx, keys := resigned("@", dns.TypeMX, expired), resigned("@", dns.TypeDNSKEY, expired)
	// A host without TLSA record, whose denial has expired.
	denial := func(z *zone.Zone, all []*zone.Key, now time.Time) error {
		for owner, typ := range map[string]uint16{"@": dns.TypeSOA, "mx": dns.TypeNSEC, "more": dns.TypeNSEC} {
			if err := resigned(owner, typ, expired)(z, all, now); err != nil {
				return err
			}
		}
		return nil
	}
	more := []string{"more A 192.0.2.4", "@ MX 20 more"}
	inMX := func(lie func(*dns.Msg)) func(*dns.Msg) { return inAnswerTo("example.com.", dns.TypeMX, lie) }
	for _, c := range []struct {
		name    string
		plot    plot
		expired bool // is said
		stale   string
	}{
		{"expired", plot{after: mx}, true, ""},
		{"expired, of another error", plot{after: mx, lie: inMX(saying(20))}, true, ""},
		{"expired, and another answer is stale", plot{after: mx, lie: inAnswerTo(plotHost, dns.TypeA, saying(3))}, true, ""},
		{"stale", plot{after: mx, lie: inMX(saying(3))}, false, "example.com"},
		{"stale, and the signatures hold", plot{lie: saying(3)}, false, ""},
		{"stale with checking disabled alone", plot{after: mx, lie: inMX(refused(saying(3)))}, false, "example.com"},
		{"stale with checking disabled, and refused as expired", plot{after: mx, lie: inMX(refused(saying(3), 7))}, false, "example.com"},
		{"refused as expired", plot{after: mx, lie: inMX(refused(func(*dns.Msg) {}, 7))}, true, ""},
		{"the keys are expired", plot{after: keys}, true, ""},
		{"the keys are stale", plot{after: keys, lie: inAnswerTo("example.com.", dns.TypeDNSKEY, saying(3))}, false, "example.com"},
		{"a denial is expired", plot{after: denial, lines: more}, true, ""},
		{"a denial is stale", plot{after: denial, lines: more, lie: saying(19)}, false, "example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.plot.check(t)
			if hasCode(r, "dnssec.rrsig-expired") != c.expired && !(c.expired && hasCode(r, "tlsa.lookup-servfail")) {
				t.Errorf("expired: %v", codesOf(r))
			}
			i := slices.IndexFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.dnssec-stale" })
			if i < 0 && c.stale != "" || i >= 0 && r.NotChecked[i].Subject != c.stale {
				t.Errorf("not checked: %v", r.NotChecked)
			}
			for _, f := range r.Findings {
				if group := f.Code.Group(); !c.expired && f.Level >= Warning && (group == "dnssec" || group == "dns" || f.Code == "tlsa.lookup-servfail") {
					t.Errorf("held against the domain: %s", f.Code)
				}
			}
			if c.stale != "" && (hasCode(r, "dnssec.secure") || r.Complete()) {
				t.Errorf("as if all had been seen: %v", codesOf(r))
			}
		})
	}
}

// TestStaleByWord: so it is where the resolver's word is all that there is.
func TestStaleByWord(t *testing.T) {
	from, past := scenarioNow.AddDate(0, -1, 0), scenarioNow.AddDate(0, 0, -2)
	for _, code := range []uint16{0, 3, 19} {
		for _, refusal := range [][]uint16{{6}, {7}} {
			s := oneHost(t, "mx.example.com").tlsa("mx.example.com").signed("example.com", doh.TypeMX, from, past).fails6("example.com", doh.TypeMX, refusal...)
			if code > 0 {
				s.edit("example.com", doh.TypeMX, saying(code))
			}
			r := s.report()
			unknown := slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.dnssec-stale" })
			if hasCode(r, "dnssec.rrsig-expired") != (code == 0) || unknown != (code > 0) || code > 0 && (hasCode(r, "dnssec.bogus") || hasCode(r, "dns.mx-lookup-failed")) {
				t.Errorf("EDE %d, refused with %v: %v", code, refusal, codesOf(r))
			}
		}
	}
	s := oneHost(t, "mx.example.com").tlsa("mx.example.com").signed("example.com", doh.TypeMX, from, past).status("example.com", doh.TypeMX, dnssec.Bogus)
	s.ede[scenarioKey("example.com", doh.TypeMX)] = []uint16{9}
	if r := s.edit("example.com", doh.TypeMX, saying(3)).report(); !hasCode(r, "dnssec.dnskey-missing") {
		t.Errorf("refused for another reason: %v", codesOf(r))
	}
}
