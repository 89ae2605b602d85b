package publish

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// maxString is how long a character-string of a TXT record can be (RFC 1035 §3.3).
const maxString = 255

// pieces cuts the text of a TXT record into strings of at most so many octets.
func pieces(text string, most int) []string {
	all := []string{}
	for len(text) > most {
		all = append(all, text[:most])
		text = text[most:]
	}
	return append(all, text)
}

// quoted writes text as quoted character-strings of a zone file (RFC 1035 §5.1).
func quoted(text string) string {
	all := pieces(text, maxString)
	for i, s := range all {
		all[i] = inQuotes(s)
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

// zoneFile writes entries of a zone file: each record's owner, TTL, class, type and
// data.
func zoneFile(z compose.Zone, head string, owner func(dnsname.Name) string, entry func(compose.Record) (typ, data string)) []File {
	out := head
	for _, r := range z.Records {
		typ, text := entry(r)
		out += strings.Join([]string{owner(r.Name), seconds(r.TTL), "IN", typ, text}, "\t") + "\n"
	}
	return []File{{z.Origin.String() + ".zone", ZoneFile, out}}
}

// fromOrigin is zoneFile with names relative to the zone's origin.
func fromOrigin(z compose.Zone, entry func(compose.Record) (typ, data string)) []File {
	return zoneFile(z, "$ORIGIN "+z.Origin.FQDN()+"\n", func(n dnsname.Name) string { return relative(n, z.Origin) }, entry)
}

// plain is a record's type and data as servers that know the type take them.
func plain(r compose.Record) (typ, text string) { return r.Type.String(), data(r) }

// bind writes a zone file's lines relative to its origin.
func bind(z compose.Zone) []File { return fromOrigin(z, plain) }

// absolute writes lines that mean the same in any zone file.
func absolute(z compose.Zone) []File { return zoneFile(z, "", dnsname.Name.FQDN, plain) }

// type52 writes a zone file for hosts that don't know TLSA: those records under the
// type's number, their data by length and octets (RFC 3597 §5).
func type52(z compose.Zone) []File {
	return fromOrigin(z, func(r compose.Record) (typ, text string) {
		if r.Type != doh.TypeTLSA {
			return plain(r)
		}
		t, _ := dane.ParseText(r.Data) // which compose wrote
		return dane.GenericType, t.Generic()
	})
}
