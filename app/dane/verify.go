package dane

import (
	"bytes"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// MaxChain is how many certificates of a presented chain are looked at; what
// lies behind them is as if it weren't sent.
const MaxChain = 100

// Outcome is what comes of holding TLSA records against a chain. The zero
// Outcome is Undecided: a certificate on the way is beyond what can be checked
// here, or senders differ.
type Outcome uint8

// The outcomes.
const (
	Undecided Outcome = iota
	// NoRecords: there is nothing to authenticate by.
	NoRecords
	// AllUnusable: TLS is required but not authenticated (RFC 7672 §2.2).
	AllUnusable
	// Authenticated: the server is who DNS says (RFC 7672 §3.1.1, §3.1.2).
	Authenticated
	// Mismatch: no usable record matches.
	Mismatch
	// NameMismatch: a DANE-TA record matches, the leaf bears none of the names.
	NameMismatch
	// Expired: a DANE-TA record matches, but the path from the leaf holds a
	// certificate out of its dates.
	Expired
	// ChainInvalid: a DANE-TA record matches, but no valid path leads to it.
	ChainInvalid
	// NoChain: the server presented no certificate.
	NoChain
)

// String gives the outcome's name in kebab case.
func (o Outcome) String() string {
	if o > NoChain {
		return "undecided"
	}
	return [...]string{"undecided", "no-records", "all-unusable", "authenticated", "mismatch",
		"name-mismatch", "expired", "chain-invalid", "no-chain"}[o]
}

// Match is a usable record that matches a certificate.
type Match struct {
	Record int // index of the records given
	// Depth is the place in the presented chain, 0 for the leaf; -1 for an
	// anchor that lies in the record itself and wasn't presented.
	Depth int
	// SetAside: digest agility prefers a stronger digest of the same usage and
	// selector (RFC 7671 §9), so that this match doesn't count.
	SetAside bool
}

// Result is what Verify found.
type Result struct {
	Outcome Outcome
	// Matches are all matches, by record and then by depth. A DANE-EE record
	// can match the leaf only, a DANE-TA record only what lies above it.
	Matches []Match
	// By is the match that authenticated, or that failed with NameMismatch or
	// Expired; meaningful for these three only.
	By Match
}

// Verify holds an RRset's records against a chain in DER, leaf first, as
// RFC 7672 §3 has it. The names are the reference identifiers of §3.2.2 and
// count for DANE-TA only; so do dates and signatures. The work is bounded,
// whatever the chain holds.
func Verify(records []TLSA, chain [][]byte, names []dnsname.Name, now time.Time) Result {
	if len(records) == 0 {
		return Result{Outcome: NoRecords}
	}
	aside, usable := agility(records)
	if !usable {
		return Result{Outcome: AllUnusable}
	}
	if len(chain) == 0 {
		return Result{Outcome: NoChain}
	}
	chain = chain[:min(len(chain), MaxChain)]
	result := Result{Outcome: Mismatch, Matches: matches(records, aside, chain)}
	for _, m := range result.Matches {
		if records[m.Record].Usage == DANEEE && !m.SetAside {
			result.Outcome, result.By = Authenticated, m
			return result
		}
	}
	verifyAnchors(&result, records, aside, chain, names, now)
	return result
}

// standing is how a record takes part.
type standing uint8

const (
	counts standing = iota
	setAside
	unusable
)

// agility discards unusable records and then sets aside, for each usage and
// selector, all digests but the strongest; Full(0) always counts (RFC 7671 §9).
func agility(records []TLSA) (standings []standing, usable bool) {
	var strongest [4][2]uint8
	standings = make([]standing, len(records))
	for i, r := range records {
		if r.Unusable() != "" {
			standings[i] = unusable
			continue
		}
		usable = true
		s := &strongest[r.Usage][r.Selector]
		*s = max(*s, r.Matching)
	}
	for i, r := range records {
		if standings[i] == counts && r.Matching != Full && r.Matching != strongest[r.Usage][r.Selector] {
			standings[i] = setAside
		}
	}
	return standings, usable
}

// matches compares every usable record with the certificates that its usage
// speaks of. A leaf that is sent twice is no anchor of its own. The digests of
// each certificate are looked up among the records: both are as many as
// somebody else likes.
func matches(records []TLSA, standings []standing, chain [][]byte) []Match {
	wanted := map[string][]int{}
	kinds := map[[2]uint8]bool{}
	for i, r := range records {
		if standings[i] != unusable {
			key := associationKey(r.Usage, r.Selector, r.Matching, r.Data)
			wanted[key] = append(wanted[key], i)
			kinds[[2]uint8{r.Selector, r.Matching}] = true
		}
	}
	var places []int // record and depth in one number, which sorts by both
	for depth, der := range chain {
		usage := DANETA
		if depth == 0 {
			usage = DANEEE
		} else if bytes.Equal(der, chain[0]) {
			continue
		}
		for kind := range kinds {
			data := presented(der, kind[0], kind[1])
			if data == nil {
				continue
			}
			for _, i := range wanted[associationKey(usage, kind[0], kind[1], data)] {
				places = append(places, i*(MaxChain+1)+depth)
			}
		}
	}
	slices.Sort(places)
	var found []Match
	for _, p := range places {
		record, depth := p/(MaxChain+1), p%(MaxChain+1)
		found = append(found, Match{Record: record, Depth: depth, SetAside: standings[record] == setAside})
	}
	return found
}

func associationKey(usage, selector, matching uint8, data []byte) string {
	return string([]byte{usage, selector, matching}) + string(data)
}

// presented gives the association data of a certificate, nil without a key to
// select. Selector 0 selects the octets presented, whatever they are.
func presented(der []byte, selector, matching uint8) []byte {
	if selector == CertSelector {
		return association(der, matching)
	}
	spki, err := SPKI(der)
	if err != nil {
		return nil
	}
	return association(spki, matching)
}
