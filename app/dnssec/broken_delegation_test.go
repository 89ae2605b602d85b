package dnssec_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// delegated gives z.test the DS records that make gives of its first key.
func delegated(make func(*zone.Key) []dns.RR) func(forest) {
	return func(f forest) { f["z.test"].ds = make }
}

// signedBy gives z.test its keys, the first of which the delegation names.
func signedBy(keys ...*zone.Key) func(forest) {
	return func(f forest) { f["z.test"].signing.Keys = keys }
}

// spoiledDS gives a DS record another digest.
func spoiledDS(ds *dns.DS) *dns.DS {
	ds.Digest = strings.Repeat("0", len(ds.Digest))
	return ds
}

// otherAlgorithm gives a DS record another algorithm.
func otherAlgorithm(ds *dns.DS, algorithm uint8) *dns.DS {
	ds.Algorithm = algorithm
	return ds
}

// TestDelegations: DS → DNSKEY (RFC 4035 §5.2), by digest, flags and algorithm.
func TestDelegations(t *testing.T) {
	ksk, zsk := newKey(t, "z.test", 13, 257, 1), newKey(t, "z.test", 13, 256, 2)
	next := newKey(t, "z.test", 13, 257, 3)
	colliding, err := zsk.Colliding(rand.NewChaCha8([32]byte{1}))
	must(t, err)
	for _, c := range []struct {
		name  string
		spoil func(forest)
		want  string // "" is secure; else the status and the reason, of the link and of the hop
		hop   string // of the hop where it is another
	}{
		{"sound", nil, "", ""},
		{"SHA-1", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(1)} }), "", ""},
		{"SHA-384", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(4)} }), "", ""},
		{"SHA-1 and SHA-256", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(1), k.DSOf(2)} }), "", ""},
		{"SHA-1, and SHA-256 of another key", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(1), next.DSOf(2)} }), "bogus dnskey-missing", ""},
		{"SHA-1, and a wrong SHA-256", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(1), spoiledDS(k.DSOf(2))} }), "bogus ds-digest-mismatch", ""},
		{"SHA-1, and SHA-256 of an unknown algorithm", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(1), otherAlgorithm(k.DSOf(2), 200)} }), "", ""},
		{"a wrong digest", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{spoiledDS(k.DS())} }), "bogus ds-digest-mismatch", ""},
		{"a wrong digest and a right one", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{spoiledDS(k.DSOf(4)), k.DSOf(2)} }), "", ""},
		{"another key's", delegated(func(*zone.Key) []dns.RR { return []dns.RR{next.DS()} }), "bogus dnskey-missing", ""},
		{"another key's and its own", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{next.DS(), k.DS()} }), "", ""},
		{"an unknown digest", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(3)} }), "insecure ds-digest-unsupported", ""},
		{"an unknown digest and a known one", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(3), k.DSOf(2)} }), "", ""},
		{"an unknown digest and a wrong one", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{k.DSOf(3), spoiledDS(k.DSOf(2))} }), "bogus ds-digest-mismatch", ""},
		{"an unknown algorithm", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{otherAlgorithm(k.DS(), 16)} }), "insecure algorithm-unsupported", ""},
		{"an unknown algorithm and a known one", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{otherAlgorithm(k.DSOf(4), 200), k.DSOf(2)} }), "", ""},
		{"the algorithm of another key", delegated(func(k *zone.Key) []dns.RR { return []dns.RR{otherAlgorithm(k.DS(), 8)} }), "bogus dnskey-missing", ""},
		{"two keys", signedBy(ksk, zsk), "", ""},
		{"SEP absent", signedBy(newKey(t, "z.test", 13, 256, 4)), "", ""},
		{"SEP absent of the key that is named", all(signedBy(zsk, ksk), func(f forest) {
			f["z.test"].after = func(z *zone.Zone) error { return z.Resign("@", dns.TypeDNSKEY, nil, zsk) }
		}), "", ""},
		{"keys signed by one that isn't named", all(signedBy(ksk, zsk), func(f forest) {
			f["z.test"].after = func(z *zone.Zone) error { return z.Resign("@", dns.TypeDNSKEY, nil, zsk) }
		}), "bogus rrsig-invalid", ""},
		{"keys not signed", func(f forest) {
			f["z.test"].after = func(z *zone.Zone) error {
				return z.EditSignatures("@", dns.TypeDNSKEY, func([]*dns.RRSIG) []*dns.RRSIG { return nil })
			}
		}, "bogus rrsig-missing", ""},
		{"keys' signature expired", resigned("@", dns.TypeDNSKEY, dated(-30*day, -day)), "bogus rrsig-expired", ""},
		{"keys' signature early", resigned("@", dns.TypeDNSKEY, dated(day, 30*day)), "bogus rrsig-not-yet-valid", ""},
		{"revoked", all(signedBy(ksk.WithFlags(257 | dns.REVOKE))), "bogus revoked-key-in-ds", ""},
		{"revoked since", all(signedBy(ksk.WithFlags(257|dns.REVOKE)), delegated(func(*zone.Key) []dns.RR { return []dns.RR{ksk.DS()} })), "bogus revoked-key-in-ds", ""},
		{"revoked beside the next", all(signedBy(next, zsk, ksk.WithFlags(257|dns.REVOKE))), "", ""},
		{"no zone key", signedBy(ksk.WithFlags(dns.SEP)), "bogus zone-key-bit-missing", ""},
		{"data signed by no zone key", signedBy(ksk, zsk.WithFlags(0)), "", "bogus zone-key-bit-missing"},
		{"data signed by a revoked key", signedBy(ksk, zsk.WithFlags(dns.ZONE|dns.REVOKE)), "", "bogus rrsig-invalid"},
		{"a key of the same tag", all(signedBy(ksk, zsk), func(f forest) { f["z.test"].signing.Standby = []*zone.Key{colliding} }), "", ""},
		{"no keys", after("z.test", func(z *zone.Zone) error {
			z.Fail("@", dns.TypeDNSKEY)
			return nil
		}), "bogus dnskey-missing", ""},
		{"DS not signed", after("test", func(z *zone.Zone) error {
			return z.EditSignatures("z", dns.TypeDS, func([]*dns.RRSIG) []*dns.RRSIG { return nil })
		}), "bogus rrsig-missing", ""},
		{"DS signature expired", after("test", func(z *zone.Zone) error { return z.Resign("z", dns.TypeDS, dated(-30*day, -day)) }), "bogus rrsig-expired", ""},
		{"DS signed by the zone itself", after("test", func(z *zone.Zone) error {
			return z.Resign("z", dns.TypeDS, func(sig *dns.RRSIG) { sig.SignerName = "z.test." }, newKey(t, "z.test", 13, 257, 0))
		}), "bogus rrsig-wrong-signer", ""},
	} {
		b := broken{name: c.name, spoil: c.spoil, question: "mx.z.test A", verdict: "secure 2", hops: "mx.z.test A secure", zones: "z.test"}
		if c.want != "" {
			b.zones += " " + c.want
			c.hop = c.want
		}
		if c.hop != "" {
			b.verdict, b.hops = c.hop+" 2", "mx.z.test A "+c.hop
		}
		hold(t, plain, []broken{b})
	}
}

