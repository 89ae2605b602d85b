package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// HintKind is what stands out in reports; its words are in package locale.
type HintKind string

// What stands out, the worst first.
const (
	MXMismatch       HintKind = "mx-mismatch"        // a host that the sender's policy doesn't list (RFC 8461 §4.1)
	AllFailed        HintKind = "all-failed"         // a source that got no session through on a day
	FailureInTesting HintKind = "failure-in-testing" // enforced, the policy would have kept mail back (RFC 8461 §5)
	StartsWithChange HintKind = "starts-with-change" // failures from the day on which another policy was seen
	OneReceiver      HintKind = "single-ip"          // all failures met one address
	OneSender        HintKind = "single-sender-ip"   // all failures came from one address
	PolicyNotFound   HintKind = "no-policy-found"    // a source found none while others did
	Sporadic         HintKind = "sporadic"           // less than one in a hundred
)

var hintKinds = []HintKind{MXMismatch, AllFailed, FailureInTesting, StartsWithChange, OneReceiver, OneSender, PolicyNotFound, Sporadic}

// HintKinds are all kinds, the worst first.
func HintKinds() []HintKind { return slices.Clone(hintKinds) }

// Hint is something that stands out for a domain.
type Hint struct {
	Kind   HintKind `json:"kind"`
	Domain string   `json:"domain"` // policy-domain
	// Subject is the host, the address, or the source.
	Subject string `json:"subject,omitempty"`
	Failed  uint64 `json:"failed,omitempty"` // sessions
	// First and Last are the days between which it was so.
	First string `json:"first"`
	Last  string `json:"last"`
}

// hinted is a Hint while it is made.
type hinted struct {
	kind            HintKind
	domain, subject uint32
}

// observed is what a domain's rows have in common.
type observed struct {
	sums
	first     int32            // day
	failing   spell            // days with failures
	receivers map[uint32]bool  // receiving-ip of failures; at most two
	senders   map[uint32]bool  // sending-mta-ip of failures; at most two
	policies  map[string]int32 // the first day of each, by its lines
	finders   map[uint32]int32 // sources that saw one, and their first days
}

// daily is what a source says of a domain for a day.
type daily struct {
	domain, source uint32
	day            int32
}

// hinter looks at the rows one by one.
type hinter struct {
	s       *Set
	domains map[uint32]*observed
	days    map[daily]sums
	found   map[hinted]spell
	known   map[uint32]known // of policies
	allowed map[[2]uint32]bool
}

// policy gives what is known of one.
func (h *hinter) policy(n uint32) known {
	k, read := h.known[n]
	if !read {
		k = h.s.seen[n].read()
		h.known[n] = k
	}
	return k
}

func (h *hinter) note(what hinted, failed uint64, day int32) {
	h.found[what] = h.found[what].with(failed, day)
}

// Hints gives what stands out, the worst first, then by failures.
func (s *Set) Hints(f Filter) (all []Hint) {
	f.Result = "" // what stands out does so among all
	h := &hinter{s, map[uint32]*observed{}, map[daily]sums{}, map[hinted]spell{}, map[uint32]known{}, map[[2]uint32]bool{}}
	s.each(f, h.look)
	breathe := s.now(compared)
	for key, of := range h.days {
		breathe()
		if of.successful <= 0 && of.failed > 1 && key.day != noDay { // one is no outage
			h.note(hinted{AllFailed, key.domain, key.source}, uint64(of.failed), key.day)
		}
	}
	for domain, d := range h.domains {
		breathe()
		d.stands(domain, h.found)
	}
	for what, of := range h.found {
		if what.kind == PolicyNotFound && !h.domains[what.domain].foundBefore(of.last, what.subject) {
			continue
		}
		all = append(all, Hint{what.kind, s.texts.text(what.domain), s.texts.text(what.subject), of.failed, dayText(of.first), dayText(of.last)})
	}
	slices.SortFunc(all, func(a, b Hint) int {
		breathe()
		return cmp.Or(slices.Index(hintKinds, a.Kind)-slices.Index(hintKinds, b.Kind), cmp.Compare(b.Failed, a.Failed),
			strings.Compare(a.Domain, b.Domain), strings.Compare(a.Subject, b.Subject))
	})
	return all
}

