package dnssec

import (
	"time"

	"github.com/sealane/sealane/app/doh"
)

// Result is what Lookup found out about one question.
type Result struct {
	// Status is the lowest of the hops', and Reason goes with it.
	Status Status
	Reason Reason
	// Rcode is what is proven, RcodeNoError or RcodeNXDomain, and where nothing
	// is, as the response has it.
	Rcode int
	// Records are those of the type asked at the end of the aliases. They are
	// given whatever the Status is: only Secure ones are proven.
	Records []doh.Record
	TTL     uint32 // seconds that all of it may be kept
	// Hops lead from the name asked to the end of its aliases.
	Hops []Hop
	// Zones are the links of trust that the hops stand on, zones above first.
	Zones []Zone
}

// Hop is one name on the way of a lookup: the records found there, or the
// proof that there are none.
type Hop struct {
	Name     string   `json:"name"` // as doh.Record.Owner
	Type     doh.Type `json:"type"` // the type asked, or CNAME or DNAME
	Status   Status   `json:"status"`
	Reason   Reason   `json:"reason,omitempty"`
	Zone     string   `json:"zone,omitempty"`     // that vouches for it, or where trust ends
	Wildcard string   `json:"wildcard,omitempty"` // that the records were expanded from
	Proof    Proof    `json:"proof,omitempty"`    // of what isn't there
	ProofBy  doh.Type `json:"proofBy,omitempty"`  // NSEC or NSEC3; also of a proof that fails
	// Signature is the one that holds, of several the one that ends last, or comes
	// nearest; for a proof, of its first record.
	Signature *Signature `json:"signature,omitempty"`
	// NSEC3 is how the names in the proof are hashed, nil when they aren't; its
	// opt-out flag is set when that of any of its records is.
	NSEC3 *doh.NSEC3PARAM `json:"nsec3,omitempty"`
}

// hashing is Hop.NSEC3 of a proof by these records.
func (d *denials) hashing() *doh.NSEC3PARAM {
	if d.by() != doh.TypeNSEC3 || len(d.hashed.links) == 0 {
		return nil
	}
	p := d.hashed.params
	p.Flags = 0
	for _, l := range d.hashed.links {
		if l.optOut {
			p.Flags = 1
		}
	}
	return &p
}

// Signature is what tells signatures apart (RFC 4034 §3.1).
type Signature struct {
	KeyTag      uint16    `json:"keyTag"`
	Algorithm   uint8     `json:"algorithm"`
	OriginalTTL uint32    `json:"originalTTL,omitempty"` // seconds
	Signer      string    `json:"signer"`                // as doh.Record.Owner
	Inception   time.Time `json:"inception"`
	Expiration  time.Time `json:"expiration"`
	// Skewed tells that it holds only because clocks may differ by Skew.
	Skewed bool `json:"skewed,omitempty"`
}

// Zone is one link of a chain of trust: a zone, how the one above delegates to
// it, and its keys.
type Zone struct {
	Name   string `json:"name"`             // as doh.Record.Owner
	Parent string `json:"parent,omitempty"` // "" for the zone of a trust anchor
	// Status is Secure when the keys are vouched for; else trust ends here, for
	// the Reason or, Insecure without one, because the Proof shows no DS.
	Status Status `json:"status"`
	Reason Reason `json:"reason,omitempty"`
	DS     []DS   `json:"ds,omitempty"` // an anchor's too
	// DSSignature is the parent's over the DS records, or over the proof.
	DSSignature  *Signature `json:"dsSignature,omitempty"`
	Proof        Proof      `json:"proof,omitempty"`
	ProofBy      doh.Type   `json:"proofBy,omitempty"` // as a Hop's
	Keys         []Key      `json:"keys,omitempty"`
	KeySignature *Signature `json:"keySignature,omitempty"` // over the keys
}

// DS is a delegation signer record of a link.
type DS struct {
	KeyTag     uint16 `json:"keyTag"`
	Algorithm  uint8  `json:"algorithm"`
	DigestType uint8  `json:"digestType"`
}

// Key is a zone's key in a link.
type Key struct {
	KeyTag    uint16 `json:"keyTag"`
	Algorithm uint8  `json:"algorithm"`
	Flags     uint16 `json:"flags"`
	Bits      int    `json:"bits,omitempty"`  // an RSA key's length
	Entry     bool   `json:"entry,omitempty"` // named by a DS record or a trust anchor
}
