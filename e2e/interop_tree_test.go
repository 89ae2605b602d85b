package e2e

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// treeZone is a zone of a small internet of its own, from the root down.
type treeZone struct {
	label string // its labels in front of the zone above; "" for the root
	signing
	on    int // the server, as in startTree
	lines string
	below []*treeZone
	// amiss is what is wrong with it, nil for nothing.
	amiss *breakage
}

// tree is the internet: what serves it, and its root's trust anchor.
type tree struct {
	dir     string
	servers []*nameServer
	anchors []*dns.DS
}

// under puts labels in front of a zone's name.
func under(label, origin string) string {
	switch {
	case label == "":
		return origin
	case origin == ".":
		return label + "."
	}
	return label + "." + origin
}

// plant signs a zone after all those below it, whose DS records it takes, and
// gives it to its server.
func (w *tree) plant(t *testing.T, z *treeZone, above string) *signedZone {
	t.Helper()
	origin := under(z.label, above)
	ip := w.servers[z.on].ip
	var text strings.Builder
	fmt.Fprintf(&text, "$ORIGIN %s\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A %s\n%s", origin, ip, z.lines)
	for _, child := range z.below {
		signed := w.plant(t, child, origin)
		ds := signed.ds
		if child.amiss != nil && child.amiss.ds != nil {
			ds = child.amiss.ds(ds)
		}
		if child.amiss == nil || !child.amiss.slipped {
			text.WriteString(child.delegation(w.servers[child.on].ip))
		}
		for _, one := range ds {
			text.WriteString(one.String() + "\n")
		}
	}
	dir := filepath.Join(w.dir, "zones", strings.ReplaceAll(origin, ".", "_"))
	signed := z.sign(t, dir, origin, text.String())
	if z.amiss != nil && z.amiss.zone != nil {
		z.amiss.zone(signed)
	}
	for _, child := range z.below {
		if child.amiss != nil && child.amiss.above != nil {
			child.amiss.above(signed, under(child.label, origin), child.delegation(w.servers[child.on].ip))
		}
	}
	w.servers[z.on].serves(t, signed, filepath.Join(dir, "served"))
	return signed
}

// delegation is the NS record and glue for the zone above.
func (z *treeZone) delegation(ip string) string {
	return fmt.Sprintf("%[1]s NS ns.%[1]s\nns.%[1]s A %[2]s\n", z.label, ip)
}

// question is asked of zones; its name is in front of a zone's.
type question struct {
	name string
	typ  uint16
}

// of gives the question about a zone.
func (q question) of(origin string) question { return question{under(q.name, origin), q.typ} }

func (q question) String() string { return q.name + " " + dns.TypeToString[q.typ] }

// leafLines is what a zone at the tree's ends holds: a mail host, wildcards,
// empty non-terminals, aliases to here and to another zone.
func leafLines(other string) string {
	return strings.ReplaceAll(`@ MX 10 mx
mx A 192.0.2.1
_25._tcp.mx TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
www A 192.0.2.2
*.wild TXT "any"
known.wild TXT "known"
*.wcname CNAME www
*.wcross CNAME www.OTHER
alias CNAME www
lost CNAME missing
cross CNAME www.OTHER
toplain CNAME www.plain.
renamed DNAME OTHER
`, "OTHER", other)
}

// subLines is what a zone below an unsigned delegation holds.
const subLines = "www A 192.0.2.3\n"

var (
	treeSigners = []string{byBIND, byKnot, byLDNS}
	treeDenials = []string{withNSEC, withNSEC3, withOptOut}
	// treeAlgorithms are RSA/SHA-256, ECDSA P-256 and Ed25519.
	treeAlgorithms = []uint8{8, 13, 15}
)

// topLabel and leafLabel name the zones by what they are: 13.knot-nsec3.
func topLabel(signer, denial string) string { return signer + "-" + denial }

func leafLabel(algorithm uint8) string { return fmt.Sprint(algorithm) }

// another is the zone that a leaf's aliases lead to: it denies alike, and has
// another signer and algorithm.
func another(signer, denial int, algorithm int) string {
	return under(leafLabel(treeAlgorithms[(algorithm+1)%3]), topLabel(treeSigners[(signer+1)%3], treeDenials[denial])+".")
}

// The servers: zones next to each other in a chain are not on the same, so that
// there is a referral at every cut.
const (
	knotTop = iota
	knotLeaf
	bindTop
	bindLeaf
)

// wholeTree is the root, a top-level zone for each signer and way to deny, in
// it a zone for each algorithm, and below each an unsigned one. What Knot signed
// Knot serves; the rest is BIND's, but for the broken zones: Knot minds less.
func wholeTree() *treeZone {
	root := &treeZone{signing: signing{signer: byBIND, denial: withNSEC, algorithm: 8, bits: 2048}, on: knotLeaf}
	for i, signer := range treeSigners {
		on, leafOn := bindTop, bindLeaf
		if signer == byKnot {
			on, leafOn = knotTop, knotLeaf
		}
		for j, denial := range treeDenials {
			top := &treeZone{
				label: topLabel(signer, denial), signing: signing{signer: signer, denial: denial, algorithm: 13}, on: on,
				below: []*treeZone{{label: "unsigned", on: leafOn, lines: subLines}},
			}
			for k, algorithm := range treeAlgorithms {
				top.below = append(top.below, &treeZone{
					label: leafLabel(algorithm), signing: signing{signer: signer, denial: denial, algorithm: algorithm}, on: leafOn,
					lines: leafLines(another(i, j, k)),
					below: []*treeZone{{label: "sub", on: on, lines: subLines}},
				})
			}
			root.below = append(root.below, top)
		}
	}
	plain := &treeZone{label: "plain", on: bindTop, lines: subLines}
	plain.below = []*treeZone{{
		label: "island", signing: signing{signer: byBIND, denial: withNSEC, algorithm: 13}, on: bindLeaf, lines: leafLines("plain."),
	}}
	root.below = append(root.below, plain)
	for _, denial := range []string{withNSEC, withNSEC3} {
		top := &treeZone{label: brokenTop(denial), signing: signing{signer: byBIND, denial: denial, algorithm: 13}, on: knotTop}
		for i := range breakages {
			b := &breakages[i]
			if b.below == "" && denial == withNSEC || b.below == denial {
				top.below = append(top.below, &treeZone{
					label: b.label, signing: b.signing, on: knotLeaf, lines: leafLines("13.bind-nsec."), amiss: b,
				})
			}
		}
		root.below = append(root.below, top)
	}
	return root
}

func brokenTop(denial string) string { return "broken-" + cmp.Or(denial, withNSEC) }
