package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
)

// WebForms are the forms for policy files, as they are offered: servers of one's
// own, then companies' services.
//
// Each serves what RFC 8461 §3.3 asks for: the policy's octets at PolicyPath over
// HTTPS, with a certificate for the host, as text/plain, to anybody, with status 200
// and never by way of a redirect. Whatever can serve a file does: then a policy
// changes without its server, and no syntax comes between the policy and its octets.
//
// Where a service tells hosts apart by nothing but the site, each host gets its own,
// in a folder of its name.
var WebForms = []Web{
	{"nginx", "nginx", nginx},
	{"caddy", "Caddy", caddy},
	{"apache", "Apache", apache},
	{"traefik", "Traefik", traefik},
	{"worker", "Cloudflare Worker", worker},
	{"netlify", "Netlify", netlify},
	{"github", "GitHub Pages", githubPages},
	{"azure", "Azure Static Web Apps", azureStatic},
	{"cloudfront", "S3 + CloudFront", cloudFront},
}

// WebForm gives the form of an ID.
func WebForm(id string) (Web, bool) {
	for _, f := range WebForms {
		if f.ID == id {
			return f, true
		}
	}
	return Web{}, false
}

// dashed is a host's name where dots can't be in one: of letters, digits and hyphens.
func dashed(host dnsname.Name) string { return strings.ReplaceAll(host.String(), ".", "-") }

// policyFile is the policy's own file below a folder.
func policyFile(folder string, f compose.PolicyFile) File {
	return File{folder + compose.PolicyPath, Plain, f.Text}
}

// attributes keeps Git from turning the policy's CRLF into LF when it is committed
// (gitattributes(5), "text").
func attributes(folder string) File {
	return File{folder + "/.gitattributes", Config, strings.TrimPrefix(compose.PolicyPath, "/") + " -text\n"}
}
