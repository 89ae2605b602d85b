package reports

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// Filter narrows the views; the zero Filter lets all through.
type Filter struct {
	// From and To are days, both included, as "2024-05-23"; "" for no limit. A report
	// belongs to the UTC day in which its range begins.
	From, To string
	Domain   string // policy-domain
	Source   string // an organisation, or a sending-mta-ip
	Result   string // result-type
}

// By is what a view sums by; its words are in package locale.
type By string

// What views sum by; a Group's Key is what stands behind it.
const (
	ByResult      By = "result"     // result-type
	BySource      By = "source"     // organization-name
	BySendingIP   By = "sending-ip" // sending-mta-ip; Group.Within is the organisation
	ByReceivingMX By = "mx"         // receiving-mx-hostname
	ByDay         By = "day"        // "2024-05-23", "" when the report tells no time
	ByDomain      By = "domain"     // policy-domain
)

// Counts are sums of sessions.
type Counts struct {
	Successful uint64 `json:"successful"` // total-successful-session-count
	Failed     uint64 `json:"failed"`     // total-failure-session-count
	Detailed   uint64 `json:"detailed"`   // failed-session-count of the details: need not be Failed
}

// Group is a line of a view.
type Group struct {
	Key    string `json:"key"`
	Within string `json:"within,omitempty"`
	Counts
	// Results are the detailed sessions by result-type, the most first: the bars.
	Results []Result `json:"results,omitempty"`
}

// Result is how many sessions failed in which way.
type Result struct {
	Type   string `json:"type"`
	Failed uint64 `json:"failed"`
}

// dayText writes a day, "" for none.
func dayText(day int32) string {
	if day == noDay {
		return ""
	}
	return time.Unix(int64(day)*24*60*60, 0).UTC().Format(time.DateOnly)
}

// each gives the rows that a filter lets through.
func (s *Set) each(f Filter, visit func(r *row)) {
	domain, result := s.texts.numbers[name(f.Domain)], s.texts.numbers[f.Result]
	source := s.texts.numbers[f.Source]
	from, to := dayNumber(f.From, noDay), dayNumber(f.To, 1<<31-1)
	if f.Domain != "" && domain == 0 || f.Result != "" && result == 0 || f.Source != "" && source == 0 {
		return
	}
	for _, rows := range s.rows.blocks {
		if s.Breathe != nil {
			s.Breathe()
		}
		for i := range rows {
			r := &rows[i]
			if r.day == noDay && (f.From != "" || f.To != "") || r.day < from || r.day > to || domain != 0 && r.domain != domain || result != 0 && (!r.detail || r.result != result) ||
				source != 0 && r.source != source && (!r.detail || r.sendingIP != source) {
				continue
			}
			visit(r)
		}
	}
}

// dayNumber reads a day of a filter.
func dayNumber(s string, otherwise int32) int32 {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return otherwise
	}
	return int32(at.Unix() / (24 * 60 * 60))
}

// sums are Counts while they are made: below 0 until what is told twice is settled.
type sums struct{ successful, failed, detailed int64 }

func (c *sums) add(r *row) {
	if r.detail {
		c.detailed = plus(c.detailed, r.addFailed)
		return
	}
	c.successful, c.failed = plus(c.successful, r.addSuccessful), plus(c.failed, r.addFailed)
}

func (c sums) counts() Counts {
	return Counts{uint64(max(c.successful, 0)), uint64(max(c.failed, 0)), uint64(max(c.detailed, 0))}
}

// Total sums all that the filter lets through.
//
// Entries of a report for an sts and for a tlsa policy of the same domain are two views of the
// same sessions, as Microsoft writes them: of sessions in all, of failures, and of each kind of
// detail, the larger figure counts. So a session that both policies failed counts once, and
// one that either failed counts; where different sessions failed under each, it is too
// few. Policies and Failures show both as reported.
//
// A filter for a result or a sending address leaves the summaries out, which tell of
// neither: Successful and Failed are 0 then. So they are in groups by result, sending
// address and MX.
func (s *Set) Total(f Filter) Counts {
	var all sums
	s.each(f, all.add)
	return all.counts()
}

