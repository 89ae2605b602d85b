//go:build !js

package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/serving"
	"github.com/sealane/sealane/app/ui"
)

// missingPath is where static hosts look for what to show instead of a page
// that there isn't.
const missingPath = "/404"

// rulesMark is the line of netlify.toml behind which a build writes.
const rulesMark = "# build is over.\n"

// optional are files that some sites have not.
var optional = []string{"_headers", "_redirects", "sitemap.xml"}

// place is where a site is to be, and its proxy: origins, "" where unknown or none.
type place struct{ origin, proxy string }

// valid tells what is no origin.
func (p place) valid() error {
	for name, value := range map[string]string{"-origin": p.origin, "-proxy": p.proxy} {
		if value != "" && !serving.IsOrigin(value) {
			return fmt.Errorf("%w: %s is to be the origin of an https URL, without a path, not %q", errSite, name, value)
		}
	}
	return nil
}

// addForHosts adds what tells pages, hosts and search engines about the site.
func (s *site) addForHosts() error {
	config := serving.SiteConfig(s.place.proxy)
	told, err := json.Marshal(config)
	if err != nil {
		return err
	}
	s.files["config.json"] = append(told, '\n')
	s.files["_headers"] = []byte(serving.HeadersFile(config))
	if text := serving.RedirectsFile(config); text != "" {
		s.files["_redirects"] = []byte(text)
	}
	if s.place.origin == "" {
		return nil // a sitemap holds whole URLs
	}
	s.files["sitemap.xml"] = s.sitemap()
	s.files["robots.txt"] = append(s.files["robots.txt"], "Sitemap: "+s.place.origin+"/sitemap.xml\n"...)
	return nil
}

// sitemap lists the pages that stand by themselves (sitemaps.org, 0.9).
func (s *site) sitemap() []byte {
	var out strings.Builder
	out.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, name := range s.names() {
		page, is := strings.CutSuffix("/"+name, ".html")
		if !is || slices.Contains([]string{missingPath, ui.WidgetPath, ui.WidgetMakePath, ui.LabPath}, page) {
			continue
		}
		if page == "/index" {
			page = "/"
		}
		out.WriteString("<url><loc>" + s.place.origin + page + "</loc></url>\n")
	}
	out.WriteString("</urlset>\n")
	return []byte(out.String())
}

// writeNetlify writes the rules of the site into a netlify.toml, which Netlify
// reads again for them when the build is over. They need no other file then.
func (s *site) writeNetlify(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	above, _, found := strings.Cut(string(text), rulesMark)
	if !found {
		return fmt.Errorf("%w: %s has no line that says where the rules begin", errSite, name)
	}
	delete(s.files, "_headers")
	delete(s.files, "_redirects")
	return os.WriteFile(name, []byte(above+rulesMark+serving.Netlify(serving.SiteConfig(s.place.proxy))), 0o644)
}
