package check

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// asidesOf lists the asides that a host's first visit asks for: none where it
// didn't come as far as STARTTLS, and the other services only where a chain
// matches none of the host's TLSA records: perhaps they are of those.
func asidesOf(p Probed, records []dane.TLSA) []probe.AsideKind {
	offered, mismatched := false, false
	for _, a := range p.addresses() {
		offered = offered || a.StartTLS.Code != 0
		mismatched = mismatched || a.TLS != nil && matchless(records, a.TLS.Chain)
	}
	if !offered {
		return nil
	}
	kinds := []probe.AsideKind{
		probe.NoSNI, probe.OnlyRSA, probe.OnlyECDSA, probe.OnlyDHE,
		probe.OldTLS, probe.SSL3, probe.Injection, probe.PlainMail,
	}
	if mismatched {
		kinds = append(kinds, probe.HTTPS, probe.Submissions)
	}
	return kinds
}

// matchless tells whether there are usable records and a chain, and no record
// is of any certificate of it.
func matchless(records []dane.TLSA, chain [][]byte) bool {
	usable := slices.ContainsFunc(records, func(r dane.TLSA) bool { return r.Unusable() == "" })
	return usable && len(chain) > 0 && len(dane.Verify(records, chain, nil, time.Time{}).Matches) == 0
}

// visit makes the first visit to a mail host, and the asides that it asks for.
func (g *gatherer) visit(h dnsname.Name, a, aaaa answer) {
	first := g.probe(h)
	var records []dane.TLSA
	bases := []dnsname.Name{h, a.end, aaaa.end}
	for i, base := range bases {
		if slices.Contains(bases[:i], base) {
			continue
		}
		if t := g.prove(tlsaOwner(base), doh.TypeTLSA); t.status == dnssec.Secure {
			for _, r := range t.records {
				record, _ := dane.Parse(r.RData)
				records = append(records, record)
			}
		}
	}
	if kinds := asidesOf(first, records); len(kinds) > 0 {
		g.probe(h, kinds...)
	}
}
