package explain

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/probe"
)

// Weigh holds each cause of a match against a check of its domain. A cause is struck
// only when all that would show it was looked at; a check of another domain, or one
// that isn't done, strikes nothing.
func Weigh(m Match, r check.Report) []Weighed {
	all := make([]Weighed, len(m.Causes))
	s := scale{m, &r}
	for i, c := range m.Causes {
		all[i].Cause = c
		if !m.Domain.IsZero() && m.Domain != r.Domain {
			continue
		}
		all[i].Findings = s.showing(c)
		switch {
		case len(all[i].Findings) > 0:
			all[i].State = Holds
		case s.struck(c):
			all[i].State = Struck
		}
	}
	return all
}

// scale is what causes are weighed with.
type scale struct {
	match  Match
	report *check.Report
}

// showing gives the findings that show a cause: those of its codes, but for those
// about another mail host than the text's.
func (s scale) showing(c Cause) []check.Finding {
	var found []check.Finding
	for _, f := range s.report.Findings {
		if slices.Contains(c.Codes, f.Code) && s.concerns(f.Subject) {
			found = append(found, f)
		}
	}
	return found
}

// concerns tells whether a subject may be what the text is about: any, but for
// another of the domain's hosts where the text names one of them.
func (s scale) concerns(subject string) bool {
	name, _, _ := strings.Cut(subject, " ")
	own := s.match.Host.String()
	return name == own || name == s.report.Domain.String() || !s.has(own) || !s.has(name)
}

// has tells whether the domain has a mail host of that name.
func (s scale) has(name string) bool {
	return slices.ContainsFunc(s.report.Hosts, func(h check.HostView) bool { return name != "" && h.Host.String() == name })
}

// struck tells whether what would show a cause was looked at. Codes that need an
// earlier check only say more of what others show too, and decide nothing.
func (s scale) struck(c Cause) bool {
	looked := false
	for _, code := range c.Codes {
		entry, known := code.Lookup()
		if entry.History {
			continue
		}
		if !known || s.open(entry) {
			return false
		}
		looked = true
	}
	return looked
}

// open tells whether the absence of a code says nothing: what would show it was not
// looked at, or it would be left out as a symptom of what was found.
func (s scale) open(entry check.Entry) bool {
	r := s.report
	if !r.Progress.Done || r.Blind || r.Domain.IsZero() || s.unlooked(entry.Code.Group()) {
		return true
	}
	for _, f := range r.Findings {
		if slices.Contains(entry.DependsOn, f.Code) {
			return true
		}
	}
	return false
}

// unlooked tells whether something of what a group of codes is about was not seen.
func (s scale) unlooked(group string) bool {
	r := s.report
	switch group {
	case "dns", "dnssec":
		return s.missed("not-checked.dns")
	case "sts-record":
		return unread(r.Record.State)
	case "tlsrpt-record":
		return unread(r.TLSRPT.State)
	case "sts-policy-fetch":
		return r.Policy.State == check.Pending || r.Policy.State == check.Blind || unread(r.Record.State)
	case "sts-policy":
		return r.Policy.Fetched == nil || r.Policy.State != check.Found || r.Policy.Fetched.Policy.Failure != nil
	case "sts-mx":
		return !r.Policy.Usable || len(r.Hosts) == 0 || s.missed("not-checked.dns-unavailable")
	}
	return len(r.Hosts) == 0 || slices.ContainsFunc(r.Hosts, func(h check.HostView) bool {
		return s.concerns(h.Host.String()) && s.unseen(h, group)
	})
}

// unread tells whether a lookup's answer isn't there.
func unread(s check.LookupState) bool {
	return s == check.Pending || s == check.Blind || s == check.Failed
}

// missed tells whether something was not looked at, for a reason of this kind.
func (s scale) missed(prefix string) bool {
	return slices.ContainsFunc(s.report.NotChecked, func(n check.NotChecked) bool { return strings.HasPrefix(n.Key, prefix) })
}

// unseen tells whether something of what a group of codes is about was not seen of a
// host: its TLSA records, or how any of its addresses answers, and with what.
func (s scale) unseen(h check.HostView, group string) bool {
	switch group {
	case "tlsa":
		return h.TLSAState != check.Found && h.TLSAState != check.NoData && h.TLSAState != check.NXDomain || s.missed("not-checked.dns")
	case "dane":
		if s.unseen(h, "tlsa") {
			return true
		}
	}
	if !h.Probed || h.Failure != nil || len(h.Addresses) == 0 {
		return true
	}
	return slices.ContainsFunc(h.Addresses, func(a check.AddressView) bool {
		f := a.Probe.Failure
		if group == "starttls" {
			return f != nil && (f.Class.Own() || len(a.Probe.Dialogue) == 0 && f.Class != probe.ConnectRefused && f.Class != probe.ConnectTimeout)
		}
		return f != nil || len(a.Chain) == 0 // tls, cert, dane
	})
}
