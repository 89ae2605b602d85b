package plan_test

import (
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// What follows knows nothing of how plans are made. It does what a plan says at
// some hour of the days that it gives, and keeps everything that any sender could
// still go by: each policy from when it is served until max_age after it was last
// served (RFC 8461 §3.2), each set of records from when it is published until a TTL
// after the slowest name server lets it go.

// slowest is how long a name server may serve what was changed.
const slowest = time.Hour

// lifetime is when something can be met.
type lifetime struct{ from, until time.Time }

// never is when what was not changed ends.
var never = start.AddDate(100, 0, 0)

func (l lifetime) meets(o lifetime) bool { return l.from.Before(o.until) && o.from.Before(l.until) }

// set is all records of one name and type, for a time.
type set struct {
	lifetime
	name     dnsname.Name
	typ      doh.Type
	data     []string
	ttls     []time.Duration // of each
	since    time.Time       // it was published
	implicit bool            // no record at all: the domain is its own mail server
}

// ttl is the longest of the records'.
func (s *set) ttl() (longest time.Duration) {
	for _, t := range s.ttls {
		longest = max(longest, t)
	}
	return longest
}

// rule is a policy that senders may hold.
type rule struct {
	lifetime
	policy mtasts.Policy
}

// key is a chain that a mail server shows.
type key struct {
	lifetime
	host  dnsname.Name
	chain [][]byte
}

// history is all that there ever was.
type history struct {
	domain dnsname.Name
	sets   []set
	rules  []rule
	keys   []key
	served string // the policy file
	// ended is when the old mail servers were allowed to stop, and which those are.
	ended  time.Time
	old    []dnsname.Name
	faults []string
}

// begin is the history of a world until the start. The policy that was served
// before, if any, was replaced just then, and the fresh records added.
func begin(w *world, before mtasts.Policy, fresh []compose.Record) *history {
	h := &history{domain: w.domain, served: w.file}
	long := start.AddDate(-2, 0, 0)
	for _, r := range w.records {
		h.set(r.Name, r.Type, long)
	}
	for _, r := range w.records {
		s := h.current(r.Name, r.Type)
		s.data, s.ttls = append(s.data, r.Data), append(s.ttls, time.Duration(r.TTL)*time.Second)
	}
	for _, r := range fresh {
		now := h.current(r.Name, r.Type)
		old := set{lifetime: lifetime{long, start.Add(slowest + now.ttl())}, name: r.Name, typ: r.Type}
		for i, data := range now.data {
			if !slices.ContainsFunc(fresh, func(f compose.Record) bool { return f.Name == r.Name && f.Data == data }) {
				old.data, old.ttls = append(old.data, data), append(old.ttls, now.ttls[i])
			}
		}
		h.sets = append(h.sets, old)
	}
	if w.file != "" {
		h.serve(w.file, long)
	}
	if h.current(w.domain, doh.TypeMX) == nil && len(w.chains) > 0 {
		s := h.set(w.domain, doh.TypeMX, long) // RFC 5321 §5.1
		s.implicit, s.data, s.ttls = true, []string{"0 " + w.domain.FQDN()}, []time.Duration{3 * time.Hour}
	}
	if before.Mode != mtasts.ModeUnknown {
		h.rules = append(h.rules, rule{lifetime{long, start.Add(time.Duration(before.MaxAge) * time.Second)}, before})
	}
	for host, chain := range w.chains {
		h.keys = append(h.keys, key{lifetime{long, never}, host, chain})
	}
	return h
}

// current is the set of a name and type that is published now, nil for none.
func (h *history) current(n dnsname.Name, typ doh.Type) *set {
	for i := range h.sets {
		if s := &h.sets[i]; s.name == n && s.typ == typ && s.until.Equal(never) {
			return s
		}
	}
	return nil
}

// set begins a new set of records in the place of the one there is, and gives it.
func (h *history) set(n dnsname.Name, typ doh.Type, at time.Time) *set {
	next := set{lifetime: lifetime{at, never}, name: n, typ: typ, since: at}
	if s := h.current(n, typ); s != nil {
		if s.since.Equal(at) {
			return s // the same step
		}
		if s.until = at.Add(slowest + s.ttl()); !s.implicit {
			next.data, next.ttls = slices.Clone(s.data), slices.Clone(s.ttls)
		}
	}
	h.sets = append(h.sets, next)
	return &h.sets[len(h.sets)-1]
}

func (h *history) fault(at time.Time, parts ...string) {
	h.faults = append(h.faults, at.Format(time.DateTime)+" "+strings.Join(parts, " "))
}

// serve replaces the policy file; "" takes it away.
func (h *history) serve(text string, at time.Time) {
	for i := range h.rules {
		if r := &h.rules[i]; r.until.Equal(never) {
			r.until = at.Add(time.Duration(r.policy.MaxAge) * time.Second)
		}
	}
	if h.served = text; text == "" {
		return
	}
	p, diagnostics := mtasts.ParsePolicy([]byte(text))
	for _, d := range diagnostics {
		if d.Fatal {
			h.fault(at, "the file is no policy:", text)
		}
	}
	h.rules = append(h.rules, rule{lifetime{at, never}, p})
}

// do does what a step says, at a moment.
func (h *history) do(s plan.Step, at time.Time) {
	for _, f := range s.Files {
		if f.Host == h.domain.Child("mta-sts") {
			h.serve(f.Text, at)
		}
	}
	for _, r := range s.Publish {
		set := h.set(r.Name, r.Type, at)
		if slices.Contains(set.data, r.Data) {
			h.fault(at, "published twice:", r.Name.String(), r.Data)
		}
		set.data, set.ttls = append(set.data, r.Data), append(set.ttls, time.Duration(r.TTL)*time.Second)
		if id, found := strings.CutPrefix(r.Data, "v=STSv1; id="); found && r.Name == h.domain.Child("_mta-sts") {
			h.announced(strings.TrimSuffix(id, ";"), at)
		}
	}
	for _, r := range s.Remove {
		set := h.set(r.Name, r.Type, at)
		i := slices.Index(set.data, r.Data)
		if i < 0 {
			h.fault(at, "removed though it isn't there:", r.Name.String(), r.Data)
			continue
		}
		set.data, set.ttls = slices.Delete(set.data, i, i+1), slices.Delete(set.ttls, i, i+1)
	}
	if len(s.Gone) > 0 {
		h.serve("", at)
		h.gone(at)
	}
}

// announced holds a new id to the file: it must be there first (RFC 8461 §8.1), and
// be that id's.
func (h *history) announced(id string, at time.Time) {
	p, _ := mtasts.ParsePolicy([]byte(h.served))
	if h.served == "" || id != compose.ID(p) {
		h.fault(at, "the record has the id", id, "and the file is", h.served)
	}
}

// gone holds a policy host that goes to what senders may still look for there.
func (h *history) gone(at time.Time) {
	for _, s := range h.sets {
		if s.name == h.domain.Child("_mta-sts") && len(s.data) > 0 && s.until.After(at) {
			h.fault(at, "the policy host goes, and the record is seen until", s.until.Format(time.DateTime))
		}
	}
	for _, r := range h.rules {
		if r.policy.Mode > mtasts.ModeNone && r.until.After(at) {
			h.fault(at, "the policy host goes, and a policy is kept until", r.until.Format(time.DateTime))
		}
	}
}

// roll has a mail server show another chain.
func (h *history) roll(host dnsname.Name, chain [][]byte, at time.Time) {
	for i := range h.keys {
		if k := &h.keys[i]; k.host == host && k.until.Equal(never) {
			k.until = at
		}
	}
	h.keys = append(h.keys, key{lifetime{at, never}, host, chain})
}

// judge finds what any sender would fail by, at any moment.
func (h *history) judge() []string {
	for _, s := range h.sets {
		switch s.typ {
		case doh.TypeMX:
			h.judgeMX(s)
		case doh.TypeTLSA:
			h.judgeTLSA(s)
		}
	}
	for _, s := range h.sets {
		if s.name == h.domain.Child("_mta-sts") && len(s.data) == 0 {
			for _, r := range h.rules {
				if r.policy.Mode > mtasts.ModeNone && r.until.After(s.from) {
					h.fault(s.from, "the record goes, and a policy is kept until", r.until.Format(time.DateTime))
				}
			}
		}
	}
	return h.faults
}

// judgeTrial holds each policy that is enforced to what went before: one in testing
// for two weeks, while a record asked for reports.
func (h *history) judgeTrial() []string {
	asked, tried := never, never
	for _, s := range h.sets {
		if s.name == h.domain.Child("_smtp._tls") && len(s.data) > 0 && s.from.Before(asked) {
			asked = s.from
		}
	}
	for _, r := range h.rules {
		switch {
		case r.policy.Mode == mtasts.ModeTesting && r.from.Before(tried):
			tried = r.from
		case r.policy.Mode == mtasts.ModeEnforce && r.from.Before(start):
			return h.faults // enforced before
		case r.policy.Mode == mtasts.ModeEnforce && r.from.Before(later(tried, asked).AddDate(0, 0, 14)):
			h.fault(r.from, "a policy is enforced that was tried from", tried.Format(time.DateTime), "and reported on from", asked.Format(time.DateTime))
		}
	}
	return h.faults
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// judgeMX holds a set of MX records to each policy of the same time, and to what
// servers take mail.
func (h *history) judgeMX(s set) {
	for _, data := range s.data {
		_, text, _ := strings.Cut(data, " ")
		host := name(text)
		for _, r := range h.rules {
			if r.policy.Mode > mtasts.ModeNone && s.meets(r.lifetime) && !slices.ContainsFunc(r.policy.MX, func(p mtasts.Pattern) bool { return p.Matches(host) }) {
				h.fault(s.from, "a sender is led to", text, "by MX records seen until", s.until.Format(time.DateTime), "and has a policy until", r.until.Format(time.DateTime), "that has only", r.policy.String())
			}
		}
		// A message waits for days at the server that its sender first found.
		if waits := s.until.AddDate(0, 0, 5); !h.ended.IsZero() && slices.Contains(h.old, host) && waits.After(h.ended) {
			h.fault(h.ended, text, "is gone, and messages wait for it until", waits.Format(time.DateTime))
		}
	}
}

// judgeTLSA holds a set of TLSA records to each chain that its mail server shows at
// the same time: one record of each set of parameters must match (RFC 7671 §8).
func (h *history) judgeTLSA(s set) {
	for _, k := range h.keys {
		if k.host.Child("_25._tcp") != s.name || !s.meets(k.lifetime) {
			continue
		}
		matched, numbers := map[[3]uint8]bool{}, map[[3]uint8]bool{}
		for _, data := range s.data {
			r, err := dane.ParseText(data)
			if err != nil {
				h.fault(s.from, "no TLSA record:", data)
			}
			n := [3]uint8{r.Usage, r.Selector, r.Matching}
			numbers[n] = true
			for depth, der := range k.chain {
				matched[n] = matched[n] || r.Selects(der) && (depth == 0 || r.Usage == dane.DANETA)
			}
		}
		for n := range numbers {
			if !matched[n] {
				h.fault(s.from, s.name.String(), "is seen until", s.until.Format(time.DateTime), "and matches no key shown from", k.from.Format(time.DateTime), "until", k.until.Format(time.DateTime))
			}
		}
	}
}
