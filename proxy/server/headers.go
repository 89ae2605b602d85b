package server

import (
	"net/http"
	"path"

	"github.com/sealane/sealane/app/serving"
)

// headers sets what the rules say of a path: the security headers, and for
// files the caching. The path is taken as the site takes it: in a browser,
// /widget/..%2f goes up only here, and would show any page in a frame.
func headers(h http.Header, rules []serving.Rule, urlPath string) {
	urlPath = path.Clean("/" + urlPath)
	for i := range rules {
		if !rules[i].Covers(urlPath) {
			continue
		}
		for _, f := range rules[i].Fields {
			h.Set(f.Name, f.Value)
		}
	}
}
