package reports

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/sealane/sealane/app/tlsrpt"
)

// Policy is a policy that senders saw, with the sessions under it as reported.
type Policy struct {
	Type    string   `json:"type"`
	Domain  string   `json:"domain"`
	Strings []string `json:"strings"`
	MXHosts []string `json:"mxHosts,omitempty"`
	// Sources are the organisations that saw it; First and Last the days on which.
	Sources []string `json:"sources"`
	First   string   `json:"first"`
	Last    string   `json:"last"`
	Counts
}

// Policies are those seen, those of the last days first.
func (s *Set) Policies(f Filter) []Policy {
	type of struct {
		counts      Counts
		first, last int32
		sources     map[uint32]bool
	}
	found := map[uint32]*of{}
	s.each(f, func(r *row) {
		p := found[r.policy]
		if p == nil {
			p = &of{first: r.day, last: r.day, sources: map[uint32]bool{}}
			found[r.policy] = p
		}
		p.first, p.last, p.sources[r.source] = min(p.first, r.day), max(p.last, r.day), true
		if r.detail {
			p.counts.Detailed += r.failed
		} else {
			p.counts.Successful, p.counts.Failed = p.counts.Successful+r.successful, p.counts.Failed+r.failed
		}
	})
	var all []Policy
	for n, p := range found {
		was := s.seen[n]
		one := Policy{Type: was.kind, Domain: was.domain, Strings: was.lines, MXHosts: was.hosts, First: dayText(p.first), Last: dayText(p.last), Counts: p.counts}
		for source := range p.sources {
			one.Sources = append(one.Sources, s.texts.text(source))
		}
		slices.Sort(one.Sources)
		all = append(all, one)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return cmp.Or(strings.Compare(b.Last, a.Last), strings.Compare(a.Domain, b.Domain), strings.Compare(a.Type, b.Type),
			strings.Compare(b.First, a.First), slices.Compare(a.Strings, b.Strings), slices.Compare(a.MXHosts, b.MXHosts)) < 0
	})
	return all
}

// Failure is a failure detail, summed over the days, as reported.
type Failure struct {
	Source     string `json:"source"` // organisation
	Domain     string `json:"domain"`
	PolicyType string `json:"policyType"`
	First      string `json:"first"` // day
	Last       string `json:"last"`
	tlsrpt.FailureDetail
}

// Failures are the details, the most sessions first. Those of sts and of tlsa stand beside
// each other.
func (s *Set) Failures(f Filter) []Failure {
	type of struct {
		failed      uint64
		first, last int32
	}
	found := map[row]*of{}
	s.each(f, func(r *row) {
		if !r.detail {
			return
		}
		key := row{source: r.source, domain: r.domain, result: r.result, sendingIP: r.sendingIP, mx: r.mx, helo: r.helo, ip: r.ip, info: r.info, told: r.told,
			policy: s.texts.numbers[s.seen[r.policy].kind]}
		one := found[key]
		if one == nil {
			one = &of{first: r.day, last: r.day}
			found[key] = one
		}
		one.failed, one.first, one.last = one.failed+r.failed, min(one.first, r.day), max(one.last, r.day)
	})
	var all []Failure
	for key, one := range found {
		all = append(all, Failure{
			Source: s.texts.text(key.source), Domain: s.texts.text(key.domain), PolicyType: s.texts.text(key.policy), First: dayText(one.first), Last: dayText(one.last),
			FailureDetail: tlsrpt.FailureDetail{
				Result: s.texts.text(key.result), SendingIP: s.texts.text(key.sendingIP), ReceivingMX: s.texts.text(key.mx), ReceivingHELO: s.texts.text(key.helo),
				ReceivingIP: s.texts.text(key.ip), Failed: one.failed, Information: s.texts.text(key.info), Reason: s.texts.text(key.told),
			},
		})
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), strings.Compare(a.Source, b.Source), strings.Compare(a.Domain, b.Domain), strings.Compare(a.PolicyType, b.PolicyType),
			strings.Compare(a.Result, b.Result), strings.Compare(a.ReceivingMX, b.ReceivingMX), strings.Compare(a.SendingIP, b.SendingIP), strings.Compare(a.ReceivingIP, b.ReceivingIP),
			strings.Compare(a.Reason, b.Reason), strings.Compare(a.ReceivingHELO, b.ReceivingHELO), strings.Compare(a.Information, b.Information)) < 0
	})
	return all
}
