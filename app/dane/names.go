package dane

import (
	"crypto/x509"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
)

// Owner is where the TLSA records of a mail host are: mail is relayed to port 25 and
// no other (RFC 7672 §2.2.3). The base is the host's name, or the name where its
// aliases end when every step there is signed (§2.2.2). The zero Name is one too long.
func Owner(base dnsname.Name) dnsname.Name { return base.Child("_25._tcp") }

// NameMatches tells whether a name presented in a certificate, a DNS-ID or a
// CN-ID, matches the reference name. A wildcard is the whole left-most label
// and stands for exactly one label (RFC 7672 §3.2.3, RFC 8461 §4.2, RFC 6125
// §6.4.3).
func NameMatches(presented string, name dnsname.Name) bool {
	presented = strings.ToLower(strings.TrimSuffix(presented, "."))
	if presented == "" || name.IsZero() {
		return false
	}
	rest, wild := strings.CutPrefix(presented, "*.")
	if !wild {
		return presented == name.String()
	}
	first, parent, found := strings.Cut(name.String(), ".")
	return found && first != "" && parent == rest && !strings.Contains(rest, "*")
}

// PresentedNames gives the names of a certificate that name checks of RFC 7672
// §3.2.3 look at: its DNS-IDs, or the CN-ID when there is no DNS-ID at all.
func PresentedNames(c *x509.Certificate) []string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames
	}
	if c.Subject.CommonName != "" {
		return []string{c.Subject.CommonName}
	}
	return nil
}

func anyNameMatches(c *x509.Certificate, names []dnsname.Name) bool {
	for _, presented := range PresentedNames(c) {
		for _, name := range names {
			if NameMatches(presented, name) {
				return true
			}
		}
	}
	return false
}
