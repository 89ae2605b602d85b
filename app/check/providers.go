package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
)

// provider is a mail provider known by the names of its mail hosts.
type provider struct {
	name string
	// hosts are names at or below which its mail hosts are.
	hosts []string
	// shared are names below which the hosts of many customers are, so that a
	// wildcard over them covers more than one domain's.
	shared []string
}

// providers are those whose MX names and policies are public knowledge. It is
// used to tell a policy of the provider before from other mistakes.
var providers = []provider{
	{"Google", []string{"google.com", "googlemail.com", "gmail.com"}, []string{"google.com", "l.google.com", "googlemail.com"}},
	{"Microsoft", []string{"outlook.com", "mx.microsoft"}, []string{"mail.protection.outlook.com", "olc.protection.outlook.com", "mx.microsoft"}},
	{"Proton", []string{"protonmail.ch"}, nil},
	{"Fastmail", []string{"messagingengine.com"}, nil},
	{"Cloudflare", []string{"mx.cloudflare.net"}, nil},
	{"Zoho", []string{"zoho.com", "zoho.eu", "zoho.in"}, nil},
	{"iCloud", []string{"mail.icloud.com"}, nil},
	{"Yandex", []string{"mx.yandex.net", "mx.yandex.ru"}, nil},
	{"Naver", []string{"naver.com", "worksmobile.com"}, []string{"worksmobile.com"}},
	{"Daum", []string{"hanmail.net", "daum.net"}, nil},
	{"one.com", []string{"one.com"}, []string{"one.com"}},
	{"Infomaniak", []string{"infomaniak.ch"}, nil},
	{"Migadu", []string{"migadu.com"}, nil},
	{"Tutanota", []string{"tutanota.de"}, nil},
	{"Forward Email", []string{"forwardemail.net"}, nil},
	{"Mimecast", []string{"mimecast.com"}, []string{"mimecast.com"}},
	{"Proofpoint", []string{"pphosted.com", "ppe-hosted.com"}, []string{"pphosted.com", "ppe-hosted.com"}},
}

// policyHosts are names below which companies serve MTA-STS policies for
// others.
var policyHosts = []string{
	"tutanota.de", "tutanota.com", "mta-sts.dmarcinput.com", "mta-sts.tech", "easydmarc.pro", "mailhardener.com",
	"uriports.com", "sdmarc.net", "ondmarc.com",
}

func within(n dnsname.Name, zones []string) bool {
	return slices.ContainsFunc(zones, func(zone string) bool {
		z, err := dnsname.Parse(zone)
		return err == nil && n.Within(z)
	})
}

// mailProvider gives the provider that a mail host's name belongs to, "" for
// one that isn't known.
func mailProvider(n dnsname.Name) string {
	for _, p := range providers {
		if within(n, p.hosts) {
			return p.name
		}
	}
	return ""
}

// providersOf gives the providers of the hosts, each once, "" for those that
// aren't known.
func providersOf(all []*host) []string {
	var names []string
	for _, h := range all {
		if name := mailProvider(h.name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// shared tells whether a wildcard over the name covers other customers' hosts.
func shared(n dnsname.Name) bool {
	for _, p := range providers {
		for _, zone := range p.shared {
			if n.String() == zone || zone == "mx.microsoft" && within(n, []string{zone}) {
				return true
			}
		}
	}
	return false
}

// policyProvider tells whether a name belongs to a known host of policies.
func policyProvider(n dnsname.Name) bool { return within(n, policyHosts) }
