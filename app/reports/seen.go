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

// Failures are the details, the most sessions first: so many of them at most, or all for 0; and
// how many there are. Those of sts and of tlsa stand beside each other.
func (s *Set) Failures(f Filter, most int) (list []Failure, all int) {
	type of struct {
		row
		failed      uint64
		first, last int32
	}
	found := map[row]*of{}
	var ones []*of
	s.each(f, func(r *row) {
		if !r.detail {
			return
		}
		key := row{source: r.source, domain: r.domain, result: r.result, sendingIP: r.sendingIP, mx: r.mx, helo: r.helo, ip: r.ip, info: r.info, told: r.told,
			policy: s.texts.numbers[s.seen[r.policy].kind]}
		one := found[key]
		if one == nil {
			one = &of{row: key, first: r.day, last: r.day}
			ones = append(ones, one)
			found[key] = one
		}
		one.failed, one.first, one.last = one.failed+r.failed, min(one.first, r.day), max(one.last, r.day)
	})
	breathe := s.now(compared)
	sort.Slice(ones, func(i, j int) bool {
		breathe()
		a, b := ones[i], ones[j]
		if a.failed != b.failed {
			return a.failed > b.failed
		}
		return s.texts.before(a.names(), b.names())
	})
	if most == 0 || most > len(ones) {
		most = len(ones)
	}
	for _, one := range ones[:most] {
		breathe()
		list = append(list, Failure{
			Source: s.texts.text(one.source), Domain: s.texts.text(one.domain), PolicyType: s.texts.text(one.policy), First: dayText(one.first), Last: dayText(one.last),
			FailureDetail: tlsrpt.FailureDetail{
				Result: s.texts.text(one.result), SendingIP: s.texts.text(one.sendingIP), ReceivingMX: s.texts.text(one.mx), ReceivingHELO: s.texts.text(one.helo),
				ReceivingIP: s.texts.text(one.ip), Failed: one.failed, Information: s.texts.text(one.info), Reason: s.texts.text(one.told),
			},
		})
	}
	return list, len(ones)
}

// compared is how many comparisons there are between two breaths.
const compared = 4096

// now gives what breathes with each of so many calls.
func (s *Set) now(each int) func() {
	n := 0
	return func() {
		if n++; n%each == 0 && s.Breathe != nil {
			s.Breathe()
		}
	}
}

// names are the texts of a failure by which equal ones are in order.
func (r *row) names() [10]uint32 {
	return [...]uint32{r.source, r.domain, r.policy, r.result, r.mx, r.sendingIP, r.ip, r.told, r.helo, r.info}
}

// before tells whether texts come before others.
func (t *texts) before(a, b [10]uint32) bool {
	for i := range a {
		if a[i] != b[i] {
			return t.text(a[i]) < t.text(b[i])
		}
	}
	return false
}
