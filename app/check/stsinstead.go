package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// judgeInstead says what is there in the place of a record that senders find
// none of.
func (j *judge) judgeInstead(owner dnsname.Name, a answer) {
	d, name := j.facts.Domain.String(), owner.String()
	random := j.look(j.facts.Domain.Child(wildcardLabel), doh.TypeTXT)
	if a.state == Found && random.state == Found && sameTexts(a, random) {
		j.add("sts-record.wildcard-only", d, "name", name, "record", excerpt(texts(a)[0]))
	}
	if ips := j.proxied(); len(ips) > 0 {
		j.add("sts-record.cname-proxied", d, "name", name, "ip", strings.Join(ips, ", "))
	}
	for _, above := range parents(j.facts.Domain) {
		at := above.Child("_mta-sts")
		found := texts(j.look(at, doh.TypeTXT))
		chosen := mtasts.SelectRecord(found)
		if len(chosen) != 1 {
			continue
		}
		if _, odd := mtasts.ParseRecord(found[chosen[0]]); syntax.Valid(odd) {
			j.add("sts-record.subdomain-uncovered", d, "domain", d, "name", at.String())
			return
		}
	}
}

// sameTexts tells whether two answers hold the same TXT records, and any.
func sameTexts(a, b answer) bool {
	here, there := texts(a), texts(b)
	slices.Sort(here)
	slices.Sort(there)
	return len(here) > 0 && slices.Equal(here, there)
}

// proxied gives the addresses that stand at _mta-sts though it is no host, and no
// wildcard made them: a network that answers web requests for the domain answers
// for this name too, and hides the alias with its record.
func (j *judge) proxied() []string {
	owner, random := j.facts.Domain.Child("_mta-sts"), j.facts.Domain.Child(wildcardLabel)
	both := func(n dnsname.Name) []string {
		return slices.Concat(addresses(j.look(n, doh.TypeA)), addresses(j.look(n, doh.TypeAAAA)))
	}
	known := func(typ doh.Type) bool { return readable(j.look(random, typ)) }
	if j.look(owner, doh.TypeTXT).state != NoData || !known(doh.TypeA) || !known(doh.TypeAAAA) {
		return nil
	}
	ips, made := both(owner), both(random)
	if slices.ContainsFunc(ips, func(ip string) bool { return slices.Contains(made, ip) }) {
		return nil
	}
	return ips
}
