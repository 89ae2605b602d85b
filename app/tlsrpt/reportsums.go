package tlsrpt

import (
	"strconv"
	"strings"
)

// consistent notes where the figures and the policy of an entry don't fit each other.
func (r *reader) consistent(e Reported) {
	detailed := e.Detailed()
	switch {
	case e.Failed > 0 && len(e.Details) == 0:
		r.mendAt(DetailsMissing, "failure-details", "")
	case detailed != e.Failed:
		r.mendAt(CountsInconsistent, "summary", strconv.FormatUint(detailed, 10)+" ≠ "+strconv.FormatUint(e.Failed, 10))
	}
	if len(e.Strings) == 0 {
		return
	}
	for _, d := range e.Details {
		if d.Result == "sts-policy-fetch-error" {
			r.mendAt(PolicyDespiteFailure, "policy", e.Strings[0])
			return
		}
	}
}

// together notes what entries of a report have in common.
func (r *reader) together(all []Reported) {
	if len(all) < 2 {
		return
	}
	seen := map[string]bool{}
	types := map[string]string{}
	r.path = append(r.path[:0], place{name: "policies"}, place{})
	for i, e := range all {
		r.path[1].index = i
		key := e.Type + "\x00" + domainOf(e) + "\x00" + strings.Join(e.Strings, "\x00")
		if seen[key] {
			r.mendAt(PolicyRepeated, "policy", e.Type+" "+e.Domain)
		}
		seen[key] = true
		domain := domainOf(e)
		if other := types[domain]; e.Type == "tlsa" && other == "sts" || e.Type == "sts" && other == "tlsa" {
			r.mendAt(SessionsTwice, "policy", e.Domain)
		} else if e.Domain != "" && (e.Type == "sts" || e.Type == "tlsa") {
			types[domain] = e.Type
		}
	}
	r.path = r.path[:0]
}
