package dnssec_test

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// proofsOf gives the NSEC and NSEC3 records, and their signatures, with which
// the zone of an origin answers a question.
func proofsOf(grown *tree, origin, name string, typ uint16) []dns.RR {
	q := new(dns.Msg).SetQuestion(name, typ)
	q.SetEdns0(4096, true)
	m := grown.Internet[origin].Answer(q)
	without(func(rr dns.RR) bool { return !isProof(rr) })(m)
	return m.Ns
}

func isProof(rr dns.RR) bool {
	typ := rr.Header().Rrtype
	if sig, ok := rr.(*dns.RRSIG); ok {
		typ = sig.TypeCovered
	}
	return typ == dns.TypeNSEC || typ == dns.TypeNSEC3
}

// fits leaves out the proofs that match or cover a name.
func fits(name string, match bool) func(*dns.Msg) {
	return func(m *dns.Msg) {
		owners := map[string]bool{}
		for _, rr := range m.Ns {
			switch rr := rr.(type) {
			case *dns.NSEC3:
				owners[rr.Hdr.Name] = match && rr.Match(name) || !match && rr.Cover(name)
			case *dns.NSEC:
				owners[rr.Hdr.Name] = (rr.Hdr.Name == name) == match
			}
		}
		without(func(rr dns.RR) bool { return isProof(rr) && owners[rr.Header().Name] })(m)
	}
}

// denier makes the cases of one zone, which NSEC or NSEC3 denies for.
type denier struct {
	label  string // of the zone below test.
	origin string
	sound  *tree
}

// bogus is a case of a question that is told as "NAME TYPE", the name relative
// to the zone; rest is what the verdict has behind the reason.
func (d denier) bogus(what, question, reason, rest string, spoil func(*zone.Zone) error, lie func(*dns.Msg)) broken {
	owner, typ := asked(question)
	name := owner + "." + d.label + ".test"
	b := broken{
		what + " in " + d.origin, nil, lie, name + " " + typ.String(),
		words("bogus", reason, rest), words(name, typ.String(), "bogus", reason), d.label + ".test",
	}
	if spoil != nil {
		b.spoil = after(d.label+".test", spoil)
	}
	return b
}

// expanded is bogus of records that come of a wildcard.
func (d denier) expanded(what, question, wildcard, reason string, spoil func(*zone.Zone) error, lie func(*dns.Msg)) broken {
	b := d.bogus(what, question, reason, "1", spoil, lie)
	b.hops += " " + wildcard + "." + d.label + ".test"
	return b
}

// unproven denies a name without records.
func (d denier) unproven(owner string) func(*zone.Zone) error {
	return func(z *zone.Zone) error {
		z.DropProof(dnsname.MustParse(d.origin).Child(owner))
		return nil
	}
}

// instead denies a name with the records for another.
func (d denier) instead(owner, other string) func(*zone.Zone) error {
	return func(z *zone.Zone) error {
		z.ProveInstead(owner, other)
		return nil
	}
}

// lying gives a name other types in its NSEC or NSEC3 record.
func (d denier) lying(owner string, types ...uint16) func(*zone.Zone) error {
	return func(z *zone.Zone) error {
		return z.EditDenial(owner, func(rr dns.RR) {
			switch rr := rr.(type) {
			case *dns.NSEC:
				rr.TypeBitMap = append(types, dns.TypeRRSIG, dns.TypeNSEC)
			case *dns.NSEC3:
				rr.TypeBitMap = types
			}
		})
	}
}

// says lets a resolver answer one question, of an owner and type, that there is
// nothing, with the records with which the zone denies another.
func (d denier) says(owner string, typ uint16, rcode int, other string, otherType uint16) func(*dns.Msg) {
	return inAnswerTo(owner+"."+d.origin, typ, func(m *dns.Msg) {
		m.Rcode, m.Answer, m.Ns = rcode, nil, proofsOf(d.sound, d.origin, other+"."+d.origin, otherType)
	})
}

