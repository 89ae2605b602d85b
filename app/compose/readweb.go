package compose

import (
	"net/netip"
	"slices"
)

// web reads the server that serves the policy.
func (r *reader) web() {
	spans := r.words(FieldWeb, list)
	for _, span := range spans {
		text := span.Cut(r.Draft[FieldWeb])
		a, err := netip.ParseAddr(text)
		if a = a.Unmap(); err == nil && public(a) {
			r.want.Web.Addresses = append(r.want.Web.Addresses, a)
			continue
		}
		name, ok := hostname(text)
		if !ok || len(spans) > 1 || name == r.want.Domain.Child(hostLabel) {
			r.fault(FieldWeb, NotAddress, span)
			continue
		}
		r.want.Web.Name = name
	}
}

// closed are prefixes, beside the private ones, that no web server of the internet
// has an address of: RFC 6890 §2.2.2, RFC 6598 and RFC 6052 §2.1.
var closed = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"),
}

// public tells whether a web server can be at the address.
func public(a netip.Addr) bool {
	return a.Zone() == "" && a.IsGlobalUnicast() && !a.IsPrivate() &&
		!slices.ContainsFunc(closed, func(p netip.Prefix) bool { return p.Contains(a) })
}
