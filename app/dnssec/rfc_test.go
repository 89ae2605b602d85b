package dnssec

import (
	"encoding/base32"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

const rfcTexts = "../../../shared/data/rfc/"

var pageBreak = regexp.MustCompile(`(?m)^(RFC \d+ .*|.*\[Page \d+\])\n`)

// appendix gives the text of an RFC from one heading to the next, without the
// breaks between pages.
func appendix(t *testing.T, file, from, to string) string {
	t.Helper()
	text, err := os.ReadFile(rfcTexts + file)
	if err != nil {
		t.Skipf("no %s here", file)
	}
	s := pageBreak.ReplaceAllString(strings.ReplaceAll(string(text), "\f", ""), "")
	i := strings.LastIndex(s, "\n"+from)
	k := strings.Index(s[i:], "\n"+to)
	// RFC 5155 appendix B.6 lacks a brace.
	return strings.ReplaceAll(s[i:i+k], "NSEC3 7 2 3600\n", "NSEC3 7 2 3600 (\n")
}

var recordLine = regexp.MustCompile(`^(\S+\.)?\s+(\d+\s+)?(IN\s+)?(SOA|NS|MX|A|AAAA|DS|DNSKEY|RRSIG|NSEC|NSEC3|NSEC3PARAM|HINFO)\s+\S`)

// recordsIn reads the records of an RFC's example, one after the other; prose
// and headings are no records.
func recordsIn(t *testing.T, text string) []dns.RR {
	t.Helper()
	var file strings.Builder
	file.WriteString("$TTL 3600\n")
	open := false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), ";")
		if trimmed := strings.TrimLeft(line, " "); len(line)-len(trimmed) <= 3 {
			line = trimmed // the margin: what is indented more has the owner before
		}
		if !open && (strings.HasPrefix(line, "B.") || !recordLine.MatchString(line)) {
			continue
		}
		file.WriteString(line + "\n")
		open = strings.Count(line, "(")+btoi(open) > strings.Count(line, ")")
	}
	all := zoneFile(t, file.String())
	for _, rr := range all {
		if rr, ok := rr.(*dns.NSEC3); ok {
			slices.Sort(rr.TypeBitMap) // printed out of order
		}
	}
	return all
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rfcZone is the example zone of RFC 4035 appendix A or RFC 5155 appendix A.
type rfcZone struct {
	file string
	at   time.Time
	keys []doh.DNSKEY
}

func readRFCZone(t *testing.T, file string, at time.Time, records int) rfcZone {
	t.Helper()
	rrs := recordsIn(t, appendix(t, file, "Appendix A.  ", "Appendix B.  "))
	if len(rrs) != records {
		t.Fatalf("%s: %d records in the zone, want %d", file, len(rrs), records)
	}
	z := rfcZone{file: file, at: at}
	all := sent(t, rrs...)
	z.keys = Keys(setOf(t, all, doh.TypeDNSKEY).Records)
	sets, signed := RRsets(all), 0
	for _, s := range sets {
		switch _, why := s.Verify(zoneName("example"), z.keys, at, NewBudget()); {
		case why == NoReason:
			signed++
		case len(s.Signatures) > 0:
			t.Errorf("%s: %s %s: %s", file, s.Owner, s.Type, why)
		}
	}
	t.Logf("%s: %d of %d sets are signed", file, signed, len(sets))
	return z
}

// denial verifies what a section of the examples holds for the zone.
func (z rfcZone) denial(t *testing.T, from, to string) (*denials, []Signed) {
	t.Helper()
	var all []Signed
	b := NewBudget()
	for _, s := range RRsets(sent(t, recordsIn(t, appendix(t, z.file, from, to))...)) {
		signed, why := s.Verify(zoneName("example"), z.keys, z.at, b)
		if why == NoReason {
			all = append(all, signed)
		} else if len(s.Signatures) > 0 {
			t.Errorf("%s: %s %s: %s", from, s.Owner, s.Type, why)
		}
	}
	return NewDenial(zoneName("example"), all, b), all
}

type rfcDenial struct {
	from, to  string
	name      string
	typ       doh.Type // 0: the name itself is denied
	want      Proof
	others    string // a name of which nothing is proven
	othersTyp doh.Type
}

func (z rfcZone) check(t *testing.T, cases []rfcDenial) {
	t.Helper()
	for _, c := range cases {
		d, _ := z.denial(t, c.from, c.to)
		ask := func(name string, typ doh.Type) (Proof, Reason) {
			if typ == 0 {
				return d.NoName(zoneName(name))
			}
			return d.NoData(zoneName(name), typ)
		}
		if got, why := ask(c.name, c.typ); got != c.want || why != NoReason {
			t.Errorf("%s: %s %s: proves %d %q, want %d", c.from, c.name, c.typ, got, why, c.want)
		}
		if got, why := ask(c.others, c.othersTyp); got != NoProof || why != NSECBadProof {
			t.Errorf("%s: %s %s: proves %d %q, want nothing", c.from, c.others, c.othersTyp, got, why)
		}
	}
}

