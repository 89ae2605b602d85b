package lab

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// TestSigningDirectives holds the resolver, and who validates its answers with CD
// alone, to what each directive is there for.
func TestSigningDirectives(t *testing.T) {
	const (
		zone  = "mx1 A 192.0.2.10\n*.wild A 192.0.2.12\nalias CNAME host.below\nold DNAME new\nhost.new A 192.0.2.14\n_25._tcp.mx1 TLSA {tlsa 3 1 1 mx1}\n"
		below = "-- zone below --\nhost A 192.0.2.13\n-- dnssec below --\n"
	)
	secure, insecure, bogus := dnssec.Secure, dnssec.Insecure, dnssec.Bogus
	for _, c := range []struct {
		directives, name string
		typ              uint16
		status           dnssec.Status
		reason           dnssec.Reason
	}{
		{"", "mx1", dns.TypeA, secure, ""},
		{"nsec3 0 -", "none", dns.TypeA, secure, ""},
		{"nsec3 5 ABCD", "mx1", dns.TypeMX, secure, ""},
		{"nsec3 0 - opt-out", "none", dns.TypeA, insecure, ""},
		{"nsec3 200 -", "none", dns.TypeA, insecure, dnssec.NSEC3IterationsExcessive},
		{"key 15 257\nkey 15 256\nds 4", "mx1", dns.TypeA, secure, ""},
		{"key 8 257\nkey 13 257\nds 1\nds 2", "mx1", dns.TypeA, secure, ""},
		{"key 13 257\nkey 15 257 standby", "mx1", dns.TypeA, secure, ""},
		{"key 13 385", "mx1", dns.TypeA, bogus, dnssec.RevokedKeyInDS},
		{"key 13 1", "mx1", dns.TypeA, bogus, dnssec.ZoneKeyBitMissing},
		{"key 13 257 colliding 3", "mx1", dns.TypeA, secure, ""},
		{"key 13 257 colliding 40", "mx1", dns.TypeA, dnssec.Indeterminate, dnssec.OverBudget},
		{"ds 2 wrong", "mx1", dns.TypeA, bogus, dnssec.DSDigestMismatch},
		{"ds 2 algorithm 12", "mx1", dns.TypeA, insecure, dnssec.AlgorithmUnsupported},
		{"ds 3", "mx1", dns.TypeA, insecure, dnssec.DSDigestUnsupported},
		{"spoiled-set mx1 A", "mx1", dns.TypeA, bogus, dnssec.RRSIGInvalid},
		{"spoiled-set mx1 A", "mx1", dns.TypeAAAA, secure, ""},
		{"forged-set mx1 A 9", "mx1", dns.TypeA, secure, ""},
		{"signer mx1 A other.test.", "mx1", dns.TypeA, bogus, dnssec.RRSIGWrongSigner},
		{"original-ttl mx1 A 60", "mx1", dns.TypeA, secure, ""},
		{"replaced mx1 A 192.0.2.11", "mx1", dns.TypeA, bogus, dnssec.RRSIGInvalid},
		{"", "x.wild", dns.TypeA, secure, ""},
		{"no-proof x.wild", "x.wild", dns.TypeA, bogus, dnssec.NSECMissing},
		{"other-proof none aaa", "none", dns.TypeA, bogus, dnssec.NSECBadProof},
		{"vouched\nspoiled-set mx1 A", "mx1", dns.TypeA, bogus, dnssec.RRSIGInvalid},
		{"", "host.old", dns.TypeA, secure, ""},
		{below + "secure", "host.below", dns.TypeA, secure, ""},
		{below + "secure", "alias", dns.TypeA, secure, ""},
		{below + "unsigned", "alias", dns.TypeA, insecure, ""},
		{below + "other-ds", "host.below", dns.TypeA, bogus, dnssec.DNSKEYMissing},
		{below + "spoiled-set host A\nvouched", "host.below", dns.TypeA, bogus, dnssec.RRSIGInvalid},
	} {
		t.Run(c.directives+" "+c.name, func(t *testing.T) {
			l := zoned(t, zone, "-- dnssec --\n"+c.directives+"\n")
			name := dnsname.MustParse(c.name + ".x.test")
			got := dnssec.Resolver{Exchange: l.exchange, Anchors: []dnssec.Anchor{l.Anchor()}, Now: time.Now}.
				Lookup(t.Context(), name.String(), doh.Type(c.typ))
			if got.Status != c.status || got.Reason != c.reason {
				t.Errorf("%s %q, want %s %q", got.Status, got.Reason, c.status, c.reason)
			}
			q := new(dns.Msg).SetQuestion(name.FQDN(), c.typ)
			q.SetEdns0(1232, true)
			m := l.world.Load().resolve(q, l.now())
			vouched := strings.Contains(c.directives, "vouched")
			failed := m.Rcode == dns.RcodeServerFailure
			if wants := c.status != secure && c.status != insecure && !vouched; failed != wants || m.AuthenticatedData != (c.status == secure || vouched) {
				t.Errorf("the resolver says\n%s", m)
			}
			var code uint16
			for _, o := range m.IsEdns0().Option {
				code = o.(*dns.EDNS0_EDE).InfoCode
			}
			if code != c.reason.EDE() && !vouched {
				t.Errorf("extended error %d, want %d", code, c.reason.EDE())
			}
		})
	}
}
