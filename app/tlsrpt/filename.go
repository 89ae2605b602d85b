package tlsrpt

import (
	"slices"
	"strconv"
	"strings"
)

// Misnamed gives what the name of a file (RFC 8460 §5.1) tells otherwise than the report in
// it, "" where they agree or the name is another; the report counts (RFC 8460 §5.6).
func (r Report) Misnamed(name string) string {
	name = name[strings.LastIndexAny(name, "/\\")+1:]
	parts := strings.Split(name, "!")
	if len(parts) < 4 {
		return ""
	}
	domain, begin := strings.ToLower(parts[1]), parts[2]
	end, _, _ := strings.Cut(parts[3], ".")
	from, err := strconv.ParseInt(begin, 10, 64)
	to, bad := strconv.ParseInt(end, 10, 64)
	switch {
	case err != nil || bad != nil:
		return ""
	case !r.Begin.IsZero() && from != r.Begin.Unix():
		return begin
	case !r.End.IsZero() && to != r.End.Unix():
		return end
	case slices.ContainsFunc(r.Policies, func(e Reported) bool { return domainOf(e) != "" }) &&
		!slices.ContainsFunc(r.Policies, func(e Reported) bool { return e.Type == "tlsa" }) && // of a host: RFC 8460 §1.1
		!slices.ContainsFunc(r.Policies, func(e Reported) bool { return within(domainOf(e), domain) }):
		return domain
	}
	return ""
}

// domainOf is the policy-domain as it is compared.
func domainOf(e Reported) string { return strings.TrimSuffix(strings.ToLower(e.Domain), ".") }
