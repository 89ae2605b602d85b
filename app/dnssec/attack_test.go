package dnssec_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// attack is an internet made to keep a validator busy, and the question that
// does it.
type attack struct {
	name, question string
	forest         func(testing.TB) forest
	want           string // status and reason
}

const overBudget = "indeterminate over-budget"

// attacks are the ways known to keep a validator busy.
var attacks = []attack{
	// CVE-2023-50387: every signature with every key of its tag.
	{"KeyTrapAnswer", "mx.z.test A", keyTrap(func(z *zone.Zone) error { return z.Forge("mx", dns.TypeA, 200) }), overBudget},
	{"KeyTrapDNSKEY", "mx.z.test A", keyTrap(func(z *zone.Zone) error { return z.Forge("@", dns.TypeDNSKEY, 200) }), overBudget},
	{"KeyTrapDenial", "none.z.test A", keyTrap(func(z *zone.Zone) error { return z.Forge("@", dns.TypeNSEC, 200) }), overBudget + " NXDOMAIN"},
	{"KeyTrapDS", "mx.z.test A", manyDS, overBudget},
	// One key, and many signatures.
	{"SignaturesP256", "mx.z.test A", signatures(13), overBudget},
	{"SignaturesP384", "mx.z.test A", signatures(14), overBudget},
	{"SignaturesRSA", "mx.z.test A", signatures(8), overBudget},
	{"SignaturesEd25519", "mx.z.test A", signatures(15), overBudget},
	{"SignaturesLongRSA", "mx.z.test A", longRSA, overBudget},
	// As many as one response may have, on every link of a long way.
	{"LinksP256", deepest("z.test") + " A", everyLink(13), overBudget},
	{"LinksP384", deepest("z.test") + " A", everyLink(14), overBudget},
	{"LinksLongRSA", deepest("z.test") + " A", everyLink(8), overBudget},
	{"Labels", deepest("z.test") + " A", everyLabel(nil), overBudget},
	{"LabelsNSEC3", deepest("z.test") + " A", everyLabel(&zone.NSEC3{Iterations: 150, Salt: make([]byte, 200)}), overBudget},
	{"Aliases", "c.z1.test A", everyAlias, overBudget},
	// CVE-2023-50868: a hash of every label, often.
	{"HashesName", deepest("h.test") + " A", manyHashes(255), overBudget + " NXDOMAIN"},
	{"HashesType", deepest("wild.h.test") + " A", manyHashes(255), overBudget},
	{"HashesWildcard", deepest("wild.h.test") + " TXT", manyHashes(255), "secure"},
	{"HashesFewLabels", "a.b.c.d.e.f.g.h.i.h.test A", manyHashes(8), "secure NXDOMAIN"},
	{"HashesEveryLabel", deepest("h.test") + " TXT", hashesEveryLabel, overBudget},
	// Questions without end, and records.
	{"QuestionsDeep", deepest("z.test") + " A", func(testing.TB) forest { return plain() }, "secure NXDOMAIN"},
	{"QuestionsAliases", "c0.z.test A", longChain, overBudget},
	{"Records", "many.z.test A", manyRecords, "secure"},
}

// colliding makes n keys of one tag.
func colliding(t testing.TB, origin string, algorithm uint8, n int) []*zone.Key {
	t.Helper()
	keys := []*zone.Key{newKey(t, origin, algorithm, 257, 0)}
	random := rand.NewChaCha8([32]byte{1})
	for len(keys) < n {
		k, err := keys[0].Colliding(random)
		must(t, err)
		keys = append(keys, k)
	}
	return keys
}

// keyTrap has 100 keys of one tag, and forged signatures.
func keyTrap(forge func(*zone.Zone) error) func(testing.TB) forest {
	return func(t testing.TB) forest {
		f := plain()
		keys := colliding(t, "z.test", 13, 100)
		f["z.test"].signing.Keys, f["z.test"].signing.Standby, f["z.test"].after = keys[:1], keys[1:], forge
		return f
	}
}

// manyDS has 60 keys of one tag, and 120 DS records of it with other digests.
func manyDS(t testing.TB) forest {
	f := plain()
	keys := colliding(t, "z.test", 13, 60)
	f["z.test"].signing.Keys, f["z.test"].signing.Standby = keys[:1], keys[1:]
	f["z.test"].ds = func(*zone.Key) (all []dns.RR) {
		for i := range keys {
			for _, digest := range []uint8{2, 4} {
				ds := keys[0].DSOf(digest)
				ds.Digest = fmt.Sprintf("%02x%s", i, ds.Digest[2:])
				all = append(all, ds)
			}
		}
		return all
	}
	return f
}

