// Package zone makes small DNS zones in memory, signs them with NSEC or NSEC3
// and answers for them with authority (RFC 1034 §4.3.2, RFC 4034, RFC 4035 §3.1,
// RFC 5155 §7), or for many of them as a resolver (Internet). It is for the lab
// and for tests: it holds a zone whole, signs it at once, and can be told to
// break it on purpose.
package zone

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// Errors of making and signing a zone; they come wrapped with the record.
var (
	ErrRecord    = errors.New("zone: no record in presentation form")
	ErrOutside   = errors.New("zone: owner outside the zone")
	ErrNoSOA     = errors.New("zone: no SOA at the origin")
	ErrNoSet     = errors.New("zone: no such record set")
	ErrAlgorithm = errors.New("zone: no keys of this algorithm")
	ErrCollision = errors.New("zone: no key of the same tag found")
)

// defaultTTL is the TTL of records given without one, in seconds.
const defaultTTL = 3600

// Zone is one zone. It is made by one goroutine; once made, any number may ask
// it.
type Zone struct {
	origin string // with final dot, lower case
	sets   map[string]map[uint16][]dns.RR
	names  map[string]bool // every name that exists, empty non-terminals too
	signatures
	faults
}

// New gives an empty zone of the origin.
func New(origin dnsname.Name) *Zone {
	z := &Zone{origin: origin.FQDN(), sets: map[string]map[uint16][]dns.RR{}, names: map[string]bool{}}
	z.names[z.origin] = true
	return z
}

// Origin gives the name of the zone's apex.
func (z *Zone) Origin() dnsname.Name {
	n, _ := dnsname.Parse(z.origin)
	return n
}

// Add adds records, each a line in presentation form (RFC 1035 §5.1) with an
// owner; names without final dot are relative to the origin, "@" is the origin
// itself, and the TTL is an hour unless it is given. Errors wrap ErrRecord or
// ErrOutside. What is added after Sign stays unsigned.
func (z *Zone) Add(lines ...string) error {
	for _, line := range lines {
		rr, err := z.parse(line)
		if err != nil {
			return err
		}
		z.add(rr)
	}
	return nil
}

func (z *Zone) parse(line string) (dns.RR, error) {
	if line == "" || strings.ContainsAny(line[:1], " \t") {
		return nil, fmt.Errorf("%w: %q", ErrRecord, line)
	}
	parser := dns.NewZoneParser(strings.NewReader(line), z.origin, "")
	parser.SetDefaultTTL(defaultTTL)
	rr, ok := parser.Next()
	if !ok {
		return nil, fmt.Errorf("%w: %q: %v", ErrRecord, line, parser.Err())
	}
	rr.Header().Name = dns.CanonicalName(rr.Header().Name)
	if !dns.IsSubDomain(z.origin, rr.Header().Name) {
		return nil, fmt.Errorf("%w: %q", ErrOutside, line)
	}
	return rr, nil
}

func (z *Zone) add(rr dns.RR) {
	owner, typ := rr.Header().Name, rr.Header().Rrtype
	if z.sets[owner] == nil {
		z.sets[owner] = map[uint16][]dns.RR{}
	}
	for _, there := range z.sets[owner][typ] {
		if dns.IsDuplicate(there, rr) {
			return // a set holds no two equal records (RFC 2181 §5)
		}
	}
	z.sets[owner][typ] = append(z.sets[owner][typ], rr)
	for name := owner; name != z.origin; name = parent(name) {
		z.names[name] = true
	}
}

// Records gives the records of one name and type, nil when there are none. They
// are the zone's own: read only.
func (z *Zone) Records(name dnsname.Name, typ uint16) []dns.RR {
	return z.sets[name.FQDN()][typ]
}

// All gives every record of a type in the zone, in canonical order of owners.
func (z *Zone) All(typ uint16) []dns.RR {
	var all []dns.RR
	for _, owner := range z.owners() {
		all = append(all, z.sets[owner][typ]...)
	}
	return all
}

// owners gives the names that own records, in canonical order (RFC 4034 §6.1).
func (z *Zone) owners() []string {
	owners := make([]string, 0, len(z.sets))
	for owner := range z.sets {
		owners = append(owners, owner)
	}
	slices.SortFunc(owners, compare)
	return owners
}

// cut gives the topmost delegation point at or above the name, "" when the name
// is the zone's own (RFC 1034 §4.2.1).
func (z *Zone) cut(name string) string {
	found := ""
	for ; name != z.origin; name = parent(name) {
		if _, ok := z.sets[name][dns.TypeNS]; ok {
			found = name
		}
	}
	return found
}

// child gives a name with more labels before it.
func child(labels, name string) string {
	if name == "." {
		return labels + "."
	}
	return labels + "." + name
}

// parent gives the name without its left-most label.
func parent(name string) string {
	next, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[next:]
}

// compare orders names canonically: by labels from the right (RFC 4034 §6.1).
func compare(a, b string) int {
	x, y := labels(a), labels(b)
	for i := range min(len(x), len(y)) {
		if c := bytes.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return len(x) - len(y)
}

// labels gives a name's labels as octets, the right-most first.
func labels(name string) [][]byte {
	wire := make([]byte, 256)
	n, err := dns.PackDomainName(dns.CanonicalName(name), wire, 0, nil, false)
	if err != nil {
		return nil
	}
	var all [][]byte
	for i := 0; i < n && wire[i] != 0; i += int(wire[i]) + 1 {
		all = append(all, wire[i+1:i+1+int(wire[i])])
	}
	slices.Reverse(all)
	return all
}