// key gives the group of a row; false for rows that the view leaves out.
func (r *row) key(by By) (key groupKey, ok bool) {
	switch by {
	case ByResult:
		return groupKey{r.result, 0}, r.detail
	case BySendingIP:
		return groupKey{r.sendingIP, r.source}, r.detail
	case ByReceivingMX:
		return groupKey{r.mx, 0}, r.detail
	case ByDay:
		return groupKey{uint32(r.day), 0}, true
	case ByDomain:
		return groupKey{r.domain, 0}, true
	}
	return groupKey{r.source, 0}, true
}

// groupKey is a text, or a day, and within which text.
type groupKey struct{ of, within uint32 }

// group is a Group while it is made.
type group struct {
	groupKey
	sums
	results tally
}

// tally is how much there is of each text: mostly of few.
type tally struct {
	few  []counted
	many map[uint32]int64
}

type counted struct {
	text uint32
	n    int64
}

// add adds to a text's.
func (t *tally) add(text uint32, n int64) {
	for i := range t.few {
		if t.few[i].text == text {
			t.few[i].n = plus(t.few[i].n, n)
			return
		}
	}
	if len(t.few) < 16 {
		t.few = append(t.few, counted{text, n})
		return
	}
	if t.many == nil {
		t.many = map[uint32]int64{}
	}
	t.many[text] = plus(t.many[text], n)
}

// results gives a tally, the most first.
func (s *Set) results(t *tally, breathe func()) (all []Result) {
	for _, c := range t.few {
		all = append(all, Result{s.texts.text(c.text), uint64(c.n)})
	}
	for text, n := range t.many {
		all = append(all, Result{s.texts.text(text), uint64(n)})
	}
	sort.Slice(all, func(i, j int) bool {
		breathe()
		a, b := &all[i], &all[j]
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), strings.Compare(a.Type, b.Type)) < 0
	})
	return all
}

// grouped sums rows by a key.
func (s *Set) grouped(by By, f Filter) (all []*group) {
	places := map[groupKey]*group{}
	var last *group // rows of a report have much in common
	s.each(f, func(r *row) {
		key, ok := r.key(by)
		if !ok {
			return
		}
		if last == nil || last.groupKey != key {
			if last = places[key]; last == nil {
				last = &group{groupKey: key}
				places[key], all = last, append(all, last)
			}
		}
		last.add(r)
		if r.detail && r.addFailed > 0 {
			last.results.add(r.result, r.addFailed)
		}
	})
	return all
}

// Sum gives the groups of a view: days in order; all others by failures, the most
// first, then by successes, then by key.
func (s *Set) Sum(by By, f Filter) []Group {
	var all []Group
	breathe := s.now(compared)
	for _, g := range s.grouped(by, f) {
		breathe()
		all = append(all, Group{Key: s.texts.textOf(g.of, by), Within: s.texts.text(g.within), Counts: g.counts(), Results: s.results(&g.results, breathe)})
	}
	sort.Slice(all, func(i, j int) bool {
		breathe()
		a, b := &all[i], &all[j]
		order := cmp.Or(cmp.Compare(b.Detailed, a.Detailed), cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Successful, a.Successful))
		if by == ByDay {
			order = 0
		}
		return cmp.Or(order, strings.Compare(a.Key, b.Key), strings.Compare(a.Within, b.Within)) < 0
	})
	return all
}

// textOf writes the key of a group.
func (t *texts) textOf(n uint32, by By) string {
	if by == ByDay {
		return dayText(int32(n))
	}
	return t.text(n)
}

// Choices are what filters can choose from, sorted.
func (s *Set) Choices() (domains, sources, results []string) {
	for to, by := range map[*[]string]By{&domains: ByDomain, &sources: BySource, &results: ByResult} {
		for _, g := range s.Sum(by, Filter{}) {
			if g.Key != "" {
				*to = append(*to, g.Key)
			}
		}
		slices.Sort(*to)
	}
	return domains, sources, results
}
