package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// dnsControl writes what comes behind the domain's own D() in a dnsconfig.js
// ("DNSControl documentation: D_EXTEND"), which cuts long text itself. Names in data
// keep their final dot: without it they would be relative.
func dnsControl(z compose.Zone) []File {
	var out strings.Builder
	out.WriteString("D_EXTEND(" + inQuotes(z.Origin.String()) + ",\n")
	for _, r := range z.Records {
		arguments := inQuotes(r.Data)
		if r.Type == doh.TypeTLSA {
			t := associationOf(r)
			arguments = t.usage + ", " + t.selector + ", " + t.matching + ", " + inQuotes(t.digits)
		}
		out.WriteString("  " + r.Type.String() + "(" + inQuotes(relative(r.Name, z.Origin)) + ", " + arguments + ", TTL(" + seconds(r.TTL) + ")),\n")
	}
	out.WriteString("END);\n")
	return []File{{"dnsconfig.js", JavaScript, out.String()}}
}
