package dnssec_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// world is an internet of chance, and what its zones hold.
type world struct {
	*tree
	holdings map[string]holdings // by origin, with final dot
}

// holdings is a zone's records by owner and type.
type holdings map[string]map[uint16][]dns.RR

const randomOrigin = "z.test"

// newWorld makes z.test of chance: names that nest, wildcards, aliases inside
// the zone and out of it, DNAME, delegations with and without DS, signed with
// NSEC or NSEC3, which may opt out. far.test and dull.test are there to lead to.
func newWorld(t testing.TB, seed uint64) *world {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 4))
	f := forest{
		".": {}, "test": {}, randomOrigin: {},
		"far.test":  {lines: lines("@ TXT far\na TXT far\n*.b A 192.0.2.9")},
		"dull.test": {lines: lines("a TXT dull"), unsigned: true},
	}
	for _, origin := range []string{".", "test", randomOrigin, "far.test"} { // a fixed order
		f[origin].signing.NSEC3 = randomNSEC3(random)
	}
	planted := map[string]string{} // kind by owner
	for range 2 + random.IntN(9) {
		plant(f, planted, random)
	}
	algorithm := []uint8{13, 13, 14, 15}[random.IntN(4)]
	keys := []*zone.Key{newKey(t, randomOrigin, algorithm, 257, 1), newKey(t, randomOrigin, algorithm, 256, 2)}
	f[randomOrigin].signing.Keys = keys[:1+random.IntN(2)]
	w := &world{tree: f.grow(t)}
	w.read()
	return w
}

// read notes what the zones hold.
func (w *world) read() {
	w.holdings = map[string]holdings{}
	for origin, z := range w.Internet {
		c := holdings{}
		for typ := range dns.TypeToString {
			for _, rr := range z.All(typ) {
				owner := rr.Header().Name
				if typ == dns.TypeNSEC || typ == dns.TypeNSEC3 {
					continue
				}
				if c[owner] == nil {
					c[owner] = map[uint16][]dns.RR{}
				}
				c[owner][typ] = append(c[owner][typ], rr)
			}
		}
		w.holdings[origin] = c
	}
}

// randomNSEC3 is nil, for NSEC, one time in three.
func randomNSEC3(random *rand.Rand) *zone.NSEC3 {
	if random.IntN(3) == 0 {
		return nil
	}
	return &zone.NSEC3{Iterations: uint16(random.IntN(4)), Salt: make([]byte, random.IntN(3)), OptOut: random.IntN(2) == 0}
}

// randomName is of one to three labels below z.test, sometimes a wildcard, or a name
// below one, which leaves the wildcard without records (RFC 4592 §4.9).
func randomName(random *rand.Rand) string {
	name := randomOrigin
	for range 1 + random.IntN(3) {
		name = string(rune('a'+random.IntN(3))) + "." + name
	}
	if random.IntN(4) == 0 {
		name = "*" + name[1:]
		if random.IntN(3) == 0 {
			name = "a." + name
		}
	}
	return name
}

// plant puts something at a name of z.test, unless what is there, above or below
// doesn't go with it.
func plant(f forest, planted map[string]string, random *rand.Rand) {
	name, target := randomName(random), randomName(random)
	if random.IntN(3) == 0 {
		target = []string{"a.far.test", "x.b.far.test", "none.far.test", "a.dull.test"}[random.IntN(4)]
	}
	kind := []string{"A", "A", "TXT", "CNAME", "CNAME", "DNAME", "signed", "unsigned"}[random.IntN(8)]
	hides := kind == "DNAME" || kind == "signed" || kind == "unsigned"
	for owner, there := range planted {
		below := dns.IsSubDomain(owner+".", name+".") // the name is, or lies below, the owner
		if owner == name || below && (there == "DNAME" || there == "signed" || there == "unsigned") ||
			hides && dns.IsSubDomain(name+".", owner+".") {
			return
		}
	}
	if hides && strings.Contains(name, "*") {
		return
	}
	planted[name] = kind
	z := f[randomOrigin]
	switch kind {
	case "A":
		z.lines = append(z.lines, name+". A 192.0.2.1", name+". A 192.0.2.2")
	case "TXT":
		z.lines = append(z.lines, fmt.Sprintf("%s. TXT %q", name, name))
	case "CNAME":
		z.lines = append(z.lines, name+". CNAME "+target+".")
	case "DNAME":
		z.lines = append(z.lines, name+". DNAME far.test.")
	default:
		f[name] = &plot{
			lines: lines("@ TXT child\na A 192.0.2.4"), unsigned: kind == "unsigned", signing: zone.Signing{NSEC3: randomNSEC3(random)},
		}
	}
}

// questions are all names of up to four labels below z.test, with some types.
func questions() (all []string) {
	level := []string{randomOrigin}
	for range 4 {
		var below []string
		for _, above := range level {
			for _, typ := range []string{"A", "TXT", "DS"} {
				all = append(all, above+" "+typ)
			}
			for _, label := range []string{"a", "b", "c"} {
				below = append(below, label+"."+above)
			}
		}
		level = below
	}
	return append(all, "*.a.z.test A", "z.test SOA", "z.test DNSKEY", "a.b.z.test CNAME", "a.b.c.a.z.test TXT", "none.test A")
}

// said is what is to be said of a question.
type said struct {
	status dnssec.Status // Secure or Insecure
	rcode  int
	data   []string // of the records, sorted
}

