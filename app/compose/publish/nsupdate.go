package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// nsupdate writes the commands of BIND's nsupdate(1) for one dynamic update (RFC
// 2136). TXT records replace those of their name, as two that begin alike would count
// as none (RFC 8461 §3.1, RFC 8460 §3); TLSA records and addresses come to those that
// are there.
func nsupdate(z compose.Zone) []File {
	var out strings.Builder
	out.WriteString("zone " + z.Origin.FQDN() + "\n")
	for _, s := range sets(z.Records) {
		if s.typ == doh.TypeTXT {
			out.WriteString("update delete " + s.name.FQDN() + " TXT\n")
		}
		for _, r := range s.records {
			out.WriteString(strings.Join([]string{"update add", r.Name.FQDN(), seconds(r.TTL), "IN", r.Type.String(), data(r)}, " ") + "\n")
		}
	}
	out.WriteString("send\n")
	return []File{{z.Origin.String() + ".nsupdate", Plain, out.String()}}
}
