package doh

import (
	"errors"

	"github.com/sealane/sealane/app/dnsname"
)

// ErrMalformed is Parse's error for bytes that are no DNS response, and for a
// response that ends before its records do without saying so (TC).
var ErrMalformed = errors.New("doh: malformed DNS message")

// Answer is one parsed response.
type Answer struct {
	ID uint16 // 0 for an answer to Query
	// Rcode is the response code with the upper bits of EDNS (RFC 6891 §6.1.3).
	Rcode int
	AD    bool // the resolver says: authentic (RFC 4035 §3.2.3)
	// Authoritative is AA: the answer is the server's own (RFC 1035 §4.1.1).
	Authoritative bool
	Truncated     bool // TC (RFC 1035 §4.1.1), or more than MaxRecords records
	// Dropped counts records that are left out: of a class other than IN, or
	// with an owner that can't be read.
	Dropped   int
	Answer    []Record
	Authority []Record
	EDE       []EDE

	asked string
	typ   Type
}

// Question gives the name and type that the response says it answers; a zero
// Name when it has not exactly one question of class IN for a name that
// dnsname takes. An answer to another question than asked is no answer.
func (a *Answer) Question() (dnsname.Name, Type) {
	name, err := dnsname.Parse(a.asked)
	if err != nil {
		return dnsname.Name{}, 0
	}
	return name, a.typ
}

// Asked is Question for any name, as Record.Owner has it; "" for none.
func (a *Answer) Asked() (string, Type) { return a.asked, a.typ }

// Stale tells whether the resolver says that it gives what it had kept beyond its
// TTL, since it got nothing newer (RFC 8914 §4.4, §4.20).
func (a *Answer) Stale() bool {
	for _, e := range a.EDE {
		if e.Code == 3 || e.Code == 19 {
			return true
		}
	}
	return false
}

// Chain follows the CNAME records of the answer section from name (RFC 1034
// §3.6.2) and gives where it ends and how many hops it took; false for a loop.
// The end is the zero Name when a target is no name that dnsname takes.
func (a *Answer) Chain(name dnsname.Name) (end dnsname.Name, hops int, ok bool) {
	targets := make(map[string]dnsname.Name)
	for _, r := range a.Answer {
		if _, seen := targets[r.Owner]; r.Type != TypeCNAME || seen {
			continue
		}
		if _, wellFormed := r.names(0, 1, 0); !wellFormed {
			continue
		}
		targets[r.Owner], _ = r.Target()
	}
	for hops = 0; ; hops++ {
		target, found := targets[name.String()]
		if !found || name.IsZero() {
			return name, hops, true
		}
		if hops == len(targets) {
			return name, hops, false
		}
		name = target
	}
}

// RecordsOf gives the answer section's records of one type at the chain's end,
// or at name itself for CNAME; none when the chain is a loop. Equal records
// are one (RFC 2181 §5).
func (a *Answer) RecordsOf(name dnsname.Name, typ Type) []Record {
	end, ok := name, true
	if typ != TypeCNAME {
		end, _, ok = a.Chain(name)
	}
	if !ok || end.IsZero() {
		return nil
	}
	var records []Record
	seen := make(map[string]bool)
	for _, r := range a.Answer {
		if r.Type == typ && r.Owner == end.String() && !seen[string(r.RData)] {
			seen[string(r.RData)] = true
			records = append(records, r)
		}
	}
	return records
}
