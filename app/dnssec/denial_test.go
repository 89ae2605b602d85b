package dnssec

import (
	"encoding/base32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// truth is a small zone "z.test" of which is known what exists: names and types.
type truth map[string][]uint16

const apex = "z.test."

// randomTruth makes a zone: plain names, deep ones that make empty
// non-terminals, wildcards, delegations with and without DS, a DNAME.
func randomTruth(random *rand.Rand) truth {
	z := truth{apex: {dns.TypeSOA, dns.TypeNS, dns.TypeMX}}
	kinds := [][]uint16{{dns.TypeA}, {dns.TypeA, dns.TypeMX}, {dns.TypeTXT}, {dns.TypeCNAME}, {dns.TypeNS}, {dns.TypeNS, dns.TypeDS}, {dns.TypeDNAME}}
	for range 1 + random.IntN(7) {
		name := apex
		for range 1 + random.IntN(3) {
			name = string(rune('a'+random.IntN(3))) + "." + name
		}
		kind := kinds[random.IntN(len(kinds))]
		if random.IntN(4) == 0 {
			name, kind = "*."+strings.SplitN(name, ".", 2)[1], kinds[random.IntN(3)]
		}
		z[name] = kind
	}
	for name := range z { // what lies below a cut or a DNAME is not in the zone
		if z.hiddenBy(name) != "" {
			delete(z, name)
		}
	}
	return z
}

// hiddenBy gives the delegation or DNAME above a name, "" for none.
func (z truth) hiddenBy(name string) string {
	for above := up(name); dns.IsSubDomain(apex, above); above = up(above) {
		if types := z[above]; above != apex && (slices.Contains(types, dns.TypeNS) || slices.Contains(types, dns.TypeDNAME)) {
			return above
		}
	}
	return ""
}

func up(name string) string { return name[strings.IndexByte(name, '.')+1:] }

// exists tells whether a name exists, if only as an empty non-terminal.
func (z truth) exists(name string) bool {
	for owner := range z {
		if dns.IsSubDomain(name, owner) {
			return true
		}
	}
	return false
}

func (z truth) encloser(name string) string {
	for name = up(name); !z.exists(name); name = up(name) {
	}
	return name
}

// noData is what can be proven of a type at a name; noName of the name.
func (z truth) noData(name string, typ uint16) Proof {
	types, owns := z[name]
	has := slices.Contains(types, typ) || slices.Contains(types, dns.TypeCNAME)
	switch {
	case z.hiddenBy(name) != "" || owns && has:
		return NoProof
	case owns && name != apex && slices.Contains(types, dns.TypeNS):
		if typ == dns.TypeDS {
			return UnsignedDelegation
		}
		return NoProof
	case owns && name == apex && typ == dns.TypeDS:
		return NoProof // the parent's to say
	case owns:
		return TypeAbsent
	case z.exists(name):
		return EmptyNonTerminal
	}
	wildcard, owns := z["*."+z.encloser(name)]
	if !owns || slices.Contains(wildcard, typ) || slices.Contains(wildcard, dns.TypeCNAME) {
		return NoProof
	}
	return WildcardTypeAbsent
}

func (z truth) noName(name string) Proof {
	if z.hiddenBy(name) != "" || z.exists(name) || z.exists("*."+z.encloser(name)) {
		return NoProof
	}
	return NameAbsent
}

func (z truth) noCloser(name, encloser string) Proof {
	if z.hiddenBy(name) != "" || z.exists(name) || z.encloser(name) != encloser {
		return NoProof
	}
	return NoCloserName
}

// chain gives the zone's NSEC records, or its NSEC3 records.
func (z truth) chain(t *testing.T, hashed bool) []Signed {
	owners := []string{}
	types := map[string][]uint16{}
	for owner, own := range z {
		names := []string{owner}
		for name := up(owner); hashed && dns.IsSubDomain(apex, name); name = up(name) {
			names = append(names, name) // empty non-terminals have one too (RFC 5155 §7.1)
		}
		for i, name := range names {
			if i == 0 {
				types[name] = append(slices.Clone(own), dns.TypeRRSIG)
			} else if _, known := types[name]; !known {
				types[name] = nil
			}
		}
	}
	for owner := range types {
		owners = append(owners, owner)
	}
	key := func(owner string) string { return hexHash(hashName(nameOf(owner), doh.NSEC3PARAM{Iterations: 1})) }
	slices.SortFunc(owners, func(a, b string) int {
		if hashed {
			return strings.Compare(key(a), key(b))
		}
		return nameOf(a).compare(nameOf(b))
	})
	var all []Signed
	for i, owner := range owners {
		next := owners[(i+1)%len(owners)]
		bits := types[owner]
		var rr dns.RR
		if hashed {
			slices.Sort(bits)
			rr = &dns.NSEC3{Hdr: dns.RR_Header{Name: key(owner) + "." + apex, Rrtype: dns.TypeNSEC3, Class: 1}, Hash: 1, Iterations: 1,
				HashLength: 20, NextDomain: strings.ToUpper(key(next)), TypeBitMap: bits}
		} else {
			bits = append(bits, dns.TypeNSEC)
			slices.Sort(bits)
			rr = &dns.NSEC{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC, Class: 1}, NextDomain: next, TypeBitMap: bits}
		}
		all = append(all, Signed{RRset: RRsets(sent(t, rr))[0]})
	}
	return all
}

