package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
)

// everyReason lists all reasons that there are.
func everyReason() []dnssec.Reason {
	return append(dnssec.Reasons(), dnssec.NoAnchor, dnssec.ResolverUnfit, dnssec.OverBudget, dnssec.Stale)
}

// shown is an SVG read back.
type shown struct {
	elements map[string]int
	texts    []string // of the text elements
	title    string
	desc     string
}

// read parses an SVG and wants nothing in it that runs or comes from elsewhere.
func read(t *testing.T, content []byte) shown {
	t.Helper()
	s := shown{elements: map[string]int{}}
	var within string
	for d := xml.NewDecoder(strings.NewReader(string(content))); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return s
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%.2000s", err, content)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			within = tok.Name.Local
			s.elements[within]++
			if !slices.Contains([]string{"svg", "title", "desc", "style", "rect", "path", "text"}, within) {
				t.Errorf("an element %s", within)
			}
			for _, a := range tok.Attr {
				if n := a.Name.Local; n != "xmlns" && (strings.HasPrefix(n, "on") || strings.Contains(n, "href") || strings.Contains(a.Value, ":")) {
					t.Errorf("an attribute %s=%q", n, a.Value)
				}
			}
		case xml.CharData:
			switch within {
			case "text":
				s.texts = append(s.texts, string(tok))
			case "title":
				s.title += string(tok)
			case "desc":
				s.desc += string(tok)
			case "style":
				if text := string(tok); strings.Contains(text, "url(") || strings.Contains(text, "@import") {
					t.Error("the style sheet asks for something from elsewhere")
				}
			}
		case xml.EndElement:
			within = ""
		}
	}
}

// squeezed is a text without spaces, as lines may break anywhere.
func squeezed(texts ...string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "").Replace(strings.Join(texts, ""))
}

// Every zone, key, DS record, name and reason is said in the drawing, in the
// text and in the table.
func TestEverythingIsSaid(t *testing.T) {
	for _, c := range chains() {
		p := c.picture()
		svg := read(t, p.SVG())
		var cells []string
		for _, r := range p.Rows() {
			cells = append(cells, r.Name, r.Type, r.Said, r.Keys, r.DS, r.Until, r.Note)
		}
		said := map[string]string{"drawing": squeezed(svg.texts...), "text": squeezed(p.Text()...), "table": squeezed(cells...)}
		want := func(what string) {
			for form, text := range said {
				if !strings.Contains(text, squeezed(what)) {
					t.Errorf("%s: the %s doesn't say %s", c.name, form, what)
				}
			}
		}
		if len(c.zones)+len(c.hops) == 0 {
			delete(said, "table")
			want(p.words.Empty)
		}
		for _, z := range c.zones {
			want(shorten(z.Name, 90)[:1])
			if len(z.Name) < 80 && c.name != "hostile" {
				want(z.Name)
			}
			for _, k := range z.Keys[:min(len(z.Keys), 3)] {
				want(role(k))
				want(p.algorithm(k.Algorithm))
			}
			for _, r := range z.DS[:min(len(z.DS), most)] {
				want("DS " + itoa(int(r.KeyTag)))
				want(p.digest(r.DigestType))
			}
			want(p.status(z.Status))
			want(p.why(&zone{Zone: &z}))
		}
		for _, h := range c.hops {
			want(h.Type.String())
			want(p.status(h.Status))
			if h.Proof == dnssec.TypeAbsent && h.ProofBy != 0 {
				want("(" + h.ProofBy.String() + ")")
			}
			if !slices.ContainsFunc(c.zones, func(z dnssec.Zone) bool { return z.Name == h.Zone && z.Reason == h.Reason && z.Status == h.Status }) { // else the zone says it
				want(p.reason(h.Reason, h.Type))
			}
		}
		if svg.elements["svg"] != 1 || svg.title != "The chain of trust of example.com" || svg.desc != strings.Join(p.Text(), "\n") {
			t.Errorf("%s: title %q, description %q", c.name, svg.title, svg.desc)
		}
	}
}

// The words that say why a link is broken stand beside its line, which has a
// gap and a cross.
func TestBrokenLinkIsDrawnBroken(t *testing.T) {
	for _, reason := range everyReason() {
		z := signed("example.com", ".", 7)
		z.Status, z.Reason, z.Keys = reason.Status(), reason, nil
		p := chain{zones: []dnssec.Zone{root(), z}}.picture()
		l := p.Layout()
		above, below := box(l, ".", p), box(l, "example.com", p)
		beside := ""
		for _, x := range l.Texts {
			if x.Y > above.Y+above.Height && x.Y < below.Y {
				beside += x.Text
			}
		}
		if why := p.why(&zone{Zone: &z}); !strings.Contains(squeezed(beside), squeezed(why)) || why == "" {
			t.Errorf("%s: %q stands beside the line, not %q", reason, beside, why)
		}
		crosses, lines := 0, 0
		for _, path := range l.Paths {
			var x, y int
			if _, err := fmt.Sscanf(path.D, "M%d %d", &x, &y); err != nil {
				t.Fatal(err)
			}
			between := y >= above.Y+above.Height && y < below.Y
			if between && path.Class == "p-mark p-bogus" {
				crosses++
			}
			if between && strings.Contains(path.D, "V") {
				lines++
			}
		}
		if broken := z.Status == dnssec.Bogus; broken != (crosses == 1) || broken != (lines == 2) {
			t.Errorf("%s (%s): %d crosses, %d pieces of line", reason, z.Status, crosses, lines)
		}
	}
}

