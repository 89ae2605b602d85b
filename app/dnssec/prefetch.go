package dnssec

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/doh"
)

// prefetch asks for the delegations and keys on the way to a name, but for
// those of labels that begin with an underscore: they are seldom zones.
func (l *lookup) prefetch(n name) {
	top, ok := l.anchored(n)
	for ok && strings.HasPrefix(string(n[1:]), "_") && len(n) > 1 && n != top {
		n = n.parent()
	}
	l.prefetchZone(n)
}

// prefetchZone asks for the delegations and keys on the way to what may be a
// zone.
func (l *lookup) prefetchZone(n name) {
	top, ok := l.anchored(n)
	if !ok {
		return
	}
	l.early(top, doh.TypeDNSKEY)
	for depth := top.depth() + 1; depth <= min(n.depth(), top.depth()+maxEager); depth++ {
		l.early(n.last(depth), doh.TypeDS, doh.TypeDNSKEY)
	}
}

// prefetchSigners does so for the zones that a response's signatures name.
func (l *lookup) prefetchSigners(a *doh.Answer) {
	var seen []name
	for _, section := range [][]doh.Record{a.Answer, a.Authority} {
		for _, r := range section {
			sig, ok := readSignature(r)
			if ok && !slices.Contains(seen, sig.signer) && len(seen) < 2*maxSigners {
				seen = append(seen, sig.signer)
				l.prefetchZone(sig.signer)
			}
		}
	}
}
