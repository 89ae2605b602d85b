package e2e

import (
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// breakage is a zone with something amiss, what shows it best, and what has to
// be said of that. What is said of the rest is left to Unbound.
type breakage struct {
	label string
	below string // how the zone above denies: withNSEC unless it is given
	signing
	ask    question
	status dnssec.Status
	why    dnssec.Reason
	// What is done: to the zone, to its DS records before the zone above is
	// signed, to the zone above after that.
	zone  spoil
	ds    func([]*dns.DS) []*dns.DS
	above func(above *signedZone, origin, delegation string)
	// slipped: the zone above was signed without the delegation.
	slipped bool
	// Where Unbound says something else of the zone's names: what, and the text
	// by which we are right.
	unbound dnssec.Status
	because string
}

var (
	www      = question{"www", dns.TypeA}
	missing  = question{"missing", dns.TypeA}
	noText   = question{"www", dns.TypeTXT}
	wildcard = question{"any.wild", dns.TypeTXT}

	bind13   = signing{signer: byBIND, denial: withNSEC, algorithm: 13}
	bind13h  = signing{signer: byBIND, denial: withNSEC3, algorithm: 13}
	knot13   = signing{signer: byKnot, denial: withNSEC, algorithm: 13}
	knot13h  = signing{signer: byKnot, denial: withNSEC3, algorithm: 13}
	knot8    = signing{signer: byKnot, denial: withNSEC, algorithm: 8}
	knot15   = signing{signer: byKnot, denial: withNSEC, algorithm: 15}
	ldns13   = signing{signer: byLDNS, denial: withNSEC, algorithm: 13}
	ldns13h  = signing{signer: byLDNS, denial: withNSEC3, algorithm: 13}
	unsigned = signing{}
)

// with gives a signing with something changed.
func (s signing) with(change func(*signing)) signing {
	change(&s)
	return s
}

// during signs for other times than now, in hours from it.
func during(from, until int) func(*signing) {
	return func(s *signing) { s.from, s.until = hours(from), hours(until) }
}

func hours(n int) time.Time { return time.Now().Add(time.Duration(n) * time.Hour) }

func iterations(n int) func(*signing) { return func(s *signing) { s.iterations = n } }

// remake changes the key that signs keys before it does.
func remake(how func(*dns.DNSKEY)) func(*signing) {
	return func(s *signing) { s.remake = how }
}

// eachDS makes something of every DS record.
func eachDS(how func(*dns.DS)) func([]*dns.DS) []*dns.DS {
	return func(all []*dns.DS) []*dns.DS {
		for _, ds := range all {
			how(ds)
		}
		return all
	}
}

// besideDS puts changed copies of the DS records beside them.
func besideDS(how func(*dns.DS)) func([]*dns.DS) []*dns.DS {
	return func(all []*dns.DS) []*dns.DS {
		for _, ds := range slices.Clone(all) {
			other := *ds
			how(&other)
			all = append(all, &other)
		}
		return all
	}
}

// wrongDigest makes a DS record's digest another of the same length.
func wrongDigest(ds *dns.DS) { ds.Digest = strings.Repeat("ab", len(ds.Digest)/2) }

func ofDigest(n uint8) func(*dns.DS) { return func(ds *dns.DS) { ds.DigestType = n } }

func ofAlgorithm(n uint8) func(*dns.DS) { return func(ds *dns.DS) { ds.Algorithm = n } }

// digests gives a signed zone's DS records these digests.
func digests(types ...uint8) spoil {
	return func(z *signedZone) {
		z.ds = nil
		for _, key := range z.entryKeys() {
			for _, typ := range types {
				z.ds = append(z.ds, key.ToDS(typ))
			}
		}
	}
}

// otherAddress alters the address of www.
var otherAddress = changeSet("www", func(a *dns.A) { a.A = net.IPv4(192, 0, 2, 99) })

// signedAt puts in place of a set's signatures those of another time.
func signedAt(label string, typ uint16, from, until int) spoil {
	return func(z *signedZone) {
		old := z.again(hours(from), hours(until))
		z.drop(func(rr dns.RR) bool { return z.signs(rr, label, typ) })
		for _, rr := range old {
			if z.signs(rr, label, typ) {
				z.records = append(z.records, rr)
			}
		}
	}
}

var breakages = []breakage{
	{label: "expired-all", signing: bind13.with(during(-48, -24)), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGExpired},
	{label: "expired-all-ldns", signing: ldns13h.with(during(-48, -24)), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGExpired},
	{label: "expired-set", signing: bind13, zone: signedAt("www", dns.TypeA, -48, -24), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGExpired},
	{label: "expired-nsec3", signing: bind13h, zone: func(z *signedZone) { signedAt(z.hashed("www"), dns.TypeNSEC3, -48, -24)(z) },
		ask: noText, status: dnssec.Bogus, why: dnssec.RRSIGExpired},
	{label: "future-all", signing: ldns13.with(during(24, 48)), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGNotYetValid},
	{label: "future-set", signing: bind13, zone: signedAt("www", dns.TypeA, 24, 48), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGNotYetValid},

	{label: "altered-bind", signing: bind13, zone: otherAddress, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-knot-rsa", signing: knot8, zone: otherAddress, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-knot-ed", signing: knot15, zone: otherAddress, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-ldns", signing: ldns13h, zone: otherAddress, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-signature", signing: knot13h, zone: changeSignature("www", dns.TypeA, flip), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-wildcard", signing: knot13, zone: changeSet("*.wild", func(x *dns.TXT) { x.Txt = []string{"none"} }),
		ask: wildcard, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-cname", signing: knot13, zone: changeSet("alias", func(c *dns.CNAME) { c.Target = "mx." + strings.TrimPrefix(c.Target, "www.") }),
		ask: question{"alias", dns.TypeA}, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-dname", signing: bind13h, zone: changeSet("renamed", func(d *dns.DNAME) { d.Target = "15.bind-nsec." }),
		ask: question{"www.renamed", dns.TypeA}, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-nsec", signing: bind13, zone: changeSet("www", func(n *dns.NSEC) { n.TypeBitMap = []uint16{dns.TypeRRSIG, dns.TypeNSEC} }),
		ask: noText, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-soa", signing: bind13, zone: changeSet("", func(s *dns.SOA) { s.Minttl = 86400 }),
		ask: missing, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-ttl", signing: bind13, zone: changeSet("www", func(a *dns.A) { a.Hdr.Ttl = 86400 }), ask: www, status: dnssec.Secure},
	{label: "altered-labels", signing: bind13, zone: changeSignature("www", dns.TypeA, func(s *dns.RRSIG) { s.Labels-- }),
		ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-signer", signing: bind13, zone: changeSignature("www", dns.TypeA, func(s *dns.RRSIG) { s.SignerName = "broken-nsec." }),
		ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "altered-tag", signing: bind13, zone: changeSignature("www", dns.TypeA, func(s *dns.RRSIG) { s.KeyTag++ }),
		ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "spare-signature", signing: bind13, zone: func(z *signedZone) {
		for _, rr := range slices.Clone(z.records) {
			if z.signs(rr, "www", dns.TypeA) {
				other := dns.Copy(rr).(*dns.RRSIG)
				flip(other)
				z.records = append(z.records, other)
			}
		}
	}, ask: www, status: dnssec.Secure},
	{label: "added-key", signing: bind13, zone: addLines("@ DNSKEY 256 3 13 " + someKey), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "added-record", signing: knot13h, zone: addLines("www A 192.0.2.99"), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "added-name", signing: knot13, zone: addLines("missing A 192.0.2.99"), ask: missing, status: dnssec.Bogus, why: dnssec.NSECMissing}, // it may as well be in a zone of its own
	{label: "added-type", signing: knot13h, zone: addLines(`www TXT "new"`), ask: noText, status: dnssec.Bogus, why: dnssec.RRSIGMissing},

	{label: "no-rrsig", signing: ldns13, zone: dropSignature("www", dns.TypeA), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-dnskey", signing: bind13, zone: dropSignature("", dns.TypeDNSKEY), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-soa", signing: bind13, zone: dropSignature("", dns.TypeSOA), ask: missing, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-nsec", signing: knot13, zone: dropSignature("www", dns.TypeNSEC), ask: noText, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-nsec3", signing: ldns13h, zone: dropSignaturesOver(dns.TypeNSEC3), ask: missing, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-wildcard", signing: knot13h, zone: dropSignature("*.wild", dns.TypeTXT), ask: wildcard, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-rrsig-at-all", signing: bind13, zone: dropEverywhere(dns.TypeRRSIG), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "no-nsec", signing: bind13, zone: dropEverywhere(dns.TypeNSEC), ask: missing, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "no-nsec-wildcard", signing: knot13, zone: dropEverywhere(dns.TypeNSEC), ask: wildcard, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "no-nsec3", signing: bind13h, zone: dropEverywhere(dns.TypeNSEC3, dns.TypeNSEC3PARAM), ask: missing, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "no-nsec-of-name", signing: bind13, zone: dropSet("www", dns.TypeNSEC), ask: noText, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "no-nsec3-of-name", signing: ldns13h, zone: dropHashed("www"), ask: noText, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "lost-name", signing: bind13, zone: dropName("www"), ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "lost-set", signing: bind13, zone: dropSet("www", dns.TypeA), ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "lost-name-nsec3", signing: bind13h, zone: dropSet("www", dns.TypeA), ask: www, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "lost-set-nsec3", signing: knot13h, zone: dropSet("mx", dns.TypeA), ask: question{"mx", dns.TypeA}, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "lost-closer", signing: knot13, zone: dropName("known.wild"), ask: question{"known.wild", dns.TypeTXT}, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "lost-wildcard", signing: knot13, zone: dropName("*.wild"), ask: wildcard, status: dnssec.Bogus, why: dnssec.NSECBadProof},

	{label: "ds-wrong", signing: bind13, ds: eachDS(wrongDigest), ask: www, status: dnssec.Bogus, why: dnssec.DSDigestMismatch},
	{label: "ds-other-tag", signing: knot13h, ds: eachDS(func(ds *dns.DS) { ds.KeyTag++ }), ask: www, status: dnssec.Bogus, why: dnssec.DNSKEYMissing},
	{label: "ds-other-algorithm", signing: bind13, ds: eachDS(ofAlgorithm(8)), ask: www, status: dnssec.Bogus, why: dnssec.DNSKEYMissing},
	{label: "ds-wrong-and-right", signing: bind13, ds: besideDS(wrongDigest), ask: www, status: dnssec.Secure},
	{label: "ds-tag-and-right", signing: bind13, ds: besideDS(func(ds *dns.DS) { ds.KeyTag += 7 }), ask: www, status: dnssec.Secure},
	{label: "ds-sha1", signing: bind13, zone: digests(1), ask: www, status: dnssec.Secure},
	{label: "ds-sha384", signing: bind13, zone: digests(4), ask: www, status: dnssec.Secure},
	{label: "ds-sha1-right-sha256-wrong", signing: bind13, zone: digests(1, 2), ds: eachDS(func(ds *dns.DS) {
		if ds.DigestType == dns.SHA256 {
			wrongDigest(ds)
		}
	}), ask: www, status: dnssec.Bogus, why: dnssec.DSDigestMismatch, unbound: dnssec.Secure,
		because: `RFC 4509 §3: "Validator implementations SHOULD ignore DS RRs containing SHA-1 digests if DS RRs with SHA-256 ` +
			`digests are present in the DS RRset." Unbound does so only with harden-algo-downgrade`},
	{label: "ds-sha256-right-sha384-wrong", signing: bind13, zone: digests(2, 4), ds: eachDS(func(ds *dns.DS) {
		if ds.DigestType == dns.SHA384 {
			wrongDigest(ds)
		}
	}), ask: www, status: dnssec.Secure},
	{label: "ds-digest-unknown", signing: bind13, ds: eachDS(ofDigest(200)), ask: www, status: dnssec.Insecure, why: dnssec.DSDigestUnsupported},
	{label: "ds-digest-gost", signing: bind13, ds: eachDS(ofDigest(3)), ask: www, status: dnssec.Insecure, why: dnssec.DSDigestUnsupported},
	{label: "ds-digest-unknown-too", signing: bind13, ds: besideDS(ofDigest(200)), ask: www, status: dnssec.Secure},
	{label: "ds-digest-unknown-and-wrong", signing: bind13, ds: func(all []*dns.DS) []*dns.DS { return eachDS(wrongDigest)(besideDS(ofDigest(200))(all)) },
		ask: www, status: dnssec.Bogus, why: dnssec.DSDigestMismatch},
	{label: "ds-algorithm-unknown", signing: bind13, ds: eachDS(ofAlgorithm(200)), ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported},
	{label: "ds-algorithm-rsamd5", signing: bind13, ds: eachDS(ofAlgorithm(1)), ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported},
	{label: "ds-algorithm-dsa", signing: bind13, ds: eachDS(ofAlgorithm(3)), ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported},
	{label: "ds-algorithm-gost", signing: bind13, ds: eachDS(ofAlgorithm(12)), ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported},
	{label: "ds-algorithm-private", signing: bind13, ds: eachDS(ofAlgorithm(253)), ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported},
	{label: "ds-algorithm-unknown-too", signing: bind13, ds: besideDS(ofAlgorithm(200)), ask: www, status: dnssec.Secure},
	{label: "ds-of-unsigned", signing: unsigned, ds: func([]*dns.DS) []*dns.DS { return []*dns.DS{someDS()} }, ask: www, status: dnssec.Bogus, why: dnssec.DNSKEYMissing},
	{label: "ds-altered", signing: bind13, above: func(p *signedZone, origin, _ string) {
		p.change(func(rr dns.RR) bool { return rr.Header().Name == origin && rr.Header().Rrtype == dns.TypeDS }, func(rr dns.RR) { wrongDigest(rr.(*dns.DS)) })
	}, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "ds-no-rrsig", signing: bind13, above: func(p *signedZone, origin, _ string) {
		p.drop(func(rr dns.RR) bool {
			sig, ok := rr.(*dns.RRSIG)
			return ok && rr.Header().Name == origin && sig.TypeCovered == dns.TypeDS
		})
	}, ask: www, status: dnssec.Bogus, why: dnssec.RRSIGMissing},
	{label: "ds-dropped", signing: bind13, above: dropDS, ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "ds-dropped-nsec3", below: withNSEC3, signing: knot13h, above: dropDS, ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},

	{label: "plain", signing: unsigned, ask: www, status: dnssec.Insecure},
	{label: "plain-nsec3", below: withNSEC3, signing: unsigned, ask: www, status: dnssec.Insecure},
	{label: "plain-no-nsec", signing: unsigned, above: func(p *signedZone, origin, _ string) {
		dropSet(strings.TrimSuffix(origin, "."+p.origin), dns.TypeNSEC)(p)
	}, ask: www, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "plain-no-nsec3", below: withNSEC3, signing: unsigned, above: func(p *signedZone, origin, _ string) {
		dropHashed(strings.TrimSuffix(origin, "."+p.origin))(p)
	}, ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},
	{label: "slipped", signing: unsigned, slipped: true, above: slipIn, ask: www, status: dnssec.Bogus, why: dnssec.NSECMissing},
	{label: "slipped-nsec3", below: withNSEC3, signing: unsigned, slipped: true, above: slipIn, ask: www, status: dnssec.Bogus, why: dnssec.NSECBadProof},

	{label: "no-dnskey", signing: bind13, zone: dropSet("", dns.TypeDNSKEY), ask: www, status: dnssec.Bogus, why: dnssec.DNSKEYMissing},
	{label: "key-unseen", signing: ldns13.with(func(s *signing) { s.unseen = true }), ask: www, status: dnssec.Bogus, why: dnssec.RRSIGInvalid},
	{label: "key-no-zone-bit", signing: ldns13.with(remake(func(k *dns.DNSKEY) { k.Flags = dns.SEP })),
		ask: www, status: dnssec.Bogus, why: dnssec.ZoneKeyBitMissing},
	{label: "key-protocol", signing: ldns13.with(remake(func(k *dns.DNSKEY) { k.Protocol = 4 })),
		ask: www, status: dnssec.Bogus, why: dnssec.ZoneKeyBitMissing},
	{label: "key-revoked", signing: bind13.with(func(s *signing) { s.revoked = true }), ask: www, status: dnssec.Bogus, why: dnssec.RevokedKeyInDS,
		unbound: dnssec.Secure, because: `RFC 5011 §2.1: "Once the resolver sees the REVOKE bit, it MUST NOT use this key as a trust anchor ` +
			`or for any other purpose except to validate the RRSIG it signed over the DNSKEY RRSet specifically for the purpose of ` +
			`validating the revocation." Unbound looks at the bit only in anchors that it keeps up to date`},
	{label: "key-revoked-later", signing: bind13.with(func(s *signing) { s.revoked = true }), zone: func(z *signedZone) {
		for i, key := range z.entryKeys() {
			key.Flags &^= dns.REVOKE
			z.ds[i] = key.ToDS(dns.SHA256)
		}
	}, ask: www, status: dnssec.Bogus, why: dnssec.RevokedKeyInDS},
	{label: "key-revoked-other", signing: bind13.with(func(s *signing) { s.revoked, s.also = true, 15 }), zone: func(z *signedZone) {
		z.ds = nil
		for _, key := range z.entryKeys() {
			if key.Flags&dns.REVOKE == 0 {
				z.ds = append(z.ds, key.ToDS(dns.SHA256))
			}
		}
	}, ask: www, status: dnssec.Secure},

	{label: "iterations-150", signing: ldns13h.with(iterations(150)), ask: missing, status: dnssec.Secure},
	{label: "iterations-151", signing: ldns13h.with(iterations(151)), ask: missing, status: dnssec.Insecure, why: dnssec.NSEC3IterationsExcessive},
	{label: "iterations-2500", signing: ldns13h.with(iterations(2500)), ask: missing, status: dnssec.Insecure, why: dnssec.NSEC3IterationsExcessive},
	{label: "iterations-2500-wild", signing: ldns13h.with(iterations(2500)), ask: wildcard, status: dnssec.Insecure, why: dnssec.NSEC3IterationsExcessive},
	{label: "salt", signing: bind13h.with(func(s *signing) { s.salt = "AABBCCDD"; s.iterations = 5 }), ask: missing, status: dnssec.Secure},

	{label: "algorithm-5", signing: signing{signer: byBIND, denial: withNSEC, algorithm: 5}, ask: www, status: dnssec.Secure},
	{label: "algorithm-7", signing: signing{signer: byBIND, denial: withNSEC3, algorithm: 7}, ask: missing, status: dnssec.Secure},
	{label: "algorithm-10", signing: signing{signer: byLDNS, denial: withNSEC, algorithm: 10}, ask: www, status: dnssec.Secure},
	{label: "algorithm-14", signing: signing{signer: byKnot, denial: withNSEC3, algorithm: 14}, ask: missing, status: dnssec.Secure},
	{label: "algorithm-16", signing: signing{signer: byBIND, denial: withNSEC, algorithm: 16}, ask: www, status: dnssec.Insecure, why: dnssec.AlgorithmUnsupported,
		unbound: dnssec.Secure, because: `RFC 8624 §3.1 recommends Ed448 to validators and demands it of none; RFC 4035 §5.2: "If the resolver does ` +
			`not support any of the algorithms listed in an authenticated DS RRset, [...] the resolver SHOULD treat the child zone as if it were unsigned."`},
	{label: "rsa-1024", signing: bind13.with(func(s *signing) { s.algorithm, s.bits = 8, 1024 }), ask: www, status: dnssec.Secure},
	{label: "two-algorithms", signing: bind13.with(func(s *signing) { s.also = 15 }), ask: www, status: dnssec.Secure},
	{label: "two-one-unsigned", signing: bind13.with(func(s *signing) { s.also = 15 }), zone: dropSignaturesBy(15), ask: www, status: dnssec.Secure},
	{label: "two-one-altered", signing: ldns13.with(func(s *signing) { s.also = 15 }), zone: func(z *signedZone) {
		z.change(func(rr dns.RR) bool {
			sig, ok := rr.(*dns.RRSIG)
			return ok && sig.Algorithm == 13
		}, func(rr dns.RR) { flip(rr.(*dns.RRSIG)) })
	}, ask: www, status: dnssec.Secure},
}

// dropDS drops a zone's DS records from the zone above, which still says in its
// proofs that they are there.
func dropDS(p *signedZone, origin, _ string) {
	dropSet(strings.TrimSuffix(origin, "."+p.origin), dns.TypeDS)(p)
}

// slipIn puts a delegation into a zone that was signed without it.
func slipIn(p *signedZone, _, delegation string) { addLines(delegation)(p) }

// someKey is a key of algorithm 13, and someDS the record of one, that no zone has.
const someKey = "oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA=="

func someDS() *dns.DS {
	return &dns.DS{
		Hdr:    dns.RR_Header{Name: "ds-of-unsigned.broken-nsec.", Rrtype: dns.TypeDS, Class: dns.ClassINET, Ttl: 300},
		KeyTag: 12345, Algorithm: 13, DigestType: dns.SHA256, Digest: strings.Repeat("ab", 32),
	}
}
