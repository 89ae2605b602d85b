package server

import (
	"net/http"

	"github.com/sealane/sealane/app/serving"
)

// headers sets what the rules say of a path: the security headers, and for
// files the caching.
func headers(h http.Header, rules []serving.Rule, path string) {
	for i := range rules {
		if !rules[i].Covers(path) {
			continue
		}
		for _, f := range rules[i].Fields {
			h.Set(f.Name, f.Value)
		}
	}
}