// TestAlgorithms: every algorithm that can be verified, alone and as KSK and
// ZSK of two; one good path suffices (RFC 6840 §5.11).
func TestAlgorithmsOfZones(t *testing.T) {
	for _, algorithm := range []uint8{5, 7, 8, 10, 13, 14, 15} {
		key := newKey(t, "z.test", algorithm, 257, 5)
		other := newKey(t, "z.test", 13, 257, 6)
		spoilOther := func(z *zone.Zone) error { // every signature of other is spoiled
			return do(
				func(z *zone.Zone) error { return z.Resign("mx", dns.TypeA, dated(-30*day, -day), other, key) },
				func(z *zone.Zone) error { return z.Resign("mx", dns.TypeA, nil, key) },
			)(z)
		}
		for name, c := range map[string]struct {
			keys  []*zone.Key
			after func(*zone.Zone) error
		}{
			"alone": {[]*zone.Key{key}, nil}, "with another": {[]*zone.Key{key, other}, nil},
			"with another that signs nothing": {[]*zone.Key{key, other}, spoilOther},
		} {
			f := plain()
			f["z.test"].signing.Keys, f["z.test"].after = c.keys, c.after
			r := f.grow(t).lookup("mx.z.test A", nil)
			z := r.Zones[len(r.Zones)-1]
			if r.Status != dnssec.Secure || r.Hops[0].Signature.Algorithm != algorithm && c.after != nil ||
				len(z.Keys) != len(c.keys) || z.Keys[0].Algorithm != algorithm || !z.Keys[0].Entry || len(z.Keys) > 1 && z.Keys[1].Entry {
				t.Errorf("algorithm %d %s: %s %s, %+v", algorithm, name, r.Status, r.Reason, z)
			}
		}
	}
}

