package server

import (
	"maps"
	"net/http"
	"path"

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

// headers sets what the rules say of a path: the security headers, and for
// files the caching. The path is taken as the site takes it: in a browser,
// /widget/..%2f goes up only here, and would show any page in a frame.
func headers(h http.Header, rules []rule, urlPath string) {
	urlPath = path.Clean("/" + urlPath)
	for i := range rules {
		if rules[i].Covers(urlPath) {
			maps.Copy(h, rules[i].ready)
		}
	}
}
