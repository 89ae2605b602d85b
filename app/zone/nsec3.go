package zone

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// NSEC3 says how a zone hashes its names (RFC 5155 §3.1), with SHA-1.
type NSEC3 struct {
	Iterations uint16 // 0 is what should be (RFC 9276 §3.1)
	Salt       []byte // none is what should be
	// OptOut leaves unsigned delegations out of the chain, with the empty
	// non-terminals that are there for them alone (RFC 5155 §6).
	OptOut bool
}

// hashed is the owners of NSEC3 records in the order of their hashes.
type hashed struct {
	NSEC3
	origin string
	owners []string
}

// hash makes the NSEC3 chain (RFC 5155 §7.1). Its owners are no names of the
// zone: who asks for them is told so (RFC 5155 §7.2.8).
func (z *Zone) hash(p NSEC3) *hashed {
	h := &hashed{NSEC3: p, origin: z.origin}
	z.add(&dns.NSEC3PARAM{
		Hdr:  dns.RR_Header{Name: z.origin, Rrtype: dns.TypeNSEC3PARAM, Class: dns.ClassINET},
		Hash: dns.SHA1, Iterations: p.Iterations, SaltLength: uint8(len(p.Salt)), Salt: hex.EncodeToString(p.Salt),
	})
	names := map[string]string{} // by hash
	for _, owner := range z.authoritative() {
		out := p.OptOut && z.unsignedDelegation(owner)
		for name := owner; ; name = parent(name) {
			if !out || name != owner && z.wildcardAbove(name) {
				names[h.owner(name)] = name
			}
			if name == z.origin {
				break
			}
		}
	}
	for owner := range names {
		h.owners = append(h.owners, owner)
	}
	slices.Sort(h.owners)
	for i, owner := range h.owners {
		next := h.owners[(i+1)%len(h.owners)]
		rr := &dns.NSEC3{
			Hdr:  z.denialHeader(owner, dns.TypeNSEC3),
			Hash: dns.SHA1, Iterations: p.Iterations, SaltLength: uint8(len(p.Salt)), Salt: hex.EncodeToString(p.Salt),
			HashLength: 20, NextDomain: strings.ToUpper(next[:strings.IndexByte(next, '.')]),
			TypeBitMap: z.hashedBitmap(names[owner]),
		}
		if p.OptOut {
			rr.Flags = 1
		}
		z.sets[owner] = map[uint16][]dns.RR{dns.TypeNSEC3: {rr}}
	}
	return h
}

// wildcardAbove tells whether a wildcard would stand for a name if it didn't
// exist. Then even an empty non-terminal for unsigned delegations alone has to
// be in the chain: no name below it could be denied else (RFC 5155 §7.2.2).
func (z *Zone) wildcardAbove(name string) bool {
	for ; name != z.origin; name = parent(name) {
		if z.names[child("*", parent(name))] {
			return true
		}
	}
	return false
}

// unsignedDelegation tells whether a name is a delegation without DS.
func (z *Zone) unsignedDelegation(name string) bool {
	return z.cut(name) == name && len(z.sets[name][dns.TypeDS]) == 0
}

// hashedBitmap is bitmap, with RRSIG where something is signed. An empty
// non-terminal's is empty.
func (z *Zone) hashedBitmap(name string) []uint16 {
	if len(z.sets[name]) == 0 || z.unsignedDelegation(name) {
		return z.bitmap(name)
	}
	return z.bitmap(name, dns.TypeRRSIG)
}

func (*hashed) typ() uint16 { return dns.TypeNSEC3 }

// owner gives the owner of a name's record.
func (h *hashed) owner(name string) string {
	return child(strings.ToLower(dns.HashName(name, dns.SHA1, h.Iterations, hex.EncodeToString(h.Salt))), h.origin)
}

func (h *hashed) noName(name, _ string) []string {
	proof, encloser := h.enclose(name)
	return append(proof, h.covering(child("*", encloser)))
}

func (h *hashed) noType(name string) []string {
	if h.matches(name) {
		return []string{h.owner(name)}
	}
	proof, _ := h.enclose(name) // what opting out leaves
	return proof
}

func (h *hashed) noTypeAtWildcard(name, encloser string) []string {
	proof, _ := h.enclose(name)
	return append(proof, h.owner(child("*", encloser)))
}

func (h *hashed) noCloser(name, encloser string) []string {
	next := name
	for parent(next) != encloser {
		next = parent(next)
	}
	return []string{h.covering(next)}
}

// enclose gives the closest encloser proof of a name that has no record, and
// the encloser that can be proven (RFC 5155 §7.2.1).
func (h *hashed) enclose(name string) (proof []string, encloser string) {
	next := name
	for !h.matches(parent(next)) {
		next = parent(next)
	}
	return []string{h.owner(parent(next)), h.covering(next)}, parent(next)
}

func (h *hashed) matches(name string) bool {
	_, found := slices.BinarySearch(h.owners, h.owner(name))
	return found
}

// covering gives the owner of the record whose interval a name's hash is in.
func (h *hashed) covering(name string) string {
	at, _ := slices.BinarySearch(h.owners, h.owner(name))
	return h.owners[(at+len(h.owners)-1)%len(h.owners)]
}
