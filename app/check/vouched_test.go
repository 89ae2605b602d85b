package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

// TestOnlyVouchedSignatures holds what is said of signatures to those that hold: what
// a resolver puts beside them says nothing, nor does it hide anything.
func TestOnlyVouchedSignatures(t *testing.T) {
	const days = 24 * time.Hour
	soon := resigned("@", dns.TypeMX, dated(-20*days, time.Hour))
	short := resigned("@", dns.TypeMX, dated(-90*time.Minute, 29*time.Minute))
	long := resigned("_25._tcp.mx", dns.TypeTLSA, dated(-time.Hour, 90*days))
	low := resigned("@", dns.TypeMX, func(s *dns.RRSIG, _ time.Time) { s.OrigTtl = 300 })
	twice := func(order int) func(*zone.Zone, []*zone.Key, time.Time) error {
		return func(z *zone.Zone, keys []*zone.Key, now time.Time) error {
			var old []*dns.RRSIG
			keep := func(all []*dns.RRSIG) []*dns.RRSIG {
				old = all
				return all
			}
			if err := z.EditSignatures("@", dns.TypeMX, keep); err != nil {
				return err
			}
			if err := soon(z, keys, now); err != nil {
				return err
			}
			return z.EditSignatures("@", dns.TypeMX, func(all []*dns.RRSIG) []*dns.RRSIG {
				if order > 0 {
					return append(all, old...)
				}
				return append(slices.Clone(old), all...)
			})
		}
	}
	onlyFirst := func(owner string, typ uint16) func(*zone.Zone, []*zone.Key, time.Time) error {
		return func(z *zone.Zone, keys []*zone.Key, _ time.Time) error { return z.Resign(owner, typ, nil, keys[0]) }
	}
	two := []uint8{dns.ECDSAP256SHA256, dns.ED25519}
	for _, c := range []struct {
		name  string
		plot  plot
		code  Code
		fires bool
	}{
		{"ends soon", plot{after: soon}, "dnssec.rrsig-expiring-soon", true},
		{"a copy ends soon", plot{lie: copied(dns.TypeMX, at(-20*days, time.Hour))}, "dnssec.rrsig-expiring-soon", false},
		{"a copy ends soon, of another key", plot{lie: copied(dns.TypeMX, func(s *dns.RRSIG) { at(-20*days, time.Hour)(s); s.KeyTag++ })}, "dnssec.rrsig-expiring-soon", false},
		{"a copy ends soon, of another algorithm", plot{lie: copied(dns.TypeMX, func(s *dns.RRSIG) { at(-20*days, time.Hour)(s); s.Algorithm = 8 })}, "dnssec.rrsig-expiring-soon", false},
		{"a copy ends soon, of another signer", plot{lie: copied(dns.TypeMX, func(s *dns.RRSIG) { at(-20*days, time.Hour)(s); s.SignerName = "com." })}, "dnssec.rrsig-expiring-soon", false},
		{"ends soon, and a copy doesn't", plot{after: soon, lie: copied(dns.TypeMX, at(-time.Hour, 20*days))}, "dnssec.rrsig-expiring-soon", true},
		{"ends soon, and the TTL is raised", plot{after: resigned("@", dns.TypeMX, dated(-20*days, 3*time.Hour)), lie: func(m *dns.Msg) {
			for _, rr := range m.Answer {
				rr.Header().Ttl = 86400
			}
		}}, "dnssec.rrsig-expiring-soon", false},
		{"one ends soon, the next doesn't", plot{after: twice(1)}, "dnssec.rrsig-expiring-soon", false},
		{"one ends soon, the one before doesn't", plot{after: twice(-1)}, "dnssec.rrsig-expiring-soon", false},

		{"lasts too short", plot{after: short}, "dnssec.signature-lifetime-short", true},
		{"so it is by a refresh time that nobody vouches for", plot{lie: inAnswerTo("example.com.", dns.TypeSOA, func(m *dns.Msg) {
			m.Truncated, m.Answer[0].(*dns.SOA).Refresh = true, 30*86400
		})}, "dnssec.signature-lifetime-short", false},
		{"a copy lasts too short", plot{lie: copied(dns.TypeMX, at(-90*time.Minute, 29*time.Minute))}, "dnssec.signature-lifetime-short", false},
		{"lasts long", plot{after: long}, "dnssec.signature-lifetime-long", true},
		{"a copy lasts long", plot{lie: copied(dns.TypeTLSA, at(-time.Hour, 90*days))}, "dnssec.signature-lifetime-long", false},

		{"a lower TTL was signed", plot{after: low}, "dnssec.ttl-exceeds-original", true},
		{"a lower TTL was signed, and a copy says none", plot{after: low, lie: copied(dns.TypeMX, func(s *dns.RRSIG) { s.OrigTtl = 3600 })}, "dnssec.ttl-exceeds-original", true},
		{"a copy has a lower TTL", plot{lie: copied(dns.TypeMX, func(s *dns.RRSIG) { s.OrigTtl = 300 })}, "dnssec.ttl-exceeds-original", false},

		{"ends before the policy", plot{from: 20 * days, until: 5 * days}, "dnssec.rrsig-ends-before-policy", true},
		{"a copy ends before the policy", plot{lie: copied(dns.TypeMX, at(-20*days, 5*days))}, "dnssec.rrsig-ends-before-policy", false},

		{"a strange wish of the zone", plot{lines: []string{"@ CDS 1 13 2 " + strings.Repeat("ab", 32)}}, "dnssec.cds-mismatch", true},
		{"one that nobody vouches for", plot{lie: inAnswerTo("example.com.", dns.TypeCDS, func(m *dns.Msg) {
			rr, _ := dns.NewRR("example.com. 60 IN CDS 1 13 2 " + strings.Repeat("ab", 32))
			m.Truncated, m.Rcode, m.Answer = true, dns.RcodeSuccess, []dns.RR{rr}
		})}, "dnssec.cds-mismatch", false},

		{"an algorithm is left out", plot{algs: two, after: onlyFirst("@", dns.TypeMX)}, "dnssec.algorithm-incomplete", true},
		{"none is left out", plot{algs: two}, "dnssec.algorithm-incomplete", false},
		{"one is left out of an answer that can't be validated", plot{algs: two, lie: inAnswerTo(plotTLSA, dns.TypeTLSA, func(m *dns.Msg) {
			m.Truncated, m.Answer = true, slices.DeleteFunc(m.Answer, func(rr dns.RR) bool {
				sig, ok := rr.(*dns.RRSIG)
				return ok && sig.Algorithm == dns.ED25519
			})
		})}, "dnssec.algorithm-incomplete", false},
		{"one is left out of what nobody looks at", plot{algs: two, lie: inAnswerTo(plotHost, dns.TypeDNSKEY, func(m *dns.Msg) {
			m.Rcode, m.Ns = dns.RcodeSuccess, nil
			m.Answer = []dns.RR{&dns.DNSKEY{Hdr: dns.RR_Header{Name: plotHost, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 60},
				Flags: 257, Protocol: 3, Algorithm: dns.ECDSAP256SHA256, PublicKey: strings.Repeat("AAAA", 16)}}
			signedBy("example.com.")(m)
		})}, "dnssec.algorithm-incomplete", false},
		{"one is left out of the keys", plot{algs: two, lie: inAnswerTo("example.com.", dns.TypeDNSKEY, func(m *dns.Msg) {
			m.Truncated, m.Answer = true, slices.DeleteFunc(m.Answer, func(rr dns.RR) bool {
				key, ok := rr.(*dns.DNSKEY)
				return ok && key.Algorithm == dns.ED25519
			})
		})}, "dnssec.algorithm-incomplete", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.plot.check(t)
			if hasCode(r, c.code) != c.fires {
				t.Errorf("%s: %v", c.code, codesOf(r))
			}
		})
	}
}

