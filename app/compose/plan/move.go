package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// move leads mail to other servers. First every policy that a sender may hold must
// allow them (RFC 8461 §8.1), then the MX records add them, prefer them and leave
// the old ones out, and only when no sender tries those any more the policy does
// too.
func (b *builder) move() {
	to := b.Hosts
	for _, p := range b.Want.MX {
		if !p.Wildcard && len(b.Hosts) == 0 {
			to = append(to, p.Name)
		}
	}
	patterns := b.covering(to)
	old := missing(b.hosts(), to, sameName)
	switch {
	case !b.known():
	case len(to) == 0:
		b.note("note.move-where")
	case len(old) == 0 && (b.in.Mode <= mtasts.ModeNone || len(missing(b.in.MX, patterns, equal)) == 0):
		b.note("note.move-same")
	default:
		if len(missing(to, b.hosts(), sameName)) > 0 {
			b.look("step.move-ready", nil, []Check{{Phrase: say("ask.ready"), Kind: ByHand}},
				check.Citation{RFC: 8461, Section: "4.2"}, check.Citation{RFC: 7672, Section: "2.2.1"})
		}
		b.relocate(patterns, to, old)
	}
}

// known tells whether a check has seen where mail goes and what policy there is,
// and notes what is missing.
func (b *builder) known() bool {
	r := &b.Report
	switch {
	case r.Domain != b.Want.Domain || unseen(r.Record.State) || unseen(r.Policy.State) || r.Blind:
		b.note("note.unseen")
	case len(b.hosts()) == 0:
		b.note("note.no-mail")
	case r.Record.Valid && !r.Policy.Usable:
		b.note("note.mend")
	case !r.Record.Valid && b.in.Mode > mtasts.ModeNone: // it was never tried out, perhaps
		b.note("note.unannounced")
	default:
		return true
	}
	return false
}

// unseen tells whether nobody knows what a lookup would find.
func unseen(s check.LookupState) bool { return s == check.Pending || s == check.Blind }

// covering are the patterns that are wanted if they cover mail servers, else those
// that the servers' providers have.
func (b *builder) covering(hosts []dnsname.Name) []mtasts.Pattern {
	for _, h := range hosts {
		if !covered(b.Want.MX, h) {
			return lines(hosts)
		}
	}
	return b.Want.MX
}

// relocate leads mail from the old mail servers to others, which patterns cover.
func (b *builder) relocate(patterns []mtasts.Pattern, to, old []dnsname.Name) {
	if len(b.Want.Below) > 0 {
		b.note("note.below")
	}
	b.asHosted()
	age, outdated := b.maxAge(), []Wait(nil)
	if b.in.Mode > mtasts.ModeNone || age > 0 {
		outdated = b.outdated(age)
	}
	if b.in.Mode > mtasts.ModeNone {
		b.longest(age)
		b.in.MX = joined(b.in.MX, patterns)
		b.change("step.move-policy", nil, b.policy(b.in), []Check{sound(), covers()},
			check.Citation{RFC: 8461, Section: "4.1"}, check.Citation{RFC: 8461, Section: "8.1"})
	}
	left := b.records(outdated, to, old)
	after := b.now
	if b.in.Mode > mtasts.ModeNone {
		b.in.MX = patterns
		after = b.policy(b.in)
	}
	after = after.with(func(r compose.Record) bool { return b.abandoned(r, to, old) }, nil)
	left = append(left, Wait{say("wait.queue"), queue})
	stopped := Check{Phrase: say("ask.stopped"), Kind: ByHand}
	waiting := check.Citation{RFC: 5321, Section: "4.5.4.1"}
	if !b.change("step.move-finish", left, after, []Check{stopped, sound(), covers()}, waiting, check.Citation{RFC: 8461, Section: "8.1"}) {
		b.look("step.move-stop", left, []Check{stopped}, waiting)
	}
}

