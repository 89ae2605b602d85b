package dnssec

// Budget is the work that validating may still take. One budget goes with one
// question, through all that its answer needs: without a bound a zone can make
// a validator work for hours (CVE-2023-50387 with keys of equal tags,
// CVE-2023-50868 with hashed names). What exceeds it is OverBudget.
type Budget struct {
	Signatures int // verifications of one signature by one key
	Digests    int // digests of one key, to compare with a DS record
	Hashes     int // runs of a hash function for NSEC3
}

// NewBudget gives what is ample for an honest chain of trust: it has 10 to 25
// signatures, and a proof with 150 iterations runs some 2 000 hashes.
func NewBudget() *Budget { return &Budget{Signatures: 100, Digests: 100, Hashes: 40_000} }

// take spends n of a part of a budget, all that is left when that is less.
func take(left *int, n int) bool {
	if *left < n {
		*left = 0
		return false
	}
	*left -= n
	return true
}
