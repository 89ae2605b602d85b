package check

import (
	"cmp"
	"context"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/zone"
)

// plot is a signed root zone and example.com below it with one mail host, and the
// resolver that they are seen through. The zero plot is sound and seen as it is.
type plot struct {
	lines    []string                                       // more records of example.com
	algs     []uint8                                        // of its keys; 13 without any
	nsec3    *zone.NSEC3                                    // of its denials
	from     time.Duration                                  // its signatures' beginning, before now; an hour if 0
	until    time.Duration                                  // their end, from now; 20 days if 0
	unsigned bool                                           // it has no keys
	noDS     bool                                           // the root has no DS record of it
	optOut   bool                                           // the root's denials are NSEC3 with opt-out
	after    func(*zone.Zone, []*zone.Key, time.Time) error // breaks it once it is signed
	beside   neighbour                                      // example.net, which holds mx.example.net
	lie      func(*dns.Msg)                                 // what the resolver makes of an answer
	bare     bool                                           // the root has nothing else below com.
	// besideAt is another name than example.net, and besideUntil the end of its
	// signatures, likewise.
	besideAt    string
	besideUntil time.Duration
}

// neighbour is how the zone beside is signed.
type neighbour uint8

const (
	unplanted neighbour = iota
	unsignedBeside
	islandBeside
	secureBeside
)

const (
	plotHost = "mx.example.com."
	plotTLSA = "_25._tcp.mx.example.com."
)

// plotWorld is a signed world whose policy host has a certificate.
type plotWorld struct {
	signedWorld
	t testing.TB
}

func (w plotWorld) Policy(ctx context.Context, d dnsname.Name) (probe.Policy, error) {
	p, err := w.signedWorld.Policy(ctx, d)
	chain, _ := scenarioChain(w.t, certificate{names: []string{"mta-sts." + d.String()}, from: time.Now().AddDate(0, -1, 0), until: time.Now().AddDate(0, 2, 0)})
	p.TLS = &probe.TLS{Version: 0x0304, Cipher: 0x1301, Chain: chain, Trust: probe.Trust{Now: probe.Trusted, IgnoringDates: probe.Trusted}}
	return p, err
}

// check gathers all of it and judges, and holds the report to what was said on
// the way to it.
func (p plot) check(t *testing.T) (r Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		zones, anchor := p.grow(t, now)
		lie := p.lie
		if lie == nil {
			lie = func(*dns.Msg) {}
		}
		w := plotWorld{signedWorld{paced(), []func([]byte) ([]byte, error){altered(zones, lie)}}, t}
		said := map[string]bool{}
		f := Gather(t.Context(), w, dnsname.MustParse("example.com"), now, func(part Facts) {
			for _, f := range Judge(part, now).Findings {
				if f.Level >= Warning && f.Code.Group() == "dnssec" {
					said[string(f.Code)+" about "+f.Subject] = true
				}
			}
		}, anchor)
		r = Judge(f, now)
		for _, f := range r.Findings {
			delete(said, string(f.Code)+" about "+f.Subject)
		}
		for k := range said {
			t.Errorf("%s was said and taken back", k)
		}
		publishable(t, r)
	})
	return r
}

// grow makes the zones, the ones below first.
func (p plot) grow(t testing.TB, now time.Time) (zone.Internet, dnssec.Anchor) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	key := func(origin string, algorithm uint8) *zone.Key {
		k, err := zone.NewKey(dnsname.MustParse(origin), algorithm, dns.ZONE|dns.SEP, random)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	root := zone.New(dnsname.Root)
	all := []*zone.Zone{root}
	// below delegates to a zone, signs it if it has keys, and links it if it is to be.
	below := func(z *zone.Zone, s zone.Signing, linked bool) {
		origin := z.Origin().FQDN()
		add(t, root, origin+" NS a.")
		if len(s.Keys) > 0 {
			sign(t, z, s)
		}
		for _, k := range s.Keys {
			if linked {
				add(t, root, k.DS().String())
			}
		}
		all = append(all, z)
	}
	const soa = "@ SOA a. b. 1 7200 3600 1209600 60"
	add(t, root, soa)
	own := zone.New(dnsname.MustParse("example.com"))
	for _, line := range append([]string{soa, "@ 3600 MX 10 mx", "mx A 192.0.2.1", "mx AAAA 2001:db8::1", `_mta-sts TXT "v=STSv1; id=1"`,
		"_25._tcp.mx TLSA 3 1 1 " + strings.Repeat("ab", 32)}, p.lines...) {
		add(t, own, line)
	}
	s := zone.Signing{Inception: now.Add(-cmp.Or(p.from, time.Hour)), Expiration: now.Add(cmp.Or(p.until, 20*24*time.Hour)), NSEC3: p.nsec3}
	for _, algorithm := range append(p.algs, dns.ECDSAP256SHA256)[:max(1, len(p.algs))] {
		if !p.unsigned {
			s.Keys = append(s.Keys, key("example.com", algorithm))
		}
	}
	below(own, s, !p.noDS)
	if p.after != nil {
		if err := p.after(own, s.Keys, now); err != nil {
			t.Fatal(err)
		}
	}
	if p.beside != unplanted {
		z := zone.New(dnsname.MustParse(cmp.Or(p.besideAt, "example.net")))
		add(t, z, soa)
		add(t, z, "mx A 192.0.2.2")
		s := zone.Signing{Inception: now.AddDate(0, 0, -10), Expiration: now.Add(cmp.Or(p.besideUntil, 20*24*time.Hour))}
		if p.beside != unsignedBeside {
			s.Keys = []*zone.Key{key(cmp.Or(p.besideAt, "example.net"), dns.ECDSAP256SHA256)}
		}
		below(z, s, p.beside == secureBeside)
	}
	top := zone.Signing{Inception: now.AddDate(0, 0, -1), Expiration: now.AddDate(0, 1, 0), Keys: []*zone.Key{key(".", dns.ECDSAP256SHA256)}}
	if p.optOut {
		top.NSEC3 = &zone.NSEC3{OptOut: true}
	}
	if !p.bare { // com is a name then also with opt-out (RFC 5155 §7.1)
		add(t, root, "signed.com. DS 1 13 2 "+strings.Repeat("ab", 32))
		add(t, root, "signed.com. NS a.")
	}
	sign(t, root, top)
	return zone.NewInternet(all...), dnssec.Anchor{Zone: dnsname.Root, Record: top.Keys[0].DS().String()}
}

