package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/tlsrpt"
)

// judgeReceivers judges where a valid record sends the reports.
func (j *judge) judgeReceivers() {
	d := j.facts.Domain
	uris := j.report.TLSRPT.Value.RUA
	j.add("tlsrpt-record.ok", d.String(), "value", strings.Join(uris, ", "))
	own := len(uris) > 0
	told := map[dnsname.Name]bool{}
	for _, uri := range uris {
		j.judgeEndpoint(uri)
		mailbox, ok := mailDomain(uri)
		own = own && ok && mailbox == d
		if !ok || mailbox == d || told[mailbox] {
			continue
		}
		told[mailbox] = true
		if j.takesNoMail(mailbox) {
			j.add("tlsrpt-record.rua-domain-no-mail", d.String(), "value", uri, "name", mailbox.String())
		}
		if !mailbox.Within(d) && !d.Within(mailbox) {
			j.add("tlsrpt-record.rua-external", d.String(), "value", uri, "name", mailbox.String())
		}
	}
	j.judgeHostReporting()
	if own && slices.ContainsFunc(j.report.Findings, breaksDelivery) {
		j.add("tlsrpt-record.rua-own-broken-domain", d.String(), "value", strings.Join(uris, ", "))
	}
	if j.facts.Done && !j.context(d.String()).TLSA && j.nothingPublished() {
		j.add("tlsrpt-record.nothing-to-report", d.String(), "domain", d.String())
	}
}

// breaksDelivery tells whether a finding means that senders with TLS policies
// hold mail back.
func breaksDelivery(f Finding) bool {
	switch f.Code.Group() {
	case "sts-mx", "starttls", "cert", "tlsa", "dane":
		return f.Level == Error
	}
	return false
}

// takesNoMail tells whether a domain says that it takes no mail: it doesn't
// exist, or has a null MX, or neither MX nor address.
func (j *judge) takesNoMail(mailbox dnsname.Name) bool {
	mx := j.look(mailbox, doh.TypeMX)
	switch mx.state {
	case NXDomain:
		return true
	case NoData:
		s := addressState(j.look(mailbox, doh.TypeA), j.look(mailbox, doh.TypeAAAA))
		return s == NoData || s == NXDomain
	case Found:
		return !slices.ContainsFunc(mx.records, func(r doh.Record) bool {
			m, ok := r.MX()
			return !ok || m.Raw != "."
		})
	}
	return false
}

// nothingPublished tells whether the domain plainly has no MTA-STS, and no TLSA
// lookup fails, which would be worth a report.
func (j *judge) nothingPublished() bool {
	s := j.report.Record.State
	broken := slices.ContainsFunc(j.hosts, func(h *host) bool { return h.tlsa.state == Failed })
	return !broken && (s == NoData || s == NXDomain) && len(j.report.Record.TXT) == 0 && j.report.Policy.Value.Mode == mtasts.ModeUnknown
}

// judgeEndpoint finds an https URI whose host the DNS doesn't know, or knows no
// address of. Nothing more is asked: reports come by POST (RFC 8460 §5.4), and
// what a HEAD or GET of the URI met would say nothing of that.
func (j *judge) judgeEndpoint(uri string) {
	host, ok := tlsrpt.Host(uri)
	if !ok {
		return
	}
	switch addressState(j.look(host, doh.TypeA), j.look(host, doh.TypeAAAA)) {
	case NXDomain, NoData:
		if !j.open(host, doh.TypeA, doh.TypeAAAA) {
			j.add("tlsrpt-record.rua-https-unreachable", j.facts.Domain.String(), "value", excerpt(uri), "name", host.String())
		}
	}
}

// judgeHostReporting finds mail hosts with DANE and without a record of their
// own: of DANE the policy domain is the TLSA base domain (RFC 8460 §1.1).
func (j *judge) judgeHostReporting() {
	d := j.facts.Domain
	var missing []*host
	for _, h := range j.hosts {
		owner := h.tlsaBase.Child("_smtp._tls")
		if j.open(owner, doh.TypeTXT) {
			return
		}
		a := j.look(owner, doh.TypeTXT)
		if h.tlsaBase != d && j.standing(h) == tlsaSecure && h.usable() && readable(a) && len(tlsrpt.SelectRecord(texts(a))) == 0 {
			missing = append(missing, h)
		}
	}
	if len(missing) == 0 {
		return
	}
	f := j.add("tlsrpt-record.mx-host-missing", d.String(), "domain", d.String(), "host", hostList(missing))
	for _, h := range missing {
		if h.tlsaBase.Within(d) {
			f.proposeReporting(h.tlsaBase.Child("_smtp._tls"), j.report.TLSRPT.Value)
		}
	}
}
