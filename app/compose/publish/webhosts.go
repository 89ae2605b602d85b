package publish

import (
	"encoding/json"
	"strings"

	"github.com/sealane/sealane/app/compose"
)

// worker writes a Worker that holds the policies itself, and what Wrangler deploys it
// by. A custom domain makes the DNS record and the certificate (Cloudflare Workers
// documentation, "Custom Domains", "Wrangler configuration").
func worker(files []compose.PolicyFile) []File {
	var policies strings.Builder
	var routes []string
	for _, f := range files {
		text, err := json.Marshal(f.Text) // JSON is JavaScript (ECMA-262, 2019)
		if err != nil {
			panic("publish: " + err.Error()) // no string does that
		}
		policies.WriteString(`  ["` + f.Host.String() + `", ` + string(text) + "],\n")
		routes = append(routes, `  { pattern = "`+f.Host.String()+`", custom_domain = true },`)
	}
	return []File{
		{"worker.js", JavaScript, strings.Replace(workerScript, "{policies}", policies.String(), 1)},
		{"wrangler.toml", TOML, `name = "` + dashed(files[0].Host) + `"
main = "worker.js"
compatibility_date = "2025-01-01"
workers_dev = false
routes = [
` + strings.Join(routes, "\n") + `
]
`},
	}
}

const workerScript = `const policies = new Map([
{policies}]);

export default {
  fetch(request) {
    const url = new URL(request.url);
    const policy = url.pathname === "` + compose.PolicyPath + `" ? policies.get(url.hostname) : undefined;
    return new Response(policy, {
      status: policy === undefined ? 404 : 200,
      headers: { "Content-Type": "text/plain" },
    });
  },
};
`

// netlify writes a folder for each site. Of all folders that begin with a dot Netlify
// publishes .well-known alone, and a header has to be written with capitals, or it
// comes twice (Netlify documentation, "Custom headers").
func netlify(files []compose.PolicyFile) []File {
	return perSite(files, func(string) []File {
		return []File{{"_headers", Config, compose.PolicyPath + "\n  Content-Type: text/plain\n"}}
	})
}

// githubPages writes a repository for each site. Without .nojekyll Pages leaves
// .well-known out (GitHub documentation, "About GitHub Pages and Jekyll", "Managing a
// custom domain for your GitHub Pages site").
func githubPages(files []compose.PolicyFile) []File {
	return perSite(files, func(host string) []File {
		return []File{{"CNAME", Plain, host + "\n"}, {".nojekyll", Plain, ""}}
	})
}

// azureStatic writes a folder for each site. Nothing is deployed from a folder without
// an index.html (Microsoft Learn, "Configure Azure Static Web Apps"; Azure/static-web-apps
// issue 1595).
func azureStatic(files []compose.PolicyFile) []File {
	return perSite(files, func(string) []File {
		return []File{
			{"staticwebapp.config.json", JSON, "{\n  \"mimeTypes\": {\n    \".txt\": \"text/plain\"\n  }\n}\n"},
			{"index.html", Plain, "<!doctype html>\n<title>MTA-STS</title>\n"},
		}
	})
}

// perSite gives each host's folder: the policy, and what a service wants beside it.
func perSite(files []compose.PolicyFile, beside func(host string) []File) []File {
	var all []File
	for _, f := range files {
		host := f.Host.String()
		all = append(all, policyFile(host, f), attributes(host))
		for _, b := range beside(host) {
			b.Name = host + "/" + b.Name
			all = append(all, b)
		}
	}
	return all
}
