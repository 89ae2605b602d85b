package check

import (
	"time"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// judgeLifetimes finds certificates and signatures that end while a sender who
// fetches the policy today still keeps it, and whose renewal is due: until the
// policy expires, mail needs a certificate that holds (RFC 8461 §3.2, §4.2), and
// a policy host that answers, to learn of another policy (§3.3).
func (j *judge) judgeLifetimes() {
	p := &j.report.Policy
	if !p.Usable || !j.report.Record.Valid || p.Value.Mode != mtasts.ModeEnforce {
		return
	}
	until := j.now.Add(time.Duration(p.Value.MaxAge) * time.Second)
	ends := func(from, at time.Time) bool { return at.After(j.now) && at.Before(until) && j.renewalDue(from, at) }
	var early []*host
	first := until
	for _, h := range j.hosts {
		hit := false
		for _, e := range h.endpoints {
			if leaf := e.leaf(); leaf != nil && h.view.InPolicy == OK && ends(leaf.NotBefore, leaf.NotAfter) {
				hit = true
				if leaf.NotAfter.Before(first) {
					first = leaf.NotAfter
				}
			}
		}
		if hit {
			early = append(early, h)
		}
	}
	d := j.facts.Domain
	if len(early) > 0 {
		j.add("cert.ends-before-policy", d.String(), "domain", d.String(), "host", hostList(early), "date", day(first), "until", day(until))
	}
	if leaf := j.policyCertificate(p.Fetched.Policy.TLS); leaf != nil && ends(leaf.NotBefore, leaf.NotAfter) {
		host := d.Child("mta-sts").String()
		j.add("sts-policy-fetch.cert-ends-before-policy", host, "host", host, "date", day(leaf.NotAfter), "until", day(until))
	}
	for _, s := range signatures(j.mx, doh.TypeMX) {
		if ends(s.Inception, s.Expiration) && !j.has("dnssec.rrsig-expiring-soon") {
			j.add("dnssec.rrsig-ends-before-policy", d.String(), "name", s.Signer.String(), "date", day(s.Expiration), "until", day(until))
			break
		}
	}
}

// renewalDue tells whether less than a quarter of a lifetime is left: those that
// renew by themselves mostly do so before.
func (j *judge) renewalDue(from, until time.Time) bool {
	return until.Sub(j.now) < until.Sub(from)/4
}