// TestOnlyVouchedDenials holds what is said of a zone's hashing to the proofs that
// hold.
func TestOnlyVouchedDenials(t *testing.T) {
	codes := []Code{"dnssec.nsec3-iterations-nonzero", "dnssec.nsec3-opt-out", "dnssec.nsec3-salt"}
	// Beside each proof one that nobody signed, under a signature of the same words.
	invented := func(m *dns.Msg) {
		for _, rr := range slices.Clone(m.Ns) {
			h := rr.Header()
			switch sig, ok := rr.(*dns.RRSIG); {
			case ok && (sig.TypeCovered == dns.TypeNSEC || sig.TypeCovered == dns.TypeNSEC3):
				forged := dns.Copy(sig).(*dns.RRSIG)
				forged.Hdr.Name, forged.TypeCovered, forged.Labels = "35mthgpgcu1qg68fab165klnsnk3dpvl.example.com.", dns.TypeNSEC3, 3
				n, _ := dns.NewRR(forged.Hdr.Name + " 60 IN NSEC3 1 1 5 AABB B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS SOA")
				m.Ns = append([]dns.RR{n, forged}, m.Ns...)
				return
			case h.Rrtype == dns.TypeSOA && len(m.Ns) == 1: // nobody signs here
				n, _ := dns.NewRR("35mthgpgcu1qg68fab165klnsnk3dpvl.example.com. 60 IN NSEC3 1 1 5 AABB B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS SOA")
				m.Ns = append(m.Ns, n)
			}
		}
	}
	noParam := func(p plot) plot { // the parameters show in denials alone
		lie := p.lie
		p.lie = func(m *dns.Msg) {
			if m.Question[0].Qtype == dns.TypeNSEC3PARAM {
				m.Truncated = true
			}
			if lie != nil {
				lie(m)
			}
		}
		return p
	}
	for _, c := range []struct {
		name  string
		plot  plot
		codes []Code
	}{
		{"plain names", plot{}, nil},
		{"hashed as they should be", plot{nsec3: &zone.NSEC3{}}, nil},
		{"a salt and iterations", plot{nsec3: &zone.NSEC3{Iterations: 5, Salt: []byte{0xAA}}}, []Code{codes[0], codes[2]}},
		{"opt-out", plot{nsec3: &zone.NSEC3{OptOut: true}}, codes[1:2]},
		{"opt-out that shows in a wildcard alone", plot{nsec3: &zone.NSEC3{OptOut: true}, lines: []string{"@ MX 10 any.wild", "*.wild A 192.0.2.3", "*.wild AAAA 2001:db8::3"}}, codes[1:2]},
		{"invented beside plain names", plot{lie: invented}, nil},
		{"invented beside hashed ones", plot{nsec3: &zone.NSEC3{}, lie: invented}, nil},
		{"invented of an unsigned zone", plot{noDS: true, unsigned: true, lie: invented}, nil},
		{"parameters that nobody vouches for", plot{lie: inAnswerTo("example.com.", dns.TypeNSEC3PARAM, func(m *dns.Msg) {
			rr, _ := dns.NewRR("example.com. 60 IN NSEC3PARAM 1 0 5 AABB")
			m.Rcode, m.Answer = dns.RcodeSuccess, []dns.RR{rr} // and cut short
		})}, nil},
		{"of an island", plot{noDS: true, nsec3: &zone.NSEC3{Iterations: 5, Salt: []byte{0xAA}, OptOut: true}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			// No TLSA record: its denial is what is read.
			c.plot.lines = append(c.plot.lines, "@ MX 20 more", "more A 192.0.2.4")
			r := noParam(c.plot).check(t)
			for _, code := range codes {
				if hasCode(r, code) != slices.Contains(c.codes, code) {
					t.Errorf("%s: %v", code, codesOf(r))
				}
			}
		})
	}
}

