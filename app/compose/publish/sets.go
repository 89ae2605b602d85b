package publish

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// set is the records of one name and type, which share their TTL (RFC 2181 §5.2).
type set struct {
	name    dnsname.Name
	typ     doh.Type
	ttl     uint32 // seconds
	records []compose.Record
}

// sets puts the records of one name and type together, in the order of the first of
// each.
func sets(records []compose.Record) []set {
	var all []set
	for _, r := range records {
		at := slices.IndexFunc(all, func(s set) bool { return s.name == r.Name && s.typ == r.Type })
		if at < 0 {
			at = len(all)
			all = append(all, set{name: r.Name, typ: r.Type, ttl: r.TTL})
		}
		all[at].records = append(all[at].records, r)
	}
	return all
}

// join writes each record of the set and puts a separator between them.
func (s set) join(write func(compose.Record) string, separator string) string {
	all := make([]string, len(s.records))
	for i, r := range s.records {
		all[i] = write(r)
	}
	return strings.Join(all, separator)
}

// association is a TLSA record's data, each field as it is written.
type association struct{ usage, selector, matching, digits string }

// associationOf reads a TLSA record. Its data is what compose wrote.
func associationOf(r compose.Record) association {
	t, _ := dane.ParseText(r.Data)
	return association{number(t.Usage), number(t.Selector), number(t.Matching), hex.EncodeToString(t.Data)}
}

func number(n uint8) string { return seconds(uint32(n)) }

// undotted is a name in a record's data without its final dot, for products that
// know absolute names only.
func undotted(data string) string { return strings.TrimSuffix(data, ".") }
