package doh

import (
	"errors"
	"net/netip"

	"github.com/sealane/sealane/app/dnsname"
)

// ErrMalformed is Parse's error for bytes that are no DNS response.
var ErrMalformed = errors.New("doh: malformed DNS message")

// Query gives a question in wire form: ID 0 (RFC 8484 §4.1), RD, DO, CD as
// asked, padded to a multiple of 128 octets (RFC 7830).
func Query(name dnsname.Name, typ Type, cd bool) []byte { return nil }

// Parse reads a response.
func Parse(wire []byte) (*Answer, error) { return nil, ErrMalformed }

// Question reads name and type of a query or response; false without exactly
// one question of a name that dnsname takes.
func Question(wire []byte) (dnsname.Name, Type, bool) { return dnsname.Name{}, 0, false }

// Chain follows the CNAME records of the answer section from name and gives
// where it ends and how many hops it took; false for a loop.
func (a *Answer) Chain(name dnsname.Name) (end dnsname.Name, hops int, ok bool) {
	return name, 0, true
}

// RecordsOf gives the answer section's records of one type at the chain's end.
func (a *Answer) RecordsOf(name dnsname.Name, typ Type) []Record { return nil }

// MX reads an MX record's data.
func (r Record) MX() (MX, bool) { return MX{}, false }

// TXT joins the strings of a TXT record's data and says how many there were.
func (r Record) TXT() (text string, strings int, ok bool) { return "", 0, false }

// Address reads an A or AAAA record's data.
func (r Record) Address() (netip.Addr, bool) { return netip.Addr{}, false }

// RRSIG reads a signature.
func (r Record) RRSIG() (RRSIG, bool) { return RRSIG{}, false }

// DS reads a delegation signer.
func (r Record) DS() (DS, bool) { return DS{}, false }

// DNSKEY reads a key and computes its tag (RFC 4034 appendix B).
func (r Record) DNSKEY() (DNSKEY, bool) { return DNSKEY{}, false }

// SOA reads a start of authority.
func (r Record) SOA() (SOA, bool) { return SOA{}, false }

// String gives the record in presentation form, for the evidence.
func (r Record) String() string { return "" }

// String gives the type's mnemonic.
func (t Type) String() string { return "" }
