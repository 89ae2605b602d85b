package plan

import (
	"slices"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// Microsoft 365's mail servers: those of every customer, and those with DNSSEC and
// DANE, which have one label more: contoso-com.h-v1.mx.microsoft.
const (
	legacyZone   = "mail.protection.outlook.com"
	secureZone   = "mx.microsoft"
	secureLabels = 4
	trialZone    = "onmicrosoft.com" // whose DNS is Microsoft's own
)

// microsoft moves a domain at Microsoft 365 to the mail servers with DANE
// (Microsoft Learn, Multi-Geo In-Region Routing, 2025-07). Other than there, the
// policy stays enforced and covers both names meanwhile: a sender that has it from
// before keeps it either way (RFC 8461 §8.1).
func (b *builder) microsoft() {
	legacy := slices.DeleteFunc(b.hosts(), func(h dnsname.Name) bool { return !h.Within(dnsname.MustParse(legacyZone)) })
	switch {
	case !b.known():
		return
	case b.Want.Domain.Within(dnsname.MustParse(trialZone)):
		b.note("note.microsoft-trial")
		return
	case len(legacy) == 0:
		b.note("note.microsoft-elsewhere")
		return
	}
	if !b.secure(b.Want.Domain, doh.TypeMX) {
		b.look("step.microsoft-sign", nil, []Check{signed()},
			check.Citation{RFC: 7672, Section: "2.2.1"}, check.Citation{RFC: 4035, Section: "2.4"})
	}
	b.look("step.microsoft-enable", nil, []Check{signed(), {Phrase: say("ask.named"), Kind: ByHand}}, check.Citation{RFC: 7671, Section: "6"})
	to := b.secureHosts()
	if len(to) == 0 {
		return
	}
	named := slices.Clone(to)
	to = append(to, missing(missing(b.hosts(), legacy, sameName), to, sameName)...)
	b.note("note.microsoft-wildcard")
	b.relocate(b.covering(to), to, legacy)
	b.look("step.microsoft-dane", nil, []Check{signed(), authentic(named...)},
		check.Citation{RFC: 7672, Section: "2.2"}, check.Citation{RFC: 7671, Section: "6"})
}

// IsMicrosoft tells whether a name is one of Microsoft's mail servers with DANE.
func IsMicrosoft(h dnsname.Name) bool {
	return h.Within(dnsname.MustParse(secureZone)) && len(h.Labels()) >= secureLabels
}

// secureHosts are the domain's mail servers with DANE, as far as somebody named
// them; without any, that is noted.
func (b *builder) secureHosts() []dnsname.Name {
	hosts := slices.Clone(b.Hosts)
	for _, p := range b.Want.MX {
		if !p.Wildcard && p.Name.Within(dnsname.MustParse(secureZone)) && len(b.Hosts) == 0 {
			hosts = append(hosts, p.Name)
		}
	}
	if len(hosts) == 0 {
		b.note("note.microsoft-name")
	}
	for _, h := range hosts {
		if !IsMicrosoft(h) {
			b.note("note.microsoft-wrong", "host", h.String())
			return nil
		}
	}
	return hosts
}
