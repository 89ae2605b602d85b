package check

import (
	"slices"
	"strings"

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

// failsHandshake tells whether an aside was made and came to no end of its
// handshake, for whatever reason of the server's.
func (e *endpoint) failsHandshake(kind probe.AsideKind) bool {
	a := e.aside(kind)
	return a != nil && a.TLS == nil && a.Stage == probe.StageHandshake && a.Failure != nil && !a.Failure.Class.Own()
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

// addOnceVisited says something good when no visit that may tell of something
// bad is still out.
func (j *judge) addOnceVisited(code Code, subject string, pairs ...string) {
	if !slices.ContainsFunc(j.hosts, j.asidesOpen) {
		j.add(code, subject, pairs...)
	}
}

// toldByAsides are causes that only asides tell.
var toldByAsides = []Code{
	"starttls.selective", "tls.client-cert-required", "tls.no-common-cipher", "tls.sni-required", "tls.sni-wrong-cert", "tls.version-intolerant",
}

// judgeVisits judges the dialogues of the asides, and says where our own side
// made none.
func (j *judge) judgeVisits(h *host) {
	if d := h.deeper; d != nil && !j.withoutProxy(d.Failure) && (d.Failure != nil || d.STARTTLS.Failure != nil && d.STARTTLS.Failure.Class.Own()) {
		j.notChecked("not-checked.asides", h.name.String(), "host", h.name.String())
	}
	j.overAsides(h, "starttls.selective", func(e *endpoint) ([]string, bool) {
		return nil, e.greeted() && slices.ContainsFunc(e.asides, func(a probe.Aside) bool {
			return a.EHLO.Code == 250 && keyword(a.EHLO, "STARTTLS") != e.offers()
		})
	})
	j.overAsides(h, "starttls.mandatory", func(e *endpoint) ([]string, bool) {
		a := e.aside(probe.PlainMail)
		if a == nil {
			return nil, false
		}
		text := replyText(a.Reply, nil)
		return []string{"value", text}, a.Reply.Code >= 400 && namesTLS(text)
	})
	j.overAsides(h, "starttls.command-injection", func(e *endpoint) ([]string, bool) {
		a := e.aside(probe.Injection)
		if a == nil || a.TLS == nil || a.Reply.Code == 0 {
			return nil, false
		}
		return []string{"value", replyText(a.Reply, nil)}, true
	})
}

// namesTLS tells whether a reply speaks of TLS. Code 530 alone may ask for
// authentication (RFC 4954 §6).
func namesTLS(text string) bool {
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r < 'A' || r > 'Z' })
	return slices.Contains(words, "STARTTLS") || slices.Contains(words, "TLS")
}
