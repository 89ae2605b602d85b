package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// azure writes commands of the Azure CLI ("Azure CLI: az network dns record-set").
// Text sets are made anew, which also gives them their TTL, as adding text takes none;
// other records come to those that are there.
func azure(z compose.Zone) []File {
	var out strings.Builder
	command := func(what, option string, s set, arguments string) {
		out.WriteString("az network dns record-set " + what + ` --resource-group "$RESOURCE_GROUP" --zone-name ` +
			z.Origin.String() + " " + option + " " + relative(s.name, z.Origin) + arguments + "\n")
	}
	for _, s := range sets(z.Records) {
		ttl := " --ttl " + seconds(s.ttl)
		if s.typ == doh.TypeTXT {
			command("txt create", "--name", s, ttl)
			ttl = ""
		}
		for _, r := range s.records {
			verb := "add-record"
			if r.Type == doh.TypeCNAME {
				verb = "set-record"
			}
			command(strings.ToLower(r.Type.String())+" "+verb, "--record-set-name", s, ttl+azureData(r))
		}
	}
	return []File{{"", Shell, out.String()}}
}

// azureData gives the options of a record's data.
func azureData(r compose.Record) string {
	switch r.Type {
	case doh.TypeA:
		return " --ipv4-address " + r.Data
	case doh.TypeAAAA:
		return " --ipv6-address " + r.Data
	case doh.TypeCNAME:
		return " --cname " + undotted(r.Data)
	case doh.TypeTLSA:
		t := associationOf(r)
		return " --certificate-usage " + t.usage + " --selector " + t.selector +
			" --matching-type " + t.matching + " --certificate-data " + t.digits
	}
	return " --value " + azureWords(r.Data)
}

// azureWords writes text as words, which the Azure CLI puts together again and cuts
// into strings. A word of its own is what it would take for an option ("-" at the
// beginning), or for a file to read ("@" there, or behind the first "=").
func azureWords(text string) string {
	var all []string
	for len(text) > 0 {
		n := len(text)
		if at := strings.IndexByte(text, '='); text[0] == '-' || text[0] == '@' {
			n = 1
		} else if at >= 0 && strings.HasPrefix(text[at+1:], "@") {
			n = at + 1
		}
		all = append(all, word(text[:n]))
		text = text[n:]
	}
	return strings.Join(all, " ")
}
