package compose

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/sealane/sealane/app/mtasts"
)

// idLength is how many digits an ID has: of 80 bits no two policies of a domain
// will ever share them.
const idLength = 20

// ID gives the id of a policy (RFC 8461 §3.1): the first 20 hexadecimal digits of
// the SHA-256 digest of the policy file. So it changes when the policy does, and
// only then, and anybody can make it: sha256sum mta-sts.txt | cut -c1-20
func ID(p mtasts.Policy) string {
	sum := sha256.Sum256([]byte(p.String()))
	return hex.EncodeToString(sum[:])[:idLength]
}
