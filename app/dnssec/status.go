// Package dnssec validates DNS answers from trust anchors down (RFC 4033, 4034,
// 4035, 5155, 6840, 9276), whatever resolver they come through.
//
// Resolver.Lookup asks one question function, follows the delegations from the
// nearest trust anchor and every alias of the answer, and gives a Status with its
// Reason and the whole chain as data: each Hop and each Zone that it stands on.
// It works within a Budget, so that no zone can make it work for long, and hands
// the thread back now and then, so that a page can paint.
//
// RRset.Verify and Entry look at raw records alone, for who judges those; and
// AsResolverSays reads what the resolver says of its own validation.
package dnssec

// Status is the security status of an answer (RFC 4035 §4.3). The zero Status
// is Indeterminate: nobody could tell.
type Status uint8

// The four states of RFC 4035 §4.3.
const (
	Indeterminate Status = iota
	Bogus
	Insecure
	Secure
)

// String gives the state's name in lower case, as in RFC 4035.
func (s Status) String() string {
	return [...]string{"indeterminate", "bogus", "insecure", "secure"}[s&3]
}

// MarshalText gives String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what String gives; anything else is Indeterminate.
func (s *Status) UnmarshalText(text []byte) error {
	*s = Indeterminate
	for c := Bogus; c <= Secure; c++ {
		if c.String() == string(text) {
			*s = c
		}
	}
	return nil
}

// Source says who came to a verdict.
type Source string

// The sources there are.
const (
	NobodySays   Source = ""
	Validated    Source = "validated" // by this package
	ResolverSays Source = "resolver"  // the AD bit and the response code
)

// Verdict is the status of one answer and who says so.
type Verdict struct {
	Status Status `json:"status"`
	Source Source `json:"source,omitempty"`
	// Reason is empty when there is none or it isn't known.
	Reason Reason `json:"reason,omitempty"`
	// Hops are what validating found on the way, also where another's word counts.
	Hops []Hop `json:"hops,omitempty"`
}

// Verdict gives the verdict of a lookup.
func (r Result) Verdict() Verdict { return Verdict{r.Status, Validated, r.Reason, r.Hops} }
