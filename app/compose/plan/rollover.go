package plan

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// rolled is one mail server whose keys change.
type rolled struct {
	view *check.HostView
	// next are to be published, old to go; left are those of the same parameters
	// as the old ones in the end.
	next, old, left []dane.TLSA
}

// rollover changes the keys of mail servers as RFC 7671 §8.1 and RFC 7672 §4 have
// it: the next key's record beside the present one, the next key when nobody has
// the old set of records any more, and at last the old record away.
func (b *builder) rollover() {
	var all []rolled
	for _, t := range b.Want.TLSA {
		if r, ok := b.rolls(t); ok {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		if len(b.Want.TLSA) == 0 {
			b.note("note.rollover-none")
		}
		return
	}
	both, after, expiry, hosts := b.now, b.now, []Wait(nil), []dnsname.Name(nil)
	issuer, next, old, left := false, []compose.Record(nil), []compose.Record(nil), []compose.Record(nil)
	for _, r := range all {
		place := compose.Place(b.Report, *r.view)
		next = append(next, missing(r.records(place, r.next, b.Want.TTL), next, same)...)
		old = append(old, missing(r.records(place, r.old, 0), old, same)...)
		left = append(left, missing(r.records(place, r.left, 0), left, same)...)
		issuer = issuer || slices.ContainsFunc(r.old, func(t dane.TLSA) bool { return t.Usage == dane.DANETA })
		if e := b.expiry(place, doh.TypeTLSA); length(e) > length(expiry) {
			expiry = e
		}
		for i := range b.Report.Hosts {
			if h := &b.Report.Hosts[i]; !slices.Contains(hosts, h.Host) && compose.Place(b.Report, *h) == place {
				hosts = append(hosts, h.Host)
			}
		}
	}
	both = both.with(isTLSA, append(b.now.of(isTLSA), next...))
	after = after.with(isTLSA, missing(both.of(isTLSA), old, same))
	b.change("step.rollover-publish", nil, both, []Check{agree(), authentic(hosts...)},
		check.Citation{RFC: 7671, Section: "8.1"}, check.Citation{RFC: 7672, Section: "4"}, check.Citation{RFC: 7671, Section: "13"})
	key, cites := "step.rollover-switch", []check.Citation{{RFC: 7671, Section: "8.1"}, {RFC: 7672, Section: "4"}, {RFC: 6698, Section: "A.4"}}
	if issuer {
		key, cites = "step.rollover-issuer", append(cites, check.Citation{RFC: 7672, Section: "3.1.2"})
	}
	expiry[1].Key, expiry[1].Length = "wait.ttls", 2*expiry[1].Length // RFC 7671 §8.1
	b.look(key, expiry, []Check{
		{Phrase: say("ask.rolled"), Kind: Rolled, Records: left, Old: old}, authentic(hosts...)}, cites...)
	b.deadline(all)
	b.change("step.rollover-remove", []Wait{{say("wait.proof"), arrival}}, after, []Check{agree(), authentic(hosts...)},
		check.Citation{RFC: 7671, Section: "8.1"}, check.Citation{RFC: 7671, Section: "8.4"})
}

// rolls tells what changes at a mail server: from the records that are published
// to those that are wanted. Where both are wanted, the published ones go.
func (b *builder) rolls(t compose.HostTLSA) (rolled, bool) {
	host := t.Host.String()
	h := b.host(t.Host)
	if h == nil {
		b.note("note.rollover-unknown", "host", host)
		return rolled{}, false
	}
	unusable := func(t dane.TLSA) bool { return t.Unusable() != "" }
	published := slices.DeleteFunc(tlsa(found(b.Report, h.TLSAName, doh.TypeTLSA)), unusable)
	r := rolled{view: h, next: missing(t.Records, published, dane.TLSA.Equal), old: missing(published, t.Records, dane.TLSA.Equal)}
	switch {
	case len(published) == 0:
		b.note("note.rollover-absent", "host", host)
		return r, false
	case len(r.next)+len(r.old) == 0:
		b.note("note.rollover-same", "host", host)
		return r, false
	case len(r.old) == 0:
		for _, p := range published {
			if has(r.next, p) {
				r.old = append(r.old, p)
			}
		}
		if len(r.old) != len(r.next) {
			b.note("note.rollover-which", "host", host)
			return r, false
		}
	}
	stays := missing(published, r.old, dane.TLSA.Equal)
	if odd, ok := r.odd(published, stays); ok {
		b.note("note.rollover-parameters", "host", host, "record", odd.String())
		return r, false
	}
	for _, t := range append(stays, r.next...) {
		if has(r.old, t) {
			r.left = append(r.left, t)
		}
	}
	if current(h, published) == check.Error {
		b.note("note.rollover-broken", "host", host)
		return r, false
	}
	return r, true
}

// has tells whether one of the records has the parameters of another.
func has(all []dane.TLSA, r dane.TLSA) bool {
	return slices.ContainsFunc(all, func(o dane.TLSA) bool { return parameters(o) == parameters(r) })
}

// odd finds a record without a counterpart of the same parameters, before or
// after: clients that know only those, or prefer them, would find no key that
// matches while both sets are about (RFC 7671 §8, §9). A record that stays must
// not be of a key that goes.
func (r rolled) odd(published, stays []dane.TLSA) (dane.TLSA, bool) {
	for _, t := range r.next {
		if !has(published, t) {
			return t, true
		}
	}
	for _, t := range r.old {
		if !has(r.next, t) && !has(stays, t) {
			return t, true
		}
	}
	for _, a := range r.view.Addresses {
		if a.Probe.TLS == nil {
			continue
		}
		for _, der := range a.Probe.TLS.Chain {
			goes := slices.ContainsFunc(r.old, func(t dane.TLSA) bool { return t.Selects(der) })
			if at := slices.IndexFunc(stays, func(t dane.TLSA) bool { return t.Selects(der) }); goes && at >= 0 {
				return stays[at], true
			}
		}
	}
	return dane.TLSA{}, false
}

// records are TLSA records at their place.
func (r rolled) records(place dnsname.Name, all []dane.TLSA, ttl uint32) []compose.Record {
	var made []compose.Record
	for _, t := range all {
		made = append(made, compose.Record{Name: place, Type: doh.TypeTLSA, TTL: ttl, Data: t.String()})
	}
	return made
}

func length(waits []Wait) time.Duration {
	total := time.Duration(0)
	for _, w := range waits {
		total += w.Length
	}
	return total
}

// deadline reckons back from the day on which the first certificate ends: the next
// key must be in use the day before, and its record out by so many days before
// that as the plan has between.
func (b *builder) deadline(all []rolled) {
	var end time.Time
	host := ""
	for _, r := range all {
		for _, a := range r.view.Addresses {
			if len(a.Chain) > 0 && !a.Chain[0].Fault && !a.Chain[0].NotAfter.IsZero() && (end.IsZero() || a.Chain[0].NotAfter.Before(end)) {
				end, host = a.Chain[0].NotAfter, r.view.Host.String()
			}
		}
	}
	if end.IsZero() {
		return
	}
	last := b.last()
	last.Until = dayOf(end.UTC()).AddDate(0, 0, -1)
	for i := range len(b.plan.Steps) - 1 {
		b.plan.Steps[i].Until = last.Until.Add(b.plan.Steps[i].From.Sub(last.From))
	}
	if last.Late() {
		b.note(late(all), "host", host, "date", date(end.UTC()), "from", date(last.From))
	}
}

// late is what can be done about a certificate that ends too soon: a renewed one
// that the old records still match will do, but where they are of the whole
// certificate none does. DANE-EE asks for no date (RFC 7672 §3.1.1).
func late(all []rolled) string {
	key := "note.rollover-late"
	for _, r := range all {
		for _, t := range r.old {
			switch {
			case t.Usage == dane.DANEEE && t.Selector == dane.CertSelector:
				return "note.rollover-late-whole"
			case t.Usage == dane.DANETA:
				key = "note.rollover-late-issuer"
			}
		}
	}
	return key
}

// date is a day as ISO 8601 has it.
func date(t time.Time) string { return t.Format(time.DateOnly) }
