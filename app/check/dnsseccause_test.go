package check

import (
	"crypto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// zoneKey is a key that really signs.
type zoneKey struct {
	*dns.DNSKEY
	private crypto.Signer
}

func newZoneKey(t testing.TB, zone string, algorithm uint8) zoneKey {
	t.Helper()
	bits := map[uint8]int{dns.ECDSAP256SHA256: 256, dns.ED25519: 256}[algorithm]
	k := &dns.DNSKEY{Hdr: dns.RR_Header{Name: dns.Fqdn(zone), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 3600},
		Flags: 257, Protocol: 3, Algorithm: algorithm}
	private, err := k.Generate(bits)
	if err != nil {
		t.Fatal(err)
	}
	return zoneKey{k, private.(crypto.Signer)}
}

// data is a record's data in presentation form, as scenario.add takes it.
func data(rr dns.RR) string { return strings.TrimPrefix(rr.String(), rr.Header().String()) }

// signs gives an edit that signs every set of an answer, valid around scenarioNow.
func (k zoneKey) signs(t testing.TB, edit func(*dns.RRSIG)) func(*dns.Msg) {
	sign := func(section []dns.RR) (out []dns.RR) {
		type set struct {
			owner string
			typ   uint16
		}
		sets := map[set][]dns.RR{}
		for _, rr := range section {
			at := set{rr.Header().Name, rr.Header().Rrtype}
			sets[at] = append(sets[at], rr)
		}
		for at, rrs := range sets {
			if at.typ == dns.TypeRRSIG {
				continue
			}
			sig := &dns.RRSIG{Hdr: dns.RR_Header{Class: dns.ClassINET, Ttl: rrs[0].Header().Ttl}, Algorithm: k.Algorithm, KeyTag: k.KeyTag(),
				SignerName: k.Hdr.Name, Inception: uint32(scenarioNow.AddDate(0, 0, -10).Unix()), Expiration: uint32(scenarioNow.AddDate(0, 0, 20).Unix())}
			if edit != nil {
				edit(sig)
			}
			if err := sig.Sign(k.private, rrs); err != nil {
				t.Fatal(err)
			}
			out = append(out, sig)
		}
		return append(section, out...)
	}
	return func(m *dns.Msg) { m.Answer, m.Ns = sign(m.Answer), sign(m.Ns) }
}

func (s *scenario) edit(name string, typ doh.Type, edit func(*dns.Msg)) *scenario {
	k := scenarioKey(name, typ)
	if before := s.edits[k]; before != nil {
		s.edits[k] = func(m *dns.Msg) { before(m); edit(m) }
	} else {
		s.edits[k] = edit
	}
	return s
}

// denies makes an answer a denial by records of the authority section.
func (s *scenario) denies(name string, typ doh.Type, k zoneKey, records ...string) *scenario {
	s.none(name, typ)
	key := scenarioKey(name, typ)
	s.auth[key] = append([]string{"example.com. 60 IN SOA ns.example.com. root.example.com. 1 7200 3600 1209600 60"}, records...)
	return s.edit(name, typ, k.signs(s.t, nil))
}

// delegated is a domain with one host, whose zone is signed by a key that its DS
// record names; the resolver finds the MX records bogus and gives the error 6.
func delegated(t testing.TB, keys ...zoneKey) *scenario {
	s := oneHost(t, "mx.example.com").tlsa("mx.example.com")
	s.add("example.com", doh.TypeSOA, "ns.example.com. root.example.com. 1 7200 3600 1209600 60").edit("example.com", doh.TypeSOA, keys[0].signs(t, nil))
	s.add("example.com", doh.TypeDS, data(keys[0].ToDS(dns.SHA256)))
	for _, k := range keys {
		s.add("example.com", doh.TypeDNSKEY, data(k))
	}
	s.edit("example.com", doh.TypeDNSKEY, keys[0].signs(t, nil)).edit("example.com", doh.TypeMX, keys[0].signs(t, nil))
	s.validated = true
	return s.fails6("example.com", doh.TypeMX)
}

// seen has the records looked at where the resolver's word says little.
func (s *scenario) seen() *scenario {
	s.validated = true
	return s
}

// asSaid leaves it at the resolver's word.
func (s *scenario) asSaid() *scenario {
	s.validated = false
	return s
}

// fails6 makes a lookup fail validation, with the error that says no more.
func (s *scenario) fails6(name string, typ doh.Type, ede ...uint16) *scenario {
	s.ede[scenarioKey(name, typ)] = append(ede, 6)
	return s.status(name, typ, dnssec.Bogus)
}

// serverless has the resolver give up for want of a server, and find one when asked
// again.
func serverless(s *scenario) *scenario {
	s.ede[scenarioKey("example.com", doh.TypeMX)] = []uint16{22}
	return s
}

func changedMX(m *dns.Msg) { m.Answer[0].(*dns.MX).Preference++ }

// TestCauses finds in the records what the resolver doesn't say.
func TestCauses(t *testing.T) {
	t.Parallel()
	k, other := newZoneKey(t, "example.com", dns.ECDSAP256SHA256), newZoneKey(t, "example.com", dns.ECDSAP256SHA256)
	strange := newZoneKey(t, "example.net", dns.ECDSAP256SHA256)
	revoked := zoneKey{dns.Copy(k.DNSKEY).(*dns.DNSKEY), k.private}
	revoked.Flags |= 0x80
	good := func(t testing.TB) *scenario { return delegated(t, k) }
	ds := func(s *scenario, records ...*dns.DS) *scenario {
		delete(s.records, scenarioKey("example.com", doh.TypeDS))
		for _, d := range records {
			s.add("example.com", doh.TypeDS, data(d))
		}
		return s
	}
	wrongDigest := k.ToDS(dns.SHA256)
	wrongDigest.Digest = hex32
	unsigned := func(s *scenario, typ doh.Type) *scenario {
		delete(s.edits, scenarioKey("example.com", typ))
		return s
	}
	noAAAA := func(t testing.TB, nsec ...string) *scenario {
		s := delegated(t, k).status("example.com", doh.TypeMX, dnssec.Secure)
		delete(s.records, scenarioKey("mx.example.com", doh.TypeAAAA))
		return s.denies("mx.example.com", doh.TypeAAAA, k, nsec...).fails6("mx.example.com", doh.TypeAAAA)
	}
	runDNSCases(t, []dnsCase{
		{"dnssec.rrsig-invalid", func(t testing.TB) *scenario { return good(t).edit("example.com", doh.TypeMX, changedMX) }, good, "example.com"},
		{"dnssec.rrsig-invalid", func(t testing.TB) *scenario {
			return unsigned(good(t), doh.TypeMX).edit("example.com", doh.TypeMX, other.signs(t, nil)) // by a key that is gone
		}, good, "example.com"},
		{"dnssec.rrsig-wrong-signer", func(t testing.TB) *scenario {
			return unsigned(good(t), doh.TypeMX).edit("example.com", doh.TypeMX, strange.signs(t, nil))
		}, func(t testing.TB) *scenario { return good(t).edit("example.com", doh.TypeMX, changedMX) }, "example.com"},
		{"dnssec.rrsig-wrong-signer", func(t testing.TB) *scenario { // a name of the zone, but no zone
			return unsigned(good(t), doh.TypeMX).edit("example.com", doh.TypeMX, k.signs(t, func(s *dns.RRSIG) { s.SignerName = "com." }))
		}, good, "example.com"},
		{"dnssec.ds-digest-mismatch", func(t testing.TB) *scenario { return ds(good(t), wrongDigest) },
			func(t testing.TB) *scenario { return ds(good(t), wrongDigest, k.ToDS(dns.SHA384)) }, "example.com"},
		{"dnssec.ds-digest-mismatch", func(t testing.TB) *scenario { // the resolver's word is coarser
			return ds(good(t), wrongDigest).fails6("example.com", doh.TypeMX, 9)
		}, func(t testing.TB) *scenario { return ds(good(t), other.ToDS(dns.SHA256)) }, "example.com"},
		{"dnssec.dnskey-missing", func(t testing.TB) *scenario { return ds(good(t), other.ToDS(dns.SHA256)) }, good, "example.com"},
		{"dnssec.revoked-key-in-ds", func(t testing.TB) *scenario { return ds(delegated(t, revoked), k.ToDS(dns.SHA256)) },
			func(t testing.TB) *scenario { return ds(delegated(t, revoked, other), other.ToDS(dns.SHA256)) }, "example.com"},
		{"dnssec.revoked-key-in-ds", func(t testing.TB) *scenario { // though the resolver doesn't mind
			return delegated(t, revoked).status("example.com", doh.TypeMX, dnssec.Secure)
		}, good, "example.com"},
		{"dnssec.rrsig-missing", func(t testing.TB) *scenario { return unsigned(good(t), doh.TypeMX) }, good, "example.com"},
		{"dnssec.rrsig-missing", func(t testing.TB) *scenario { return unsigned(good(t), doh.TypeDNSKEY) }, good, "example.com"},
		{"dnssec.nsec-missing", func(t testing.TB) *scenario { return noAAAA(t) },
			func(t testing.TB) *scenario {
				return noAAAA(t, "mx.example.com. 60 IN NSEC example.com. A RRSIG NSEC")
			}, "example.com"},
		{"dnssec.nsec-bad-proof", func(t testing.TB) *scenario {
			return noAAAA(t, "mx.example.com. 60 IN NSEC example.com. A AAAA RRSIG NSEC")
		}, func(t testing.TB) *scenario {
			return noAAAA(t, "mx.example.com. 60 IN NSEC example.com. A RRSIG NSEC")
		}, "example.com"},
		{"dnssec.bogus", func(t testing.TB) *scenario { return good(t).asSaid() },
			func(t testing.TB) *scenario { return good(t).edit("example.com", doh.TypeMX, changedMX) }, "example.com"},
		{"dnssec.bogus", func(t testing.TB) *scenario { return good(t).asSaid() },
			func(t testing.TB) *scenario { return serverless(good(t).asSaid()) }, "example.com"},
		{"dnssec.resolver-disagrees", good, func(t testing.TB) *scenario { return serverless(good(t)) }, "example.com"},
		{"dnssec.resolver-disagrees", good, func(t testing.TB) *scenario { return good(t).edit("example.com", doh.TypeMX, changedMX) }, "example.com"},
		{"dnssec.indeterminate", func(t testing.TB) *scenario {
			s := good(t).asSaid()
			s.ede[scenarioKey("example.com", doh.TypeMX)] = []uint16{5}
			return s
		}, good, "example.com"},
		{"dnssec.indeterminate", func(t testing.TB) *scenario { // no AD, and the proof that there is no DS can't be had
			s := good(t).status("example.com", doh.TypeMX, dnssec.Insecure)
			delete(s.records, scenarioKey("example.com", doh.TypeDS))
			return s.servfail("example.com", doh.TypeDS, 5)
		}, func(t testing.TB) *scenario {
			s := good(t).status("example.com", doh.TypeMX, dnssec.Insecure)
			delete(s.records, scenarioKey("example.com", doh.TypeDS))
			return s.servfail("example.com", doh.TypeDS, 22) // a passing failure: the MX answer was proven
		}, "example.com"},
	})
}

// A fault above shows in all that lies below, and is named where it is.
func TestCausesAbove(t *testing.T) {
	k, parent := newZoneKey(t, "example.com", dns.ED25519), newZoneKey(t, "com", dns.ED25519)
	s := delegated(t, k)
	s.edit("example.com", doh.TypeDS, parent.signs(t, func(sig *dns.RRSIG) { sig.Expiration = uint32(scenarioNow.AddDate(0, 0, -1).Unix()) }))
	s.fails6("example.com", doh.TypeDS)
	s.add("com", doh.TypeDS, data(parent.ToDS(2))).add("com", doh.TypeDNSKEY, data(parent)).edit("com", doh.TypeDNSKEY, parent.signs(t, nil))
	r := s.report()
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == "dnssec.rrsig-expired" })
	if i < 0 || r.Findings[i].Args["name"] != "com" || r.Findings[i].Args["type"] != "DS" || r.Findings[i].Args["date"] != "2026-06-14" {
		t.Errorf("the parent's expired DS: %+v", r.Findings)
	}
}