// truth finds out what is true, from what the zones hold and nothing else (RFC
// 1034 §4.3.2, RFC 4592, RFC 6672 §3.2), and whether it can be proven.
func (w *world) truth(question string) said {
	asked, typ := asked(question)
	name, s := dns.Fqdn(asked), said{status: dnssec.Secure}
	for seen := map[string]bool{}; !seen[name]; {
		seen[name] = true
		origin := dns.Fqdn(w.ZoneOf(name, uint16(typ)).Origin().String())
		c := w.holdings[origin]
		optsOut := w.of[w.key(origin)].signing.NSEC3 != nil && w.of[w.key(origin)].signing.NSEC3.OptOut
		if w.unsigned(origin) {
			s.status = dnssec.Insecure
		}
		if above, ok := c.dname(name, origin); ok {
			target := strings.TrimSuffix(name, above) + c[above][dns.TypeDNAME][0].(*dns.DNAME).Target
			if typ == doh.TypeCNAME { // the one that is made of it
				s.data = []string{dataOf(&dns.CNAME{Hdr: dns.RR_Header{Rrtype: dns.TypeCNAME}, Target: target})}
				break
			}
			name = target
			continue
		}
		owner := name
		if !c.exists(name) {
			owner = "*." + c.encloser(name)
			if optsOut { // a delegation could be there
				s.status = dnssec.Insecure
			}
		}
		if cname := c[owner][dns.TypeCNAME]; len(cname) > 0 && typ != doh.TypeCNAME {
			name = cname[0].(*dns.CNAME).Target
			continue
		}
		for _, rr := range c[owner][uint16(typ)] {
			s.data = append(s.data, dataOf(rr))
		}
		switch {
		case c[owner] == nil && !c.exists(owner):
			s.rcode = dns.RcodeNameError
		case len(s.data) == 0 && optsOut && !c.listed(name, origin):
			s.status = dnssec.Insecure
		}
		slices.Sort(s.data)
		break
	}
	return s
}

func (w *world) key(origin string) string { return dnsname.MustParse(origin).String() }

// unsigned tells whether a zone, or one on the way to it, has no signatures.
func (w *world) unsigned(origin string) bool {
	for key := w.key(origin); key != ""; key = w.of.above(dnsname.MustParse(key)) {
		if w.of[key].unsigned {
			return true
		}
	}
	return false
}

func above(name string) string {
	if next, end := dns.NextLabel(name, 0); !end {
		return name[next:]
	}
	return "."
}

// dname gives the name above this one that has a DNAME.
func (c holdings) dname(name, origin string) (string, bool) {
	for name != origin {
		name = above(name)
		if c[name][dns.TypeDNAME] != nil {
			return name, true
		}
	}
	return "", false
}

// exists tells whether a name is there, if only because of names below it.
func (c holdings) exists(name string) bool {
	for owner := range c {
		if dns.IsSubDomain(name, owner) {
			return true
		}
	}
	return false
}

func (c holdings) encloser(name string) string {
	for name = above(name); !c.exists(name); name = above(name) {
	}
	return name
}

// listed tells whether a chain that opts out has the name: it must for all but
// unsigned delegations and names that are there for them alone (RFC 5155 §7.1),
// and for these too where a wildcard would stand for them else.
func (c holdings) listed(name, origin string) bool {
	for owner, types := range c {
		delegation := types[dns.TypeNS] != nil && owner != origin
		if dns.IsSubDomain(name, owner) && !(delegation && types[dns.TypeDS] == nil) {
			return true
		}
	}
	if c[name] != nil {
		return false
	}
	for at := name; at != origin; at = above(at) {
		if c.exists("*." + above(at)) {
			return true
		}
	}
	return false
}

// dataOf is a record's type and data, names in lower case.
func dataOf(rr dns.RR) string {
	rr = dns.Copy(rr)
	rr.Header().Name, rr.Header().Ttl = ".", 0
	wire := make([]byte, 4096)
	n, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		return err.Error()
	}
	return canonicalData(doh.Type(rr.Header().Rrtype), wire[11:n])
}

// canonicalData lowers the letters of types that are of names alone, or nearly.
func canonicalData(typ doh.Type, data []byte) string {
	switch typ {
	case doh.TypeNS, doh.TypeCNAME, doh.TypeDNAME, doh.TypeSOA, doh.TypeMX:
		data = bytes.ToLower(data)
	}
	return typ.String() + " " + string(data)
}

// heard is what a lookup says, in the terms of said.
func heard(r dnssec.Result) said {
	s := said{status: r.Status, rcode: r.Rcode}
	for _, record := range r.Records {
		s.data = append(s.data, canonicalData(record.Type, record.RData))
	}
	slices.Sort(s.data)
	return s
}

func (s said) String() string { return fmt.Sprintf("%s, rcode %d, %q", s.status, s.rcode, s.data) }

// same tells whether rcode and records are.
func (s said) same(other said) bool {
	return s.rcode == other.rcode && slices.Equal(s.data, other.data)
}

// TestRandomTruths: in worlds of chance what is true is secure, and insecure just
// where a zone without signatures or opting out makes it so.
func TestRandomTruths(t *testing.T) {
	count := map[string]int{}
	for seed := range uint64(*moreWorlds) {
		w := newWorld(t, seed)
		r := w.resolver()
		r.Cache = new(dnssec.Cache)
		for _, question := range questions() {
			name, typ := asked(question)
			got, want := r.Lookup(t.Context(), name, typ), w.truth(question)
			if h := heard(got); h.status != want.status || !h.same(want) {
				t.Errorf("seed %d: %s:\n got %s\nwant %s\n%s | %s", seed, question, h, want, hopsOf(got), zonesOf(got))
			}
			for _, h := range got.Hops {
				count[proofNames[h.Proof]+" "+h.Status.String()]++
			}
		}
		r.Cache.Wait()
	}
	t.Logf("hops: %v", count)
	for _, proof := range proofNames {
		if count[proof+" secure"]+count[proof+" insecure"] == 0 {
			t.Errorf("%s was never proven", proof)
		}
	}
}