func (h *hinter) look(r *row) {
	d := h.domains[r.domain]
	if d == nil {
		d = &observed{first: r.day, receivers: map[uint32]bool{}, senders: map[uint32]bool{}, policies: map[string]int32{}, finders: map[uint32]int32{}}
		h.domains[r.domain] = d
	}
	d.add(r)
	d.first = earlier(d.first, r.day)
	if r.failed > 0 {
		d.failing = d.failing.with(r.failed, r.day)
	}
	kind := h.s.texts.text(h.s.seen[r.policy].kind)
	switch {
	case !r.detail:
		h.summary(d, r, kind)
	case r.failed > 0:
		few(d.receivers, r.ip)
		few(d.senders, r.sendingIP)
		if kind == "sts" && r.mx != 0 && h.s.texts.text(r.result) == "validation-failure" && !h.allows(r) {
			h.note(hinted{MXMismatch, r.domain, r.mx}, r.failed, r.day)
		}
	}
}

// summary looks at the summary of a policy of a kind.
func (h *hinter) summary(d *observed, r *row, kind string) {
	key := daily{r.domain, r.source, r.day}
	of := h.days[key]
	of.add(r)
	h.days[key] = of
	if kind == "no-policy-found" {
		h.note(hinted{PolicyNotFound, r.domain, r.source}, 0, r.day)
		return
	}
	since(d.finders, r.source, r.day)
	if kind != "sts" {
		return
	}
	k := h.policy(r.policy)
	if k.told != "" {
		since(d.policies, k.told, r.day)
	}
	if k.testing && r.failed > 0 {
		h.note(hinted{FailureInTesting, r.domain, 0}, r.failed, r.day)
	}
}

// allows tells whether the policy of a detail lists its host.
func (h *hinter) allows(r *row) bool {
	key := [2]uint32{r.policy, r.mx}
	is, known := h.allowed[key]
	if !known {
		is = h.policy(r.policy).allows(h.s.texts.text(r.mx))
		h.allowed[key] = is
	}
	return is
}

// few keeps at most two texts: all that is asked is whether there is one.
func few(texts map[uint32]bool, text uint32) {
	if len(texts) < 2 {
		texts[text] = true
	}
}

// since keeps the first day of something.
func since[K comparable](days map[K]int32, what K, day int32) {
	if first, known := days[what]; known {
		day = earlier(first, day)
	}
	days[what] = day
}

// foundBefore tells whether a policy was seen on that day or before, by another source.
func (d *observed) foundBefore(day int32, source uint32) bool {
	for finder, first := range d.finders {
		if finder != source && first <= day {
			return true
		}
	}
	return false
}

// stands notes what stands out in all that is said of a domain.
func (d *observed) stands(domain uint32, found map[hinted]spell) {
	c := d.counts()
	failed := max(c.Failed, c.Detailed)
	whole := func(kind HintKind, subject uint32) {
		found[hinted{kind, domain, subject}] = spell{failed, d.failing.first, d.failing.last, true}
	}
	one := func(kind HintKind, texts map[uint32]bool) {
		for text := range texts {
			if len(texts) == 1 && text != 0 && c.Detailed > 1 && c.Detailed >= c.Failed && c.Successful > 0 {
				whole(kind, text)
			}
		}
	}
	one(OneReceiver, d.receivers)
	one(OneSender, d.senders)
	if all := c.Successful + c.Failed; failed > 0 && failed < all/100+min(all%100, 1) {
		whole(Sporadic, 0)
	}
	if !d.failing.any || d.first == noDay || d.failing.first-d.first < 2 {
		return // of the days before, too little is known
	}
	since, before := false, false
	for _, first := range d.policies {
		since = since || first == d.failing.first
		before = before || first < d.failing.first
	}
	if since && before {
		whole(StartsWithChange, 0)
	}
}

// known is what can be made out of an sts policy that was seen.
type known struct {
	told    string // as it is meant, for comparing; "" where a report doesn't tell all of it
	testing bool
	mx      []mtasts.Pattern
}

// read reads the lines as a policy (RFC 8461 §3.2), and mx-host.
func (p *seen) read() (k known) {
	policy, diagnostics := mtasts.ParsePolicy([]byte(strings.Join(p.lines, "\n") + "\n"))
	if syntax.Valid(diagnostics) {
		slices.SortFunc(policy.MX, func(a, b mtasts.Pattern) int { return strings.Compare(a.Name.String(), b.Name.String()) }) // their order says nothing
		k.told = policy.String()
	}
	k.testing, k.mx = policy.Mode == mtasts.ModeTesting, policy.MX
	for _, host := range p.hosts {
		pattern, _ := mtasts.ParsePattern(host)
		k.mx = append(k.mx, pattern)
	}
	return k
}

// allows tells whether the policy lists a host (RFC 8461 §4.1); of one whose patterns were
// not told, nobody can say that it doesn't.
func (k known) allows(mx string) bool {
	host, err := dnsname.Parse(mx)
	return err != nil || len(k.mx) == 0 || slices.ContainsFunc(k.mx, func(p mtasts.Pattern) bool { return p.Matches(host) })
}