// A wildcard's answer needs the proof that no closer name exists (RFC 4035 §5.3.4).
func TestCausesOfWildcard(t *testing.T) {
	k := newZoneKey(t, "example.com", dns.ED25519)
	for nsec, want := range map[string]Code{
		"": "dnssec.nsec-missing",
		"a.example.com. 60 IN NSEC mx.example.com. A RRSIG NSEC": "dnssec.nsec-bad-proof",
		"a.example.com. 60 IN NSEC z.example.com. A RRSIG NSEC":  "dnssec.resolver-disagrees", // all is well
	} {
		s := delegated(t, k).status("example.com", doh.TypeMX, dnssec.Secure).fails6("mx.example.com", doh.TypeA)
		if nsec != "" {
			s.auth[scenarioKey("mx.example.com", doh.TypeA)] = []string{nsec}
		}
		s.edit("mx.example.com", doh.TypeA, func(m *dns.Msg) {
			m.Answer[0].Header().Name = "*.example.com."
			k.signs(t, nil)(m)
			for _, rr := range m.Answer {
				rr.Header().Name = "mx.example.com."
			}
		})
		if got := s.codes(); !slices.Contains(got, want) {
			t.Errorf("%q: %v, want %s", nsec, got, want)
		}
	}
}

// A TLSA record denied by a proof of something else has its cause named once.
func TestBadProofOfTLSA(t *testing.T) {
	k := newZoneKey(t, "example.com", dns.ECDSAP256SHA256)
	const owner = "_25._tcp.mx.example.com"
	for nsec, want := range map[string]Code{
		owner + ". 60 IN NSEC example.com. RRSIG NSEC TLSA":        "dnssec.nsec-bad-proof",
		"b.example.com. 60 IN NSEC c.example.com. RRSIG NSEC TLSA": "dnssec.nsec-bad-proof",
		owner + ". 60 IN NSEC example.com. A RRSIG NSEC":           "", // all is well
		"example.com. 60 IN A 192.0.2.1":                           "tlsa.denial-bogus",
	} {
		s := delegated(t, k).status("example.com", doh.TypeMX, dnssec.Secure)
		delete(s.records, scenarioKey(owner, doh.TypeTLSA))
		got := s.denies(owner, doh.TypeTLSA, k, nsec).fails6(owner, doh.TypeTLSA).codes()
		for _, code := range []Code{"dnssec.nsec-bad-proof", "tlsa.denial-bogus"} {
			if slices.Contains(got, code) != (code == want) {
				t.Errorf("%s: %v, want %s", nsec, got, want)
			}
		}
	}
}