// TestBrokenDenials: RFC 4035 §5.4 and RFC 5155 §8, clause by clause, in z.test
// (NSEC) and h.test (NSEC3).
func TestBrokenDenials(t *testing.T) {
	grown := sound().grow(t)
	for _, label := range []string{"z", "h"} {
		d := denier{label, label + ".test.", grown}
		below := d.bogus("name below a delegation", "none.sub A", "nsec-bad-proof", "NXDOMAIN 0", nil, d.says("none.sub", dns.TypeA, 3, "sub0", dns.TypeA))
		below.zones += ", sub." + below.zones
		hold(t, sound, []broken{
			d.bogus("name without proof", "none A", "nsec-missing", "NXDOMAIN 0", d.unproven("none"), nil),
			d.bogus("type without proof", "mx TXT", "nsec-missing", "0", d.unproven("mx"), nil),
			d.bogus("empty non-terminal without proof", "empty TXT", "nsec-missing", "0", d.unproven("empty"), nil),
			d.bogus("name with another's proof", "none A", "nsec-bad-proof", "NXDOMAIN 0", d.instead("none", "mx"), nil),
			d.bogus("type with another's proof", "mx TXT", "nsec-bad-proof", "0", d.instead("mx", "empty"), nil),
			d.bogus("name that exists", "mx A", "nsec-bad-proof", "NXDOMAIN 0", nil, d.says("mx", dns.TypeA, 3, "mx", dns.TypeTXT)),
			d.bogus("name that a wildcard stands for", "x.wild TXT", "nsec-bad-proof", "NXDOMAIN 0", nil, d.says("x.wild", dns.TypeTXT, 3, "x.mx", dns.TypeTXT)),
			d.bogus("type that exists", "mx A", "nsec-bad-proof", "0", nil, d.says("mx", dns.TypeA, 0, "mx", dns.TypeTXT)),
			// RFC 6840 §4.3: a name with a CNAME has an answer.
			d.bogus("type at an alias", "www A", "nsec-bad-proof", "0", nil, d.says("www", dns.TypeA, 0, "x.www", dns.TypeA)),
			d.bogus("type that the zone lies about", "mx TXT", "nsec-bad-proof", "0", d.lying("mx", dns.TypeTXT), nil),
			d.bogus("alias that the zone lies about", "mx TXT", "nsec-bad-proof", "0", d.lying("mx", dns.TypeCNAME), nil),
			{"delegation that the zone lies about", after(label+".test", d.lying("mx", dns.TypeNS)), nil, "mx." + label + ".test TXT",
				"insecure 0", "mx." + label + ".test TXT insecure unsigned-delegation", label + ".test"},
			// RFC 4035 §5.3.4, RFC 5155 §8.8.
			d.expanded("wildcard's records without proof", "x.wild TXT", "*.wild", "nsec-missing", d.unproven("x.wild"), nil),
			d.expanded("wildcard's records with another's proof", "x.wild TXT", "*.wild", "nsec-bad-proof", d.instead("x.wild", "none"), nil),
			// RFC 4035 §3.1.3.4, RFC 5155 §8.7.
			d.bogus("type that the wildcard has", "x.wild TXT", "nsec-bad-proof", "0", nil, d.says("x.wild", dns.TypeTXT, 0, "x.wild", dns.TypeA)),
			// RFC 6840 §4.1: what lies below a delegation or a DNAME isn't the zone's to deny.
			below,
			d.bogus("name below a DNAME", "x.tree A", "nsec-bad-proof", "NXDOMAIN 0", nil, d.says("x.tree", dns.TypeA, 3, "tree0", dns.TypeA)),
		})
	}
	z, h := denier{"z", "z.test.", grown}, denier{"h", "h.test.", grown}
	hold(t, sound, []broken{
		z.bogus("name, its wildcard not denied", "none A", "nsec-bad-proof", "NXDOMAIN 0", nil, fits("z.test.", true)),
		h.bogus("name, its wildcard not denied", "none A", "nsec-bad-proof", "NXDOMAIN 0", nil, fits("*.h.test.", false)),
		h.bogus("name, its closest encloser not proven", "none A", "nsec-bad-proof", "NXDOMAIN 0", nil, fits("h.test.", true)),
		h.bogus("name, its next closer name not denied", "a.b.none A", "nsec-bad-proof", "NXDOMAIN 0", nil, fits("none.h.test.", false)),
		h.bogus("wildcard's types, its name not denied", "x.wild A", "nsec-bad-proof", "0", nil, fits("x.wild.h.test.", false)),
		h.bogus("wildcard's types, and not the wildcard", "x.wild A", "nsec-bad-proof", "0", nil, fits("*.wild.h.test.", true)),
		h.bogus("wildcard's types, its closest encloser not proven", "x.wild A", "nsec-bad-proof", "0", nil, fits("wild.h.test.", true)),
	})
}

// TestWildcardTooFar: b.empty exists, and so *.empty doesn't stand for what is
// below it, though it is signed for (RFC 4592 §3.3.1, RFC 4035 §5.3.4).
func TestWildcardTooFar(t *testing.T) {
	base := func() forest {
		f := sound()
		for _, label := range []string{"z", "h"} {
			f[label+".test"].lines = append(f[label+".test"].lines, "*.empty TXT any")
		}
		return f
	}
	for _, label := range []string{"z", "h"} {
		d := denier{label, label + ".test.", base().grow(t)}
		hold(t, base, []broken{d.expanded("wildcard's records for a name that exists", "a.b.empty TXT", "*.empty", "nsec-bad-proof", nil,
			inAnswerTo("a.b.empty."+d.origin, dns.TypeTXT, func(m *dns.Msg) {
				q := new(dns.Msg).SetQuestion("x.empty."+d.origin, dns.TypeTXT)
				q.SetEdns0(4096, true)
				other := d.sound.Resolve(q)
				for _, rr := range other.Answer {
					rr.Header().Name = "a.b.empty." + d.origin
				}
				m.Answer, m.Ns = other.Answer, other.Ns
			}))})
	}
}

