package dnssec

import (
	"bytes"
	"crypto/sha1"
	"encoding/base32"
	"strings"

	"github.com/sealane/sealane/app/doh"
)

// MaxIterations is how many NSEC3 iterations are worked with; a zone of more is
// insecure (RFC 9276 §3.2, appendix A).
const MaxIterations = 150

// hashed is a response's NSEC3 records, all of one set of parameters.
type hashed struct {
	params    doh.NSEC3PARAM
	links     []hashedLink
	excessive bool
	known     map[name]string // hashes made so far
}

// hashedLink is an NSEC3 record: between the hashes owner and next there is none.
type hashedLink struct {
	owner, next string // 20 octets
	types       doh.TypeBitmap
	optOut      bool
}

// addHashed takes a record whose owner is a hash right below the apex, of SHA-1
// and with no flag but opt-out (RFC 5155 §8.1, §8.2). The first record's
// parameters hold for all.
func (d *denials) addHashed(owner name, n doh.NSEC3) {
	h := &d.hashed
	if n.Algorithm != 1 || n.Flags > 1 || owner.parent() != d.zone || len(n.Next) != sha1.Size {
		return
	}
	hash, err := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(owner.label(0)))
	if err != nil || len(hash) != sha1.Size {
		return
	}
	switch {
	case n.Iterations > MaxIterations:
		h.excessive = true
		return
	case len(h.links) == 0:
		h.params = n.NSEC3PARAM
	case n.Iterations != h.params.Iterations || !bytes.Equal(n.Salt, h.params.Salt):
		return
	}
	h.links = append(h.links, hashedLink{string(hash), string(n.Next), n.Types, n.OptOut()})
}

// hash hashes a name (RFC 5155 §5); "" when the budget is spent.
func (d *denials) hash(n name) string {
	h := &d.hashed
	if sum, done := h.known[n]; done {
		return sum
	}
	const block = 64 // octets that SHA-1 takes at a time
	cost := (int(h.params.Iterations) + 1) * (1 + (max(len(n), sha1.Size)+len(h.params.Salt))/block)
	if !d.budget.take(hashes, cost) {
		return ""
	}
	d.budget.pace.spend(cost)
	sum := hashName(n, h.params)
	h.known[n] = sum
	return sum
}

func hashName(n name, p doh.NSEC3PARAM) string {
	sum := sha1.Sum(append([]byte(n), p.Salt...))
	buffer := make([]byte, 0, sha1.Size+len(p.Salt))
	for range p.Iterations {
		sum = sha1.Sum(append(append(buffer, sum[:]...), p.Salt...))
	}
	return string(sum[:])
}

// matching gives the record of a name that exists, nil without one.
func (d *denials) matching(n name) *hashedLink {
	hash := d.hash(n)
	for i := range d.hashed.links {
		if l := &d.hashed.links[i]; hash != "" && l.owner == hash {
			return l
		}
	}
	return nil
}

// hiding gives the record that proves that a name doesn't exist, or has no
// signed records where the record opts out; nil without one.
func (d *denials) hiding(n name) *hashedLink {
	hash := d.hash(n)
	for i := range d.hashed.links {
		l := &d.hashed.links[i]
		inside := l.owner < hash && hash < l.next
		if l.next <= l.owner { // the last, whose next is the first
			inside = l.owner < hash || hash < l.next
		}
		if hash != "" && inside {
			return l
		}
	}
	return nil
}

// enclose proves which is the nearest existing name above an absent one, and
// gives it with the record that hides the next closer name (RFC 5155 §8.3).
func (d *denials) enclose(n name) (encloser name, cover *hashedLink) {
	next := name("")
	for at := n; at.within(d.zone); next, at = at, at.parent() {
		l := d.matching(at)
		if l == nil {
			continue
		}
		if next == "" || foreign(l.types) {
			return "", nil
		}
		return at, d.hiding(next)
	}
	return "", nil
}

// unproven is the reason of a proof that isn't there: the budget may be spent.
func (d *denials) unproven() (Proof, Reason) {
	if d.budget.Hashes == 0 {
		return NoProof, OverBudget
	}
	return NoProof, NSECBadProof
}

// under gives the proof, or OptedOut where the record that hides the next
// closer name opts out (RFC 5155 §9.2).
func (l *hashedLink) under(p Proof) (Proof, Reason) {
	if l.optOut {
		return OptedOut, NoReason
	}
	return p, NoReason
}

func (d *denials) noHashedName(n name) (Proof, Reason) {
	encloser, cover := d.enclose(n)
	if cover == nil || d.hiding(encloser.wildcard()) == nil {
		return d.unproven()
	}
	return cover.under(NameAbsent)
}

func (d *denials) noHashedData(n name, typ doh.Type) (Proof, Reason) {
	if l := d.matching(n); l != nil {
		p := lacks(l.types, typ, n == "\x00")
		if p == TypeAbsent && len(l.types) == 0 {
			p = EmptyNonTerminal
		}
		return proven(p)
	}
	encloser, cover := d.enclose(n)
	if cover == nil {
		return d.unproven()
	}
	if wildcard := d.matching(encloser.wildcard()); wildcard != nil {
		if lacks(wildcard.types, typ, false) == NoProof {
			return NoProof, NSECBadProof
		}
		return cover.under(WildcardTypeAbsent)
	}
	// Below an opt-out lie unsigned delegations, and names above them.
	if !cover.optOut {
		return d.unproven()
	}
	return OptedOut, NoReason
}

func (d *denials) noCloserHashed(n, encloser name) (Proof, Reason) {
	depth := encloser.depth()
	if encloser == "" || n.depth() <= depth || !n.within(encloser) {
		return NoProof, NSECBadProof
	}
	cover := d.hiding(n.last(depth + 1))
	if cover == nil {
		return d.unproven()
	}
	return cover.under(NoCloserName)
}
