package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
)

// within tells whether a name is at or below one of the zones, which stand with
// a space between.
func within(n dnsname.Name, zones string) bool {
	for zone := range strings.FieldsSeq(zones) {
		if rest, found := strings.CutSuffix(n.String(), zone); found && (rest == "" || strings.HasSuffix(rest, ".")) {
			return true
		}
	}
	return false
}

// providerOf gives the row of the provider that a mail host's name belongs to,
// nil for one that isn't known.
func providerOf(n dnsname.Name) *provider {
	for i := range providers {
		if within(n, providers[i].zones) {
			return &providers[i]
		}
	}
	return nil
}

// ProviderName gives the name of the provider that a mail host's name belongs
// to, "" for one that isn't known.
func ProviderName(n dnsname.Name) string {
	if p := providerOf(n); p != nil {
		return p.name
	}
	return ""
}

// providersOf gives the providers of the hosts, each once, "" for those that
// aren't known.
func providersOf(all []*host) []string {
	var names []string
	for _, h := range all {
		if name := ProviderName(h.name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// provided gives who runs a finding's subject, where that is a known mail
// provider: the subject's host, or all hosts of the domain.
func (j *judge) provided(who Fixer, subject string) string {
	if who != MailProvider && who != DNSHost {
		return ""
	}
	if h := j.hostOf(subject); h != nil && subject != j.facts.Domain.String() {
		return ProviderName(h.name)
	}
	if subject != j.facts.Domain.String() || who != MailProvider {
		return ""
	}
	if all := providersOf(j.hosts); len(all) == 1 {
		return all[0]
	}
	return ""
}

// PolicyLine gives the pattern for a mail host in its domain's policy: the one
// that its provider writes, unless that would cover other customers' hosts too,
// else the host's own name (RFC 8461 §4.1).
func PolicyLine(host dnsname.Name) mtasts.Pattern {
	if p := providerOf(host); p != nil && !p.shares(host.Parent()) {
		for line := range strings.FieldsSeq(p.lines) {
			if pattern := p.pattern(line, host); pattern.Matches(host) {
				return pattern
			}
		}
	}
	return mtasts.Pattern{Name: host}
}

// pattern reads one of a row's lines as it stands for a host.
func (p *provider) pattern(line string, host dnsname.Name) mtasts.Pattern {
	switch line {
	case "=":
		return mtasts.Pattern{Name: host}
	case "*":
		return mtasts.Pattern{Wildcard: true, Name: host.Parent()}
	}
	pattern, _ := mtasts.ParsePattern(line)
	return pattern
}

// shares tells whether a wildcard over the name covers other customers' hosts.
func (p *provider) shares(n dnsname.Name) bool {
	for zone := range strings.FieldsSeq(p.shared) {
		below, deep := strings.CutPrefix(zone, ".")
		if n.String() == below || deep && within(n, below) {
			return true
		}
	}
	return false
}

// shared tells whether a wildcard over the name covers other customers' hosts.
func shared(n dnsname.Name) bool {
	return slices.ContainsFunc(providers, func(p provider) bool { return p.shares(n) })
}

// policyProvider gives the row of the company that hosts the policies below a
// name, nil for one that isn't known.
func policyProvider(n dnsname.Name) *policyHost {
	for i := range policyHosts {
		if within(n, policyHosts[i].zones) {
			return &policyHosts[i]
		}
	}
	return nil
}

// PolicyHosts are the names of the companies that are known to host policies.
func PolicyHosts() []string {
	var all []string
	for _, p := range policyHosts {
		all = append(all, p.name)
	}
	return all
}

// HostedAliases gives where the aliases of a customer of such a company lead, at
// _mta-sts, mta-sts and _smtp._tls: zero where only the company can say.
func HostedAliases(company string, customer dnsname.Name) (record, policy, reports dnsname.Name) {
	for _, p := range policyHosts {
		if p.name == company {
			return p.aliasOf(p.alias, customer), p.aliasOf(p.policy, customer), p.aliasOf(p.reports, customer)
		}
	}
	return record, policy, reports
}

// aliasOf writes a customer's domain into the form of an alias.
func (p policyHost) aliasOf(form string, customer dnsname.Name) dnsname.Name {
	domain := customer.String()
	name, _ := dnsname.Parse(strings.NewReplacer( // zero for a name that gets too long
		"a.com", domain, "a-com", strings.ReplaceAll(domain, ".", "-"), "a_com", strings.ReplaceAll(domain, ".", "_")).Replace(form))
	return name
}
