// Package compose makes what a mail domain publishes: the record and policy of
// MTA-STS (RFC 8461), the record of TLS reporting (RFC 8460) and TLSA records (RFC
// 7672). Nothing that it makes has a fault that app/check finds.
package compose

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// Record is one DNS record to publish.
type Record struct {
	Name dnsname.Name
	Type doh.Type
	TTL  uint32 // seconds
	// Data is RDATA in presentation form (RFC 1035 §5.1), names in it absolute; of
	// a TXT record the text, in one piece and unquoted, however long.
	Data string
}

// PolicyFile is what the web server of a policy host answers.
type PolicyFile struct {
	Host dnsname.Name // "mta-sts." and the domain (RFC 8461 §3.3)
	// Text is the file, octet for octet.
	Text string
}

// PolicyPath is where a policy host has the policy (RFC 8461 §3.3).
const PolicyPath = "/.well-known/mta-sts.txt"

// URL is where senders fetch the file.
func (f PolicyFile) URL() string { return "https://" + f.Host.String() + PolicyPath }

// Made is what there is to publish.
type Made struct {
	Domain  dnsname.Name
	Zone    dnsname.Name // that Domain lies in, or is
	Records []Record
	Files   []PolicyFile
}

// Zone is what belongs into one zone.
type Zone struct {
	Origin dnsname.Name
	// Guessed tells that nobody said where the zone begins: it is taken to be the
	// name above a mail host.
	Guessed bool
	Records []Record
}

// Zones sorts the records by zone, the domain's first.
func (m Made) Zones() []Zone {
	var all []Zone
	for _, r := range m.Records {
		origin, guessed := m.Zone, false
		if !r.Name.Within(origin) {
			origin, guessed = ZoneOf(bare(r.Name)), true
		}
		at := slices.IndexFunc(all, func(z Zone) bool { return z.Origin == origin })
		if at < 0 {
			at = len(all)
			all = append(all, Zone{Origin: origin, Guessed: guessed})
		}
		all[at].Records = append(all[at].Records, r)
	}
	return all
}

// ZoneOf is the zone that a mail host most likely lies in: what is above its first
// label, unless others register there.
func ZoneOf(host dnsname.Name) dnsname.Name {
	if above := host.Parent(); len(above.Labels()) > 1 && !dnsname.IsPublicSuffix(above) {
		return above
	}
	return host
}

// bare is a name without the labels of a service before it.
func bare(n dnsname.Name) dnsname.Name {
	for strings.HasPrefix(n.String(), "_") {
		n = n.Parent()
	}
	return n
}

// Labels before a domain where its records and its policy are (RFC 8461 §3.1, §3.3,
// RFC 8460 §3).
const (
	recordLabel = "_mta-sts"
	hostLabel   = "mta-sts"
	reportLabel = "_smtp._tls"
)

// Make makes what is wanted, in the order in which a reader looks for it: records
// of the domain, then of each name below it, then of the mail hosts.
func Make(w Want) Made {
	m := Made{Domain: w.Domain, Zone: w.Zone}
	add := func(name dnsname.Name, typ doh.Type, data string) {
		if data != "" {
			m.Records = append(m.Records, Record{name, typ, w.TTL, data})
		}
	}
	policy := w.Policy()
	for _, d := range append([]dnsname.Name{w.Domain}, w.Below...) {
		switch hosted := w.Hosted.of(d, w.Domain); {
		case !hosted.IsZero():
			add(d.Child(recordLabel), doh.TypeCNAME, hosted.Record.FQDN())
			add(d.Child(hostLabel), doh.TypeCNAME, hosted.Policy.FQDN())
		case policy.Mode != mtasts.ModeUnknown:
			add(d.Child(recordLabel), doh.TypeTXT, mtasts.Record{ID: ID(policy)}.String())
			m.host(d.Child(hostLabel), w, policy)
		}
		m.reporting(d, w, w.Hosted.of(d, w.Domain).Reports)
	}
	for _, h := range w.ReportHosts() {
		m.reporting(h, w, w.Hosted.Reports)
	}
	for _, t := range w.TLSA {
		for _, r := range t.Records {
			record := Record{t.Owner(), doh.TypeTLSA, w.TTL, r.String()}
			if !slices.Contains(m.Records, record) { // hosts may share it
				m.Records = append(m.Records, record)
			}
		}
	}
	return m
}

// Announce makes the records that announce a policy file as it is served, for the
// domain and the names below it.
func (w Want) Announce(file string) Made {
	m := Made{Domain: w.Domain, Zone: w.Zone}
	for _, d := range append([]dnsname.Name{w.Domain}, w.Below...) {
		m.Records = append(m.Records, Record{d.Child(recordLabel), doh.TypeTXT, w.TTL, mtasts.Record{ID: FileID(file)}.String()})
	}
	return m
}

// host adds a policy host's address and file.
func (m *Made) host(host dnsname.Name, w Want, p mtasts.Policy) {
	if !w.Web.Name.IsZero() {
		m.Records = append(m.Records, Record{host, doh.TypeCNAME, w.TTL, w.Web.Name.FQDN()})
	}
	for _, a := range w.Web.Addresses {
		typ := doh.TypeA
		if a.Is6() {
			typ = doh.TypeAAAA
		}
		m.Records = append(m.Records, Record{host, typ, w.TTL, a.String()})
	}
	m.Files = append(m.Files, PolicyFile{host, p.String()})
}

// reporting adds the record of TLS reporting for a policy domain, where that is
// wanted: an alias where a company collects the reports.
func (m *Made) reporting(d dnsname.Name, w Want, company dnsname.Name) {
	owner := d.Child(reportLabel)
	switch {
	case !company.IsZero():
		m.Records = append(m.Records, Record{owner, doh.TypeCNAME, w.TTL, company.FQDN()})
	case len(w.RUA) > 0:
		m.Records = append(m.Records, Record{owner, doh.TypeTXT, w.TTL, w.reporting().String()})
	}
}
