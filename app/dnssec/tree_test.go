package dnssec_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// moment is when the tests judge; signatures hold from ten days before it to
// twenty days after.
var moment = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// plot is a zone to be.
type plot struct {
	lines   []string // records as zone.Zone.Add takes them; SOA and NS are added
	signing zone.Signing
	// unsigned zones have no keys; those without delegation have no DS.
	unsigned, noDS bool
	// ds makes the delegation, of the first key; nil for SHA-256.
	ds func(*zone.Key) []dns.RR
	// after breaks the zone when it is signed.
	after func(*zone.Zone) error
}

// forest is plots by origin without final dot, "." for the root.
type forest map[string]*plot

// lines gives the lines of a text without those that are empty.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// newKey makes a key for a zone, of the algorithm, the same for the same seed.
func newKey(t testing.TB, origin string, algorithm uint8, flags uint16, seed byte) *zone.Key {
	t.Helper()
	seeds := [32]byte{seed}
	copy(seeds[1:], origin)
	key, err := zone.NewKey(dnsname.MustParse(origin), algorithm, flags, rand.NewChaCha8(seeds))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// tree is the zones of a forest, signed, and the trust anchor of the top one.
type tree struct {
	zone.Internet
	anchors []dnssec.Anchor
	of      forest
}

// grow makes the zones, those below first, and signs them: without keys of its
// own a zone gets one of algorithm 13.
func (f forest) grow(t testing.TB) *tree {
	t.Helper()
	return f.growLike(t, &tree{})
}

// growLike is grow, but takes the zones of another tree whose plots are the same
// and whose delegations are.
func (f forest) growLike(t testing.TB, other *tree) *tree {
	t.Helper()
	grown := &tree{Internet: zone.Internet{}, of: f, anchors: other.anchors}
	stale := map[string]bool{}
	for origin, p := range f {
		if !reflect.DeepEqual(p, other.of[origin]) {
			stale[origin], stale[f.above(dnsname.MustParse(origin))] = true, true
		}
	}
	origins := slices.Collect(maps.Keys(f))
	slices.SortFunc(origins, func(a, b string) int { return len(dnsname.MustParse(b).Labels()) - len(dnsname.MustParse(a).Labels()) })
	delegations := map[string][]string{} // by the zone above
	for _, origin := range origins {
		p := f[origin]
		name := dnsname.MustParse(origin)
		if !stale[origin] {
			grown.Internet[name.FQDN()] = other.Internet[name.FQDN()]
			if above := f.above(name); stale[above] {
				delegations[above] = append(delegations[above], other.delegation(name, above)...)
			}
			continue
		}
		z := zone.New(name)
		must(t, z.Add(append([]string{"@ SOA ns hostmaster 1 7200 900 604800 300", "@ NS ns"}, p.lines...)...))
		must(t, z.Add(delegations[origin]...))
		above := f.above(name)
		if above != "" {
			delegations[above] = append(delegations[above], name.FQDN()+" NS ns."+name.FQDN())
		}
		if !p.unsigned {
			ds := p.sign(t, z, origin)
			for _, rr := range ds {
				if above != "" && !p.noDS {
					delegations[above] = append(delegations[above], rr.String())
				}
			}
			if above == "" {
				grown.anchors = []dnssec.Anchor{{Zone: name, Record: ds[0].String()}}
			}
		}
		if p.after != nil {
			must(t, p.after(z))
		}
		grown.Internet[name.FQDN()] = z
	}
	return grown
}

// delegation gives the records that delegate to a zone.
func (f *tree) delegation(name dnsname.Name, above string) (all []string) {
	for _, typ := range []uint16{dns.TypeNS, dns.TypeDS} {
		for _, rr := range f.Internet[dns.Fqdn(above)].Records(name, typ) {
			all = append(all, rr.String())
		}
	}
	return all
}

// sign signs a zone and gives its DS records.
func (p *plot) sign(t testing.TB, z *zone.Zone, origin string) []dns.RR {
	t.Helper()
	s := p.signing
	if s.Keys == nil {
		s.Keys = []*zone.Key{newKey(t, origin, dns.ECDSAP256SHA256, dns.ZONE|dns.SEP, 0)}
	}
	if s.Inception.IsZero() {
		s.Inception, s.Expiration = moment.Add(-10*day), moment.Add(20*day)
	}
	must(t, z.SignWith(s))
	if p.ds != nil {
		return p.ds(s.Keys[0])
	}
	return []dns.RR{s.Keys[0].DS()}
}

// above gives the zone that delegates, "" for none.
func (f forest) above(name dnsname.Name) string {
	for n := name.Parent(); !n.IsZero(); n = n.Parent() {
		if f[n.String()] != nil {
			return n.String()
		}
	}
	return ""
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// resolver looks up in the tree.
func (f *tree) resolver() dnssec.Resolver {
	return dnssec.Resolver{Exchange: f.Exchange, Anchors: f.anchors, Now: func() time.Time { return moment }}
}

// lookup asks "NAME TYPE" of the tree, each answer as change, when it isn't nil,
// has it.
func (f *tree) lookup(question string, change func(*dns.Msg)) dnssec.Result {
	r := f.resolver()
	if change != nil {
		r.Exchange = func(_ context.Context, query []byte) ([]byte, error) {
			q := new(dns.Msg)
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			m := f.Resolve(q)
			change(m)
			m.Compress = true
			return m.Pack()
		}
	}
	name, typ := asked(question)
	return r.Lookup(context.Background(), name, typ)
}

// asked reads "NAME TYPE".
func asked(question string) (string, doh.Type) {
	name, typ, _ := strings.Cut(question, " ")
	return name, doh.Type(dns.StringToType[typ])
}

var proofNames = map[dnssec.Proof]string{
	dnssec.NameAbsent: "no-name", dnssec.TypeAbsent: "no-type", dnssec.EmptyNonTerminal: "empty",
	dnssec.WildcardTypeAbsent: "wildcard-no-type", dnssec.NoCloserName: "no-closer",
	dnssec.UnsignedDelegation: "unsigned-delegation", dnssec.OptedOut: "opted-out",
}

// words joins those that aren't empty.
func words(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// hopsOf writes the hops of a result as "NAME TYPE STATUS REASON PROOF *WILDCARD",
// what is empty left out and ", " between them.
func hopsOf(r dnssec.Result) string {
	var all []string
	for _, h := range r.Hops {
		all = append(all, words(h.Name, h.Type.String(), h.Status.String(), string(h.Reason), proofNames[h.Proof], h.Wildcard))
	}
	return strings.Join(all, ", ")
}

// zonesOf writes the links as "NAME STATUS REASON PROOF", without the status
// when it is Secure.
func zonesOf(r dnssec.Result) string {
	var all []string
	for _, z := range r.Zones {
		status := z.Status.String()
		if z.Status == dnssec.Secure {
			status = ""
		}
		all = append(all, words(z.Name, status, string(z.Reason), proofNames[z.Proof]))
	}
	return strings.Join(all, ", ")
}

// verdictOf writes "STATUS REASON RCODE RECORDS", the response code in miekg's
// words and without NOERROR.
func verdictOf(r dnssec.Result) string {
	rcode := dns.RcodeToString[r.Rcode]
	if r.Rcode == 0 {
		rcode = ""
	}
	return words(r.Status.String(), string(r.Reason), rcode, fmt.Sprint(len(r.Records)))
}
