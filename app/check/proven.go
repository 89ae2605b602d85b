package check

import (
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// proven reads a secure answer anew by the hops of its verdict: no signature is
// over the response code (RFC 4035 §4.3 speaks of RRsets), and beside the
// records that were validated a response may hold anything, such as an alias at
// the same name that leads elsewhere.
func (a answer) proven() answer {
	hops := a.verdict.Hops
	if a.msg == nil || a.status != dnssec.Secure || a.verdict.Source != dnssec.Validated || len(hops) == 0 {
		return a
	}
	last := hops[len(hops)-1]
	_, typ := a.msg.Question()
	a.records = nil
	if typ != doh.TypeCNAME {
		a.end, _ = dnsname.Parse(last.Name)
		a.loop = last.Type != typ
		a.hops = len(hops) - 1
		if a.loop {
			a.hops = len(hops)
		}
	}
	switch {
	case last.Proof == dnssec.NameAbsent:
		a.state = NXDomain
	case last.Proof != dnssec.NoProof && last.Proof != dnssec.NoCloserName, a.loop:
		a.state = NoData
	default:
		a.state, a.records = Found, recordsAt(a.msg, last.Name, typ)
		if len(a.records) == 0 { // they came with another response, which isn't here
			a.state, a.status = Blind, dnssec.Indeterminate
		}
	}
	return a
}

// recordsAt gives the answer section's records of a name, as Record.Owner has it,
// and type; equal ones once (RFC 2181 §5).
func recordsAt(msg *doh.Answer, owner string, typ doh.Type) []doh.Record {
	var all []doh.Record
	seen := map[string]bool{}
	for _, r := range msg.Answer {
		if r.Type == typ && r.Owner == owner && !seen[string(r.RData)] {
			seen[string(r.RData)] = true
			all = append(all, r)
		}
	}
	return all
}
