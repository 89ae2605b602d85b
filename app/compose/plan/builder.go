package plan

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// builder makes a plan, step by step.
type builder struct {
	Input
	plan Plan
	now  state         // published once the steps so far are done
	in   mtasts.Policy // in force then; its Mode is ModeUnknown for none
	day  time.Time     // of the last step, or the plan's first
}

// How long things take that no record states.
const (
	// transfer is the time that the name servers of a zone take to agree (RFC 6698
	// appendix A.4): without a notice a secondary asks every SOA refresh interval
	// (RFC 1035 §3.3.13), often an hour.
	transfer = time.Hour
	// watched is how long reports are read before anything depends on them, settled
	// how long after a smaller change. Each is of a whole day, and the last arrives
	// within hours (RFC 8460 §4.1) or is sent anew for a day (§5.5): arrival.
	watched, settled, arrival = 14 * day, 7 * day, 2 * day
	// queue is how long a sender keeps trying (RFC 5321 §4.5.4.1).
	queue = 5 * day
)

// note adds what to know of the plan.
func (b *builder) note(key string, pairs ...string) {
	b.plan.Notes = append(b.plan.Notes, say(key, append(pairs, "domain", b.Want.Domain.String())...))
}

// change adds a step that leads from what is published to after, and tells whether
// there is one: there is none where nothing changes.
func (b *builder) change(key string, waits []Wait, after state, checks []Check, cites ...check.Citation) bool {
	s := Step{Phrase: say(key)}
	s.Publish, s.Remove = missing(after.records, b.now.records, same), missing(b.now.records, after.records, same)
	s.Files, s.Gone = missing(after.files, b.now.files, sameFile), missing(b.now.files, after.files, sameHost)
	if !s.changes() {
		return false
	}
	s.Vacated = missing(s.Remove, after.records, alike)
	s.Hosted = len(s.Files) > 0 && !b.Want.Hosted.IsZero()
	if len(s.Publish)+len(s.Files) > 0 {
		s.Checks = append(s.Checks, Check{Phrase: say("ask.published"), Kind: Published})
	}
	if len(s.Remove)+len(s.Gone) > 0 {
		s.Checks = append(s.Checks, Check{Phrase: say("ask.removed"), Kind: Removed})
	}
	b.now = after.since(b.now)
	b.step(s, waits, checks, cites)
	return true
}

// look adds a step that changes nothing in DNS or on the policy host.
func (b *builder) look(key string, waits []Wait, checks []Check, cites ...check.Citation) {
	b.step(Step{Phrase: say(key)}, waits, checks, cites)
}

// step adds a step on the first day by which all waits are over, whatever the
// hour at which the one before was done.
func (b *builder) step(s Step, waits []Wait, checks []Check, cites []check.Citation) {
	total := time.Duration(0)
	for _, w := range waits {
		if w.Length > 0 {
			total += w.Length
			s.Waits = append(s.Waits, w)
		}
	}
	if total > 0 {
		b.day = b.day.AddDate(0, 0, 1+int((total+day-1)/day))
	}
	s.From, s.Domain, s.Cites = b.day, b.Want.Domain, cites
	s.Checks = append(s.Checks, checks...)
	s.Args = say("", "domain", b.Want.Domain.String()).Args
	b.plan.Steps = append(b.plan.Steps, s)
}

// last is the step added last.
func (b *builder) last() *Step { return &b.plan.Steps[len(b.plan.Steps)-1] }

// expiry waits until no resolver has the present records of a name and type any
// more: first they must be at all name servers of the zone.
func (b *builder) expiry(name dnsname.Name, typ doh.Type) []Wait {
	ttl, there := b.now.ttl(name, typ)
	if !there {
		return nil
	}
	return []Wait{
		{say("wait.transfer"), transfer},
		{say("wait.ttl", "name", name.String(), "type", typ.String()), ttl},
	}
}

// record is where the domain's MTA-STS record is (RFC 8461 §3.1).
func (b *builder) record() dnsname.Name { return b.Want.Domain.Child(recordLabel) }

// outdated waits until no sender goes by a policy from before: each may keep it
// for its max_age, and learns of another once the record's TTL is over (RFC 8461
// §5.1, §8.1).
func (b *builder) outdated(age time.Duration) []Wait {
	return append(b.expiry(b.record(), doh.TypeTXT), Wait{say("wait.max-age"), age})
}

// reports waits for the reports of some days.
func reports(days time.Duration) []Wait {
	return []Wait{{say("wait.reports"), days}, {say("wait.arrival"), arrival}}
}

// maxAge is how long any sender may keep a policy of before that asks for
// something: the one served now, one that an earlier check saw, or one that
// somebody remembers. It is 0 where there was none.
func (b *builder) maxAge() time.Duration {
	longest := time.Duration(b.Longest) * time.Second
	if b.in.Mode > mtasts.ModeNone {
		longest = max(longest, time.Duration(b.in.MaxAge)*time.Second)
	}
	if c := b.Report.Cached; c != nil {
		longest = max(longest, c.Until.Sub(b.day))
	}
	return longest
}

// hosts are the mail servers that the domain has.
func (b *builder) hosts() []dnsname.Name {
	var all []dnsname.Name
	for _, h := range b.Report.Hosts {
		if !h.Host.IsZero() && !slices.Contains(all, h.Host) {
			all = append(all, h.Host)
		}
	}
	return all
}

// covered tells whether a policy lets a sender deliver to a host (RFC 8461 §4.1).
func covered(patterns []mtasts.Pattern, host dnsname.Name) bool {
	return slices.ContainsFunc(patterns, func(p mtasts.Pattern) bool { return p.Matches(host) })
}

// joined are the patterns of both, each once.
func joined(a, b []mtasts.Pattern) []mtasts.Pattern {
	all := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