// The responses of RFC 4035 appendix B, at a moment when the signatures hold.
func TestRFC4035Examples(t *testing.T) {
	z := readRFCZone(t, "rfc4035.txt", time.Date(2004, 4, 20, 0, 0, 0, 0, time.UTC), 63)
	z.check(t, []rfcDenial{
		{"B.2.  ", "B.3.  ", "ml.example", 0, NameAbsent, "a.b.example", 0},
		{"B.3.  ", "B.4.  ", "ns1.example", doh.TypeMX, TypeAbsent, "ns1.example", doh.TypeA},
		{"B.5.  ", "B.6.  ", "b.example", doh.TypeDS, UnsignedDelegation, "b.example", doh.TypeA},
		{"B.7.  ", "B.8.  ", "a.z.w.example", doh.TypeAAAA, WildcardTypeAbsent, "a.z.w.example", doh.TypeMX},
	})
	d, sets := z.denial(t, "B.6.  ", "B.7.  ")
	if sets[0].Wildcard != "*.w.example" {
		t.Fatalf("B.6 was expanded from %q", sets[0].Wildcard)
	}
	if got, why := d.NoCloser(zoneName("a.z.w.example"), sets[0].Wildcard); got != NoCloserName {
		t.Errorf("B.6: proves %d, %q", got, why)
	}
	if got, _ := d.NoCloser(zoneName("a.z.w.example"), "*.example"); got != NoProof {
		t.Errorf("B.6: proves %d of another wildcard", got)
	}
	// B.8: the child denies its own DS, which only the parent may (RFC 6840 §4.1).
	d, _ = z.denial(t, "B.8.  ", "Appendix C.  ")
	if got, why := d.NoData(zoneName("example"), doh.TypeDS); got != NoProof || why != NSECBadProof {
		t.Errorf("B.8: proves %d, %q", got, why)
	}
}

// The responses of RFC 5155 appendix B.
func TestRFC5155Examples(t *testing.T) {
	z := readRFCZone(t, "rfc5155.txt", time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), 70)
	z.check(t, []rfcDenial{
		// Every record of the zone opts out, so that what hides a name does too.
		{"B.1.  ", "B.2.  ", "a.c.x.w.example", 0, OptedOut, "x.y.w.example", 0},
		{"B.2.  ", "B.2.1.  ", "ns1.example", doh.TypeMX, TypeAbsent, "ns1.example", doh.TypeA},
		{"B.2.1.  ", "B.3.  ", "y.w.example", doh.TypeA, EmptyNonTerminal, "x.y.w.example", doh.TypeMX},
		{"B.3.  ", "B.4.  ", "c.example", doh.TypeDS, OptedOut, "x.w.example", doh.TypeDS},
		{"B.5.  ", "B.6.  ", "a.z.w.example", doh.TypeAAAA, OptedOut, "a.z.w.example", doh.TypeMX},
	})
	d, sets := z.denial(t, "B.4.  ", "B.5.  ")
	if got, why := d.NoCloser(zoneName("a.z.w.example"), sets[0].Wildcard); got != OptedOut {
		t.Errorf("B.4: proves %d, %q", got, why)
	}
	if got, _ := d.NoCloser(zoneName("ai.example"), "*.example"); got != NoProof {
		t.Errorf("B.4: proves %d of a name that exists", got)
	}
	d, _ = z.denial(t, "B.6.  ", "Appendix C.  ")
	if got, why := d.NoData(zoneName("example"), doh.TypeDS); got != NoProof || why != NSECBadProof {
		t.Errorf("B.6: proves %d, %q", got, why)
	}
}

// The hashes of RFC 5155 appendix A.
func TestRFC5155Hashes(t *testing.T) {
	text := appendix(t, "rfc5155.txt", "Appendix A.  ", "Appendix B.  ")
	all := regexp.MustCompile(`; H\((\S+)\)\s+(?:;\s+)?= (\S+)`).FindAllStringSubmatch(text, -1)
	if len(all) != 12 {
		t.Fatalf("%d hashes", len(all))
	}
	p := doh.NSEC3PARAM{Algorithm: 1, Iterations: 12, Salt: []byte{0xaa, 0xbb, 0xcc, 0xdd}}
	for _, m := range all {
		if got := hexHash(hashName(nameOf(m[1]), p)); got != m[2] {
			t.Errorf("H(%s) = %s, want %s", m[1], got, m[2])
		}
	}
}

func hexHash(sum string) string {
	return strings.ToLower(base32.HexEncoding.EncodeToString([]byte(sum)))
}

func TestHashAgainstMiekg(t *testing.T) {
	for i, n := range []string{".", "Example.", "*.a.example.", `\200\.x.example.`} {
		for _, salt := range []string{"", "aabb", strings.Repeat("07", 255)} {
			p := doh.NSEC3PARAM{Algorithm: 1, Iterations: uint16(i * 50)}
			fmt.Sscanf(salt, "%x", &p.Salt)
			want := strings.ToLower(dns.HashName(n, dns.SHA1, p.Iterations, salt))
			if got := hexHash(hashName(nameOf(n), p)); got != want {
				t.Errorf("%s, %d times with %.4s: %s, want %s", n, p.Iterations, salt, got, want)
			}
		}
	}
}
