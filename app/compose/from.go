package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// From fills a draft from a check: the mail hosts that the domain has, under the
// patterns that their providers give, and what is published already, as far as it
// is right. A policy that is new begins in testing (RFC 8461 §5), and one that a
// company hosts stays with it. TLSA records stay where they hold, and are made of
// the certificates that are shown where there are none for them, if DNSSEC would
// vouch for them and nobody else runs the host.
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
	record, policy := alias(r, r.Domain.Child(recordLabel)), alias(r, r.Domain.Child(hostLabel))
	switch p := r.Policy; {
	case r.Record.Valid && record != "" && policy != "":
		d[FieldHostedRecord], d[FieldHostedPolicy] = record, policy
	case len(patterns) > 0:
		d[FieldMode], d[FieldMX] = mtasts.ModeTesting.String(), strings.Join(patterns, "\n")
		if !p.Usable || p.Value.Mode == mtasts.ModeNone {
			break
		}
		d[FieldMode], d[FieldWeb] = p.Value.Mode.String(), policy
		if p.Value.MaxAge >= minMaxAge {
			d[FieldMaxAge] = strconv.FormatUint(uint64(p.Value.MaxAge), 10)
		}
	}
	if r.TLSRPT.Valid {
		if d[FieldHostedReport] = alias(r, r.Domain.Child(reportLabel)); d[FieldHostedReport] == "" {
			d[FieldRUA] = strings.Join(r.TLSRPT.Value.RUA, "\n")
		}
	}
	var tlsa []string
	for _, h := range r.Hosts {
		base, ok := base(r, h)
		if !ok || check.ProviderName(h.Host) != "" {
			continue
		}
		place := base.String()
		if owner := Place(r, h); owner != h.TLSAName {
			place += " " + owner.String()
		}
		for _, record := range associations(h) {
			if line := place + " " + record; !slices.Contains(tlsa, line) {
				tlsa = append(tlsa, line)
			}
		}
	}
	d[FieldTLSA] = strings.Join(tlsa, "\n")
	return d
}

// alias gives where an alias leads, without the final dot; "" where there is none.
func alias(r check.Report, owner dnsname.Name) string {
	for _, l := range r.DNS {
		for _, line := range l.Text {
			if name, target, found := strings.Cut(line, " IN CNAME "); found && l.Name == owner && strings.HasPrefix(name, owner.FQDN()+" ") {
				return strings.TrimSuffix(target, ".")
			}
		}
	}
	return ""
}

// Place is where the TLSA records of a mail host stand: at its own name, or where an
// alias there leads (RFC 7671 §7).
func Place(r check.Report, h check.HostView) dnsname.Name {
	for _, l := range r.DNS {
		if l.Name != h.TLSAName || l.CD || l.Name.IsZero() {
			continue
		}
		for _, line := range l.Text {
			owner, _, _ := strings.Cut(line, " ")
			if name, err := dnsname.Parse(owner); err == nil && strings.Contains(line, " IN TLSA ") {
				return name
			}
		}
	}
	return h.TLSAName
}

// associations are a host's TLSA records: those it has, where one of them holds at
// all, and a "3 1 1" for each key that it shows and none of them holds for.
func associations(h check.HostView) []string {
	var kept []dane.TLSA
	if slices.ContainsFunc(h.TLSA, func(t check.TLSAView) bool { return len(t.MatchesAt) > 0 }) {
		for _, t := range h.TLSA {
			if t.Unusable == "" {
				kept = append(kept, t.Record)
			}
		}
	}
	var chains [][][]byte
	for _, a := range h.Addresses {
		chains = check.AddChains(chains, a.Probe)
	}
	for _, chain := range chains {
		if slices.ContainsFunc(kept, func(t dane.TLSA) bool { return holds(t, chain) }) {
			continue
		}
		if t, err := dane.Derive(chain[0], dane.DANEEE, dane.SPKISelector, dane.SHA256); err == nil && !slices.ContainsFunc(kept, t.Equal) {
			kept = append(kept, t)
		}
	}
	var all []string
	for _, t := range kept {
		all = append(all, t.String())
	}
	return all
}

// holds tells whether a record is of a chain: of the server's own certificate, or
// with DANE-TA of one above it (RFC 7672 §3.1).
func holds(t dane.TLSA, chain [][]byte) bool {
	if t.Usage == dane.DANEEE {
		chain = chain[:1]
	}
	return slices.ContainsFunc(chain, t.Selects)
}

// base gives where a host's TLSA records belong: where they are; without any where
// its aliases end, if all of them are signed, else at its own name (RFC 7671 §7). It
// is false where DNSSEC would not vouch for them (RFC 7672 §2.2).
func base(r check.Report, h check.HostView) (dnsname.Name, bool) {
	secure := func(name dnsname.Name) bool {
		return slices.ContainsFunc(r.DNS, func(l check.LookupView) bool {
			return l.Name == name && l.Type == doh.TypeTLSA && !l.CD && l.Verdict.Status == dnssec.Secure
		})
	}
	if end := h.Expanded; h.TLSAState != check.Found && !end.IsZero() && secure(end.Child("_25._tcp")) {
		return end, true
	}
	return bare(h.TLSAName), !h.TLSAName.IsZero() && secure(h.TLSAName)
}
