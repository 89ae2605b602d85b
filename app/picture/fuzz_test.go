package picture

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// holds wants a picture to be sound in all its forms, whatever is in it.
func (c chain) holds(t *testing.T) {
	t.Helper()
	p := c.picture()
	svg := read(t, p.SVG())
	sound(t, p.Layout())
	if n := svg.elements["text"]; n != len(svg.texts) || n == 0 {
		t.Errorf("%d texts of %d read back", len(svg.texts), n)
	}
	for _, line := range p.Text() {
		if utf8.RuneCountInString(line) > Columns || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
			t.Errorf("not a line: %q", line)
		}
	}
	zones, hops := map[string]bool{}, map[[2]string]bool{}
	for _, z := range c.zones {
		zones[z.Name] = true
	}
	for _, h := range c.hops {
		zone := h.Zone
		if !zones[zone] {
			zone = ""
		}
		hops[[2]string{zone, h.Name + "\n" + h.Type.String()}] = true
	}
	if rows := p.Rows(); len(rows) != len(zones)+len(hops) {
		t.Errorf("%d rows for %d zones and %d answers", len(rows), len(zones), len(hops))
	}
}

// Saved evidence holds whatever somebody put there.
func FuzzSaved(f *testing.F) {
	type saved struct {
		Zones []dnssec.Zone
		Hops  []dnssec.Hop
	}
	for _, c := range chains() {
		text, err := json.Marshal(saved{c.zones, c.hops})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var in saved
		if json.Unmarshal(text, &in) == nil && len(in.Zones)+len(in.Hops) < 100 {
			chain{zones: in.Zones, hops: in.Hops}.holds(t)
		}
	})
}

// Any zones, in any order and below any others, with anything wrong with them.
func FuzzChain(f *testing.F) {
	f.Add(".\ncom\nexample.com\n_25._tcp.mx.example.com", []byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add("a\nb\n\n<&>\n"+strings.Repeat("w.", 127)+"\n"+strings.Repeat(`\255`, 250), []byte(strings.Repeat("\x01\x82\xff\x40\x03\x17", 60)))
	f.Fuzz(func(t *testing.T, names string, data []byte) {
		if len(names) < 10_000 && len(data) < 1000 {
			dealt(strings.Split(names, "\n"), data).holds(t)
		}
	})
}

// dealt makes zones and hops of names and octets, until those are used up.
func dealt(names []string, data []byte) (c chain) {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		n := int(data[0])
		data = data[1:]
		return n
	}
	name := func() string { return names[next()%len(names)] }
	reason := func() dnssec.Reason { return append(everyReason(), "", "", "", "else")[next()%(len(everyReason())+4)] }
	sig := func() *dnssec.Signature {
		if next()%3 == 0 {
			return nil
		}
		at := now.AddDate(0, 0, next()*next()-1000)
		return &dnssec.Signature{KeyTag: uint16(next() << 8), Inception: at, Expiration: at.AddDate(next(), 0, 0), Skewed: next()%2 == 0}
	}
	for len(data) > 0 {
		if next()%3 == 0 {
			c.hops = append(c.hops, dnssec.Hop{Name: name(), Type: doh.Type(next()), Status: dnssec.Status(next()), Reason: reason(), Zone: name(), Wildcard: name(),
				Proof: dnssec.Proof(next()), ProofBy: doh.Type(next()), Signature: sig()})
			continue
		}
		z := dnssec.Zone{Name: name(), Parent: name(), Status: dnssec.Status(next()), Reason: reason(), Proof: dnssec.Proof(next()), ProofBy: doh.Type(next()), DSSignature: sig(), KeySignature: sig()}
		for range next() % 9 {
			z.DS = append(z.DS, dnssec.DS{KeyTag: uint16(next() % 4), Algorithm: uint8(next()), DigestType: uint8(next())})
		}
		for range next() % 9 {
			z.Keys = append(z.Keys, dnssec.Key{KeyTag: uint16(next() % 4), Algorithm: uint8(next()), Flags: uint16(next() << 1), Bits: next() << 6, Entry: next()%2 == 0})
		}
		c.zones = append(c.zones, z)
	}
	return c
}
