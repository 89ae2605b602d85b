package dnssec

import (
	"github.com/sealane/sealane/app/doh"
)

// setAt gives the set of a name and type in a section.
func setAt(section []doh.Record, n name, typ doh.Type) (RRset, bool) {
	for _, s := range RRsets(section) {
		if s.Type == typ && nameOf(s.Owner) == n {
			return s, true
		}
	}
	return RRset{}, false
}

// dnameOf gives the DNAME that a name lies below.
func dnameOf(section []doh.Record, n name) (RRset, bool) {
	for _, s := range RRsets(section) {
		if owner := nameOf(s.Owner); s.Type == doh.TypeDNAME && owner != n && n.within(owner) {
			return s, true
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