// TestNoDelegation: what a resolver or a zone says instead of a DS.
func TestNoDelegation(t *testing.T) {
	noDS := func(f forest) { f["z.test"].noDS = true }
	insecure := "z.test insecure unsigned-delegation"
	hold(t, sound, []broken{
		{"no DS for a signed zone", noDS, nil, "mx.z.test A", "insecure 2", "mx.z.test A insecure", insecure},
		{"no DS, and an alias", noDS, nil, "www.z.test A", "insecure 2", "www.z.test CNAME insecure, mx.z.test A insecure", insecure},
		{"no proof of it", all(noDS, after("test", func(z *zone.Zone) error {
			z.DropProof(z.Origin().Child("z"))
			return nil
		})), nil, "mx.z.test A", "bogus nsec-missing 2", "mx.z.test A bogus nsec-missing", "z.test bogus nsec-missing"},
		{"another's proof", all(noDS, after("test", func(z *zone.Zone) error {
			z.ProveInstead("z", "far")
			return nil
		})), nil, "mx.z.test A", "bogus nsec-bad-proof 2", "mx.z.test A bogus nsec-bad-proof", "z.test bogus nsec-bad-proof"},
		{"DS withheld, with the proof for it", nil, inAnswerTo("z.test.", dns.TypeDS, func(m *dns.Msg) {
			m.Answer, m.Ns = nil, denialOf(t, sound(), "test", "z0", dns.TypeDS) // z.test. NSEC is there
		}), "mx.z.test A", "bogus nsec-bad-proof 2", "mx.z.test A bogus nsec-bad-proof", "z.test bogus nsec-bad-proof"},
		{"DS denied by the zone itself", nil, inAnswerTo("z.test.", dns.TypeDS, func(m *dns.Msg) {
			m.Answer, m.Ns = nil, denialOf(t, sound(), "z.test", "@", dns.TypeDS)
		}), "mx.z.test A", "bogus rrsig-wrong-signer 2", "mx.z.test A bogus rrsig-wrong-signer", "z.test bogus rrsig-wrong-signer"},
		{"DS denied by the name", nil, inAnswerTo("z.test.", dns.TypeDS, func(m *dns.Msg) {
			m.Rcode, m.Answer, m.Ns = 3, nil, denialOf(t, sound(), "test", "zz", dns.TypeDS)
		}), "mx.z.test A", "bogus nsec-bad-proof 2", "mx.z.test A bogus nsec-bad-proof", "z.test bogus nsec-bad-proof"},
		{"neither DS nor proof", nil, inAnswerTo("z.test.", dns.TypeDS, func(m *dns.Msg) { m.Answer = nil }),
			"mx.z.test A", "bogus nsec-missing 2", "mx.z.test A bogus nsec-missing", "z.test bogus nsec-missing"},
	})
}