// records changes the MX records, the first time once a policy from before is
// outdated. It gives the wait for the last set with old mail servers in it.
func (b *builder) records(outdated []Wait, to, old []dnsname.Name) []Wait {
	change := func(key string, waits []Wait, after state, checks []Check, cites ...check.Citation) {
		if b.change(key, append(slices.Clip(outdated), waits...), after, checks, cites...) {
			outdated = nil
		}
	}
	keys := b.now.with(isTLSA, append(b.now.of(isTLSA), b.keys(to)...))
	known := b.mxExpiry()
	change("step.move-add", nil, keys.with(isMX, b.added(to)), []Check{trusted(to...), daneSound(), covers(), agree()},
		check.Citation{RFC: 5321, Section: "5.1"}, check.Citation{RFC: 8461, Section: "4.2"}, check.Citation{RFC: 7672, Section: "2.2"})
	before := b.mxExpiry()
	change("step.move-swap", known, b.now.with(isMX, b.ordered(to, old)), []Check{trusted(to...), daneSound(), agree()},
		check.Citation{RFC: 5321, Section: "5.1"}, check.Citation{RFC: 2181, Section: "5.2"})
	left := b.mxExpiry()
	change("step.move-remove", append(before, Wait{say("wait.proof"), arrival}), b.now.with(isMX, b.ordered(to, nil)), []Check{trusted(to...), agree()},
		check.Citation{RFC: 5321, Section: "5.1"})
	return left
}

// mxPlace is where the MX records are: at the domain, or where an alias there leads.
func (b *builder) mxPlace() dnsname.Name {
	for _, r := range b.now.of(isMX) {
		return r.Name
	}
	return b.Want.Domain
}

// mxExpiry waits until nobody has the present MX records any more; where there are
// none, that there are none (RFC 5321 §5.1), which is seldom kept for a day.
func (b *builder) mxExpiry() []Wait {
	if place := b.mxPlace(); len(b.now.of(isMX)) > 0 {
		return b.expiry(place, doh.TypeMX)
	}
	return []Wait{{say("wait.ttl", "name", b.Want.Domain.String(), "type", doh.TypeMX.String()), day}}
}

func (b *builder) mx(preference int, host dnsname.Name) compose.Record {
	return compose.Record{Name: b.mxPlace(), Type: doh.TypeMX, TTL: b.Want.TTL, Data: strconv.Itoa(min(preference, 65535)) + " " + host.FQDN()}
}

// added are the MX records there are with those of other hosts behind them, which
// are tried when all before fail. A domain that is its own mail server without a
// record gets one, for it counts for nothing beside others (RFC 5321 §5.1).
func (b *builder) added(to []dnsname.Name) []compose.Record {
	all, last := b.now.of(isMX), 0
	for _, h := range b.Report.Hosts {
		if last = max(last, int(h.Preference)); h.Implicit {
			last = apart
			all = append(all, b.mx(last, h.Host))
		}
	}
	for _, h := range missing(to, b.hosts(), sameName) {
		last += apart
		all = append(all, b.mx(last, h))
	}
	return all
}

// apart is what lies between two preferences.
const apart = 10

// ordered are MX records for hosts in an order, then for others.
func (b *builder) ordered(hosts, others []dnsname.Name) []compose.Record {
	var all []compose.Record
	for i, h := range append(slices.Clip(hosts), others...) {
		all = append(all, b.mx(apart*(i+1), h))
	}
	return all
}

func sameName(a, b dnsname.Name) bool { return a == b }

// keys are the TLSA records that are wanted for new mail servers.
func (b *builder) keys(to []dnsname.Name) []compose.Record {
	w := b.Want
	w.TLSA = slices.DeleteFunc(slices.Clone(w.TLSA), func(t compose.HostTLSA) bool {
		return !slices.Contains(to, t.Host) || b.host(t.Host) != nil
	})
	return slices.DeleteFunc(compose.Make(w).Records, func(r compose.Record) bool { return !isTLSA(r) })
}

// abandoned tells the TLSA records in the domain's own zone that only old mail
// servers had.
func (b *builder) abandoned(r compose.Record, to, old []dnsname.Name) bool {
	of := func(hosts []dnsname.Name) bool {
		return slices.ContainsFunc(b.Report.Hosts, func(h check.HostView) bool {
			return slices.Contains(hosts, h.Host) && (h.TLSAName == r.Name || compose.Place(b.Report, h) == r.Name)
		})
	}
	return isTLSA(r) && r.Name.Within(b.Want.Zone) && of(old) && !of(to)
}

// longest notes how long a policy is taken to be kept, where nobody said whether a
// longer one was served before (RFC 8461 §8.3).
func (b *builder) longest(age time.Duration) {
	if b.Longest == 0 {
		b.note("note.longest", "days", strconv.Itoa(int((age+day-1)/day)))
	}
}
