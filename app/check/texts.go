package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/syntax"
)

// textRecord is what differs between the two TXT records (RFC 8461 §3.1,
// RFC 8460 §3); R is what one is read to.
type textRecord[R any] struct {
	prefix string   // its name below the domain
	wrong  []string // where it is put by mistake; "" is the domain itself
	picks  func([]string) []int
	parse  func(string) (R, []syntax.Diagnostic)
	// meant tells whether a text that senders discard was to be this record.
	meant func(string) bool
}

// read shows what stands at the record's name, and where nothing does, what
// stands at the usual wrong ones. The value of the one record that senders read
// is given too, false without exactly one valid.
func (k textRecord[R]) read(j *judge) (state LookupState, views []TXTView, value R, valid bool) {
	owner := j.facts.Domain.Child(k.prefix)
	a := j.look(owner, doh.TypeTXT)
	views = txtViews(owner, a)
	chosen := k.picks(texts(a))
	for i := range views {
		v := &views[i]
		v.Chosen = len(chosen) == 1 && chosen[0] == i
		if !slices.Contains(chosen, i) && !k.meant(v.Text) {
			continue
		}
		var read R
		read, v.Diagnostics = k.parse(v.Text)
		if v.Chosen && syntax.Valid(v.Diagnostics) {
			value, valid = read, true
		}
	}
	if len(chosen) > 0 || !readable(a) {
		return a.state, views, value, valid
	}
	for _, name := range j.misplaced(owner, k.wrong) {
		for _, view := range txtViews(name, j.look(name, doh.TypeTXT)) {
			if len(k.picks([]string{view.Text})) == 1 {
				_, view.Diagnostics = k.parse(view.Text)
				views = append(views, view)
			}
		}
	}
	return a.state, views, value, valid
}

// txtViews shows the TXT records of a lookup.
func txtViews(owner dnsname.Name, a answer) []TXTView {
	var all []TXTView
	for _, r := range a.records {
		if text, _, ok := r.TXT(); ok {
			all = append(all, TXTView{Owner: owner.String(), Text: text, TTL: r.TTL})
		}
	}
	return all
}

// misplaced are the names where a record is looked for that isn't at its owner;
// the label "" stands for the domain itself.
func (j *judge) misplaced(owner dnsname.Name, labels []string) []dnsname.Name {
	d := j.facts.Domain
	names := []dnsname.Name{doubled(owner, d)}
	for _, label := range labels {
		if label == "" {
			names = append(names, d)
			continue
		}
		names = append(names, d.Child(label))
	}
	return names
}
