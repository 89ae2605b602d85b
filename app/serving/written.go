package serving

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/probe"
)

// publicResolvers are those that pages of any origin may ask, with what they
// need for validation: both send CORS headers and take queries by GET.
var publicResolvers = []string{"https://cloudflare-dns.com/dns-query", "https://dns.google/dns-query"}

// SiteConfig is the configuration that a static site tells its pages: all by the
// proxy of an origin or, without one, DNS alone by public resolvers.
func SiteConfig(proxy string) probe.Config {
	if proxy == "" {
		return probe.Config{DoH: publicResolvers, Proxyless: true}
	}
	return probe.Config{DoH: []string{proxy + "/dns-query"}, Proxy: proxy}
}

// Redirect sends requests on, where there is no file of the path.
type Redirect struct {
	From, To string
	Status   int
}

// Redirects gives those of a site: what the proxy answers is the proxy's where
// the site has one, and the list of findings stands for those that there aren't.
func Redirects(c probe.Config) []Redirect {
	var all []Redirect
	if c.Proxy != "" {
		// By 302, since Netlify takes no 307 and nothing here is for ever.
		for _, path := range []string{"/v1/", "/badge/"} {
			all = append(all, Redirect{path + "*", c.Proxy + path + ":splat", 302})
		}
		all = append(all, Redirect{"/dns-query", c.Proxy + "/dns-query", 302})
	}
	return append(all, Redirect{"/learn/*", "/learn.html", 404})
}

// Netlify gives the rules as tables of netlify.toml, where the last table that
// names a field decides.
func Netlify(c probe.Config) string {
	var out strings.Builder
	for _, r := range Rules(c) {
		out.WriteString("\n[[headers]]\n  for = " + quoted(r.Path) + "\n  [headers.values]\n")
		for _, f := range r.Fields {
			out.WriteString("    " + f.Name + " = " + quoted(f.Value) + "\n")
		}
	}
	for _, r := range Redirects(c) {
		out.WriteString("\n[[redirects]]\n  from = " + quoted(r.From) + "\n  to = " + quoted(r.To) + "\n  status = " + strconv.Itoa(r.Status) + "\n")
	}
	return out.String()
}

// HeadersFile gives the rules as a file _headers, as Cloudflare Pages and others
// read it. Cloudflare joins what several rules say of one field, and two content
// policies are both kept to: "! NAME" takes back what was said before. Netlify,
// where the last rule decides, passes that line by.
func HeadersFile(c probe.Config) string {
	var out strings.Builder
	for i, r := range Rules(c) {
		out.WriteString(r.Path + "\n")
		for _, f := range r.Fields {
			if i > 0 {
				out.WriteString("  ! " + f.Name + "\n")
			}
			out.WriteString("  " + f.Name + ": " + f.Value + "\n")
		}
	}
	return out.String()
}

// RedirectsFile gives the redirects to the proxy as a file _redirects; "" without.
func RedirectsFile(c probe.Config) string {
	var out strings.Builder
	for _, r := range Redirects(c) {
		if r.Status != 404 { // only Netlify takes this one
			out.WriteString(r.From + " " + r.To + " " + strconv.Itoa(r.Status) + "\n")
		}
	}
	return out.String()
}

// quoted is a basic string of TOML. Nothing in it needs an escape: origins and
// constants hold neither quotation marks nor backslashes.
func quoted(text string) string { return `"` + text + `"` }