// unproven is Facts of a signed zone with several answers that fail validation.
func unproven(t testing.TB) Facts {
	k := newZoneKey(t, "example.com", dns.ED25519)
	s := delegated(t, k).edit("example.com", doh.TypeMX, changedMX).add("example.com", doh.TypeCDS, "0 0 0 00", data(k.ToDS(2)))
	s.add("example.com", doh.TypeNSEC3PARAM, "1 0 5 AABB").add("example.com", doh.TypeCDNSKEY, data(k))
	delete(s.records, scenarioKey("mx.example.com", doh.TypeAAAA))
	s.denies("mx.example.com", doh.TypeAAAA, k, "mx.example.com. 60 IN NSEC example.com. A AAAA RRSIG NSEC").fails6("mx.example.com", doh.TypeAAAA)
	delete(s.records, scenarioKey("_25._tcp.mx.example.com", doh.TypeTLSA))
	return s.denies("_25._tcp.mx.example.com", doh.TypeTLSA, k,
		"35mthgpgcu1qg68fab165klnsnk3dpvl.example.com. 60 IN NSEC3 1 1 5 AABB B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS SOA").
		fails6("_25._tcp.mx.example.com", doh.TypeTLSA).factsNow()
}

// Many keys of one tag and many signatures are not multiplied (CVE-2023-50387).
func TestManyKeysAndSignatures(t *testing.T) {
	k := newZoneKey(t, "example.com", dns.ECDSAP256SHA256)
	s := delegated(t, k).edit("example.com", doh.TypeMX, func(m *dns.Msg) { m.Answer[0].(*dns.MX).Preference = 999 })
	for i := range 300 {
		s.mx(i, "mx.example.com").add("example.com", doh.TypeCDS, data(k.ToDS(2)))
	}
	s.edit("example.com", doh.TypeMX, func(m *dns.Msg) {
		sig := m.Answer[len(m.Answer)-1].(*dns.RRSIG)
		for range 300 {
			m.Answer = append(m.Answer, sig)
		}
		m.Compress = true
	})
	f := s.factsNow()
	r, took := quickest(f)
	if took > time.Second {
		t.Errorf("%v", took)
	}
	if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == "dnssec.bogus" }) {
		t.Errorf("what is beyond the budget is not plainly bogus: %v", codesOf(r))
	}
}
