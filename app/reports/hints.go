package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
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

// Hint is something that stands out for a domain, whatever a filter for results says.
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
	days      extent
	failing   extent          // days with failures
	receivers map[uint32]bool // receiving-ip of failures; at most two
	senders   map[uint32]bool // sending-mta-ip of failures; at most two
	policies  map[uint32]extent
}

// extent is from which day to which; the zero extent is none.
type extent struct {
	first, last int32
	any         bool
}

func (e extent) with(day int32) extent {
	if !e.any {
		return extent{day, day, true}
	}
	return extent{min(e.first, day), max(e.last, day), true}
}

// Hints gives what stands out, the worst first, then by failures.
func (s *Set) Hints(f Filter) (all []Hint) {
	f.Result = "" // what stands out does so among all
	domains := map[uint32]*observed{}
	found := map[hinted]spell{}
	note := func(h hinted, failed uint64, day int32) {
		of, known := found[h]
		if !known {
			of.first, of.last = day, day
		}
		found[h] = spell{of.failed + failed, min(of.first, day), max(of.last, day)}
	}
	testing, allowed := map[uint32]bool{}, map[[2]uint32]bool{}
	s.each(f, func(r *row) {
		d := domains[r.domain]
		if d == nil {
			d = &observed{receivers: map[uint32]bool{}, senders: map[uint32]bool{}, policies: map[uint32]extent{}}
			domains[r.domain] = d
		}
		d.add(r)
		d.days = d.days.with(r.day)
		kind := s.texts.text(s.seen[r.policy].kind)
		failed := r.failed > 0
		if failed {
			d.failing = d.failing.with(r.day)
		}
		if !r.detail {
			if kind == "sts" {
				d.policies[r.policy] = d.policies[r.policy].with(r.day)
				is, known := testing[r.policy]
				if !known {
					is = s.seen[r.policy].testing()
					testing[r.policy] = is
				}
				if is && failed {
					note(hinted{FailureInTesting, r.domain, 0}, r.failed, r.day)
				}
			}
			switch {
			case kind == "no-policy-found":
				note(hinted{PolicyNotFound, r.domain, r.source}, 0, r.day)
			case r.failed > 1 && r.successful == 0: // one is no outage
				note(hinted{AllFailed, r.domain, r.source}, r.failed, r.day)
			}
			return
		}
		few(d.receivers, r.ip)
		few(d.senders, r.sendingIP)
		if kind != "sts" || r.mx == 0 || s.texts.text(r.result) != "validation-failure" {
			return
		}
		key := [2]uint32{r.policy, r.mx}
		is, known := allowed[key]
		if !known {
			is = s.seen[r.policy].allows(s.texts.text(r.mx))
			allowed[key] = is
		}
		if !is {
			note(hinted{MXMismatch, r.domain, r.mx}, r.failed, r.day)
		}
	})
	for domain, d := range domains {
		s.stands(domain, d, note)
	}
	for h, of := range found {
		if h.kind == PolicyNotFound && len(domains[h.domain].policies) == 0 {
			continue // nobody found one
		}
		all = append(all, Hint{h.kind, s.texts.text(h.domain), s.texts.text(h.subject), of.failed, dayText(of.first), dayText(of.last)})
	}
	breathe := s.now(compared)
	slices.SortFunc(all, func(a, b Hint) int {
		breathe()
		return cmp.Or(slices.Index(hintKinds, a.Kind)-slices.Index(hintKinds, b.Kind), cmp.Compare(b.Failed, a.Failed),
			strings.Compare(a.Domain, b.Domain), strings.Compare(a.Subject, b.Subject))
	})
	return all
}

// few keeps at most two texts: all that is asked is whether there is one.
func few(texts map[uint32]bool, text uint32) {
	if len(texts) < 2 {
		texts[text] = true
	}
}

// stands notes what stands out in all that is said of a domain.
func (s *Set) stands(domain uint32, d *observed, note func(hinted, uint64, int32)) {
	c := d.counts()
	whole := func(kind HintKind, subject uint32, failed uint64, days extent) {
		note(hinted{kind, domain, subject}, failed, days.first)
		note(hinted{kind, domain, subject}, 0, days.last)
	}
	one := func(kind HintKind, texts map[uint32]bool) {
		for text := range texts {
			if len(texts) == 1 && text != 0 && c.Detailed > 1 && c.Successful > 0 {
				whole(kind, text, c.Detailed, d.failing)
			}
		}
	}
	one(OneReceiver, d.receivers)
	one(OneSender, d.senders)
	if all := c.Successful + c.Failed; c.Failed > 0 && all/c.Failed > 100 {
		whole(Sporadic, 0, c.Failed, d.failing)
	}
	if !d.failing.any || d.failing.first-d.days.first < 2 || d.days.first == noDay {
		return // of the days before, too little is known
	}
	for _, days := range d.policies {
		if days.first == d.failing.first {
			whole(StartsWithChange, 0, max(c.Failed, c.Detailed), d.failing)
			return
		}
	}
}

// testing tells whether an sts policy was one of mode testing (RFC 8461 §3.2).
func (p *seen) testing() bool {
	for _, line := range p.lines {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "mode" {
			return strings.TrimSpace(value) == "testing"
		}
	}
	return false
}

// allows tells whether an sts policy lists a host (RFC 8461 §4.1); of one whose patterns
// were not told, nobody can say that it doesn't.
func (p *seen) allows(mx string) bool {
	patterns := slices.Clone(p.hosts)
	for _, line := range p.lines {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "mx" {
			patterns = append(patterns, strings.TrimSpace(value))
		}
	}
	host, err := dnsname.Parse(mx)
	if err != nil || len(patterns) == 0 {
		return true
	}
	return slices.ContainsFunc(patterns, func(text string) bool {
		pattern, _ := mtasts.ParsePattern(text)
		return pattern.Matches(host)
	})
}
