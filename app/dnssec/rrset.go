package dnssec

import (
	"encoding/binary"
	"math"
	"sort"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// RRset is the records of one owner and type in one section of a response
// (RFC 2181 §5), with the RRSIG records over them.
type RRset struct {
	Owner      string // as doh.Record.Owner
	Type       doh.Type
	Records    []doh.Record
	Signatures []doh.Record
}

// setKey is what tells the sets of a section apart. An NSEC record at a zone cut
// may be there from both sides, in a response that an alias leads through: the
// one that lists SOA is the apex's, the other the delegation's (RFC 4035 §2.3).
type setKey struct {
	owner string
	typ   doh.Type
	apex  bool
}

// RRsets sorts the records of a section into sets, in the order in which they
// begin. Signatures over what the section doesn't hold are left out.
func RRsets(section []doh.Record) []RRset {
	at := make(map[setKey]int)
	var sets []RRset
	for _, r := range section {
		if r.Type == doh.TypeRRSIG {
			continue
		}
		k := setKey{owner: r.Owner, typ: r.Type}
		if nsec, ok := r.NSEC(); ok {
			k.apex = nsec.Types.Has(doh.TypeSOA)
		}
		i, known := at[k]
		if !known {
			i = len(sets)
			at[k] = i
			sets = append(sets, RRset{Owner: r.Owner, Type: r.Type})
		}
		sets[i].Records = append(sets[i].Records, r)
	}
	for _, r := range section {
		if r.Type != doh.TypeRRSIG || len(r.RData) < 2 {
			continue
		}
		k := setKey{owner: r.Owner, typ: doh.Type(binary.BigEndian.Uint16(r.RData))}
		if sig, ok := readSignature(r); ok && k.typ == doh.TypeNSEC {
			k.apex = sig.signer == ownerOf(r)
		}
		i, ok := at[k]
		if !ok { // of the wrong signer, then
			k.apex = !k.apex
			i, ok = at[k]
		}
		if ok {
			sets[i].Signatures = append(sets[i].Signatures, r)
		}
	}
	return sets
}

// distinct gives the records of which no other one before says the same in
// canonical form: a set has no duplicates (RFC 2181 §5.2, RFC 4034 §6.3).
func distinct(records []doh.Record) []doh.Record {
	type key struct {
		typ  doh.Type
		data string
	}
	seen := map[key]bool{}
	var all []doh.Record
	for _, r := range records {
		k := key{r.Type, string(canonical(r.Type, r.RData))}
		if !seen[k] {
			all = append(all, r)
		}
		seen[k] = true
	}
	return all
}

// Signed is a set that a key of its zone vouches for.
type Signed struct {
	RRset
	// Wildcard is the name that the set was expanded from, such as
	// "*.example.com", "" for none. Then it still has to be proven that no closer
	// name exists (RFC 4035 §5.3.4): denials.noCloserFor.
	Wildcard string
	// TTL is how long the set may be kept, in seconds (RFC 4035 §5.3.3).
	TTL uint32
	Signature
}

// Skew is how far a signature may be out of its time and still hold: clocks
// differ. The signature is marked then.
const Skew = 5 * time.Minute

// signature is an RRSIG record, read (RFC 4034 §3.1).
type signature struct {
	covered     doh.Type
	algorithm   uint8
	labels      int
	originalTTL uint32
	expiration  uint32
	inception   uint32
	tag         uint16
	signer      name
	head        []byte // the octets before the signer's name
	value       []byte
	ttl         uint32 // of the RRSIG record itself
}

func readSignature(r doh.Record) (*signature, bool) {
	const fixed = 18
	if r.Type != doh.TypeRRSIG || len(r.RData) <= fixed {
		return nil, false
	}
	d := r.RData
	signer, value, ok := nameAt(d[fixed:])
	return &signature{
		covered:     doh.Type(binary.BigEndian.Uint16(d)),
		algorithm:   d[2],
		labels:      int(d[3]),
		originalTTL: binary.BigEndian.Uint32(d[4:]),
		expiration:  binary.BigEndian.Uint32(d[8:]),
		inception:   binary.BigEndian.Uint32(d[12:]),
		tag:         binary.BigEndian.Uint16(d[16:]),
		signer:      signer, head: d[:fixed], value: value, ttl: r.TTL,
	}, ok && len(value) > 0
}

const skew = uint32(Skew / time.Second)

// before compares moments of 32 bits by serial arithmetic (RFC 4034 §3.1.5,
// RFC 1982 §3.2): they mean the nearest such moment, also beyond 2106.
func before(a, b uint32) bool { return int32(a-b) < 0 }

// Verify looks for a signature over the set by one of the zone's keys, which
// the caller trusts, that holds at the moment now (RFC 4035 §5.3). NoReason
// means that it holds; else the reason is of the signature that came nearest,
// and only that is given. Of several that hold it is the one that ends last.
func (s RRset) Verify(zone dnsname.Name, keys []doh.DNSKEY, now time.Time, b *Budget) (Signed, Reason) {
	return s.verifyBy(nameFrom(zone), keys, now, b)
}

func (s RRset) verifyBy(zone name, keys []doh.DNSKEY, now time.Time, b *Budget) (Signed, Reason) {
	nearest, at := RRSIGMissing, Signature{}
	for _, sig := range s.candidates() {
		reason := s.verify(sig, zone, keys, now, b)
		if reason == NoReason {
			return s.signedBy(sig, now), NoReason
		}
		if nearness(reason) > nearness(nearest) {
			nearest, at = reason, sig.public(now)
		}
		if reason == OverBudget {
			break
		}
	}
	return Signed{Signature: at}, nearest
}

// candidates are the signatures that may be verified, those that end last first:
// one that holds suffices (RFC 4035 §5.3.3), and how long the set holds is of interest.
func (s RRset) candidates() []*signature {
	var all []*signature
	for _, r := range s.Signatures {
		sig, ok := readSignature(r)
		if !ok || sig.covered != s.Type || !Supported(sig.algorithm) {
			continue
		}
		at := sort.Search(len(all), func(i int) bool { return before(all[i].expiration, sig.expiration) })
		all = append(all, sig)
		copy(all[at+1:], all[at:])
		all[at] = sig
	}
	return all
}

// nearness orders the reasons why a signature doesn't hold, the nearest to
// holding last. OverBudget is behind all: it may have held.
func nearness(r Reason) int {
	for i, x := range [...]Reason{RRSIGMissing, RRSIGWrongSigner, ZoneKeyBitMissing, RRSIGNotYetValid, RRSIGExpired, RRSIGInvalid, OverBudget} {
		if x == r {
			return i
		}
	}
	return -1
}

// verify holds one signature to RFC 4035 §5.3.1 and §5.3.3.
func (s RRset) verify(sig *signature, zone name, keys []doh.DNSKEY, now time.Time, b *Budget) Reason {
	owner, at := nameOf(s.Owner), uint32(now.Unix())
	switch {
	case zone == "" || sig.signer != zone || !owner.within(zone):
		return RRSIGWrongSigner
	case sig.labels > owner.labels() || sig.labels < zone.depth():
		return RRSIGInvalid
	case before(sig.expiration+skew, at) || before(sig.expiration, sig.inception):
		return RRSIGExpired
	case before(at+skew, sig.inception):
		return RRSIGNotYetValid
	}
	var data []byte
	reason, tried := RRSIGInvalid, 0
	for _, k := range keys {
		if k.KeyTag != sig.tag || k.Algorithm != sig.algorithm {
			continue
		}
		if fault := Unfit(k); fault != NoReason {
			if fault == ZoneKeyBitMissing {
				reason = fault
			}
			continue
		}
		if tried++; !b.take(signatures, cost(k)) || tried > 1 && !b.take(collisions, 1) {
			return OverBudget
		}
		b.pace.spend(signatureWork * cost(k))
		if data == nil { // not before it is paid for
			data = s.signedData(sig, sig.source(owner))
		}
		if verifies(k.Algorithm, k.Public, data, sig.value) {
			return NoReason
		}
		if !b.take(failures, cost(k)) {
			return OverBudget
		}
		reason = RRSIGInvalid
	}
	return reason
}

// source is the name whose set was signed: the owner, or the wildcard that
// gave it (RFC 4035 §5.3.2).
func (sig *signature) source(owner name) name {
	if sig.labels < owner.labels() {
		return owner.last(sig.labels).wildcard()
	}
	return owner
}

// public gives what tells the signature apart from others.
func (sig *signature) public(now time.Time) Signature {
	at := now.Unix()
	// By serial arithmetic, as in before.
	moment := func(m uint32) time.Time { return time.Unix(at+int64(int32(m-uint32(at))), 0).UTC() }
	return Signature{
		KeyTag: sig.tag, Algorithm: sig.algorithm, OriginalTTL: sig.originalTTL, Signer: sig.signer.String(),
		Inception: moment(sig.inception), Expiration: moment(sig.expiration),
		Skewed: before(sig.expiration, uint32(at)) && !before(sig.expiration+skew, uint32(at)) ||
			before(uint32(at), sig.inception) && !before(uint32(at)+skew, sig.inception),
	}
}

// left is how many seconds the signature still holds.
func (s Signature) left(now time.Time) uint32 {
	return uint32(max(0, s.Expiration.Unix()-now.Unix()))
}

// signedBy gives the set as a valid signature leaves it.
func (s RRset) signedBy(sig *signature, now time.Time) Signed {
	signed := Signed{RRset: s, Signature: sig.public(now)}
	signed.TTL = min(sig.originalTTL, sig.ttl, signed.left(now), math.MaxInt32)
	for _, r := range s.Records {
		signed.TTL = min(signed.TTL, r.TTL)
	}
	if owner := nameOf(s.Owner); sig.source(owner) != owner {
		signed.Wildcard = sig.source(owner).String()
	}
	return signed
}
