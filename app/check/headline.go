package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/senders"
)

// headline is one to four sentences made from the matrix of senders: what they
// do with the mail, and the state of things that makes them. Bad news comes
// before its cause, good news after.
func (j *judge) headline() []Phrase {
	if p, stop := j.mailless(); stop {
		return []Phrase{p}
	}
	state := j.state()
	told := j.consequences()
	all := append(state, told...)
	if len(told) > 0 && told[0].Key != "headline.senders-sure" {
		all = append(told, state...)
	}
	return j.gatherPending(all)
}

// state says what protects the mail, and what was meant to.
func (j *judge) state() []Phrase {
	sts, dane := j.stsPhrase(), j.danePhrase()
	if dead := j.tally(j.reachable); j.facts.Done && dead.bad > 0 && dead.good == 0 && dead.open == 0 {
		if !slices.ContainsFunc(j.hosts, func(h *host) bool { return h.addresses != dnssec.Bogus }) {
			return []Phrase{phrase("headline.hosts-bogus"), sts} // nobody was asked
		}
		return []Phrase{phrase("headline.hosts-dead"), sts}
	}
	all := []Phrase{sts, dane}
	if sts.Key == "headline.sts-enforce" && dane.Key == "headline.dane-ok" {
		all = []Phrase{phrase("headline.both")}
	}
	if sts.Key == "headline.sts-absent" && dane.Key == "headline.dane-absent" {
		all = []Phrase{phrase("headline.neither")}
	}
	if strings.HasSuffix(sts.Key, "-absent") && !strings.HasSuffix(dane.Key, "-absent") {
		all = []Phrase{dane, sts} // what there is before what there isn't
	}
	if count := j.tally(tlsLevel); count.bad > 0 && count.bad < len(j.hosts) {
		all = append(all, phrase("headline.tls-some", "count", strconv.Itoa(count.bad), "total", strconv.Itoa(len(j.hosts))))
	}
	return all
}

// consequences says which senders do what, by the matrix: who doesn't deliver
// and who sends in the clear, or else who makes sure of the server.
func (j *judge) consequences() []Phrase {
	by := map[senders.Outcome][]senders.ID{}
	for _, v := range j.report.Senders {
		by[v.Outcome] = append(by[v.Outcome], v.Sender)
	}
	stopped := append(by[senders.Defers], by[senders.Returns]...)
	var all []Phrase
	say := func(some, every string, who []senders.ID) {
		switch len(who) {
		case 0:
		case len(j.report.Senders):
			all = append(all, phrase(every))
		default:
			all = append(all, Phrase{Key: some, Senders: who})
		}
	}
	say("headline.senders-hold", "headline.senders-hold-all", stopped)
	say("headline.senders-clear", "headline.senders-clear-all", by[senders.DeliversCleartext])
	if len(all) == 0 {
		say("headline.senders-sure", "headline.senders-sure-all", by[senders.Delivers])
	}
	if len(all) == 0 && len(by[senders.DeliversUnauthenticated]) > 0 {
		all = append(all, phrase("headline.senders-unsure"))
	}
	return all
}

// checking is the phrase of what isn't known yet.
const checking = "headline.checking"

// gatherPending says once, at the end, that something is still open.
func (j *judge) gatherPending(all []Phrase) []Phrase {
	known := slices.DeleteFunc(all, func(p Phrase) bool { return p.Key == checking })
	if len(known) < len(all) || !j.facts.Done {
		known = append(known, phrase(checking, "domain", j.facts.Domain.String()))
	}
	return known
}
