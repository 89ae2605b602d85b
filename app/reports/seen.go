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
	var p *of
	before := row{} // rows of a report have much in common
	s.each(f, func(r *row) {
		if p == nil || r.policy != before.policy || r.source != before.source || r.day != before.day {
			if p = found[r.policy]; p == nil {
				p = &of{first: r.day, last: r.day, sources: map[uint32]bool{}}
				found[r.policy] = p
			}
			p.first, p.last, p.sources[r.source] = earlier(p.first, r.day), max(p.last, r.day), true
			before = *r
		}
		if r.detail {
			p.counts.Detailed = sum(p.counts.Detailed, r.failed)
		} else {
			p.counts.Successful, p.counts.Failed = sum(p.counts.Successful, r.successful), sum(p.counts.Failed, r.failed)
		}
	})
	var all []Policy
	for n, p := range found {
		was := s.seen[n]
		one := Policy{Type: s.texts.text(was.kind), Domain: was.domain, Strings: was.lines, MXHosts: was.hosts, First: dayText(p.first), Last: dayText(p.last), Counts: p.counts}
		for source := range p.sources {
			one.Sources = append(one.Sources, s.texts.text(source))
		}
		slices.Sort(one.Sources)
		all = append(all, one)
	}
	breathe := s.now(compared)
	sort.Slice(all, func(i, j int) bool {
		breathe()
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
	// Without pointers: of those, the garbage collector would go through a hundred thousands
	// while the page stands still.
	found := map[failureKey]spell{}
	s.each(f, func(r *row) {
		if !r.detail {
			return
		}
		key := failureKey{r.source, r.domain, s.seen[r.policy].kind, r.result, r.mx, r.sendingIP, r.ip, r.told, r.helo, r.info}
		found[key] = found[key].with(r.failed, r.day)
	})
	breathe := s.now(compared)
	if most == 0 {
		most = len(found)
	}
	for _, one := range s.foremost(found, most, breathe) {
		breathe()
		var t [len(one.failureKey)]string
		for i, n := range one.failureKey {
			t[i] = s.texts.text(n)
		}
		list = append(list, Failure{
			Source: t[0], Domain: t[1], PolicyType: t[2], First: dayText(one.first), Last: dayText(one.last),
			FailureDetail: tlsrpt.FailureDetail{Result: t[3], ReceivingMX: t[4], SendingIP: t[5], ReceivingIP: t[6], Reason: t[7], ReceivingHELO: t[8], Information: t[9], Failed: one.failed},
		})
	}
	return list, len(found)
}

// failureKey are the texts by which failures are told apart, and by which equal ones are in
// order.
type failureKey [10]uint32

// spell is how many sessions failed, and from which day to which; the zero spell is none.
type spell struct {
	failed      uint64
	first, last int32
	any         bool
}

// with is one with more sessions, of a day.
func (s spell) with(failed uint64, day int32) spell {
	if !s.any {
		return spell{failed, day, day, true}
	}
	return spell{sum(s.failed, failed), earlier(s.first, day), max(s.last, day), true}
}

// earlier is the first of two days, of which one may not be told.
func earlier(a, b int32) int32 {
	if a == noDay || b == noDay {
		return max(a, b)
	}
	return min(a, b)
}

// sum adds, and stops at the largest number there is.
func sum(a, b uint64) uint64 {
	if a+b < a {
		return 1<<64 - 1
	}
	return a + b
}

// failure is a Failure while it is made.
type failure struct {
	failureKey
	spell
}

// foremost gives so many as come first, in order: a list shows few of very many.
func (s *Set) foremost(found map[failureKey]spell, most int, breathe func()) (first []failure) {
	order := func(a, b failure) int {
		breathe()
		return cmp.Or(cmp.Compare(b.failed, a.failed), s.texts.compare(&a.failureKey, &b.failureKey))
	}
	cut := false // first[:most] is in order, and none is among them that comes behind its last
	for key, of := range found {
		one := failure{key, of}
		if cut && order(one, first[most-1]) > 0 {
			continue
		}
		if first = append(first, one); len(first) >= 2*most {
			slices.SortFunc(first, order)
			first, cut = first[:most], true
		}
	}
	slices.SortFunc(first, order)
	return first[:min(most, len(first))]
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

// compare orders texts.
func (t *texts) compare(a, b *failureKey) int {
	for i := range a {
		if a[i] != b[i] {
			return strings.Compare(t.text(a[i]), t.text(b[i]))
		}
	}
	return 0
}