// universe is every name and type that is asked for.
func universe() (names []string, types []uint16) {
	level := []string{apex}
	for range 4 {
		var next []string
		for _, above := range level {
			for _, label := range []string{"a", "b", "c"} {
				next = append(next, label+"."+above)
			}
		}
		names, level = append(names, level...), next
	}
	return names, []uint16{dns.TypeA, dns.TypeMX, dns.TypeDS}
}

// TestDenialsAgainstTruth makes zones and asks for everything: with the whole
// chain exactly what is true is proven, with part of it nothing that isn't.
func TestDenialsAgainstTruth(t *testing.T) {
	names, types := universe()
	proofs := map[Proof]int{}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		z := randomTruth(random)
		hashed := seed%2 == 0
		chain := z.chain(t, hashed)
		part := slices.DeleteFunc(slices.Clone(chain), func(Signed) bool { return random.IntN(2) == 0 })
		b := &Budget{Hashes: 1 << 30}
		whole, some := NewDenial(zoneName("z.test"), chain, b), NewDenial(zoneName("z.test"), part, b)
		for _, name := range names {
			hold := func(what string, want, got, less Proof) {
				proofs[got]++
				if got != want || less != NoProof && less != want {
					t.Fatalf("seed %d, %v: %s %s: %d proven, by a part %d; true is %d", seed, z, name, what, got, less, want)
				}
			}
			n := zoneName(name)
			for _, typ := range types {
				got, _ := whole.NoData(n, doh.Type(typ))
				less, _ := some.NoData(n, doh.Type(typ))
				hold(dns.TypeToString[typ], z.noData(name, typ), got, less)
			}
			got, _ := whole.NoName(n)
			less, _ := some.NoName(n)
			hold("at all", z.noName(name), got, less)
			for encloser := up(name); dns.IsSubDomain(apex, encloser) && name != apex; encloser = up(encloser) {
				wildcard := "*." + encloser
				if _, owns := z[wildcard]; owns { // else no answer was expanded from it
					got, _ := whole.NoCloser(n, wildcard)
					less, _ := some.NoCloser(n, wildcard)
					hold("beside "+wildcard, z.noCloser(name, encloser), got, less)
				}
			}
		}
	}
	t.Logf("proofs: %v", proofs)
	for p := NoProof; p < OptedOut; p++ {
		if proofs[p] == 0 {
			t.Errorf("proof %d never came up", p)
		}
	}
}

func denialOf(t *testing.T, text string, change func(*Signed)) (*denials, *Budget) {
	var all []Signed
	for _, s := range RRsets(records(t, text)) {
		signed := Signed{RRset: s}
		if change != nil {
			change(&signed)
		}
		all = append(all, signed)
	}
	b := NewBudget()
	return NewDenial(zoneName("z.test"), all, b), b
}

