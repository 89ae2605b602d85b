// Package plan lays out over days what can't be done at once, because senders
// keep what was there before: a policy for its max_age (RFC 8461 §8.1, §8.3), MX
// and TLSA records for their TTL (RFC 7671 §8.1, RFC 7672 §4). In no step is
// anything taken away that one of them may still go by.
package plan

import (
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
)

// ID names a kind of plan.
type ID string

// The kinds.
const (
	First     ID = "first"     // first deployment
	Rollover  ID = "rollover"  // of keys with TLSA records
	Move      ID = "move"      // to other mail servers
	Microsoft ID = "microsoft" // from mail.protection.outlook.com to mx.microsoft
	Down      ID = "down"      // of MTA-STS
)

// IDs are the kinds, as they are offered.
var IDs = [...]ID{First, Rollover, Move, Microsoft, Down}

// Input is what a plan is made from.
type Input struct {
	// Want is what is to be published in the end.
	Want compose.Want
	// Report is of the domain as it is now; zero when nobody has looked.
	Report check.Report
	// Start is in the day on which the plan begins: that of the report, or a later one,
	// for what the report shows may have come just before.
	Start time.Time
	// Hosts are the mail servers to move to, the most preferred first; without any,
	// those that Want's policy names.
	Hosts []dnsname.Name
	// Longest is the longest max_age served within the last year, in seconds, where
	// the one served now is shorter (RFC 8461 §8.3).
	Longest uint32
}

// Plan is a number of steps, each after the one before.
type Plan struct {
	ID     ID
	Domain dnsname.Name
	// Notes are to be read first: what the plan takes for granted or, where it has
	// no steps, why there are none.
	Notes []check.Phrase
	Steps []Step
}

// Step is one thing to do, at any hour of its day or later.
type Step struct {
	check.Phrase // its words
	Domain       dnsname.Name
	// From is the first day on which it may be done, at 0:00 UTC. Read as a day of
	// any one time zone the waits hold, too.
	From time.Time
	// Until is the last day, zero where there is none.
	Until time.Time
	// Waits are behind each other, and begin when the step before is done.
	Waits []Wait
	// Files are to be served before any record is changed (RFC 8461 §8.1).
	Files []compose.PolicyFile
	// Hosted tells that the company which hosts the policy serves them.
	Hosted bool
	// Publish comes before Remove.
	Publish, Remove []compose.Record
	// Vacated are those of Remove of whose like nothing is left.
	Vacated []compose.Record
	// Gone are no longer to be served, once all else is done.
	Gone   []compose.PolicyFile
	Checks []Check
	Cites  []check.Citation
}

// Wait is a reason to wait, and for how long.
type Wait struct {
	check.Phrase
	Length time.Duration
}

// Late tells whether a step's day comes after its last.
func (s Step) Late() bool { return !s.Until.IsZero() && s.From.After(s.Until) }

// changes tells whether a step changes anything in DNS or on a policy host.
func (s Step) changes() bool { return len(s.Publish)+len(s.Remove)+len(s.Files)+len(s.Gone) > 0 }

// Done gives the plan after a step was done on a day: where that was later than
// planned, all that follows is.
func (p Plan) Done(step int, on time.Time) Plan {
	late := dayOf(on).Sub(p.Steps[step].From)
	if late <= 0 {
		return p
	}
	p.Steps = append([]Step(nil), p.Steps...)
	for i := step + 1; i < len(p.Steps); i++ {
		p.Steps[i].From = p.Steps[i].From.Add(late)
	}
	return p
}

// Make makes a plan. One that can't be made has no steps, and notes that say why.
func Make(id ID, in Input) Plan {
	b := &builder{Input: in, plan: Plan{ID: id, Domain: in.Want.Domain}, day: dayOf(in.Start)}
	if at := dayOf(in.Report.At); at.After(b.day) {
		b.day = at
	}
	b.read()
	switch id {
	case First:
		b.first()
	case Rollover:
		b.rollover()
	case Move:
		b.move()
	case Microsoft:
		b.microsoft()
	case Down:
		b.down()
	}
	return b.plan
}

const day = 24 * time.Hour

// dayOf is the calendar day of a moment.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// say makes a phrase of a key and pairs of argument names and values.
func say(key string, pairs ...string) check.Phrase {
	p := check.Phrase{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if p.Args == nil {
			p.Args = map[string]string{}
		}
		p.Args[pairs[i]] = pairs[i+1]
	}
	return p
}