// TestZoneThatVouches names the zone that a finding is about by who vouches for what
// was found, not by who signed what comes first in the answer.
func TestZoneThatVouches(t *testing.T) {
	const soon = Code("dnssec.rrsig-expiring-soon")
	alias := []string{"alias CNAME mx.example.net.", "@ MX 5 alias"}
	for _, c := range []struct {
		name string
		plot plot
		want string
	}{
		{"its own", plot{until: time.Minute}, "example.com example.com"},
		{"its own, and a strange signature first", plot{until: time.Minute, lie: signedBy("com.")}, "example.com example.com"},
		{"of the alias", plot{until: time.Minute, lines: alias, beside: secureBeside}, "example.com example.com"},
		{"of what the alias leads to", plot{lines: alias, beside: secureBeside, besideUntil: time.Minute}, "alias.example.com example.net"},
	} {
		if got := told(c.plot.check(t), soon, "name"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWordBesideVerdict: where signatures were looked at, what the resolver says of
// them beside is no finding.
func TestWordBesideVerdict(t *testing.T) {
	mx := func(lie func(*dns.Msg)) func(*dns.Msg) { return inAnswerTo("example.com.", dns.TypeMX, lie) }
	fails := func(m *dns.Msg) {
		m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
		saying(5)(m)
	}
	unfit := func(m *dns.Msg) { m.Rcode, m.Answer, m.Ns = dns.RcodeRefused, nil, nil }
	wildcard := []string{"more A 192.0.2.4", "@ MX 20 more", "*._tcp.more TLSA 3 1 1 " + strings.Repeat("ab", 32)}
	alias := []string{"alias CNAME mx.example.net.", "@ MX 5 alias"}
	noTLSA := inAnswerTo("_25._tcp.alias.example.com.", dns.TypeTLSA, func(m *dns.Msg) { m.Rcode, m.Answer = dns.RcodeServerFailure, nil })
	for _, c := range []struct {
		name  string
		plot  plot
		code  Code
		fires bool
	}{
		{"an unsupported algorithm, by its word", plot{lie: saying(1)}, "dnssec.algorithm-unsupported", false},
		{"too many iterations, by its word", plot{lie: saying(27)}, "dnssec.nsec3-iterations-excessive", false},
		{"too many iterations", plot{nsec3: &zone.NSEC3{Iterations: 151}, lines: []string{"more A 192.0.2.4", "@ MX 20 more"}}, "dnssec.nsec3-iterations-excessive", true},
		{"neither can tell", plot{lie: mx(fails)}, "dnssec.indeterminate", true},
		{"it can't tell, and then refuses", plot{lie: mx(refused(unfit, 5))}, "dnssec.indeterminate", false},
		{"it can't tell, and then refuses: no code", plot{lie: mx(refused(unfit, 5))}, "dnssec.resolver-unfit", false},
		{"from a wildcard", plot{lines: wildcard}, "tlsa.wildcard-synthesised", true},
		{"a copy says so", plot{lie: copied(dns.TypeTLSA, func(s *dns.RRSIG) { s.Labels-- })}, "tlsa.wildcard-synthesised", false},
		{"an alias of an unsigned zone", plot{noDS: true, unsigned: true, lines: alias, beside: unsignedBeside, lie: noTLSA},
			"tlsa.lookup-servfail-insecure-zone", true},
		{"that somebody signed", plot{noDS: true, unsigned: true, lines: alias, beside: unsignedBeside, lie: func(m *dns.Msg) { signedBy("example.com.")(m); noTLSA(m) }},
			"tlsa.lookup-servfail-insecure-zone", true},
		{"an alias of a signed zone", plot{lines: alias, beside: unsignedBeside, lie: noTLSA}, "tlsa.lookup-servfail-insecure-zone", false},
	} {
		if r := c.plot.check(t); hasCode(r, c.code) != c.fires {
			t.Errorf("%s: %s: %v", c.name, c.code, codesOf(r))
		}
	}
}