// nsec3For writes the NSEC3 record of a name, from its hash to the next.
func nsec3For(name, numbers, types string) string {
	p := doh.NSEC3PARAM{}
	hash := []byte(hashName(nameOf(name), p))
	next := slices.Clone(hash)
	next[19]++
	enc := base32.HexEncoding
	return enc.EncodeToString(hash) + ".z.test. IN NSEC3 " + numbers + " - " + enc.EncodeToString(next) + " " + types + "\n"
}

// What looks like a proof and is none.
func TestNoProofs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		change     func(*Signed)
		want       Reason
	}{
		{"a good one", "z.test. IN NSEC z.test. NS SOA RRSIG NSEC", nil, NoReason},
		{"nothing", "z.test. IN A 192.0.2.1", nil, NSECMissing},
		{"expanded from a wildcard", "z.test. IN NSEC z.test. NS SOA RRSIG NSEC", func(s *Signed) { s.Wildcard = "*.test" }, NSECMissing},
		{"another zone's", "y.test. IN NSEC zz.test. NS RRSIG NSEC", nil, NSECMissing},
		{"an end outside the zone", "z.test. IN NSEC zz.test. NS SOA RRSIG NSEC", nil, NSECMissing},
		{"names that descend", "z.z.test. IN NSEC a.z.test. A RRSIG NSEC", nil, NSECMissing},
		{"the parent's at the cut", "z.test. IN NSEC z.test. NS RRSIG NSEC", nil, NSECBadProof},
		{"a hash of another kind", nsec3For("z.test", "2 0 0", "NS SOA"), nil, NSECMissing},
		{"an unknown flag", nsec3For("z.test", "1 2 0", "NS SOA"), nil, NSECMissing},
		{"a label below the apex", "a." + nsec3For("z.test", "1 0 0", "NS SOA"), nil, NSECMissing},
		{"no hash as owner", "a.z.test. IN NSEC3 1 0 0 - " + strings.Repeat("0", 32) + " NS", nil, NSECMissing},
		{"an encloser and no more", nsec3For("z.test", "1 0 0", "NS SOA"), nil, NSECBadProof},
		{"150 iterations", nsec3For("z.test", "1 0 150", "NS SOA"), nil, NSECBadProof},
		{"151 iterations", nsec3For("z.test", "1 0 151", "NS SOA"), nil, NSEC3IterationsExcessive},
	} {
		d, _ := denialOf(t, c.text, c.change)
		got, why := d.NoName(zoneName("a.b.z.test"))
		if why != c.want || (got == NameAbsent) != (c.want == NoReason) {
			t.Errorf("%s: proves %d, %q, want %q", c.name, got, why, c.want)
		}
		if got, why := d.NoName(zoneName("other.test")); got != NoProof || why == NoReason {
			t.Errorf("%s: proves %d of a name outside", c.name, got)
		}
	}
}

// A name of many labels under many iterations ends with the budget
// (CVE-2023-50868); a name once hashed costs nothing again.
func TestHashBudget(t *testing.T) {
	d, b := denialOf(t, nsec3For("z.test", "1 0 150", "NS SOA"), nil)
	b.Hashes = 150
	deep := zoneName(strings.Repeat("a.", 100) + "z.test")
	for _, ask := range []func() (Proof, Reason){
		func() (Proof, Reason) { return d.NoName(deep) },
		func() (Proof, Reason) { return d.NoData(deep, doh.TypeA) },
		func() (Proof, Reason) { return d.NoCloser(deep, "*.z.test") },
	} {
		if p, why := ask(); p != NoProof || why != OverBudget {
			t.Errorf("proves %d, %q", p, why)
		}
	}
	b.Hashes = 100_000
	if _, why := d.NoName(deep); why != NSECBadProof {
		t.Errorf("with a budget: %q", why)
	}
	left := b.Hashes
	if d.NoName(deep); b.Hashes != left || left == 100_000 {
		t.Errorf("%d hashes left, then %d", left, b.Hashes)
	}
}
