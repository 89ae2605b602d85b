package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/mtasts"
)

// From fills a draft from a check: the mail hosts that the domain has, under the
// patterns that their providers give, and what is published already, as far as it
// is right. A policy that is new begins in testing (RFC 8461 §5). TLSA records
// are made of the certificates that are shown, where DNSSEC would vouch for them
// and nobody else runs the host.
func From(r check.Report) Draft {
	d := Draft{FieldDomain: r.Domain.String()}
	var patterns []string
	for _, h := range r.Hosts {
		if h.Host.IsZero() {
			continue
		}
		if line := check.PolicyLine(h.Host).String(); !slices.Contains(patterns, line) {
			patterns = append(patterns, line)
		}
	}
	if len(patterns) > 0 {
		d[FieldMode], d[FieldMX] = mtasts.ModeTesting.String(), strings.Join(patterns, "\n")
	}
	if p := r.Policy; p.Usable && len(patterns) > 0 && p.Value.Mode != mtasts.ModeNone {
		d[FieldMode] = p.Value.Mode.String()
		if p.Value.MaxAge >= minMaxAge {
			d[FieldMaxAge] = strconv.FormatUint(uint64(p.Value.MaxAge), 10)
		}
	}
	if r.TLSRPT.Valid {
		d[FieldRUA] = strings.Join(r.TLSRPT.Value.RUA, "\n")
	}
	var tlsa []string
	for _, h := range r.Hosts {
		for _, record := range shown(h) {
			if secure(r, h) && check.ProviderName(h.Host) == "" {
				tlsa = append(tlsa, h.Host.String()+" "+record)
			}
		}
	}
	d[FieldTLSA] = strings.Join(tlsa, "\n")
	return d
}

// shown are the "3 1 1" records of the keys that a host shows, each once.
func shown(h check.HostView) []string {
	var all []string
	for _, a := range h.Addresses {
		if len(a.Chain) > 0 && a.Chain[0].TLSA != "" && !slices.Contains(all, a.Chain[0].TLSA) {
			all = append(all, a.Chain[0].TLSA)
		}
	}
	return all
}

// secure tells whether the lookup of a host's TLSA records was, so that records
// there would count (RFC 7672 §2.2).
func secure(r check.Report, h check.HostView) bool {
	return slices.ContainsFunc(r.DNS, func(l check.LookupView) bool {
		return l.Name == h.TLSAName && l.Verdict.Status == dnssec.Secure
	})
}
