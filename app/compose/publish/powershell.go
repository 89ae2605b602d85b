package publish

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// powerShellString is how long the strings of a text are in the documentation of the
// cmdlet; a line break parts them.
const powerShellString = 252

// powerShell writes commands for the DNS server of Windows
// ("Add-DnsServerResourceRecord (DnsServer)"). Records come to those that are there.
func powerShell(z compose.Zone) []File {
	var out strings.Builder
	for _, r := range z.Records {
		out.WriteString("Add-DnsServerResourceRecord -ZoneName " + apostrophes(z.Origin.String()) +
			" -Name " + apostrophes(relative(r.Name, z.Origin)) +
			" -TimeToLive (New-TimeSpan -Seconds " + seconds(r.TTL) + ") " + powerShellData(r) + "\n")
	}
	return []File{{"", PowerShell, out.String()}}
}

// powerShellData gives the parameters of a record's data.
func powerShellData(r compose.Record) string {
	switch r.Type {
	case doh.TypeA:
		return "-A -IPv4Address " + apostrophes(r.Data)
	case doh.TypeAAAA:
		return "-AAAA -IPv6Address " + apostrophes(r.Data)
	case doh.TypeCNAME:
		return "-CName -HostNameAlias " + apostrophes(r.Data)
	case doh.TypeTLSA:
		t := associationOf(r)
		return "-TLSA -CertificateUsage " + spelled(t.usage, "CAConstraint", "ServiceCertificateConstraint", "TrustAnchorAssertion", "DomainIssuedCertificate") +
			" -Selector " + spelled(t.selector, "FullCertificate", "SubjectPublicKeyInfo") +
			" -MatchingType " + spelled(t.matching, "ExactMatch", "Sha256Hash", "Sha512Hash") +
			" -CertificateAssociationData " + apostrophes(t.digits)
	}
	all := pieces(r.Data, powerShellString)
	for i, s := range all {
		all[i] = apostrophes(s)
	}
	if len(all) == 1 {
		return "-Txt -DescriptiveText " + all[0]
	}
	return "-Txt -DescriptiveText (" + strings.Join(all, ", ") + " -join \"`r`n\")"
}

// spelled gives the word for a number from 0; a number without one stays.
func spelled(number string, words ...string) string {
	for i, w := range words {
		if number == strconv.Itoa(i) {
			return w
		}
	}
	return number
}
