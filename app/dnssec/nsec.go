package dnssec

import "github.com/sealane/sealane/app/doh"

// link is an NSEC record: between owner and next there is no name.
type link struct {
	owner, next name
	types       doh.TypeBitmap
}

func (d *denials) addLink(owner name, n doh.NSEC) {
	next := nameOf(n.Next)
	// The last name's next is the apex (RFC 4034 §4.1.1); else names ascend.
	if owner.within(d.zone) && next.within(d.zone) && (next == d.zone || owner.compare(next) < 0) {
		d.links = append(d.links, link{owner, next, n.Types})
	}
}

// at gives the record of a name, nil without one.
func (d *denials) at(n name) *link {
	for i := range d.links {
		if d.links[i].owner == n {
			return &d.links[i]
		}
	}
	return nil
}

// covering gives the record that proves that there are no records at a name,
// nil without one. The name may still be an empty non-terminal.
func (d *denials) covering(n name) *link {
	for i := range d.links {
		l := &d.links[i]
		if l.owner.compare(n) < 0 && (l.next == d.zone || n.compare(l.next) < 0) && !(n.within(l.owner) && foreign(l.types)) {
			return l
		}
	}
	return nil
}

// absent is covering for a name that is no empty non-terminal either.
func (d *denials) absent(n name) *link {
	if l := d.covering(n); l != nil && !l.next.within(n) {
		return l
	}
	return nil
}

// encloser is the nearest existing name above one that l proves absent.
func (l *link) encloser(n name) name {
	a, b := n.shared(l.owner), n.shared(l.next)
	if a.depth() > b.depth() {
		return a
	}
	return b
}

func (d *denials) noName(n name) (Proof, Reason) {
	l := d.absent(n)
	if l == nil || d.absent(l.encloser(n).wildcard()) == nil {
		return NoProof, NSECBadProof
	}
	return NameAbsent, NoReason
}

func (d *denials) noData(n name, typ doh.Type) (Proof, Reason) {
	if l := d.at(n); l != nil {
		return proven(lacks(l.types, typ, n == "\x00"))
	}
	l := d.covering(n)
	switch {
	case l == nil:
		return NoProof, NSECBadProof
	case l.next.within(n):
		return EmptyNonTerminal, NoReason
	}
	star := l.encloser(n).wildcard()
	if wildcard := d.at(star); wildcard != nil && lacks(wildcard.types, typ, false) != NoProof {
		return WildcardTypeAbsent, NoReason
	}
	if above := d.covering(star); above != nil && above.next.within(star) { // an empty non-terminal (RFC 4592 §4.9)
		return WildcardTypeAbsent, NoReason
	}
	return NoProof, NSECBadProof
}

func (d *denials) noCloser(n, encloser name) (Proof, Reason) {
	if l := d.absent(n); l == nil || l.encloser(n) != encloser {
		return NoProof, NSECBadProof
	}
	return NoCloserName, NoReason
}
