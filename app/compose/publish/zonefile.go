package publish

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// maxString is how long a character-string of a TXT record can be (RFC 1035 §3.3).
const maxString = 255

// pieces cuts the text of a TXT record into character-strings.
func pieces(text string) []string {
	all := []string{}
	for len(text) > maxString {
		all = append(all, text[:maxString])
		text = text[maxString:]
	}
	return append(all, text)
}

// quoted writes text as quoted character-strings of a zone file (RFC 1035 §5.1).
func quoted(text string) string {
	var all []string
	for _, s := range pieces(text) {
		all = append(all, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)+`"`)
	}
	return strings.Join(all, " ")
}

// data is a record's RDATA as a zone file has it.
func data(r compose.Record) string {
	if r.Type == doh.TypeTXT {
		return quoted(r.Data)
	}
	return r.Data
}

// relative gives a name as seen from a zone's origin: "@" for the origin itself, with a
// final dot outside it.
func relative(n, origin dnsname.Name) string {
	if n == origin {
		return "@"
	}
	if n.Within(origin) {
		return strings.TrimSuffix(n.String(), "."+origin.String())
	}
	return n.FQDN()
}

func seconds(ttl uint32) string { return strconv.FormatUint(uint64(ttl), 10) }

// bind writes a zone file's lines relative to its origin.
func bind(z compose.Zone) []File {
	var out strings.Builder
	out.WriteString("$ORIGIN " + z.Origin.FQDN() + "\n")
	for _, r := range z.Records {
		out.WriteString(strings.Join([]string{relative(r.Name, z.Origin), seconds(r.TTL), "IN", r.Type.String(), data(r)}, "\t") + "\n")
	}
	return []File{{z.Origin.String() + ".zone", ZoneFile, out.String()}}
}

// absolute writes lines that mean the same in any zone file.
func absolute(z compose.Zone) []File {
	var out strings.Builder
	for _, r := range z.Records {
		out.WriteString(strings.Join([]string{r.Name.FQDN(), seconds(r.TTL), "IN", r.Type.String(), data(r)}, "\t") + "\n")
	}
	return []File{{z.Origin.String() + ".zone", ZoneFile, out.String()}}
}
