package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
)

// googleCloud writes commands of the Google Cloud CLI ("gcloud dns record-sets
// create", "gcloud topic escaping"). They fail where there is such a set already.
func googleCloud(z compose.Zone) []File {
	var out strings.Builder
	for _, s := range sets(z.Records) {
		delimiter, prefix := ",", ""
		all := s.join(data, "")
		if strings.Contains(all, delimiter) {
			for delimiter = "|"; strings.Contains(all, delimiter); {
				delimiter += "|"
			}
			prefix = "^" + delimiter + "^"
		}
		out.WriteString("gcloud dns record-sets create " + s.name.FQDN() + ` --zone="$MANAGED_ZONE" --type=` + s.typ.String() +
			" --ttl=" + seconds(s.ttl) + " --rrdatas=" + word(prefix+s.join(data, delimiter)) + "\n")
	}
	return []File{{"", Shell, out.String()}}
}
