package dnssec

import (
	"github.com/sealane/sealane/app/doh"
)

// setAt gives the set of a name and type in a section. Only what may belong to it
// is sorted: each hop of a lookup looks for several.
func setAt(section []doh.Record, n name, typ doh.Type) (RRset, bool) {
	owner := n.String()
	var near []doh.Record
	for _, r := range section {
		if r.Owner == owner && (r.Type == typ || r.Type == typeRRSIG) {
			near = append(near, r)
		}
	}
	for _, s := range RRsets(near) {
		if s.Type == typ {
			return s, true
		}
	}
	return RRset{}, false
}

// dnameOf gives the DNAME that a name lies below.
func dnameOf(section []doh.Record, n name) (RRset, bool) {
	for _, r := range section {
		if r.Type != doh.TypeDNAME {
			continue
		}
		if owner := ownerOf(r); owner != n && n.within(owner) {
			return setAt(section, owner, doh.TypeDNAME)
		}
	}
	return RRset{}, false
}

// aliasOf gives the signed CNAME of a name, or the DNAME that it lies below.
func aliasOf(section []doh.Record, n name) (RRset, bool) {
	if s, found := setAt(section, n, doh.TypeCNAME); found && len(s.Signatures) > 0 {
		return s, true
	}
	return dnameOf(section, n)
}

// targetOf gives where a CNAME or DNAME leads, "" for what is no name.
func targetOf(s RRset) name {
	if len(s.Records) == 0 {
		return ""
	}
	n, rest, ok := nameAt(s.Records[0].RData)
	if !ok || len(rest) > 0 {
		return ""
	}
	return n
}
