package dnssec_test

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// content is what each of the three zones z.test (NSEC), h.test (NSEC3) and
// o.test (NSEC3 with opt-out) holds.
var content = `
@ MX 10 mx
mx A 192.0.2.1
mx A 192.0.2.2
www CNAME mx
*.wild TXT any
*.wildalias CNAME mx
a.*.hollow A 192.0.2.4
a.b.empty A 192.0.2.3
away CNAME host.far.test.
plain CNAME host.dull.test.
below CNAME host.sub
nowhere CNAME none
loop CNAME pool
pool CNAME loop
tree DNAME far.test.
twig DNAME empty
long DNAME ` + long + `.far.test.
deep.down.bare2 NS ns.elsewhere.
`

// long is a name of 150 octets.
var long = strings.TrimSuffix(strings.Repeat(strings.Repeat("x", 49)+".", 3), ".")

// sound is the root and test., the three zones, each with a signed child sub and
// an unsigned child bare, and far.test. and dull.test. that they lead to.
func sound() forest {
	f := forest{
		".": {}, "test": {},
		"z.test":    {lines: lines(content)},
		"h.test":    {lines: lines(content), signing: zone.Signing{NSEC3: &zone.NSEC3{Iterations: 2, Salt: []byte{1, 2}}}},
		"o.test":    {lines: lines(content), signing: zone.Signing{NSEC3: &zone.NSEC3{OptOut: true}}},
		"far.test":  {lines: lines("host A 192.0.2.10\n@ TXT far")},
		"dull.test": {lines: lines("host A 192.0.2.11"), unsigned: true},
	}
	for _, above := range []string{"z", "h", "o"} {
		f["sub."+above+".test"] = &plot{lines: lines("host A 192.0.2.20")}
		f["bare."+above+".test"] = &plot{lines: lines("host A 192.0.2.21"), unsigned: true}
	}
	return f
}

// truth is a question and what is to be said of it, in the forms of
// tree_test.go: the verdict with the number of records, the hops, and the zones
// after the root and test.
type truth struct {
	question             string
	verdict, hops, zones string
	optedOut             string // the hops in o.test where they are others: then all is insecure
}

