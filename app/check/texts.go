package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/syntax"
)

// textRecord is what differs between the two TXT records (RFC 8461 §3.1,
// RFC 8460 §3).
type textRecord struct {
	prefix string   // its name below the domain
	wrong  []string // where it is put by mistake; "" is the domain itself
	picks  func([]string) []int
	parse  func(string) []syntax.Diagnostic
	// meant tells whether a text that senders discard was to be this record.
	meant func(string) bool
}

// readTexts shows what stands at the record's name, and where nothing does,
// what stands at the usual wrong ones. The one text that senders read is given
// too, false without exactly one.
func (j *judge) readTexts(k textRecord) (views []TXTView, text string, one bool) {
	owner := j.facts.Domain.Child(k.prefix)
	a := j.look(owner, doh.TypeTXT)
	views = txtViews(owner, a)
	found := texts(a)
	chosen := k.picks(found)
	for i := range views {
		if slices.Contains(chosen, i) || k.meant(views[i].Text) {
			views[i].Diagnostics = k.parse(views[i].Text)
		}
	}
	if len(chosen) == 1 {
		views[chosen[0]].Chosen = true
		return views, found[chosen[0]], true
	}
	if len(chosen) > 0 || !readable(a) {
		return views, "", false
	}
	for _, name := range j.misplaced(owner, k.wrong) {
		for _, view := range txtViews(name, j.look(name, doh.TypeTXT)) {
			if len(k.picks([]string{view.Text})) == 1 {
				view.Diagnostics = k.parse(view.Text)
				views = append(views, view)
			}
		}
	}
	return views, "", false
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