// signatures has a key of an algorithm, and 300 signatures that don't hold.
func signatures(algorithm uint8) func(testing.TB) forest {
	return func(t testing.TB) forest {
		f := plain()
		f["z.test"].signing.Keys = []*zone.Key{newKey(t, "z.test", algorithm, 257, 0)}
		f["z.test"].after = func(z *zone.Zone) error { return z.Forge("mx", dns.TypeA, 300) }
		return f
	}
}

// longKey is an RSA key of 4 096 bits with an exponent of 8 octets, by which
// verifying takes longest, and octets that look like one of its signatures.
func longKey(origin string) (key *dns.DNSKEY, signature []byte) {
	modulus := make([]byte, 512)
	rand.NewChaCha8([32]byte{2}).Read(modulus)
	modulus[0], modulus[511] = 0xFF, modulus[511]|1
	signature = append([]byte{0x7F}, modulus[1:]...)
	public := append([]byte{8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, modulus...)
	return &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: dns.Fqdn(origin), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 3600},
		Flags: 256, Protocol: 3, Algorithm: 8, PublicKey: base64.StdEncoding.EncodeToString(public),
	}, signature
}

// longSignatures puts n signatures by longKey before those of a set.
func longSignatures(origin, owner string, typ uint16, n int) func(*zone.Zone) error {
	key, octets := longKey(origin)
	return func(z *zone.Zone) error {
		return z.EditSignatures(owner, typ, func(old []*dns.RRSIG) (all []*dns.RRSIG) {
			for i := range n {
				sig := dns.Copy(old[0]).(*dns.RRSIG)
				sig.Algorithm, sig.KeyTag = key.Algorithm, key.KeyTag()
				octets[1] = byte(i)
				sig.Signature = base64.StdEncoding.EncodeToString(octets)
				all = append(all, sig)
			}
			return append(all, old...)
		})
	}
}

func longRSA(testing.TB) forest {
	f := plain()
	key, _ := longKey("z.test")
	f["z.test"].lines = append(f["z.test"].lines, key.String())
	f["z.test"].after = longSignatures("z.test", "mx", dns.TypeA, 100)
	return f
}

// deepest is a name of as many labels as fit.
func deepest(origin string) string {
	return strings.Repeat("a.", (253-len(origin))/2) + origin
}

// everyLink has a zone at every label, 40 of them; in each, the delegation has
// signatures that don't hold, nearly as many as a response may have. Of algorithm
// 8 these are by longKey.
func everyLink(algorithm uint8) func(testing.TB) forest {
	return func(t testing.TB) forest {
		f := plain()
		origin := "z.test"
		for range 40 {
			p, key := f[origin], newKey(t, origin, 13, 257, 0)
			if algorithm == 14 {
				key = newKey(t, origin, 14, 257, 0)
			}
			p.signing.Keys = []*zone.Key{key}
			p.after = func(z *zone.Zone) error { return z.Forge("a", dns.TypeDS, map[uint8]int{13: 36, 14: 9}[algorithm]) }
			if algorithm == 8 {
				long, _ := longKey(origin)
				p.lines = append(p.lines, long.String())
				p.after = longSignatures(origin, "a", dns.TypeDS, 9)
			}
			origin = "a." + origin
			f[origin] = &plot{}
		}
		f[origin].lines = []string{deepest("z.test") + ". A 192.0.2.1"}
		return f
	}
}

// everyLabel has one deep name without signature, so that it must be shown at
// each label above it that no insecure zone is in between; the proof of that has
// nearly as many signatures that don't hold as a response may have.
func everyLabel(hashed *zone.NSEC3) func(testing.TB) forest {
	return func(testing.TB) forest {
		f := plain()
		f["z.test"].lines = []string{deepest("z.test") + ". A 192.0.2.1"}
		f["z.test"].signing.NSEC3 = hashed
		f["z.test"].after = func(z *zone.Zone) error {
			typ := dns.TypeNSEC
			if hashed != nil {
				typ = dns.TypeNSEC3
			}
			for _, rr := range z.All(typ) {
				if err := z.Forge(rr.Header().Name, typ, 36); err != nil {
					return err
				}
			}
			return z.EditSignatures(deepest("z.test")+".", dns.TypeA, func([]*dns.RRSIG) []*dns.RRSIG { return nil })
		}
		return f
	}
}

// everyAlias has a chain of aliases from zone to zone; each zone's keys have
// nearly as many signatures that don't hold as a response may have.
func everyAlias(testing.TB) forest {
	f := plain()
	for i := range 12 {
		f[fmt.Sprintf("z%d.test", i+1)] = &plot{
			lines: []string{fmt.Sprintf("c CNAME c.z%d.test.", i+2)},
			after: func(z *zone.Zone) error { return z.Forge("@", dns.TypeDNSKEY, 8) },
		}
	}
	return f
}

