package check

import (
	"slices"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/probe"
)

// aside gives the visit of one kind, nil when it wasn't made.
func (e *endpoint) aside(kind probe.AsideKind) *probe.Aside {
	for i := range e.asides {
		if e.asides[i].Kind == kind {
			return &e.asides[i]
		}
	}
	return nil
}

// shown is the chain that the aside of a kind was shown, nil without one.
func (e *endpoint) shown(kind probe.AsideKind) [][]byte {
	if a := e.aside(kind); a != nil && a.TLS != nil {
		return a.TLS.Chain[:min(len(a.TLS.Chain), dane.MaxChain)]
	}
	return nil
}

// completes tells whether the handshake of an aside of one of the kinds went well.
func (e *endpoint) completes(kinds ...probe.AsideKind) bool {
	return slices.ContainsFunc(kinds, func(kind probe.AsideKind) bool {
		a := e.aside(kind)
		return a != nil && a.TLS != nil
	})
}

// rejection is why the server ended the handshake of an aside, nil where it
// didn't or the aside wasn't made.
func (e *endpoint) rejection(kind probe.AsideKind) *probe.Failure {
	a := e.aside(kind)
	if a == nil || a.TLS != nil || a.Failure == nil || a.Stage != probe.StageHandshake {
		return nil
	}
	switch a.Failure.Class {
	case probe.TLSAlert, probe.TLSVersion, probe.ConnectionLost:
		return a.Failure
	}
	return nil
}

// hellos are the answers to the first message of the asides of these kinds, of
// all when none are named.
func (e *endpoint) hellos(kinds ...probe.AsideKind) []*probe.ServerHello {
	var all []*probe.ServerHello
	for i := range e.asides {
		if h := e.asides[i].Hello; h != nil && (len(kinds) == 0 || slices.Contains(kinds, e.asides[i].Kind)) {
			all = append(all, h)
		}
	}
	return all
}

// overAsides is over for what only asides show: an address that none was made
// to has no say.
func (j *judge) overAsides(h *host, code Code, test func(e *endpoint) (pairs []string, hit bool)) {
	j.overOf(h, code, func(e *endpoint) bool { return e.judged() && len(e.asides) > 0 }, test)
}

// asidesOpen tells whether the asides to a host may still come.
func (j *judge) asidesOpen(h *host) bool {
	return !j.facts.Done && h.probed != nil && h.deeper == nil && len(asidesOf(*h.probed, nil)) > 0
}

// toldByAsides are causes that only asides tell.
var toldByAsides = []Code{
	"starttls.selective", "tls.no-common-cipher", "tls.sni-required", "tls.sni-wrong-cert", "tls.version-intolerant",
}
