package plan

import (
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// noneAge is the max_age of the policy that ends MTA-STS, in seconds: a day is the
// example of RFC 8461 §8.3.
const noneAge = 86400

// down takes MTA-STS away as RFC 8461 §8.3 suggests: a policy of mode none, which
// is served until no sender keeps one from before, then nothing. The record goes
// before the policy, for a record without a policy is a failure to report (§6).
func (b *builder) down() {
	r := &b.Report
	absent := r.Record.State == check.NoData || r.Record.State == check.NXDomain || r.Record.State == check.Found && !r.Record.Valid
	switch {
	case r.Domain != b.Want.Domain || unseen(r.Record.State) || unseen(r.Policy.State):
		b.note("note.unseen")
		return
	case absent && !r.Policy.Usable && b.maxAge() == 0:
		b.note("note.down-nothing")
		return
	}
	b.asHosted()
	age := b.maxAge()
	if age == 0 && b.in.Mode <= mtasts.ModeNone {
		age = mtasts.MaxMaxAge * time.Second
		b.note("note.longest-year")
	} else {
		b.longest(age)
	}
	none := mtasts.Policy{Mode: mtasts.ModeNone, MaxAge: noneAge}
	if b.in.Mode == mtasts.ModeNone && b.in.MaxAge <= noneAge {
		none = b.in
	}
	outdated := b.outdated(age)
	b.change("step.down-none", nil, b.policy(none), []Check{sound()},
		check.Citation{RFC: 8461, Section: "8.3"}, check.Citation{RFC: 8461, Section: "5"}, check.Citation{RFC: 8461, Section: "8.1"})
	left := b.expiry(b.record(), doh.TypeTXT)
	b.change("step.down-record", outdated, b.now.with(isRecord, nil), nil,
		check.Citation{RFC: 8461, Section: "8.3"}, check.Citation{RFC: 8461, Section: "3.1"})
	b.change("step.down-host", left, state{b.now.with(isHost, nil).records, nil}, nil,
		check.Citation{RFC: 8461, Section: "8.3"}, check.Citation{RFC: 8461, Section: "6"})
}
