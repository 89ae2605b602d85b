package dnssec

import "github.com/sealane/sealane/app/doh"

// Budget is the work that validating may still take. One budget goes with one
// question, through all that its answer needs: without a bound a zone can make
// a validator work for hours (CVE-2023-50387 with keys of equal tags,
// CVE-2023-50868 with hashed names). What exceeds it is OverBudget.
type Budget struct {
	Signatures int // verifications of one signature by one key, at their cost
	Collisions int // such verifications by a further key of the same tag
	Digests    int // digests of one key, to compare with a DS record
	Hashes     int // runs of a hash function for NSEC3
}

// NewBudget gives what is ample for one response of an honest zone: it has up
// to ten signatures, and a proof with 150 iterations runs some 2 000 hashes.
func NewBudget() *Budget { return &Budget{Signatures: 40, Collisions: 4, Digests: 16, Hashes: 20_000} }

// cost is what a verification by a key takes, 1 for ECDSA P-256. That of P-384
// and of long RSA keys with long exponents is several times slower in a browser.
func cost(k doh.DNSKEY) int {
	switch {
	case k.Algorithm == 14:
		return 3
	case RSABits(k.Algorithm, k.Public) > 2048:
		return 2
	}
	return 1
}

// take spends n of a part of a budget, all that is left when that is less.
func take(left *int, n int) bool {
	if *left < n {
		*left = 0
		return false
	}
	*left -= n
	return true
}