// truths are asked of each zone, whose first label stands in the place of %.
var truths = []truth{
	{"mx.%.test A", "secure 2", "mx.%.test A secure", "%.test", ""},
	{"MX.%.TEST A", "secure 2", "mx.%.test A secure", "%.test", ""},
	{"%.test MX", "secure 1", "%.test MX secure", "%.test", ""},
	{"%.test SOA", "secure 1", "%.test SOA secure", "%.test", ""},
	{"%.test DNSKEY", "secure 1", "%.test DNSKEY secure", "%.test", ""},
	{"mx.%.test TXT", "secure 0", "mx.%.test TXT secure no-type", "%.test", ""},

	// Names that don't exist (RFC 4035 §5.4, RFC 5155 §8.4, §9.2).
	{"none.%.test A", "secure NXDOMAIN 0", "none.%.test A secure no-name", "%.test", "none.%.test A insecure opted-out"},
	{"a.b.none.%.test A", "secure NXDOMAIN 0", "a.b.none.%.test A secure no-name", "%.test", "a.b.none.%.test A insecure opted-out"},
	{"x.mx.%.test A", "secure NXDOMAIN 0", "x.mx.%.test A secure no-name", "%.test", "x.mx.%.test A insecure opted-out"},
	{"c.empty.%.test A", "secure NXDOMAIN 0", "c.empty.%.test A secure no-name", "%.test", "c.empty.%.test A insecure opted-out"},

	// Wildcards (RFC 4035 §5.3.4, RFC 5155 §8.7, §8.8).
	{"x.wild.%.test TXT", "secure 1", "x.wild.%.test TXT secure no-closer *.wild.%.test", "%.test", "x.wild.%.test TXT insecure opted-out *.wild.%.test"},
	{"x.y.wild.%.test TXT", "secure 1", "x.y.wild.%.test TXT secure no-closer *.wild.%.test", "%.test", "x.y.wild.%.test TXT insecure opted-out *.wild.%.test"},
	{"x.wild.%.test A", "secure 0", "x.wild.%.test A secure wildcard-no-type", "%.test", "x.wild.%.test A insecure opted-out"},
	{"*.wild.%.test TXT", "secure 1", "*.wild.%.test TXT secure", "%.test", ""},
	{"*.wild.%.test A", "secure 0", "*.wild.%.test A secure no-type", "%.test", ""},
	{"*.x.wild.%.test TXT", "secure 1", "*.x.wild.%.test TXT secure no-closer *.wild.%.test", "%.test", "*.x.wild.%.test TXT insecure opted-out *.wild.%.test"},

	// A wildcard that exists only because of a name below it has no types (RFC 4592 §2.2.2, §4.9).
	{"x.hollow.%.test A", "secure 0", "x.hollow.%.test A secure wildcard-no-type", "%.test", "x.hollow.%.test A insecure opted-out"},
	{"*.hollow.%.test A", "secure 0", "*.hollow.%.test A secure empty", "%.test", ""},
	{"x.hollow.%.test DS", "secure 0", "x.hollow.%.test DS secure wildcard-no-type", "%.test", "x.hollow.%.test DS insecure opted-out"},

	// Empty non-terminals.
	{"wild.%.test TXT", "secure 0", "wild.%.test TXT secure empty", "%.test", ""},
	{"empty.%.test A", "secure 0", "empty.%.test A secure empty", "%.test", ""},
	{"b.empty.%.test A", "secure 0", "b.empty.%.test A secure empty", "%.test", ""},
	{"down.bare2.%.test A", "secure 0", "down.bare2.%.test A secure empty", "%.test", "down.bare2.%.test A insecure opted-out"},
	{"x.bare2.%.test A", "secure NXDOMAIN 0", "x.bare2.%.test A secure no-name", "%.test", "x.bare2.%.test A insecure opted-out"},

	// Aliases, hop by hop.
	{"www.%.test A", "secure 2", "www.%.test CNAME secure, mx.%.test A secure", "%.test", ""},
	{"www.%.test CNAME", "secure 1", "www.%.test CNAME secure", "%.test", ""},
	{"www.%.test TXT", "secure 0", "www.%.test CNAME secure, mx.%.test TXT secure no-type", "%.test", ""},
	{"nowhere.%.test A", "secure NXDOMAIN 0", "nowhere.%.test CNAME secure, none.%.test A secure no-name", "%.test", "nowhere.%.test CNAME secure, none.%.test A insecure opted-out"},
	{"x.wildalias.%.test A", "secure 2", "x.wildalias.%.test CNAME secure no-closer *.wildalias.%.test, mx.%.test A secure", "%.test",
		"x.wildalias.%.test CNAME insecure opted-out *.wildalias.%.test, mx.%.test A secure"},
	{"x.wildalias.%.test CNAME", "secure 1", "x.wildalias.%.test CNAME secure no-closer *.wildalias.%.test", "%.test",
		"x.wildalias.%.test CNAME insecure opted-out *.wildalias.%.test"},
	{"x.wildalias.%.test TXT", "secure 0", "x.wildalias.%.test CNAME secure no-closer *.wildalias.%.test, mx.%.test TXT secure no-type", "%.test",
		"x.wildalias.%.test CNAME insecure opted-out *.wildalias.%.test, mx.%.test TXT secure no-type"},
	{"loop.%.test A", "secure 0", "loop.%.test CNAME secure, pool.%.test CNAME secure", "%.test", ""},
	{"away.%.test A", "secure 1", "away.%.test CNAME secure, host.far.test A secure", "far.test, %.test", ""},
	{"plain.%.test A", "insecure 1", "plain.%.test CNAME secure, host.dull.test A insecure", "dull.test insecure unsigned-delegation, %.test", ""},
	{"below.%.test A", "secure 1", "below.%.test CNAME secure, host.sub.%.test A secure", "%.test, sub.%.test", ""},
	{"host.tree.%.test A", "secure 1", "host.tree.%.test DNAME secure, host.far.test A secure", "far.test, %.test", ""},
	{"host.tree.%.test CNAME", "secure 1", "host.tree.%.test DNAME secure", "%.test", ""},
	{"none.tree.%.test A", "secure NXDOMAIN 0", "none.tree.%.test DNAME secure, none.far.test A secure no-name", "far.test, %.test", ""},
	{"a.b.twig.%.test A", "secure 1", "a.b.twig.%.test DNAME secure, a.b.empty.%.test A secure", "%.test", ""},
	{"tree.%.test TXT", "secure 0", "tree.%.test TXT secure no-type", "%.test", ""},
	{"tree.%.test DNAME", "secure 1", "tree.%.test DNAME secure", "%.test", ""},
	{"x.long.%.test A", "secure NXDOMAIN 0", "x.long.%.test DNAME secure, x." + long + ".far.test A secure no-name", "far.test, %.test", ""},
	{long + ".long.%.test A", "insecure YXDOMAIN 0", long + ".long.%.test DNAME secure, " + long + ".long.%.test A insecure", "%.test", ""},

	// DS is the parent's (RFC 4035 §3.1.4.1, §5.2, RFC 6840 §4.1).
	{"%.test DS", "secure 1", "%.test DS secure", "", ""},
	{"sub.%.test DS", "secure 1", "sub.%.test DS secure", "%.test", ""},
	{"bare.%.test DS", "secure 0", "bare.%.test DS secure unsigned-delegation", "%.test", "bare.%.test DS insecure opted-out"},
	{"mx.%.test DS", "secure 0", "mx.%.test DS secure no-type", "%.test", ""},
	{"none.%.test DS", "secure NXDOMAIN 0", "none.%.test DS secure no-name", "%.test", "none.%.test DS insecure opted-out"},
	{"empty.%.test DS", "secure 0", "empty.%.test DS secure empty", "%.test", ""},
	{"x.wild.%.test DS", "secure 0", "x.wild.%.test DS secure wildcard-no-type", "%.test", "x.wild.%.test DS insecure opted-out"},
	{"www.%.test DS", "secure 0", "www.%.test CNAME secure, mx.%.test DS secure no-type", "%.test", ""},

	// Delegations.
	{"sub.%.test SOA", "secure 1", "sub.%.test SOA secure", "%.test, sub.%.test", ""},
	{"host.sub.%.test A", "secure 1", "host.sub.%.test A secure", "%.test, sub.%.test", ""},
	{"none.sub.%.test A", "secure NXDOMAIN 0", "none.sub.%.test A secure no-name", "%.test, sub.%.test", ""},
}

