package serving

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/probe"
)

func TestContentPolicyTakesOnlyOrigins(t *testing.T) {
	got := contentPolicy(probe.Config{
		DoH: []string{"/dns-query", "https://a.example/x?y", "https://a.example/z", "http://plain.example/", "https://b.example; script-src *",
			"https://*.example", "://", "http://127.0.0.1:8080/dns-query"},
		Proxy: "https://p.example",
	})
	if !strings.Contains(got, "connect-src 'self' https://a.example http://127.0.0.1:8080 https://p.example;") || strings.Contains(got, "*") {
		t.Errorf("%q", got)
	}
}

func TestIsOrigin(t *testing.T) {
	for text, want := range map[string]bool{
		"https://proxy.example": true, "https://proxy.example:8443": true, "http://localhost:8080": true, "http://127.0.0.1": true,
		"": false, "https://proxy.example/": false, "https://proxy.example/v1": false, "https://proxy.example?x": false, "https://u@proxy.example": false,
		"http://proxy.example": false, "proxy.example": false, "https://Proxy.example": false, "https://": false, "https://a b": false,
		"http://localhost.example": false, "https://*": false, "*": false, "null": false, "https://a'b": false, `https://a"b`: false,
	} {
		if got := IsOrigin(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		rule, path string
		want       bool
	}{
		{"/*", "/", true}, {"/*", "/x/y", true}, {"/widget", "/widget", true}, {"/widget", "/widget.js", false}, {"/widget", "/widget/make", false},
		{"/widget/*", "/widget/make", true}, {"/widget/*", "/widget", false}, {"/widget/*", "/widgets", false},
	} {
		if r := (Rule{Path: c.rule}); r.Covers(c.path) != c.want {
			t.Errorf("%s on %s: %v", c.rule, c.path, !c.want)
		}
	}
}

// What is written into quotation marks has none, and no line of its own.
func TestWrittenNeedsNoEscape(t *testing.T) {
	c := probe.Config{DoH: []string{"https://proxy.example/dns-query"}, Proxy: "https://proxy.example"}
	var texts []string
	for _, r := range Rules(c) {
		texts = append(texts, r.Path)
		for _, f := range r.Fields {
			texts = append(texts, f.Value)
		}
	}
	for _, r := range Redirects(c) {
		texts = append(texts, r.From, r.To)
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "\"\\\n") {
			t.Errorf("%q", text)
		}
	}
}

func TestOnlyAProxyIsRedirectedTo(t *testing.T) {
	if got := RedirectsFile(probe.Config{Proxyless: true}); got != "" {
		t.Errorf("without a proxy: %q", got)
	}
	want := "/v1/* https://p.example/v1/:splat 302\n/badge/* https://p.example/badge/:splat 302\n/dns-query https://p.example/dns-query 302\n"
	if got := RedirectsFile(probe.Config{Proxy: "https://p.example"}); got != want {
		t.Errorf("%q", got)
	}
}
