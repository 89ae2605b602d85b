package server

import (
	"maps"
	"net/http"
	"path"
	"strings"

	"github.com/sealane/sealane/app/serving"
)

// rule is a serving.Rule with its fields as a header holds them.
type rule struct {
	serving.Rule
	ready http.Header
}

// rules makes them ready. A value that somebody adds to one of theirs goes into a
// slice of its own.
func rules(all []serving.Rule) []rule {
	var made []rule
	for _, r := range all {
		h := make(http.Header)
		for _, f := range r.Fields {
			h.Set(f.Name, f.Value)
		}
		made = append(made, rule{r, h})
	}
	return made
}

// dataPolicy is the Content-Security-Policy of answers for programs: opened as a
// page, such an answer shows itself and can do nothing.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// dataHeader is the header of answers for programs. What else a page has says
// what that page may do; these come by the hundred, and every field is written
// and read each time.
var dataHeader = http.Header{
	"Cache-Control":                {"no-cache"},
	"Content-Security-Policy":      {dataPolicy},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"X-Content-Type-Options":       {"nosniff"},
}

// forPrograms tells whether what is at a path is data and never a page.
func forPrograms(urlPath string) bool {
	return urlPath == relayPath || strings.HasPrefix(urlPath, "/v1/")
}

// headers sets the security headers of a path, and for files the caching, as the
// rules say. The path is taken as the site takes it: in a browser,
// /widget/..%2f goes up only here, and would show any page in a frame.
func headers(h http.Header, rules []rule, urlPath string) {
	if forPrograms(urlPath) {
		maps.Copy(h, dataHeader)
		return
	}
	urlPath = path.Clean("/" + urlPath)
	for i := range rules {
		if rules[i].Covers(urlPath) {
			maps.Copy(h, rules[i].ready)
		}
	}
}
