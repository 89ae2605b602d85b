package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
)

// route53 writes a change batch and the command that sends it ("Amazon Route 53 API
// Reference: ChangeResourceRecordSets", "Amazon Route 53 Developer Guide: Supported
// DNS record types"). The sets replace those of their name and type.
func route53(z compose.Zone) []File {
	var changes []string
	for _, s := range sets(z.Records) {
		changes = append(changes, `    {
      "Action": "UPSERT",
      "ResourceRecordSet": {
        "Name": `+inQuotes(s.name.FQDN())+`,
        "Type": `+inQuotes(s.typ.String())+`,
        "TTL": `+seconds(s.ttl)+`,
        "ResourceRecords": [
          `+s.join(func(r compose.Record) string { return `{ "Value": ` + inQuotes(data(r)) + " }" }, ",\n          ")+`
        ]
      }
    }`)
	}
	file := z.Origin.String() + ".json"
	return []File{
		{file, JSON, "{\n  \"Changes\": [\n" + strings.Join(changes, ",\n") + "\n  ]\n}\n"},
		{"", Shell, `aws route53 change-resource-record-sets --hosted-zone-id "$HOSTED_ZONE_ID" --change-batch file://` + file + "\n"},
	}
}
