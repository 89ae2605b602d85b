package check

import (
	"time"

	"github.com/sealane/sealane/app/mtasts"
)

// judgeLifetimes finds certificates that end while a sender who fetches the
// policy today still keeps it: until it expires, mail needs a certificate that
// holds (RFC 8461 §3.2, §4.2), and a policy host that answers, to learn of
// another one (§3.3). Signatures of the DNS aren't counted in: MTA-STS needs
// none, and they are renewed in place.
func (j *judge) judgeLifetimes() {
	p := &j.report.Policy
	if !p.Usable || !j.report.Record.Valid || p.Value.Mode != mtasts.ModeEnforce {
		return
	}
	until := j.now.Add(time.Duration(p.Value.MaxAge) * time.Second)
	ends := func(at time.Time) bool { return at.After(j.now) && at.Before(until) }
	var early []*host
	first := until
	for _, h := range j.hosts {
		hit := false
		for _, e := range h.endpoints {
			if leaf := e.leaf(); leaf != nil && h.view.InPolicy == OK && ends(leaf.NotAfter) {
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
	if leaf := j.policyCertificate(p.Fetched.Policy.TLS); leaf != nil && ends(leaf.NotAfter) {
		host := d.Child("mta-sts").String()
		j.add("sts-policy-fetch.cert-ends-before-policy", host, "host", host, "date", day(leaf.NotAfter), "until", day(until))
	}
}
