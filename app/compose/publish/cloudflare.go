package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

// cloudflareTTL brings a TTL into the span that Cloudflare takes of every zone
// ("Cloudflare API: DNS Records": 60 to 86400 seconds).
func cloudflareTTL(ttl uint32) string { return seconds(min(max(ttl, 60), 86400)) }

// cloudflare writes a request to the API, and the command that sends it ("Cloudflare
// API: Batch DNS Records"). Text is written as quoted strings, as the API's reference
// wants it, and names without their final dot. Records come to those that are there.
func cloudflare(z compose.Zone) []File {
	posts := make([]string, len(z.Records))
	for i, r := range z.Records {
		posts[i] = `    { "type": ` + inQuotes(r.Type.String()) + `, "name": ` + inQuotes(r.Name.String()) +
			`, "ttl": ` + cloudflareTTL(r.TTL) + ", " + cloudflareData(r) + " }"
	}
	file := z.Origin.String() + ".json"
	return []File{
		{file, JSON, "{\n  \"posts\": [\n" + strings.Join(posts, ",\n") + "\n  ]\n}\n"},
		{"", Shell, `curl --fail-with-body "https://api.cloudflare.com/client/v4/zones/$ZONE_ID/dns_records/batch" \
  --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN" \
  --header "Content-Type: application/json" \
  --data @` + file + "\n"},
	}
}

// cloudflareData gives the fields of a record's data.
func cloudflareData(r compose.Record) string {
	switch r.Type {
	case doh.TypeTLSA:
		t := associationOf(r)
		return `"data": { "usage": ` + t.usage + `, "selector": ` + t.selector +
			`, "matching_type": ` + t.matching + `, "certificate": ` + inQuotes(t.digits) + " }"
	case doh.TypeCNAME:
		return `"content": ` + inQuotes(undotted(r.Data))
	}
	return `"content": ` + inQuotes(data(r))
}