// TestRightAllTheSame: the response code isn't signed, and what is proven counts.
func TestRightAllTheSame(t *testing.T) {
	coded := func(rcode int) func(*dns.Msg) {
		return func(m *dns.Msg) { m.Rcode = rcode }
	}
	for _, label := range []string{"z", "h"} {
		at := "." + label + ".test."
		hold(t, sound, []broken{
			{"no name, where there are records", nil, inAnswerTo("mx"+at, dns.TypeA, coded(3)),
				"mx" + at + " A", "secure 2", "mx" + at[:7] + " A secure", label + ".test"},
			{"no name, where there is one without the type", nil, inAnswerTo("mx"+at, dns.TypeTXT, coded(3)),
				"mx" + at + " TXT", "secure 0", "mx" + at[:7] + " TXT secure no-type", label + ".test"},
			{"no name, where there are names below", nil, inAnswerTo("empty"+at, dns.TypeTXT, coded(3)),
				"empty" + at + " TXT", "secure 0", "empty" + at[:7] + " TXT secure empty", label + ".test"},
			{"no name, where a wildcard stands", nil, inAnswerTo("x.wild"+at, dns.TypeA, coded(3)),
				"x.wild" + at + " A", "secure 0", "x.wild" + at[:7] + " A secure wildcard-no-type", label + ".test"},
			{"no type, where there is no name", nil, inAnswerTo("none"+at, dns.TypeA, coded(0)),
				"none" + at + " A", "secure NXDOMAIN 0", "none" + at[:7] + " A secure no-name", label + ".test"},
		})
	}
}

// TestIterations: a zone that hashes more than 150 times is insecure where that
// decides, and only there (RFC 9276 §3.2).
func TestIterations(t *testing.T) {
	base := func(iterations uint16) func() forest {
		return func() forest {
			f := sound()
			f["h.test"].signing.NSEC3 = &zone.NSEC3{Iterations: iterations}
			return f
		}
	}
	const excessive = "nsec3-iterations-excessive"
	hold(t, base(150), []broken{
		{"150", nil, nil, "none.h.test A", "secure NXDOMAIN 0", "none.h.test A secure no-name", "h.test"},
		{"150", nil, nil, "host.bare.h.test A", "insecure 1", "host.bare.h.test A insecure", "h.test, bare.h.test insecure unsigned-delegation"},
	})
	hold(t, base(151), []broken{
		{"151, records", nil, nil, "mx.h.test A", "secure 2", "mx.h.test A secure", "h.test"},
		{"151, no name", nil, nil, "none.h.test A", "insecure " + excessive + " NXDOMAIN 0", "none.h.test A insecure " + excessive, "h.test"},
		{"151, no type", nil, nil, "mx.h.test TXT", "insecure " + excessive + " 0", "mx.h.test TXT insecure " + excessive, "h.test"},
		{"151, wildcard", nil, nil, "x.wild.h.test TXT", "insecure " + excessive + " 1", "x.wild.h.test TXT insecure " + excessive + " *.wild.h.test", "h.test"},
		{"151, delegation", nil, nil, "host.sub.h.test A", "secure 1", "host.sub.h.test A secure", "h.test, sub.h.test"},
		{"151, no delegation", nil, nil, "host.bare.h.test A", "insecure " + excessive + " 1", "host.bare.h.test A insecure " + excessive, "h.test, bare.h.test insecure " + excessive},
	})
}

// TestOptOutFlag: only with the flag may an unsigned delegation be missing from
// the chain (RFC 5155 §8.6), and a signed one may not be left out by it.
func TestOptOutFlag(t *testing.T) {
	base := func() forest { return sound() }
	unflagged := func(z *zone.Zone) error {
		for _, owner := range []string{"@", "mx", "www", "wild", "*.wild", "empty", "b.empty", "a.b.empty", "away", "plain", "below",
			"nowhere", "loop", "pool", "tree", "twig", "long", "sub", "*.wildalias", "wildalias"} {
			if err := z.EditDenial(owner, func(rr dns.RR) { rr.(*dns.NSEC3).Flags = 0 }); err != nil {
				return err
			}
		}
		return nil
	}
	hold(t, base, []broken{
		{"opted out", nil, nil, "host.bare.o.test A", "insecure 1", "host.bare.o.test A insecure", "o.test, bare.o.test insecure opted-out"},
		{"not in the chain, and no flag", after("o.test", unflagged), nil,
			"host.bare.o.test A", "bogus nsec-bad-proof 1", "host.bare.o.test A bogus nsec-bad-proof", "o.test, bare.o.test bogus nsec-bad-proof"},
		{"a signed delegation as if opted out", nil, inAnswerTo("sub.o.test.", dns.TypeDS, func(m *dns.Msg) {
			m.Answer, m.Ns = nil, proofsOf(sound().grow(t), "o.test.", "bare.o.test.", dns.TypeDS)
		}), "host.sub.o.test A", "bogus nsec-bad-proof 1", "host.sub.o.test A bogus nsec-bad-proof", "o.test, sub.o.test bogus nsec-bad-proof"},
	})
}
