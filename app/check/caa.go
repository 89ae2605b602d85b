package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// maxClimb is how many names CAA records are looked for at.
const maxClimb = 10

// climb lists the names at which CAA records for a name are looked for, the
// closest first: the name and its ancestors (RFC 8659 §3), down to two labels.
// It gives none for a name too deep to climb from.
func climb(name dnsname.Name) []dnsname.Name {
	labels := len(name.Labels())
	if labels > maxClimb+1 {
		return nil
	}
	var all []dnsname.Name
	for ; labels >= 2; labels-- {
		all = append(all, name)
		name = name.Parent()
	}
	return all
}

// issuers asks who may issue certificates for a host, name by name until one
// has records.
func (g *gatherer) issuers(h dnsname.Name) {
	for _, name := range climb(h) {
		if a := g.ask(name, doh.TypeCAA); a.state != NoData && a.state != NXDomain {
			return
		}
	}
}

// relevant gives the CAA records that count for a name and where they are (RFC
// 8659 §3); false while that isn't known.
func (j *judge) relevant(name dnsname.Name) (records []doh.CAA, at dnsname.Name, known bool) {
	names := climb(name)
	for _, at := range names {
		a := j.look(at, doh.TypeCAA)
		switch a.state {
		case Found:
			for _, r := range a.records {
				c, ok := r.CAA()
				if !ok {
					return nil, at, false
				}
				records = append(records, c)
			}
			return records, at, true
		case NoData, NXDomain:
		default:
			return nil, at, false
		}
	}
	return nil, dnsname.Name{}, len(names) > 0
}

// judgeIssuers holds the issuer of a publicly trusted certificate against the
// CAA records that its next renewal will meet.
func (j *judge) judgeIssuers(h *host) {
	if !slices.ContainsFunc(h.endpoints, func(e *endpoint) bool { return verdict(e) == probe.Trusted }) {
		return
	}
	if records, _, known := j.relevant(h.name); known && len(records) == 0 {
		j.add("cert.caa-missing", h.name.String(), "host", h.name.String())
		return
	}
	first := len(j.report.Findings)
	j.over(h, "cert.caa-forbids-issuer", func(e *endpoint) ([]string, bool) {
		leaf := e.leaf()
		if leaf == nil || verdict(e) != probe.Trusted || len(leaf.Issuer.Organization) == 0 {
			return nil, false
		}
		certified, wild := certifiedAs(leaf.DNSNames, h.name)
		records, at, known := j.relevant(certified)
		allowed := issuerDomains(leaf.Issuer.Organization[0])
		if !known || len(allowed) == 0 || mayIssue(records, allowed, wild) {
			return nil, false
		}
		return []string{"issuer", clip(leaf.Issuer.Organization[0]), "name", at.String(), "value", property(wild) + ` "` + allowed[0] + `"`}, true
	})
	for i := range j.report.Findings[first:] {
		f := &j.report.Findings[first+i]
		f.publish("CAA", f.Args["name"], "0 "+f.Args["value"])
	}
}

// certifiedAs gives the name that an issuer looks up for a certificate of the
// host: the host's, or that below the star of a wildcard; zero without either.
func certifiedAs(names []string, h dnsname.Name) (name dnsname.Name, wild bool) {
	for _, n := range names {
		if strings.EqualFold(n, h.String()) {
			return h, false
		}
		wild = wild || strings.EqualFold(n, "*."+h.Parent().String())
	}
	if wild {
		return h.Parent(), true
	}
	return dnsname.Name{}, false
}

// property is the tag that decides over a certificate.
func property(wild bool) string {
	if wild {
		return "issuewild"
	}
	return "issue"
}

// mayIssue tells whether records let an issuer known by the domains issue (RFC
// 8659 §4.2, §4.3): issuewild goes before issue where a wildcard is asked for,
// and records without either restrict nothing.
func mayIssue(records []doh.CAA, domains []string, wild bool) bool {
	tag := "issue"
	if wild && slices.ContainsFunc(records, func(c doh.CAA) bool { return c.Tag == "issuewild" }) {
		tag = "issuewild"
	}
	restricted := false
	for _, c := range records {
		if c.Tag != tag {
			continue
		}
		restricted = true
		domain, _, _ := strings.Cut(c.Value, ";")
		if slices.Contains(domains, strings.ToLower(strings.Trim(domain, " \t"))) {
			return true
		}
	}
	return !restricted
}

// issuer is a public certification authority: how its certificates name its
// organisation, and the domains that it takes for itself in CAA records.
type issuer struct {
	organisation string // what it begins with
	domains      []string
}

var sectigo = []string{"sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"}

// publicIssuers are those whose domains are public knowledge: what the
// authorities state to the root programs (CCADB, as collected at
// sslmate.com/caa), in their manuals (Amazon: ACM, "Configure a CAA record";
// GoDaddy: help 27227; Sectigo: "CAA Records") or in their practice statements.
// Of another one nothing is said.
var publicIssuers = []issuer{
	{"Let's Encrypt", []string{"letsencrypt.org"}},
	{"Google Trust Services", []string{"pki.goog", "google.com"}},
	{"Amazon", []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"}},
	{"DigiCert", []string{"digicert.com", "www.digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com",
		"digitalcertvalidation.com", "volusion.digitalcertvalidation.com", "stratossl.digitalcertvalidation.com",
		"intermediatecertificate.digitalcertvalidation.com", "1and1.digitalcertvalidation.com", "cybertrust.ne.jp",
		"digicert.ne.jp", "quovadisglobal.com"}},
	{"Sectigo", sectigo},
	{"ZeroSSL", sectigo},
	{"GlobalSign", []string{"globalsign.com"}},
	{"GoDaddy", []string{"godaddy.com", "starfieldtech.com"}},
	{"Starfield", []string{"godaddy.com", "starfieldtech.com"}},
	{"Buypass", []string{"buypass.com", "buypass.no"}},
	{"Actalis", []string{"actalis.it"}},
	{"SSL Corp", []string{"ssl.com"}},
	{"Hellenic Academic and Research Institutions", []string{"harica.gr"}},
	{"D-Trust", []string{"d-trust.net", "d-trust.de", "dtrust.de", "dtrust.net"}},
}

// issuerDomains gives the domains of an issuer by its organisation, none for
// one that isn't known.
func issuerDomains(organisation string) []string {
	for _, i := range publicIssuers {
		if len(organisation) >= len(i.organisation) && strings.EqualFold(organisation[:len(i.organisation)], i.organisation) {
			return i.domains
		}
	}
	return nil
}
