package compose

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/sealane/sealane/app/mtasts"
)

// idLength is how many digits an ID has: of 80 bits no two policies of a domain
// will ever share them.
const idLength = 20

// ID gives the id of a policy (RFC 8461 §3.1), as the file that Make writes of it.
func ID(p mtasts.Policy) string { return FileID(p.String()) }

// FileID gives the id of a policy file: the first 20 hexadecimal digits of its SHA-256
// digest. So it changes when the file does, and only then, and anybody can make it:
// sha256sum mta-sts.txt | cut -c1-20
func FileID(file string) string {
	sum := sha256.Sum256([]byte(file))
	return hex.EncodeToString(sum[:])[:idLength]
}
