package picture

import (
	"strings"

	"github.com/sealane/sealane/app/dnssec"
)

// Columns is how long a line of Text is at most, in characters.
const Columns = 100

// whole is longer than any name in presentation form: 255 octets of up to four
// characters.
const whole = 1 << 10

// Title names the picture.
func (p *Picture) Title() string { return fill(p.words.Title, "name", shorten(p.subject, 90)) }

// marks stand before what is said, by status.
var marks = [...]string{dnssec.Indeterminate: "?", dnssec.Bogus: "✗", dnssec.Insecure: "·", dnssec.Secure: "✓"}

// Text gives the picture as lines without line breaks, indented by what stands
// on what.
func (p *Picture) Text() []string {
	t := page{Picture: p}
	sum, _ := p.Sum()
	t.say(0, "", p.words.Topic+": "+sum)
	t.zones(p.tops, 1)
	if len(p.loose) > 0 {
		t.say(1, "", p.words.Loose)
	}
	t.hosts(nil, p.loose, 2)
	return t.lines
}

// page is a text being written.
type page struct {
	*Picture
	lines []string
}

// say writes a paragraph, with a mark before it that stands alone.
func (t *page) say(depth int, mark, text string) {
	indent := strings.Repeat("  ", min(depth, 10))
	if mark != "" {
		mark += " "
	}
	room := Columns - len(indent) - len([]rune(mark))
	for _, line := range lettered(text, room) {
		t.lines = append(t.lines, indent+mark+strings.ReplaceAll(line, "\u00a0", " "))
		mark = strings.Repeat(" ", len([]rune(mark)))
	}
}

// lettered breaks a text into lines of so many characters, between words where
// it can.
func lettered(text string, most int) []string {
	var lines []string
	var line []rune
	for word := range strings.SplitSeq(text, " ") {
		letters := []rune(word)
		if len(line) > 0 && len(line)+1+len(letters) > most {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for line = append(line, letters...); len(line) > most; line = line[most:] {
			lines = append(lines, string(line[:most]))
		}
	}
	return append(lines, string(line))
}

func (t *page) zones(all []*zone, depth int) {
	for _, z := range all {
		said := t.called(z.Name, whole) + ": " + t.status(z.Status)
		if why := t.why(z); why != "" {
			said += ": " + why
		}
		t.say(depth, marks[z.Status&3], said)
		note := func(text string) {
			if text != "" {
				t.say(depth+1, "", text)
			}
		}
		if z.above == nil && z.Parent != "" {
			note(fill(t.words.Below, "zone", t.called(z.Parent, 90)))
		}
		note(t.delegation(z, ", "))
		note(t.signed(t.delegated(z), z.DSSignature, moment))
		for _, k := range t.keys(z) {
			note(k)
		}
		note(t.signed("DNSKEY", z.KeySignature, moment))
		t.hosts(z, z.hosts, depth+1)
		t.zones(z.below, depth+1)
	}
}

func (t *page) hosts(z *zone, all []host, depth int) {
	for _, h := range all {
		for _, hop := range h.hops {
			t.say(depth, marks[hop.Status&3], t.called(h.name, whole)+" "+hop.Type.String()+": "+join(", ", t.found(z, hop), t.period(hop.Signature, moment)))
		}
	}
}

// listed is how many DS records or keys of a zone are listed: more is no zone to
// be read about.
const listed = 12

// keys lists a zone's keys.
func (p *Picture) keys(z *zone) []string {
	var all []string
	for i, k := range foremost(z) {
		if i == listed {
			return append(all, fill(p.words.More, "count", itoa(len(z.Keys)-i)))
		}
		all = append(all, p.key(z, k))
	}
	return all
}

// delegation lists the DS records, or those of the trust anchor.
func (p *Picture) delegation(z *zone, between string) string {
	var all []string
	for i, r := range z.DS {
		if i == listed {
			all = append(all, fill(p.words.More, "count", itoa(len(z.DS)-i)))
			break
		}
		all = append(all, "DS "+itoa(int(r.KeyTag))+" "+p.algorithm(r.Algorithm)+" "+p.digest(r.DigestType))
	}
	said := strings.Join(all, between)
	if z.Parent == "" && said != "" {
		said = p.words.Anchor + ": " + said
	}
	return said
}

// Row is a row of the picture as a table: a zone, or what was found at a name.
type Row struct {
	Name   string
	Type   string // of what was found at the name; "" for a zone
	Status dnssec.Status
	Said   string // the status in a word
	Keys   string
	DS     string
	Until  string // when the signature ends; "" without one
	// Note says what is wrong, or proven to be absent; "" where nothing is.
	Note string
}

// Rows gives the picture as a table, from the top down.
func (p *Picture) Rows() []Row {
	var all []Row
	until := func(s *dnssec.Signature) string {
		if s == nil {
			return ""
		}
		return p.end(s, moment)
	}
	p.each(func(z *zone) {
		signature := z.KeySignature
		if signature == nil {
			signature = z.DSSignature
		}
		all = append(all, Row{p.called(z.Name, whole), "", z.Status, p.status(z.Status), strings.Join(p.keys(z), "; "), p.delegation(z, "; "), until(signature), p.why(z)})
	}, func(z *zone, x *dnssec.Hop) {
		all = append(all, Row{Name: p.called(x.Name, whole), Type: x.Type.String(), Status: x.Status, Said: p.status(x.Status),
			Until: until(x.Signature), Note: p.unproven(z, x)})
	})
	return all
}
