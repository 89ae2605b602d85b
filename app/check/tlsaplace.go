package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// judgeElsewhere finds records that were put where no sender looks, while there
// is proof that the right names have none (RFC 7672 §2.2.3).
func (j *judge) judgeElsewhere(h *host) {
	if j.standing(h) != tlsaNone {
		return
	}
	host := h.name.String()
	found := func(owner dnsname.Name) bool {
		a := j.look(owner, doh.TypeTLSA)
		return a.state == Found && !synthesised(a, doh.TypeTLSA)
	}
	say := func(code Code, labels []string) {
		for _, label := range labels {
			if owner := h.tlsaBase.Child(label); found(owner) {
				j.add(code, host, "host", host, "name", owner.String()).publishCurrent(h)
				return
			}
		}
	}
	say("tlsa.wrong-port", wrongTLSALabels)
	say("tlsa.wrong-protocol-label", wrongProtocolLabels)
	if owner := doubledTLSA(h.tlsa, h.tlsaBase); found(owner) {
		j.add("tlsa.doubled-origin", host, "host", host, "name", owner.String()).publishCurrent(h)
	}
	for _, a := range []answer{h.a, h.aaaa} {
		for _, between := range middles(a, h.name) {
			if owner := tlsaOwner(between); found(owner) {
				j.add("tlsa.cname-intermediate-only", host, "host", host, "name", owner.String(), "want", h.tlsaName().String()).publishCurrent(h)
				return
			}
		}
	}
}

// synthesised tells whether a wildcard made an answer: its signature is over a
// name of fewer labels than the records' (RFC 4034 §3.1.3).
func synthesised(a answer, typ doh.Type) bool {
	if a.msg == nil {
		return false
	}
	if a.validated() {
		return slices.ContainsFunc(a.verdict.Hops, func(h dnssec.Hop) bool { return h.Type == typ && h.Wildcard != "" })
	}
	return slices.ContainsFunc(a.msg.Answer, func(r doh.Record) bool {
		s, ok := r.RRSIG()
		return ok && s.Covered == typ && r.Owner == a.end.String() && int(s.Labels) < len(a.end.Labels())
	})
}

// judgeMaking judges how the answer came about: from a wildcard, with a record
// twice, or below a name that is denied.
func (j *judge) judgeMaking(h *host) {
	host, owner := h.name.String(), h.tlsaName()
	if synthesised(h.tlsa, doh.TypeTLSA) {
		j.add("tlsa.wildcard-synthesised", host, "host", host, "name", h.tlsa.end.String())
	}
	if i := twice(h.tlsa); i >= 0 {
		j.add("tlsa.duplicate", host, "host", host, "record", recordText(h.records[i]))
	}
	// Below a name that doesn't exist there is nothing (RFC 8020 §2): a resolver
	// that asks for one label after the other stops there (RFC 9156 §2.1). It goes by
	// the response code, whatever the proof beside it says.
	above := h.tlsaBase.Child("_tcp")
	a := j.look(above, doh.TypeA)
	if (a.state == NXDomain || a.state == NoData && a.rcode == doh.RcodeNXDomain) && j.standing(h) == tlsaSecure {
		j.add("tlsa.empty-nonterminal-nxdomain", host, "host", host, "name", above.String(), "want", owner.String())
	}
}

// twice gives the index of a record that the answer holds more than once, as it
// was sent, or -1: an RRset has no two equal records (RFC 2181 §5).
func twice(a answer) int {
	seen := map[string]int{}
	for _, r := range a.msg.Answer {
		if r.Type == doh.TypeTLSA && strings.EqualFold(r.Owner, a.end.String()) {
			seen[string(r.RData)]++
		}
	}
	return slices.IndexFunc(a.records, func(r doh.Record) bool { return seen[string(r.RData)] > 1 })
}