// denialOf gives the authority section of a zone's answer to a question.
func denialOf(t *testing.T, f forest, origin, owner string, typ uint16) []dns.RR {
	t.Helper()
	grown := f.grow(t)
	name := owner + "." + origin + "."
	if owner == "@" {
		name = origin + "."
	}
	q := new(dns.Msg).SetQuestion(name, typ)
	q.SetEdns0(4096, true)
	m := grown.Internet[origin+"."].Answer(q)
	if len(m.Ns) == 0 {
		t.Fatalf("%s %d is not denied", name, typ)
	}
	return m.Ns
}

// TestAnchors: where trust begins, and for whom.
func TestAnchors(t *testing.T) {
	f := sound()
	grown := f.grow(t)
	key := newKey(t, "z.test", 13, 257, 0)
	at := func(zone, record string) dnssec.Anchor {
		a, err := dnssec.ParseAnchor(zone + " " + record)
		must(t, err)
		return a
	}
	_, asDNSKEY, _ := strings.Cut(key.DNSKEY().String(), "\t")
	_, asDS, _ := strings.Cut(key.DS().String(), "\t")
	_, strange, _ := strings.Cut(newKey(t, "z.test", 13, 257, 9).DS().String(), "\t")
	_, unknown, _ := strings.Cut(otherAlgorithm(key.DS(), 16).String(), "\t")
	for _, c := range []struct {
		name, question string
		anchors        []dnssec.Anchor
		want, zones    string
	}{
		{"the root", "mx.z.test A", grown.anchors, "secure", "., test, z.test"},
		{"none", "mx.z.test A", nil, "insecure no-anchor", ""},
		{"none above", "mx.z.test A", []dnssec.Anchor{at("other.test.", asDS)}, "insecure no-anchor", ""},
		{"the zone's DS", "mx.z.test A", []dnssec.Anchor{at("z.test.", asDS)}, "secure", "z.test"},
		{"the zone's key", "mx.z.test A", []dnssec.Anchor{at("z.test.", asDNSKEY)}, "secure", "z.test"},
		{"not for what is beside it", "host.far.test A", []dnssec.Anchor{at("z.test.", asDS)}, "insecure no-anchor", ""},
		{"an alias that leads out", "away.z.test A", []dnssec.Anchor{at("z.test.", asDS)}, "insecure no-anchor", "z.test"},
		{"another key's", "mx.z.test A", []dnssec.Anchor{at("z.test.", strange)}, "bogus dnskey-missing", "z.test bogus dnskey-missing"},
		{"another key's below the root's", "mx.z.test A", append(grown.anchors, at("z.test.", strange)), "bogus dnskey-missing", "z.test bogus dnskey-missing"},
		{"an old key's and its own", "mx.z.test A", []dnssec.Anchor{at("z.test.", strange), at("z.test.", asDS)}, "secure", "z.test"},
		{"an unknown algorithm", "mx.z.test A", []dnssec.Anchor{at("z.test.", unknown)}, "insecure algorithm-unsupported", "z.test insecure algorithm-unsupported"},
		{"the DS of an anchor's zone is above", "z.test DS", []dnssec.Anchor{at("z.test.", asDS)}, "insecure no-anchor", ""},
	} {
		r := grown.resolver()
		r.Anchors = c.anchors
		name, typ := asked(c.question)
		got := r.Lookup(t.Context(), name, typ)
		if words(got.Status.String(), string(got.Reason)) != c.want || zonesOf(got) != c.zones {
			t.Errorf("%s: %s | %s | %s, want %s | %s", c.name, verdictOf(got), hopsOf(got), zonesOf(got), c.want, c.zones)
		}
	}
}
