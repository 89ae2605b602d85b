package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// judgeOwner finds records under the mail domain while the mail hosts are
// others and have none.
func (j *judge) judgeOwner() {
	d := j.facts.Domain
	owner := tlsaOwner(d)
	if j.look(owner, doh.TypeTLSA).state != Found {
		return
	}
	var without []*host
	for _, h := range j.hosts {
		if h.name == d || h.tlsaBase == d {
			return
		}
		if j.standing(h) == tlsaNone {
			without = append(without, h)
		}
	}
	if len(without) == 0 {
		return
	}
	f := j.add("tlsa.wrong-owner-domain", d.String(), "domain", d.String(), "host", hostList(without), "name", owner.String())
	for _, h := range without {
		f.publishCurrent(h)
	}
}

func hostList(hosts []*host) string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.name.String())
	}
	return strings.Join(names, ", ")
}

// judgeCoverage tells whether all hosts are covered, the first at least, or
// only some: then an attacker steers mail to those that aren't (RFC 7672 §2.2.1).
func (j *judge) judgeCoverage() {
	var covered, uncovered []*host
	for _, h := range j.hosts {
		state := addressState(h.a, h.aaaa)
		switch s := j.standing(h); {
		case state == NoData || state == NXDomain: // no mail goes there
		case s == tlsaSecure && h.usable():
			covered = append(covered, h)
		case s == tlsaNone || s == tlsaIgnored || s == tlsaSecure || h.addresses == dnssec.Insecure && j.mx.status != dnssec.Indeterminate && !h.signedAlias():
			uncovered = append(uncovered, h)
		default:
			return // not known yet, or the lookup's own failure says it
		}
	}
	d := j.facts.Domain.String()
	switch {
	case len(covered) == 0:
	case len(uncovered) == 0:
		if j.mx.status == dnssec.Secure {
			j.add("tlsa.ok", d, "domain", d)
		}
	default:
		code := Code("tlsa.partial-coverage")
		best := j.hosts[0].preference
		if !slices.ContainsFunc(covered, func(h *host) bool { return h.preference == best }) {
			code = "tlsa.primary-uncovered"
		}
		f := j.add(code, d, "domain", d, "host", hostList(uncovered))
		for _, h := range uncovered {
			if h.addresses == dnssec.Secure { // elsewhere a record would not count
				f.publishCurrent(h)
			}
		}
	}
}

// judgeShared finds a DANE-EE record that stands for several hosts.
func (j *judge) judgeShared() {
	owners := map[string][]*host{}
	for _, h := range j.hosts {
		for _, r := range h.records {
			if r.Usage == dane.DANEEE && r.Unusable() == "" && j.standing(h) == tlsaSecure {
				owners[r.String()] = append(owners[r.String()], h)
			}
		}
	}
	for _, h := range j.hosts {
		for _, r := range h.records {
			if all := owners[r.String()]; len(all) > 1 {
				d := j.facts.Domain.String()
				j.add("tlsa.shared-ee", d, "domain", d, "host", hostList(all), "record", recordText(r))
				return
			}
		}
	}
}