// manyHashes hashes as often as is worked with.
func manyHashes(salt int) func(testing.TB) forest {
	return func(testing.TB) forest {
		f := plain()
		f["h.test"] = &plot{lines: lines(content), signing: zone.Signing{NSEC3: &zone.NSEC3{Iterations: 150, Salt: make([]byte, salt)}}}
		return f
	}
}

// hashesEveryLabel is everyLabel with one signature each: hashing remains.
func hashesEveryLabel(testing.TB) forest {
	f := plain()
	f["h.test"] = &plot{
		lines:   []string{deepest("h.test") + ". TXT any"},
		signing: zone.Signing{NSEC3: &zone.NSEC3{Iterations: 150, Salt: make([]byte, 255)}},
		after: func(z *zone.Zone) error {
			return z.EditSignatures(deepest("h.test")+".", dns.TypeTXT, func([]*dns.RRSIG) []*dns.RRSIG { return nil })
		},
	}
	return f
}

// longChain has 500 aliases.
func longChain(testing.TB) forest {
	f := plain()
	for i := range 500 {
		f["z.test"].lines = append(f["z.test"].lines, fmt.Sprintf("c%d CNAME c%d", i, i+1))
	}
	return f
}

// manyRecords has a set of as many records as one message holds.
func manyRecords(testing.TB) forest {
	f := plain()
	for i := range 990 {
		f["z.test"].lines = append(f["z.test"].lines, fmt.Sprintf("many A 192.0.%d.%d", i/250, i%250))
	}
	return f
}

// recorded gives a resolver that has heard every answer before, so that only
// validating takes time.
func (f *tree) recorded(question string) func() dnssec.Result {
	var mu sync.Mutex
	known := map[string][]byte{}
	r := f.resolver()
	r.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
		mu.Lock()
		wire := known[string(query)]
		mu.Unlock()
		if wire != nil {
			return wire, nil
		}
		wire, err := f.Exchange(ctx, query)
		mu.Lock()
		known[string(query)] = wire
		mu.Unlock()
		return wire, err
	}
	name, typ := asked(question)
	look := func() dnssec.Result {
		r := r
		r.Cache = new(dnssec.Cache)
		defer r.Cache.Wait()
		return r.Lookup(context.Background(), name, typ)
	}
	look()
	return look
}

// TestAttacks: each has its verdict. What they may take is a matter of
// BenchmarkAttack and of the machine; this only notes it.
func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		look := a.forest(t).grow(t).recorded(a.question)
		began := time.Now()
		r := look()
		took := time.Since(began)
		if got := words(r.Status.String(), string(r.Reason)); got != strings.TrimSuffix(a.want, " NXDOMAIN") || strings.HasSuffix(a.want, "NXDOMAIN") != (r.Rcode == 3) {
			t.Errorf("%s: %s, want %s | %s | %s", a.name, verdictOf(r), a.want, hopsOf(r), zonesOf(r))
		}
		t.Logf("%-20s %6.1f ms  %s", a.name, float64(took.Microseconds())/1000, verdictOf(r))
	}
}

// BenchmarkAttack prints the milliseconds that each attack takes: at most 100,
// natively.
func BenchmarkAttack(b *testing.B) {
	for _, a := range attacks {
		b.Run(a.name, func(b *testing.B) {
			look := a.forest(b).grow(b).recorded(a.question)
			for b.Loop() {
				look()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/lookup")
		})
	}
}

// TestAttackHurtsItself: what a lookup could no longer afford, another one still
// can, though they share a cache.
func TestAttackHurtsItself(t *testing.T) {
	f := everyAlias(t)
	f["z12.test"].lines = []string{"c CNAME host.far.test."}
	r := f.grow(t).resolver()
	r.Cache = new(dnssec.Cache)
	if got := r.Lookup(t.Context(), "c.z1.test", 1); words(got.Status.String(), string(got.Reason)) != overBudget {
		t.Errorf("the attack: %s | %s", verdictOf(got), hopsOf(got))
	}
	if got := r.Lookup(t.Context(), "host.far.test", 1); got.Status != dnssec.Secure {
		t.Errorf("another zone: %s | %s | %s", verdictOf(got), hopsOf(got), zonesOf(got))
	}
	if got := r.Lookup(t.Context(), "c.z12.test", 1); got.Status != dnssec.Secure {
		t.Errorf("one of the attacker's zones: %s | %s | %s", verdictOf(got), hopsOf(got), zonesOf(got))
	}
}