func sign(t testing.TB, z *zone.Zone, s zone.Signing) {
	t.Helper()
	if err := z.SignWith(s); err != nil {
		t.Fatal(err)
	}
}

// resigned signs a set anew, with another signature in its place.
func resigned(owner string, typ uint16, edit func(*dns.RRSIG, time.Time)) func(*zone.Zone, []*zone.Key, time.Time) error {
	return func(z *zone.Zone, keys []*zone.Key, now time.Time) error {
		return z.Resign(owner, typ, func(s *dns.RRSIG) { edit(s, now) }, keys[0])
	}
}

// dated gives a signature its dates.
func dated(from, until time.Duration) func(*dns.RRSIG, time.Time) {
	return func(s *dns.RRSIG, now time.Time) {
		s.Inception, s.Expiration = uint32(now.Add(from).Unix()), uint32(now.Add(until).Unix())
	}
}

// copied puts an edited copy of each signature over a type on both sides of it. Its
// octets are others: it verifies by no key.
func copied(typ uint16, edit func(*dns.RRSIG)) func(*dns.Msg) {
	return func(m *dns.Msg) {
		for _, section := range []*[]dns.RR{&m.Answer, &m.Ns} {
			var all []dns.RR
			for _, rr := range *section {
				if sig, ok := rr.(*dns.RRSIG); ok && sig.TypeCovered == typ {
					forged := dns.Copy(sig).(*dns.RRSIG)
					octets, _ := base64.StdEncoding.DecodeString(sig.Signature)
					octets[0] ^= 1
					forged.Signature = base64.StdEncoding.EncodeToString(octets)
					edit(forged)
					all = append(all, forged, rr, forged)
					continue
				}
				all = append(all, rr)
			}
			*section = all
		}
	}
}

// at is copied with the dates of dated.
func at(from, until time.Duration) func(*dns.RRSIG) {
	return func(s *dns.RRSIG) { dated(from, until)(s, time.Now()) }
}

// signedBy puts a signature that nobody made over each set of an answer.
func signedBy(signer string) func(*dns.Msg) {
	return func(m *dns.Msg) {
		seen := map[string]bool{}
		for _, rr := range slices.Clone(m.Answer) {
			h := rr.Header()
			if k := h.Name + dns.TypeToString[h.Rrtype]; h.Rrtype != dns.TypeRRSIG && !seen[k] && dns.IsSubDomain("example.com.", h.Name) {
				seen[k] = true
				sig := &dns.RRSIG{Hdr: dns.RR_Header{Name: h.Name, Rrtype: dns.TypeRRSIG, Class: dns.ClassINET, Ttl: h.Ttl},
					TypeCovered: h.Rrtype, Algorithm: dns.ECDSAP256SHA256, Labels: uint8(dns.CountLabel(h.Name)), OrigTtl: h.Ttl, KeyTag: 7,
					SignerName: signer, Signature: strings.Repeat("AAAA", 16)}
				dated(-time.Hour, 20*24*time.Hour)(sig, time.Now())
				m.Answer = append([]dns.RR{sig}, m.Answer...)
			}
		}
	}
}

// saying adds an extended error to an answer.
func saying(ede uint16) func(*dns.Msg) {
	return func(m *dns.Msg) {
		m.Extra = append(m.Extra, &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}, Option: []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: ede}}})
	}
}

// refused makes SERVFAIL of an answer to a question with checking.
func refused(then func(*dns.Msg), ede ...uint16) func(*dns.Msg) {
	return func(m *dns.Msg) {
		if m.CheckingDisabled {
			then(m)
			return
		}
		m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
		for _, code := range ede {
			saying(code)(m)
		}
	}
}

// inAnswerTo lies in one answer alone.
func inAnswerTo(name string, typ uint16, lie func(*dns.Msg)) func(*dns.Msg) {
	return func(m *dns.Msg) {
		if q := m.Question[0]; q.Name == name && q.Qtype == typ {
			lie(m)
		}
	}
}

// told gives the subjects of a code's findings, each with the args named.
func told(r Report, code Code, args ...string) string {
	var all []string
	for _, f := range r.Findings {
		if f.Code == code {
			words := []string{f.Subject}
			for _, a := range args {
				words = append(words, f.Args[a])
			}
			all = append(all, strings.Join(words, " "))
		}
	}
	return strings.Join(all, ", ")
}
