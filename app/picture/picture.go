// Package picture draws chains of trust (RFC 4033 §5, RFC 4035 §5): which zone
// vouches for which and where that ends, as a drawing, as text and as a table.
//
// What the validator found (dnssec.Zone, dnssec.Hop) goes in, of one lookup or
// of several; lines, boxes and words come out. Nothing is judged here.
package picture

import (
	"slices"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/locale"
)

// Picture is a tree of zones, from the trust anchors down to the names that
// were looked up.
type Picture struct {
	subject string
	words   locale.ChainWords
	tops    []*zone // of trust anchors, and those whose parent isn't there
	loose   []host  // names without a zone
}

// zone is a zone with what stands on it.
type zone struct {
	*dnssec.Zone
	above *zone
	below []*zone
	hosts []host
}

// host is a name with what was found there, by type.
type host struct {
	name string
	hops []*dnssec.Hop
}

// New makes the picture of what lookups found about a subject, such as a
// domain. Zones and hops that several lookups share stand in it once. They may
// come in any order, and from anywhere: a zone whose parents lead back to it or
// are missing stands beside the others.
func New(subject string, zones []dnssec.Zone, hops []dnssec.Hop, language locale.Language) *Picture {
	p := &Picture{subject: subject, words: language.UI.Chain}
	by := map[string]*zone{}
	var all []*zone
	for i := range zones {
		z := &zones[i]
		switch same := by[z.Name]; {
		case same == nil:
			by[z.Name] = &zone{Zone: z}
			all = append(all, by[z.Name])
		case telling(z.Status) > telling(same.Status):
			same.Zone = z
		}
	}
	for _, z := range all {
		if above := by[z.Parent]; z.Parent != "" && above != nil && !above.within(z) {
			z.above, above.below = above, append(above.below, z)
		} else {
			p.tops = append(p.tops, z)
		}
	}
	for i := range hops {
		h := &hops[i]
		if z := by[h.Zone]; z != nil && h.Zone != "" {
			z.hosts = put(z.hosts, h)
		} else {
			p.loose = put(p.loose, h)
		}
	}
	return p
}

// within tells whether a zone is or stands below another.
func (z *zone) within(other *zone) bool {
	for ; z != nil; z = z.above {
		if z == other {
			return true
		}
	}
	return false
}

// put adds a hop to those of its name.
func put(hosts []host, h *dnssec.Hop) []host {
	at := slices.IndexFunc(hosts, func(x host) bool { return x.name == h.Name })
	if at < 0 {
		return append(hosts, host{h.Name, []*dnssec.Hop{h}})
	}
	hops := &hosts[at].hops
	for i, same := range *hops {
		if same.Type == h.Type {
			if telling(h.Status) > telling(same.Status) {
				(*hops)[i] = h
			}
			return hosts
		}
	}
	*hops = append(*hops, h)
	return hosts
}

// telling orders what two lookups say of the same: a fault is worth knowing,
// and anything known more than nothing.
func telling(s dnssec.Status) int { return [...]int{0, 3, 1, 2}[s&3] }

// Empty tells that there is nothing to show.
func (p *Picture) Empty() bool { return len(p.tops)+len(p.loose) == 0 }

// Sum says in a few words how far the chain holds, with the status that says
// the same: the worst that there is, and where it is seen first.
func (p *Picture) Sum() (string, dnssec.Status) {
	worst, where := dnssec.Secure, ""
	note := func(s dnssec.Status, name string) {
		if bad(s) > bad(worst) {
			worst, where = s, p.called(name, 40)
		}
	}
	p.each(func(z *zone) { note(z.Status, z.Name) }, func(_ *zone, h *dnssec.Hop) { note(h.Status, h.Name) })
	if p.Empty() {
		return p.words.Empty, dnssec.Indeterminate
	}
	return fill(p.words.Sums.Of(worst.String()), "name", where), worst
}

// bad orders statuses by how much they spoil, as dnssec.Result does.
func bad(s dnssec.Status) int { return [...]int{2, 3, 1, 0}[s&3] }

// each goes through the picture from the top down: zones, and behind each the
// hops that stand on it, which may be nil.
func (p *Picture) each(zoned func(*zone), hop func(*zone, *dnssec.Hop)) {
	hosts := func(z *zone, all []host) {
		for _, h := range all {
			for _, x := range h.hops {
				hop(z, x)
			}
		}
	}
	var down func([]*zone)
	down = func(all []*zone) {
		for _, z := range all {
			zoned(z)
			hosts(z, z.hosts)
			down(z.below)
		}
	}
	down(p.tops)
	hosts(nil, p.loose)
}

func fill(text string, pairs ...string) string {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return locale.Fill(text, args)
}
