//go:build !js

package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/serving"
)

// netlify.toml is as the builder writes it for a site without a proxy, so that
// it builds as it stands; with one only the rules change.
func TestNetlifyFile(t *testing.T) {
	committed := read(t, "../netlify.toml")
	name := filepath.Join(t.TempDir(), "netlify.toml")
	rewrite := func(proxy string) string {
		t.Helper()
		s := &site{place: place{proxy: proxy}, files: map[string][]byte{"_headers": nil, "_redirects": nil}}
		if err := s.writeNetlify(name); err != nil {
			t.Fatal(err)
		}
		if len(s.files) != 0 {
			t.Errorf("the rules are in two places: %v", s.names())
		}
		return read(t, name)
	}
	if err := os.WriteFile(name, []byte(committed), 0o600); err != nil {
		t.Fatal(err)
	}
	with := rewrite("https://proxy.example")
	if above, _, _ := strings.Cut(committed, rulesMark); !strings.HasPrefix(with, above+rulesMark) || strings.Count(with, "https://proxy.example") < 5 ||
		strings.Contains(with, "cloudflare") {
		t.Errorf("with a proxy:\n%s", with)
	}
	if diff := cmp.Diff(committed, rewrite("")); diff != "" {
		t.Errorf("netlify.toml (-) isn't what `make site NETLIFY=netlify.toml` writes (+):\n%s", diff)
	}
	if err := os.WriteFile(name, []byte("[build]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&site{}).writeNetlify(name); !errors.Is(err, errSite) {
		t.Errorf("a file without a place for rules: %v", err)
	}
}

func TestPlaceIsOrigins(t *testing.T) {
	for _, p := range []place{{}, {origin: "https://sealane.example"}, {proxy: "http://127.0.0.1:1"}} {
		if err := p.valid(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, p := range []place{{origin: "sealane.example"}, {proxy: "https://proxy.example/"}, {proxy: "http://proxy.example"}} {
		if err := p.valid(); !errors.Is(err, errSite) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// What pages, hosts and search engines are told depends on where the site and
// its proxy are, and nothing is told that isn't known.
func TestToldByPlace(t *testing.T) {
	for _, c := range []struct {
		place  place
		config probe.Config
		files  []string
		lacks  []string
	}{
		{place{}, probe.Config{Proxyless: true, DoH: []string{"https://cloudflare-dns.com/dns-query", "https://dns.google/dns-query"}},
			[]string{"_headers"}, []string{"_redirects", "sitemap.xml"}},
		{place{proxy: "https://p.example", origin: "https://s.example"}, probe.Config{Proxy: "https://p.example", DoH: []string{"https://p.example/dns-query"}},
			[]string{"_headers", "_redirects", "sitemap.xml"}, nil},
	} {
		s := &site{place: c.place, files: map[string][]byte{"robots.txt": []byte("User-agent: *\n"), "index.html": nil, "learn/a.b.html": nil,
			"make.html": nil, "404.html": nil, "widget.html": nil, "widget/make.html": nil, "lab.html": nil, "app.js": nil}}
		if err := s.addForHosts(); err != nil {
			t.Fatal(err)
		}
		var told probe.Config
		if err := json.Unmarshal(s.files["config.json"], &told); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.config, told); diff != "" {
			t.Errorf("%+v: %s", c.place, diff)
		}
		for _, name := range c.files {
			if len(s.files[name]) == 0 {
				t.Errorf("%+v: no %s", c.place, name)
			}
		}
		for _, name := range c.lacks {
			if _, there := s.files[name]; there {
				t.Errorf("%+v: %s", c.place, name)
			}
		}
		if got, want := strings.Contains(string(s.files["robots.txt"]), "\nSitemap: https://s.example/sitemap.xml\n"), c.place.origin != ""; got != want {
			t.Errorf("%+v: robots.txt: %s", c.place, s.files["robots.txt"])
		}
		if c.place.origin == "" {
			continue
		}
		var listed struct {
			URLs []struct {
				Loc string `xml:"loc"`
			} `xml:"url"`
		}
		if err := xml.Unmarshal(s.files["sitemap.xml"], &listed); err != nil {
			t.Fatal(err)
		}
		want := []string{"https://s.example/", "https://s.example/learn/a.b", "https://s.example/make"}
		var got []string
		for _, u := range listed.URLs {
			got = append(got, u.Loc)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sitemap: %s", diff)
		}
	}
}

// Every page says what it is to those who show a link to it, by whole URLs.
func TestOpenGraph(t *testing.T) {
	s, _ := toRead(t)
	for name, content := range s.files {
		page, is := strings.CutSuffix("/"+name, ".html")
		if !is {
			continue
		}
		if page == "/index" {
			page = "/"
		}
		text := string(content)
		for _, property := range []string{"title", "description", "type", "image", "site_name"} {
			if strings.Count(text, `<meta property="og:`+property+`" content="`) != 1 || strings.Contains(text, `property="og:`+property+`" content=""`) {
				t.Errorf("%s has no og:%s", name, property)
			}
		}
		if !strings.Contains(text, `<meta property="og:image" content="https://sealane.example/icon-512.png">`) {
			t.Errorf("%s: og:image is no whole URL", name)
		}
		url := strings.Contains(text, `<meta property="og:url" content="https://sealane.example`+page+`">`) &&
			strings.Contains(text, `<link rel="canonical" href="https://sealane.example`+page+`">`)
		if missing := page == missingPath; url == missing || strings.Contains(text, "noindex") != missing {
			t.Errorf("%s: its own URL is there: %v", name, url)
		}
	}
}

// loaded is a file that a page asks for.
var loaded = regexp.MustCompile(`(?:<script src|rel="(?:stylesheet|icon|manifest)" href)="/([^"]*)"`)

// What carries its hash in its name is kept for ever by the rules, and nothing
// else is; every page asks for what is there.
func TestOnlyHashedFilesAreKept(t *testing.T) {
	s, _ := toRead(t)
	rules := serving.Rules(serving.SiteConfig(""))
	for name, content := range s.files {
		kept := ""
		for i := range rules {
			for _, f := range rules[i].Fields {
				if f.Name == "Cache-Control" && rules[i].Covers("/"+name) {
					kept = f.Value
				}
			}
		}
		if hashed := strings.Contains(name, "-"+hash(content)+"."); hashed != strings.Contains(kept, "immutable") {
			t.Errorf("%s: %s", name, kept)
		}
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range loaded.FindAllStringSubmatch(string(content), -1) {
			if _, there := s.files[m[1]]; !there {
				t.Errorf("%s loads %s, which is not there", name, m[1])
			}
		}
	}
	if len(s.hashed) != 6 {
		t.Errorf("%v", s.hashed)
	}
}