// Below an unsigned delegation everything is insecure, and the link says by
// which proof.
var insecureTruths = []truth{
	{"bare.%.test SOA", "insecure 1", "bare.%.test SOA insecure", "", ""},
	{"bare.%.test A", "insecure 0", "bare.%.test A insecure", "", ""},
	{"host.bare.%.test A", "insecure 1", "host.bare.%.test A insecure", "", ""},
	{"host.bare.%.test DS", "insecure 0", "host.bare.%.test DS insecure", "", ""},
	{"none.bare.%.test A", "insecure NXDOMAIN 0", "none.bare.%.test A insecure", "", ""},
}

// TestTruths: what is true is proven, by NSEC, by NSEC3, and by NSEC3 with
// opt-out as far as that goes.
func TestTruths(t *testing.T) {
	grown := sound().grow(t)
	for _, label := range []string{"z", "h", "o"} {
		for _, c := range truths {
			if label == "o" && c.optedOut != "" {
				c.hops, c.verdict = c.optedOut, strings.Replace(c.verdict, "secure", "insecure", 1)
			}
			c.hold(t, grown, label)
		}
		for _, c := range insecureTruths {
			c.zones = "%.test, bare.%.test insecure unsigned-delegation"
			if label == "o" {
				c.zones = "%.test, bare.%.test insecure opted-out"
			}
			c.hold(t, grown, label)
		}
	}
}

// hold asks, and compares what is said.
func (c truth) hold(t *testing.T, grown *tree, label string) {
	t.Helper()
	for _, s := range []*string{&c.question, &c.verdict, &c.hops, &c.zones} {
		*s = strings.ReplaceAll(*s, "%", label)
	}
	r := grown.lookup(c.question, nil)
	zones := strings.TrimPrefix(strings.TrimPrefix(zonesOf(r), "., test"), ", ")
	by := doh.TypeNSEC3
	if label == "z" || label == "" {
		by = doh.TypeNSEC
	}
	for _, h := range r.Hops {
		if h.Proof != dnssec.NoProof && h.Zone == label+".test" && h.ProofBy != by || h.Proof == dnssec.NoProof && h.ProofBy != 0 {
			t.Errorf("%s: %s proven by %s", c.question, h.Name, h.ProofBy)
		}
	}
	for _, z := range r.Zones {
		if z.Parent == label+".test" && z.Proof != dnssec.NoProof && z.ProofBy != by || z.Proof == dnssec.NoProof && z.ProofBy != 0 {
			t.Errorf("%s: %s proven by %s", c.question, z.Name, z.ProofBy)
		}
	}
	if verdictOf(r) != c.verdict || hopsOf(r) != c.hops || zones != c.zones {
		t.Errorf("%s:\n got %s | %s | %s\nwant %s | %s | %s", c.question, verdictOf(r), hopsOf(r), zones, c.verdict, c.hops, c.zones)
	}
}

// TestAtTheRoot: what only the root and its child have.
func TestAtTheRoot(t *testing.T) {
	grown := sound().grow(t)
	for _, c := range []truth{
		{". DS", "secure 0", ". DS secure no-type", ".", ""},
		{". DNSKEY", "secure 1", ". DNSKEY secure", ".", ""},
		{". SOA", "secure 1", ". SOA secure", ".", ""},
		{"test DS", "secure 1", "test DS secure", ".", ""},
		{"test NS", "secure 1", "test NS secure", "", ""},
		{"nowhere A", "secure NXDOMAIN 0", "nowhere A secure no-name", ".", ""},
		{"a.b.nowhere A", "secure NXDOMAIN 0", "a.b.nowhere A secure no-name", ".", ""},
	} {
		c.hold(t, grown, "")
	}
}

// TestManyTypes: each set of a name is a hop of its own, and signatures, which
// nothing signs, are insecure (RFC 4035 §2.2).
func TestManyTypes(t *testing.T) {
	grown := sound().grow(t)
	for _, c := range []truth{
		{"z.test ANY", "secure 5", "z.test NS secure, z.test SOA secure, z.test MX secure, z.test NSEC secure, z.test DNSKEY secure", "z.test", ""},
		{"h.test ANY", "secure 5", "h.test NS secure, h.test SOA secure, h.test MX secure, h.test DNSKEY secure, h.test NSEC3PARAM secure", "h.test", ""},
		{"mx.z.test ANY", "secure 3", "mx.z.test A secure, mx.z.test NSEC secure", "z.test", ""},
		{"mx.z.test NSEC", "secure 1", "mx.z.test NSEC secure", "z.test", ""},
		{"mx.z.test RRSIG", "insecure 2", "mx.z.test RRSIG insecure", "", ""},
	} {
		c.hold(t, grown, "")
	}
}
