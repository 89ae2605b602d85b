package dnssec

import "github.com/sealane/sealane/app/doh"

// Budget is the work that validating may still take. One budget goes with one
// question, through all that its answer needs: without a bound a zone can make
// a validator work for hours (CVE-2023-50387 with keys of equal tags,
// CVE-2023-50868 with hashed names). What exceeds it is OverBudget.
type Budget struct {
	Signatures int // verifications of one signature by one key, at their cost
	Failures   int // such verifications that fail, at their cost
	Collisions int // such verifications by a further key of the same tag
	Digests    int // digests of one key, to compare with a DS record
	Hashes     int // runs of a hash function for NSEC3

	whole *Budget // that this one is a part of, and takes from
	pace  *pace   // that what it pays for keeps to, nil for none
}

// NewBudget gives what is ample for one response of an honest zone: it has up
// to ten signatures, and a proof of ten labels with 150 iterations runs some 2 000 hashes.
func NewBudget() *Budget {
	return &Budget{Signatures: 40, Failures: 10, Collisions: 4, Digests: 16, Hashes: 6_000}
}

// lookupBudget gives what is ample for all responses of a lookup: three zones
// and a denial take about twelve verifications, and an alias through as many
// others twice as much. Without it a zone at each label, or at each hop, could
// have the budget of a response each.
func lookupBudget(p *pace) *Budget {
	return &Budget{Signatures: 80, Failures: 20, Collisions: 12, Digests: 80, Hashes: 18_000, pace: p}
}

// part gives the budget of one more response.
func (b *Budget) part() *Budget {
	p := NewBudget()
	p.whole, p.pace = b, b.pace
	return p
}

// spent tells whether nothing is left of a part of the budget.
func (b *Budget) spent() bool {
	return b.Signatures == 0 || b.Failures == 0 || b.Collisions == 0 || b.Digests == 0 || b.Hashes == 0
}

// cost is what a verification by a key takes, 1 for ECDSA P-256. That of P-384
// and of long RSA keys, the more with long exponents, is several times slower, in
// a browser too.
func cost(k doh.DNSKEY) int {
	switch exponent, _, _ := splitRSA(k.Public); {
	case k.Algorithm == 14:
		return 4
	case RSABits(k.Algorithm, k.Public) > 2048 && len(exponent) > 5: // which no honest key has
		return 10
	case RSABits(k.Algorithm, k.Public) > 2048:
		return 2
	}
	return 1
}

// take spends n of a part of the budget. When less is left there is nothing left,
// and nothing was done.
func (b *Budget) take(part func(*Budget) *int, n int) bool {
	for at := b; at != nil; at = at.whole {
		if left := part(at); *left < n {
			*left, *part(b) = 0, 0
			return false
		}
	}
	for at := b; at != nil; at = at.whole {
		*part(at) -= n
	}
	return true
}

// The parts of a budget, for take.
func signatures(b *Budget) *int { return &b.Signatures }
func failures(b *Budget) *int   { return &b.Failures }
func collisions(b *Budget) *int { return &b.Collisions }
func digests(b *Budget) *int    { return &b.Digests }
func hashes(b *Budget) *int     { return &b.Hashes }