// box gives the box of a zone, by its name in it.
func box(l Layout, zone string, p *Picture) Box {
	for _, x := range l.Texts {
		if x.Class != string(name) || x.Text != p.called(zone, 90) {
			continue
		}
		for _, b := range l.Boxes {
			if strings.HasPrefix(b.Class, "p-zone") && b.holds(x.box()) {
				return b
			}
		}
	}
	return Box{}
}

// Every reason, status and proof has words.
func TestTermsAreComplete(t *testing.T) {
	w := locale.English().UI.Chain
	has := func(terms locale.Terms, key string) {
		t.Helper()
		if !slices.ContainsFunc(terms, func(term locale.Term) bool { return term.Key == key && term.Text != "" }) {
			t.Errorf("no words for %q", key)
		}
	}
	for _, r := range everyReason() {
		has(w.Reasons, string(r))
	}
	for s := dnssec.Indeterminate; s <= dnssec.Secure; s++ {
		has(w.Statuses, s.String())
		has(w.Sums, s.String())
	}
	for _, p := range proofs {
		if p != "" {
			has(w.Proofs, p)
		}
	}
	if len(w.Reasons) != len(everyReason()) {
		t.Errorf("words for %d reasons of %d", len(w.Reasons), len(everyReason()))
	}
}

// What several lookups share is shown once, with what tells more.
func TestSharedZonesStandOnce(t *testing.T) {
	com, blind := signed("com", ".", 1), dnssec.Zone{Name: "com", Parent: ".", Reason: dnssec.CouldNotTell}
	bad := hop("example.com", doh.TypeMX, "com")
	bad.Status, bad.Reason = dnssec.Bogus, dnssec.RRSIGInvalid
	p := New("example.com", []dnssec.Zone{root(), blind, com, root(), com, blind},
		[]dnssec.Hop{hop("example.com", doh.TypeMX, "com"), bad, hop("example.com", doh.TypeMX, "com")}, locale.English())
	var names []string
	for _, r := range p.Rows() {
		names = append(names, strings.TrimSpace(r.Name+" "+r.Type)+" "+r.Said)
	}
	if got := strings.Join(names, ", "); got != ". (root) secure, com secure, example.com MX broken" {
		t.Error(got)
	}
	if sum, status := p.Sum(); sum != "broken at example.com" || status != dnssec.Bogus {
		t.Errorf("%s (%s)", sum, status)
	}
}

// Zones whose parents are missing, or lead in a circle, are shown all the same,
// once each.
func TestNoZoneIsLost(t *testing.T) {
	for what, parents := range map[string][3]string{
		"a circle": {"b", "c", "a"}, "of itself": {"a", "a", "b"}, "missing": {"x", "a", "y"}, "two tops": {"", "", "b"},
	} {
		zones := []dnssec.Zone{signed("a", parents[0], 1), signed("b", parents[1], 2), signed("c", parents[2], 3)}
		p := chain{zones: zones}.picture()
		if rows := p.Rows(); len(rows) != 3 {
			t.Errorf("%s: %d rows", what, len(rows))
		}
		sound(t, p.Layout())
	}
}

// A zone that no line leads to from the zone above says whose it is.
func TestUntiedZonesSayWhoseTheyAre(t *testing.T) {
	for _, c := range chains() {
		drawn := squeezed(read(t, c.picture().SVG()).texts...)
		if said := strings.Contains(drawn, "delegatedby"); said != (c.name == "deep") {
			t.Errorf("%s: said %v", c.name, said)
		}
	}
	if drawn := squeezed(read(t, (chain{zones: []dnssec.Zone{signed("example.com", "com", 1)}}).picture().SVG()).texts...); !strings.Contains(drawn, "delegatedbycom") {
		t.Error(drawn)
	}
}

func TestTextFitsItsColumns(t *testing.T) {
	for _, c := range chains() {
		for _, line := range c.picture().Text() {
			if n := utf8.RuneCountInString(line); n > Columns || strings.ContainsAny(line, "\n\u00a0\u202e\x00") {
				t.Errorf("%s: %d columns: %q", c.name, n, line)
			}
		}
	}
}

// A long name keeps both ends and shows that something is left out.
func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"example.com", 11, "example.com"}, {"a.long.name.example", 11, "a.lon…ample"}, {"", 5, "\ufffd"},
		{"a\nb\u202e<\x00", 9, "a\ufffdb\ufffd<\ufffd"}, {"\xff\xfe", 9, "\ufffd\ufffd"},
	} {
		if got := shorten(c.in, c.n); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
