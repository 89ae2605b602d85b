package picture

import (
	"slices"

	"github.com/sealane/sealane/app/dnssec"
)

// link draws the line that leads to a zone, the words that belong to it, and the
// zone with its left side at x. The line comes from tx; tied tells that the zone
// above is what it comes from.
func (d *drawing) link(z *zone, x, tx int, tied bool) {
	top := d.y
	d.y += 4
	say := func(text string, s style, class string) { d.block(x+arrow+needed, right(0), text, s, class) }
	if z.Parent == "" {
		say(d.words.Anchor, words, "")
	} else if !tied {
		say(fill(d.words.Below, "zone", d.called(z.Parent, 40)), words, "")
	}
	say(d.why(z), words, "p-"+z.Status.String())
	say(d.signed(d.delegated(z), z.DSSignature, date), quiet, fault(z, !blames(z)))
	d.y = max(d.y+4, top+needed+4)
	if z.Status == dnssec.Bogus {
		d.y = max(d.y, top+2*needed)
	}
	d.arrow(z.Status, tx, x+arrow, top, d.y)
	if !tied {
		d.path("p-line", "M# #h10", tx-5, top)
	}
	d.zone(z, x)
}

// fault is the class of a signature: it stands out where it breaks the zone's
// trust; at tells that it is the one that would.
func fault(z *zone, at bool) string {
	switch z.Reason {
	case dnssec.RRSIGExpired, dnssec.RRSIGNotYetValid, dnssec.RRSIGInvalid, dnssec.RRSIGWrongSigner:
		if at {
			return "p-bogus"
		}
	}
	return ""
}

// arrow draws a line down to a box: a broken one with a gap, and a cross in it.
func (d *drawing) arrow(s dnssec.Status, tx, x, top, bottom int) {
	class := "p-line p-" + s.String()
	if s == dnssec.Bogus {
		middle := (top + bottom) / 2
		d.cross(x, middle, s)
		d.path("p-line", "M# #H#V#", tx, top, x, middle-9)
		tx, top, class = x, middle+9, "p-line"
	}
	d.path(class, "M# #H#V#", tx, top, x, bottom-1)
	d.path("p-line", "M# #l4 5 4 -5", x-4, bottom-6)
}

// cross marks where something is broken, or just ends.
func (d *drawing) cross(x, y int, s dnssec.Status) {
	d.path("p-mark p-"+s.String(), "M# #l10 10m0 -10l-10 10", x-5, y-5)
}

// Sizes of the boxes of DS records and keys, and how many are drawn.
const (
	dsWidth = 84
	between = 24
	tall    = 38
	most    = 6
)

// trust draws the DS records on the left, the keys on the right, and from each
// DS record a line to the key that it names.
func (d *drawing) trust(z *zone, x, to int) {
	top := d.y
	ds, keys := z.DS[:min(len(z.DS), most)], foremost(z)
	keys = keys[:min(len(keys), most)]
	for i, k := range keys {
		y, class := top+i*(tall+4), "p-key"
		if k.Entry {
			class += " p-entry"
		}
		d.Boxes = append(d.Boxes, Box{x + dsWidth + between, y, to - x - dsWidth - between, tall, class})
		d.pair(x+dsWidth+between+6, to-4, y, join(" ", role(k), d.flaw(k)), d.strength(k, to-x-dsWidth-between-10))
	}
	for i, r := range ds {
		y := top + i*(tall+4)
		d.Boxes = append(d.Boxes, Box{x, y, dsWidth, tall, "p-ds"})
		d.pair(x+6, x+dsWidth-4, y, "DS "+itoa(int(r.KeyTag)), d.digest(r.DigestType))
		d.vouch(z, r, keys, x+dsWidth, y+tall/2, top+tall/2)
	}
	d.y = top + max(len(ds), len(keys))*(tall+4) - 4
	if more := len(z.DS) - len(ds) + len(z.Keys) - len(keys); more > 0 {
		d.y += 2
		d.block(x, to, fill(d.words.More, "count", itoa(more)), quiet, "")
	}
}

// pair sets two lines into a box that is tall, each cut to its width.
func (d *drawing) pair(x, to, y int, upper, lower string) {
	for i, line := range []string{upper, lower} {
		if end := token.fitting(line, to-x); end < len(line) {
			line = line[:token.fitting(line, to-x-token.width("…"))] + "…"
		}
		d.text(x, y+3+i*leading+ascent, line, token, "")
	}
}

// strength is a key's algorithm, with the length of an RSA key where it fits.
func (d *drawing) strength(k dnssec.Key, width int) string {
	algorithm := d.algorithm(k.Algorithm)
	if long := algorithm + " " + itoa(k.Bits); k.Bits > 0 && token.width(long) <= width {
		return long
	}
	return algorithm
}

// foremost gives a zone's keys, first those that a DS record names, then the one
// that signs them all, then the others.
func foremost(z *zone) []dnssec.Key {
	keys := make([]dnssec.Key, 0, len(z.Keys))
	for rank := range 3 {
		for _, k := range z.Keys {
			signs := z.KeySignature != nil && z.KeySignature.KeyTag == k.KeyTag
			if k.Entry && rank == 0 || !k.Entry && signs && rank == 1 || !k.Entry && !signs && rank == 2 {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// vouch draws a line from a DS record at x and y to each key that has its tag and
// algorithm; the first key stands at the height first. The line is whole where
// the record can vouch for the key, and leads to a cross where there is none.
func (d *drawing) vouch(z *zone, r dnssec.DS, keys []dnssec.Key, x, y, first int) {
	led := false
	for i, k := range keys {
		if k.KeyTag != r.KeyTag || k.Algorithm != r.Algorithm {
			continue
		}
		led = true
		to, class := first+i*(tall+4), "p-line p-idle"
		switch {
		case k.Entry && counts(z, r):
			class = "p-line"
		case z.Status == dnssec.Bogus:
			class = "p-line p-bogus"
			d.cross(x+between/2-2, (y+to)/2, z.Status)
		}
		end := x + between
		d.path(class, "M# #L# #", x, y, end-1, to)
		d.path(class+" p-head", "M# #l5 4 -5 4", end-6, to-4)
	}
	if !led {
		s := dnssec.Insecure // one of several, which needn't lead anywhere
		if z.Status == dnssec.Bogus {
			s = z.Status
		}
		d.path("p-line p-idle", "M# #h8", x, y)
		d.cross(x+16, y, s)
	}
}

// counts tells whether a DS record is one that validators go by: of a supported
// algorithm and digest, and not of SHA-1 beside a better one (RFC 4509 §3).
func counts(z *zone, r dnssec.DS) bool {
	strong := func(r dnssec.DS) bool {
		return dnssec.Supported(r.Algorithm) && (r.DigestType == 2 || r.DigestType == 4)
	}
	return strong(r) || r.DigestType == 1 && dnssec.Supported(r.Algorithm) && !slices.ContainsFunc(z.DS, strong)
}
