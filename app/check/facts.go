package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// FactsVersion is the version of the saved form of Facts.
const FactsVersion = 1

// Facts is all that a check has learned so far: plain data, raw evidence, that
// round-trips through JSON. A saved Facts replays a check offline.
type Facts struct {
	Version int          `json:"version"`
	Domain  dnsname.Name `json:"domain"`
	// At is when the evidence was gathered; a replay judges at it.
	At time.Time `json:"at,omitzero"`
	// Trusted is the zone of the trust anchor above Domain, zero without one;
	// its SOA is asked to see whether answers of the resolver can be validated.
	Trusted dnsname.Name `json:"trusted,omitzero"`
	// Resolver counts from 0 which of the world's was asked; those before it can't
	// be used for validation.
	Resolver int `json:"resolver,omitempty"`
	// Lookups holds every DNS exchange, sorted by name, type and CD.
	Lookups []Lookup `json:"lookups"`
	// Zones are the links of trust that the verdicts stand on, each zone after the
	// one above.
	Zones  []dnssec.Zone `json:"zones,omitempty"`
	Policy *Fetched      `json:"policy,omitempty"` // nil: not back yet
	Hosts  []Probed      `json:"hosts,omitempty"`  // sorted by name
	// Deeper are the hosts' asides, sorted by name; Authorities what the
	// authoritative servers of zones answered, sorted by zone.
	Deeper      []Probed    `json:"deeper,omitempty"`
	Authorities []Authority `json:"authorities,omitempty"`
	// Asked and Answered count questions of all kinds, for the progress line.
	Asked    int  `json:"asked"`
	Answered int  `json:"answered"`
	Done     bool `json:"done"`
	// Previous is an earlier check of the same domain, when the asker kept one:
	// what changed since tells some causes (its own Previous is dropped).
	Previous *Facts `json:"previous,omitempty"`
}

// Lookup is one DNS exchange.
type Lookup struct {
	Name dnsname.Name `json:"name"`
	Type doh.Type     `json:"type"`
	// CD marks the second question, with checking disabled (RFC 4035 §3.2.2).
	CD bool `json:"cd,omitempty"`
	// Chain marks what was asked for the chain of trust alone: what comes of it is
	// in Zones, and it has no verdict of its own.
	Chain bool `json:"chain,omitempty"`
	// Wire is the response; nil when none came, and then Failure says why.
	Wire    []byte         `json:"wire,omitempty"`
	Failure *probe.Failure `json:"failure,omitempty"`
	// Verdict is on the answer that there is data in: that with CD where the one
	// without is SERVFAIL.
	Verdict dnssec.Verdict `json:"verdict"`

	// parsed is Wire, read once; nil where it wasn't or can't be.
	parsed *doh.Answer
}

// parse reads the wire once for all that look at the lookup.
func (l *Lookup) parse() {
	if msg, err := doh.Parse(l.Wire); err == nil {
		l.parsed = msg
	}
}

// Fetched is the policy fetch, or why it could not be made.
type Fetched struct {
	Policy  probe.Policy   `json:"policy"`
	Failure *probe.Failure `json:"failure,omitempty"`
}

// Probed is the probe of one mail host, or why it could not be made.
type Probed struct {
	Host     dnsname.Name   `json:"host"`
	STARTTLS probe.STARTTLS `json:"starttls"`
	Failure  *probe.Failure `json:"failure,omitempty"`
}

// addresses are those probed, as many as a probe may give.
func (p *Probed) addresses() []probe.Address {
	return p.STARTTLS.Addresses[:min(len(p.STARTTLS.Addresses), probe.MaxAddresses)]
}

// Authority is what the authoritative servers of a zone answered, or why they
// could not be asked.
type Authority struct {
	Zone        dnsname.Name      `json:"zone"`
	Nameservers probe.Nameservers `json:"nameservers"`
	Failure     *probe.Failure    `json:"failure,omitempty"`
}

// ErrFacts is ReadFacts' error for what is no saved evidence of this version.
var ErrFacts = errors.New("check: not the saved evidence of a check")

// ReadFacts reads saved evidence. Unknown fields are ignored, an earlier check
// inside an earlier check is dropped.
func ReadFacts(text []byte) (Facts, error) {
	var f Facts
	if err := json.Unmarshal(text, &f); err != nil {
		return Facts{}, fmt.Errorf("%w: %w", ErrFacts, err)
	}
	if f.Version != FactsVersion || f.Domain.IsZero() {
		return Facts{}, ErrFacts
	}
	for i := range f.Lookups {
		f.Lookups[i].parse()
	}
	if f.Previous != nil {
		f.Previous.Previous = nil
	}
	return f, nil
}
